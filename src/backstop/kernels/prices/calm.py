"""The price of the day had nobody ever sold (docs/model.md, 9): what fire sales are counted against."""

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, jit, rule
from backstop.kernels.machine.vecmath import exp
from backstop.kernels.prices.replays import limits


@jit
def _follow_fundamental(prices, j, down, up, lanes):
    """``log_calm = clip(log_fundamental, log_calm + down, log_calm + up)``."""
    for i in range(FIRST, lanes):
        before = prices.log_calm[j, i]
        log_calm = min(max(prices.log_fundamental[j, i], before + down), before + up)
        prices.log_calm[j, i] = log_calm
        prices.calm[j, i] = exp(log_calm)


@jit
def _follow_where_traded(prices, j, down, up, lanes):
    """So, but for what is suspended: its price is carried over."""
    for i in range(FIRST, lanes):
        before = prices.log_calm[j, i]
        moved = min(max(prices.log_fundamental[j, i], before + down), before + up)
        log_calm = before if prices.suspended[j, i] > 0.0 else moved
        prices.log_calm[j, i] = log_calm
        prices.calm[j, i] = exp(log_calm)


@rule
def price_without_sales(terms, prices, day, lanes):
    """Step 9: the day's prices of a market without dislocation, within the same limits and suspensions."""
    for j in range(count_rows(terms.adv)):
        down, up = limits(terms, j, day)
        if count_rows(prices.suspended) > FIRST:
            _follow_where_traded(prices, j, down, up, lanes)
        else:
            _follow_fundamental(prices, j, down, up, lanes)
