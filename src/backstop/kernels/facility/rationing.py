"""How claims are cut to caps and to the pool's money (docs/model.md, 7). Rows of loans are ``k*F + f``.

Fund amounts enter times `count`, the number of funds that a row stands for. All amounts are whole quanta.
"""

import numpy as np

from backstop.kernels.facility.cuts import add_claims, count_cut_by_pool
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, fma, inline, jit, over_lanes, rule
from backstop.kernels.machine.lanes import clear, copy
from backstop.kernels.machine.packs import choose, zero
from backstop.terms import NO_CAP, ShareRule
from backstop.terms.declare import covers

ALL = -1
"""In place of a sponsor: funds of all sponsors and of none."""


@jit
def open_shares(pool, lanes):
    """Nothing wanted, nothing allotted yet."""
    for i in range(FIRST, lanes):
        pool.claimed[FIRST, i] = 0.0
        pool.claimed_so_far[FIRST, i] = 0.0
        pool.allotted_so_far[FIRST, i] = 0.0


@jit
def _add_claim(pool, loans, row, count, lanes):
    """``total += count * w``, w what is left of the claim."""
    for i in range(FIRST, lanes):
        pool.claimed[FIRST, i] += count * (loans.claim[row, i] - loans.approved[row, i])


@jit
def find_ratio(pool, lanes):
    """``ratio = 1 if total <= available else available / total``."""
    for i in range(FIRST, lanes):
        total, available = pool.claimed[FIRST, i], pool.available[FIRST, i]
        pool.ratio[FIRST, i] = 1.0 if total <= available else available / total


@jit
def _share_claim(pool, loans, row, count, lanes):
    """``A = min(floor(C * ratio), available); share = min(w, floor((A - A before) / count))``."""
    for i in range(FIRST, lanes):
        before = loans.approved[row, i]
        wanted = loans.claim[row, i] - before
        claimed = pool.claimed_so_far[FIRST, i] + count * wanted
        allotted = min(np.floor(claimed * pool.ratio[FIRST, i]), pool.available[FIRST, i])
        loans.approved[row, i] = before + min(wanted, np.floor((allotted - pool.allotted_so_far[FIRST, i]) / count))
        pool.claimed_so_far[FIRST, i] = claimed
        pool.allotted_so_far[FIRST, i] = allotted


@jit
def share_pro_rata(members, counts, pool, loans, k, sponsor, lanes):
    """What is available to what is left of the claims, pro rata with a cumulative remainder."""
    n_funds = count_rows(counts)
    open_shares(pool, lanes)
    for f in range(n_funds):
        if sponsor == ALL or members.sponsor[f] == sponsor:
            _add_claim(pool, loans, k * n_funds + f, counts[f], lanes)
    find_ratio(pool, lanes)
    for f in range(n_funds):
        if sponsor == ALL or members.sponsor[f] == sponsor:
            _share_claim(pool, loans, k * n_funds + f, counts[f], lanes)


@jit
def _add_contribution(pool, loans, row, tally, f, count, lanes):
    """``total += count * premium_paid``, of those who claim."""
    for i in range(FIRST, lanes):
        weight = count * tally.premium_paid[f, i]
        pool.claimed[FIRST, i] += weight if loans.claim[row, i] > 0.0 else 0.0


@jit
def _contribution_ratio(pool, lanes):
    """``ratio = available / total``, 0 if nobody has paid anything."""
    for i in range(FIRST, lanes):
        total, available = pool.claimed[FIRST, i], pool.available[FIRST, i]
        pool.ratio[FIRST, i] = available / total if total > 0.0 else 0.0


@jit
def _share_by_contribution(pool, loans, row, tally, f, count, lanes):
    """``A = min(floor(C * ratio), available); share = min(claim, floor((A - A before) / count))``, C of premiums."""
    for i in range(FIRST, lanes):
        claim, weight = loans.claim[row, i], count * tally.premium_paid[f, i]
        so_far = pool.claimed_so_far[FIRST, i] + (weight if claim > 0.0 else 0.0)
        allotted = min(np.floor(so_far * pool.ratio[FIRST, i]), pool.available[FIRST, i])
        loans.approved[row, i] = min(claim, np.floor((allotted - pool.allotted_so_far[FIRST, i]) / count))
        pool.claimed_so_far[FIRST, i] = so_far
        pool.allotted_so_far[FIRST, i] = allotted


@jit
def _take_shares(pool, loans, row, count, lanes):
    """``available -= count * share``."""
    for i in range(FIRST, lanes):
        pool.available[FIRST, i] -= count * loans.approved[row, i]


@jit
def _share_contributions(counts, pool, loans, tally, k, lanes):
    """First by the premiums paid so far; what nobody takes of it stays available."""
    n_funds = count_rows(counts)
    open_shares(pool, lanes)
    for f in range(n_funds):
        _add_contribution(pool, loans, k * n_funds + f, tally, f, counts[f], lanes)
    _contribution_ratio(pool, lanes)
    for f in range(n_funds):
        _share_by_contribution(pool, loans, k * n_funds + f, tally, f, counts[f], lanes)
    for f in range(n_funds):
        _take_shares(pool, loans, k * n_funds + f, counts[f], lanes)


