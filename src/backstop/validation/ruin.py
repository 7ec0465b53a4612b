"""Ruin of a pool in finite time: Poisson claims, one premium a period that pays for just one of them.

The pool has half a claim at the start. Period i begins with its premium, the i-th, so it survives n periods if
``S_i <= i`` for all i <= n, where ``S_i`` counts the claims up to the end of period i. By the ballot theorem, with
independent claims of mean lambda a period (Takacs 1962; Gerber 1988),

    P(S_i < i, i <= m) = E[max(0, 1 - S_m / m)]

and after a first period without claims the rest is the event wanted: ``P(S_i <= i, i <= n) = E[max(0, 1 - S_(n+1) /
(n+1))] / exp(-lambda)``.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.stats import poisson

from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.text.load import parse_config
from backstop.validation.case import Case, Figure, share_of, within
from backstop.validation.worlds import run_paths

WORLD = Path(__file__).with_name("ruin.toml")
N_PATHS = 20_000
PERIOD_DAYS = 21
CLAIMS_A_PERIOD = 0.75
PERIODS = (6, 12, 24)


def survival(n: int, mean: float) -> float:
    """``P(S_i <= i for all i <= n)``, S the sum of Poisson claims of `mean` a period."""
    claims = np.arange(n + 2)
    left = np.maximum(0.0, 1.0 - claims / (n + 1)) * poisson.pmf(claims, mean * (n + 1))
    return float(left.sum() * np.exp(mean))


def ruin() -> Iterator[Figure]:
    """Paths on which the pool cannot pay a claim, by the end of some periods."""
    import pyarrow.compute as pc

    terms = resolve(parse_config(WORLD.read_text(encoding="utf-8"), WORLD.name), MarketInputs())
    paths, _ = run_paths(terms, N_PATHS)
    of_pool = paths.filter(pc.equal(paths["arm"], "pool"))
    first_dry_day = of_pool["first_dry_day"].to_numpy(zero_copy_only=False).astype(np.float64)
    for n in PERIODS:
        yield share_of(f"ruin in {n} periods", 1.0 - survival(n, CLAIMS_A_PERIOD), first_dry_day <= n * PERIOD_DAYS)
    yield within("money created", 0.0, float(pc.max(of_pool["money_created"]).as_py()), 0.0)


CASES = (
    Case("pool-ruin", "a pool with premiums is ruined by compound Poisson claims", "closed form",
         "ballot theorem: Takacs (1962), Gerber (1988)", ruin),
)
