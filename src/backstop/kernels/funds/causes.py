"""What money is owed for, and what was sold for it: the causes of sales (docs/model.md, 4, 8 and 9).

Of what investors ask, `causes` keeps what is not ordinary: row ``x*F + f`` for cause x (stressed, then gains) of fund
f. What is left of a total is ordinary.
"""

import numpy as np

from backstop.kernels.facility.covenants import has_payout_limits
from backstop.kernels.funds.exits import has_exit_rules
from backstop.kernels.funds.response import note_cut
from backstop.kernels.funds.solvency import tell_apart
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, floor, inline, jit, over_lanes, rule
from backstop.kernels.machine.lanes import clear
from backstop.kernels.machine.packs import choose, zero

STRESSED, GAINS = range(2)


@inline
def count_causes(causes, n_funds):
    """How many causes of requests, besides the ordinary one, the arm knows."""
    return count_rows(causes.overdue) // n_funds


@inline
def cause_row(x, f, n_funds):
    """Row of cause x of fund f."""
    return Index(x) * n_funds + f


@inline
def ring_row(causes, x, f, n_funds, day):
    """Row in the queue of what falls due on `day`."""
    n_notice = count_rows(causes.queue) // count_rows(causes.overdue)
    return cause_row(x, f, n_funds) * n_notice + day % n_notice


@jit
def _open_dues(causes, funds, f, lanes):
    """``rest = due``."""
    for i in range(FIRST, lanes):
        causes.rest_due[FIRST, i] = funds.due[f, i]


@jit
def _due_of_cause(causes, row, queue_row, funds, f, ripe, price, lanes):
    """``overdue += queue(t); due_x = min(overdue * exit * due / ripe, rest); rest -= due_x``."""
    for i in range(FIRST, lanes):
        overdue, rest = causes.overdue[row, i] + causes.queue[queue_row, i], causes.rest_due[FIRST, i]
        of_all, of_today = ripe[f, i], funds.due[f, i]
        passed = of_today / of_all if of_all > 0.0 else 0.0
        due = min(overdue * max(price[f, i], 0.0) * passed, rest)
        causes.overdue[row, i] = overdue
        causes.queue[queue_row, i] = 0.0
        causes.due[row, i] = due
        causes.rest_due[FIRST, i] = rest - due


@jit
def _set_aside(causes, funds, f, lanes):
    """``netted = min(floor(ordinary), inflow)`` leaves cash and due until leavers are paid."""
    for i in range(FIRST, lanes):
        netted = min(np.floor(causes.rest_due[FIRST, i]), funds.inflow[f, i])
        funds.netted[f, i] = netted
        funds.cash[f, i] -= netted
        funds.due[f, i] -= netted


@jit
def _owe(funds, f, lanes):
    """``owed = due + called``, to which facilities and outside lenders may add."""
    for i in range(FIRST, lanes):
        funds.owed[f, i] = funds.due[f, i] + funds.called[f, i]


@inline
def brings_money(terms, f):
    """Whether any class of fund f ever brings new money."""
    n = 0
    for c in range(Index(terms.n_classes[f])):
        n += 1 if (terms.base_inflow[f, c] > 0.0) | (terms.bull_slope[f, c] > 0.0) else 0
    return n > 0


@jit
def _dues_of_causes(causes, f, n_funds, today, funds, ripe, price, lanes):
    for x in range(count_causes(causes, n_funds)):
        _due_of_cause(causes, cause_row(x, f, n_funds), ring_row(causes, x, f, n_funds, today), funds, f, ripe, price,
                      lanes)


@rule
def split_dues(terms, covenants, state, day, lanes):
    """Step 4: what is due by cause, and the new money that pays ordinary dues; `day` counts from 0."""
    funds, causes, today = state.funds, state.causes, day + ONE
    n_funds, is_limited = count_rows(terms.share_frac), has_payout_limits(covenants)
    for f in range(n_funds):
        _open_dues(causes, funds, f, lanes)
        if has_exit_rules(terms, f) | is_limited:
            _dues_of_causes(causes, f, n_funds, today, funds, funds.ripe, funds.exit_price, lanes)
        else:
            _dues_of_causes(causes, f, n_funds, today, funds, funds.due, funds.navps, lanes)
        if brings_money(terms, f):
            _set_aside(causes, funds, f, lanes)
        _owe(funds, f, lanes)


