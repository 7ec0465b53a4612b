"""Marking funds, redemptions, sales and their settlement (docs/model.md, 2, 4, 8 and 9)."""

import numpy as np

from backstop.kernels.evaluation import SMALLEST_NAVPS
from backstop.kernels.frames import count_columns, count_rows
from backstop.kernels.jit import FIRST, ONE, TWO, Index, fma, jit
from backstop.terms import WATERFALL


@jit
def _earn_on_cash(funds, f, rate_per_day, lanes):
    """``cash += floor(cash * cash_rate_per_day)``."""
    for i in range(FIRST, lanes):
        earned = np.floor(funds.cash[f, i] * rate_per_day)
        funds.cash[f, i] += earned
        funds.cash_yield[f, i] += earned
        funds.holdings[f, i] = 0.0
        funds.risky[f, i] = 0.0


@jit
def _value_asset(funds, f, unit_row, price, j, lanes):
    """``holdings += units * P``."""
    for i in range(FIRST, lanes):
        funds.holdings[f, i] = fma(funds.units[unit_row, i], price[j, i], funds.holdings[f, i])


@jit
def _value_risky(funds, f, unit_row, price, j, lanes):
    """``risky += units * P``."""
    for i in range(FIRST, lanes):
        funds.risky[f, i] = fma(funds.units[unit_row, i], price[j, i], funds.risky[f, i])


@jit
def _net_asset_value(funds, f, lanes):
    """``nav = cash + holdings - debt; navps = nav / shares``, unchanged once there is less than one share."""
    for i in range(FIRST, lanes):
        nav = funds.cash[f, i] + funds.holdings[f, i] - funds.debt[f, i]
        funds.nav[f, i] = nav
        funds.navps[f, i] = nav / funds.shares[f, i] if funds.shares[f, i] >= 1.0 else funds.navps[f, i]


@jit
def _drawdown(funds, f, tally, lanes):
    """``peak = max(peak, navps); drawdown = 1 - navps / peak``."""
    for i in range(FIRST, lanes):
        peak = max(funds.peak[f, i], funds.navps[f, i])
        drawdown = 1.0 - funds.navps[f, i] / peak
        funds.peak[f, i] = peak
        funds.drawdown[f, i] = drawdown
        tally.max_drawdown[f, i] = max(tally.max_drawdown[f, i], drawdown)


@jit
def _cash_buffer(funds, f, buffer_frac, lanes):
    """``buffer = buffer_frac * max(nav, 0)``; the day's injection starts from nothing."""
    for i in range(FIRST, lanes):
        funds.buffer[f, i] = buffer_frac * max(funds.nav[f, i], 0.0)
        funds.injection[f, i] = 0.0


@jit
def mark_funds(terms, is_risky, prices, funds, tally, lanes):
    """Step 2: NAV, peak and drawdown at pre-trade prices."""
    n_assets = count_rows(is_risky)
    for f in range(count_rows(terms.count)):
        _earn_on_cash(funds, f, terms.cash_rate_per_day, lanes)
        for j in range(n_assets):
            _value_asset(funds, f, f * n_assets + j, prices.price, j, lanes)
            if is_risky[j]:
                _value_risky(funds, f, f * n_assets + j, prices.price, j, lanes)
        _net_asset_value(funds, f, lanes)
        _drawdown(funds, f, tally, lanes)
        _cash_buffer(funds, f, terms.buffer_frac[f], lanes)


@jit
def _fall_due(investors, row, queue_row, funds, f, lanes):
    """``late += floor(overdue * max(navps, 0)); overdue += queue(t); due = floor(overdue * max(navps, 0))``."""
    for i in range(FIRST, lanes):
        worth = max(funds.navps[f, i], 0.0)
        funds.late[f, i] += np.floor(investors.overdue[row, i] * worth)
        overdue = investors.overdue[row, i] + investors.queue[queue_row, i]
        investors.queue[queue_row, i] = 0.0
        investors.overdue[row, i] = overdue
        investors.due[row, i] = np.floor(overdue * worth)


@jit
def _request(investors, row, queue_row, funds, f, back_row, base, slope, tolerance, cap, tally, lanes):
    """``rate = min(cap, base + slope * max(0, -r - tolerance))`` of the class's shares that are not queued."""
    for i in range(FIRST, lanes):
        r = funds.navps[f, i] / funds.nav_history[back_row, i] - 1.0
        rate = min(cap, fma(slope, max(0.0, -r - tolerance), base))
        s = rate * (investors.shares[row, i] - investors.queued[row, i])
        investors.queue[queue_row, i] += s
        investors.queued[row, i] += s
        funds.requested_shares[f, i] += s
        tally.redemption_requested[f, i] += np.floor(s * max(funds.navps[f, i], 0.0))


@jit
def _sum_due(funds, f, investors, row, lanes):
    """``due_f += due_fc``."""
    for i in range(FIRST, lanes):
        funds.due[f, i] += investors.due[row, i]


