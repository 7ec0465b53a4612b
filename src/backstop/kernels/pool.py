"""What moves between the pool and funds (docs/model.md, 7 and 10).

Fund amounts enter times `count`, the number of funds that a row stands for. All amounts are whole quanta.
"""

from backstop.kernels.jit import FIRST, THREE, TWO, jit


@jit
def book_arrival(pool, arriving, row, count, tally, lanes):
    """Money leaves the pool for a fund."""
    for i in range(FIRST, lanes):
        amount = count * arriving[row, i]
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


@jit
def book_repayment(pool, count, tally, lanes):
    """Money comes back from a fund: interest in scratch 2, principal in scratch 3."""
    for i in range(FIRST, lanes):
        interest, principal = count * pool.scratch[TWO, i], count * pool.scratch[THREE, i]
        pool.cash[FIRST, i] += interest + principal
        pool.cash_in[FIRST, i] += interest + principal
        pool.income[FIRST, i] += interest
        tally.interest_paid[FIRST, i] += interest
        tally.repaid[FIRST, i] += principal