@jit
def _waiting_of_cause(causes, row, funds, f, lanes):
    """``overdue * exit * (1 - due / ripe)``, what a gate holds back."""
    for i in range(FIRST, lanes):
        due, ripe = funds.due[f, i] + funds.netted[f, i], funds.ripe[f, i]
        held = 1.0 - due / ripe if ripe > 0.0 else 0.0
        causes.ahead[row, i] = causes.overdue[row, i] * funds.exit_price[f, i] * held


@jit
def _queue_of_cause(causes, row, queue_row, funds, f, lanes):
    for i in range(FIRST, lanes):
        causes.ahead[row, i] += max(funds.navps[f, i], 0.0) * causes.queue[queue_row, i]


@jit
def _share_ahead(causes, row, funds, f, lanes):
    """A cause's share of what is ahead, before gates cut it."""
    for i in range(FIRST, lanes):
        of_cause, ahead = max(causes.ahead[row, i], 0.0), funds.ahead[f, i]
        causes.ahead[row, i] = min(1.0, of_cause / ahead) if ahead > 0.0 else 0.0


@jit
def share_ahead(causes, funds, f, n_funds, days, today, has_rules, lanes):
    """Step 4, while `ahead` is not cut yet: the share of each cause in what falls due within `days` days."""
    for x in range(count_causes(causes, n_funds)):
        row = cause_row(x, f, n_funds)
        if has_rules:
            _waiting_of_cause(causes, row, funds, f, lanes)
        else:
            clear(causes.ahead, row, lanes)
        n_notice = count_rows(causes.queue) // count_rows(causes.overdue)
        for later in range(ONE, min(days + ONE, n_notice)):
            _queue_of_cause(causes, row, ring_row(causes, x, f, n_funds, today + later), funds, f, lanes)
        _share_ahead(causes, row, funds, f, lanes)


@jit
def _cut_ahead(causes, row, funds, f, lanes):
    for i in range(FIRST, lanes):
        causes.ahead[row, i] *= funds.ahead[f, i]


@jit
def cut_ahead(causes, funds, f, n_funds, lanes):
    """Step 4, once gates have cut it: shares become amounts."""
    for x in range(count_causes(causes, n_funds)):
        _cut_ahead(causes, cause_row(x, f, n_funds), funds, f, lanes)


@jit
def _release(funds, f, lanes):
    """What new money paid is due, and cash, again."""
    for i in range(FIRST, lanes):
        funds.cash[f, i] += funds.netted[f, i]
        funds.due[f, i] += funds.netted[f, i]


@jit
def release_new_money(terms, funds, f, lanes):
    """Step 9, before leavers are paid."""
    if brings_money(terms, f):
        _release(funds, f, lanes)


@jit
def _pay_cause(causes, row, funds, f, ripe, lanes):
    """``overdue *= 1 - part * due / ripe``, and what is not paid of ``due_x`` stays in it."""
    for i in range(FIRST, lanes):
        due, netted, of_all = funds.due[f, i], funds.netted[f, i], ripe[f, i]
        beyond, paid = due - netted, funds.paid[f, i]
        part = (paid - netted) / beyond if beyond > 0.0 else 1.0
        passed = due / of_all if of_all > 0.0 else 0.0
        overdue = causes.overdue[row, i] * (1.0 - part * passed)
        causes.overdue[row, i] = overdue if paid < of_all else 0.0
        causes.due[row, i] *= 1.0 - part


@jit
def pay_causes(causes, funds, f, n_funds, ripe, lanes):
    """Step 9: what is left unpaid keeps its cause; row f of `ripe` is what was due before gates."""
    for x in range(count_causes(causes, n_funds)):
        _pay_cause(causes, cause_row(x, f, n_funds), funds, f, ripe, lanes)


@jit
def pay_all_causes(causes, f, n_funds, lanes):
    """`pay_causes` where every lane is paid in full."""
    for x in range(count_causes(causes, n_funds)):
        clear(causes.overdue, cause_row(x, f, n_funds), lanes)
        clear(causes.due, cause_row(x, f, n_funds), lanes)


@jit
def _keep_in_sight(causes, row, lanes):
    for i in range(FIRST, lanes):
        causes.ahead[row, i] += causes.due[row, i]


