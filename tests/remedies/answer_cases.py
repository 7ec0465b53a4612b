"""Commands that ask a simulation, and are refused for what it or the config leaves unanswered; and what answers."""

import atexit
import shutil
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from commands import SMALL, pinned
from remedies.command_cases import Call, Read
from remedies.config_cases import CALIBRATE
from remedies.following import as_toml, base, changed, written

PLACE = Path(tempfile.mkdtemp(prefix="remedies-"))
"""Configs and prices of these cases."""
atexit.register(shutil.rmtree, PLACE, ignore_errors=True)


def _written(name, **changes):
    tree = base("small")
    for key, value in changes.items():
        tree = changed(tree, key.replace("__", "."), value)
    (PLACE / name).write_text(written(tree), encoding="utf-8")
    return PLACE / name


def _pinned(folder, level=1.0):
    (PLACE / folder).mkdir(exist_ok=True)
    (PLACE / folder / "small.toml").write_text(pinned(SMALL.read_text(), PLACE / folder))
    prices = PLACE / folder / "made-up.csv"
    if level != 1.0:
        head, *rows = prices.read_text().splitlines()
        moved = (f"{day},{100.0 + (float(close) - 100.0) * level}" for day, close in (row.split(",") for row in rows))
        prices.write_text("\n".join([head, *moved]) + "\n")
    return PLACE / folder / "small.toml"


ARMS = [{"name": "fund", "facilities": ["backstop"]}, {"name": "calm", "facilities": []}]
TWO_ARMS = _written("arms.toml", arms=ARMS)
LAST = "market.assets.index"
TWO_MODELS = _written("models.toml", market__assets__index={
    "name": "index", "calibrate": CALIBRATE, "trading": base("small")["market"]["assets"][0]["trading"]},
    market__models=["garch", "gjr"])
OURS = PLACE / "ours.toml"
OURS.write_text(SMALL.read_text().replace("coverage_frac = 0.8", "coverage_frac = 0.8  # [ours]"))
TWICE = tuple(_pinned(name, level) for name, level in (("one", 1.0), ("other", 1.0), ("else", 0.9)))
OTHER_NAME = TWICE[2].rename(TWICE[2].with_name("apart.toml"))
TAKEN = PLACE / "taken"
TAKEN.mkdir()
(TAKEN / "ashare.toml").write_text("mine")
HISTORY = ("history", TWICE[0], "--paths", 8, "--set", "run.days=60")
SWEEP = ("sweep", SMALL, "--paths", 8, "--objective", "injected", "--vary", "pool.layers.last.size=1e8,1e9")
INDICES = ("sweep", SMALL, "--paths", 8, "--objective", "injected", "--design", "indices", "--n", 2, "--vary",
           "pool.layers.last.size=1e8:1e9", "--vary", "facilities.backstop.advance.fund_cap_frac=0.1:0.3")
SIZE = ("size", SMALL, "--paths", 200)
RARE = ("rare", SMALL, "--event", "injected>1", "--paths", 400)
PATHS = f"market.paths={PLACE / 'paths.parquet'}"
_ROWS = [(path, day) for path in range(400) for day in range(1, 41)]
pl.DataFrame({"path": [row[0] for row in _ROWS], "day": [row[1] for row in _ROWS], "asset": "index",
              "log_return": 0.02 * np.random.default_rng(3).standard_normal(len(_ROWS))}).write_parquet(
                  PLACE / "paths.parquet")

