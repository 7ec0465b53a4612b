"""On which days of a history the entry of a system key holds, read from returns alone.

The same signals as kernels/facility/signals.py, over whole histories at once and without sales: a day's close is its
price before trade. Axes: n days, H histories.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from backstop.config.choices import OfMarket
from backstop.config.facility.expressions import AllOf, Condition, Expression, KOfN, parts_of
from backstop.errors import ConfigError
from backstop.market.key_turns import Waits, phases
from backstop.terms import ACTIVE, TRADING_DAYS_PER_YEAR, FundSignal, MarketSignal

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


def holds(entry: "Expression[OfMarket]", returns: Floats, volatility: Floats | None = None) -> Truths:
    """(n, H) whether the entry holds on each day of log returns (n, H); windows are shorter in the first days.

    `volatility` (n, H) is what a model has for each day, NaN where it has none: there no condition on it holds.

    Raises
    ------
    ConfigError
        A signal that returns do not tell.
    """
    if isinstance(entry, Condition):
        return _holds(entry, signal_of(entry, returns, volatility))
    parts = [holds(part, returns, volatility) for part in parts_of(entry)]
    return np.asarray(np.sum(parts, axis=0) >= needed_of(entry))


def needed_of(expression: "Expression[OfMarket]") -> int:
    """How many of its parts must hold; of an inner node."""
    if isinstance(expression, KOfN):
        return expression.k_of_n
    return len(parts_of(expression)) if isinstance(expression, AllOf) else 1


def signal_of(condition: "Condition[OfMarket]", returns: Floats, volatility: Floats | None = None) -> Floats:
    """(n, H) what a condition reads on each day of log returns (n, H), in the unit of its signal.

    `volatility` (n, H), a day, is what a model has for each day from the days before it.

    Raises
    ------
    ConfigError
        A signal that returns do not tell: volatility of a model that was fitted to later days too, or what sales did.
    """
    if condition.kind == MarketSignal.CONDITIONAL_VOLATILITY and volatility is not None:
        return np.asarray(volatility * np.sqrt(TRADING_DAYS_PER_YEAR))
    if condition.kind not in _SIGNALS:
        known = ", ".join(kind.key for kind in _SIGNALS)
        raise ConfigError([f"{condition.signal}: a history of returns tells {known}; what a model says needs "
                           "one fitted to earlier days (`calibrate` of the index, in `history`), what sales do needs "
                           "funds; take another key"])
    return _SIGNALS[condition.kind](returns, condition.window_days or 0)


def _holds(condition: "Condition[OfMarket]", signal: Floats) -> Truths:
    threshold, is_at_least = condition.threshold, condition.is_at_least
    meets = np.asarray(signal >= threshold if is_at_least else signal <= threshold)
    if not condition.is_latched:
        return meets
    leave_at = condition.leave_at
    leaves = ~meets if leave_at is None else signal <= leave_at if is_at_least else signal >= leave_at
    waits = Waits(condition.persistence_days, 1, condition.cooldown_days, condition.lag_days)
    turned = [phases(meets[:, h], leaves[:, h], waits) for h in range(signal.shape[1])]
    return np.asarray(np.stack(turned, axis=1) == ACTIVE)


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