@jit
def _share_in_order(pool, loans, row, count, lanes):
    """``share = min(claim, floor(left / count)); left -= count * share``."""
    for i in range(FIRST, lanes):
        share = min(loans.claim[row, i], np.floor(pool.available[FIRST, i] / count))
        loans.approved[row, i] = share
        pool.available[FIRST, i] -= count * share


@jit
def share_out(rule, members, counts, state, k, lanes):
    """What is available to the claims on facility k, by its rule."""
    pool, loans, n_funds = state.pool, state.loans, count_rows(counts)
    for f in range(n_funds):
        clear(loans.approved, k * n_funds + f, lanes)
    if rule == ShareRule.BY_ORDER:
        for f in range(n_funds):
            _share_in_order(pool, loans, k * n_funds + f, counts[f], lanes)
    if rule == ShareRule.BY_CONTRIBUTION:
        _share_contributions(counts, pool, loans, state.fund_tally, k, lanes)
    if rule == ShareRule.BY_CONTRIBUTION or rule == ShareRule.PRO_RATA:
        share_pro_rata(members, counts, pool, loans, k, ALL, lanes)


covers(ShareRule, share_out)


@jit
def _open_room(pool, cap, lanes):
    """``room = cap``."""
    for i in range(FIRST, lanes):
        pool.room[FIRST, i] = cap


@jit
def _open_capital(pool, lanes):
    """``room``: capital paid in."""
    for i in range(FIRST, lanes):
        pool.room[FIRST, i] = pool.paid_in[FIRST, i]


@jit
def _use_room(pool, loans, row, times, lanes):
    """``room -= times * (drawn + pending)``."""
    for i in range(FIRST, lanes):
        pool.room[FIRST, i] = fma(-times, loans.drawn[row, i] + loans.pending[row, i], pool.room[FIRST, i])


@jit
def _tighten(pool, per_quantum, lanes):
    """``available = min(available, floor(max(0, room / per_quantum)))``."""
    for i in range(FIRST, lanes):
        room = np.floor(max(0.0, pool.room[FIRST, i] / per_quantum))
        pool.available[FIRST, i] = min(pool.available[FIRST, i], room)


@jit
def _open_available(pool, lanes):
    """No bound yet."""
    for i in range(FIRST, lanes):
        pool.available[FIRST, i] = NO_CAP


@jit
def _bound_facility(cap, counts, pool, loans, k, lanes):
    """``facility_cap - sum_f out``."""
    n_funds = count_rows(counts)
    _open_room(pool, cap, lanes)
    for f in range(n_funds):
        _use_room(pool, loans, k * n_funds + f, counts[f], lanes)
    _tighten(pool, 1.0, lanes)


@jit
def _bound_pool(cap, counts, pool, loans, lanes):
    """``pool_cap - sum_(kf) out``."""
    n_funds = count_rows(counts)
    _open_room(pool, cap, lanes)
    for row in range(count_rows(loans.drawn)):
        _use_room(pool, loans, row, counts[row % n_funds], lanes)
    _tighten(pool, 1.0, lanes)


