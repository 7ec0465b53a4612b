"""Marking funds before trade and at the close (docs/model.md, 2 and 12). Rows of units are ``f*J + j``."""

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import ONE, floor, fma, inline, over_lanes, rule
from backstop.kernels.machine.packs import choose, zero
from backstop.terms import SMALLEST_NAVPS


@inline
def own_cash(funds, f, i):
    """Cash above the buffer, without what facilities sent today."""
    return max(funds.cash[f, i] - funds.injection[f, i] - funds.buffer[f, i], 0.0)


@inline
def free_cash(funds, f, i):
    """Own cash, and what a facility sent today, which may be spent even where cash is below the buffer."""
    return funds.injection[f, i] + own_cash(funds, f, i)


@inline
def return_since(funds, f, back_row, i):
    """``navps / back - 1``, over a past close of the fund."""
    return funds.navps[f, i] / funds.nav_history[back_row, i] - 1.0


@inline
def _earn_on_cash(funds, f, rate_per_day, i):
    """``cash += floor(cash * cash_rate_per_day)``."""
    earned = floor(funds.cash[f, i] * rate_per_day)
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


@over_lanes
def value_holdings(funds, f, price, i):
    """``holdings = sum_j units_j P_j``."""
    _value(funds, f, price, i)


@inline
def _value_apart(funds, f, price, is_risky, i):
    """Holdings of one lane or pack, the risky ones apart; the value of all."""
    n_assets = count_rows(price)
    others, risky = zero(i), zero(i)
    for j in range(n_assets):
        if is_risky[j]:
            risky = fma(funds.units[f * n_assets + j, i], price[j, i], risky)
        else:
            others = fma(funds.units[f * n_assets + j, i], price[j, i], others)
    funds.risky[f, i] = risky
    return others + risky


@inline
def _per_share(nav, shares, before):
    """``nav / shares``, unchanged once there is less than one share."""
    return choose(shares >= 1.0, nav / shares, before)


@inline
def _note_value(funds, f, nav, tally, i):
    """NAV, NAV per share, its peak and drawdown; gives NAV per share."""
    navps = _per_share(nav, funds.shares[f, i], funds.navps[f, i])
    peak = max(funds.peak[f, i], navps)
    drawdown = 1.0 - navps / peak
    funds.nav[f, i] = nav
    funds.navps[f, i] = navps
    funds.peak[f, i] = peak
    funds.drawdown[f, i] = drawdown
    tally.max_drawdown[f, i] = max(tally.max_drawdown[f, i], drawdown)
    return navps


@over_lanes
def _mark(terms, f, price, is_risky, funds, tally, i):
    """``nav = cash + holdings - debt`` and what follows from it; no injection or sale yet."""
    _earn_on_cash(funds, f, terms.cash_rate_per_day, i)
    holdings = _value_apart(funds, f, price, is_risky, i)
    nav = funds.cash[f, i] + holdings - funds.net_debt[f, i]
    funds.holdings[f, i] = holdings
    funds.buffer[f, i] = terms.buffer_frac[f] * max(nav, 0.0)
    funds.injection[f, i] = zero(i)
    funds.sale_cost[f, i] = zero(i)
    _note_value(funds, f, nav, tally, i)


@rule
def mark_funds(terms, is_risky, prices, funds, tally, lanes):
    """Step 2: NAV, peak and drawdown at pre-trade prices."""
    for f in range(count_rows(terms.count)):
        _mark(terms, f, prices.price, is_risky, funds, tally, lanes)


@over_lanes
def _close(terms, f, history_row, price, funds, tally, i):
    """NAV at the close, NAV per share at least 1e-6 for the returns that divide by it later, and whether f failed.

    ``failed`` once navps < nav_floor or redemptions stayed unpaid for more than the stated days.
    """
    _value(funds, f, price, i)
    nav = funds.cash[f, i] + funds.holdings[f, i] - funds.net_debt[f, i]
    navps = _note_value(funds, f, nav, tally, i)
    funds.nav_history[history_row, i] = max(navps, SMALLEST_NAVPS)
    is_failing = (navps < terms.nav_floor[f]) | (funds.unpaid_days[f, i] > terms.unpaid_days_limit[f])
    tally.failed[f, i] = choose(is_failing, zero(i) + 1.0, tally.failed[f, i])


@rule
def close_funds(terms, prices, funds, tally, day, lanes):
    """Step 12: NAV at closing prices, kept for later returns."""
    n_funds = count_rows(terms.count)
    n_back = count_rows(funds.nav_history) // n_funds
    for f in range(n_funds):
        history_row = f * n_back + (day + ONE) % n_back
        _close(terms, f, history_row, prices.close, funds, tally, lanes)
