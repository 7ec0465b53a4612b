"""Interest, repayment, maturity and default (docs/model.md, 10). Rows of loans are ``k*F + f``."""

import numpy as np

from backstop.kernels.facility.demands import accelerate, is_demanding, meet_demand, pay_ahead, repays_ahead
from backstop.kernels.facility.guarantee import (
    book_bank_repayment,
    call_premium,
    charge_premium,
    honour_guarantee,
    take_by_bank,
)
from backstop.kernels.facility.pricing import accrue_graded, call_with_interest, grade, is_graded, read_utilisation
from backstop.kernels.funds.owing import owe, owe_less
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, floor, fma, inline, jit, over_lanes, rule
from backstop.kernels.machine.lanes import clear, is_any_at_least
from backstop.kernels.machine.packs import choose, zero
from backstop.kernels.pool.moves import book_repayment
from backstop.terms import ACTIVE, Instrument


@jit
def _accrue(loans, row, funds, f, rate_per_day, lanes):
    """``interest_due += floor(drawn * rate); age += 1`` while there is debt."""
    for i in range(FIRST, lanes):
        interest = np.floor(loans.drawn[row, i] * rate_per_day)
        loans.interest_due[row, i] += interest
        owe(funds, f, interest, i)
        loans.age[row, i] += 1.0 if loans.drawn[row, i] + loans.interest_due[row, i] > 0.0 else 0.0


@inline
def _roll_over(loans, row, keys, k, tenor, n_rollovers, i):
    """One more time where the debt is old and may; whether it must be paid now instead."""
    is_old, is_called = loans.age[row, i] >= tenor, loans.called[row, i] > 0.0
    has_ended = (keys.phase[k, i] < ACTIVE) | (loans.rollovers[row, i] >= n_rollovers)
    must_pay = is_called | (is_old & has_ended)
    age, rollovers = loans.age[row, i], loans.rollovers[row, i]
    loans.age[row, i] = choose(must_pay, age, choose(is_old, zero(i), age))
    loans.rollovers[row, i] = choose(must_pay, rollovers, choose(is_old, rollovers + 1.0, rollovers))
    return must_pay


@over_lanes
def _set_budget(terms, state, k, f, row, i):
    """``budget``: all cash where debt must be paid, else a share of free cash once the system key is off."""
    funds, keys, service = state.funds, state.system_keys, state.service
    must_pay = _roll_over(state.loans, row, keys, k, terms.tenor_days[k], terms.n_rollovers[k], i)
    cash, none = funds.cash[f, i], zero(i)
    swept = floor(terms.sweep_frac[k] * max(cash - funds.buffer[f, i], 0.0))
    willing = choose(keys.phase[k, i] < ACTIVE, swept, none)
    service.must_pay[FIRST, i] = choose(must_pay, none + 1.0, none)
    service.budget[FIRST, i] = choose(must_pay, max(cash, 0.0), willing)


@inline
def _repay(loans, row, funds, f, service, i):
    """``i = min(interest_due, budget); p = min(drawn, budget - i)``."""
    budget = service.budget[FIRST, i]
    interest = min(loans.interest_due[row, i], budget)
    principal = min(loans.drawn[row, i], budget - interest)
    loans.interest_due[row, i] -= interest
    loans.drawn[row, i] -= principal
    funds.cash[f, i] -= interest + principal
    service.interest[FIRST, i] = interest
    service.principal[FIRST, i] = principal


@over_lanes
def _repay_bank(loans, row, funds, f, service, i):
    """What a fund repays of a loan that is a bank's."""
    _repay(loans, row, funds, f, service, i)


