"""The pool: rationing, bookings, seized collateral, the capital stack, the books (docs/model.md, 7-11).

Fund amounts enter times `count`, the number of funds that a row stands for. All amounts are whole quanta.
"""

import numpy as np

from backstop.kernels.frames import count_rows
from backstop.kernels.jit import FIRST, ONE, THREE, TWO, fma, jit


@jit
def open_rationing(pool, lanes):
    """``available = pool_cash - committed``, before the claims of one facility are added up."""
    for i in range(FIRST, lanes):
        pool.available[FIRST, i] = pool.cash[FIRST, i] - pool.committed[FIRST, i]
        pool.claimed[FIRST, i] = 0.0
        pool.claimed_so_far[FIRST, i] = 0.0
        pool.allotted_so_far[FIRST, i] = 0.0


@jit
def add_claim(pool, loans, row, count, lanes):
    """``total += count * claim``."""
    for i in range(FIRST, lanes):
        pool.claimed[FIRST, i] += count * loans.claim[row, i]


@jit
def find_ratio(pool, lanes):
    """``ratio = 1 if total <= available else available / total``."""
    for i in range(FIRST, lanes):
        total, available = pool.claimed[FIRST, i], pool.available[FIRST, i]
        pool.ratio[FIRST, i] = 1.0 if total <= available else available / total


@jit
def approve_claim(pool, loans, row, count, lanes):
    """``A = min(floor(C * ratio), available); approved = min(claim, floor((A - A before) / count))``."""
    for i in range(FIRST, lanes):
        claim = loans.claim[row, i]
        claimed = pool.claimed_so_far[FIRST, i] + count * claim
        allotted = min(np.floor(claimed * pool.ratio[FIRST, i]), pool.available[FIRST, i])
        loans.approved[row, i] = min(claim, np.floor((allotted - pool.allotted_so_far[FIRST, i]) / count))
        pool.claimed_so_far[FIRST, i] = claimed
        pool.allotted_so_far[FIRST, i] = allotted


@jit
def _commit(pool, loans, row, approval_row, funds, f, count, lanes):
    """Approved money is set aside until it arrives."""
    for i in range(FIRST, lanes):
        approved = loans.approved[row, i]
        loans.approvals[approval_row, i] = approved
        loans.pending[row, i] += approved
        funds.pending[f, i] += approved
        pool.committed[FIRST, i] += count * approved
        pool.cash_out[FIRST, i] += count * approved


@jit
def count_unmet(pool, loans, row, count, tally, lanes):
    """``unmet_claims += count * max(0, unmet - unmet of the day before)``."""
    for i in range(FIRST, lanes):
        unmet = loans.claim[row, i] - loans.approved[row, i]
        tally.unmet_claims[FIRST, i] += count * max(0.0, unmet - loans.unmet[row, i])
        loans.unmet[row, i] = unmet
        pool.is_dry[FIRST, i] = 1.0 if unmet > 0.0 else pool.is_dry[FIRST, i]


@jit
def ration_claims(counts, pool, loans, funds, tally, k, slot, lanes):
    """Step 7: pro rata with a cumulative remainder, over the funds of facility k; `slot` of the approvals' ring."""
    n_funds = count_rows(counts)
    n_rows = count_rows(loans.drawn)
    open_rationing(pool, lanes)
    for f in range(n_funds):
        add_claim(pool, loans, k * n_funds + f, counts[f], lanes)
    find_ratio(pool, lanes)
    for f in range(n_funds):
        row = k * n_funds + f
        approve_claim(pool, loans, row, counts[f], lanes)
        _commit(pool, loans, row, slot * n_rows + row, funds, f, counts[f], lanes)
        count_unmet(pool, loans, row, counts[f], tally, lanes)


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


@jit
def is_stocked(pool, lanes):
    """Whether any lane holds seized collateral."""
    for row in range(count_rows(pool.inventory)):
        for i in range(FIRST, lanes):
            if pool.inventory[row, i] > 0.0:
                return True
    return False


@jit
def _plan_inventory_sale(pool, row, prices, j, participation, lanes):
    """``n = min(inventory, participation * adv(t) / P)``, nothing at limit-down."""
    for i in range(FIRST, lanes):
        n = min(pool.inventory[row, i], participation * prices.depth[j, i] * prices.inverse[j, i])
        pool.inventory_sale[row, i] = n
        prices.sold[j, i] = fma(n, prices.price[j, i], prices.sold[j, i])


