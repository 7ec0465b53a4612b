"""Small configs and what the engine makes of them: market paths, and outcomes of runs."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.schema import Config
from backstop.runs.engine import simulate_block
from backstop.runs.seam import SimulatedMarket
from backstop.runs.tiles import Block
from backstop.terms import Floats, RunTerms

if TYPE_CHECKING:
    import pyarrow as pa

SEED = 20_260_101
LANES = 1032
"""Paths of a tile where no funds are simulated."""

NORMAL = {"distribution": "normal"}


def student_t(nu: float) -> dict[str, Any]:
    """The innovation table of a standardised Student-t."""
    return {"distribution": "student-t", "nu": nu}


def constant(variance: float) -> dict[str, Any]:
    """The volatility table of a variance a day that never changes."""
    return {"model": "constant", "omega": variance}


def asset(name: str, volatility: Mapping[str, Any], innovation: Mapping[str, Any] = NORMAL, **more: Any) -> Any:
    """One asset of a world; `more` are further keys of its table."""
    return {"name": name, "volatility": volatility, "innovation": innovation, **more}


def fund(holdings: Mapping[str, float], **more: Any) -> dict[str, Any]:
    """A fund of 1bn that no one leaves and no one judges, unless `more` says so."""
    plain = {"name": "fund", "count": 1, "nav": 1e9, "holdings": holdings, "cash_buffer_frac": 0.0,
             "liquidation": {"rule": "pro-rata", "participation_frac": 1.0},
             "failure": {"nav_floor_frac": 0.0, "unpaid_days": 100_000}}
    return plain | more


def config_of(assets: Sequence[Any], n_days: int, holder: Any = None, dependence: Any = None,
              scenario: Any = None) -> Config:
    """A world of `assets`, the first its index, with one fund (of cash, unless there is a `holder`)."""
    market = {"index": assets[0]["name"], "assets": assets, "dependence": dependence}
    return Config.model_validate({
        "run": {"name": "known", "paths": 1, "days": n_days, "seed": SEED},
        "money": {"currency": "CNY", "quantum": 1.0},
        "market": market, "scenario": scenario or {}, "funds": [holder or fund({})],
        "pool": {"layers": [{"name": "none", "size": 0.0}]},
    })


def terms_of(assets: Sequence[Any], n_days: int, inputs: MarketInputs | None = None, **more: Any) -> RunTerms:
    """What a run reads of such a world."""
    return resolve(config_of(assets, n_days, **more), inputs or MarketInputs())


def measure_paths(terms: RunTerms, n_paths: int, measure: Callable[[Floats, Floats], Floats]) -> Floats:
    """`measure(log_return, volatility)`, both (T, J, L), of market paths tile by tile, joined along its last axis."""
    market, shape = SimulatedMarket(), (terms.n_days, len(terms.names.assets), LANES)
    state, log_return, volatility = market.open(terms.market, LANES), np.empty(shape), np.empty(shape)
    measured = []
    for first in range(0, n_paths, LANES):
        market.reset(terms.market, state)
        market.fill(terms.market, state, SEED, first, 0, terms.n_days, log_return, volatility, LANES)
        measured.append(np.array(measure(log_return, volatility)))
    return np.concatenate(measured, axis=-1)


def run_paths(terms: RunTerms, n_paths: int) -> "tuple[pa.Table, pa.Table]":
    """Outcomes of a run: a row per path and arm, a row per path, arm and fund."""
    tables = simulate_block(terms, SEED, Block(0, 0, n_paths))
    return tables.paths, tables.funds
