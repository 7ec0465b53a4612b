"""On which days of a history the entry of a system key holds, read from returns alone.

The same signals as kernels/facility/signals.py, over whole histories at once and without sales: a day's close is its
price before trade. Axes: n days, H histories.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from backstop.config.choices import OfMarket
from backstop.config.facility.expressions import AllOf, AnyOf, Condition, Expression, parts_of
from backstop.errors import ConfigError
from backstop.terms import TRADING_DAYS_PER_YEAR, FundSignal, MarketSignal

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


def holds(entry: "Expression[OfMarket]", returns: Floats) -> Truths:
    """(n, H) whether the entry holds on each day of log returns (n, H); windows are shorter in the first days.

    Raises
    ------
    ConfigError
        A signal that returns do not tell, or a condition with a past of its own.
    """
    if isinstance(entry, Condition):
        return _holds(entry, returns)
    parts = [holds(part, returns) for part in parts_of(entry)]
    needed = len(parts) if isinstance(entry, AllOf) else 1 if isinstance(entry, AnyOf) else entry.k_of_n
    return np.asarray(np.sum(parts, axis=0) >= needed)


def _holds(condition: "Condition[OfMarket]", returns: Floats) -> Truths:
    if condition.kind not in _SIGNALS or condition.is_latched:
        known = ", ".join(kind.key for kind in _SIGNALS)
        raise ConfigError([f"{condition.signal}: a history of returns tells {known}, in conditions without "
                           "persistence, lag, cooldown or leave_at of their own; check another key"])
    signal = _SIGNALS[condition.kind](returns, condition.window_days or 0)
    return np.asarray(signal >= condition.threshold if condition.is_at_least else signal <= condition.threshold)


def _drawdown(returns: Floats, window: int) -> Floats:
    """``1 - P / max(P and the last w closes)``."""
    from scipy.ndimage import maximum_filter1d

    level, size = _levels(returns), window + 1
    # the filter's window is centred: its origin moves it to end today
    high = maximum_filter1d(level, size, axis=0, mode="constant", cval=-np.inf, origin=size - 1 - size // 2)
    return np.asarray(1.0 - np.exp(level[1:] - high[1:]))


def _return(returns: Floats, window: int) -> Floats:
    """``P / close_(t-w) - 1``."""
    level = _levels(returns)
    before = np.maximum(np.arange(1, len(level)) - window, 0)
    return np.asarray(np.exp(level[1:] - level[before]) - 1.0)


def _volatility(returns: Floats, window: int) -> Floats:
    """``sqrt(252 / w * sum of the last w squared log returns)``."""
    total = np.concatenate([np.zeros((1, returns.shape[1])), np.cumsum(returns**2, axis=0)])
    before = np.maximum(np.arange(1, len(total)) - window, 0)
    return np.asarray(np.sqrt(TRADING_DAYS_PER_YEAR / window * np.maximum(total[1:] - total[before], 0.0)))


def _levels(returns: Floats) -> Floats:
    """(n + 1, H) log prices, 0 before the first day."""
    return np.concatenate([np.zeros((1, returns.shape[1])), np.cumsum(returns, axis=0)])


_SIGNALS: dict[MarketSignal | FundSignal, Callable[[Floats, int], Floats]] = {
    MarketSignal.DRAWDOWN: _drawdown, MarketSignal.RETURN: _return, MarketSignal.REALISED_VOLATILITY: _volatility}
