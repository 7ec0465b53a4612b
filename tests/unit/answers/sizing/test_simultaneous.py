"""The band of a whole distribution: its chance against a determinant, and how often it holds a law."""

import math

import numpy as np
import pytest

from backstop.answers.sizing.simultaneous import band, chance_within


def by_determinant(low, high):
    """Steck (1971), Ann. Math. Stat. 42: chance that ordered uniforms lie within ``low < U < high``."""
    n = len(low)
    matrix = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if j - i + 1 >= 0:
                matrix[i, j] = max(high[i] - low[j], 0.0) ** (j - i + 1) / math.factorial(j - i + 1)
    return math.factorial(n) * np.linalg.det(matrix)


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_the_chance_that_all_hold_is_that_of_a_determinant(n):
    rng = np.random.default_rng(n)
    low = np.sort(rng.random(n)) * 0.5
    high = np.maximum(np.sort(rng.random(n)) * 0.6 + 0.4, low + 0.05)
    high = np.maximum.accumulate(high)
    assert chance_within(n, np.arange(1, n + 1), low, high) == pytest.approx(by_determinant(low, high), rel=1e-9)


def test_of_ranks_left_out_nothing_is_asked():
    # of three values the middle one within (a, b): a beta variable (2, 2)
    a, b = 0.3, 0.6
    exact = (3 * b**2 - 2 * b**3) - (3 * a**2 - 2 * a**3)
    assert chance_within(3, np.array([2]), np.array([a]), np.array([b])) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("n", [1, 30, 4000, 100_000])
def test_the_band_holds_with_95_per_cent_for_any_number_of_paths(n):
    found = band(n)
    assert chance_within(n, found.ranks, found.low, found.high) == pytest.approx(0.95, abs=2e-5)


def test_one_value_has_its_own_interval():
    found = band(1)
    assert (found.low[0], found.high[0]) == pytest.approx((0.025, 0.975), abs=1e-5)


def test_a_point_has_the_ends_of_the_ranks_beside_it():
    found = band(4)
    assert found.bounds(0) == (0.0, found.high[0])
    assert found.bounds(2) == (found.low[1], found.high[2])
    assert found.bounds(4) == (found.low[3], 1.0)