@over_lanes
def _repay_pool(state, f, row, count, i):
    """What a fund repays of a loan that is the pool's."""
    funds, service, tally = state.funds, state.service, state.fund_tally
    _repay(state.loans, row, funds, f, service, i)
    interest, principal = service.interest[FIRST, i], service.principal[FIRST, i]
    owe_less(funds, f, interest + principal, i)
    funds.drawn[f, i] -= principal
    tally.interest_paid[f, i] += interest
    tally.repaid[f, i] += principal
    book_repayment(state.pool, interest, principal, count, state.path_tally, i)


@jit
def _call(loans, row, funds, f, rate_per_day, service, lanes):
    """What is still owed at maturity is called for tomorrow, with a day's interest.

    Called yesterday, it is a default, unless only what today's sales cost is missing.
    """
    for i in range(FIRST, lanes):
        owed = loans.drawn[row, i] + loans.interest_due[row, i]
        age, rollovers = loans.age[row, i], loans.rollovers[row, i]
        is_overdue = (service.must_pay[FIRST, i] > 0.0) & (owed > 0.0)
        is_default = is_overdue & (loans.called[row, i] > 0.0) & (owed > funds.sale_cost[f, i])
        tomorrow = owed + np.floor(loans.drawn[row, i] * rate_per_day)
        loans.called[row, i] = tomorrow if is_overdue & (not is_default) else 0.0
        is_running = (owed > 0.0) & (not is_default)
        loans.age[row, i] = age if is_running else 0.0
        loans.rollovers[row, i] = rollovers if is_running else 0.0
        service.is_default[FIRST, i] = 1.0 if is_default else 0.0
        service.worth[FIRST, i] = 0.0


@rule
def _give_grace(loans, row, funds, f, grace_days, lanes):
    """A called loan that stays unpaid is no default for `grace_days` days: it counts as called today."""
    for i in range(FIRST, lanes):
        owed, called, late = loans.drawn[row, i] + loans.interest_due[row, i], loans.called[row, i], loans.late[row, i]
        is_late = (called > 0.0) & (owed > funds.sale_cost[f, i])
        days = (late + 1.0 if is_late else late) if owed > 0.0 else 0.0
        loans.late[row, i] = days
        loans.called[row, i] = 0.0 if is_late & (days <= grace_days) else called


@jit
def _pledged_worth(funds, unit_row, prices, j, service, lanes):
    """``worth += units * close``."""
    for i in range(FIRST, lanes):
        so_far = service.worth[FIRST, i]
        service.worth[FIRST, i] = fma(funds.units[unit_row, i], prices.close[j, i], so_far)


@jit
def _seize(loans, row, service, lanes):
    """``share = min(1, owed / worth); seized = owed if worth covers it, else floor(worth)``."""
    for i in range(FIRST, lanes):
        owed = loans.drawn[row, i] + loans.interest_due[row, i]
        worth, is_default = service.worth[FIRST, i], service.is_default[FIRST, i]
        share = min(1.0, owed / worth) if (is_default > 0.0) & (worth > 0.0) else 0.0
        service.share[FIRST, i] = share
        service.seized[FIRST, i] = is_default * min(np.floor(worth), owed)


@jit
def _take_collateral(funds, unit_row, service, pool, stock_row, count, lanes):
    """``inventory += count * share * units; units -= share * units``."""
    for i in range(FIRST, lanes):
        taken = service.share[FIRST, i] * funds.units[unit_row, i]
        pool.inventory[stock_row, i] = fma(count, taken, pool.inventory[stock_row, i])
        funds.units[unit_row, i] -= taken


@jit
def _value_up_to(funds, unit_row, prices, j, pool, lanes):
    """Worth of the pledged assets up to j, before they are taken (claimed_so_far); their cost so far stays apart."""
    for i in range(FIRST, lanes):
        so_far = pool.claimed_so_far[FIRST, i]
        pool.claimed_so_far[FIRST, i] = fma(funds.units[unit_row, i], prices.close[j, i], so_far)


