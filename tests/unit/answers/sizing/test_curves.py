"""Curves by hand: who is dry, the least size for a target, bands that widen, worth of a unit more."""

import numpy as np
import pytest

from backstop.answers.samples import Sample
from backstop.answers.sizing.curves import Aim, Point, _worth, from_peak_use, from_reruns, lack_beyond, least_size

ALL = Aim("all", None, 0.1, 1.0)


def sample(values, weights=None):
    x = np.array(values, dtype=float)
    return Sample(x, np.ones(len(x)) if weights is None else np.array(weights, dtype=float))


def test_a_path_is_dry_where_its_use_exceeds_the_pool_and_not_where_it_equals_it():
    # claims 3, repaid 2, claim 5: six at most are out, so that five are too little and six are enough
    use = max(3.0, 3.0 - 2.0 + 5.0)
    curve = from_peak_use(sample([use] * 3 + [0.0] * 7), [5.0], ALL._replace(target=0.25))
    assert curve.at(5.0).p == pytest.approx(0.3)
    assert curve.at(6.0).p == 0.0
    assert curve.size == 6.0


def test_the_least_size_leaves_no_more_than_the_target_dry():
    curve = from_peak_use(sample(np.arange(1.0, 101.0)), (), ALL)
    assert curve.size == 90.0
    assert curve.at(90.0).p == pytest.approx(0.1)
    assert curve.size_lower < 90.0 < curve.size_upper


def test_the_band_holds_the_curve_and_narrows_with_paths():
    few, many = (from_peak_use(sample(np.linspace(0.0, 1.0, n)), (), ALL) for n in (200, 20_000))
    for curve in (few, many):
        assert all(point.lower <= point.p <= point.upper for point in curve.points)
    assert many.at(0.9).upper - many.at(0.9).lower < 0.2 * (few.at(0.9).upper - few.at(0.9).lower)


def test_weights_count_and_say_that_the_band_is_approximate():
    curve = from_peak_use(sample([1.0, 2.0] * 20, [3.0, 1.0] * 20), (), ALL)
    assert curve.at(1.0).p == pytest.approx(0.25)
    assert not curve.is_exact


def test_robust_sizes_rise_with_distance_until_paths_are_too_few():
    curve = from_peak_use(sample(np.arange(1.0, 4001.0)), (), ALL)
    sizes = [one.size for one in curve.robust]
    assert curve.size_upper < sizes[0] < sizes[1]
    assert from_peak_use(sample(np.arange(1.0, 101.0)), (), ALL).robust[-1].size is None


def test_reruns_share_one_error_among_all_sizes():
    dry = [sample([1.0] * x + [0.0] * (100 - x)) for x in (50, 5)]
    few, many = (from_reruns(dry, [1.0, 2.0], most, ALL) for most in (1, 44))
    assert few.size == many.size == 2.0
    assert many.at(2.0).upper > few.at(2.0).upper > 0.05
    # Clopper and Pearson (1934): 5 of 100
    assert (few.at(2.0).lower, few.at(2.0).upper) == pytest.approx((0.01643, 0.11284), abs=1e-5)


def test_a_size_is_enough_only_if_all_larger_ones_are():
    points = [Point(1.0, 0.05, 0.0, 1.0), Point(2.0, 0.2, 0.0, 1.0), Point(3.0, 0.1, 0.0, 1.0)]
    assert least_size(points, lambda point: point.p, 0.1) == 3.0
    assert least_size(points, lambda point: point.p, 0.01) is None


def test_a_unit_more_takes_the_chance_of_running_dry_off_what_is_lacking():
    use = sample(np.arange(1.0, 11.0))
    fall = lack_beyond(use, 7.0).value - lack_beyond(use, 8.0).value
    assert fall == pytest.approx(0.3)


def test_paths_that_share_a_draw_and_its_fate_tell_as_much_as_one_and_never_less():
    of_two_draws = Sample(np.repeat([0.0, 1.0], 5), np.ones(10), np.repeat([0, 1], 5))
    assert _worth(of_two_draws) == 1
    assert _worth(sample(range(10))) == 10
