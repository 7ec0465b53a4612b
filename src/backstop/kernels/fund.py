"""Marking funds before trade and at the close (docs/model.md, 2 and 12). Rows of units are ``f*J + j``."""

import numpy as np

from backstop.kernels.evaluation import SMALLEST_NAVPS
from backstop.kernels.frames import count_rows
from backstop.kernels.jit import FIRST, ONE, fma, inline, jit
from backstop.kernels.packs import PACK_LANES, count_packs, pack, zero


@inline
def free_cash(cash, buffer, injection):
    """Cash above the buffer; what a facility sent today may be spent even where cash is below it."""
    return injection + max(cash - injection - buffer, 0.0)


@jit
def _earn_on_cash(funds, f, rate_per_day, lanes):
    """``cash += floor(cash * cash_rate_per_day)``."""
    for i in range(FIRST, lanes):
        earned = np.floor(funds.cash[f, i] * rate_per_day)
        funds.cash[f, i] += earned
        funds.other_cash_in[f, i] += earned


@inline
def _value(funds, f, price, i):
    """Holdings of one lane or pack: ``sum_j units_j P_j``."""
    n_assets = count_rows(price)
    total = zero(i)
    for j in range(n_assets):
        total = fma(funds.units[f * n_assets + j, i], price[j, i], total)
    funds.holdings[f, i] = total


@jit
def value_holdings(funds, f, price, lanes):
    """``holdings = sum_j units_j P_j``."""
    n_packs = count_packs(lanes)
    for n in range(FIRST, n_packs):
        _value(funds, f, price, pack(n))
    for i in range(PACK_LANES * n_packs, lanes):
        _value(funds, f, price, i)


@inline
def _value_apart(funds, f, price, is_risky, i):
    """So for one lane or pack, risky assets apart from the others."""
    n_assets = count_rows(price)
    others, risky = zero(i), zero(i)
    for j in range(n_assets):
        if is_risky[j]:
            risky = fma(funds.units[f * n_assets + j, i], price[j, i], risky)
        else:
            others = fma(funds.units[f * n_assets + j, i], price[j, i], others)
    funds.risky[f, i] = risky
    funds.holdings[f, i] = others


@jit
def _value_risky(funds, f, price, is_risky, lanes):
    """``risky = sum of units P`` of risky assets; holdings, of the others."""
    n_packs = count_packs(lanes)
    for n in range(FIRST, n_packs):
        _value_apart(funds, f, price, is_risky, pack(n))
    for i in range(PACK_LANES * n_packs, lanes):
        _value_apart(funds, f, price, is_risky, i)


@inline
def _per_share(nav, shares, before):
    """``nav / shares``, unchanged once there is less than one share."""
    return nav / shares if shares >= 1.0 else before


@jit
def _mark(funds, f, buffer_frac, tally, lanes):
    """``nav = cash + holdings - debt``, per share, its peak and drawdown, the cash buffer; no injection or sale yet."""
    for i in range(FIRST, lanes):
        holdings = funds.holdings[f, i] + funds.risky[f, i]
        nav = funds.cash[f, i] + holdings - funds.net_debt[f, i]
        navps = _per_share(nav, funds.shares[f, i], funds.navps[f, i])
        peak = max(funds.peak[f, i], navps)
        drawdown = 1.0 - navps / peak
        funds.holdings[f, i] = holdings
        funds.nav[f, i] = nav
        funds.navps[f, i] = navps
        funds.peak[f, i] = peak
        funds.drawdown[f, i] = drawdown
        funds.buffer[f, i] = buffer_frac * max(nav, 0.0)
        funds.injection[f, i] = 0.0
        funds.sale_cost[f, i] = 0.0
        tally.max_drawdown[f, i] = max(tally.max_drawdown[f, i], drawdown)


@jit
def mark_funds(terms, is_risky, prices, funds, tally, lanes):
    """Step 2: NAV, peak and drawdown at pre-trade prices."""
    for f in range(count_rows(terms.count)):
        _earn_on_cash(funds, f, terms.cash_rate_per_day, lanes)
        _value_risky(funds, f, prices.price, is_risky, lanes)
        _mark(funds, f, terms.buffer_frac[f], tally, lanes)


@jit
def _mark_close(funds, f, history_row, tally, lanes):
    """NAV, peak and drawdown at the close; NAV per share, at least 1e-6, for the returns that divide by it later."""
    for i in range(FIRST, lanes):
        nav = funds.cash[f, i] + funds.holdings[f, i] - funds.net_debt[f, i]
        navps = _per_share(nav, funds.shares[f, i], funds.navps[f, i])
        peak = max(funds.peak[f, i], navps)
        drawdown = 1.0 - navps / peak
        funds.nav[f, i] = nav
        funds.navps[f, i] = navps
        funds.peak[f, i] = peak
        funds.drawdown[f, i] = drawdown
        funds.nav_history[history_row, i] = max(navps, SMALLEST_NAVPS)
        tally.max_drawdown[f, i] = max(tally.max_drawdown[f, i], drawdown)


@jit
def _fail(funds, f, tally, nav_floor, unpaid_limit, lanes):
    """``failed`` once navps < nav_floor or redemptions stayed unpaid for more than the stated days."""
    for i in range(FIRST, lanes):
        is_failing = (funds.navps[f, i] < nav_floor) | (funds.unpaid_days[f, i] > unpaid_limit)
        tally.failed[f, i] = 1.0 if is_failing else tally.failed[f, i]


@jit
def close_funds(terms, prices, funds, tally, day, lanes):
    """Step 12: NAV at closing prices, kept for later returns."""
    n_funds = count_rows(terms.count)
    n_back = count_rows(funds.nav_history) // n_funds
    for f in range(n_funds):
        value_holdings(funds, f, prices.close, lanes)
        _mark_close(funds, f, f * n_back + (day + ONE) % n_back, tally, lanes)
        _fail(funds, f, tally, terms.nav_floor[f], terms.unpaid_days_limit[f], lanes)
