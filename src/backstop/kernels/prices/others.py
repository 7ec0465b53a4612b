"""Sellers outside the funds, such as margin finance, and buyers who wait for low prices (docs/model.md, 1 and 8)."""

import numpy as np

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, inline, jit, rule
from backstop.terms import SAME_FALL


@jit
def _note_high(prices, j, lanes):
    """``high = max(high, P)``."""
    for i in range(FIRST, lanes):
        prices.high[j, i] = max(prices.high[j, i], prices.price[j, i])


@jit
def note_highs(prices, lanes):
    """Step 1: what falls are measured from, where somebody reads them."""
    for j in range(count_rows(prices.high)):
        _note_high(prices, j, lanes)


@inline
def _traded(prices, j, drawdown, most, left, i):
    """``floor(min(most, left))`` once ``1 - P / high`` reaches `drawdown`."""
    fall = 1.0 - prices.price[j, i] / prices.high[j, i]
    pace = np.floor(min(most, left))
    return pace if fall >= drawdown - SAME_FALL else 0.0


@jit
def _sell(prices, j, drawdown, share, tally, lanes):
    """At most ``share * adv(t)`` a day, nothing at limit-down."""
    for i in range(FIRST, lanes):
        sold = _traded(prices, j, drawdown, share * prices.depth[j, i], prices.others_left[j, i], i)
        prices.others_left[j, i] -= sold
        prices.sold[j, i] += sold
        tally.sold_by_others[FIRST, i] += sold


@jit
def _buy(prices, j, drawdown, share, tally, lanes):
    """At most ``share * adv(t)`` a day, nothing at limit-up."""
    for i in range(FIRST, lanes):
        bought = _traded(prices, j, drawdown, share * prices.supply[j, i], prices.buyers_left[j, i], i)
        prices.buyers_left[j, i] -= bought
        prices.sold[j, i] -= bought
        tally.bought_by_others[FIRST, i] += bought


@rule
def add_purchases_of_others(terms, prices, tally, lanes):
    """Step 8: what they buy beside the funds, where prices know purchases."""
    for j in range(count_rows(prices.buyers_left)):
        if (terms.buyers_frac[j] > 0.0) & (terms.buy_ratio[j] > 0.0):
            _buy(prices, j, terms.buyers_drawdown[j], terms.buyers_frac[j], tally, lanes)


@rule
def add_sales_of_others(terms, prices, tally, lanes):
    """Step 8: what they sell beside the funds."""
    for j in range(count_rows(prices.others_left)):
        if terms.others_frac[j] > 0.0:
            _sell(prices, j, terms.others_drawdown[j], terms.others_frac[j], tally, lanes)
