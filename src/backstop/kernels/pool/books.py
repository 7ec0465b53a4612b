"""The accounting identities, read every day on every path (docs/model.md, 11)."""

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, fma, inline, jit, rule


@jit
def _pool_side(pool, lanes):
    """``imbalance = cash - paid_in - surplus + taxpayer``, to which loans, stock and layer losses are added."""
    for i in range(FIRST, lanes):
        equity = pool.paid_in[FIRST, i] + pool.surplus[FIRST, i] - pool.taxpayer[FIRST, i]
        pool.imbalance[FIRST, i] = pool.cash[FIRST, i] - equity


@jit
def _add_rows(pool, rows, row, times, lanes):
    for i in range(FIRST, lanes):
        pool.imbalance[FIRST, i] = fma(times, rows[row, i], pool.imbalance[FIRST, i])


@jit
def _take_away(pool, rows, row, lanes):
    """``imbalance = -rows``, to which the parts of what stands in them are added."""
    for i in range(FIRST, lanes):
        pool.imbalance[FIRST, i] = -rows[row, i]


@jit
def _note_imbalance(pool, tally, lanes):
    for i in range(FIRST, lanes):
        tally.money_created[FIRST, i] = max(tally.money_created[FIRST, i], abs(pool.imbalance[FIRST, i]))


@rule
def check_pool(layer_size, counts, state, lanes):
    """``cash + sum count*drawn + inventory cost = paid_in - sum loss - taxpayer + surplus + borrowed + guaranteed``."""
    pool = state.pool
    _pool_side(pool, lanes)
    for row in range(count_rows(pool.borrowed)):
        _add_rows(pool, pool.borrowed, row, -1.0, lanes)
        _add_rows(pool, pool.guaranteed, row, -1.0, lanes)
    for y in range(count_rows(layer_size)):
        _add_rows(pool, pool.layer_loss, y, 1.0, lanes)
    for f in range(count_rows(counts)):
        _add_rows(pool, state.funds.drawn, f, counts[f], lanes)
    for row in range(count_rows(pool.inventory_cost)):
        _add_rows(pool, pool.inventory_cost, row, 1.0, lanes)
    _note_imbalance(pool, state.path_tally, lanes)


@inline
def _cash_due(funds, f, tally, cash_open, i):
    """``cash_open + yield + money - bought - receivable + sales - cost + injected - paid - repaid - interest_paid``."""
    sales = tally.gross_sales[f, i] - tally.slippage[f, i]
    inflow = cash_open + funds.other_cash_in[f, i] + sales + tally.injected[f, i]
    return inflow - (tally.redemption_paid[f, i] + tally.repaid[f, i] + tally.interest_paid[f, i])


@jit
def _check_fund(funds, f, tally, cash_open, path_tally, lanes):
    """Cash is what went in less what went out."""
    for i in range(FIRST, lanes):
        imbalance = abs(funds.cash[f, i] - _cash_due(funds, f, tally, cash_open, i))
        path_tally.money_created[FIRST, i] = max(path_tally.money_created[FIRST, i], imbalance)


@jit
def _check_levered_fund(funds, f, lenders, tally, cash_open, debt_open, path_tally, lanes):
    """So for its cash, of which lenders got a part, and ``lent = lent_open + interest - deleveraged``."""
    for i in range(FIRST, lanes):
        back = tally.deleveraged[f, i]
        of_cash = abs(funds.cash[f, i] - (_cash_due(funds, f, tally, cash_open, i) - back))
        of_debt = abs(lenders.debt[f, i] - (debt_open + lenders.interest[f, i] - back))
        path_tally.money_created[FIRST, i] = max(path_tally.money_created[FIRST, i], max(of_cash, of_debt))


@jit
def _check_receivable(funds, f, pool, path_tally, lanes):
    """``receivable = sum of what is settling``."""
    n_slots = count_rows(funds.settling) // count_rows(funds.receivable)
    _take_away(pool, funds.receivable, f, lanes)
    for slot in range(n_slots):
        _add_rows(pool, funds.settling, f * n_slots + slot, 1.0, lanes)
    _note_imbalance(pool, path_tally, lanes)


@jit
def _add_loan(pool, loans, row, lanes):
    """``imbalance += drawn + interest_due``."""
    for i in range(FIRST, lanes):
        pool.imbalance[FIRST, i] += loans.drawn[row, i] + loans.interest_due[row, i]


@jit
def _check_net_debt(state, f, n_funds, lanes):
    """``net_debt = lent + sum_k (drawn + interest_due + premium_due) - receivable``."""
    funds, pool, loans, premium_due = state.funds, state.pool, state.loans, state.guarantees.premium_due
    _take_away(pool, funds.net_debt, f, lanes)
    if count_rows(state.lenders.debt) > FIRST:
        _add_rows(pool, state.lenders.debt, f, 1.0, lanes)
    for k in range(count_rows(loans.drawn) // n_funds):
        _add_loan(pool, loans, k * n_funds + f, lanes)
        if count_rows(premium_due) > FIRST:
            _add_rows(pool, premium_due, k * n_funds + f, 1.0, lanes)
    if count_rows(funds.receivable) > FIRST:
        _add_rows(pool, funds.receivable, f, -1.0, lanes)
    _note_imbalance(pool, state.path_tally, lanes)


@rule
def check_funds(cash_open, debt_open, state, lanes):
    """Every fund's cash and debt to lenders against all that went in and out, its net debt against what it owes."""
    funds, tally, path_tally, n_funds = state.funds, state.fund_tally, state.path_tally, count_rows(cash_open)
    for f in range(n_funds):
        if debt_open[f] > 0.0:
            _check_levered_fund(funds, f, state.lenders, tally, cash_open[f], debt_open[f], path_tally, lanes)
        else:
            _check_fund(funds, f, tally, cash_open[f], path_tally, lanes)
        _check_net_debt(state, f, n_funds, lanes)
    for f in range(count_rows(funds.receivable)):
        _check_receivable(funds, f, state.pool, path_tally, lanes)
