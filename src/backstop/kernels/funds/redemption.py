"""What investors ask for and what they are paid (docs/model.md, 4 and 9). Rows of classes are ``f*C + c``."""

import numpy as np

from backstop.kernels.facility.announcement import has_announcement
from backstop.kernels.facility.covenants import has_payout_limits, limit_payouts
from backstop.kernels.funds.causes import (
    GAINS,
    STRESSED,
    brings_money,
    pay_all_causes,
    pay_causes,
    release_new_money,
    ring_row,
)
from backstop.kernels.funds.exits import apply_exit_rules, has_exit_rules
from backstop.kernels.funds.marks import return_since
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, fma, inline, jit, rule
from backstop.kernels.machine.lanes import clear, is_any_at_least
from backstop.kernels.machine.vecmath import power


@inline
def _class_row(terms, f, c):
    """Row of class c of fund f."""
    return f * count_columns(terms.share_frac) + c


@inline
def _queue_row(investors, row, day):
    """Row in the queue of what the class of `row` asked for `day`."""
    n_notice = count_rows(investors.queue) // count_rows(investors.shares)
    return row * n_notice + day % n_notice


@inline
def _cause_row(terms, causes, x, f, day):
    """So of cause x, all classes of fund f together."""
    return ring_row(causes, x, f, count_rows(terms.share_frac), day)


@inline
def _back_row(terms, f, c, funds, today):
    """Row of the close that class c of fund f compares today with."""
    n_back = count_rows(funds.nav_history) // count_rows(terms.share_frac)
    return f * n_back + (today + n_back - Index(terms.horizon_days[f, c])) % n_back


@inline
def _due_day(terms, f, c, today):
    """When class c of fund f is paid what it asks for today."""
    return today + Index(terms.notice_days[f, c])


@jit
def _fall_due(investors, row, queue_row, funds, f, lanes):
    """``late += floor(overdue * worth); overdue += queue(t); due = floor(overdue * worth)``, a share worth navps."""
    for i in range(FIRST, lanes):
        worth = max(funds.navps[f, i], 0.0)
        before = investors.overdue[row, i]
        overdue = before + investors.queue[queue_row, i]
        due = np.floor(overdue * worth)
        funds.late[f, i] += np.floor(before * worth)
        funds.due[f, i] += due
        investors.queue[queue_row, i] = 0.0
        investors.overdue[row, i] = overdue
        investors.due[row, i] = due


@jit
def _note_free(investors, row, lanes):
    """``free = shares - queued``, before new money."""
    for i in range(FIRST, lanes):
        investors.free[FIRST, i] = investors.shares[row, i] - investors.queued[row, i]


@inline
def _join(investors, row, funds, f, brought, i):
    """``money = floor(brought * navps)``, for shares at navps."""
    worth = max(funds.navps[f, i], 0.0)
    money = np.floor(brought * worth)
    shares = money / worth if money > 0.0 else 0.0
    investors.shares[row, i] += shares
    funds.shares[f, i] += shares
    funds.inflow[f, i] += money


@jit
def _subscribe_at_base(terms, f, c, investors, funds, lanes):
    """``brought = base * max(free, 0)``."""
    row, base = _class_row(terms, f, c), min(terms.daily_cap[f, c], terms.base_inflow[f, c])
    for i in range(FIRST, lanes):
        _join(investors, row, funds, f, base * max(investors.free[FIRST, i], 0.0), i)


@jit
def _subscribe(terms, f, c, investors, funds, today, lanes):
    """``brought = base * wet * max(free, 0) + min(cap - base, slope * max(0, r - tolerance)) * max(shares, 0)``.

    ``wet = max(0, 1 - dry * max(0, -r - tolerance))`` of the base inflow comes.
    """
    row, back_row = _class_row(terms, f, c), _back_row(terms, f, c, funds, today)
    cap, slope, tolerance = terms.daily_cap[f, c], terms.bull_slope[f, c], terms.tolerance[f, c]
    base, dry = min(cap, terms.base_inflow[f, c]), terms.inflow_dry[f, c]
    for i in range(FIRST, lanes):
        r = return_since(funds, f, back_row, i)
        rate = min(cap - base, slope * max(0.0, r - tolerance))
        wet = max(0.0, 1.0 - dry * max(0.0, -r - tolerance))
        at_base = base * wet * max(investors.free[FIRST, i], 0.0)
        _join(investors, row, funds, f, fma(rate, max(investors.shares[row, i], 0.0), at_base), i)


