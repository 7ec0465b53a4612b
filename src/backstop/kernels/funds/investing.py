"""What funds buy: more of what they hold with new money, and risk that pressure took (docs/model.md, 4, 5 and 9).

Rows of units are ``f*J + j``.
"""

import numpy as np

from backstop.kernels.funds.marks import free_cash
from backstop.kernels.funds.response import note_regained
from backstop.kernels.funds.sales import SMALLEST_SHARE
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, fma, jit, rule
from backstop.kernels.machine.lanes import clear, is_any_at_least


@jit
def _find_spare(funds, f, invest_frac, lanes):
    """``spare = [derisk < 1] * min(invest_frac * (inflow - netted), max(0, free - owed))``.

    Rounding may leave less than a quantum to sell.
    """
    for i in range(FIRST, lanes):
        want = invest_frac * (funds.inflow[f, i] - funds.netted[f, i])
        free = free_cash(funds, f, i)
        spare = min(want, max(0.0, free - funds.owed[f, i]))
        derisk = funds.derisk_share[f, i] * funds.risky[f, i]
        funds.spare[f, i] = spare if derisk < 1.0 else 0.0


@jit
def _keep_for_ahead(funds, f, lanes):
    """What falls due before a sale settles is kept too: ``spare = min(spare, max(0, free - owed - ahead))``."""
    for i in range(FIRST, lanes):
        free = free_cash(funds, f, i)
        left = max(0.0, free - funds.owed[f, i] - funds.ahead[f, i])
        funds.spare[f, i] = min(funds.spare[f, i], left)


@jit
def _find_drawn(evaluation, loans, f, n_funds, lanes):
    """``drawn = sum_k drawn_k``, of loans of facilities and of banks."""
    clear(evaluation.drawn_money, FIRST, lanes)
    for row in range(f, count_rows(loans.drawn), n_funds):
        for i in range(FIRST, lanes):
            evaluation.drawn_money[FIRST, i] += loans.drawn[row, i]


@jit
def _find_rebuy(evaluation, funds, f, lanes):
    """``rebuy = [derisk < 1] * min(rebuy, max(0, cash - buffer - max(injection, drawn) - owed - spare))``."""
    for i in range(FIRST, lanes):
        lent = max(funds.injection[f, i], evaluation.drawn_money[FIRST, i])
        left = funds.cash[f, i] - funds.buffer[f, i] - lent - funds.owed[f, i] - funds.spare[f, i]
        rebuy = min(evaluation.rebuy[f, i], max(0.0, left))
        derisk = funds.derisk_share[f, i] * funds.risky[f, i]
        evaluation.rebuy[f, i] = rebuy if derisk < 1.0 else 0.0


@jit
def _rebuy_less(evaluation, funds, f, lanes):
    """What is kept for `ahead` is not spent on risk: ``rebuy = min(rebuy, max(0, ... - ahead))``."""
    for i in range(FIRST, lanes):
        lent = max(funds.injection[f, i], evaluation.drawn_money[FIRST, i])
        left = funds.cash[f, i] - funds.buffer[f, i] - lent - funds.owed[f, i] - funds.ahead[f, i] - funds.spare[f, i]
        evaluation.rebuy[f, i] = min(evaluation.rebuy[f, i], max(0.0, left))


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


@jit
def _order_back(terms, funds, f, row, prices, j, evaluation, lanes):
    """More of a risky asset: ``m = min(spare v / holdings + rebuy v / risky, participation * supply) / P``."""
    count, participation = terms.count[f], terms.participation_frac[f] / terms.count[f]
    for i in range(FIRST, lanes):
        holdings, risky, price = funds.holdings[f, i], funds.risky[f, i], prices.price[j, i]
        v, rebuy, spare = funds.units[row, i] * price, evaluation.rebuy[f, i], funds.spare[f, i]
        back = rebuy * v / risky if risky > 0.0 else 0.0
        wanted = spare * v / holdings + back if holdings > 0.0 else 0.0
        m = min(wanted, participation * prices.supply[j, i]) * prices.inverse[j, i]
        funds.to_buy[row, i] = m
        evaluation.to_rebuy[row, i] = m * (back / wanted) if wanted > 0.0 else 0.0
        prices.sold[j, i] = fma(-count * m, price, prices.sold[j, i])


