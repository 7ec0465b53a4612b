"""Packs give every lane what the lane by itself would get, whole packs and what follows them."""

import numba
import numpy as np
import pytest

from backstop.kernels.frames import bare, rows
from backstop.kernels.jit import FIRST, Index, floor, fma, jit
from backstop.kernels.packs import PACK_LANES, count_packs, pack, zero

LANES = 21


@jit
def _sum_at(total, values, i):
    """Every operation that packs have, over all rows of one lane or pack."""
    low, high, kept = zero(i), zero(i), zero(i)
    for r in range(Index(5)):
        low = min(low, values[r, i] - 0.5)
        high = max(high, floor(3.0 * values[r, i]) / 2.0)
        kept = fma(low, values[r, i], kept + high)
    total[FIRST, i] = kept


@numba.njit(error_model="numpy")
def _sum(total, values, lanes):
    n_packs = count_packs(lanes)
    for n in range(FIRST, n_packs):
        _sum_at(total, values, pack(n))
    for i in range(PACK_LANES * n_packs, lanes):
        _sum_at(total, values, i)


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
    np.testing.assert_allclose(summed(_sum, values, LANES), kept, rtol=1e-12, atol=1e-12)
