"""`optimise` end to end: a set with chances, limits that bind, keys that do nothing; the same bits however it runs."""

import json

import pytest

from commands import SMALL, run_here

ADVANCE = "facilities.backstop.advance"
VARY = ("--vary", f"{ADVANCE}.coverage_frac=0.05:0.95", "--vary", f"{ADVANCE}.fund_cap_frac=0.02:0.3", "--vary",
        "pool.layers.last.size=2e8:2e9")
ASKED = (*VARY, "--best", "window_sales_averted", "--keep", "injected<6e8", "--keep", "pool_size<1.5e9", "--n", "16",
         "--paths", "512")


def answer(*options):
    ended = run_here("optimise", SMALL, "--json", *options)
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("optimise") / "out"


@pytest.fixture(scope="module")
def found(out):
    return answer(*ASKED, "-o", out)


def test_the_answer_is_a_set_of_designs_that_keep_the_limits(found):
    standing = [one for one in found["designs"] if one["stands"]]
    assert standing
    assert sum(one["chance_of_best"] for one in standing) > 0.95
    assert all(one["pool_size<1.5e+09"] < 1.5e9 for one in standing)
    assert all(one["injected<6e+08_lower"] < 6e8 for one in standing)
    assert all(one["n_paths"] == 512 for one in standing)
    assert any(one["n_paths"] < 512 for one in found["designs"])


def test_it_says_which_limit_binds_and_what_each_key_does(found):
    binds = {one["limit"]["metric"]: one["binds"] for one in found["budgets"]}
    assert binds["injected"] > 0.9
    assert [one["key"] for one in found["levers"]] == [f"{ADVANCE}.coverage_frac", f"{ADVANCE}.fund_cap_frac",
                                                        "pool.layers.last.size"]
    assert all(one["does"] in ("matters", "nothing", "not told") for one in found["levers"])


def test_a_key_that_changes_nothing_is_said_to_do_nothing():
    told = answer("--vary", f"{ADVANCE}.coverage_frac=0.2:0.9", "--vary", f"{ADVANCE}.tenor_days=400,500", "--best",
                  "injected=min", "--n", "4", "--paths", "256", "--quiet")
    does = {one["key"].rpartition(".")[2]: one["does"] for one in told["levers"]}
    assert does == {"coverage_frac": "matters", "tenor_days": "nothing"}


def test_workers_batches_and_a_stop_change_no_bit(found, out, tmp_path, monkeypatch):
    from backstop.answers.sweeping import measure

    parts = sorted((out / "parts").iterdir())
    for part in parts[len(parts) // 2 :]:
        part.unlink()
    assert answer(*ASKED, "-o", out) == found
    monkeypatch.setattr(measure, "ARMS_AT_A_TIME", 3)
    assert answer(*ASKED, "--threads", "1", "-o", tmp_path / "other") == found
    assert (tmp_path / "other" / "optimise.json").read_bytes() == (out / "optimise.json").read_bytes()


def test_the_screen_says_that_it_is_a_set():
    ended = run_here("optimise", SMALL, *ASKED)
    assert "with a chance of 95% at least" in " ".join(ended.out.split())
    assert "there may be better ones" in ended.out


def test_where_no_design_keeps_a_limit_none_is_left():
    ended = run_here("optimise", SMALL, *VARY, "--best", "injected", "--keep", "injected<1", "--n", "4", "--paths",
                     "256")
    assert ended.code == 0
    assert "none is left: each surely breaks a limit" in ended.out


@pytest.mark.parametrize(("options", "words"), [
    (("--best", "injectd"), "did you mean injected"), (("--best", "injected=most"), "METRIC=max"),
    (("--best", "injected/nothing"), "is no metric"), (("--keep", "pool_size"), "METRIC<NUMBER"),
    (("--n", "9"), "write 8"), (("--zone", "injected=much"), "METRIC=NUMBER")])
def test_what_makes_no_sense_is_refused_in_one_line(options, words):
    ended = run_here("optimise", SMALL, "--quiet", "--vary", f"{ADVANCE}.coverage_frac=0.1:0.9", *options)
    assert ended.code == 2
    assert words in ended.err
    assert len(ended.err.strip().splitlines()) == 1
