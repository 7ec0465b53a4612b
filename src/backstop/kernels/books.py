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
def _check_fund(funds, f, tally, cash_open, path_tally, lanes):
    """``cash = cash_open + yield + new money + sales - cost + injected - redemption_paid - repaid - interest_paid``."""
    for i in range(FIRST, lanes):
        sales = tally.forced_sales[f, i] - tally.forced_sale_cost[f, i]
        inflow = cash_open + funds.other_cash_in[f, i] + sales + tally.injected[f, i]
        outflow = tally.redemption_paid[f, i] + tally.repaid[f, i] + tally.interest_paid[f, i]
        imbalance = abs(funds.cash[f, i] - (inflow - outflow))
        path_tally.money_created[FIRST, i] = max(path_tally.money_created[FIRST, i], imbalance)


@jit
def check_funds(cash_open, state, lanes):
    """Every fund's cash against all that went in and out."""
    for f in range(count_rows(cash_open)):
        _check_fund(state.funds, f, state.fund_tally, cash_open[f], state.path_tally, lanes)