@jit
def _subscribe_of(terms, f, c, investors, funds, today, lanes):
    """What class c of fund f brings."""
    if (terms.bull_slope[f, c] > 0.0) | (terms.inflow_dry[f, c] > 0.0):
        _subscribe(terms, f, c, investors, funds, today, lanes)
    elif min(terms.daily_cap[f, c], terms.base_inflow[f, c]) > 0.0:
        _subscribe_at_base(terms, f, c, investors, funds, lanes)


@jit
def _receive(funds, f, tally, lanes):
    """The day's new money, of all classes, into cash."""
    for i in range(FIRST, lanes):
        money = funds.inflow[f, i]
        funds.cash[f, i] += money
        funds.nav[f, i] += money
        funds.other_cash_in[f, i] += money
        tally.subscribed[f, i] += money


@inline
def _ask(investors, row, queue_row, funds, f, s, tally, i):
    """Shares `s` join the queue."""
    investors.queue[queue_row, i] += s
    investors.queued[row, i] += s
    funds.requested_shares[f, i] += s
    tally.redemption_requested[f, i] += np.floor(s * max(funds.navps[f, i], 0.0))


@jit
def _request_at_base(terms, f, c, state, today, lanes):
    """``s = base * free``."""
    investors, funds, tally = state.investors, state.funds, state.fund_tally
    row, base = _class_row(terms, f, c), min(terms.daily_cap[f, c], terms.base_rate[f, c])
    queue_row = _queue_row(investors, row, _due_day(terms, f, c, today))
    for i in range(FIRST, lanes):
        _ask(investors, row, queue_row, funds, f, base * investors.free[FIRST, i], tally, i)


@jit
def _request(terms, f, c, state, today, lanes):
    """``stressed = min(cap - base, slope * max(0, -r - tolerance)); s = (base + stressed) * free``."""
    investors, funds, causes, tally = state.investors, state.funds, state.causes, state.fund_tally
    slope, tolerance, cap = terms.bear_slope[f, c], terms.tolerance[f, c], terms.daily_cap[f, c]
    row, back_row, due_day = (
        _class_row(terms, f, c), _back_row(terms, f, c, funds, today), _due_day(terms, f, c, today))
    queue_row, cause_row, base = (
        _queue_row(investors, row, due_day), _cause_row(terms, causes, STRESSED, f, due_day),
        min(cap, terms.base_rate[f, c]))
    for i in range(FIRST, lanes):
        free = investors.free[FIRST, i]
        r = return_since(funds, f, back_row, i)
        stressed = min(cap - base, slope * max(0.0, -r - tolerance))
        _ask(investors, row, queue_row, funds, f, (base + stressed) * free, tally, i)
        causes.queue[cause_row, i] += stressed * free


@jit
def _request_on_a_curve(terms, f, c, state, index, today, lanes):
    """`_request` with the loss to a power, a slope that grows by ``growth * max(D, 0)``, and those who stay."""
    investors, funds, causes, tally = state.investors, state.funds, state.causes, state.fund_tally
    slope, tolerance, cap = terms.bear_slope[f, c], terms.tolerance[f, c], terms.daily_cap[f, c]
    exponent, growth, dislocation = terms.bear_power[f, c], terms.illiquidity_slope[f, c], state.prices.dislocation
    row, back_row, due_day = (
        _class_row(terms, f, c), _back_row(terms, f, c, funds, today), _due_day(terms, f, c, today))
    queue_row, cause_row, base = (
        _queue_row(investors, row, due_day), _cause_row(terms, causes, STRESSED, f, due_day),
        min(cap, terms.base_rate[f, c]))
    for i in range(FIRST, lanes):
        free = investors.free[FIRST, i]
        r = return_since(funds, f, back_row, i)
        steepness = slope * fma(growth, max(dislocation[index, i], 0.0), 1.0)
        stressed = min(cap - base, steepness * power(max(0.0, -r - tolerance), exponent))
        stressed *= 1.0 - funds.stay[f, i]
        _ask(investors, row, queue_row, funds, f, (base + stressed) * free, tally, i)
        causes.queue[cause_row, i] += stressed * free


