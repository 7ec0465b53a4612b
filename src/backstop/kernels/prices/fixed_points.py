"""How far the day's fixed points lie apart: closes at which nobody has to sell more (docs/model.md, 9).

Orders are in hand and prices have not moved; what is tried here is put back. Forced sales rise as prices fall, so that
going down from the orders finds the fixed point of least sales, and up from a sale of everything that of most.
"""

from backstop.kernels.funds.leverage import recall_debt
from backstop.kernels.funds.marks import free_cash, value_holdings
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, apart, fma, jit, own_frame
from backstop.kernels.machine.vecmath import exp
from backstop.kernels.prices.impact import close_after
from backstop.kernels.prices.suspension import hold_tried_closes


@jit
def _move(source, target, row, lanes):
    for i in range(FIRST, lanes):
        target[row, i] = source[row, i]


@jit
def _keep(prices, funds, lenders, rounds, lanes):
    """What is about to be tried over."""
    for j in range(count_rows(rounds.kept_price)):
        _move(prices.price, rounds.kept_price, j, lanes)
        _move(prices.sold, rounds.kept_sold, j, lanes)
    for f in range(count_rows(rounds.kept_nav)):
        _move(funds.holdings, rounds.kept_holdings, f, lanes)
        _move(funds.nav, rounds.kept_nav, f, lanes)
        _move(funds.owed, rounds.kept_owed, f, lanes)
        _move(lenders.recalled, rounds.kept_recalled, f, lanes)


@jit
def _put_back(prices, funds, lenders, rounds, lanes):
    for j in range(count_rows(rounds.kept_price)):
        _move(rounds.kept_price, prices.price, j, lanes)
        _move(rounds.kept_sold, prices.sold, j, lanes)
    for f in range(count_rows(rounds.kept_nav)):
        _move(rounds.kept_holdings, funds.holdings, f, lanes)
        _move(rounds.kept_nav, funds.nav, f, lanes)
        _move(rounds.kept_owed, funds.owed, f, lanes)
        _move(rounds.kept_recalled, lenders.recalled, f, lanes)


@jit
def _set_share(rounds, f, share, lanes):
    for i in range(FIRST, lanes):
        rounds.share[f, i] = share


@jit
def _order_more(terms, rounds, funds, prices, f, j, lanes):
    """``sold += count * max(0, min(share * units * h, participation * depth) - n P)``, h what is tried."""
    row, count = f * count_rows(rounds.kept_price) + j, terms.count[f]
    participation = terms.participation_frac[f] / count
    for i in range(FIRST, lanes):
        value = funds.units[row, i] * prices.price[j, i]
        wanted = min(rounds.share[f, i] * value, participation * prices.depth[j, i])
        more = max(0.0, fma(-funds.to_sell[row, i], rounds.kept_price[j, i], wanted))
        prices.sold[j, i] = fma(count, more, prices.sold[j, i])


@jit
def _set_price(rounds, prices, j, lanes):
    for i in range(FIRST, lanes):
        prices.price[j, i] = exp(rounds.log_found[j, i])


@jit
def _sell_shares(terms, state, volatility, day, lanes):
    """The closes after what funds would sell, `share` of each, into `log_found` and as the prices to try next."""
    prices, funds, rounds = state.prices, state.funds, state.rounds
    n_assets = count_rows(rounds.kept_price)
    for j in range(n_assets):
        _move(rounds.kept_sold, prices.sold, j, lanes)
        for f in range(count_rows(rounds.share)):
            if terms.leverage.debt_open[f] > 0.0:
                _order_more(terms.funds, rounds, funds, prices, f, j, lanes)
    for j in range(n_assets):
        close_after(terms.prices, prices, j, rounds.log_found, volatility, day, lanes)
    hold_tried_closes(prices, rounds.log_found, lanes)
    for j in range(n_assets):
        _set_price(rounds, prices, j, lanes)


@jit
def _mark_at(funds, f, rounds, lanes):
    """NAV at the prices that are tried; lenders ask anew."""
    for i in range(FIRST, lanes):
        funds.nav[f, i] = rounds.kept_nav[f, i] - rounds.kept_holdings[f, i] + funds.holdings[f, i]
        funds.owed[f, i] = rounds.kept_owed[f, i] - rounds.kept_recalled[f, i]


@jit
def _find_share(funds, f, rounds, lanes):
    """``share = min(1, max(0, owed - free) / max(holdings, 1))``."""
    for i in range(FIRST, lanes):
        free = free_cash(funds.cash[f, i], funds.buffer[f, i], funds.injection[f, i])
        lack = max(0.0, funds.owed[f, i] - free)
        rounds.share[f, i] = min(1.0, lack / max(funds.holdings[f, i], 1.0))


@jit
def _find_share_ahead(funds, f, rounds, lanes):
    """The same with what falls due ahead, less what is on its way."""
    for i in range(FIRST, lanes):
        free = free_cash(funds.cash[f, i], funds.buffer[f, i], funds.injection[f, i])
        lack = max(0.0, funds.owed[f, i] + funds.ahead[f, i] - free - funds.receivable[f, i])
        rounds.share[f, i] = min(1.0, lack / max(funds.holdings[f, i], 1.0))


@jit
def _ask_shares(terms, state, lanes):
    """What levered funds would sell at the prices that are tried."""
    prices, funds, rounds = state.prices, state.funds, state.rounds
    n_funds = count_rows(rounds.share)
    for f in range(n_funds):
        value_holdings(funds, f, prices.price, lanes)
        _mark_at(funds, f, rounds, lanes)
    recall_debt(terms.leverage, prices, funds, state.lenders, lanes)
    for f in range(n_funds):
        if count_rows(funds.receivable) > FIRST:
            _find_share_ahead(funds, f, rounds, lanes)
        else:
            _find_share(funds, f, rounds, lanes)


@jit
def _widen(rounds, j, tally, lanes):
    """``gap = max(gap, log h_least - log h_most)``."""
    for i in range(FIRST, lanes):
        gap = rounds.log_least[j, i] - rounds.log_found[j, i]
        tally.fixed_point_gap[FIRST, i] = max(tally.fixed_point_gap[FIRST, i], gap)


@apart
def find_gap(terms, state, volatility, day, lanes):
    """Step 9, before prices move: both ends of what the day allows, where they are looked for."""
    own_frame()
    prices, funds, rounds = state.prices, state.funds, state.rounds
    n_assets = count_rows(rounds.kept_price)
    if n_assets == FIRST:
        return
    _keep(prices, funds, state.lenders, rounds, lanes)
    for end in range(2):
        for j in range(n_assets):
            _move(rounds.kept_price, prices.price, j, lanes)
        for f in range(count_rows(rounds.share)):
            _set_share(rounds, f, float(end), lanes)
        for attempt in range(terms.prices.rounds + 1):
            if attempt > 0:
                _ask_shares(terms, state, lanes)
            _sell_shares(terms, state, volatility, day, lanes)
        if end == 0:
            for j in range(n_assets):
                _move(rounds.log_found, rounds.log_least, j, lanes)
    for j in range(n_assets):
        _widen(rounds, j, state.path_tally, lanes)
    _put_back(prices, funds, state.lenders, rounds, lanes)
