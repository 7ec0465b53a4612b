import math

import numpy as np
import pytest
from scipy import stats

from backstop.answers import estimators, skewness
from backstop.answers.averages import Average
from backstop.answers.samples import Sample


def even(x):
    return Sample(np.asarray(x, dtype=float), np.ones(len(x)))


def test_a_symmetric_law_has_the_interval_of_the_normal_law():
    x = np.concatenate([np.arange(1.0, 501.0), -np.arange(1.0, 501.0)])
    error = np.std(x, ddof=1) / math.sqrt(1000)
    assert estimators.mean(even(x))[:3] == pytest.approx((0.0, -1.959964 * error, 1.959964 * error), abs=1e-4)


def test_bounds_are_where_hall_s_polynomial_of_the_studentised_mean_is_at_the_normal_points():
    x = np.random.default_rng(1).exponential(size=400)
    average = even(x).average(x)
    lower, upper = skewness.bounds(average)
    k = average.skewness

    def g(mean):
        t = (average.value - mean) / average.error
        return t + k * t**2 / 3.0 + k**2 * t**3 / 27.0 + k / 6.0
    assert (g(lower), g(upper)) == pytest.approx((1.959964, -1.959964), rel=1e-6)
    # a skew to the right leaves more room above
    assert upper - average.value > average.value - lower


def test_the_skewness_of_an_average_is_that_of_a_path_over_the_root_of_their_number():
    x = np.random.default_rng(2).exponential(size=900)
    assert even(x).average(x).skewness == pytest.approx(stats.skew(x) / 30.0, rel=1e-12)


def test_groups_are_skewed_by_their_sums():
    group = np.repeat(np.arange(50), 10)
    x = np.random.default_rng(3).exponential(size=500)
    average = Sample(x, np.ones(500), group).average(x)
    assert average.skewness == pytest.approx(stats.skew(x.reshape(50, 10).mean(axis=1)) / math.sqrt(50.0), rel=1e-9)


@pytest.mark.parametrize(("law", "index"), [
    (stats.expon(), 0.0), (stats.genpareto(0.25), 0.25), (stats.genpareto(-0.2), -0.2), (stats.uniform(), -1.0)])
def test_the_tail_index_is_that_of_the_law(law, index):
    x = law.ppf((np.arange(100_000) + 0.5) / 100_000)
    skewed = Average(0.0, x - x.mean(), 1.0)
    assert skewed.tail_index == pytest.approx(index, abs=0.02)


def test_a_tail_to_the_left_is_as_heavy_as_its_mirror_image():
    x = np.random.default_rng(4).pareto(2.5, 2000)
    left, right = (Average(0.0, sign * (x - x.mean()), 1.0) for sign in (-1.0, 1.0))
    assert left.tail_index == right.tail_index > 0.2


def test_a_heavy_tail_is_said_and_a_rare_loss_is_none():
    rng = np.random.default_rng(5)
    assert estimators.mean(even(np.exp(2.0 * rng.standard_normal(2000)))).note == skewness.HEAVY_TAIL
    rare = np.where(rng.random(4000) < 0.024, rng.exponential(size=4000), 0.0)
    assert estimators.mean(even(rare)).note == ""
    assert estimators.mean(even(rng.exponential(size=500))).note == ""
    # a single path of a hundred that differ makes the mean
    alone = np.zeros(500)
    alone[:100], alone[0] = 1.0, 1e4
    assert estimators.mean(even(alone)).note == skewness.HEAVY_TAIL
