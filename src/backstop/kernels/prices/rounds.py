"""More rounds of sales a day: what the closes of one force levered funds to sell in the next (docs/model.md, 9).

A lane that has settled sells nothing in later rounds, so that a path does not depend on those beside it.
"""

import numpy as np

from backstop.kernels.funds.leverage import recall_debt
from backstop.kernels.funds.marks import value_holdings
from backstop.kernels.funds.settlement import look_ahead_where_live
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, fma, jit, rule
from backstop.kernels.machine.lanes import clear, copy, is_any_at_least
from backstop.kernels.prices.suspension import keep_suspended
from backstop.terms import SETTLED_SHARE, ImpactLaw


@jit
def _open_rounds(rounds, lanes):
    for i in range(FIRST, lanes):
        rounds.sales[FIRST, i] = 0.0
        rounds.day_sales[FIRST, i] = 0.0
        rounds.is_live[FIRST, i] = 1.0


@rule
def open_rounds(prices, rounds, lanes):
    """Before the first round."""
    _open_rounds(rounds, lanes)
    for j in range(count_rows(rounds.log_before)):
        copy(prices.log_close, rounds.log_before, j, lanes)
        copy(prices.price, rounds.counted_at, j, lanes)
    for row in range(count_rows(rounds.sold_today)):
        clear(rounds.sold_today, row, lanes)
        clear(rounds.units, row, lanes)
        clear(rounds.proceeds, row, lanes)


@jit
def _reopen(prices, j, rounds, down, lanes):
    """``P = close``, E and F as the trade left them; the limits are still those of yesterday's close."""
    for i in range(FIRST, lanes):
        before, price, adv = rounds.log_before[j, i], prices.close[j, i], prices.adv[j, i]
        target = prices.log_fundamental[j, i] - prices.dislocation[j, i]
        prices.price[j, i] = price
        prices.inverse[j, i] = 1.0 / price
        prices.depth[j, i] = adv if target > before + down else 0.0
        prices.log_close[j, i] = before
        prices.volume[j, i] = prices.volume_after[j, i]
        prices.transient[j, i] = prices.transient_after[j, i]
        prices.sold[j, i] = 0.0


@jit
def _mark_again(funds, f, evaluation, lanes):
    """``nav = cash + holdings - debt``; what investors and managers wanted has been done."""
    for i in range(FIRST, lanes):
        funds.nav[f, i] = funds.cash[f, i] + funds.holdings[f, i] - funds.net_debt[f, i]
        funds.owed[f, i] = funds.called[f, i]
        funds.injection[f, i] = 0.0
        evaluation.intended[f, i] = 0.0


@jit
def _settle_lanes(funds, f, rounds, lanes):
    """Nothing is owed where the path is not live."""
    for i in range(FIRST, lanes):
        funds.owed[f, i] *= rounds.is_live[FIRST, i]


@jit
def _recall_nothing(lenders, f, rounds, lanes):
    for i in range(FIRST, lanes):
        lenders.recalled[f, i] *= rounds.is_live[FIRST, i]


@rule
def reopen_market(terms, state, lanes):
    """Before a later round: prices, what funds are worth at them, and what lenders ask for then."""
    prices, funds, rounds = state.prices, state.funds, state.rounds
    n_assets = count_rows(prices.price)
    for j in range(n_assets):
        _reopen(prices, j, rounds, terms.prices.log_limit_down[j], lanes)
        if terms.prices.buy_ratio[j] > 0.0 or terms.prices.impact_law[j] == ImpactLaw.CONT_SCHAANNING:
            # counted at a price that sales do not move, by `two_sided`; or a law of value sold, price by price
            copy(prices.price, rounds.counted_at, j, lanes)
    keep_suspended(prices, lanes)
    for f in range(count_rows(funds.cash)):
        value_holdings(funds, f, prices.price, lanes)
        _mark_again(funds, f, state.evaluation, lanes)
    for f in range(count_rows(state.solvency.share)):
        clear(state.solvency.share, f, lanes)
    recall_debt(terms.leverage, prices, funds, state.lenders, lanes)
    for f in range(count_rows(state.lenders.debt)):
        _recall_nothing(state.lenders, f, rounds, lanes)
    look_ahead_where_live(funds, state.causes, rounds, lanes)
    for f in range(count_rows(funds.cash)):
        _settle_lanes(funds, f, rounds, lanes)


@jit
def _keep_within_day(funds, row, prices, j, rounds, participation, count, lanes):
    """``n = min(n, max(0, participation * adv(t) - sold today) / V)``, V what volume counts at; and what that sells."""
    for i in range(FIRST, lanes):
        counted, sold = rounds.counted_at[j, i], rounds.sold_today[row, i]
        room = max(0.0, participation * prices.depth[j, i] - sold)
        n = min(funds.to_sell[row, i], room / counted)
        funds.to_sell[row, i] = n
        rounds.sold_today[row, i] = fma(n, counted, sold)
        prices.sold[j, i] = fma(count * n, counted, prices.sold[j, i])


@rule
def keep_within_day(terms, prices, funds, rounds, lanes):
    """Step 8: the participation limit is one of the day, not of a round, and so is the price that volume counts at."""
    n_assets = count_rows(prices.price)
    for j in range(n_assets):
        clear(prices.sold, j, lanes)
    for f in range(count_rows(funds.cash)):
        participation = terms.participation_frac[f] / terms.count[f]
        for j in range(n_assets):
            _keep_within_day(funds, f * n_assets + j, prices, j, rounds, participation, terms.count[f], lanes)


@jit
def _add_settled(funds, row, prices, j, rounds, lanes):
    """``units += n; proceeds += floor(n * X)``."""
    for i in range(FIRST, lanes):
        n = funds.to_sell[row, i]
        rounds.units[row, i] += n
        rounds.proceeds[row, i] += np.floor(n * prices.execution[j, i])


@rule
def add_settled(prices, funds, rounds, lanes):
    """Step 9: what funds have sold in this round, and for how much."""
    n_assets = count_rows(prices.price)
    for row in range(count_rows(rounds.units)):
        _add_settled(funds, row, prices, row % n_assets, rounds, lanes)


@jit
def _add_sales(prices, j, rounds, lanes):
    """Net value that moved the price, ``|q| * adv(t)``."""
    for i in range(FIRST, lanes):
        rounds.sales[FIRST, i] = fma(abs(prices.traded[j, i]), prices.adv[j, i], rounds.sales[FIRST, i])


@jit
def _judge(rounds, lanes):
    """Live while a round sells more than `SETTLED_SHARE` of what the day has sold, and than a quantum."""
    for i in range(FIRST, lanes):
        sales = rounds.sales[FIRST, i]
        total = rounds.day_sales[FIRST, i] + sales
        live = rounds.is_live[FIRST, i]
        rounds.is_live[FIRST, i] = live if sales > max(SETTLED_SHARE * total, 1.0) else 0.0
        rounds.day_sales[FIRST, i] = total
        rounds.sales[FIRST, i] = 0.0


@jit
def is_day_over(prices, rounds, lanes):
    """After a round: whether every lane has settled."""
    for j in range(count_rows(prices.price)):
        _add_sales(prices, j, rounds, lanes)
    _judge(rounds, lanes)
    return not is_any_at_least(rounds.is_live, FIRST, 1.0, lanes)


@rule
def count_unsettled(rounds, tally, lanes):
    """After the last round: lanes that are live still."""
    for i in range(FIRST, lanes):
        tally.n_unsettled_days[FIRST, i] += rounds.is_live[FIRST, i]
