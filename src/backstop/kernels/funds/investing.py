"""New money that buys more of what a fund holds (docs/model.md, 4 and 9). Rows of units are ``f*J + j``."""

import numpy as np

from backstop.kernels.funds.marks import free_cash
from backstop.kernels.funds.sales import SMALLEST_SHARE
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, fma, jit, rule
from backstop.kernels.machine.lanes import clear, is_any_at_least


@jit
def _find_spare(funds, f, invest_frac, lanes):
    """``spare = [derisk < 1] * min(invest_frac * (inflow - netted), max(0, free - owed))``.

    Rounding may leave less than a quantum of a cap on de-risking.
    """
    for i in range(FIRST, lanes):
        want = invest_frac * (funds.inflow[f, i] - funds.netted[f, i])
        free = free_cash(funds.cash[f, i], funds.buffer[f, i], funds.injection[f, i])
        spare = min(want, max(0.0, free - funds.owed[f, i]))
        derisk = funds.derisk_share[f, i] * funds.risky[f, i]
        funds.spare[f, i] = spare if derisk < 1.0 else 0.0


@jit
def _keep_for_ahead(funds, f, lanes):
    """What falls due before a sale settles is kept too: ``spare = min(spare, max(0, free - owed - ahead))``."""
    for i in range(FIRST, lanes):
        free = free_cash(funds.cash[f, i], funds.buffer[f, i], funds.injection[f, i])
        left = max(0.0, free - funds.owed[f, i] - funds.ahead[f, i])
        funds.spare[f, i] = min(funds.spare[f, i], left)


@jit
def _order(funds, f, row, prices, j, participation, count, lanes):
    """``m = min(spare * v / holdings, participation * supply) / P``; what it takes from the value sold."""
    for i in range(FIRST, lanes):
        holdings, price = funds.holdings[f, i], prices.price[j, i]
        v = funds.units[row, i] * price
        share = v / holdings if holdings > 0.0 else 0.0
        m = min(funds.spare[f, i] * share, participation * prices.supply[j, i]) * prices.inverse[j, i]
        funds.to_buy[row, i] = m
        prices.sold[j, i] = fma(-count * m, price, prices.sold[j, i])


@rule
def plan_purchases(terms, buy_ratio, prices, funds, lanes):
    """Step 9: what funds order with new money that nothing else needs."""
    n_assets = count_columns(terms.units_open)
    for f in range(count_rows(funds.spare)):
        _find_spare(funds, f, terms.invest_frac[f], lanes)
        if count_rows(funds.ahead) > FIRST:
            _keep_for_ahead(funds, f, lanes)
        for j in range(n_assets):
            clear(funds.to_buy, f * n_assets + j, lanes)
        if is_any_at_least(funds.spare, f, SMALLEST_SHARE, lanes):
            for j in range(n_assets):
                if buy_ratio[j] > 0.0:
                    _order(funds, f, f * n_assets + j, prices, j, terms.participation_frac[f] / terms.count[f],
                           terms.count[f], lanes)


@jit
def _take_delivery(funds, f, row, prices, j, tally, lanes):
    """``paid = min(floor(m * ask), max(0, cash - owed))`` for m units, or for as many as that buys."""
    for i in range(FIRST, lanes):
        m, ask, cash = funds.to_buy[row, i], prices.ask[j, i], funds.cash[f, i]
        cost = np.floor(m * ask)
        paid = min(cost, max(0.0, cash - funds.owed[f, i]))
        bought = m if paid == cost else paid / ask
        funds.units[row, i] += bought
        funds.cash[f, i] = cash - paid
        funds.other_cash_in[f, i] -= paid
        tally.bought[f, i] += paid
        tally.fire_sale_cost[f, i] -= np.floor(bought * prices.calm[j, i]) - paid


@rule
def settle_purchases(prices, funds, tally, lanes):
    """Step 9: purchases are paid at the ask, after the proceeds of sales."""
    n_assets = count_rows(prices.price)
    for f in range(count_rows(funds.spare)):
        for j in range(n_assets):
            if is_any_at_least(funds.to_buy, f * n_assets + j, SMALLEST_SHARE, lanes):
                _take_delivery(funds, f, f * n_assets + j, prices, j, tally, lanes)
