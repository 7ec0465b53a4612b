"""An instrument that a recipe adds: read from a config, described, run, and the same in kernels and oracle."""

from pathlib import Path

import polars as pl

from backstop.terms import Instrument
from commands import SMALL, run_here
from oracle.designs import random_design
from oracle.gauge import RULES
from oracle.thousand import CHOSEN
from recipes.agreement import compared

assert "given" in RULES
given = 0
for seed in CHOSEN["giving"]:
    design = random_design(seed, 3, "giving")
    state, results = compared(design)
    assert Instrument.GIFT in design.arm.facilities.instrument
    assert (state.fund_tally.compensation_paid > 0.0).any() == any(result.fired["given"] for result in results)
    assert float(state.path_tally.money_created.max()) == 0.0
    given += sum(result.fired["given"] for result in results)
assert given > 0

text = SMALL.read_text()
begin, end = text.index("[facilities.advance]"), text.index("[pool]")
gift = text[:begin].replace('"advance"', '"gift"') + "[facilities.gift]\nnav_per_day_frac = 0.001\n\n" + text[end:]
Path("gift.toml").write_text(gift)
Path("empty.toml").write_text(gift.replace("nav_per_day_frac = 0.001", ""))

described = run_here("check", "gift.toml", "--terms")
assert described.code == 0, described
assert "nav_frac" in described.out
refused = run_here("check", "empty.toml")
assert refused.code == 2, refused
assert "nav_per_day_frac: is missing" in " ".join(refused.err.split()), refused

run = run_here("run", "gift.toml", "--paths", 16, "--out", "run")
assert run.code == 0, run
paths = pl.read_parquet("run/paths/**/*.parquet").filter(pl.col("arm") == "fund")
assert paths["compensation_paid"].sum() > 0.0
assert paths["money_created"].max() == 0.0
