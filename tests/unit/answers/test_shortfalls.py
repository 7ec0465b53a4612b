import numpy as np
import pytest

from backstop.answers import shortfalls
from backstop.answers.samples import Sample


def even(x):
    return Sample(np.asarray(x, dtype=float), np.ones(len(x)))


def test_a_value_that_a_bit_more_than_the_tail_share_is_no_certainty():
    # 5.2 % of 2000 paths have the value 1: the law may have it on 4.5 %
    found = shortfalls.shortfall(even([1.0] * 104 + [0.0] * 1896), 0.95)
    assert (found.value, found.upper) == (1.0, 1.0)
    assert found.lower == pytest.approx(0.86, abs=0.02)


def test_a_value_that_many_paths_share_at_the_top_is_certain():
    found = shortfalls.shortfall(even([1.0] * 800 + list(np.linspace(0.0, 0.9, 1200))), 0.95)
    assert found == (1.0, 1.0, 1.0, "")


def test_the_lower_tail_is_the_mirror_image_of_the_upper():
    x = np.random.default_rng(1).exponential(size=1999)
    high, low = shortfalls.shortfall(even(x), 0.95), shortfalls.shortfall(even(-x), 0.05)
    assert (-low.value, -low.upper, -low.lower) == pytest.approx(high[:3], rel=1e-9)


def test_a_difference_of_equal_tails_is_nothing_and_few_changed_paths_are_said():
    x = np.random.default_rng(2).exponential(size=4000)
    y = x.copy()
    y[np.argsort(x)[:2000]] *= 0.5
    found = shortfalls.shortfall_difference(even(y), even(x), 0.95)
    assert found == (0.0, 0.0, 0.0, "few: 0 of 201 paths of the tail differ")


def test_a_shrunk_law_has_its_interval_shrunk():
    x = np.random.default_rng(3).exponential(size=4000)
    one, both = shortfalls.shortfall(even(x), 0.95), shortfalls.shortfall_difference(even(0.5 * x), even(x), 0.95)
    assert both.upper - both.lower == pytest.approx(0.5 * (one.upper - one.lower), rel=0.1)
