import math

import numpy as np
import pytest

from backstop.answers.samples import Sample, fixed_sum
from backstop.errors import NotFinite


def even(x):
    return Sample(np.asarray(x, dtype=float), np.ones(len(x)))


def weighted(x, w):
    return Sample(np.asarray(x, dtype=float), np.asarray(w, dtype=float))


@pytest.mark.parametrize("n", [1, 255, 256, 257, 10_000])
def test_fixed_sum_is_the_sum(n):
    values = np.random.default_rng(1).standard_normal(n)
    assert fixed_sum(values) == pytest.approx(math.fsum(values), rel=1e-13, abs=1e-13)


def test_fixed_sum_of_whole_numbers_is_exact():
    values = np.arange(100_001, dtype=float)
    assert fixed_sum(values) == 100_000 * 100_001 / 2


def test_a_weight_of_two_is_the_path_twice():
    twice, once = weighted([1.0, 5.0, 9.0], [2.0, 1.0, 1.0]), even([1.0, 1.0, 5.0, 9.0])
    assert twice.mean == once.mean == 4.0
    for level in (0.25, 0.5, 0.51, 0.75, 0.76, 1.0):
        assert twice.value_at(level) == once.value_at(level)


def test_effective_size_is_n_for_equal_weights_and_less_for_others():
    assert weighted([1.0, 2.0, 3.0], [0.2, 0.2, 0.2]).n_effective == 3.0
    # (1 + 1 + 2)^2 / (1 + 1 + 4)
    assert weighted([1.0, 2.0, 3.0], [1.0, 1.0, 2.0]).n_effective == pytest.approx(16.0 / 6.0)


def test_error_of_the_mean_is_the_textbook_one_for_equal_weights():
    x = np.random.default_rng(2).standard_normal(1000)
    assert even(x).error_of_mean(x) == pytest.approx(np.std(x, ddof=1) / math.sqrt(1000), rel=1e-12)


def test_quantile_levels_that_are_whole_numbers_of_paths_are_exact():
    values = np.arange(1.0, 4001.0)
    assert even(values).value_at(0.95) == 3800.0
    assert even(values).value_at(0.99) == 3960.0
    assert even(values).value_at(0.5) == 2000.0


@pytest.mark.parametrize(("x", "w"), [([1.0, np.nan], [1.0, 1.0]), ([1.0, np.inf], [1.0, 1.0]),
                                      ([1.0, 2.0], [1.0, 0.0]), ([1.0, 2.0], [1.0, np.nan])])
def test_what_is_not_finite_is_refused(x, w):
    with pytest.raises(NotFinite):
        weighted(x, w)
