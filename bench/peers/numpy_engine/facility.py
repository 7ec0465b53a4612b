"""Step 7: what was approved arrives, claims are made and rationed."""

import numpy as np

from backstop.terms import ArmTerms, Floats
from bench.peers.numpy_engine.funds import own_free_cash
from bench.peers.numpy_engine.keys import ACTIVE
from bench.peers.numpy_engine.state import Bools, State


def supply_liquidity(terms: ArmTerms, state: State, t: int) -> None:
    """Facility by facility, in the order of the arm; then the day's use of the pool."""
    count = terms.funds.count[:, None]
    is_dry = np.zeros(state.pool.cash.shape, dtype=bool)
    for k, lag in enumerate(terms.facilities.cash_lag_days):
        if lag > 0:
            _arrive(state, k, count, t)
        if (state.system_keys.phase[k] == ACTIVE).any():
            approved, unmet = _ration(state, _claims(terms, state, k), count)
            _commit(state, k, approved, count, t + int(lag))
            state.path_tally.unmet_claims[0] += (count * np.maximum(0.0, unmet - state.loans.unmet[k])).sum(axis=0)
            state.loans.unmet[k] = unmet
            is_dry |= (unmet > 0.0).any(axis=0)
        else:
            state.loans.unmet[k] = 0.0
        if lag == 0:
            _arrive(state, k, count, t)
    if len(terms.facilities.tenor_days):
        state.path_tally.n_injections[0] += (count * (state.funds.injection > 0.0)).sum(axis=0)
        _read_use(state, is_dry, t)


def _arrive(state: State, k: int, count: Floats, t: int) -> None:
    """Approvals due today reach the funds."""
    loans, funds, pool = state.loans, state.funds, state.pool
    arriving = loans.approvals[t % len(loans.approvals), k]
    if not arriving.any():
        return
    loans.drawn[k] += arriving
    loans.pending[k] -= arriving
    funds.cash += arriving
    funds.injection += arriving
    funds.debt += arriving
    total = (count * arriving).sum(axis=0)
    pool.cash -= total
    pool.committed -= total
    state.path_tally.injected[0] += total
    state.fund_tally.injected[:] += arriving
    np.maximum(state.fund_tally.drawn_peak, loans.drawn.sum(axis=0), out=state.fund_tally.drawn_peak)
    arriving[:] = 0.0


def _claims(terms: ArmTerms, state: State, k: int) -> Floats:
    """(F, P): the least of need, cover, pledge and cap, of those who may claim."""
    facilities, loans, funds, tally = terms.facilities, state.loans, state.funds, state.fund_tally
    may = (state.system_keys.phase[k] == ACTIVE) & (state.fund_keys.phase[k] == ACTIVE)
    may &= (facilities.is_eligible[k, :, None] > 0.0) & (tally.failed == 0.0) & (tally.defaulted == 0.0)
    may &= funds.called == 0.0
    if not may.any():
        return np.zeros_like(funds.cash)
    lent, pending = loans.drawn[k] + loans.pending[k], loans.pending.sum(axis=0)
    wanted = funds.owed + state.evaluation.intended
    need = np.maximum(0.0, wanted - own_free_cash(funds) - funds.injection) - pending
    fall = np.maximum(0.0, loans.shadow_peak[k] * (1.0 - facilities.deductible_frac[k]) - funds.navps)
    cover = facilities.coverage_frac[k] * fall * funds.shares - lent
    pledge = np.einsum("j,fjp->fp", facilities.advance_rate[k], funds.value) - funds.debt - pending
    cap = facilities.fund_cap_frac[k] * np.maximum(funds.nav, 0.0) - lent
    least = np.minimum(np.minimum(need, cover), np.minimum(pledge, cap))
    return np.where(may, np.floor(np.maximum(0.0, least)), 0.0)


def _ration(state: State, claim: Floats, count: Floats) -> tuple[Floats, Floats]:
    """What is approved of claims, pro rata with a cumulative remainder over funds, and what is not."""
    if not claim.any():
        return claim, claim
    available = state.pool.cash - state.pool.committed
    claimed = np.cumsum(count * claim, axis=0)
    total = claimed[-1]
    ratio = np.divide(available, total, out=np.ones_like(total), where=total > available)
    allotted = np.minimum(np.floor(claimed * ratio), available)
    shares = np.diff(allotted, axis=0, prepend=0.0)
    approved = np.minimum(claim, np.floor(shares / count))
    return approved, claim - approved


def _commit(state: State, k: int, approved: Floats, count: Floats, day: int) -> None:
    """Approved money is set aside until it arrives on `day`."""
    loans = state.loans
    loans.approvals[day % len(loans.approvals), k] = approved
    loans.pending[k] += approved
    total = (count * approved).sum(axis=0)
    state.pool.committed += total
    state.pool.cash_out += total


def _read_use(state: State, is_dry: Bools, t: int) -> None:
    """The pool after the day's approvals, before its repayments."""
    pool, tally = state.pool, state.path_tally
    np.maximum(tally.pool_peak_use[0], pool.cash_out - pool.cash_in, out=tally.pool_peak_use[0])
    np.minimum(tally.pool_min_available[0], pool.cash - pool.committed, out=tally.pool_min_available[0])
    first = is_dry & (tally.first_dry_day[0] == 0.0)
    tally.first_dry_day[0][first] = t
