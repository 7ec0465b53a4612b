"""`compare`: any number of arms in one table, and arm against arm as by hand; `quality` of a key that does nothing."""

import json

import polars as pl
import pytest

from commands import SMALL, run_here

ARMS = '''
[[arms]]
name = "half"
facilities = ["backstop"]
overrides = { "pool.layers.last.size" = 5e8 }

[[arms]]
name = "slow"
facilities = ["backstop"]
overrides = { "facilities.backstop.advance.cash_lag_days" = 5 }
'''


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("arms")
    (folder / "arms.toml").write_text(SMALL.read_text() + ARMS)
    ended = run_here("run", folder / "arms.toml", "-o", folder / "run", "--quiet")
    assert ended.code == 0, ended.err
    return folder / "run"


def compared(run, *options):
    ended = run_here("compare", run, "--json", *options)
    assert (ended.code, ended.err) == (0, "")
    return json.loads(ended.out)


def test_each_arm_has_the_figures_of_the_summary(run):
    found = compared(run)
    assert found["arms"] == ["fund", "half", "slow"]
    summary = {(row["arm"], row["metric"], row["statistic"]): row for row in
               json.loads((run / "summary.json").read_bytes()) if row["fund"] is None}
    assert {figure["arm"] for figure in found["own"]} == set(found["arms"])
    for figure in found["own"]:
        row = summary[figure["arm"], figure["metric"], figure["statistic"]]
        assert [figure[name] for name in ("estimate", "lower", "upper")] == [row[name] for name in ("estimate", "lower",
                                                                                                    "upper")]


@pytest.mark.parametrize("other", ["fund", "slow"])
def test_arms_differ_as_their_paths_do(run, other):
    paths = pl.read_parquet(run / "paths/*.parquet")
    injected = {arm: paths.filter(pl.col("arm") == arm)["injected"] for arm in ("fund", "half", "slow")}
    found = {(figure["arm"], figure["metric"]): figure for figure in compared(run, "--to", other)["differences"]}
    for arm in set(injected) - {other}:
        figure = found[arm, "injected"]
        assert figure["against"] == other
        assert figure["estimate"] == pytest.approx((injected[arm] - injected[other]).mean())
        assert figure["lower"] <= figure["estimate"] <= figure["upper"]
    # a smaller pool has less out
    assert found["half", "pool_peak_use"]["estimate"] < 0.0


def test_the_screen_has_a_row_for_each_arm(run):
    printed = run_here("compare", run).out
    for words in ("each arm against its counterfactual", "less fund, path by path", "half", "slow", "peak use"):
        assert words in printed


def test_an_arm_that_is_not_there_and_a_folder_that_is_no_run_are_refused(run, tmp_path):
    ended = run_here("compare", run, "--to", "nobody")
    assert (ended.code, "fund, half, slow" in ended.err) == (2, True)
    assert run_here("compare", tmp_path).code == 2


def test_a_swept_key_that_does_nothing_has_one_row_and_no_area():
    sweep = ("--sweep", "pool.layers.last.size=8e9:9e9:3")
    found = json.loads(run_here("quality", SMALL, *sweep, "--quiet", "--json").out)
    assert (found["does_nothing"], found["area"]) == (True, None)
    printed = run_here("quality", SMALL, *sweep).out
    assert "no value from 8e+09 to 9e+09 changes anything" in printed
    assert "`backstop size`" in printed
    assert "area under the curve" not in printed
