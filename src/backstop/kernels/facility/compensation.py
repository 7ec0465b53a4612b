"""Grants for realised losses, at the end of a period, and their clawback (docs/model.md, 7 and 11).

Rows are ``k*F + f``, of units ``f*J + j``. NAV per share is that at closing prices, before today's payment.
"""

import numpy as np

from backstop.kernels.facility.budgets import cut_to_budget, open_budget
from backstop.kernels.facility.claims import entitle
from backstop.kernels.facility.rationing import (
    ALL,
    add_credit,
    borrow,
    count_sponsors,
    count_unmet,
    open_money,
    share_out,
)
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, ONE, fma, inline, jit, rule
from backstop.kernels.machine.lanes import clear, is_any_at_least
from backstop.kernels.pool.moves import read_use
from backstop.terms import NO_BUDGET, Instrument


@jit
def _qualify(grants, row, loans, lanes):
    """A fund that may claim on some day of the period is paid at its end."""
    for i in range(FIRST, lanes):
        grants.qualifies[row, i] = max(grants.qualifies[row, i], loans.claim[row, i])


@jit
def _raise_hand(loans, row, lanes):
    for i in range(FIRST, lanes):
        loans.claim[row, i] = 1.0


@rule
def note_losers(terms, state, k, lanes):
    """Step 7: who may be paid for this period's loss."""
    n_funds = count_rows(terms.funds.count)
    for f in range(n_funds):
        row = k * n_funds + f
        if terms.facilities.is_eligible[k, f] > 0.0:
            _raise_hand(state.loans, row, lanes)
            entitle(state, k, f, row, lanes)
            _qualify(state.grants, row, state.loans, lanes)


@jit
def _add_value(grants, funds, row, prices, j, lanes):
    """``value += units * close``."""
    for i in range(FIRST, lanes):
        grants.value[FIRST, i] = fma(funds.units[row, i], prices.close[j, i], grants.value[FIRST, i])


@jit
def _per_share(grants, funds, f, lanes):
    """``value = (cash + holdings - debt) / max(shares, 1)``; holdings stand there so far."""
    for i in range(FIRST, lanes):
        nav = funds.cash[f, i] + grants.value[FIRST, i] - funds.net_debt[f, i]
        grants.value[FIRST, i] = nav / max(funds.shares[f, i], 1.0)


@jit
def _value_at_close(state, f, n_assets, lanes):
    """NAV per share of fund f at closing prices."""
    grants = state.grants
    clear(grants.value, FIRST, lanes)
    for j in range(n_assets):
        _add_value(grants, state.funds, f * n_assets + j, state.prices, j, lanes)
    _per_share(grants, state.funds, f, lanes)


@inline
def _layer(navps, held, shares, reference, attach, exhaust, share_frac):
    """``floor(share * (clip(fall, attach, exhaust) - attach) * reference * shares)``, `held` left out of the value.

    Who began with nothing has lost nothing.
    """
    fall = 1.0 - (navps - held / shares) / reference
    layer = np.floor(share_frac * (min(max(fall, attach), exhaust) - attach) * reference * shares)
    return layer if reference > 0.0 else 0.0


@jit
def _recover(grants, row, funds, f, attach, exhaust, share_frac, lanes):
    """``back = min(max(0, held - layer), cash)`` within the days of clawback."""
    for i in range(FIRST, lanes):
        held, shares = grants.held[row, i], max(funds.shares[f, i], 1.0)
        cash, watch = max(funds.cash[f, i], 0.0), grants.watch[row, i]
        due = _layer(grants.value[FIRST, i], held, shares, grants.paid_reference[row, i], attach, exhaust, share_frac)
        back = min(max(0.0, held - due), cash) if watch > 0.0 else 0.0
        grants.held[row, i] = held - back
        grants.watch[row, i] = max(0.0, watch - 1.0)
        grants.value[FIRST, i] -= back / shares
        grants.reference[row, i] -= back / shares
        grants.given[FIRST, i] = -back


@jit
def _give(grants, row, funds, f, tally, lanes):
    """What is given, negative where it is clawed back, reaches the fund."""
    for i in range(FIRST, lanes):
        given = grants.given[FIRST, i]
        funds.cash[f, i] += given
        funds.other_cash_in[f, i] += given
        grants.paid[row, i] += given
        tally.compensation_paid[f, i] += max(given, 0.0)
        tally.compensation_clawed_back[f, i] += max(-given, 0.0)
        tally.compensation_net[f, i] += given


@jit
def _book(grants, pool, count, tally, lanes):
    """A grant is a loss of the pool, though none of principal; what comes back is income."""
    for i in range(FIRST, lanes):
        given = grants.given[FIRST, i]
        paid, back = count * max(given, 0.0), count * max(-given, 0.0)
        pool.cash[FIRST, i] += back - paid
        pool.cash_out[FIRST, i] += paid
        pool.cash_in[FIRST, i] += back
        pool.loss[FIRST, i] += paid
        pool.income[FIRST, i] += back
        tally.loss[FIRST, i] -= paid


@jit
def _tally(grants, count, tally, lanes):
    for i in range(FIRST, lanes):
        given = count * grants.given[FIRST, i]
        tally.compensation_paid[FIRST, i] += max(given, 0.0)
        tally.compensation_clawed_back[FIRST, i] += max(-given, 0.0)
        tally.compensation_net[FIRST, i] += given


