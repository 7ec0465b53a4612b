"""Facilities: who does what in step 7, and loans (docs/model.md, 7). Rows of loans are ``k*F + f``."""

from backstop.kernels.claims import claim_of_fund
from backstop.kernels.compensation import note_losers
from backstop.kernels.frames import count_rows
from backstop.kernels.guarantee import lend_by_banks
from backstop.kernels.jit import FIRST, ONE, Index, jit
from backstop.kernels.lanes import clear, is_any_at_least
from backstop.kernels.pool import book_arrival, ration_claims, read_use
from backstop.kernels.purchase import buy_from_funds, order_in_market
from backstop.kernels.trigger import ACTIVE
from backstop.terms import ADVANCE, COMPENSATION, GUARANTEE, MARKET_PURCHASE, PURCHASE


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
        funds.debt[f, i] += arriving
        funds.principal[f, i] = principal
        tally.drawn_peak[f, i] = max(tally.drawn_peak[f, i], principal)
        tally.injected[f, i] += arriving
        loans.approvals[approval_row, i] = 0.0


@jit
def _pay_out(counts, state, k, slot, lanes):
    """Approvals of the ring's `slot` reach the funds of facility k."""
    n_funds, n_rows = count_rows(counts), count_rows(state.loans.drawn)
    for f in range(n_funds):
        row = k * n_funds + f
        approval_row = slot * n_rows + row
        if not is_any_at_least(state.loans.approvals, approval_row, 1.0, lanes):
            continue
        _arrive(state.loans, row, approval_row, state.funds, f, lanes)
        book_arrival(state.pool, state.loans.approvals, approval_row, counts[f], state.path_tally, lanes)
        _owe(state.loans, approval_row, state.funds, f, state.fund_tally, lanes)


@jit
def _count_injections(funds, f, count, tally, lanes):
    """Fund-days with a positive injection."""
    for i in range(FIRST, lanes):
        tally.n_injections[FIRST, i] += count if funds.injection[f, i] > 0.0 else 0.0


@jit
def _are_claims_heard(terms, counts, state, k, lanes):
    """Claims of all funds on facility k; with its key off everywhere, what was cut is forgotten instead."""
    n_funds, loans = count_rows(counts), state.loans
    if not is_any_at_least(state.system_keys.phase, k, ACTIVE, lanes):
        for f in range(n_funds):
            clear(loans.unmet, k * n_funds + f, lanes)
        return False
    for f in range(n_funds):
        clear(loans.claim, k * n_funds + f, lanes)
        if terms.is_eligible[k, f] > 0.0:
            claim_of_fund(terms, state, k, f, k * n_funds + f, lanes)
    return True


@jit
def _lend(terms, state, k, day, lanes):
    """What was approved earlier arrives; claims are made, and without a lag, or by a bank, paid at once."""
    loan, counts = terms.facilities, terms.funds.count
    n_lag = count_rows(state.loans.approvals) // count_rows(state.loans.drawn)
    slot = (day + Index(loan.cash_lag_days[k])) % n_lag
    if loan.cash_lag_days[k] > 0:
        _pay_out(counts, state, k, day % n_lag, lanes)
    if _are_claims_heard(loan, counts, state, k, lanes):
        if loan.instrument[k] == GUARANTEE:
            lend_by_banks(terms.guarantee, counts, state, k, lanes)
        else:
            ration_claims(counts, state.pool, state.loans, state.funds, state.path_tally, k, slot, lanes)
    if loan.cash_lag_days[k] == 0:
        _pay_out(counts, state, k, slot, lanes)


@jit
def supply_liquidity(terms, state, day, lanes):
    """Step 7: facility by facility, each by its instrument."""
    instrument, counts = terms.facilities.instrument, terms.funds.count
    n_facilities = count_rows(instrument)
    if n_facilities == FIRST:
        return
    for k in range(n_facilities):
        if (instrument[k] == ADVANCE) | (instrument[k] == GUARANTEE):
            _lend(terms, state, k, day, lanes)
        elif instrument[k] == PURCHASE:
            buy_from_funds(terms, state, k, day, lanes)
        elif instrument[k] == MARKET_PURCHASE:
            order_in_market(terms, state, k, day, lanes)
        elif instrument[k] == COMPENSATION:
            note_losers(terms, state, k, lanes)
    for f in range(count_rows(counts)):
        _count_injections(state.funds, f, counts[f], state.path_tally, lanes)
    read_use(state.pool, state.path_tally, float(day + ONE), lanes)