@jit
def book_cost(pool, stock_row, total, value, count, is_last, lanes):
    """``cost += count * (B_j - B_(j-1)), B_j = floor(total * value up to j / value)``, `total` for the last."""
    for i in range(FIRST, lanes):
        cost, worth = total[FIRST, i], value[FIRST, i]
        part = np.floor(cost * pool.claimed_so_far[FIRST, i] / worth) if worth > 0.0 else 0.0
        so_far = cost if is_last else min(part, cost)
        pool.inventory_cost[stock_row, i] += count * (so_far - pool.allotted_so_far[FIRST, i])
        pool.allotted_so_far[FIRST, i] = so_far


@jit
def open_cost(pool, lanes):
    """Before the cost of a lot is spread over its assets."""
    for i in range(FIRST, lanes):
        pool.claimed_so_far[FIRST, i] = 0.0
        pool.allotted_so_far[FIRST, i] = 0.0


@jit
def _write_off(loans, row, funds, f, service, pool, count, lanes):
    """``loss += count * (drawn - recovered); income += count * (seized - recovered)``; the debt is gone."""
    for i in range(FIRST, lanes):
        is_default, seized = service.is_default[FIRST, i], service.seized[FIRST, i]
        drawn, interest = is_default * loans.drawn[row, i], is_default * loans.interest_due[row, i]
        recovered = min(seized, drawn)
        pool.loss[FIRST, i] += count * (drawn - recovered)
        pool.income[FIRST, i] += count * (seized - recovered)
        loans.drawn[row, i] -= drawn
        loans.interest_due[row, i] -= interest
        owe_less(funds, f, drawn + interest, i)
        funds.drawn[f, i] -= drawn


@jit
def _mark_defaulted(tally, f, service, lanes):
    for i in range(FIRST, lanes):
        tally.defaulted[f, i] = max(tally.defaulted[f, i], service.is_default[FIRST, i])


@jit
def last_pledged(advance_rate, k):
    """Number of the last asset that is collateral; the number of assets where none is."""
    last = count_columns(advance_rate)
    for j in range(count_columns(advance_rate)):
        if advance_rate[k, j] > 0.0:
            last = j
    return last


@jit
def _take_all_collateral(terms, count, state, k, f, lanes):
    """Every pledged asset into the inventory, at its part of what is settled."""
    funds, service, pool, n_assets = state.funds, state.service, state.pool, count_columns(terms.advance_rate)
    last = last_pledged(terms.advance_rate, k)
    open_cost(pool, lanes)
    for j in range(n_assets):
        if terms.advance_rate[k, j] > 0.0:
            _value_up_to(funds, f * n_assets + j, state.prices, j, pool, lanes)
            book_cost(pool, k * n_assets + j, service.seized, service.worth, count, j == last, lanes)
            _take_collateral(funds, f * n_assets + j, service, pool, k * n_assets + j, count, lanes)


@rule
def _default(terms, count, state, k, f, row, lanes):
    """Collateral is seized at closing prices, the rest of the principal is lost: the pool's, or the bank's."""
    loan, funds, service = terms.facilities, state.funds, state.service
    n_assets = count_columns(loan.advance_rate)
    for j in range(n_assets):
        if loan.advance_rate[k, j] > 0.0:
            _pledged_worth(funds, f * n_assets + j, state.prices, j, service, lanes)
    _seize(state.loans, row, service, lanes)
    if loan.instrument[k] == Instrument.GUARANTEE:
        for j in range(n_assets):
            if loan.advance_rate[k, j] > 0.0:
                take_by_bank(funds, f * n_assets + j, service, state.guarantees, j, count, lanes)
        honour_guarantee(terms.guarantee, count, state, k, f, row, lanes)
    else:
        _take_all_collateral(loan, count, state, k, f, lanes)
        _write_off(state.loans, row, funds, f, service, state.pool, count, lanes)
    _mark_defaulted(state.fund_tally, f, service, lanes)


@jit
def _add_called(funds, f, loans, row, lanes):
    for i in range(FIRST, lanes):
        funds.called[f, i] += loans.called[row, i]


