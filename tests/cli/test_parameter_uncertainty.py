"""`run`, `simulate`, `trace`, `verify` and `diff` where parameters are drawn."""

import json
import re

import polars as pl
import pytest

from backstop.answers import precise
from backstop.runs import store
from backstop.runs.tiles import Layout
from commands import SMALL, run_here
from prices import write_prices

ON = ("--set", "market.parameter_uncertainty=true")


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """The small config with an index that is fitted to prices."""
    folder = tmp_path_factory.mktemp("drawn")
    write_prices(folder / "index.csv", 1)
    table = '[market.assets.calibrate]\nprices = "index.csv"\nmodel = "garch"\ndistribution = "normal"\nstart = 4.0\n'
    text = re.sub(r"\[market\.assets\.volatility\].*?(?=\[market\.assets\.trading\])", table, SMALL.read_text(),
                  flags=re.DOTALL)
    (folder / "drawn.toml").write_text(text)
    return folder / "drawn.toml"


@pytest.fixture(scope="module")
def run(config, tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn") / "run"
    return folder, run_here("run", config, *ON, "--paths", 1000, "-o", folder, "--full")


def test_a_goal_is_kept_beside_draws_and_what_is_kept_is_the_run_of_so_many_paths(config, tmp_path, monkeypatch):
    """Never before there are thirty draws, of which each makes 256 paths."""
    monkeypatch.setattr(store, "layout_of", lambda terms: Layout(lanes=256, block_paths=1024, days_per_call=10))
    monkeypatch.setattr(precise, "layout_of", store.layout_of)
    days = ("--set", "run.days=20")
    ended = run_here("run", config, *ON, *days, "--paths", 16_384, "--target-error", "forced_sales=0.5", "-o",
                     tmp_path / "until")
    assert ended.code == 0, ended.err
    n_paths = json.loads((tmp_path / "until" / "manifest.json").read_bytes())["paths"]
    assert 30 * 256 <= n_paths < 16_384
    run_here("run", config, *ON, *days, "--paths", n_paths, "-o", tmp_path / "plain")
    one, other = (json.loads((tmp_path / name / "manifest.json").read_bytes()) for name in ("until", "plain"))
    assert one["drawn_parameters"] == other["drawn_parameters"]
    assert one["drawn_parameters"]["n_groups"] == n_paths // 256
    assert pl.read_parquet(tmp_path / "until" / "summary.parquet").equals(
        pl.read_parquet(tmp_path / "plain" / "summary.parquet"))


def test_a_run_says_what_it_drew_and_what_comes_of_it(run):
    folder, ended = run
    assert ended.code == 0
    for words in ("4 draws from the law of the estimates, one for 256 paths; rejected as inadmissible: index",
                  "* few: 4 draws of parameters: all lines", "known to about 41% of itself; that is few"):
        assert words in " ".join(ended.out.split())
    drawn = json.loads((folder / "manifest.json").read_bytes())["drawn_parameters"]
    assert (drawn["n_groups"], drawn["paths_per_group"], drawn["fixed"]) == (4, 256, [])
    assert 0.0 <= drawn["rejected_frac"]["index"] < 1.0


def test_the_summary_separates_sampling_from_parameters(run):
    summary = pl.read_parquet(run[0] / "summary.parquet")
    of = pl.col("statistic").is_in(["mean", "prob"])
    assert summary.filter(of)["parameter_deviation"].null_count() == 0
    assert summary.filter(~of)["parameter_deviation"].null_count() == len(summary.filter(~of))
    sales = summary.filter(pl.col("arm") == "none", pl.col("fund").is_null(), pl.col("metric") == "forced_sales",
                           pl.col("statistic") == "mean").row(0, named=True)
    assert 0.0 < sales["parameter_frac"] < 1.0
    assert sales["upper"] - sales["lower"] > 2 * 1.96 * sales["sampling_error"]
    assert sales["note"].endswith("few: 4 draws of parameters")


def test_paths_are_made_anew_with_their_parameters(run, tmp_path):
    assert run_here("verify", run[0], "--replays", 4, "--quiet").code == 0
    assert run_here("trace", run[0], "--path", 999, "-o", tmp_path / "t.parquet", "--quiet").code == 0


def test_a_run_without_draws_is_another_run(config, run, tmp_path):
    plain = run_here("run", config, "--paths", 1000, "-o", tmp_path / "plain", "--json")
    content = json.loads(plain.out)
    assert content["drawn_parameters"] is None
    assert {row["parameter_deviation"] for row in content["summary"]} == {None}
    # killed, and begun again with another option
    (tmp_path / "plain" / "manifest.json").unlink()
    again = run_here("run", config, *ON, "--paths", 1000, "-o", tmp_path / "plain", "--quiet")
    assert again.code == 2
    assert "an unfinished run that differs in drawn_parameters" in again.err


def test_simulate_draws_them_too(config, tmp_path):
    arguments = ("simulate", config, "--paths", 600, "--quiet", "-o")
    ended = run_here(*arguments, tmp_path / "drawn.parquet", *ON, "--json")
    assert json.loads(ended.out)["drawn_parameters"]["n_groups"] == 3
    run_here(*arguments, tmp_path / "plain.parquet")
    drawn, plain = (pl.read_parquet(tmp_path / name).filter(pl.col("day") == 1) for name in
                    ("drawn.parquet", "plain.parquet"))
    # one volatility of day 1 for each group's parameters
    assert (drawn["volatility"].n_unique(), plain["volatility"].n_unique()) == (3, 1)


def test_a_market_without_fits_is_one_line():
    ended = run_here("run", SMALL, *ON)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "no asset has a `calibrate` table" in ended.err
