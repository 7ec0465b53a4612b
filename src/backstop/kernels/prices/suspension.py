"""Suspensions: assets that do not trade for a while (docs/model.md, 1 and 9)."""

from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, ONE, jit, rule
from backstop.terms import SAME_FALL


@jit
def _is_dated(terms, j, today):
    """Whether day `today`, from 1, lies in a window of asset j."""
    for w in range(count_columns(terms.suspended_first)):
        if terms.suspended_first[j, w] <= today and today <= terms.suspended_last[j, w]:
            return True
    return False


@jit
def _begin(prices, j, is_dated, lanes):
    """``suspended = [in a window] or [left > 0]; left = max(0, left - 1)``."""
    for i in range(FIRST, lanes):
        left = prices.suspension_left[j, i]
        prices.suspended[j, i] = 1.0 if is_dated | (left > 0.0) else 0.0
        prices.suspension_left[j, i] = max(0.0, left - 1.0)


@jit
def _carry_over(prices, j, lanes):
    """``P = close`` of the day before, and no depth, while suspended."""
    for i in range(FIRST, lanes):
        suspended = prices.suspended[j, i] > 0.0
        log_close, log_pre = prices.log_close[j, i], prices.log_pre[j, i]
        close, price, depth = prices.close[j, i], prices.price[j, i], prices.depth[j, i]
        price = close if suspended else price
        prices.log_pre[j, i] = log_close if suspended else log_pre
        prices.price[j, i] = price
        prices.inverse[j, i] = 1.0 / price
        prices.depth[j, i] = 0.0 if suspended else depth


@rule
def _watch(prices, j, limit_downs, fall, days, lanes):
    """Days in a row at limit-down, or a fall from the top, that suspend from tomorrow; both start anew meanwhile."""
    for i in range(FIRST, lanes):
        trades = 1.0 - prices.suspended[j, i]
        price, left = prices.price[j, i], prices.suspension_left[j, i]
        downs = trades * (prices.limit_downs[j, i] + 1.0) if prices.depth[j, i] == 0.0 else 0.0
        top = max(trades * prices.top[j, i], price)
        is_due = (downs >= limit_downs) | (1.0 - price / top >= fall - SAME_FALL)
        prices.limit_downs[j, i] = downs
        prices.top[j, i] = top
        prices.suspension_left[j, i] = days if is_due else left


@rule
def suspend(terms, prices, day, lanes):
    """Step 1: which assets do not trade today, and which will not from tomorrow; `day` counts from 0."""
    for j in range(count_rows(prices.suspended)):
        _begin(prices, j, _is_dated(terms, j, float(day + ONE)), lanes)
        _carry_over(prices, j, lanes)
        if terms.suspend_days[j] > 0.0:
            _watch(prices, j, terms.suspend_limit_downs[j], terms.suspend_fall[j], terms.suspend_days[j], lanes)


@jit
def _close_depth(prices, j, lanes):
    for i in range(FIRST, lanes):
        prices.depth[j, i] *= 1.0 - prices.suspended[j, i]


@jit
def keep_suspended(prices, lanes):
    """Step 9, before another round: what does not trade today has no depth in it either."""
    for j in range(count_rows(prices.suspended)):
        _close_depth(prices, j, lanes)


@jit
def _hold_close(prices, j, lanes):
    """The close is that of the day before, which is the price before trade."""
    for i in range(FIRST, lanes):
        suspended = prices.suspended[j, i] > 0.0
        before, log_close, change = prices.log_pre[j, i], prices.log_close[j, i], prices.close_return[j, i]
        price, close = prices.price[j, i], prices.close[j, i]
        prices.log_close[j, i] = before if suspended else log_close
        prices.close_return[j, i] = 0.0 if suspended else change
        prices.close[j, i] = price if suspended else close


@jit
def _hold_tried(prices, j, log_close, lanes):
    for i in range(FIRST, lanes):
        before, tried = prices.log_pre[j, i], log_close[j, i]
        log_close[j, i] = before if prices.suspended[j, i] > 0.0 else tried


@jit
def hold_tried_closes(prices, log_close, lanes):
    """So where closes are only tried, (J, L)."""
    for j in range(count_rows(prices.suspended)):
        _hold_tried(prices, j, log_close, lanes)


@rule
def hold_closes(prices, lanes):
    """Step 9: no trade moves what is suspended."""
    for j in range(count_rows(prices.suspended)):
        _hold_close(prices, j, lanes)

