"""What is paid before maturity: instalments, margin, exposure beyond its cap, and what is raised for a maturity.

Steps 4 and 10 of docs/model.md. Rows of loans are ``k*F + f``; `loans.demand` has rows only where some facility has any
of it.
"""

from typing import NamedTuple

import numpy as np

from backstop.kernels.funds.settlement import add_receivable
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, fma, inline, jit, rule
from backstop.kernels.machine.lanes import clear, is_any_at_least
from backstop.terms import ACTIVE, NO_GATE, Floats


class Ends(NamedTuple):
    """When the loans of facility k end, unless its system key keeps them going."""

    tenor: float
    days: float
    n_rollovers: float
    phase: Floats
    """Of all system keys."""
    k: int


@jit
def _instalment(loans, row, days, tenor, lanes):
    """``floor(drawn / (floor((tenor - age) / days) + 1)) + interest_due`` every `days` of the loan's age."""
    for i in range(FIRST, lanes):
        age, drawn, interest = loans.age[row, i], loans.drawn[row, i], loans.interest_due[row, i]
        left = max(np.floor((tenor - age) / days), 0.0) + 1.0
        is_due = (age > 0.0) & (days * np.floor(age / days) == age)
        loans.demand[row, i] = np.floor(drawn / left) + interest if is_due else 0.0


@jit
def _lend_against(loans, funds, unit_row, prices, j, advance_rate, lanes):
    """``lendable += advance_rate * units * P``."""
    for i in range(FIRST, lanes):
        value = funds.units[unit_row, i] * prices.price[j, i]
        loans.lendable[FIRST, i] = fma(advance_rate, value, loans.lendable[FIRST, i])


@jit
def _margin(loans, row, funds, f, top_up_frac, lanes):
    """What brings debt, less what was demanded before, back to what is lent against."""
    for i in range(FIRST, lanes):
        rest = funds.net_debt[f, i] - loans.demanded[FIRST, i]
        lendable, holdings = loans.lendable[FIRST, i], funds.holdings[f, i]
        lack = max(0.0, rest - lendable)
        fast = min(lack, max(funds.cash[f, i] - funds.buffer[f, i], 0.0))
        margin = fast + (lack - fast) * np.floor(holdings) / max(holdings - lendable, 1.0)
        demand = loans.demand[row, i]
        loans.demand[row, i] = max(demand, margin) if lendable < top_up_frac * rest else demand


@jit
def _excess(loans, row, funds, f, cap, lanes):
    """``excess = max(0, risky - cap * max(nav, 0))``."""
    for i in range(FIRST, lanes):
        excess = funds.risky[f, i] - cap * max(funds.nav[f, i], 0.0)
        loans.demand[row, i] = max(loans.demand[row, i], excess)


@jit
def _demand(loans, row, funds, f, lanes):
    """``demand = floor(min(owed, demand))`` of a loan that is not called; `demanded` adds it."""
    for i in range(FIRST, lanes):
        owed, demand = loans.drawn[row, i] + loans.interest_due[row, i], loans.demand[row, i]
        due = np.floor(min(owed, demand)) if loans.called[row, i] == 0.0 else 0.0
        loans.demand[row, i] = due
        loans.demanded[FIRST, i] += due
        funds.called[f, i] += due
        funds.owed[f, i] += due


@jit
def _raise_for_maturity(loans, row, ends, funds, f, lanes):
    """``raised = max(0, floor(owed / (tenor - age)) - demand)`` in the last days of a loan that will not roll over."""
    tenor, days, n_rollovers = ends.tenor, ends.days, ends.n_rollovers
    for i in range(FIRST, lanes):
        owed, demand = loans.drawn[row, i] + loans.interest_due[row, i], loans.demand[row, i]
        left, rolls = tenor - loans.age[row, i], loans.rollovers[row, i] < n_rollovers
        rolls &= ends.phase[ends.k, i] == ACTIVE
        is_near = (left > 0.0) & (left <= days) & (loans.called[row, i] == 0.0) & (not rolls)
        part = max(0.0, np.floor(owed / max(left, 1.0)) - demand)
        raised = part if is_near else 0.0
        loans.raised[row, i] = raised
        loans.demanded[FIRST, i] += raised
        funds.called[f, i] += raised
        funds.owed[f, i] += raised


