"""Small markets for tests, built term by term, and tiles of them as arrays."""

from typing import Any

import numpy as np

from backstop.kernels.frames import frame
from backstop.kernels.market_tile import market_tile, open_market
from backstop.terms import (
    DRAW_JOINTLY,
    DRAW_NORMAL,
    SQUARES,
    DependenceTerms,
    FactorTerms,
    InnovationTerms,
    MarketTerms,
    OverlayTerms,
    VolatilityTerms,
)

INDEX = np.uint64


def codes(value: Any, n: int) -> Any:
    return np.full(n, value, dtype=np.int64)


def volatility_terms(
    n: int = 1,
    omega: float = 0.02,
    up: Any = (0.08,),
    down: Any = None,
    beta: Any = (0.90,),
    opening: float = 1.0,
    kind: int = SQUARES,
    power: float = 2.0,
) -> VolatilityTerms:
    """`n` assets with the same recursion, opening at one level."""
    lags = len(up)
    wide = [np.tile(np.array(weights, dtype=np.float64), (n, 1)) for weights in (up, down or up, beta)]
    levels = np.full((n, lags + 1), opening)
    return VolatilityTerms(codes(kind, n), np.full(n, power), np.full(n, omega), codes(lags, n), *wide, levels)


def market_terms(
    days: int,
    volatility: VolatilityTerms | None = None,
    draw: int = DRAW_NORMAL,
    nu: float = 0.0,
    correlation: Any = None,
    joint_nu: float = 0.0,
) -> MarketTerms:
    """A market without factors, overlays or pins; with a correlation, all assets are drawn together."""
    volatility = volatility or volatility_terms()
    n = len(volatility.kind)
    joint = correlation is not None
    cholesky = np.ascontiguousarray(np.linalg.cholesky(correlation)) if joint else np.zeros((0, 0))
    return MarketTerms(
        volatility,
        InnovationTerms(codes(DRAW_JOINTLY if joint else draw, n), np.full(n, nu)),
        DependenceTerms(np.arange(n if joint else 0), cholesky, joint_nu),
        FactorTerms(codes(-1, n), np.zeros(n)),
        OverlayTerms(np.zeros((days, n)), np.ones((days, n)), np.zeros((days, n)), codes(0, n), np.zeros((0, n))),
    )


def simulate(terms: MarketTerms, days: int, lanes: int, seed: int = 1, first_path: int = 0, chunks: Any = None) -> Any:
    """Log returns and volatilities (T, J, L) of one tile, its days in `chunks` if given."""
    n = len(terms.volatility.kind)
    log_return, volatility = np.empty((days, n, lanes)), np.empty((days, n, lanes))
    framed, state, first = frame(terms), frame(open_market(terms, lanes)), 0
    for length in chunks or [days]:
        market_tile(
            framed,
            state,
            INDEX(seed),
            INDEX(first_path),
            INDEX(first),
            INDEX(first + length),
            log_return[first : first + length],
            volatility[first : first + length],
            INDEX(lanes),
        )
        first += length
    return log_return, volatility
