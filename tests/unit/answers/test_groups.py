import math

import numpy as np
import pytest

from backstop.answers import estimators, quantiles
from backstop.answers.samples import Column, Sample
from backstop.answers.separation import separate

T7 = 2.364624251592784 / 1.959963984540054
"""Upper 2.5 % point of Student's t of 7 degrees of freedom, over the normal one."""


def grouped(x, n_groups):
    x = np.asarray(x, dtype=float)
    return Sample(x, np.ones(len(x)), np.arange(len(x)) * n_groups // len(x))


def shared(rng, n_groups, n, deviation):
    """(G n,) normals of variance 1 + deviation^2, whose groups of n share a mean."""
    return (deviation * rng.standard_normal((n_groups, 1)) + rng.standard_normal((n_groups, n))).ravel()


def test_variance_within_and_between_by_hand():
    # groups (1, 3) and (6, 10): means 2 and 8, within (1 + 1 + 4 + 4) / 2 = 5, between (2 * 9 + 2 * 9 - 5) / 2
    found = separate(grouped([1.0, 3.0, 6.0, 10.0], 2))
    assert found.sampling_error == pytest.approx(math.sqrt(5.0 / 4.0))
    assert found.parameter_deviation == pytest.approx(math.sqrt((36.0 - 5.0) / 2.0))
    assert found.parameter_frac == pytest.approx(15.5 / 20.5)


def test_weights_count_as_so_many_paths():
    x, w = np.array([1.0, 3.0, 6.0, 10.0]), np.array([2.0, 2.0, 1.0, 1.0])
    weighted = separate(Sample(x, w, np.array([0, 0, 1, 1])))
    assert separate(Sample(x, 3.0 * w, np.array([0, 0, 1, 1]))) == pytest.approx(weighted)
    # weights scaled to a mean of 1 are 4/3, 4/3, 2/3, 2/3; means of groups 2 and 8, of all 4
    within = (4 / 3 * 2 + 2 / 3 * 8) / 2
    between = (8 / 3 * 4 + 4 / 3 * 16 - within) / (4 - (64 + 16) / 36)
    assert weighted.parameter_deviation == pytest.approx(math.sqrt(between))


def test_groups_that_do_not_differ_leave_nothing_to_parameters():
    found = separate(grouped([1.0, 3.0, 3.0, 1.0], 2))
    assert (found.parameter_deviation, found.parameter_frac) == (0.0, 0.0)
    assert separate(grouped([2.0] * 6, 3)) == (0.0, 0.0, 0.0)


def test_one_group_or_single_paths_are_not_separated():
    assert separate(grouped([1.0, 2.0], 1)) is None
    assert separate(grouped([1.0, 2.0], 2)) is None
    assert separate(Sample(np.array([1.0, 2.0]), np.ones(2))) is None


def test_the_error_of_a_mean_is_that_of_the_means_of_groups():
    x = shared(np.random.default_rng(1), 8, 50, 0.5)
    of_means = x.reshape(8, 50).mean(axis=1).std(ddof=1) / math.sqrt(8)
    assert grouped(x, 8).error_of_mean(x) == pytest.approx(T7 * of_means)


def test_paths_without_a_value_leave_their_groups_right():
    x = np.array([1.0, np.nan, 3.0, np.nan, np.nan, 6.0, 10.0])
    sample = Column(x, np.ones(7), np.array([0, 0, 0, 1, 1, 2, 2])).sample
    assert sample.groups.position.tolist() == [0, 0, 1, 1]
    assert separate(sample) == separate(grouped([1.0, 3.0, 6.0, 10.0], 2))


def test_groups_of_paths_that_share_nothing_are_worth_all_paths():
    x = np.random.default_rng(2).standard_normal(20_000)
    assert 0.7 < grouped(x, 200).worth(x) / 20_000 <= 1.0


def test_paths_that_share_everything_are_worth_one_a_group():
    x = np.repeat(np.random.default_rng(3).standard_normal(100), 50)
    assert 90 < grouped(x, 100).worth(x) < 101


@pytest.mark.parametrize("estimate", [
    (0.0, estimators.mean), (0.5, lambda s: estimators.probability(Sample((s.x > 0).astype(float), s.w, GROUP))),
    (0.0, lambda s: quantiles.quantile(s, 0.5)),
    (1.6448536 * math.sqrt(1.25), lambda s: quantiles.quantile(s, 0.95))])
def test_intervals_hold_the_truth_as_often_as_they_say(estimate):
    rng, held = np.random.default_rng(4), 0
    for _ in range(400):
        interval = estimate[1](Sample(shared(rng, 20, 50, 0.5), np.ones(1000), GROUP))
        lower, upper = (bound if bound is not None else math.inf for bound in interval[1:3])
        held += lower <= estimate[0] <= upper
    # 0.95 less four standard errors of 400 runs; without groups it would be about 0.6
    assert held / 400 > 0.95 - 4.0 * math.sqrt(0.95 * 0.05 / 400)


GROUP = np.arange(1000) // 50


def test_paired_differences_keep_what_groups_share_apart():
    rng = np.random.default_rng(5)
    x = shared(rng, 20, 50, 1.0)
    near = Sample(x + 0.01 * rng.standard_normal(1000), np.ones(1000), GROUP)
    one, two = (quantiles.quantile_difference(near, Sample(other, np.ones(1000), GROUP), 0.5)
                for other in (x, shared(rng, 20, 50, 1.0)))
    assert one.upper - one.lower < 0.5 * (two.upper - two.lower)
