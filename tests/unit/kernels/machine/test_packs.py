"""Packs give every lane what the lane by itself would get, whole packs and what follows them."""

import numba
import numpy as np
import pytest

from backstop.kernels.machine.frames import bare, rows
from backstop.kernels.machine.jit import FIRST, Index, floor, fma, jit, over_lanes
from backstop.kernels.machine.packs import choose, zero

LANES = 21


@jit
def _sum_at(total, values, i):
    """Every operation that packs have, over all rows of one lane or pack."""
    low, high, kept = zero(i), zero(i), zero(i)
    for r in range(Index(5)):
        x = values[r, i]
        low = min(low, x - 0.5)
        high = max(high, floor(3.0 * x) / 2.0)
        kept = fma(low, x, kept + high)
        is_far = (x > 1.0) | (x <= -1.0) | (x == low)
        kept += choose(is_far & (x >= -1.5) & (x < high), 2.0 * x, zero(i))
        kept *= 1.5
        kept -= x
        kept /= 2.0
    total[FIRST, i] = kept


_stage = over_lanes(_sum_at.py_func if hasattr(_sum_at, "py_func") else _sum_at)


@numba.njit(error_model="numpy")
def _sum(total, values, lanes):
    _stage(total, values, lanes)


@numba.njit(error_model="numpy")
def _sum_lanes(total, values, lanes):
    for i in range(FIRST, lanes):
        _sum_at(total, values, i)


def summed(kernel, values, lanes):
    total = rows(1, LANES)
    kernel(total, bare(values), Index(lanes))
    return np.asarray(total)[0]


@pytest.mark.parametrize("lanes", [1, 7, 8, 16, LANES])
def test_packs_and_lanes_have_the_same_bits_and_leave_other_lanes_alone(lanes):
    values = np.random.default_rng(1).normal(size=(5, LANES))
    by_pack, by_lane = summed(_sum, values, lanes), summed(_sum_lanes, values, lanes)
    np.testing.assert_array_equal(by_pack, by_lane)
    assert np.all(by_pack[:lanes] != 0.0)
    assert np.all(by_pack[lanes:] == 0.0)


def test_packs_do_what_numpy_does():
    values, low, high, kept = np.random.default_rng(2).normal(size=(5, LANES)), 0.0, 0.0, 0.0
    for row in values:
        low, high = np.minimum(low, row - 0.5), np.maximum(high, np.floor(3.0 * row) / 2.0)
        kept = low * row + (kept + high)
        is_far = (row > 1.0) | (row <= -1.0) | (row == low)
        kept = (1.5 * (kept + np.where(is_far & (row >= -1.5) & (row < high), 2.0 * row, 0.0)) - row) / 2.0
    np.testing.assert_allclose(summed(_sum, values, LANES), kept, rtol=1e-12, atol=1e-12)