@jit
def keep_causes_in_sight(ahead_days, causes, lanes):
    """Step 9, after the payment: what waits for settlement is ahead, and nothing is due in later rounds."""
    n_funds = count_rows(ahead_days)
    for row in range(count_rows(causes.due)):
        if count_rows(causes.ahead) > FIRST and ahead_days[row % n_funds] > 0:
            _keep_in_sight(causes, row, lanes)
        clear(causes.due, row, lanes)


@jit
def _see_nothing(causes, row, rounds, lanes):
    for i in range(FIRST, lanes):
        causes.ahead[row, i] *= rounds.is_live[FIRST, i]


@jit
def see_causes_where_live(causes, rounds, lanes):
    """Step 9, before another round."""
    for row in range(count_rows(causes.ahead)):
        _see_nothing(causes, row, rounds, lanes)


@inline
def _gross_for_payments(causes, funds, f, evaluation, tally, i):
    """``gross - pressed``, ``pressed = min(floor(planned), gross)``, all of it where nothing was to be raised."""
    gross = causes.gross[FIRST, i]
    pressed = min(floor(evaluation.planned[f, i]), gross)
    pressed = choose(funds.raise_share[f, i] > 0.0, pressed, gross)
    tally.sales_pressure[f, i] += pressed
    tally.forced_sales[f, i] += pressed
    causes.to_share[FIRST, i] = gross - pressed
    return gross - pressed


@inline
def _owing(funds, f, i):
    """``owed + ahead``."""
    owing = funds.owed[f, i]
    if count_rows(funds.ahead) > FIRST:
        owing += funds.ahead[f, i]
    return owing


@inline
def _with_cause(weight, causes, x, f, n_funds, i):
    """``weight + due_x + ahead_x``."""
    row = cause_row(x, f, n_funds)
    weight += causes.due[row, i]
    if count_rows(causes.ahead) > FIRST:
        weight += causes.ahead[row, i]
    return weight


@inline
def _sold_for(to_share, weight, owing, i):
    """``C_x = floor(to_share * min(1, weight / owing))``, `weight` that of the causes up to x."""
    return floor(to_share * choose(owing > 0.0, min(1.0, weight / owing), zero(i)))


@over_lanes
def _share_by_cause(state, f, i):
    """``sales_x += C_x - C_(x-1)``, cause by cause; what no other cause has is ordinary."""
    funds, causes, lenders, tally = state.funds, state.causes, state.lenders, state.fund_tally
    n_funds = count_rows(funds.cash)
    n_causes = count_causes(causes, n_funds)
    to_share = _gross_for_payments(causes, funds, f, state.evaluation, tally, i)
    owing, weight, sold, gains = _owing(funds, f, i), zero(i), zero(i), zero(i)
    if n_causes > STRESSED:
        weight = _with_cause(weight, causes, STRESSED, f, n_funds, i)
        sold = _sold_for(to_share, weight, owing, i)
        tally.sales_stressed[f, i] += sold
    if n_causes > GAINS:
        before, weight = sold, _with_cause(weight, causes, GAINS, f, n_funds, i)
        sold = _sold_for(to_share, weight, owing, i)
        gains = sold - before
        tally.sales_gains[f, i] += gains
    if count_rows(lenders.recalled) > FIRST:
        before, weight = sold, weight + lenders.recalled[f, i]
        sold = _sold_for(to_share, weight, owing, i)
        tally.sales_lenders[f, i] += sold - before
    if count_rows(state.system_keys.phase) > FIRST:
        before, weight = sold, weight + funds.called[f, i]
        sold = _sold_for(to_share, weight, owing, i)
        tally.sales_facilities[f, i] += sold - before
    tally.forced_sales[f, i] += sold - gains
    tally.sales_ordinary[f, i] += to_share - sold


@jit
def share_sales(state, f, lanes):
    """Step 9: the gross sales of fund f in this round, by cause with a cumulative remainder."""
    _share_by_cause(state, f, lanes)
    if count_rows(state.solvency.share) > FIRST:
        tell_apart(state.causes, state.evaluation, f, state.solvency, state.fund_tally, lanes)
    if count_rows(state.evaluation.theta) > FIRST:
        note_cut(state.evaluation, state.funds, f, lanes)
