"""Facilities: who does what in step 7, and loans (docs/model.md, 7). Rows of loans are ``k*F + f``."""

from backstop.kernels.facility.admission import forget_refusals
from backstop.kernels.facility.claims import claim_of_fund
from backstop.kernels.facility.compensation import note_losers
from backstop.kernels.facility.guarantee import lend_by_banks
from backstop.kernels.facility.pricing import charge_fee, collect_fees
from backstop.kernels.facility.purchase import buy_from_funds, order_in_market
from backstop.kernels.facility.rationing import borrow, ration_claims
from backstop.kernels.funds.owing import owe
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, apart, jit, over_lanes, rule
from backstop.kernels.machine.lanes import clear, is_any_at_least
from backstop.kernels.machine.packs import zero
from backstop.kernels.pool.capital import call_capital, receive_calls
from backstop.kernels.pool.moves import book_arrival, read_use
from backstop.terms import ACTIVE, Instrument
from backstop.terms.declare import covers


@over_lanes
def _arrive(state, f, row, approval_row, count, i):
    """``cash += arriving; drawn += arriving; pending -= arriving``: debt now, that no longer waits in the ring."""
    loans, funds, tally = state.loans, state.funds, state.fund_tally
    arriving = loans.approvals[approval_row, i]
    drawn = funds.drawn[f, i] + arriving
    loans.approvals[approval_row, i] = zero(i)
    loans.drawn[row, i] += arriving
    loans.pending[row, i] -= arriving
    funds.pending[f, i] -= arriving
    funds.cash[f, i] += arriving
    funds.injection[f, i] += arriving
    owe(funds, f, arriving, i)
    funds.drawn[f, i] = drawn
    tally.drawn_peak[f, i] = max(tally.drawn_peak[f, i], drawn)
    tally.injected[f, i] += arriving
    book_arrival(state.pool, arriving, count, state.path_tally, i)


@apart
def _pay_out(fee_frac, counts, state, k, slot, lanes):
    """Approvals of the ring's `slot` reach the funds of facility k."""
    n_funds, n_rows = count_rows(counts), count_rows(state.loans.drawn)
    for f in range(n_funds):
        row = k * n_funds + f
        approval_row = slot * n_rows + row
        if not is_any_at_least(state.loans.approvals, approval_row, 1.0, lanes):
            continue
        if fee_frac > 0.0:
            charge_fee(state, f, approval_row, fee_frac, counts[f], lanes)
        _arrive(state, f, row, approval_row, counts[f], lanes)


@jit
def _count_injections(funds, f, count, tally, lanes):
    """Fund-days with a positive injection."""
    for i in range(FIRST, lanes):
        tally.n_injections[FIRST, i] += count if funds.injection[f, i] > 0.0 else 0.0


@jit
def _are_claims_heard(arm, state, k, lanes):
    """Claims of all funds on facility k; with its key off everywhere, what was cut is forgotten instead."""
    n_funds, loans = count_rows(arm.funds.count), state.loans
    if not is_any_at_least(state.system_keys.phase, k, ACTIVE, lanes):
        for f in range(n_funds):
            clear(loans.unmet, k * n_funds + f, lanes)
        forget_refusals(arm.admission, loans, k, n_funds, lanes)
        return False
    for f in range(n_funds):
        clear(loans.claim, k * n_funds + f, lanes)
        if arm.facilities.is_eligible[k, f] > 0.0:
            claim_of_fund(arm, state, k, f, k * n_funds + f, lanes)
    return True


@rule
def _lend(arm, state, k, day, lanes):
    """What was approved earlier arrives; claims are made, and without a lag, or by a bank, paid at once."""
    counts, lag, fee_frac = arm.funds.count, arm.facilities.cash_lag_days[k], arm.advances.fee_frac[k]
    n_lag = count_rows(state.loans.approvals) // count_rows(state.loans.drawn)
    slot = (day + Index(lag)) % n_lag
    if lag > 0:
        _pay_out(fee_frac, counts, state, k, day % n_lag, lanes)
    if _are_claims_heard(arm, state, k, lanes):
        if arm.facilities.instrument[k] == Instrument.GUARANTEE:
            lend_by_banks(arm, state, k, lanes)
        else:
            ration_claims(arm, state, k, slot, lanes)
    if lag == 0:
        _pay_out(fee_frac, counts, state, k, slot, lanes)


@rule
def supply_liquidity(arm, state, day, lanes):
    """Step 7: facility by facility, each by its instrument; capital is called."""
    instrument, counts = arm.facilities.instrument, arm.funds.count
    n_facilities = count_rows(instrument)
    receive_calls(state.pool, day, lanes)
    if n_facilities == FIRST:
        return
    for k in range(n_facilities):
        if (instrument[k] == Instrument.ADVANCE) | (instrument[k] == Instrument.GUARANTEE):
            _lend(arm, state, k, day, lanes)
        elif instrument[k] == Instrument.PURCHASE:
            buy_from_funds(arm, state, k, day, lanes)
        elif instrument[k] == Instrument.MARKET_PURCHASE:
            order_in_market(arm, state, k, day, lanes)
        elif instrument[k] == Instrument.COMPENSATION:
            note_losers(arm, state, k, lanes)
        # in every lane, whether or not any of the tile was heard
        if count_rows(state.pool.borrowed) > FIRST:
            borrow(state.pool, state.path_tally, lanes)
    for f in range(count_rows(counts)):
        _count_injections(state.funds, f, counts[f], state.path_tally, lanes)
    read_use(state.pool, state.path_tally, float(day + ONE), lanes)
    collect_fees(state.pool, lanes)
    call_capital(arm.pool, counts, state, day, lanes)


covers(Instrument, supply_liquidity)