@jit
def _repay_lender(arm, count, state, k, f, row, lanes):
    """What the fund repays reaches whoever lent it."""
    if arm.facilities.instrument[k] == Instrument.GUARANTEE:
        _repay_bank(state.loans, row, state.funds, f, state.service, lanes)
        book_bank_repayment(arm.guarantee, count, state, k, f, row, lanes)
    else:
        _repay_pool(state, f, row, count, lanes)


@jit
def _charge_interest(arm, state, k, f, row, lanes):
    """The interest of the day, at a flat rate or at that of the day."""
    rate, loans, funds, service = arm.facilities.rate_per_day[k], state.loans, state.funds, state.service
    if is_graded(arm.advances, k):
        grade(arm.advances, k, rate, arm.facilities.tenor_days[k], loans, row, service, lanes)
        accrue_graded(loans, row, funds, f, lanes)
    else:
        _accrue(loans, row, funds, f, rate, lanes)


@jit
def _take_repayment(arm, count, state, k, f, row, lanes):
    """What falls due or is demanded of a loan, and what the fund repays of it."""
    loans, funds, service = state.loans, state.funds, state.service
    has_demands = is_demanding(arm.advances, arm.covenants, k)
    _set_budget(arm.facilities, state, k, f, row, lanes)
    if has_demands:
        meet_demand(loans, row, funds, f, service, lanes)
    if repays_ahead(arm.advances, k):
        pay_ahead(loans, row, funds, f, service, lanes)
    _repay_lender(arm, count, state, k, f, row, lanes)
    if has_demands:
        accelerate(loans, row, funds, f, service, lanes)


@jit
def _call_loan(arm, state, k, f, row, lanes):
    """What the fund is to pay tomorrow, interest included."""
    is_flat, grace_days = not is_graded(arm.advances, k), arm.advances.grace_days[k]
    if grace_days > 0.0:
        _give_grace(state.loans, row, state.funds, f, grace_days, lanes)
    tomorrow = arm.facilities.rate_per_day[k] if is_flat else 0.0
    _call(state.loans, row, state.funds, f, tomorrow, state.service, lanes)
    if not is_flat:
        call_with_interest(state.loans, row, lanes)


@rule
def _service_loan(arm, count, state, k, f, row, lanes):
    """One loan: accrue, mature, repay, call or default."""
    loans, is_guaranteed = state.loans, arm.facilities.instrument[k] == Instrument.GUARANTEE
    _charge_interest(arm, state, k, f, row, lanes)
    if is_guaranteed:
        charge_premium(arm.guarantee, count, state, k, f, row, lanes)
    _take_repayment(arm, count, state, k, f, row, lanes)
    _call_loan(arm, state, k, f, row, lanes)
    if is_any_at_least(state.service.is_default, FIRST, 1.0, lanes):
        _default(arm, count, state, k, f, row, lanes)
    if is_guaranteed:
        call_premium(state.guarantees, row, loans, arm.guarantee.premium_per_day[k], lanes)
    _add_called(state.funds, f, loans, row, lanes)


@rule
def service_debt(terms, state, lanes):
    """Step 10: every loan of every facility; what is called is due tomorrow."""
    counts, tenor_days = terms.funds.count, terms.facilities.tenor_days
    n_funds, n_facilities = count_rows(counts), count_rows(tenor_days)
    if n_facilities == FIRST:
        return
    read_utilisation(terms.advances, counts, state.loans, lanes)
    for f in range(n_funds):
        # what is receivable hides in the debt
        if is_any_at_least(state.funds.net_debt, f, 1.0, lanes) or count_rows(state.funds.receivable) > FIRST:
            clear(state.funds.called, f, lanes)
            for k in range(n_facilities):
                if tenor_days[k] > 0.0:
                    _service_loan(terms, counts[f], state, k, f, k * n_funds + f, lanes)
