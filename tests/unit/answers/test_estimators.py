import math

import numpy as np
import pytest
from scipy import stats

from backstop.answers import estimators, quantiles, shortfalls
from backstop.answers.samples import Sample

Q95 = 1.6448536269514722
ES95 = math.exp(-Q95 * Q95 / 2.0) / math.sqrt(2.0 * math.pi) / 0.05
"""Expected shortfall of the standard normal."""


def even(x):
    return Sample(np.asarray(x, dtype=float), np.ones(len(x)))


def shown(n_shown, n):
    return even([1.0] * n_shown + [0.0] * (n - n_shown))


@pytest.mark.parametrize(("n", "p", "level"), [(10, 0.5, 0.025), (1000, 0.99, 0.025), (1000, 0.99, 0.975),
                                               (100_000, 0.95, 0.975), (50, 0.01, 0.5), (4000, 0.05, 0.025)])
def test_binomial_quantiles_are_scipy_s(n, p, level):
    assert quantiles.binomial_quantile(n, p, level) == stats.binom.ppf(level, n, p)


def test_wilson_interval_is_the_published_one():
    # Newcombe (1998), table I: 81 of 263, and 15 of 148
    for k, n, lower, upper in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)):
        estimate = estimators.probability(shown(k, n))
        assert (round(estimate.lower, 4), round(estimate.upper, 4)) == (lower, upper)


def test_an_event_no_path_shows_has_the_exact_upper_bound():
    estimate = estimators.probability(shown(0, 100))
    # Clopper and Pearson: 1 - 0.025**(1/100)
    assert (estimate.value, estimate.lower, round(estimate.upper, 5)) == (0.0, 0.0, 0.03622)
    assert estimate.note == "few: 0 of 100 paths"
    certain = estimators.probability(shown(100, 100))
    assert (round(certain.lower, 5), certain.upper) == (0.96378, 1.0)


def test_paired_difference_of_probabilities_is_square_and_add_on_wilson_limits():
    one, two = even([1.0] * 8 + [0.0] * 4), even([1.0] + [0.0] * 7 + [1.0] + [0.0] * 3)
    a, b = (stats.binomtest(k, 12).proportion_ci(method="wilson") for k in (8, 2))
    p, q, phi = 8 / 12, 2 / 12, np.corrcoef(one.x, two.x)[0, 1]
    down, up = (p - a.low, b.high - q), (a.high - p, q - b.low)
    half = [math.sqrt(left**2 - 2.0 * phi * left * right + right**2) for left, right in (down, up)]
    estimate = estimators.probability_difference(one, two)
    assert estimate[:3] == pytest.approx((p - q, p - q - half[0], p - q + half[1]))


def test_a_constant_has_no_width():
    sample = even([3.0] * 500)
    for estimate in (estimators.mean(sample), quantiles.quantile(sample, 0.95), shortfalls.shortfall(sample, 0.95)):
        assert estimate[:3] == (3.0, 3.0, 3.0)


def test_a_mean_lies_in_the_range_of_its_values():
    # one loss in a thousand: the error is as wide as the mean
    sample = even([0.0] * 999 + [5.0])
    for estimate in (estimators.mean(sample), shortfalls.shortfall(sample, 0.95)):
        assert estimate.lower == 0.0 < estimate.value < estimate.upper


def test_equal_arms_differ_by_nothing():
    x = np.random.default_rng(3).standard_normal(500)
    pair = even(x), even(x)
    for estimate in (estimators.mean_difference(*pair), quantiles.quantile_difference(*pair, 0.95),
                     shortfalls.shortfall_difference(*pair, 0.95)):
        assert estimate[:3] == (0.0, 0.0, 0.0)


def test_shortfall_is_the_mean_of_the_worst():
    x = np.arange(1.0, 1001.0)
    assert shortfalls.shortfall(even(x), 0.95).value == pytest.approx(np.mean(np.arange(951.0, 1001.0)))
    assert shortfalls.shortfall(even(x), 0.05).value == pytest.approx(np.mean(np.arange(1.0, 51.0)))


def test_a_thin_tail_is_said():
    x = np.random.default_rng(4).standard_normal(1000)
    assert quantiles.quantile(even(x), 0.99).note == "thin tail: 10 paths beyond"
    assert quantiles.quantile(even(x), 0.95).note == ""
    assert shortfalls.shortfall(even(x[:500]), 0.95).note == "thin tail: 25 paths beyond"
    assert estimators.mean(even([0.0] * 990 + [5.0] * 10)).note == "few: 10 of 1000 paths differ from the median"


def test_a_bound_that_the_sample_cannot_give_is_none():
    x = np.random.default_rng(5).standard_normal(100)
    assert quantiles.quantile(even(x), 0.99).upper is None
    assert quantiles.quantile_difference(even(x), even(2.0 * x), 0.99).lower is None


def coverage(n_runs, n, truth, estimate):
    """Share of fixed-seed runs whose interval holds the truth."""
    rng = np.random.default_rng(6)
    held = 0
    for _ in range(n_runs):
        x = rng.standard_normal(n)
        y = 0.95 * x + math.sqrt(1.0 - 0.95**2) * rng.standard_normal(n)
        interval = estimate(x, y)
        held += interval.lower <= truth <= interval.upper
    return held / n_runs


def difference(of, *p):
    return lambda x, y: of(even(0.8 * y + 0.1), even(x), *p)