@jit
def _clear(rows, row, lanes):
    """One row back to zero."""
    for i in range(FIRST, lanes):
        rows[row, i] = 0.0


@jit
def request_redemptions(terms, funds, investors, tally, day, lanes):
    """Step 4: what falls due today, then new requests; `day` counts from 0."""
    n_funds, n_classes = count_rows(terms.share_frac), count_columns(terms.share_frac)
    n_notice = count_rows(investors.queue) // count_rows(investors.shares)
    n_back = count_rows(funds.nav_history) // n_funds
    today = day + ONE
    for f in range(n_funds):
        _clear(funds.due, f, lanes)
        _clear(funds.late, f, lanes)
        _clear(funds.requested_shares, f, lanes)
        for c in range(Index(terms.n_classes[f])):
            row = f * n_classes + c
            _fall_due(investors, row, row * n_notice + today % n_notice, funds, f, lanes)
            _sum_due(funds, f, investors, row, lanes)
            due_slot = (today + Index(terms.notice_days[f, c])) % n_notice
            back_slot = (today + n_back - Index(terms.horizon_days[f, c])) % n_back
            _request(investors, row, row * n_notice + due_slot, funds, f, f * n_back + back_slot, terms.base_rate[f, c],
                     terms.bear_slope[f, c], terms.tolerance[f, c], terms.daily_cap[f, c], tally, lanes)


@jit
def _targets(funds, f, evaluation, n_floors, lanes):
    """What the day's injection leaves of intended de-risking, and what payments still lack, net of floors."""
    for i in range(FIRST, lanes):
        owed = funds.due[f, i] + funds.called[f, i]
        intended = evaluation.intended[f, i]
        cancelled = min(intended, max(0.0, funds.injection[f, i] - owed))
        funds.to_derisk[f, i] = intended - cancelled
        missing = owed - max(funds.cash[f, i] - funds.buffer[f, i], 0.0)
        to_raise = missing + n_floors if missing > 0.0 else 0.0
        funds.to_raise[f, i] = to_raise
        funds.left[f, i] = to_raise


@jit
def _plan_derisking(funds, f, unit_row, prices, j, participation, evaluation, lanes):
    """``a = min(derisk * v / risky, limit)``, kept in `to_sell` as value for the stage that follows."""
    for i in range(FIRST, lanes):
        v = funds.units[unit_row, i] * prices.price[j, i]
        limit = prices.is_open[j, i] * min(v, participation * prices.adv[j, i])
        share = v / funds.risky[f, i] if funds.risky[f, i] > 0.0 else 0.0
        a = min(funds.to_derisk[f, i] * share, limit)
        funds.to_sell[unit_row, i] = a
        evaluation.derisked[f, i] += a


@jit
def _plan_pro_rata(funds, f, unit_row, prices, j, participation, lanes):
    """``sold = min(a + raise * v / holdings, limit); n = min(units, sold / P)``."""
    for i in range(FIRST, lanes):
        units, price = funds.units[unit_row, i], prices.price[j, i]
        v = units * price
        limit = prices.is_open[j, i] * min(v, participation * prices.adv[j, i])
        share = v / funds.holdings[f, i] if funds.holdings[f, i] > 0.0 else 0.0
        sold = min(fma(funds.to_raise[f, i], share, funds.to_sell[unit_row, i]), limit)
        funds.to_sell[unit_row, i] = min(units, sold / price)


@jit
def _plan_waterfall(funds, f, unit_row, prices, j, participation, lanes):
    """``b = min(left, limit - a); left -= b; n = min(units, (a + b) / P)``."""
    for i in range(FIRST, lanes):
        units, price = funds.units[unit_row, i], prices.price[j, i]
        limit = prices.is_open[j, i] * min(units * price, participation * prices.adv[j, i])
        a = funds.to_sell[unit_row, i]
        b = min(funds.left[f, i], limit - a)
        funds.left[f, i] -= b
        funds.to_sell[unit_row, i] = min(units, min(a + b, limit) / price)


@jit
def _add_volume(prices, j, to_sell, row, count, lanes):
    """``sold_j += count * n * P``."""
    for i in range(FIRST, lanes):
        prices.sold[j, i] = fma(count * to_sell[row, i], prices.price[j, i], prices.sold[j, i])


@jit
def plan_sales(terms, is_risky, prices, funds, evaluation, lanes):
    """Step 8: units to sell, for pressure first, then for what payments lack."""
    n_assets = count_rows(is_risky)
    for f in range(count_rows(terms.count)):
        _targets(funds, f, evaluation, float(n_assets), lanes)
        participation = terms.participation_frac[f] / terms.count[f]
        for position in range(n_assets):
            j = Index(terms.liquidation_order[f, position])
            row = f * n_assets + j
            if is_risky[j]:
                _plan_derisking(funds, f, row, prices, j, participation, evaluation, lanes)
            else:
                _clear(funds.to_sell, row, lanes)
            if terms.liquidation_rule[f] == WATERFALL:
                _plan_waterfall(funds, f, row, prices, j, participation, lanes)
            else:
                _plan_pro_rata(funds, f, row, prices, j, participation, lanes)
            _add_volume(prices, j, funds.to_sell, row, terms.count[f], lanes)