@jit
def _take_gains(terms, f, c, state, today, lanes):
    """``g = min(cap - base, slope * max(0, r - tolerance)) * free``."""
    investors, funds, causes, tally = state.investors, state.funds, state.causes, state.fund_tally
    slope, tolerance, cap = terms.gain_slope[f, c], terms.tolerance[f, c], terms.daily_cap[f, c]
    row, back_row, due_day = (
        _class_row(terms, f, c), _back_row(terms, f, c, funds, today), _due_day(terms, f, c, today))
    queue_row, cause_row, room = (
        _queue_row(investors, row, due_day), _cause_row(terms, causes, GAINS, f, due_day),
        cap - min(cap, terms.base_rate[f, c]))
    for i in range(FIRST, lanes):
        r = return_since(funds, f, back_row, i)
        g = min(room, slope * max(0.0, r - tolerance)) * investors.free[FIRST, i]
        _ask(investors, row, queue_row, funds, f, g, tally, i)
        causes.queue[cause_row, i] += g


@jit
def _request_of(terms, f, c, state, index, today, reassures, lanes):
    """What class c of fund f asks back."""
    if terms.bear_slope[f, c] == 0.0:
        _request_at_base(terms, f, c, state, today, lanes)
    elif terms.bear_power[f, c] == 1.0 and terms.illiquidity_slope[f, c] == 0.0 and not reassures:
        _request(terms, f, c, state, today, lanes)
    else:
        _request_on_a_curve(terms, f, c, state, index, today, lanes)
    if terms.gain_slope[f, c] > 0.0:
        _take_gains(terms, f, c, state, today, lanes)


@jit
def _serve_class(terms, state, f, c, index, today, reassures, lanes):
    """Class c of fund f: its new money, what falls due today, its new requests."""
    investors, funds, row = state.investors, state.funds, _class_row(terms, f, c)
    _note_free(investors, row, lanes)
    _subscribe_of(terms, f, c, investors, funds, today, lanes)
    _fall_due(investors, row, _queue_row(investors, row, today), funds, f, lanes)
    _request_of(terms, f, c, state, index, today, reassures, lanes)


@rule
def move_money(arm, state, index, day, lanes):
    """Step 4: new money, what falls due today, new requests; `day` counts from 0, D is that of asset `index`."""
    funds, investors, tally, terms = state.funds, state.investors, state.fund_tally, arm.investors
    is_limited, reassures = has_payout_limits(arm.covenants), has_announcement(arm.facilities)
    n_funds = count_rows(terms.share_frac)
    for f in range(n_funds):
        clear(funds.due, f, lanes)
        clear(funds.late, f, lanes)
        clear(funds.inflow, f, lanes)
        clear(funds.requested_shares, f, lanes)
        for c in range(Index(terms.n_classes[f])):
            _serve_class(terms, state, f, c, index, day + ONE, reassures, lanes)
        if brings_money(terms, f):
            _receive(funds, f, tally, lanes)
        if has_exit_rules(terms, f) | is_limited:
            apply_exit_rules(terms, funds, f, investors, tally, lanes)
            if is_limited:
                limit_payouts(arm.covenants, state.loans, funds, f, n_funds, tally, lanes)


@rule
def _pay(funds, f, tally, lanes):
    """``paid = min(due, cash)``; arrears start anew once what was late is paid, and end with all that is due."""
    for i in range(FIRST, lanes):
        due = funds.due[f, i]
        paid = min(due, funds.cash[f, i])
        days = 1.0 if funds.late[f, i] <= paid else funds.unpaid_days[f, i] + 1.0
        funds.paid[f, i] = paid
        funds.cash[f, i] -= paid
        funds.unpaid_days[f, i] = days if paid < due else 0.0
        tally.redemption_paid[f, i] += paid


