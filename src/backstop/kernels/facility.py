"""Facilities: arrivals and claims (docs/model.md, 7). Rows of loans are ``k*F + f``; rationing is the pool's."""

import numpy as np

from backstop.kernels.admission import admit, forget_refusals
from backstop.kernels.capital import call_capital, receive_calls
from backstop.kernels.frames import count_columns, count_rows
from backstop.kernels.fund import free_cash
from backstop.kernels.jit import FIRST, ONE, THREE, TWO, Index, apart, fma, jit, own_frame
from backstop.kernels.lanes import clear, is_any_at_least
from backstop.kernels.pool import book_arrival, read_use
from backstop.kernels.pricing import charge_fee, collect_fees
from backstop.kernels.rationing import ration_claims
from backstop.kernels.settlement import add_receivable
from backstop.kernels.trigger import ACTIVE


@jit
def _arrive(loans, row, approval_row, funds, f, lanes):
    """``cash += arriving; drawn += arriving; pending -= arriving``."""
    for i in range(FIRST, lanes):
        arriving = loans.approvals[approval_row, i]
        loans.drawn[row, i] += arriving
        loans.pending[row, i] -= arriving
        funds.pending[f, i] -= arriving
        funds.cash[f, i] += arriving
        funds.injection[f, i] += arriving


@jit
def _owe(loans, approval_row, funds, f, tally, lanes):
    """What arrived is debt now, and no longer waits in the ring."""
    for i in range(FIRST, lanes):
        arriving = loans.approvals[approval_row, i]
        principal = funds.principal[f, i] + arriving
        funds.net_debt[f, i] += arriving
        funds.principal[f, i] = principal
        tally.drawn_peak[f, i] = max(tally.drawn_peak[f, i], principal)
        tally.injected[f, i] += arriving
        loans.approvals[approval_row, i] = 0.0


@apart
def _pay_out(fee_frac, counts, state, k, slot, lanes):
    """Approvals of the ring's `slot` reach the funds of facility k."""
    own_frame()
    n_funds, n_rows = count_rows(counts), count_rows(state.loans.drawn)
    for f in range(n_funds):
        row = k * n_funds + f
        approval_row = slot * n_rows + row
        if not is_any_at_least(state.loans.approvals, approval_row, 1.0, lanes):
            continue
        _arrive(state.loans, row, approval_row, state.funds, f, lanes)
        book_arrival(state.pool, state.loans.approvals, approval_row, counts[f], state.path_tally, lanes)
        if fee_frac > 0.0:
            charge_fee(state.loans, approval_row, state.funds, f, state.pool, fee_frac, counts[f], state.fund_tally,
                       state.path_tally, lanes)
        _owe(state.loans, approval_row, state.funds, f, state.fund_tally, lanes)


@jit
def _need(funds, f, evaluation, gross, scratch, lanes):
    """Scratch 0: ``(max(0, owed + intended - free) - pending) * gross``; `gross` pays the fee as well."""
    for i in range(FIRST, lanes):
        free = free_cash(funds.cash[f, i], funds.buffer[f, i], funds.injection[f, i])
        wanted = funds.owed[f, i] + evaluation.intended[f, i]
        scratch[FIRST, i] = (max(0.0, wanted - free) - funds.pending[f, i]) * gross


@jit
def _cover(loans, row, funds, f, coverage, retained, scratch, lanes):
    """Scratch 1: ``coverage * max(0, shadow_peak * (1 - deductible) - navps) * shares - drawn - pending``."""
    for i in range(FIRST, lanes):
        fall = max(0.0, fma(loans.shadow_peak[row, i], retained, -funds.navps[f, i]))
        scratch[ONE, i] = coverage * fall * funds.shares[f, i] - loans.drawn[row, i] - loans.pending[row, i]


@jit
def _cap(loans, row, funds, f, cap_frac, scratch, lanes):
    """Scratch 2: ``fund_cap_frac * max(nav, 0) - drawn - pending``; scratch 3 opens the pledge net of all debt."""
    for i in range(FIRST, lanes):
        lent = loans.drawn[row, i] + loans.pending[row, i]
        scratch[TWO, i] = cap_frac * max(funds.nav[f, i], 0.0) - lent
        scratch[THREE, i] = -(funds.net_debt[f, i] + funds.pending[f, i])


@jit
def _pledge(funds, unit_row, prices, j, advance_rate, scratch, lanes):
    """Scratch 3: ``+ advance_rate * units * P``."""
    for i in range(FIRST, lanes):
        value = funds.units[unit_row, i] * prices.price[j, i]
        scratch[THREE, i] = fma(advance_rate, value, scratch[THREE, i])