@jit
def move_grant(terms, state, f, row, lanes):
    """What is given, from the pool to fund f, on all accounts."""
    count, grants = terms.funds.count[f], state.grants
    _give(grants, row, state.funds, f, state.fund_tally, lanes)
    _book(grants, state.pool, count, state.path_tally, lanes)
    _tally(grants, count, state.path_tally, lanes)


@jit
def _refer_to_start(grants, row, lanes):
    """The loss of the period; the next one starts from here, whatever is paid added later."""
    for i in range(FIRST, lanes):
        grants.paid_reference[row, i] = grants.reference[row, i]
        grants.reference[row, i] = grants.value[FIRST, i]
        grants.held[row, i] = 0.0


@jit
def _refer_to_peak(grants, row, funds, f, lanes):
    """The fall from the peak; what was paid for a fall from an earlier one is the fund's for good."""
    for i in range(FIRST, lanes):
        peak = max(funds.peak[f, i], grants.value[FIRST, i])
        held = grants.held[row, i]
        grants.held[row, i] = held if peak <= grants.paid_reference[row, i] else 0.0
        grants.paid_reference[row, i] = peak


@jit
def _claim(rules, state, k, f, row, lanes):
    """``claim = max(0, min(layer - held, most - paid))`` of those who qualify."""
    grants, loans, funds, most = state.grants, state.loans, state.funds, rules.most_per_fund[k, f]
    attach, exhaust, share_frac = rules.attach[k], rules.exhaust[k], rules.share_frac[k]
    for i in range(FIRST, lanes):
        held, shares = grants.held[row, i], max(funds.shares[f, i], 1.0)
        due = _layer(grants.value[FIRST, i], held, shares, grants.paid_reference[row, i], attach, exhaust, share_frac)
        claim = max(0.0, min(due - held, most - grants.paid[row, i]))
        loans.claim[row, i] = claim if grants.qualifies[row, i] > 0.0 else 0.0
        loans.unmet[row, i] = 0.0
        grants.qualifies[row, i] = 0.0


@rule
def _review(terms, state, k, f, is_end, lanes):
    """Fund f at facility k today: clawback, and at the end of the period its claim."""
    rules, grants = terms.compensation, state.grants
    row = k * count_rows(terms.funds.count) + f
    is_watched = is_any_at_least(grants.watch, row, 1.0, lanes)
    if not (is_watched | is_end):
        return
    _value_at_close(state, f, count_columns(terms.funds.units_open), lanes)
    if is_watched:
        _recover(grants, row, state.funds, f, rules.attach[k], rules.exhaust[k], rules.share_frac[k], lanes)
        move_grant(terms, state, f, row, lanes)
    if is_end:
        if rules.is_from_peak[k]:
            _refer_to_peak(grants, row, state.funds, f, lanes)
        else:
            _refer_to_start(grants, row, lanes)
        _claim(rules, state, k, f, row, lanes)


@jit
def _cut_to_limits(terms, state, k, lanes):
    """Claims within what sponsors, then all, may get a period."""
    rules, members, counts, pool = terms.compensation, terms.members, terms.funds.count, state.pool
    if rules.most_per_sponsor[k] < NO_BUDGET:
        for sponsor in range(count_sponsors(members)):
            open_budget(pool, rules.most_per_sponsor[k], lanes)
            cut_to_budget(members, counts, pool, state.loans, k, sponsor, lanes)
    if rules.most_per_period[k] < NO_BUDGET:
        open_budget(pool, rules.most_per_period[k], lanes)
        cut_to_budget(members, counts, pool, state.loans, k, ALL, lanes)


@jit
def _hold(grants, row, loans, funds, f, days, lanes):
    """What is granted is given; the next period starts from the NAV per share that it leads to."""
    for i in range(FIRST, lanes):
        granted = loans.approved[row, i]
        grants.held[row, i] += granted
        grants.reference[row, i] += granted / max(funds.shares[f, i], 1.0)
        grants.watch[row, i] = days if granted > 0.0 else 0.0
        grants.given[FIRST, i] = granted


@rule
def _pay(terms, state, k, day, lanes):
    """Claims as far as the pool has money; in part where it has not."""
    counts, pool, loans, n_funds = terms.funds.count, state.pool, state.loans, count_rows(terms.funds.count)
    _cut_to_limits(terms, state, k, lanes)
    open_money(pool, lanes)
    if count_rows(pool.borrowed) > FIRST:
        add_credit(pool, terms.pool.borrow_multiple, lanes)
    share_out(terms.rationing.share_rule[k], terms.members, counts, state, k, lanes)
    for f in range(n_funds):
        row = k * n_funds + f
        count_unmet(pool, loans, row, counts[f], state.path_tally, lanes)
        clear(loans.unmet, row, lanes)
        _hold(state.grants, row, loans, state.funds, f, terms.compensation.clawback_days[k], lanes)
        move_grant(terms, state, f, row, lanes)
    if count_rows(pool.borrowed) > FIRST:
        borrow(pool, state.path_tally, lanes)
    read_use(pool, state.path_tally, float(day + ONE), lanes)


@rule
def compensate(terms, state, day, lanes):
    """Step 11: what recovered losses bring back, and at the end of a period what losses are paid."""
    n_funds = count_rows(terms.funds.count)
    for k in range(count_rows(terms.facilities.instrument)):
        if terms.facilities.instrument[k] != Instrument.COMPENSATION:
            continue
        is_end = (float(day) + 1.0) % terms.compensation.period_days[k] == 0.0
        for f in range(n_funds):
            if terms.facilities.is_eligible[k, f] > 0.0:
                _review(terms, state, k, f, is_end, lanes)
        if is_end:
            _pay(terms, state, k, day, lanes)
