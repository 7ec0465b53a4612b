"""What the pool ends as (docs/model.md, 12)."""

import numpy as np

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, jit, rule
from backstop.kernels.machine.lanes import clear


@jit
def _close_layer(pool, y, tally, lanes):
    for i in range(FIRST, lanes):
        tally.loss_by_layer[y, i] = pool.layer_loss[y, i] + tally.refilled_by_layer[y, i]


@jit
def _close_pool_rows(pool, tally, lanes):
    for i in range(FIRST, lanes):
        tally.loss_taxpayer[FIRST, i] = pool.taxpayer[FIRST, i]
        tally.surplus_end[FIRST, i] = pool.surplus[FIRST, i]


@jit
def _value_stock(pool, row, prices, j, sums, lanes):
    """Cost of one facility's assets less their worth at the close."""
    for i in range(FIRST, lanes):
        worth = np.floor(pool.inventory[row, i] * prices.close[j, i])
        sums.stock_loss[FIRST, i] += pool.inventory_cost[row, i] - worth


@jit
def _mark_stock(sums, tally, lanes):
    for i in range(FIRST, lanes):
        tally.marked_loss_end[FIRST, i] += max(0.0, sums.stock_loss[FIRST, i])
        sums.stock_loss[FIRST, i] = 0.0


@jit
def _sum_stock(pool, row, tally, lanes):
    """Cost of what is still held."""
    for i in range(FIRST, lanes):
        tally.stock_cost_end[FIRST, i] += pool.inventory_cost[row, i]


@jit
def _sum_realised(pool, k, tally, lanes):
    for i in range(FIRST, lanes):
        tally.resale_gain[FIRST, i] += pool.realised[k, i]


@rule
def close_pool_tallies(state, lanes):
    """Horizon outcomes of the pool."""
    pool, n_assets = state.pool, count_rows(state.prices.close)
    for y in range(count_rows(pool.layer_loss)):
        _close_layer(pool, y, state.path_tally, lanes)
    _close_pool_rows(pool, state.path_tally, lanes)
    clear(state.sums.stock_loss, FIRST, lanes)
    for row in range(count_rows(pool.inventory)):
        _sum_stock(pool, row, state.path_tally, lanes)
        _value_stock(pool, row, state.prices, row % n_assets, state.sums, lanes)
        if row % n_assets == n_assets - ONE:
            _mark_stock(state.sums, state.path_tally, lanes)
    for k in range(count_rows(pool.realised)):
        _sum_realised(pool, k, state.path_tally, lanes)
