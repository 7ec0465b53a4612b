"""Step 10: interest, repayment, maturity, default."""

import numpy as np

from backstop.terms import ArmTerms, Floats, Integers
from bench.peers.numpy_engine.keys import ACTIVE
from bench.peers.numpy_engine.state import Bools, State


def service_debt(terms: ArmTerms, state: State) -> None:
    """Every loan of every facility in which anybody owes anything."""
    loans = state.loans
    for k in range(len(terms.facilities.tenor_days)):
        if loans.drawn[k].any() or loans.interest_due[k].any():
            _service(terms, state, k)
    if len(loans.drawn):
        state.funds.called = loans.called.sum(axis=0)
        state.funds.debt = state.lenders.debt + (loans.drawn + loans.interest_due).sum(axis=0)


def _service(terms: ArmTerms, state: State, k: int) -> None:
    loans = state.loans
    loans.interest_due[k] += np.floor(loans.drawn[k] * terms.facilities.rate_per_day[k])
    loans.age[k] += loans.drawn[k] + loans.interest_due[k] > 0.0
    must_pay = _mature(terms, state, k)
    _repay(terms, state, k, must_pay)
    owed = loans.drawn[k] + loans.interest_due[k]
    is_overdue = must_pay & (owed > 0.0)
    is_default = is_overdue & (loans.called[k] > 0.0) & (owed > state.funds.sale_cost)
    tomorrow = owed + np.floor(loans.drawn[k] * terms.facilities.rate_per_day[k])
    loans.called[k] = np.where(is_overdue & ~is_default, tomorrow, 0.0)
    if is_default.any():
        _default(terms, state, k, is_default)
    is_clear = (owed == 0.0) | is_default
    loans.age[k][is_clear] = loans.rollovers[k][is_clear] = 0.0


def _mature(terms: ArmTerms, state: State, k: int) -> Bools:
    """Where all must be paid now: called the day before, or at the end of the tenor without a rollover."""
    loans, is_active = state.loans, state.system_keys.phase[k] == ACTIVE
    is_called, is_old = loans.called[k] > 0.0, loans.age[k] >= terms.facilities.tenor_days[k]
    is_rolled = is_old & ~is_called & is_active & (loans.rollovers[k] < terms.facilities.n_rollovers[k])
    loans.age[k][is_rolled] = 0.0
    loans.rollovers[k] += is_rolled
    return np.asarray(is_called | (is_old & ~is_rolled))


def _repay(terms: ArmTerms, state: State, k: int, must_pay: Bools) -> None:
    """Interest first, then principal, from the day's budget."""
    loans, funds, pool, count = state.loans, state.funds, state.pool, terms.funds.count[:, None]
    swept = np.floor(terms.facilities.sweep_frac[k] * np.maximum(funds.cash - funds.buffer, 0.0))
    willing = np.where(state.system_keys.phase[k] == ACTIVE, 0.0, swept)
    budget = np.where(must_pay, np.maximum(funds.cash, 0.0), willing)
    interest = np.minimum(loans.interest_due[k], budget)
    principal = np.minimum(loans.drawn[k], budget - interest)
    loans.interest_due[k] -= interest
    loans.drawn[k] -= principal
    funds.cash -= interest + principal
    state.fund_tally.interest_paid[:] += interest
    state.fund_tally.repaid[:] += principal
    interest_in, principal_in = (count * interest).sum(axis=0), (count * principal).sum(axis=0)
    pool.cash += interest_in + principal_in
    pool.cash_in += interest_in + principal_in
    pool.income += interest_in
    state.path_tally.interest_paid[0] += interest_in
    state.path_tally.repaid[0] += principal_in


def _default(terms: ArmTerms, state: State, k: int, is_default: Bools) -> None:
    """The same share of every pledged asset is seized at closing prices; what it does not cover is lost."""
    loans, pool, count = state.loans, state.pool, terms.funds.count[:, None]
    drawn, interest = np.where(is_default, loans.drawn[k], 0.0), np.where(is_default, loans.interest_due[k], 0.0)
    pledged = np.flatnonzero(terms.facilities.advance_rate[k] > 0.0)
    worths = state.funds.units[:, pledged] * state.prices.close[pledged]
    worth = worths.sum(axis=1)
    share = np.divide(drawn + interest, worth, out=np.zeros_like(worth), where=is_default & (worth > 0.0))
    share = np.minimum(1.0, share)
    seized = np.minimum(np.floor(worth), drawn + interest)
    recovered = np.minimum(seized, drawn)
    pool.loss += (count * (drawn - recovered)).sum(axis=0)
    pool.income += (count * (seized - recovered)).sum(axis=0)
    _seize(terms, state, k, pledged, worths, share, seized)
    loans.drawn[k] -= drawn
    loans.interest_due[k] -= interest
    state.fund_tally.defaulted[is_default] = 1.0


def _seize(terms: ArmTerms, state: State, k: int, pledged: Integers, worths: Floats, share: Floats,
           seized: Floats) -> None:
    """Units move into the inventory, at a cost that adds up to what was seized."""
    count, pool, units = terms.funds.count, state.pool, state.funds.units
    worth = worths.sum(axis=1, keepdims=True)
    part = np.divide(np.cumsum(worths, axis=1), worth, out=np.zeros_like(worths), where=worth > 0.0)
    bounds = np.minimum(np.floor(seized[:, None] * part), seized[:, None])
    bounds[:, -1] = seized
    costs = np.diff(bounds, axis=1, prepend=0.0)
    taken = share[:, None] * units[:, pledged]
    units[:, pledged] -= taken
    pool.inventory[k, pledged] += np.einsum("f,fjp->jp", count, taken)
    pool.inventory_cost[k, pledged] += np.einsum("f,fjp->jp", count, costs)
