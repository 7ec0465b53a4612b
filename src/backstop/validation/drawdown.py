"""Drawdowns of a driftless log-Brownian price, on market paths and through a fund that holds nothing else.

Watched all the time, a drawdown of d in logs comes within a year with probability ``1 - (4 / pi) sum_k (-1)**k / (2k+1)
exp(-(2k+1)**2 pi**2 sigma**2 / (8 d**2))``, a fall of d below the start with ``2 Phi(-d / sigma)``. Watched once a day
both are rarer, by quadrature here: 0.40618 and 0.21637 instead of 0.45964 and 0.23014 for d = 0.3; as fractions of the
price 0.26779 and 0.14352 instead of 0.30730 and 0.15367.
"""

from collections.abc import Iterator

import numpy as np
from scipy.stats import norm

from backstop.terms import Floats, RunTerms
from backstop.validation.case import Case, Figure, share_of
from backstop.validation.worlds import asset, constant, fund, measure_paths, run_paths, terms_of

VOLATILITY, DAYS, DEPTH = 0.25, 250, 0.3
"""A year of 250 daily steps; a fall of 0.3."""
DEPTH_IN_LOGS = float(-np.log1p(-DEPTH))
"""The fall of the log price that takes 30 % of the price."""
STEP = VOLATILITY / np.sqrt(DAYS)
NODES = 240


def drawdown_probability(depth: float) -> float:
    """P(log price `depth` below its maximum at some close): a walk on [0, depth) that is kept at 0 or above."""
    y, weight = _nodes(0.0, depth)
    from_zero, to_zero = norm.pdf(y, scale=STEP)[:, None], norm.cdf(-y / STEP) * weight
    day = np.block([[np.array([[0.5]]), to_zero[None]], [from_zero, _move(y, weight)]])
    at_zero, *density = np.linalg.matrix_power(day, DAYS)[:, 0]
    return float(1.0 - at_zero - weight @ np.array(density))


def fall_probability(depth: float) -> float:
    """P(log price `depth` below the start at some close): a walk on (-infinity, depth)."""
    y, weight = _nodes(-6.0 * VOLATILITY, depth)
    density = np.linalg.matrix_power(_move(y, weight), DAYS - 1) @ norm.pdf(y, scale=STEP)
    return float(1.0 - weight @ density)


def _nodes(low: float, high: float) -> tuple[Floats, Floats]:
    x, weight = np.polynomial.legendre.leggauss(NODES)
    half = 0.5 * (high - low)
    return low + half * (x + 1.0), half * weight


def _move(y: Floats, weight: Floats) -> Floats:
    """A step's density at y from each node, times the node's weight."""
    return np.asarray(norm.pdf(y[:, None] - y, scale=STEP) * weight)


def _world() -> RunTerms:
    return terms_of([asset("a", constant(STEP**2))], DAYS, holder=fund({"a": 1.0}))


def _falls(log_return: Floats, _: Floats) -> Floats:
    """(2, L) largest fall of the log price below its running maximum, and below its start."""
    level = np.cumsum(log_return[:, 0], axis=0)
    peak = np.maximum(np.maximum.accumulate(level, axis=0), 0.0)
    return np.stack([(peak - level).max(axis=0), -level.min(axis=0)])


def logs() -> Iterator[Figure]:
    """Falls of log prices, from the market's paths."""
    largest, below = measure_paths(_world(), 100_000, _falls)
    yield share_of("drawdown of logs of 0.3", drawdown_probability(DEPTH), largest >= DEPTH)
    yield share_of("log price 0.3 below the start", fall_probability(DEPTH), below >= DEPTH)


def fractions() -> Iterator[Figure]:
    """Falls of NAV per share, from the outcomes of a run."""
    paths, funds = run_paths(_world(), 50_000)
    largest, lowest = (funds.column("max_drawdown").to_numpy(), paths.column("market_trough_a").to_numpy())
    yield share_of("drawdown of 30 %", drawdown_probability(DEPTH_IN_LOGS), largest >= DEPTH)
    yield share_of("price 30 % below the start", fall_probability(DEPTH_IN_LOGS), lowest <= 1.0 - DEPTH)


SOURCE = "Magdon-Ismail, Atiya, Pratap and Abu-Mostafa (2004), reflected walk; at daily steps by quadrature"
CASES = (
    Case("drawdown-logs", "driftless Brownian motion: how deep log prices fall in a year", "closed form", SOURCE, logs),
    Case("drawdown-funds", "the same as fractions of a fund's NAV per share", "closed form", SOURCE, fractions),
)
