"""The accounting identities, read every day on every path (docs/model.md, 11)."""

from backstop.kernels.frames import count_rows
from backstop.kernels.jit import FIRST, TWO, fma, jit


@jit
def _pool_side(pool, paid_in, lanes):
    """Scratch 2: ``cash - sum size - surplus + taxpayer``, to which loans, stock and layer losses are added."""
    for i in range(FIRST, lanes):
        equity = paid_in + pool.surplus[FIRST, i] - pool.taxpayer[FIRST, i]
        pool.scratch[TWO, i] = pool.cash[FIRST, i] - equity


@jit
def _add_rows(pool, rows, row, times, lanes):
    for i in range(FIRST, lanes):
        pool.scratch[TWO, i] = fma(times, rows[row, i], pool.scratch[TWO, i])


@jit
def _note_imbalance(pool, tally, lanes):
    for i in range(FIRST, lanes):
        tally.money_created[FIRST, i] = max(tally.money_created[FIRST, i], abs(pool.scratch[TWO, i]))


@jit
def check_pool(layer_size, counts, state, lanes):
    """``pool_cash + sum count*drawn + inventory cost = sum size - sum layer loss - taxpayer + surplus``."""
    pool = state.pool
    paid_in = 0.0
    for y in range(count_rows(layer_size)):
        paid_in += layer_size[y]
    _pool_side(pool, paid_in, lanes)
    for y in range(count_rows(layer_size)):
        _add_rows(pool, pool.layer_loss, y, 1.0, lanes)
    for f in range(count_rows(counts)):
        _add_rows(pool, state.funds.principal, f, counts[f], lanes)
    for row in range(count_rows(pool.inventory_cost)):
        _add_rows(pool, pool.inventory_cost, row, 1.0, lanes)
    _note_imbalance(pool, state.path_tally, lanes)


@jit
def _fund_flows(funds, f, tally, cash_open, pool, lanes):
    """Scratch 2: cash less what came in, plus redemptions."""
    for i in range(FIRST, lanes):
        sales = tally.forced_sales[f, i] - tally.forced_sale_cost[f, i]
        inflow = cash_open + funds.cash_yield[f, i] + sales + tally.injected[f, i]
        pool.scratch[TWO, i] = funds.cash[f, i] + tally.redemption_paid[f, i] - inflow


@jit
def _fund_service(f, tally, pool, lanes):
    """``+ repaid + interest_paid``: nothing must be left."""
    for i in range(FIRST, lanes):
        pool.scratch[TWO, i] += tally.repaid[f, i] + tally.interest_paid[f, i]


@jit
def check_funds(cash_open, state, lanes):
    """``cash = cash_open + yield + sales - cost + injected - redemption_paid - repaid - interest_paid``."""
    for f in range(count_rows(cash_open)):
        _fund_flows(state.funds, f, state.fund_tally, cash_open[f], state.pool, lanes)
        _fund_service(f, state.fund_tally, state.pool, lanes)
        _note_imbalance(state.pool, state.path_tally, lanes)