@pytest.mark.parametrize(("truth", "estimate"), [
    (0.0, lambda x, y: estimators.mean(even(x))),
    (Q95, lambda x, y: quantiles.quantile(even(x), 0.95)),
    (ES95, lambda x, y: shortfalls.shortfall(even(x), 0.95)),
    (0.1, difference(estimators.mean_difference)),
    (0.1, difference(quantiles.quantile_difference, 0.5)),
    (0.1 - 0.2 * Q95, difference(quantiles.quantile_difference, 0.95)),
    (0.1 - 0.2 * ES95, difference(shortfalls.shortfall_difference, 0.95)),
    (0.11506967022170828 - 0.15865525393145707, lambda x, y: estimators.probability_difference(
        even((y > 1.2).astype(float)), even((x > 1.0).astype(float)))),
])
def test_intervals_hold_the_truth_as_often_as_they_say(truth, estimate):
    # 0.95 less four standard errors of 500 runs, and less the bias of a shortfall from 1000 paths
    assert coverage(500, 1000, truth, estimate) > 0.95 - 4.0 * math.sqrt(0.95 * 0.05 / 500)


def test_pairing_narrows_the_interval():
    rng = np.random.default_rng(7)
    x = rng.standard_normal(2000)
    near, apart = even(x + 0.01 * rng.standard_normal(2000)), even(rng.standard_normal(2000))
    for of, p in ((estimators.mean_difference, ()), (quantiles.quantile_difference, (0.95,)),
                  (shortfalls.shortfall_difference, (0.95,))):
        paired, unpaired = of(near, even(x), *p), of(apart, even(x), *p)
        assert paired.upper - paired.lower < 0.5 * (unpaired.upper - unpaired.lower)


def test_weights_that_undo_a_bias_give_the_unbiased_answer():
    # importance sampling: draws from normal(1, 1), weighted back to normal(0, 1)
    x = np.random.default_rng(8).standard_normal(40_000) + 1.0
    sample = Sample(x, np.exp(0.5 - x))
    assert estimators.mean(sample).lower < 0.0 < estimators.mean(sample).upper
    quantile, shortfall = quantiles.quantile(sample, 0.95), shortfalls.shortfall(sample, 0.95)
    assert quantile.lower < Q95 < quantile.upper
    assert shortfall.lower < ES95 < shortfall.upper
    event = Sample((x > Q95).astype(float), sample.w)
    assert estimators.probability(event).lower < 0.05 < estimators.probability(event).upper


def test_a_ratio_is_that_of_sums_and_its_interval_the_delta_method_s():
    x, y = np.array([1.0, 0.0, 2.0, 5.0, 0.0]), np.array([2.0, 1.0, 4.0, 5.0, 0.0])
    found = estimators.ratio(x, y, np.ones(5))
    assert found.value == 8.0 / 12.0
    # influences x - 2/3 y of the four paths that have y: -1/3, -2/3, -2/3, 5/3; mean y is 3
    error = math.sqrt(sum(v * v for v in (-1 / 3, -2 / 3, -2 / 3, 5 / 3)) / 3.0 / 4.0) / 3.0
    k = sum(v**3 for v in (-1 / 3, -2 / 3, -2 / 3, 5 / 3)) / sum(v * v for v in (-1 / 3, -2 / 3, -2 / 3, 5 / 3)) ** 1.5
    # 3.182446: Student's t of 3 degrees of freedom
    t = 3.0 / k * ((1.0 + k * (3.182446 - k / 6.0)) ** (1.0 / 3.0) - 1.0)
    assert found.lower == pytest.approx(found.value - error * t, rel=1e-6)
    assert found.upper == 1.0
    assert found.note == "few: 4 paths"


def test_a_ratio_covers_the_true_one_as_often_as_it_says():
    rng = np.random.default_rng(1)
    y = rng.poisson(0.7, (400, 500)).astype(float)
    x = rng.binomial(y.astype(int), 0.3).astype(float)
    inside = [found.lower <= 0.3 <= found.upper for found in
              (estimators.ratio(a, b, np.ones(500)) for a, b in zip(x, y, strict=True))]
    assert abs(np.mean(inside) - 0.95) < 4.0 * math.sqrt(0.95 * 0.05 / 400)


def test_a_part_counts_on_paths_without_a_whole():
    # what a facility adds where nothing was sold without it
    assert estimators.ratio(np.array([3.0, -1.0]), np.array([4.0, 0.0]), np.ones(2)).value == 0.5


def test_a_share_that_no_path_has_any_of_gets_the_exact_bound_and_nothing_to_share_gets_none():
    found = estimators.ratio(np.zeros(100), np.ones(100), np.ones(100))
    assert (found.value, found.lower, round(found.upper, 5)) == (0.0, 0.0, 0.03622)
    assert estimators.ratio(np.ones(100), np.ones(100), np.ones(100)).lower == pytest.approx(1.0 - 0.03622, abs=1e-5)
    assert estimators.ratio(np.zeros(3), np.zeros(3), np.ones(3)) is None


@pytest.mark.parametrize(("n_differ", "note"), [(29, "few: 29 of 100 paths differ"), (30, "")])
def test_a_difference_says_on_how_few_paths_it_rests(n_differ, note):
    one = np.arange(100.0)
    assert estimators.few_differ(even(one), even(one + (one < n_differ))) == note
