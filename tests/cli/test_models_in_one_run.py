"""`run`, `trace`, `verify` and `simulate` where groups of paths take several market models in turn."""

import json
import re

import polars as pl
import pytest

from commands import SMALL, run_here
from prices import write_prices

MODELS = ("--models", "garch,constant")


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """The small config with an index that is fitted to prices."""
    folder = tmp_path_factory.mktemp("mixed")
    write_prices(folder / "index.csv", 1)
    table = '[market.assets.calibrate]\nprices = "index.csv"\nmodel = "garch"\ndistribution = "normal"\nstart = 4.0\n'
    text = re.sub(r"\[market\.assets\.volatility\].*?(?=\[market\.assets\.trading\])", table, SMALL.read_text(),
                  flags=re.DOTALL)
    (folder / "mixed.toml").write_text(text)
    return folder / "mixed.toml"


@pytest.fixture(scope="module")
def run(config, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixed") / "run"
    return folder, run_here("run", config, *MODELS, "--paths", 320, "-o", folder, "--full")


def test_a_run_shows_the_range_over_models_beside_every_figure(run):
    _, ended = run
    assert ended.code == 0, ended.err
    assert "over models" in ended.out
    said = " ".join(ended.out.split())
    assert "models: garch, constant, groups of 64 paths in turn" in said
    # the run starts at four times the variance that the constant model has all along
    assert "hang on the market model (it moves them by more than sampling explains): " in said


def test_paths_name_their_model_and_are_those_of_that_model_alone(run, config, tmp_path):
    paths = pl.read_parquet(run[0] / "paths/*.parquet").filter(pl.col("arm") == "fund")
    assert paths["model"].to_list() == ["garch" if path // 64 % 2 == 0 else "constant" for path in paths["path"]]
    alone = tmp_path / "alone"
    assert run_here("run", config, "--set", "market.assets.index.calibrate.model=constant", "--paths", 320, "-o",
                    alone).code == 0
    own = pl.read_parquet(alone / "paths/*.parquet").filter(pl.col("arm") == "fund")
    of_model = paths.filter(pl.col("model") == "constant").drop("model")
    assert of_model.equals(own.filter(pl.col("path") // 64 % 2 == 1), null_equal=True)


def test_the_summary_is_that_of_the_models_averaged(run):
    summary = pl.read_parquet(run[0] / "summary.parquet")
    apart = pl.read_parquet(run[0] / "models.parquet")
    key = ["arm", "metric", "statistic", "comparison"]
    of_all = summary.filter(pl.col("fund").is_null(), pl.col("statistic") == "mean", pl.col("n_paths") == 320)
    means = apart.filter(pl.col("statistic") == "mean").group_by(key).agg(
        pl.col("estimate").mean(), pl.col("estimate").min().alias("low"), pl.col("estimate").max().alias("high"))
    both = of_all.join(means, on=key, suffix="_apart", nulls_equal=True)
    assert len(both) == len(of_all) > 50
    assert both.filter((pl.col("estimate") - pl.col("estimate_apart")).abs()
                       > 1e-9 * (1.0 + pl.col("estimate").abs())).is_empty()
    assert both.filter((pl.col("model_low") != pl.col("low")) | (pl.col("model_high") != pl.col("high"))).is_empty()


def test_such_a_run_can_be_verified_and_its_paths_replayed(run, tmp_path):
    folder, _ = run
    ended = run_here("verify", folder)
    assert ended.code == 0, ended.err
    assert "models.parquet" in json.loads((folder / "manifest.json").read_bytes())["files"]
    assert run_here("trace", folder, "--path", 70, "-o", tmp_path / "trace.parquet").code == 0


def test_simulate_takes_models_in_turn_too(run, config, tmp_path):
    assert run_here("simulate", config, *MODELS, "--paths", 256, "-o", tmp_path / "all.parquet").code == 0
    alone = run_here("simulate", config, "--set", "market.assets.index.calibrate.model=constant", "--paths", 128, "-o",
                     tmp_path / "one.parquet")
    assert alone.code == 0
    one, two = (pl.read_parquet(tmp_path / name).filter(pl.col("path").is_between(64, 127))
                for name in ("all.parquet", "one.parquet"))
    assert one.equals(two)


def test_too_few_paths_are_refused_in_one_line(config):
    ended = run_here("run", config, *MODELS, "--paths", 255)
    assert ended.code == 2
    assert "write 256 or more" in ended.err


def test_each_model_has_a_curve_of_its_own_and_the_two_a_distance(config):
    ended = run_here("size", config, *MODELS, "--paths", 320, "--target", "0.2", "--quiet", "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    curves = {(curve["given"], curve["model"]): curve for curve in found["curves"]}
    assert {model for _, model in curves} == {None, "garch", "constant"}
    n_paths = [curves["all", model]["n_paths"] for model in (None, "garch", "constant")]
    assert n_paths == [320, 192, 128]
    own = sorted(curves["all", model]["size"] for model in ("garch", "constant"))
    assert own[0] <= curves["all", None]["size"] <= own[1]
    assert set(found["distance"]) == {"model", "other", "nats"}
    assert {found["distance"]["model"], found["distance"]["other"]} == {"garch", "constant"}
