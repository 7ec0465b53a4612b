"""How far the day's fixed points lie apart: closes at which nobody has to sell more (docs/model.md, 9).

Orders are in hand and prices have not moved; what is tried here is put back. All that is sold counts as volume at the
prices before trade, so that sales rise as prices fall: going down from the orders finds the fixed point of least sales
and the highest prices, going up from a sale of all that may be sold that of most and the lowest.
"""

from backstop.kernels.funds.leverage import recall_debt
from backstop.kernels.funds.marks import value_holdings
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, fma, jit, rule
from backstop.kernels.machine.lanes import copy, is_any_at_least
from backstop.kernels.machine.vecmath import exp
from backstop.kernels.prices.impact import close_after
from backstop.kernels.prices.suspension import hold_tried_closes
from backstop.kernels.prices.tried_sales import find_lack, find_more, lack_all, lack_nothing

_MOST_STEPS = 200
"""Of one search. [ours]"""
_STILL = 1e-12
"""Log price that no close moves by once a search has settled. [ours]"""


@rule
def _keep(prices, funds, lenders, rounds, lanes):
    """What is about to be tried over."""
    for j in range(count_rows(rounds.kept_price)):
        copy(prices.price, rounds.kept_price, j, lanes)
        copy(prices.sold, rounds.kept_sold, j, lanes)
    for f in range(count_rows(rounds.kept_nav)):
        copy(funds.holdings, rounds.kept_holdings, f, lanes)
        copy(funds.nav, rounds.kept_nav, f, lanes)
        copy(funds.owed, rounds.kept_owed, f, lanes)
        copy(lenders.recalled, rounds.kept_recalled, f, lanes)


@rule
def _put_back(prices, funds, lenders, rounds, lanes):
    for j in range(count_rows(rounds.kept_price)):
        copy(rounds.kept_price, prices.price, j, lanes)
        copy(rounds.kept_sold, prices.sold, j, lanes)
    for f in range(count_rows(rounds.kept_nav)):
        copy(rounds.kept_holdings, funds.holdings, f, lanes)
        copy(rounds.kept_nav, funds.nav, f, lanes)
        copy(rounds.kept_owed, funds.owed, f, lanes)
        copy(rounds.kept_recalled, lenders.recalled, f, lanes)


@jit
def _order_more(rounds, f, count, prices, j, lanes):
    """``sold += count * more P``."""
    for i in range(FIRST, lanes):
        prices.sold[j, i] = fma(count * rounds.more[j, i], rounds.kept_price[j, i], prices.sold[j, i])


@jit
def _sell_more(terms, state, volatility, day, lanes):
    """The closes after what funds would sell at the prices tried, into `log_tried`."""
    prices, funds, rounds = state.prices, state.funds, state.rounds
    n_assets = count_rows(rounds.kept_price)
    for j in range(n_assets):
        copy(rounds.kept_sold, prices.sold, j, lanes)
    for f in range(count_rows(rounds.lack)):
        if terms.leverage.debt_open[f] > 0.0:
            find_more(terms.funds, funds, f, prices, rounds, lanes)
            for j in range(n_assets):
                _order_more(rounds, f, terms.funds.count[f], prices, j, lanes)
    for j in range(n_assets):
        close_after(terms.prices, prices, j, rounds.log_tried, volatility, day, lanes)
    hold_tried_closes(prices, rounds.log_tried, lanes)


@jit
def _mark_at(funds, f, rounds, lanes):
    """NAV at the prices that are tried; lenders ask anew."""
    for i in range(FIRST, lanes):
        funds.nav[f, i] = rounds.kept_nav[f, i] - rounds.kept_holdings[f, i] + funds.holdings[f, i]
        funds.owed[f, i] = rounds.kept_owed[f, i] - rounds.kept_recalled[f, i]


@jit
def _ask(terms, state, lanes):
    """What levered funds lack at the prices that are tried."""
    prices, funds, rounds = state.prices, state.funds, state.rounds
    for f in range(count_rows(rounds.lack)):
        value_holdings(funds, f, prices.price, lanes)
        _mark_at(funds, f, rounds, lanes)
    recall_debt(terms.leverage, prices, funds, state.lenders, lanes)
    for f in range(count_rows(rounds.lack)):
        find_lack(funds, f, prices, rounds, lanes)


@jit
def _measure_step(rounds, j, lanes):
    for i in range(FIRST, lanes):
        step = abs(rounds.log_tried[j, i] - rounds.log_found[j, i])
        rounds.step[FIRST, i] = max(rounds.step[FIRST, i], step)


@jit
def _judge_step(rounds, lanes):
    """What has settled stays, whatever the paths beside it do."""
    for i in range(FIRST, lanes):
        moving, step = rounds.is_moving[FIRST, i], rounds.step[FIRST, i]
        rounds.is_moving[FIRST, i] = moving if step > _STILL else 0.0
        rounds.step[FIRST, i] = 0.0


@jit
def _take_step(rounds, prices, j, lanes):
    """``h = tried`` on paths that move."""
    for i in range(FIRST, lanes):
        tried, found = rounds.log_tried[j, i], rounds.log_found[j, i]
        h = tried if rounds.is_moving[FIRST, i] > 0.0 else found
        rounds.log_found[j, i] = h
        prices.price[j, i] = exp(h)


@jit
def _start(rounds, lanes):
    for i in range(FIRST, lanes):
        rounds.is_moving[FIRST, i] = 1.0
        rounds.step[FIRST, i] = 0.0


@rule
def _search(terms, state, volatility, day, lanes):
    """From what funds are said to lack to closes that move no more, into `log_found`."""
    prices, rounds = state.prices, state.rounds
    n_assets = count_rows(rounds.kept_price)
    _start(rounds, lanes)
    for j in range(n_assets):
        copy(rounds.kept_price, prices.price, j, lanes)
    _sell_more(terms, state, volatility, day, lanes)
    for j in range(n_assets):
        _take_step(rounds, prices, j, lanes)
    for _ in range(_MOST_STEPS):
        _ask(terms, state, lanes)
        _sell_more(terms, state, volatility, day, lanes)
        for j in range(n_assets):
            _measure_step(rounds, j, lanes)
        _judge_step(rounds, lanes)
        if not is_any_at_least(rounds.is_moving, FIRST, 1.0, lanes):
            break
        for j in range(n_assets):
            _take_step(rounds, prices, j, lanes)


@jit
def _widen(rounds, j, tally, lanes):
    """``gap = max(gap, log h_least - log h_most)``."""
    for i in range(FIRST, lanes):
        gap = rounds.log_least[j, i] - rounds.log_found[j, i]
        tally.fixed_point_gap[FIRST, i] = max(tally.fixed_point_gap[FIRST, i], gap)


@rule
def find_gap(terms, state, volatility, day, lanes):
    """Step 9, before prices move: both ends of what the day allows, where they are looked for."""
    prices, funds, rounds = state.prices, state.funds, state.rounds
    n_assets, n_funds = count_rows(rounds.kept_price), count_rows(rounds.lack)
    if n_assets == FIRST:
        return
    _keep(prices, funds, state.lenders, rounds, lanes)
    for f in range(n_funds):
        lack_nothing(rounds, f, lanes)
    _search(terms, state, volatility, day, lanes)
    for j in range(n_assets):
        copy(rounds.log_found, rounds.log_least, j, lanes)
    for f in range(n_funds):
        lack_all(rounds, f, lanes)
    _search(terms, state, volatility, day, lanes)
    for j in range(n_assets):
        _widen(rounds, j, state.path_tally, lanes)
    _put_back(prices, funds, state.lenders, rounds, lanes)