@jit
def _order_all(terms, rebuys, prices_terms, state, f, lanes):
    """Orders of fund f, asset by asset."""
    funds, prices, evaluation = state.funds, state.prices, state.evaluation
    n_assets, count = count_columns(terms.units_open), terms.count[f]
    participation = terms.participation_frac[f] / count
    for j in range(n_assets):
        row = f * n_assets + j
        if prices_terms.buy_ratio[j] > 0.0 and rebuys and prices_terms.is_risky[j]:
            _order_back(terms, funds, f, row, prices, j, evaluation, lanes)
        elif prices_terms.buy_ratio[j] > 0.0:
            _order(funds, f, row, prices, j, participation, count, lanes)


@rule
def _plan_to_rebuy(state, f, n_funds, lanes):
    """What fund f may spend on risk."""
    funds, evaluation = state.funds, state.evaluation
    _find_drawn(evaluation, state.loans, f, n_funds, lanes)
    _find_rebuy(evaluation, funds, f, lanes)
    if count_rows(funds.ahead) > FIRST:
        _rebuy_less(evaluation, funds, f, lanes)


@rule
def plan_purchases(terms, evaluation_terms, prices_terms, state, lanes):
    """Step 9: what funds order with new money, or cash of their own, that nothing else needs."""
    funds, evaluation = state.funds, state.evaluation
    n_assets, n_funds = count_columns(terms.units_open), count_rows(funds.spare)
    for f in range(n_funds):
        rebuys, wants_back = evaluation_terms.rebuys[f] and count_rows(evaluation.to_rebuy) > FIRST, False
        _find_spare(funds, f, terms.invest_frac[f], lanes)
        if count_rows(funds.ahead) > FIRST:
            _keep_for_ahead(funds, f, lanes)
        if rebuys:
            _plan_to_rebuy(state, f, n_funds, lanes)
            wants_back = is_any_at_least(evaluation.rebuy, f, SMALLEST_SHARE, lanes)
        for j in range(n_assets):
            clear(funds.to_buy, f * n_assets + j, lanes)
        if wants_back or is_any_at_least(funds.spare, f, SMALLEST_SHARE, lanes):
            _order_all(terms, rebuys, prices_terms, state, f, lanes)


@jit
def _take_delivery(funds, f, row, prices, j, tally, lanes):
    """``paid = min(floor(m * ask), max(0, cash - owed))`` for m units, or for as many as that buys."""
    for i in range(FIRST, lanes):
        m, ask, cash = funds.to_buy[row, i], prices.ask[j, i], funds.cash[f, i]
        cost = np.floor(m * ask)
        paid = min(cost, max(0.0, cash - funds.owed[f, i]))
        bought = m if paid == cost else paid / ask
        funds.bought_units[FIRST, i] = bought
        funds.units[row, i] += bought
        funds.cash[f, i] = cash - paid
        funds.other_cash_in[f, i] -= paid
        tally.bought[f, i] += paid
        tally.fire_sale_cost[f, i] -= np.floor(bought * prices.calm[j, i]) - paid


@jit
def _regain(funds, row, prices, j, evaluation, lanes):
    """``regained += P * bought`` of what was ordered back."""
    for i in range(FIRST, lanes):
        ordered, to_rebuy = funds.to_buy[row, i], evaluation.to_rebuy[row, i]
        share = to_rebuy / ordered if ordered > 0.0 else 0.0
        evaluation.regained[FIRST, i] += share * funds.bought_units[FIRST, i] * prices.price[j, i]


@rule
def settle_purchases(state, lanes):
    """Step 9: purchases are paid at the ask, after the proceeds of sales."""
    prices, funds, evaluation = state.prices, state.funds, state.evaluation
    n_assets, rebuys = count_rows(prices.price), count_rows(evaluation.to_rebuy) > FIRST
    for f in range(count_rows(funds.spare)):
        if rebuys:
            clear(evaluation.regained, FIRST, lanes)
        for j in range(n_assets):
            row = f * n_assets + j
            if is_any_at_least(funds.to_buy, row, SMALLEST_SHARE, lanes):
                _take_delivery(funds, f, row, prices, j, state.fund_tally, lanes)
                if rebuys:
                    _regain(funds, row, prices, j, evaluation, lanes)
        if rebuys:
            note_regained(evaluation, funds, f, lanes)