@jit
def _bound_capital(capital_frac, counts, pool, loans, k, lanes):
    """``(paid_in - sum_(kf) capital_frac_k out_kf) / capital_frac``."""
    n_funds = count_rows(counts)
    _open_capital(pool, lanes)
    for row in range(count_rows(loans.drawn)):
        _use_room(pool, loans, row, capital_frac[row // n_funds] * counts[row % n_funds], lanes)
    _tighten(pool, capital_frac[k], lanes)


@jit
def _cut_to_sponsor(cap, members, counts, state, k, sponsor, lanes):
    """Claims of one sponsor's funds share what is left of its cap, pro rata."""
    pool, loans, n_funds = state.pool, state.loans, count_rows(counts)
    _open_available(pool, lanes)
    _open_room(pool, cap, lanes)
    for f in range(n_funds):
        if members.sponsor[f] == sponsor:
            clear(loans.approved, k * n_funds + f, lanes)
            _use_room(pool, loans, k * n_funds + f, counts[f], lanes)
    _tighten(pool, 1.0, lanes)
    share_pro_rata(members, counts, pool, loans, k, sponsor, lanes)
    for f in range(n_funds):
        if members.sponsor[f] == sponsor:
            copy(loans.approved, loans.claim, k * n_funds + f, lanes)


@jit
def _cut_to_caps(terms, members, counts, state, k, lanes):
    """Claims share what caps leave; what they do not get, they do not ask for."""
    pool, loans, n_funds = state.pool, state.loans, count_rows(counts)
    _open_available(pool, lanes)
    if terms.facility_cap[k] < NO_CAP:
        _bound_facility(terms.facility_cap[k], counts, pool, loans, k, lanes)
    if terms.pool_cap < NO_CAP:
        _bound_pool(terms.pool_cap, counts, pool, loans, lanes)
    if terms.capital_frac[k] > 0.0:
        _bound_capital(terms.capital_frac, counts, pool, loans, k, lanes)
    share_out(terms.share_rule[k], members, counts, state, k, lanes)
    for f in range(n_funds):
        copy(loans.approved, loans.claim, k * n_funds + f, lanes)


@jit
def count_sponsors(members):
    """Sponsors are numbered from 0; -1 is none."""
    last = np.int64(-1)
    for f in range(count_rows(members.sponsor)):
        last = max(last, members.sponsor[f])
    return last + 1


@jit
def cut_claims(terms, members, counts, state, k, lanes):
    """Sponsor caps first, then those of the facility and the pool."""
    loans, tally = state.loans, state.path_tally
    if terms.sponsor_cap[k] < NO_CAP:
        add_claims(counts, loans, k, 1.0, tally.cut_sponsor, lanes)
        for sponsor in range(count_sponsors(members)):
            _cut_to_sponsor(terms.sponsor_cap[k], members, counts, state, k, sponsor, lanes)
        add_claims(counts, loans, k, -1.0, tally.cut_sponsor, lanes)
    if terms.facility_cap[k] < NO_CAP or terms.pool_cap < NO_CAP or terms.capital_frac[k] > 0.0:
        add_claims(counts, loans, k, 1.0, tally.cut_facility, lanes)
        _cut_to_caps(terms, members, counts, state, k, lanes)
        add_claims(counts, loans, k, -1.0, tally.cut_facility, lanes)


@jit
def open_money(pool, lanes):
    """``available = cash - committed``."""
    for i in range(FIRST, lanes):
        pool.available[FIRST, i] = pool.cash[FIRST, i] - pool.committed[FIRST, i]


@jit
def add_credit(pool, multiple, lanes):
    """``available += max(0, floor(multiple * paid_in) - borrowed)``."""
    for i in range(FIRST, lanes):
        credit = np.floor(multiple * pool.paid_in[FIRST, i]) - pool.borrowed[FIRST, i]
        pool.available[FIRST, i] += max(0.0, credit)


@rule
def borrow(pool, tally, lanes):
    """``b = max(0, committed - cash); borrowed += b; cash += b``."""
    for i in range(FIRST, lanes):
        lacking = max(0.0, pool.committed[FIRST, i] - pool.cash[FIRST, i])
        borrowed = pool.borrowed[FIRST, i] + lacking
        pool.cash[FIRST, i] += lacking
        pool.borrowed[FIRST, i] = borrowed
        tally.borrowed_peak[FIRST, i] = max(tally.borrowed_peak[FIRST, i], borrowed)


@inline
def _count_unmet(pool, loans, row, count, tally, i):
    unmet = loans.claim[row, i] - loans.approved[row, i]
    tally.unmet_claims[FIRST, i] += count * max(0.0, unmet - loans.unmet[row, i])
    loans.unmet[row, i] = unmet
    pool.is_dry[FIRST, i] = choose(unmet > 0.0, zero(i) + 1.0, pool.is_dry[FIRST, i])


@over_lanes
def count_unmet(pool, loans, row, count, tally, i):
    """``unmet_claims += count * max(0, unmet - unmet of the day before)``."""
    _count_unmet(pool, loans, row, count, tally, i)


@over_lanes
def _commit(state, f, row, approval_row, count, i):
    """Approved money is set aside until it arrives; what was not approved is unmet."""
    pool, loans, funds = state.pool, state.loans, state.funds
    approved = loans.approved[row, i]
    loans.approvals[approval_row, i] = approved
    loans.pending[row, i] += approved
    funds.pending[f, i] += approved
    pool.committed[FIRST, i] += count * approved
    pool.cash_out[FIRST, i] += count * approved
    _count_unmet(pool, loans, row, count, state.path_tally, i)


@rule
def ration_claims(arm, state, k, slot, lanes):
    """Step 7: caps, then the pool's money and credit, over the funds of facility k; `slot` of the approvals' ring."""
    counts, pool, loans = arm.funds.count, state.pool, state.loans
    n_funds, n_rows = count_rows(counts), count_rows(loans.drawn)
    cut_claims(arm.rationing, arm.members, counts, state, k, lanes)
    open_money(pool, lanes)
    if count_rows(pool.borrowed) > FIRST:
        add_credit(pool, arm.pool.borrow_multiple, lanes)
    share_out(arm.rationing.share_rule[k], arm.members, counts, state, k, lanes)
    count_cut_by_pool(counts, loans, k, state.path_tally.cut_pool, lanes)
    for f in range(n_funds):
        row = k * n_funds + f
        _commit(state, f, row, slot * n_rows + row, counts[f], lanes)