@jit
def _claim(loans, row, claims_frac, scratch, lanes):
    """``claim = floor(claims_frac * max(0, min(need, cover, pledge, cap)))``."""
    for i in range(FIRST, lanes):
        least = min(min(scratch[FIRST, i], scratch[ONE, i]), min(scratch[TWO, i], scratch[THREE, i]))
        loans.claim[row, i] = np.floor(claims_frac * max(0.0, least))


@jit
def _entitle(loans, row, system_keys, k, fund_keys, funds, f, tally, lanes):
    """Only with both keys active, and not failed, defaulted or called."""
    for i in range(FIRST, lanes):
        is_open = (system_keys.phase[k, i] == ACTIVE) & (fund_keys.phase[row, i] == ACTIVE)
        is_sound = (tally.failed[f, i] == 0.0) & (tally.defaulted[f, i] == 0.0) & (funds.called[f, i] == 0.0)
        loans.claim[row, i] = loans.claim[row, i] if is_open & is_sound else 0.0


@jit
def _claim_of_fund(arm, state, k, f, row, lanes):
    """The least of need, cover, pledge and cap, of those who are admitted."""
    terms, loans, funds, scratch = arm.facilities, state.loans, state.funds, state.pool.scratch
    n_assets = count_columns(terms.advance_rate)
    _need(funds, f, state.evaluation, 1.0 / (1.0 - arm.advances.fee_frac[k]), scratch, lanes)
    _cover(loans, row, funds, f, terms.coverage_frac[k], 1.0 - terms.deductible_frac[k], scratch, lanes)
    _cap(loans, row, funds, f, terms.fund_cap_frac[k], scratch, lanes)
    if count_rows(funds.receivable) > FIRST:
        add_receivable(funds, f, -1.0, scratch, THREE, lanes)
    for j in range(n_assets):
        if terms.advance_rate[k, j] > 0.0:
            _pledge(funds, f * n_assets + j, state.prices, j, terms.advance_rate[k, j], scratch, lanes)
    _claim(loans, row, arm.admission.claims_frac[k], scratch, lanes)
    _entitle(loans, row, state.system_keys, k, state.fund_keys, funds, f, state.fund_tally, lanes)
    admit(arm.admission, arm.covenants.exposure_cap, arm.funds.count[f], state, k, f, row, lanes)


@jit
def _count_injections(funds, f, count, tally, lanes):
    """Fund-days with a positive injection."""
    for i in range(FIRST, lanes):
        tally.n_injections[FIRST, i] += count if funds.injection[f, i] > 0.0 else 0.0


@jit
def _hear_claims(arm, state, k, slot, lanes):
    """Claims of all funds on facility k, rationed; with its key off everywhere, what was cut is forgotten instead."""
    n_funds, loans = count_rows(arm.funds.count), state.loans
    if not is_any_at_least(state.system_keys.phase, k, ACTIVE, lanes):
        for f in range(n_funds):
            clear(loans.unmet, k * n_funds + f, lanes)
        forget_refusals(arm.admission, loans, k, n_funds, lanes)
        return
    for f in range(n_funds):
        clear(loans.claim, k * n_funds + f, lanes)
        if arm.facilities.is_eligible[k, f] > 0.0:
            _claim_of_fund(arm, state, k, f, k * n_funds + f, lanes)
    ration_claims(arm, state, k, slot, lanes)


@jit
def supply_liquidity(arm, state, day, lanes):
    """Step 7: facility by facility, what was approved arrives, claims are made and rationed; capital is called."""
    counts, cash_lag_days, fee_frac = arm.funds.count, arm.facilities.cash_lag_days, arm.advances.fee_frac
    n_facilities = count_rows(cash_lag_days)
    receive_calls(state.pool, day, lanes)
    if n_facilities == FIRST:
        return
    n_lag = count_rows(state.loans.approvals) // count_rows(state.loans.drawn)
    for k in range(n_facilities):
        _pay_out(fee_frac[k], counts, state, k, day % n_lag, lanes)
        slot = (day + Index(cash_lag_days[k])) % n_lag
        _hear_claims(arm, state, k, slot, lanes)
        if cash_lag_days[k] == 0:
            _pay_out(fee_frac[k], counts, state, k, slot, lanes)
    for f in range(count_rows(counts)):
        _count_injections(state.funds, f, counts[f], state.path_tally, lanes)
    read_use(state.pool, state.path_tally, float(day + ONE), lanes)
    collect_fees(state.pool, lanes)
    call_capital(arm.pool, counts, state, day, lanes)
