"""`sweep`: each design is what a run of it says, alone or beside others; kept, resumed, refused."""

import json
import re

import polars as pl
import pytest

from commands import SMALL, run_here

COVERAGE = "facilities.backstop.advance.coverage_frac"
ADV = "market.assets.index.trading.adv"
OBJECTIVES = ("--objective", "window_sales_averted", "--objective", "injected=min")


def answer(*options):
    ended = run_here("sweep", SMALL, "--quiet", "--json", *options)
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("sweep") / "out"


@pytest.fixture(scope="module")
def grid(out):
    return answer("--vary", f"{COVERAGE}=0.1:0.9:3", "--vary", f"{ADV}=1e9,2e9", *OBJECTIVES, "--keep", "dry<0.99",
                  "-o", out)


def run_of(design, keys, folder):
    sets = [part for key in keys if design[key] is not None for part in ("--set", f"{key}={design[key]}")]
    ended = run_here("run", SMALL, "--quiet", "--json", "-o", folder, *sets)
    assert ended.code == 0, ended.err
    return {(row["metric"], row["statistic"]): row["estimate"] for row in json.loads(ended.out)["summary"]
            if row["arm"] == "fund" and row["fund"] is None and row["comparison"] in (None, "facility")}


def test_each_design_is_what_a_run_of_it_says(grid, tmp_path):
    assert len(grid["designs"]) == 7
    for design in grid["designs"]:
        found = run_of(design, (COVERAGE, ADV), tmp_path / design["design"])
        assert design["window_sales_averted"] == pytest.approx(found["window_sales_averted", "mean"])
        assert design["injected"] == pytest.approx(found["injected", "mean"])
        assert design["dry<0.99"] == pytest.approx(found["dry", "prob"])


def test_no_design_knows_what_stands_beside_it(grid, monkeypatch):
    from backstop.answers.sweeping import measure

    monkeypatch.setattr(measure, "ARMS_AT_A_TIME", 1)
    alone = answer("--vary", f"{ADV}=1e9,2e9", "--vary", f"{COVERAGE}=0.9,0.1,0.5", *OBJECTIVES)
    def by_values(found):
        return {(design[COVERAGE], design[ADV]): (design["window_sales_averted"], design["injected"])
                for design in found["designs"] if design[ADV] is not None}
    assert by_values(alone) == by_values(grid)


def test_a_buyer_beside_it_changes_no_design():
    # volume counts otherwise once anybody buys in the market
    from backstop.config.text.load import load_config

    plain = answer("--vary", f"{COVERAGE}=0.2,0.6", *OBJECTIVES)
    both = answer("--vary", f"{COVERAGE}=0.2,0.6", "--vary", "funds.equity.invest_frac=0.0,0.5", *OBJECTIVES)
    assert load_config(SMALL).funds[0].invest_frac == 0.0
    still = {design[COVERAGE]: design["injected"] for design in both["designs"]
             if design["funds.equity.invest_frac"] == 0.0}
    assert still == {design[COVERAGE]: design["injected"] for design in plain["designs"] if design[COVERAGE]}


def test_the_files_have_the_designs(grid, out):
    table = pl.read_parquet(out / "designs.parquet")
    assert table["injected"].to_list() == [design["injected"] for design in grid["designs"]]
    assert json.loads((out / "sweep.json").read_bytes()) == grid


def test_it_goes_on_where_it_stopped(grid, out, monkeypatch):
    from backstop.answers.sweeping import sweep

    last = sorted((out / "parts").iterdir())[-1]
    last.unlink()
    ran = []
    def watched(world, *others):
        ran.extend(design.values for design in world.designs)
        yield from real(world, *others)
    real = sweep.measured
    monkeypatch.setattr(sweep, "measured", watched)
    again = answer("--vary", f"{COVERAGE}=0.1:0.9:3", "--vary", f"{ADV}=1e9,2e9", *OBJECTIVES, "--keep", "dry<0.99",
                   "-o", out)
    assert again == grid
    assert 0 < len(ran) < 7


def test_another_sweep_does_not_go_into_its_folder(grid, out):
    ended = run_here("sweep", SMALL, "--quiet", "--vary", f"{COVERAGE}=0.1,0.2", *OBJECTIVES, "--seed", "8", "-o", out)
    assert ended.code != 0
    assert "another folder" in ended.err


def test_halving_keeps_what_the_frontier_has():
    options = ("--vary", f"{COVERAGE}=0.05:0.95:5", "--vary", "facilities.backstop.advance.fund_cap_frac=0.02:0.3:3",
               "--objective", "injected=min", "--paths", "512")
    whole, halved = answer(*options), answer(*options, "--halving")
    surely = {design["design"] for design in whole["designs"] if design["chance_of_frontier"] > 0.5}
    kept = {design["design"] for design in halved["designs"] if design["n_paths"] == 512}
    assert surely <= kept
    assert len(kept) < 16


def test_indices_say_which_key_matters():
    found = answer("--vary", "facilities.backstop.advance.fund_cap_frac=0.02:0.3", "--vary",
                   "facilities.backstop.advance.rate_ann_frac=0.01:0.05", "--design", "indices", "--n", "16",
                   "--objective", "injected")
    by_key = {index["key"].rpartition(".")[2]: index for index in found["indices"]}
    assert by_key["fund_cap_frac"]["total"] > 0.8 > 0.2 > by_key["rate_ann_frac"]["total"]
    assert by_key["fund_cap_frac"]["first_path_error"] > 0.0


