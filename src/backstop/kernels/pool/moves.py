"""What moves between the pool and funds (docs/model.md, 7 and 10).

Fund amounts enter times `count`, the number of funds that a row stands for. All amounts are whole quanta.
"""

from backstop.kernels.machine.jit import FIRST, inline, jit


@inline
def book_arrival(pool, arriving, count, tally, i):
    """Money leaves the pool for a fund, in one lane or pack."""
    amount = count * arriving
    pool.cash[FIRST, i] -= amount
    pool.committed[FIRST, i] -= amount
    tally.injected[FIRST, i] += amount


@jit
def read_use(pool, tally, today, lanes):
    """Peak use and least available, after the day's approvals and before its repayments."""
    for i in range(FIRST, lanes):
        use = pool.cash_out[FIRST, i] - pool.cash_in[FIRST, i]
        tally.pool_peak_use[FIRST, i] = max(tally.pool_peak_use[FIRST, i], use)
        available = pool.cash[FIRST, i] - pool.committed[FIRST, i]
        tally.pool_min_available[FIRST, i] = min(tally.pool_min_available[FIRST, i], available)
        is_first = (pool.is_dry[FIRST, i] > 0.0) & (tally.first_dry_day[FIRST, i] == 0.0)
        tally.first_dry_day[FIRST, i] = today if is_first else tally.first_dry_day[FIRST, i]


@inline
def book_repayment(pool, interest, principal, count, tally, i):
    """Money comes back from a fund, in one lane or pack."""
    interest, principal = count * interest, count * principal
    pool.cash[FIRST, i] += interest + principal
    pool.cash_in[FIRST, i] += interest + principal
    pool.income[FIRST, i] += interest
    tally.interest_paid[FIRST, i] += interest
    tally.repaid[FIRST, i] += principal