@jit
def _note_shortfall(funds, f, tally, lanes):
    """A day on which what was late stayed unpaid."""
    for i in range(FIRST, lanes):
        is_late = 1.0 if funds.unpaid_days[f, i] >= 2.0 else 0.0
        lacking = is_late * (funds.late[f, i] - funds.paid[f, i])
        tally.shortfall_days[f, i] += is_late
        tally.shortfall_peak[f, i] = max(tally.shortfall_peak[f, i], lacking)


@jit
def _apportion(funds, f, ripe, price, investors, row, lanes):
    """A class's part of the payment by cumulative remainder, and the shares that it loses.

    Row f of `ripe` is what all classes may have, that of `price` what a share is paid.
    """
    for i in range(FIRST, lanes):
        due, due_f, paid_f = investors.due[row, i], ripe[f, i], funds.paid[f, i]
        overdue, worth = investors.overdue[row, i], price[f, i]
        due_so_far = investors.due_so_far[FIRST, i] + due
        is_whole = (paid_f == due_f) | (due_so_far == due_f)
        paid_so_far = paid_f if is_whole else np.floor(paid_f * due_so_far / due_f)
        paid = min(paid_so_far - investors.paid_so_far[FIRST, i], due)
        investors.due_so_far[FIRST, i] = due_so_far
        investors.paid_so_far[FIRST, i] += paid
        investors.retired[FIRST, i] = overdue if paid == due else paid / worth


@jit
def _retire(funds, f, investors, row, lanes):
    """Shares paid for leave the fund, the class, its queue and what is overdue."""
    for i in range(FIRST, lanes):
        retired = investors.retired[FIRST, i]
        investors.overdue[row, i] -= retired
        investors.queued[row, i] -= retired
        investors.shares[row, i] -= retired
        funds.shares[f, i] -= retired


@jit
def _retire_all(funds, f, investors, row, lanes):
    """`_apportion` and `_retire` where every lane is paid in full."""
    for i in range(FIRST, lanes):
        retired = investors.overdue[row, i]
        investors.overdue[row, i] = 0.0
        investors.queued[row, i] -= retired
        investors.shares[row, i] -= retired
        funds.shares[f, i] -= retired


@jit
def _pay_classes(terms, funds, f, ripe, price, investors, lanes):
    """The payment of fund f, class by class."""
    clear(investors.due_so_far, FIRST, lanes)
    clear(investors.paid_so_far, FIRST, lanes)
    for c in range(Index(terms.n_classes[f])):
        _apportion(funds, f, ripe, price, investors, _class_row(terms, f, c), lanes)
        _retire(funds, f, investors, _class_row(terms, f, c), lanes)


@rule
def pay_redemptions(terms, covenants, state, lanes):
    """Step 9: what is due is paid as far as cash goes, to classes pro rata."""
    funds, investors, causes, tally = state.funds, state.investors, state.causes, state.fund_tally
    n_funds, is_limited = count_rows(terms.share_frac), has_payout_limits(covenants)
    for f in range(n_funds):
        release_new_money(terms, funds, f, lanes)
        _pay(funds, f, tally, lanes)
        if is_any_at_least(funds.unpaid_days, f, 2.0, lanes):
            _note_shortfall(funds, f, tally, lanes)
        if has_exit_rules(terms, f) | is_limited:
            _pay_classes(terms, funds, f, funds.ripe, funds.exit_price, investors, lanes)
            pay_causes(causes, funds, f, n_funds, funds.ripe, lanes)
        elif is_any_at_least(funds.unpaid_days, f, 1.0, lanes):
            _pay_classes(terms, funds, f, funds.due, funds.navps, investors, lanes)
            pay_causes(causes, funds, f, n_funds, funds.due, lanes)
        else:
            for c in range(Index(terms.n_classes[f])):
                _retire_all(funds, f, investors, _class_row(terms, f, c), lanes)
            pay_all_causes(causes, f, n_funds, lanes)