@jit
def _settle_asset(funds, f, unit_row, prices, j, tally, lanes):
    """``cash += floor(n * X); units -= n``, and what impact cost."""
    for i in range(FIRST, lanes):
        n = funds.to_sell[unit_row, i]
        proceeds = np.floor(n * prices.execution[j, i])
        gross = np.floor(n * prices.price[j, i])
        funds.cash[f, i] += proceeds
        funds.units[unit_row, i] -= n
        tally.forced_sales[f, i] += gross
        tally.forced_sale_cost[f, i] += gross - proceeds


@jit
def _pay(funds, f, tally, lanes):
    """``paid = min(due, cash)``; arrears start anew once what was late is paid, and end with all that is due."""
    for i in range(FIRST, lanes):
        paid = min(funds.due[f, i], funds.cash[f, i])
        funds.paid[f, i] = paid
        funds.cash[f, i] -= paid
        days = 1.0 if funds.late[f, i] <= paid else funds.unpaid_days[f, i] + 1.0
        funds.unpaid_days[f, i] = days if paid < funds.due[f, i] else 0.0
        tally.redemption_paid[f, i] += paid


@jit
def _cancel_shares(funds, f, investors, row, scratch, lanes):
    """A class's part of the payment by cumulative remainder, and the shares it loses.

    `scratch` rows 0 and 1 carry due and payment accumulated over the classes before.
    """
    for i in range(FIRST, lanes):
        due, due_f, paid_f = investors.due[row, i], funds.due[f, i], funds.paid[f, i]
        due_so_far = scratch[FIRST, i] + due
        is_whole = (paid_f == due_f) | (due_so_far == due_f)
        paid_so_far = paid_f if is_whole else np.floor(paid_f * due_so_far / due_f)
        paid = min(paid_so_far - scratch[ONE, i], due)
        scratch[FIRST, i] = due_so_far
        scratch[ONE, i] += paid
        overdue = investors.overdue[row, i]
        scratch[TWO, i] = overdue if paid == due else paid / funds.navps[f, i]


@jit
def _retire(funds, f, investors, row, scratch, lanes):
    """Shares paid for leave the fund, the class, its queue and what is overdue."""
    for i in range(FIRST, lanes):
        retired = scratch[TWO, i]
        investors.overdue[row, i] -= retired
        investors.queued[row, i] -= retired
        investors.shares[row, i] -= retired
        funds.shares[f, i] -= retired


@jit
def settle_sales(terms, investors_terms, prices, funds, investors, tally, scratch, lanes):
    """Step 9: cash settles at execution prices, redemptions are paid as far as it goes."""
    n_assets, n_classes = count_rows(prices.price), count_columns(investors_terms.share_frac)
    for f in range(count_rows(terms.count)):
        for j in range(n_assets):
            _settle_asset(funds, f, f * n_assets + j, prices, j, tally, lanes)
        _pay(funds, f, tally, lanes)
        _clear(scratch, FIRST, lanes)
        _clear(scratch, ONE, lanes)
        for c in range(Index(investors_terms.n_classes[f])):
            _cancel_shares(funds, f, investors, f * n_classes + c, scratch, lanes)
            _retire(funds, f, investors, f * n_classes + c, scratch, lanes)


@jit
def _close_history(funds, f, history_row, lanes):
    """Keeps the closing NAV per share, at least 1e-6, for trailing returns: they divide by it."""
    for i in range(FIRST, lanes):
        funds.nav_history[history_row, i] = max(funds.navps[f, i], SMALLEST_NAVPS)


@jit
def _fail(funds, f, tally, nav_floor, unpaid_limit, lanes):
    """``failed`` once navps < nav_floor or redemptions stayed unpaid for more than the stated days."""
    for i in range(FIRST, lanes):
        is_failing = (funds.navps[f, i] < nav_floor) | (funds.unpaid_days[f, i] > unpaid_limit)
        tally.failed[f, i] = 1.0 if is_failing else tally.failed[f, i]
        tally.nav_end[f, i] = funds.nav[f, i]
        tally.nav_per_share_end[f, i] = funds.navps[f, i]


@jit
def close_funds(terms, prices, funds, tally, day, lanes):
    """Step 12: NAV at closing prices, kept for later returns."""
    n_assets, n_funds = count_rows(prices.price), count_rows(terms.count)
    n_back = count_rows(funds.nav_history) // n_funds
    for f in range(n_funds):
        _clear(funds.holdings, f, lanes)
        for j in range(n_assets):
            _value_asset(funds, f, f * n_assets + j, prices.close, j, lanes)
        _net_asset_value(funds, f, lanes)
        _drawdown(funds, f, tally, lanes)
        _close_history(funds, f, f * n_back + (day + ONE) % n_back, lanes)
        _fail(funds, f, tally, terms.nav_floor[f], terms.unpaid_days_limit[f], lanes)
