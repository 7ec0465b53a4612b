"""`reverse`: failures are those of the run, the scenarios fail when replayed, plausibility is ranked."""

import json

import polars as pl
import pytest

from commands import SMALL, run_here

PATHS = 256


def answer(*options):
    ended = run_here("reverse", SMALL, "--paths", str(PATHS), "--quiet", "--json", *options)
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("reverse") / "out"


@pytest.fixture(scope="module")
def found(out):
    return answer("-o", out)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reverse") / "run"
    assert run_here("run", SMALL, "--paths", str(PATHS), "--quiet", "-o", folder).code == 0
    return folder


def test_failures_are_those_of_the_run(found, run):
    paths = pl.read_parquet(run / "paths" / "*.parquet").filter(pl.col("arm") == "fund")
    funds = pl.read_parquet(run / "funds" / "*.parquet").filter(pl.col("arm") == "fund")
    by_name = {broken["failure"]: broken for broken in found["broken"]}
    dry = set(paths.filter(pl.col("first_dry_day").is_not_null())["path"])
    failed = set(funds.filter(pl.col("failed"))["path"])
    for name, those in (("dry", dry), ("failed", failed)):
        assert by_name[name]["n_failing"] == len(those)
        assert by_name[name]["chance"]["value"] == pytest.approx(len(those) / PATHS)
        assert {scenario["path"] for scenario in by_name[name]["scenarios"]} <= those


def test_a_run_is_asked_as_its_config_is(found, run):
    ended = run_here("reverse", run, "--quiet", "--json")
    assert json.loads(ended.out) == found


def test_none_that_fails_is_likelier_than_the_modal_nor_smaller_than_the_smallest(found):
    for broken in found["broken"]:
        modal, typical, smallest = broken["scenarios"]
        assert [one["kind"] for one in broken["scenarios"]] == ["modal", "typical", "smallest"]
        assert modal["log_likelihood"] >= max(typical["log_likelihood"], smallest["log_likelihood"])
        assert smallest["distance"] <= min(typical["distance"], modal["distance"])
        assert 0.0 <= modal["likelihood_rank"] <= typical["likelihood_rank"] <= 1.0


def test_the_features_of_a_scenario_are_those_of_its_path(found, tmp_path):
    modal = found["broken"][0]["scenarios"][0]
    file = tmp_path / "trace.parquet"
    ended = run_here("trace", SMALL, "--paths", str(PATHS), "--path", str(modal["path"]), "-o", file)
    assert ended.code == 0, ended.err
    days = pl.read_parquet(file).filter(pl.col("arm").is_null(), pl.col("variable") == "market.log_return")
    level = days.sort("day")["value"].cum_sum().exp()
    assert level[-1] - 1.0 == pytest.approx(modal["features"]["whole.return_index"])
    assert 1.0 - (level / level.cum_max().clip(lower_bound=1.0)).min() == pytest.approx(
        modal["features"]["whole.largest_fall"])


def test_the_file_has_the_scenarios(found, out):
    table = pl.read_parquet(out / "reverse.parquet")
    assert table.height == sum(3 * len(broken["region"]) for broken in found["broken"])
    assert json.loads((out / "reverse.json").read_bytes()) == found


def test_a_failure_may_be_any_limit_and_none_is_said():
    own = answer("--failure", "injected>1e18", "--failure", "pool_peak_use>1")
    assert [broken["n_failing"] == 0 for broken in own["broken"]] == [True, False]
    assert own["broken"][0]["chance"]["upper"] > 0.0
    printed = run_here("reverse", SMALL, "--failure", "injected>1e18").out
    assert "no path of 64 fails so" in printed


def test_the_screen_names_the_command_that_replays():
    printed = run_here("reverse", SMALL, "--paths", str(PATHS), "--failure", "dry").out
    assert f"backstop trace {SMALL} --set run.paths={PATHS} --path " in printed


@pytest.mark.parametrize(("options", "words"), [
    (("--failure", "dried"), "--failure dried"), (("--failure", "injectd>1"), "injected"),
    (("--arm", "nobody"), "nobody")])
def test_what_makes_no_sense_is_refused(options, words):
    ended = run_here("reverse", SMALL, "--quiet", *options)
    assert ended.code == 2, ended.err
    assert words in ended.err
