"""A column that a recipe adds: the same in kernels and oracle, and a column of a run with its meaning."""

from pathlib import Path

import pyarrow.parquet as pq

from backstop.outcomes import FUND_OUTCOMES
from commands import SMALL, run_here
from oracle.designs import random_design
from recipes.agreement import compared

assert "cash_end" in {outcome.name for outcome in FUND_OUTCOMES}
state, _ = compared(random_design(3, 3))
assert (state.fund_tally.cash_end > 0.0).any()
run = run_here("run", SMALL, "--paths", 4, "--out", "run")
assert run.code == 0, run
(file, *_) = Path("run", "funds").rglob("*.parquet")
assert pq.read_schema(file).field("cash_end").metadata[b"meaning"] == b"cash at the horizon"
