"""Sales that settle later than at once: what is on its way, and selling ahead for it (docs/model.md, 2, 4, 8 and 9).

Rows of the ring are ``f*N + slot``. What is receivable lowers `net_debt` and `other_cash_in`, so that neither NAV nor
the books of funds need to know of it.
"""

import numpy as np

from backstop.kernels.facility.covenants import has_payout_limits, limit_sight
from backstop.kernels.funds.causes import cut_ahead, keep_causes_in_sight, see_causes_where_live, share_ahead
from backstop.kernels.funds.exits import has_exit_rules
from backstop.kernels.funds.marks import free_cash
from backstop.kernels.funds.owing import owe, owe_less
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, jit, rule
from backstop.kernels.machine.lanes import clear


@jit
def _arrive(funds, f, row, lanes):
    """``cash += settling(t); receivable -= settling(t)``."""
    for i in range(FIRST, lanes):
        arriving = funds.settling[row, i]
        funds.cash[f, i] += arriving
        funds.other_cash_in[f, i] += arriving
        owe(funds, f, arriving, i)
        funds.receivable[f, i] -= arriving
        funds.settling[row, i] = 0.0


@jit
def add_receivable(funds, f, sign, total, lanes):
    """``total += sign * receivable``, for what reads the debt and not the net debt."""
    for i in range(FIRST, lanes):
        total[FIRST, i] += sign * funds.receivable[f, i]


@rule
def receive_proceeds(funds, day, lanes):
    """Step 2: what settles today."""
    n_funds = count_rows(funds.receivable)
    if n_funds > FIRST:
        n_slots = count_rows(funds.settling) // n_funds
        for f in range(n_funds):
            _arrive(funds, f, f * n_slots + day % n_slots, lanes)


@jit
def _add_queue(funds, f, investors, queue_row, lanes):
    for i in range(FIRST, lanes):
        funds.ahead[f, i] += investors.queue[queue_row, i]


@jit
def _value_ahead(funds, f, lanes):
    """Shares to money."""
    for i in range(FIRST, lanes):
        funds.ahead[f, i] *= max(funds.navps[f, i], 0.0)


@jit
def _add_waiting(funds, f, lanes):
    """``ahead += ripe - due``, what a gate holds back today."""
    for i in range(FIRST, lanes):
        funds.ahead[f, i] += funds.ripe[f, i] - (funds.due[f, i] + funds.netted[f, i])


@jit
def _pass_gate(funds, f, most, lanes):
    """``ahead = min(ahead, days * gate_frac * max(nav, 0))``, `most` the gate of all days."""
    for i in range(FIRST, lanes):
        funds.ahead[f, i] = min(funds.ahead[f, i], most * max(funds.nav[f, i], 0.0))


@jit
def _look_ahead_of(terms, has_rules, state, f, days, today, lanes):
    """What falls due within `days` days of `today`, as far as the queue reaches."""
    funds, investors, n_classes = state.funds, state.investors, count_columns(terms.share_frac)
    n_notice = count_rows(investors.queue) // count_rows(investors.shares)
    for c in range(Index(terms.n_classes[f])):
        row = f * n_classes + c
        for ahead in range(ONE, min(days + ONE, n_notice)):
            _add_queue(funds, f, investors, row * n_notice + (today + ahead) % n_notice, lanes)
    _value_ahead(funds, f, lanes)
    if has_rules:
        _add_waiting(funds, f, lanes)
    share_ahead(state.causes, funds, f, count_rows(terms.share_frac), days, today, has_rules, lanes)
    if has_rules:
        _pass_gate(funds, f, float(days) * terms.gate_frac[f], lanes)


@rule
def look_ahead(terms, covenants, ahead_days, state, day, lanes):
    """Step 4: what each fund already sells for today; `day` counts from 0."""
    funds, n_funds, is_limited = state.funds, count_rows(ahead_days), has_payout_limits(covenants)
    for f in range(count_rows(funds.ahead)):
        clear(funds.ahead, f, lanes)
        if ahead_days[f] > 0:
            has_rules = has_exit_rules(terms, f) | is_limited
            _look_ahead_of(terms, has_rules, state, f, Index(ahead_days[f]), day + ONE, lanes)
            if is_limited:
                limit_sight(covenants, state.loans, funds, f, float(ahead_days[f]), n_funds, lanes)
            cut_ahead(state.causes, funds, f, n_funds, lanes)


@jit
def raise_ahead(funds, f, n_floors, lanes):
    """Step 8: ``raise = owed + ahead - free - receivable``, and a quantum for each floor."""
    for i in range(FIRST, lanes):
        holdings = funds.holdings[f, i]
        free = free_cash(funds, f, i)
        missing = funds.owed[f, i] + funds.ahead[f, i] - free - funds.receivable[f, i]
        to_raise = missing + n_floors if missing > 0.0 else 0.0
        funds.raise_share[f, i] = to_raise / holdings if holdings > 0.0 else 0.0
        funds.left[f, i] = to_raise


@jit
def settle_later(funds, f, row, prices, j, slot_row, lanes):
    """Step 9: ``receivable += floor(n * X)``, into the ring's `slot_row`."""
    for i in range(FIRST, lanes):
        proceeds = np.floor(funds.to_sell[row, i] * prices.execution[j, i])
        funds.settling[slot_row, i] += proceeds
        funds.receivable[f, i] += proceeds
        owe_less(funds, f, proceeds, i)
        funds.other_cash_in[f, i] -= proceeds


@jit
def _keep_in_sight(funds, f, lanes):
    for i in range(FIRST, lanes):
        funds.ahead[f, i] += funds.due[f, i] - funds.paid[f, i]


@rule
def keep_unpaid_in_sight(ahead_days, funds, causes, lanes):
    """Step 9: what was due and waits for settlement."""
    for f in range(count_rows(funds.ahead)):
        if ahead_days[f] > 0:
            _keep_in_sight(funds, f, lanes)
    keep_causes_in_sight(ahead_days, causes, lanes)


@jit
def _see_nothing(funds, f, rounds, lanes):
    for i in range(FIRST, lanes):
        funds.ahead[f, i] *= rounds.is_live[FIRST, i]


@jit
def look_ahead_where_live(funds, causes, rounds, lanes):
    """Step 9, before another round: paths that have settled raise nothing more."""
    for f in range(count_rows(funds.ahead)):
        _see_nothing(funds, f, rounds, lanes)
    see_causes_where_live(causes, rounds, lanes)


@jit
def _excuse(funds, f, lanes):
    for i in range(FIRST, lanes):
        funds.sale_cost[f, i] += funds.receivable[f, i]


@rule
def excuse_unsettled(funds, lanes):
    """Step 10: no default for what is on its way."""
    for f in range(count_rows(funds.receivable)):
        _excuse(funds, f, lanes)


@jit
def _settle_at_once(funds, f, lanes):
    for i in range(FIRST, lanes):
        funds.cash[f, i] += funds.receivable[f, i]
        owe(funds, f, funds.receivable[f, i], i)


@rule
def settle_at_horizon(funds, lanes):
    """At the horizon what is on its way counts as cash."""
    for f in range(count_rows(funds.receivable)):
        _settle_at_once(funds, f, lanes)
