"""What facilities do with what they bought: orders filled, assets sold, gains shared (docs/model.md, 8 and 9).

Rows of what funds were paid are ``k*F + f``; of the inventory and of orders ``k*J + j``.
"""

import numpy as np

from backstop.kernels.facility.inventory import is_stocked
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, ONE, fma, jit, rule
from backstop.kernels.machine.lanes import is_any_at_least
from backstop.terms import Instrument


@jit
def _may_sell(purchases, k, lag, hold, lanes):
    """1 where the key has been off, and the last purchase is past, for long enough."""
    for i in range(FIRST, lanes):
        is_over = (purchases.idle_days[k, i] > lag) & (purchases.held_days[k, i] >= hold)
        purchases.may_sell[FIRST, i] = 1.0 if is_over else 0.0


@jit
def _plan_resale(purchases, pool, row, prices, j, adv_frac, margin, lanes):
    """``n = min(inventory, adv_frac * adv(t) / P)`` where ``P * inventory >= cost * (1 + margin)``, else nothing."""
    for i in range(FIRST, lanes):
        stock, price, cost = pool.inventory[row, i], prices.price[j, i], pool.inventory_cost[row, i]
        n = min(stock, adv_frac * prices.depth[j, i] * prices.inverse[j, i])
        is_dear = price * stock >= cost * (1.0 + margin)
        n = n if is_dear & (purchases.may_sell[FIRST, i] > 0.0) else 0.0
        pool.inventory_sale[row, i] = n
        prices.sold[j, i] = fma(n, price, prices.sold[j, i])


@jit
def _plan_resales(terms, k, state, day, lanes):
    """What facility k sells today; wound up, whatever it holds, at any price."""
    n_assets = count_columns(terms.weight)
    is_wound_up = float(day + ONE) >= terms.wind_up_day[k]
    lag = -1.0 if is_wound_up else terms.resale_lag_days[k]
    hold = 0.0 if is_wound_up else terms.hold_days[k]
    margin = -1.0 if is_wound_up else terms.margin_frac[k]
    _may_sell(state.purchases, k, lag, hold, lanes)
    for j in range(n_assets):
        if terms.weight[k, j] > 0.0:
            _plan_resale(state.purchases, state.pool, k * n_assets + j, state.prices, j, terms.resale_adv_frac[k],
                         margin, lanes)


@jit
def _add_order(purchases, row, prices, j, lanes):
    """``sold -= planned``: a purchase is volume of the other sign, at the same price."""
    for i in range(FIRST, lanes):
        prices.sold[j, i] -= purchases.planned[row, i]


@rule
def plan_trades(terms, instrument, state, day, lanes):
    """Step 8: what facilities that buy bring to the market today, and what they take from it."""
    n_buyers, n_assets = count_rows(state.purchases.spent), count_columns(terms.weight)
    is_holding = is_stocked(state.pool, lanes) if n_buyers > FIRST else False
    for k in range(n_buyers):
        if is_holding & (terms.resale_adv_frac[k] > 0.0):
            _plan_resales(terms, k, state, day, lanes)
        if instrument[k] == Instrument.MARKET_PURCHASE:
            for j in range(n_assets):
                _add_order(state.purchases, k * n_assets + j, state.prices, j, lanes)


@jit
def _fill_order(purchases, k, row, prices, j, pool, tally, lanes):
    """``inventory += planned / max(ask, close)`` at a cost of `planned`: volume was that of the price before trade."""
    for i in range(FIRST, lanes):
        paid = purchases.planned[row, i]
        pool.inventory[row, i] += paid / max(prices.ask[j, i], prices.close[j, i])
        pool.inventory_cost[row, i] += paid
        pool.cash[FIRST, i] -= paid
        pool.committed[FIRST, i] -= paid
        tally.purchased[FIRST, i] += paid
        purchases.held_days[k, i] = 0.0 if paid > 0.0 else purchases.held_days[k, i]
        purchases.planned[row, i] = 0.0


@jit
def _open_returns(purchases, k, pool, share, lanes):
    """``gain_due = floor(share * max(0, realised)) - returned``, if positive."""
    for i in range(FIRST, lanes):
        due = np.floor(share * max(0.0, pool.realised[k, i])) - purchases.returned[k, i]
        purchases.gain_due[FIRST, i] = max(0.0, due)
        pool.claimed_so_far[FIRST, i] = 0.0
        pool.allotted_so_far[FIRST, i] = 0.0


@jit
def _find_return(purchases, k, row, pool, count, lanes):
    """``B = floor(due * bought so far in order / spent)``; the fund's part is ``floor((B - B before) / count)``."""
    for i in range(FIRST, lanes):
        so_far = pool.claimed_so_far[FIRST, i] + count * purchases.bought[row, i]
        spent = purchases.spent[k, i]
        allotted = np.floor(purchases.gain_due[FIRST, i] * (so_far / spent)) if spent > 0.0 else 0.0
        purchases.gain_part[FIRST, i] = np.floor((allotted - pool.allotted_so_far[FIRST, i]) / count)
        pool.claimed_so_far[FIRST, i] = so_far
        pool.allotted_so_far[FIRST, i] = allotted


@jit
def _return_gain(state, k, f, count, lanes):
    """The gain is the fund's, not the pool's."""
    purchases, funds, pool, tally, path_tally = (
        state.purchases, state.funds, state.pool, state.fund_tally, state.path_tally)
    for i in range(FIRST, lanes):
        paid = purchases.gain_part[FIRST, i]
        purchases.returned[k, i] += count * paid
        pool.cash[FIRST, i] -= count * paid
        pool.cash_out[FIRST, i] += count * paid
        pool.income[FIRST, i] -= count * paid
        funds.cash[f, i] += paid
        funds.other_cash_in[f, i] += paid
        tally.gain_returned[f, i] += paid
        path_tally.gain_returned[FIRST, i] += count * paid


@rule
def _share_gains(terms, counts, state, k, lanes):
    n_funds, pool = count_rows(counts), state.pool
    _open_returns(state.purchases, k, pool, terms.gain_share_frac[k], lanes)
    if is_any_at_least(state.purchases.gain_due, FIRST, 1.0, lanes):
        for f in range(n_funds):
            _find_return(state.purchases, k, k * n_funds + f, pool, counts[f], lanes)
            _return_gain(state, k, f, counts[f], lanes)


@rule
def settle_trades(terms, state, lanes):
    """Step 9: orders are filled at the ask, gains are shared once sales have settled."""
    purchase, counts = terms.purchase, terms.funds.count
    n_assets = count_columns(purchase.weight)
    for k in range(count_rows(state.purchases.spent)):
        if terms.facilities.instrument[k] == Instrument.MARKET_PURCHASE:
            for j in range(n_assets):
                if purchase.weight[k, j] > 0.0:
                    _fill_order(state.purchases, k, k * n_assets + j, state.prices, j, state.pool, state.path_tally,
                                lanes)
        elif purchase.gain_share_frac[k] > 0.0:
            _share_gains(purchase, counts, state, k, lanes)
