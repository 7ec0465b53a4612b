"""`calibrate`, and runs on what it writes; `simulate`, and runs on the paths it writes."""

import hashlib
import json
import re

import numpy as np
import polars as pl
import pytest

from commands import SMALL, run_here
from prices import write_prices


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Two series calibrated: the market that was written, and how the command ended."""
    folder = tmp_path_factory.mktemp("fitted")
    one, two = write_prices(folder / "index.csv", 1), write_prices(folder / "other.csv", 2)
    rows = two.read_text().splitlines()
    two.write_text("\n".join(rows[:700] + rows[703:]))
    ended = run_here("calibrate", one, f"second={two}", "-o", folder / "market.toml", "--dependence", "ccc",
                     "--model", "constant", "--model", "garch", "--distribution", "normal", "--mean", "zero")
    return folder / "market.toml", ended


def parts(folder):
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*.parquet"))}


def test_calibrate_prints_what_was_found_and_how_far_it_can_be_trusted(fitted):
    ended = fitted[1]
    assert ended.code == 0
    for word in ("chosen by bic", "garch(1,0,1) normal", "persistence", "half-life", "Ljung-Box(10) of squares",
                 "ARCH-LM", "Kupiec", "Christoffersen", "Acerbi-Szekely", "ccc on", "--market"):
        assert word in ended.out
    assert "second: no price on 3 days that another series has" in ended.err


def test_a_run_takes_the_calibrated_market_and_finds_it_again(fitted, tmp_path):
    market = fitted[0]
    ended = run_here("run", SMALL, "--market", market, "-o", tmp_path / "run", "--quiet")
    assert (ended.code, ended.err) == (0, "")
    resolved = json.loads((tmp_path / "run" / "resolved.json").read_bytes())
    assert resolved["names"]["assets"] == ["index", "second"]
    assert resolved["arms"]["none"]["prices"]["adv"]["value"][0] == 2e9
    assert run_here("verify", tmp_path / "run", "--replays", 1, "--quiet").code == 0


def test_an_included_market_is_the_one_named_on_the_command_line(fitted, tmp_path, edited):
    config = edited("[market]\n", f'[market]\ninclude = "{fitted[0]}"\n')
    assert run_here("run", config, "-o", tmp_path / "one", "--quiet").code == 0
    assert run_here("run", SMALL, "--market", fitted[0], "-o", tmp_path / "other", "--quiet").code == 0
    assert parts(tmp_path / "one") == parts(tmp_path / "other")


def test_a_run_whose_market_has_changed_is_not_made_again(fitted, tmp_path):
    market = tmp_path / "market.toml"
    market.write_text(fitted[0].read_text())
    assert run_here("run", SMALL, "--market", market, "-o", tmp_path / "run", "--quiet").code == 0
    market.write_text(f"{market.read_text()}# edited\n")
    ended = run_here("verify", tmp_path / "run")
    assert ended.code == 1
    assert "look for changed files" in ended.out


def test_calibrate_as_json_is_nothing_but_json(tmp_path):
    ended = run_here("calibrate", write_prices(tmp_path / "a.csv", 1), "--model", "garch", "--distribution", "normal",
                     "--json")
    assert ended.code == 0
    content = json.loads(ended.out)
    assert content["series"][0]["chosen"]["model"] == "garch(1,0,1) normal"
    assert [test["level"] for test in content["series"][0]["backtests"]] == [0.01, 0.025, 0.05]
    assert content["market"] is None


@pytest.mark.parametrize(("arguments", "message"), [
    (["nothing.csv"], "no such file"),
    (["builtin:csi300", "--model", "girch"], "no volatility model 'girch'; write one of"),
    (["builtin:csi300", "--start", "-1"], "--start -1: write long-run, last, or a number above 0"),
    (["builtin:csi300", "--long-run", "20"], "--long-run 20: write fitted, sample, or a number above 0, at most 10"),
    (["builtin:csi300", "builtin:csi300"], "two price series of the same name"),
])
def test_what_cannot_be_calibrated_is_said_in_a_line(arguments, message):
    ended = run_here("calibrate", *arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert message in ended.err


def test_no_command_writes_over_prices_or_a_config(tmp_path):
    prices, config = write_prices(tmp_path / "a.csv", 1), tmp_path / "c.toml"
    config.write_bytes(SMALL.read_bytes())
    before = prices.read_bytes(), config.read_bytes()
    for arguments in (("calibrate", prices, "-o", prices), ("simulate", config, "-o", config),
                      ("trace", config, "--path", 0, "-o", config), ("quality", config, "-o", config),
                      ("hazard", config, "-o", config)):
        ended = run_here(*arguments)
        assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert (prices.read_bytes(), config.read_bytes()) == before


def test_a_run_on_simulated_paths_is_the_run_on_the_simulated_market(finished, tmp_path, edited):
    paths = tmp_path / "paths.parquet"
    assert run_here("simulate", SMALL, "-o", paths, "--quiet").code == 0
    config = edited("[market]\n", '[market]\npaths = "paths.parquet"\n')
    ended = run_here("run", config, "-o", tmp_path / "run", "--quiet")
    assert ended.code == 0
    assert "market paths are those of paths.parquet" in ended.err
    assert parts(tmp_path / "run") == parts(finished[0])
    inputs = json.loads((tmp_path / "run" / "manifest.json").read_bytes())["inputs"]
    assert inputs == {"market.paths": hashlib.sha256(paths.read_bytes()).hexdigest()}
    assert run_here("verify", tmp_path / "run", "--quiet").code == 0


def test_paths_of_another_tool_need_no_model_of_the_asset(tmp_path, edited):
    rows = [(path, day, "index", -0.01) for path in range(8) for day in range(1, 31)]
    pl.DataFrame(rows, schema=["path", "day", "asset", "log_return"], orient="row").write_parquet(
        tmp_path / "paths.parquet")
    text = SMALL.read_text()
    model = text[text.index("[market.assets.volatility]"):text.index("[market.assets.trading]")]
    config = edited(model, "")
    config.write_text(config.read_text().replace("[market]\n", '[market]\npaths = "paths.parquet"\n'))
    ended = run_here("run", config, "--paths", 8, "--set", "run.days=30", "-o", tmp_path / "run", "--quiet")
    assert ended.code == 0
    fell = pl.read_parquet(tmp_path / "run" / "paths" / "*.parquet").filter(arm="none")["market_trough_index"]
    assert fell.to_list() == pytest.approx([np.exp(-0.3)] * 8, rel=0.2)
    short = run_here("run", config, "--set", "run.days=30", "-o", tmp_path / "more", "--quiet")
    assert (short.code, short.out) == (2, "")
    assert "has 8 paths, the run 64; write run.paths = 8 or less" in short.err


def test_a_run_fits_how_assets_move_together(tmp_path):
    names = ("index", "second")
    for seed, name in enumerate(names, 1):
        write_prices(tmp_path / f"{name}.csv", seed)
    own_risk = re.compile(r"\[market\.assets\.volatility\].*?(?=\[market\.assets\.trading\])", re.DOTALL)
    fit = 'calibrate = {{ prices = "{}.csv", model = "garch", distribution = "normal" }}\n'
    joint = '[market.dependence]\nassets = ["index", "second"]\ncalibrate = { model = "gaussian-copula" }\n'
    text = own_risk.sub(fit.format("index"), SMALL.read_text())
    second = f'[[market.assets]]\nname = "second"\n{fit.format("second")}{joint}[scenario]'
    (tmp_path / "two.toml").write_text(text.replace("[scenario]", second))
    ended = run_here("run", tmp_path / "two.toml", "-o", tmp_path / "run", "--full")
    assert ended.code == 0
    assert "dependence: gaussian-copula of 2 assets on 1500 days in common, correlations" in ended.out
    fits = json.loads((tmp_path / "run" / "fits.json").read_bytes())
    assert list(fits) == ["index", "market.dependence", "second"]
    found = fits["market.dependence"]["correlation"][0][1]
    terms = json.loads((tmp_path / "run" / "resolved.json").read_bytes())["market"]["dependence"]
    assert terms["cholesky"]["value"][1][0] == found
    assert run_here("verify", tmp_path / "run", "--replays", 1, "--quiet").code == 0


def test_candidates_may_have_other_lags(tmp_path):
    prices = write_prices(tmp_path / "a.csv", 1)
    models = ("--model", "garch", "--model", "gjr", "--model", "constant")
    arguments = ("calibrate", prices, "--distribution", "normal", "--quiet", "--json", *models)
    ended = run_here(*arguments, "--lags", "1,1", "--lags", "2,0,1")
    (series,) = json.loads(ended.out)["series"]
    tried = {candidate["model"].removesuffix(" normal") for candidate in series["candidates"]}
    wanted = {"garch(1,0,1)", "garch(2,0,1)", "gjr(1,1,1)", "gjr(2,0,1)", "constant"}
    assert {"garch(1,0,1)", "constant"} <= tried <= wanted
    for wrong, says in (("2", "write P,Q as 2,1"), ("1,x", "write P,Q as 2,1"), ("6,1", "p is 1 to 5")):
        refused = run_here(*arguments, "--lags", wrong)
        assert refused.code == 2
        assert says in refused.err


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """The small config with an index fitted to so few prices that the fit warns."""
    folder = tmp_path_factory.mktemp("short")
    rows = write_prices(folder / "index.csv", 1).read_text().splitlines()
    (folder / "index.csv").write_text("\n".join(rows[:600]))
    table = '[market.assets.calibrate]\nprices = "index.csv"\nmodel = "garch"\ndistribution = "normal"\nstart = 4.0\n'
    text = re.sub(r"\[market\.assets\.volatility\].*?(?=\[market\.assets\.trading\])", table, SMALL.read_text(),
                  flags=re.DOTALL)
    (folder / "short.toml").write_text(text)
    return folder / "short.toml"


@pytest.mark.parametrize("command", [("check",), ("run", "--paths", 8, "-o", "run", "--json"),
                                     ("run", "--dry-run"), ("simulate", "--paths", 8, "-o", "paths.parquet"),
                                     ("trace", "--path", 1, "-o", "trace.parquet"), ("quality", "--paths", 64)])
def test_every_command_that_uses_a_fit_says_what_to_beware_of(short, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = run_here(command[0], short, *command[1:])
    assert ended.code == 0, ended.err
    assert ended.err.count("index, garch(1,0,1) normal: 598 returns: standard errors are wide") == 1
