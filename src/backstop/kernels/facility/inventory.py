"""What was seized or bought: for sale, sold, booked (docs/model.md, 8 and 9). Rows are ``k*J + j``."""

import numpy as np

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, fma, jit, rule


@jit
def is_stocked(pool, lanes):
    """Whether any lane holds anything."""
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


@rule
def plan_inventory_sales(participation, pool, prices, lanes):
    """Step 8: what was seized, for sale at the facility's pace."""
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
        pool.receipt[FIRST, i] = receipt
        pool.gain[FIRST, i] = receipt - relieved
        pool.inventory[row, i] = stock - n
        pool.inventory_cost[row, i] = cost - relieved
        pool.inventory_sale[row, i] = 0.0


@jit
def _book_inventory_sale(pool, k, lanes):
    """The receipt is cash in; its difference to cost is income or loss."""
    for i in range(FIRST, lanes):
        receipt, gain = pool.receipt[FIRST, i], pool.gain[FIRST, i]
        pool.realised[k, i] += gain
        pool.cash[FIRST, i] += receipt
        pool.cash_in[FIRST, i] += receipt
        pool.income[FIRST, i] += max(gain, 0.0)
        pool.loss[FIRST, i] += max(-gain, 0.0)


@rule
def settle_inventory_sales(pool, prices, lanes):
    """Step 9: proceeds of what was seized or bought."""
    n_assets = count_rows(prices.price)
    if is_stocked(pool, lanes):
        for row in range(count_rows(pool.inventory)):
            _settle_inventory_sale(pool, row, prices, row % n_assets, lanes)
            _book_inventory_sale(pool, row // n_assets, lanes)
