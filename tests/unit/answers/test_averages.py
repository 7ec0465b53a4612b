import math
import tracemalloc

import numpy as np
import pytest

from backstop.answers import estimators, quantiles, samples, shortfalls
from backstop.answers.averages import PIECE, Average, fixed_sum, made, pieces
from backstop.answers.groups import Groups
from backstop.answers.samples import Column, Sample

LENGTHS = (1, 255, PIECE, PIECE + 1, 3 * PIECE + 700)


def values(n, seed=4):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(n) * 10.0 ** rng.uniform(-6.0, 6.0, n)


def at_once(x):
    """Rows of 256 added up in order, what is left over to the first of them."""
    whole = len(x) // 256 * 256
    partial = np.add.reduce(x[:whole].reshape(-1, 256), axis=0)
    partial[: len(x) - whole] += x[whole:]
    return math.fsum(np.add.reduce(partial.reshape(-1, 16), axis=0).tolist())


@pytest.mark.parametrize("n", LENGTHS)
def test_a_sum_in_pieces_has_the_bits_of_one_at_once(n):
    x = values(n)
    assert fixed_sum(made(n, lambda part: x[part])) == fixed_sum(x) == at_once(x)


def test_the_sum_of_nothing_is_nothing():
    assert fixed_sum(np.empty(0)) == 0.0


@pytest.mark.parametrize("n", LENGTHS)
def test_pieces_are_all_numbers_in_order(n):
    assert np.concatenate([np.arange(n)[part] for part in pieces(n)]).tolist() == list(range(n))


@pytest.mark.parametrize("size", [1, 100, PIECE - 1, 2 * PIECE])
def test_sums_of_groups_that_pieces_break_have_the_bits_of_those_at_once(size):
    x = values(3 * PIECE + 700)
    groups = Groups(np.arange(len(x)) // size)
    assert groups.sums(x).tolist() == np.bincount(np.arange(len(x)) // size, weights=x).tolist()


def test_the_tail_of_an_average_in_pieces_is_that_of_it_at_once(monkeypatch):
    x = np.random.default_rng(5).pareto(3.0, 3 * PIECE)
    once = Average(0.0, x - x.mean(), 1.0)
    pieced = Average(0.0, made(len(x), lambda part: x[part] - x.mean()), 1.0)
    assert (pieced.error, pieced.skewness, pieced.tail_index) == (once.error, once.skewness, once.tail_index)


def test_values_about_usual_levels_are_those_of_the_whole_order():
    x = values(5 * PIECE)
    sample, ordered = Sample(x, np.ones(len(x))), np.sort(x)
    for level in (0.0, 0.01, 0.05, 0.499, 0.5, 0.501, 0.95, 0.99, 1.0, 0.3, 0.7):
        assert sample.value_at(level) == ordered[max(math.ceil(level * (1.0 - 1e-12) * len(x)) - 1, 0)]


def test_weights_in_the_memory_of_one_number_change_nothing():
    x = np.where(np.arange(2000) % 3 == 0, np.nan, values(2000))
    one, other = Column(x, np.broadcast_to(np.float64(1.0), 2000)).sample, Column(x, np.ones(2000)).sample
    assert one.w.strides == (0,)
    for of in (estimators.mean, lambda s: quantiles.quantile(s, 0.95), lambda s: shortfalls.shortfall(s, 0.95)):
        assert of(one) == of(other)


def test_a_column_on_some_paths_is_the_column_of_those():
    x, w = np.where(np.arange(600) % 5 == 0, np.nan, values(600)), np.linspace(1.0, 2.0, 600)
    chosen, group = np.arange(600) // 64 % 2 == 1, np.arange(600) // 50
    found, expected = Column(x, w).on(chosen, w[chosen], group[chosen]), Column(x[chosen], w[chosen], group[chosen])
    for name in ("x", "w", "group", "known"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))


@pytest.mark.parametrize("estimate", [
    lambda one, other: estimators.mean_difference(one, other),
    lambda one, other: quantiles.quantile_difference(one, other, 0.95),
    lambda one, other: shortfalls.shortfall_difference(one, other, 0.95),
])
def test_a_difference_takes_one_more_column_and_no_more(estimate):
    """Values in their order, for a moment, and pieces, whose size does not grow."""
    n, weight = 100 * PIECE, np.float64(1.0)
    x, y = values(n), values(n, seed=5)
    one, other = (Sample(v, np.broadcast_to(weight, n)) for v in (x, y))
    assert samples.PIECE == PIECE
    tracemalloc.start()
    try:
        estimate(one, other)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 9.5 * n
