"""What a fund may claim of a facility that lends (docs/model.md, 7). Rows of loans are ``k*F + f``."""

import numpy as np

from backstop.kernels.admission import admit
from backstop.kernels.frames import count_columns, count_rows
from backstop.kernels.fund import free_cash
from backstop.kernels.jit import FIRST, ONE, THREE, TWO, fma, jit
from backstop.kernels.settlement import add_receivable
from backstop.kernels.trigger import ACTIVE


@jit
def need(funds, f, evaluation, gross, scratch, lanes):
    """Scratch 0: ``(max(0, owed + intended - free) - pending) * gross``; `gross` pays the fee, or premium, as well."""
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
def entitle(loans, row, system_keys, k, fund_keys, funds, f, tally, lanes):
    """Only with both keys active, and not failed, defaulted or called."""
    for i in range(FIRST, lanes):
        is_open = (system_keys.phase[k, i] == ACTIVE) & (fund_keys.phase[row, i] == ACTIVE)
        is_sound = (tally.failed[f, i] == 0.0) & (tally.defaulted[f, i] == 0.0) & (funds.called[f, i] == 0.0)
        loans.claim[row, i] = loans.claim[row, i] if is_open & is_sound else 0.0


@jit
def claim_of_fund(arm, state, k, f, row, lanes):
    """The least of need, cover, pledge and cap, of those who are admitted."""
    terms, loans, funds, scratch = arm.facilities, state.loans, state.funds, state.pool.scratch
    n_assets = count_columns(terms.advance_rate)
    gross = 1.0 / (1.0 - arm.advances.fee_frac[k] - arm.guarantee.upfront_frac[k])
    need(funds, f, state.evaluation, gross, scratch, lanes)
    _cover(loans, row, funds, f, terms.coverage_frac[k], 1.0 - terms.deductible_frac[k], scratch, lanes)
    _cap(loans, row, funds, f, terms.fund_cap_frac[k], scratch, lanes)
    if count_rows(funds.receivable) > FIRST:
        add_receivable(funds, f, -1.0, scratch, THREE, lanes)
    for j in range(n_assets):
        if terms.advance_rate[k, j] > 0.0:
            _pledge(funds, f * n_assets + j, state.prices, j, terms.advance_rate[k, j], scratch, lanes)
    _claim(loans, row, arm.admission.claims_frac[k], scratch, lanes)
    entitle(loans, row, state.system_keys, k, state.fund_keys, funds, f, state.fund_tally, lanes)
    admit(arm.admission, arm.covenants.exposure_cap, arm.funds.count[f], state, k, f, row, lanes)
