"""What a fund may claim of a facility that lends (docs/model.md, 7). Rows of loans are ``k*F + f``."""

from backstop.kernels.facility.admission import admit
from backstop.kernels.funds.marks import free_cash
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, floor, fma, inline, jit, over_lanes
from backstop.kernels.machine.packs import choose, zero
from backstop.terms import ACTIVE


@inline
def _need(funds, f, evaluation, gross, i):
    """``(max(0, owed + intended - free) - pending) * gross``; `gross` pays the fee, or premium, as well."""
    free = free_cash(funds, f, i)
    wanted = funds.owed[f, i] + evaluation.intended[f, i]
    return (max(0.0, wanted - free) - funds.pending[f, i]) * gross


@over_lanes
def need(funds, f, evaluation, gross, needed, i):
    """What a fund needs."""
    needed[FIRST, i] = _need(funds, f, evaluation, gross, i)


@inline
def _cover(terms, k, loans, row, funds, f, i):
    """``coverage * max(0, shadow_peak * (1 - deductible) - navps) * shares - drawn - pending``."""
    fall = max(0.0, fma(loans.shadow_peak[row, i], 1.0 - terms.deductible_frac[k], 0.0 - funds.navps[f, i]))
    return terms.coverage_frac[k] * fall * funds.shares[f, i] - loans.drawn[row, i] - loans.pending[row, i]


@inline
def _pledge(terms, k, funds, f, price, i):
    """``sum_j advance_rate_j * units_j * P_j - debt - pending``, net of all debt."""
    n_assets = count_columns(terms.advance_rate)
    lendable = zero(i) - (funds.net_debt[f, i] + funds.pending[f, i])
    if count_rows(funds.receivable) > FIRST:
        lendable -= funds.receivable[f, i]
    for j in range(n_assets):
        if terms.advance_rate[k, j] > 0.0:
            lendable = fma(terms.advance_rate[k, j], funds.units[f * n_assets + j, i] * price[j, i], lendable)
    return lendable


@inline
def _is_entitled(state, k, f, row, i):
    """Only with both keys active, and not failed, defaulted or called."""
    funds, tally = state.funds, state.fund_tally
    is_open = (state.system_keys.phase[k, i] == ACTIVE) & (state.fund_keys.phase[row, i] == ACTIVE)
    return is_open & (tally.failed[f, i] == 0.0) & (tally.defaulted[f, i] == 0.0) & (funds.called[f, i] == 0.0)


@over_lanes
def entitle(state, k, f, row, i):
    """No claim of those who are not entitled to one."""
    claim = state.loans.claim[row, i]
    state.loans.claim[row, i] = choose(_is_entitled(state, k, f, row, i), claim, zero(i))


@over_lanes
def _claim(arm, gross, state, k, f, row, i):
    """``claim = floor(claims_frac * max(0, min(need, cover, pledge, cap)))``, ``cap = fund_cap_frac * nav - out``.

    Noted is what cover, pledge and cap in turn leave of need, in whole quanta; what is not claimed then is not taken
    up.
    """
    terms, loans, funds, tally = arm.facilities, state.loans, state.funds, state.path_tally
    need, cover = _need(funds, f, state.evaluation, gross, i), _cover(terms, k, loans, row, funds, f, i)
    pledge = _pledge(terms, k, funds, f, state.prices.price, i)
    cap = terms.fund_cap_frac[k] * max(funds.nav[f, i], 0.0) - (loans.drawn[row, i] + loans.pending[row, i])
    least, is_entitled = min(min(need, cover), min(cap, pledge)), _is_entitled(state, k, f, row, i)
    claim = choose(is_entitled, floor(arm.admission.claims_frac[k] * max(0.0, least)), zero(i))
    loans.claim[row, i] = claim
    needed = floor(max(0.0, need))
    covered = min(needed, floor(max(0.0, cover)))
    pledged = min(covered, floor(max(0.0, pledge)))
    capped = min(pledged, floor(max(0.0, cap)))
    times = choose(is_entitled, zero(i) + arm.funds.count[f], zero(i))
    tally.need[FIRST, i] += times * needed
    tally.cut_coverage[FIRST, i] += times * (needed - covered)
    tally.cut_collateral[FIRST, i] += times * (covered - pledged)
    tally.cut_fund_cap[FIRST, i] += times * (pledged - capped)
    tally.cut_take_up[FIRST, i] += times * (capped - claim)


@over_lanes
def note_offer_cuts(purchases, need_frac, count, state, k, f, row, i):
    """So of what a fund may sell: the part of its need that it may, and what is bought of it."""
    needed = purchases.need[FIRST, i]
    claim, tally = state.loans.claim[row, i], state.path_tally
    whole, part = floor(max(0.0, needed)), floor(max(0.0, need_frac * needed))
    times = choose(_is_entitled(state, k, f, row, i), zero(i) + count, zero(i))
    tally.need[FIRST, i] += times * whole
    tally.cut_coverage[FIRST, i] += times * (whole - part)
    tally.cut_collateral[FIRST, i] += times * (part - claim)


@jit
def claim_of_fund(arm, state, k, f, row, lanes):
    """The least of need, cover, pledge and cap, of those who are admitted."""
    gross = 1.0 / (1.0 - arm.advances.fee_frac[k] - arm.guarantee.upfront_frac[k])
    _claim(arm, gross, state, k, f, row, lanes)
    admit(arm.admission, arm.covenants.exposure_cap, arm.funds.count[f], state, k, f, row, lanes)