@jit
def plan_inventory_sales(participation, pool, prices, lanes):
    """Step 8: seized collateral for sale, at the facility's pace."""
    n_assets = count_rows(prices.price)
    if is_stocked(pool, lanes):
        for k in range(count_rows(participation)):
            for j in range(n_assets):
                _plan_inventory_sale(pool, k * n_assets + j, prices, j, participation[k], lanes)


@jit
def _settle_inventory_sale(pool, row, prices, j, lanes):
    """``receipt = floor(n X)``; cost relieved in proportion, floored, all of it when sold out."""
    for i in range(FIRST, lanes):
        n, stock, cost = pool.inventory_sale[row, i], pool.inventory[row, i], pool.inventory_cost[row, i]
        receipt = np.floor(n * prices.execution[j, i])
        relieved = cost if n >= stock else np.floor(cost * n / stock)
        pool.scratch[FIRST, i] = receipt
        pool.scratch[ONE, i] = receipt - relieved
        pool.inventory[row, i] = stock - n
        pool.inventory_cost[row, i] = cost - relieved
        pool.inventory_sale[row, i] = 0.0


@jit
def _book_inventory_sale(pool, k, lanes):
    """The receipt is cash in; its difference to cost is income or loss."""
    for i in range(FIRST, lanes):
        receipt, gain = pool.scratch[FIRST, i], pool.scratch[ONE, i]
        pool.realised[k, i] += gain
        pool.cash[FIRST, i] += receipt
        pool.cash_in[FIRST, i] += receipt
        pool.income[FIRST, i] += max(gain, 0.0)
        pool.loss[FIRST, i] += max(-gain, 0.0)


@jit
def settle_inventory_sales(pool, prices, lanes):
    """Step 9: proceeds of seized collateral."""
    n_assets = count_rows(prices.price)
    if is_stocked(pool, lanes):
        for row in range(count_rows(pool.inventory)):
            _settle_inventory_sale(pool, row, prices, row % n_assets, lanes)
            _book_inventory_sale(pool, row // n_assets, lanes)


@jit
def _net_of_day(pool, tally, lanes):
    """The day's loss and income, netted: scratch 0 is lost, 1 gained; the surplus and the taxpayer come first."""
    for i in range(FIRST, lanes):
        net = pool.loss[FIRST, i] - pool.income[FIRST, i]
        tally.loss[FIRST, i] += pool.loss[FIRST, i]
        pool.loss[FIRST, i] = 0.0
        pool.income[FIRST, i] = 0.0
        from_surplus = min(max(net, 0.0), pool.surplus[FIRST, i])
        to_taxpayer = min(max(-net, 0.0), pool.taxpayer[FIRST, i])
        pool.surplus[FIRST, i] -= from_surplus
        pool.taxpayer[FIRST, i] -= to_taxpayer
        pool.scratch[FIRST, i] = max(net, 0.0) - from_surplus
        pool.scratch[ONE, i] = max(-net, 0.0) - to_taxpayer


@jit
def _lose(pool, y, size, lanes):
    """Layer y takes what it still can."""
    for i in range(FIRST, lanes):
        taken = min(pool.scratch[FIRST, i], size - pool.layer_loss[y, i])
        pool.layer_loss[y, i] += taken
        pool.scratch[FIRST, i] -= taken


@jit
def _restore(pool, y, lanes):
    """Layer y gets back what it lost."""
    for i in range(FIRST, lanes):
        given = min(pool.scratch[ONE, i], pool.layer_loss[y, i])
        pool.layer_loss[y, i] -= given
        pool.scratch[ONE, i] -= given


@jit
def _book_rest(pool, lanes):
    """What no layer could bear is the taxpayer's; what none needed is surplus."""
    for i in range(FIRST, lanes):
        pool.taxpayer[FIRST, i] += pool.scratch[FIRST, i]
        pool.surplus[FIRST, i] += pool.scratch[ONE, i]
        pool.is_dry[FIRST, i] = 0.0


@jit
def close_pool(layer_size, pool, tally, lanes):
    """Step 11: the day's net loss climbs the stack in order, net income restores it in reverse."""
    n_layers = count_rows(layer_size)
    _net_of_day(pool, tally, lanes)
    for y in range(n_layers):
        _lose(pool, y, layer_size[y], lanes)
    for back in range(n_layers):
        _restore(pool, n_layers - ONE - back, lanes)
    _book_rest(pool, lanes)
