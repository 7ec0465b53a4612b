"""Markets for tests, written as a config has them, and tiles of their paths as arrays."""

from typing import Any

import numpy as np

from backstop.config.market.inputs import MarketInputs
from backstop.config.market.resolve import resolve_market
from backstop.config.market.scenario import ScenarioConfig
from backstop.config.market.section import MarketConfig
from backstop.kernels.machine.frames import frame
from backstop.kernels.market.tile import market_tile, market_work, open_market
from backstop.terms import MarketTerms

GARCH = {"model": "garch", "omega": 0.02, "alpha": (0.08,), "beta": (0.90,)}
"""That of docs/validation: its long-run variance is 1."""
STILL = {"model": "constant", "omega": 1.0}
NORMAL = {"distribution": "normal"}


def student_t(nu: float) -> dict[str, Any]:
    return {"distribution": "student-t", "nu": nu}


def asset(name: str = "a", volatility: Any = GARCH, innovation: Any = NORMAL, **more: Any) -> dict[str, Any]:
    return {"name": name, "volatility": volatility, "innovation": innovation} | more


def market(*assets: dict[str, Any], **more: Any) -> MarketConfig:
    return MarketConfig.model_validate({"index": assets[0]["name"], "assets": assets} | more)


def resolved(
    *assets: dict[str, Any], days: int, dependence: Any = None, inputs: Any = None, **scenario: Any
) -> MarketTerms:
    """Terms of a market; what else is given is its scenario."""
    laid = ScenarioConfig.model_validate(scenario)
    return resolve_market(market(*assets, dependence=dependence), laid, inputs or MarketInputs(), days)


def simulate(terms: MarketTerms, lanes: int, seed: int = 1, first_path: int = 0, chunks: Any = None) -> Any:
    """Log returns and volatilities (T, J, L) of one tile over all days, in `chunks` of them if given."""
    days, n_assets = terms.overlay.drift.shape
    log_return, volatility = np.empty((days, n_assets, lanes)), np.empty((days, n_assets, lanes))
    framed, state, first = frame(terms), frame(open_market(terms, lanes)), 0
    for length in chunks or [days]:
        run = slice(first, first + length)
        work = market_work(framed, state, log_return[run], volatility[run])
        market_tile(work, seed, first_path, first, first + length, lanes)
        first += length
    return log_return, volatility