ANSWERS = [
    Call(("hazard", TWO_ARMS, "--arm", "calm"), "covers no fund; name an arm whose facilities admit one",
         ("hazard", TWO_ARMS, "--arm", "fund", "--paths", 8)),
    Call((*HISTORY[:2], TWICE[1], *HISTORY[2:]), "is the name of two configs; rename one", HISTORY),
    Call((*HISTORY[:2], OTHER_NAME, *HISTORY[2:]), "has other prices than that of", HISTORY),
    Call((*HISTORY, "--from", "2030-01-01"), "fewer than two days of", HISTORY),
    Call((*HISTORY, "--from", "soon"), "is no date; write it as 2015-06-15", (*HISTORY, "--from", "2020-01-06")),
    Call(("sensitivity", OURS, "--paths", 8, "--headline", "technology_saved_window_end"),
         "no path has a value of it; choose another", ("sensitivity", OURS, "--paths", 8, "--headline", "injected")),
    Call((*SIZE, "--set", "scenario.drift_ann_frac={ index = 9.0 }", "--set",
          f"{LAST}.volatility.long_run_volatility_ann_frac=0.01"), "no path has a crisis", SIZE),
    Call((*SIZE, "--target-error", "dry=0.1", "--set", "pool.idle_yield_ann_frac=0.01"),
         "hangs on the size, so that every size", SIZE),
    Call(("size", TWO_ARMS, "--paths", 200, "--arm", "calm"), "has no facility, so that nothing is asked of a pool",
         ("size", TWO_ARMS, "--paths", 200, "--arm", "fund")),
    Call((*SIZE, "--set", "pool.layers.first.size=0", "--set", "pool.layers.last.size=0"),
         "hold nothing that could be scaled", SIZE),
    Call((*INDICES, "--halving"), "leave one of the two out", INDICES),
    Call((*INDICES, "--objective", "injected/cost_a_year"), "are of metrics, not of one over another", INDICES),
    Call((*INDICES[:5], "technology_saved_window_end", *INDICES[6:]), "has no value for some design", INDICES),
    Call((*INDICES, "--vary", "facilities.backstop.advance.cash_lag_days=1:60"), "take narrower ranges",
         (*INDICES, "--vary", "facilities.backstop.advance.cash_lag_days=1:9")),
    Call(("sweep", SMALL, "--paths", 8, "--objective", "injected", "--vary", "pool.layers.last.size=1e8,1e9", "-o",
          SMALL.parent), "holds files that are no sweep", (*SWEEP, "-o", PLACE / "sweep")),
    Call(("init", TAKEN), "is there already; name another folder, or add --overwrite", ("init", PLACE / "new")),
    Call(("rare", TWO_MODELS, *RARE[2:]), "leave models and parameter_uncertainty out", RARE),
    Call((*RARE, "--set", "facilities.backstop.take_up.funds_frac=0.5"), "which no branch shares; write 1",
         (*RARE, "--set", "facilities.backstop.take_up.funds_frac=1")),
    Call((*RARE, "--set", PATHS), "paths that are given cannot branch; leave the key out", RARE),
    Call((*HISTORY, "--set", PATHS), "paths of your own are no history; leave the key out", HISTORY),
    Call(("run", SMALL, "--dry-run", "--design", "boe-gilts-2022"), "and the market has none; mark one by",
         ("run", SMALL, "--dry-run", "--design", "rbi-slf-mf-2020")),
    Call(("rare", SMALL, "--event", "dyr"), "did you mean 'dry'? write dry, failed", ("rare", SMALL, "--paths", 1024)),
    Call(("check", TWICE[0], "--set", 'facilities.backstop.system_key.active_on=[{first="2030-01-04"}]'),
         "is not within the window", ("check", TWICE[0])),
]

MARKET = "[market]\nindex = \"index\"\n" + "\n".join(
    f"{key} = {as_toml(value)}" for key, value in base("small")["market"].items() if key != "index") + "\n"
for _name, _content in (("plain", MARKET), ("more", MARKET + "[run]\npaths = 3\n"),
                        ("nested", MARKET.replace("[market]", "[market]\ninclude = \"x.toml\""))):
    (PLACE / f"{_name}.toml").write_text(_content)
_INCLUDING = ("check", SMALL, "--market")
TWO_PRICES = ("calibrate", "builtin:csi300", "builtin:sp500", "--model", "garch", "--quiet", "-o")
ANSWERS += [
    Call(("check", TWO_MODELS), "write 256 or more, or fewer of market.models",
         ("check", TWO_MODELS, "--set", "run.paths=256")),
    Call(("check", SMALL, "--set", "market.parameter_uncertainty=true"), "whose fit says how uncertain its parameters",
         ("check", SMALL)),
    Call(("check", SMALL, "--set", "market.parameter_uncertainty=true", "--set", PATHS), "nothing is drawn; leave it",
         ("check", SMALL, "--set", PATHS)),
    Call((*TWO_PRICES, PLACE / "m.toml", "--index", "dax"), "to be the index; name one of csi300, sp500",
         (*TWO_PRICES, PLACE / "m.toml", "--index", "sp500")),
    Call((*_INCLUDING, PLACE / "more.toml"), "has no place in an included file", (*_INCLUDING, PLACE / "plain.toml")),
    Call((*_INCLUDING, PLACE / "nested.toml"), "an included file includes no other",
         (*_INCLUDING, PLACE / "plain.toml")),
    Call((*_INCLUDING, PLACE), "a run reads it again by its name; write it", (*_INCLUDING, PLACE / "plain.toml")),
    Call(("hazard", SMALL, "--set", "arms=[]"), "none; write [[arms]]", ("check", SMALL)),
]
ADVICE = [
    Read(("check", SMALL, "--set", 'scenario.shocks=[{asset="index",day=41,return_frac=-0.1}]'),
         "write an earlier day, or more run.days",
         ("check", SMALL, "--set", 'scenario.shocks=[{asset="index",day=40,return_frac=-0.1}]')),
    Read(("check", SMALL, "--set", "funds.equity.invest_frac=0.5"), "write volatility_ann_frac",
         ("check", SMALL, "--set", "funds.equity.invest_frac=0.5", "--set",
          f"{LAST}.trading.impact.volatility_ann_frac=0.3")),
    Read(("check", SMALL, "--set", 'funds.equity.evaluation={ladder=[{years=0.25,weight=1.0}],threshold_ann_frac=0.0,'
          'floor_ann_frac=-0.01,risk_cut_frac=0.9,risk_speed_per_day_frac=0.9}'), "lower risk_cut_frac",
         ("check", SMALL, "--set", 'funds.equity.evaluation={ladder=[{years=0.25,weight=1.0}],threshold_ann_frac=0.0,'
          'floor_ann_frac=-0.01,risk_cut_frac=0.01,risk_speed_per_day_frac=0.01}')),
    Read(("check", SMALL), "no number is tagged; write [ours]", ("check", OURS)),
]  # fmt: skip
