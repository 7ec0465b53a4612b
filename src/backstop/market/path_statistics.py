"""What a history of returns looks like, in a few numbers: what a volatility model should bring back.

Axes: n days, H histories side by side. A statistic is one number a history.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstop.terms import TRADING_DAYS_PER_YEAR

Floats = npt.NDArray[np.float64]

LAGS = (1, 10, 50, 100)
"""Days apart at which the absolute returns are correlated. [ours]"""
WINDOW_DAYS = 20
STORMY_ANN = 0.35
"""Volatility of `WINDOW_DAYS` days, a year, beyond which a market is in a storm. [ours]"""


class Statistic(NamedTuple):
    """One number of a history."""

    name: str
    unit: str
    meaning: str


STATISTICS = (
    Statistic("volatility", "frac", "standard deviation of returns, a year"),
    *(Statistic(f"memory_{lag}", "1", f"autocorrelation of absolute returns {lag} days apart") for lag in LAGS),
    Statistic("kurtosis", "1", "fourth moment over the squared second, 3 for the normal law"),
    Statistic("skewness", "1", "third moment over the second to the power 3/2"),
    Statistic("worst_day", "frac", "least log return of a day"),
    Statistic("worst_20_days", "frac", f"least log return of {WINDOW_DAYS} days"),
    Statistic("max_drawdown", "frac", "largest fall of the price from its high"),
    Statistic("stormy_days", "frac", f"share of days whose last {WINDOW_DAYS} had a volatility over {STORMY_ANN:.0%}"),
)


def statistics_of(returns: Floats) -> Floats:
    """(S, H) of log returns (n, H), in the order of `STATISTICS`; n is more than the longest lag."""
    off = returns - returns.mean(axis=0)
    second = np.mean(off**2, axis=0)
    windows = _sums(returns, WINDOW_DAYS)
    level = np.cumsum(returns, axis=0)
    high = np.maximum(np.maximum.accumulate(level, axis=0), 0.0)
    return np.stack([
        np.sqrt(TRADING_DAYS_PER_YEAR * second),
        *(_correlation(np.abs(returns), lag) for lag in LAGS),
        np.mean(off**4, axis=0) / second**2,
        np.mean(off**3, axis=0) / second**1.5,
        returns.min(axis=0),
        windows.min(axis=0),
        1.0 - np.exp((level - high).min(axis=0)),
        _stormy(returns),
    ])


def _stormy(returns: Floats) -> Floats:
    variance = TRADING_DAYS_PER_YEAR / WINDOW_DAYS * _sums(returns**2, WINDOW_DAYS)
    return np.asarray(np.mean(variance > STORMY_ANN**2, axis=0))


def _correlation(x: Floats, lag: int) -> Floats:
    """(H,) autocorrelation of x (n, H) at a lag."""
    off = x - x.mean(axis=0)
    return np.asarray((off[lag:] * off[:-lag]).sum(axis=0) / (off**2).sum(axis=0))


def _sums(x: Floats, days: int) -> Floats:
    """(n - days + 1, H) sums of x over each `days` days in a row."""
    total = np.concatenate([np.zeros((1, x.shape[1])), np.cumsum(x, axis=0)])
    return np.asarray(total[days:] - total[:-days])