@pytest.mark.parametrize(("options", "words"), [
    (("--vary", "facilities.backstop.nothing.x"), "write KEY"), (("--vary", f"{COVERAGE}=0.5:0.1"), "write KEY"),
    (("--vary", f"{COVERAGE}=0.1,0.2", "--keep", "dry"), "METRIC<NUMBER"),
    (("--vary", f"{COVERAGE}=0.1,0.2", "--objective", "injectd"), "injected"),
    (("--vary", f"{COVERAGE}=0.1:0.2", "--design", "sobol", "--n", "9"), "write 8"),
    (("--vary", f"{COVERAGE}=0.1,0.2", "--vary", f"{COVERAGE}=0.3,0.4"), "given twice"),
    (("--vary", f"{COVERAGE}=0.1,0.2", "--arm", "nobody"), "nobody")])
def test_what_makes_no_sense_is_refused(options, words):
    ended = run_here("sweep", SMALL, "--quiet", *options)
    assert ended.code == 2, ended.err
    assert words in ended.err


def test_a_design_that_makes_no_sense_is_named_and_left_out():
    found = answer("--vary", f"{COVERAGE}=0.5,1.5", *OBJECTIVES)
    assert [one["values"] for one in found["refused"]] == [{COVERAGE: 1.5}]
    assert len(found["designs"]) == 2


def rows_of(printed):
    """First cells of the designs that a screen shows."""
    return re.findall(r"^ (design-\d+|config) {2}", printed, re.MULTILINE)


@pytest.mark.parametrize("objectives", [(), ("--objective", "injected=min"), OBJECTIVES])
def test_three_variants_have_three_rows_whatever_beats_what(objectives):
    ended = run_here("sweep", SMALL, "--vary", f"{COVERAGE}=0.5,0.50001,0.9", *objectives)
    assert ended.code == 0, ended.err
    assert sorted(rows_of(ended.out)) == ["config", "design-1", "design-2", "design-3"]
    assert all(value in ended.out for value in (" 0.5 ", " 0.50001 ", " 0.9 "))


def test_the_best_of_three_is_shown_beside_the_two_others():
    ended = run_here("optimise", SMALL, "--vary", f"{COVERAGE}=0.1,0.5,0.9", "--design", "grid", "--best",
                     "injected=min")
    assert ended.code == 0, ended.err
    assert sorted(rows_of(ended.out)) == ["config", "design-1", "design-2", "design-3"]
    assert "more are left" not in ended.out


def test_of_many_designs_those_that_may_be_best_are_shown():
    ended = run_here("sweep", SMALL, "--paths", 8, "--vary", f"{COVERAGE}=0.1:0.9:21", "--objective", "injected=min")
    assert 1 < len(rows_of(ended.out)) < 22


def test_an_objective_without_a_value_is_said_to_have_none():
    ended = run_here("sweep", SMALL, "--vary", f"{COVERAGE}=0.5,0.9", "--objective", "technology_saved_window_end")
    assert "no design has a value of technology_saved_window_end" in ended.out


def test_a_value_given_twice_is_refused():
    ended = run_here("sweep", SMALL, "--vary", f"{COVERAGE}=0.5,0.50")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "0.5 stands there twice; write each value once" in ended.err


def test_keys_that_are_nowhere_are_refused_before_anything_is_run(monkeypatch, tmp_path):
    from backstop.answers.sweeping import sweep

    monkeypatch.setattr(sweep, "assemble_text", lambda *_: pytest.fail("the config alone is run"))
    ended = run_here("sweep", SMALL, "--vary", "facilities.nobody.advance.coverage_frac=0.1,0.2", "--vary",
                     "pool.size=1e9,2e9,3e9", "-o", tmp_path / "out")
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert "of 6 designs looked at, all are refused, as facilities.nobody.advance.coverage_frac=0.1" in line
    assert "facilities has no item 'nobody'; write one of backstop" in line
    assert not (tmp_path / "out").exists()


def test_one_design_that_makes_sense_is_enough():
    found = answer("--vary", f"{COVERAGE}=7.0,0.5", *OBJECTIVES)
    assert [design[COVERAGE] for design in found["designs"]] == [None, 0.5]
    assert [one["values"] for one in found["refused"]] == [{COVERAGE: 7.0}]


@pytest.mark.parametrize(("command", "options", "n_rounds"), [
    ("sweep", (), 1), ("sweep", ("--halving",), 3), ("optimise", ("--design", "grid"), 3)])
def test_a_plan_counts_what_would_be_run_and_writes_nothing(command, options, n_rounds, tmp_path):
    ended = run_here(command, SMALL, "--vary", f"{COVERAGE}=0.1,0.5,0.9", "--vary", f"{ADV}=1e9,2e9", "--paths", "512",
                     *options, "--dry-run", "--json", "--quiet", "-o", tmp_path / "out")
    plan = json.loads(ended.out)
    assert (plan["n_designs"], plan["n_configs"], plan["n_rounds"]) == (7, 3, n_rounds)
    assert 0.0 < plan["least_seconds"] <= plan["seconds"]
    assert not (tmp_path / "out").exists()


def test_a_plan_grows_with_paths_and_designs():
    def plan(paths, values):
        ended = run_here("sweep", SMALL, "--vary", f"{COVERAGE}={values}", "--paths", paths, "--dry-run", "--json")
        return json.loads(ended.out)

    small, more = plan("200", "0.1,0.5"), plan("200000", "0.1,0.5,0.9")
    assert more["seconds"] > 5 * small["seconds"]
    assert more["disk_bytes"] >= small["disk_bytes"]


def test_a_plan_is_told_in_four_lines():
    ended = run_here("sweep", SMALL, "--vary", f"{COVERAGE}=0.1,0.5", "--dry-run")
    assert [line.split()[0] for line in ended.out.splitlines()] == ["3", "time", "memory", "disk"]