@rule
def _raise_ahead(terms, k, f, row, state, lanes):
    """What fund f raises today for the maturity of its loan of facility k."""
    loan = terms.facilities
    ends = Ends(loan.tenor_days[k], terms.advances.repay_ahead_days[k], loan.n_rollovers[k], state.system_keys.phase, k)
    _raise_for_maturity(state.loans, row, ends, state.funds, f, lanes)


@inline
def repays_ahead(advances, k):
    """Whether loans of facility k are repaid over days before their maturity."""
    return advances.repay_ahead_days[k] > 0.0


@inline
def is_demanding(advances, covenants, k):
    """Whether facility k may be paid before maturity."""
    has_dates = (advances.instalment_days[k] > 0.0) | repays_ahead(advances, k)
    return has_dates | (advances.top_up_frac[k] > 0.0) | (covenants.exposure_cap[k] < NO_GATE)


@rule
def _demand_of(terms, k, f, row, state, lanes):
    """The demand of facility k on fund f."""
    loans, funds, n_assets = state.loans, state.funds, count_rows(state.prices.price)
    clear(loans.demand, row, lanes)
    if terms.advances.instalment_days[k] > 0.0:
        _instalment(loans, row, terms.advances.instalment_days[k], terms.facilities.tenor_days[k], lanes)
    if terms.advances.top_up_frac[k] > 0.0:
        clear(loans.lendable, FIRST, lanes)
        for j in range(count_columns(terms.facilities.advance_rate)):
            rate = terms.facilities.advance_rate[k, j]
            if rate > 0.0:
                _lend_against(loans, funds, f * n_assets + j, state.prices, j, rate, lanes)
        _margin(loans, row, funds, f, terms.advances.top_up_frac[k], lanes)
    if terms.covenants.exposure_cap[k] < NO_GATE:
        _excess(loans, row, funds, f, terms.covenants.exposure_cap[k], lanes)
    _demand(loans, row, funds, f, lanes)
    if repays_ahead(terms.advances, k):
        _raise_ahead(terms, k, f, row, state, lanes)


@rule
def demand_payments(terms, state, lanes):
    """Step 4: what facilities demand today of those who owe them anything."""
    if count_rows(state.loans.demand) == FIRST:
        return
    funds, demanded = state.funds, state.loans.demanded
    n_funds, settles_later = count_rows(funds.cash), count_rows(funds.receivable) > FIRST
    for f in range(n_funds):
        clear(demanded, FIRST, lanes)
        if settles_later:
            add_receivable(funds, f, -1.0, demanded, lanes)
        for k in range(count_rows(terms.facilities.tenor_days)):
            row = k * n_funds + f
            if not is_demanding(terms.advances, terms.covenants, k):
                continue
            if settles_later or is_any_at_least(funds.net_debt, f, 1.0, lanes):
                _demand_of(terms, k, f, row, state, lanes)
            else:
                clear(state.loans.demand, row, lanes)
                if repays_ahead(terms.advances, k):
                    clear(state.loans.raised, row, lanes)


@jit
def meet_demand(loans, row, funds, f, service, lanes):
    """``budget = max(budget, min(cash, demand))``."""
    for i in range(FIRST, lanes):
        met = min(max(funds.cash[f, i], 0.0), loans.demand[row, i])
        service.budget[FIRST, i] = max(service.budget[FIRST, i], met)


@rule
def pay_ahead(loans, row, funds, f, service, lanes):
    """``budget = max(budget, min(cash, demand + raised))``."""
    for i in range(FIRST, lanes):
        met = min(max(funds.cash[f, i], 0.0), loans.demand[row, i] + loans.raised[row, i])
        service.budget[FIRST, i] = max(service.budget[FIRST, i], met)


@jit
def accelerate(loans, row, funds, f, service, lanes):
    """``must_pay`` where more of the demand is unpaid than the day's sales cost; sold dear they cost less than 0."""
    for i in range(FIRST, lanes):
        demand, must_pay = loans.demand[row, i], service.must_pay[FIRST, i]
        unpaid = demand - service.interest[FIRST, i] - service.principal[FIRST, i]
        is_missed = (demand > 0.0) & (unpaid > max(funds.sale_cost[f, i], 0.0))
        service.must_pay[FIRST, i] = 1.0 if is_missed else must_pay
