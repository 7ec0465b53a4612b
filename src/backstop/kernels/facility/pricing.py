"""What a loan costs beyond a flat rate: use, time and an upfront fee (docs/model.md, 7 and 10).

Rows of loans are ``k*F + f``; `loans.rate` and `loans.use` have rows only where some facility prices by them.
"""

import numpy as np

from backstop.kernels.funds.owing import owe
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, fma, inline, jit, rule
from backstop.kernels.machine.lanes import clear


@jit
def charge_fee(state, f, approval_row, fee_frac, count, lanes):
    """``fee = floor(fee_frac * arriving)`` leaves the fund at once; it is income, as interest is."""
    loans, funds, pool, fund_tally, path_tally = (
        state.loans, state.funds, state.pool, state.fund_tally, state.path_tally)
    for i in range(FIRST, lanes):
        fee = np.floor(fee_frac * loans.approvals[approval_row, i])
        funds.cash[f, i] -= fee
        funds.injection[f, i] -= fee
        fund_tally.interest_paid[f, i] += fee
        pool.fees[FIRST, i] += count * fee
        path_tally.interest_paid[FIRST, i] += count * fee


@jit
def collect_fees(pool, lanes):
    """Fees reach the pool after the day's claims: who claims later the same day cannot draw them."""
    for i in range(FIRST, lanes):
        fees = pool.fees[FIRST, i]
        pool.cash[FIRST, i] += fees
        pool.cash_in[FIRST, i] += fees
        pool.income[FIRST, i] += fees
        pool.fees[FIRST, i] = 0.0


@inline
def is_graded(terms, k):
    """Whether the rate of facility k depends on use or time."""
    return (terms.use_slope[k] > 0.0) | (terms.step[k, FIRST] > 0.0)


@jit
def _add_use(loans, k, row, count, per_quantum, lanes):
    """``use += count * drawn / size``."""
    for i in range(FIRST, lanes):
        loans.use[k, i] += count * loans.drawn[row, i] * per_quantum


@rule
def read_utilisation(terms, counts, loans, lanes):
    """Step 10: what share of its size each facility has lent, before the day's repayments."""
    if count_rows(loans.rate) == FIRST:
        return
    n_funds = count_rows(counts)
    for k in range(count_rows(terms.use_slope)):
        clear(loans.use, k, lanes)
        if terms.use_slope[k] > 0.0:
            for f in range(n_funds):
                _add_use(loans, k, k * n_funds + f, counts[f], 1.0 / max(terms.size[k], 1.0), lanes)


@jit
def _rate_of_use(loans, k, base, slope, service, lanes):
    """``rate + slope * use``."""
    for i in range(FIRST, lanes):
        service.rate[FIRST, i] = fma(slope, loans.use[k, i], base)


@jit
def _add_step(loans, row, days, step, tenor, service, lanes):
    """``rate += step [age + tenor * rollovers >= days]``."""
    for i in range(FIRST, lanes):
        out = fma(tenor, loans.rollovers[row, i], loans.age[row, i])
        service.rate[FIRST, i] += step if out >= days else 0.0


@jit
def _keep_rate(loans, row, service, lanes):
    """A loan that is called keeps the rate it was called at."""
    for i in range(FIRST, lanes):
        before, today = loans.rate[row, i], service.rate[FIRST, i]
        loans.rate[row, i] = before if loans.called[row, i] > 0.0 else today


@rule
def grade(terms, k, base, tenor, loans, row, service, lanes):
    """Step 10: the day's rate of one loan."""
    _rate_of_use(loans, k, base, terms.use_slope[k], service, lanes)
    for s in range(count_columns(terms.step)):
        if terms.step[k, s] > 0.0:
            _add_step(loans, row, terms.step_days[k, s], terms.step[k, s], tenor, service, lanes)
    _keep_rate(loans, row, service, lanes)


@rule
def accrue_graded(loans, row, funds, f, lanes):
    """``interest_due += floor(drawn * rate); age += 1`` at the loan's own rate."""
    for i in range(FIRST, lanes):
        interest = np.floor(loans.drawn[row, i] * loans.rate[row, i])
        loans.interest_due[row, i] += interest
        owe(funds, f, interest, i)
        loans.age[row, i] += 1.0 if loans.drawn[row, i] + loans.interest_due[row, i] > 0.0 else 0.0


@jit
def call_with_interest(loans, row, lanes):
    """``called += floor(drawn * rate)``: tomorrow's interest of what is called."""
    for i in range(FIRST, lanes):
        interest = np.floor(loans.drawn[row, i] * loans.rate[row, i])
        loans.called[row, i] += interest if loans.called[row, i] > 0.0 else 0.0
