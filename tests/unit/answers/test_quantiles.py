import math

import numpy as np
import pytest

from backstop.answers import quantiles
from backstop.answers.samples import Sample


def even(x):
    return Sample(np.asarray(x, dtype=float), np.ones(len(x)))


def test_the_same_paths_moved_alike_differ_by_the_move():
    x = np.random.default_rng(1).exponential(size=4000)
    found = quantiles.quantile_difference(even(x + 1.0), even(x), 0.95)
    # two paths may lie between the two quantiles that none was seen to: a few ranks, not the interval of a quantile
    assert found.lower == pytest.approx(1.0, abs=0.05)
    assert found.upper == pytest.approx(1.0, abs=0.05)
    assert found.value == pytest.approx(1.0)


def test_a_shrunk_law_has_its_interval_shrunk():
    x = np.random.default_rng(2).exponential(size=4000)
    one, both = quantiles.quantile(even(x), 0.95), quantiles.quantile_difference(even(0.5 * x), even(x), 0.95)
    assert both.upper - both.lower == pytest.approx(0.5 * (one.upper - one.lower), rel=0.2)


def test_arms_without_anything_in_common_add_their_variances():
    rng = np.random.default_rng(3)
    one, two = even(rng.standard_normal(4000)), even(rng.standard_normal(4000))
    found = quantiles.quantile_difference(one, two, 0.5)
    # sqrt(pi / 2) of the error of a mean, twice
    error = math.sqrt(2.0 * math.pi / 2.0 / 4000.0)
    assert found.upper - found.lower == pytest.approx(2.0 * 1.96 * error, rel=0.1)


def test_few_paths_that_differ_are_said():
    x = np.random.default_rng(4).exponential(size=4000)
    y = x.copy()
    y[:7] += 1.0
    assert quantiles.quantile_difference(even(y), even(x), 0.95).note == "few: 7 of 4000 paths differ"
    assert quantiles.quantile_difference(even(2.0 * x), even(x), 0.95).note == ""
    assert quantiles.quantile_difference(even(2.0 * x), even(x), 0.995).note == "thin tail: 20 paths beyond"


def test_groups_widen_a_difference():
    rng = np.random.default_rng(5)
    group = np.repeat(np.arange(40), 50)
    x = rng.standard_normal(2000)
    y = x + np.repeat(rng.standard_normal(40), 50)
    apart, shared = (quantiles.quantile_difference(Sample(y, np.ones(2000), g), Sample(x, np.ones(2000), g), 0.5)
                     for g in (None, group))
    assert shared.upper - shared.lower > 2.0 * (apart.upper - apart.lower)
