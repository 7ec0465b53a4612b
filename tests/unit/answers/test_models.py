"""What market models say apart: ranges, intervals of sampling alone, the variance between models."""

import math

import numpy as np
import pytest

from backstop.answers.models import between, over_models, verdict
from backstop.answers.samples import Sample
from backstop.answers.separation import separate
from backstop.answers.summary import Row


def row(statistic="mean", estimate=0.0, lower=None, upper=None, effect=None, n_paths=100, metric="injected", fund=None,
        standard_error=None):
    bounds = (None, None) if effect is None else (effect - 1.0, effect + 1.0)
    return Row("fund", fund, metric, "currency", statistic, estimate, lower, upper, "none", "facility", effect, *bounds,
               None, n_paths, None, standard_error, None, None, None)


def test_variance_is_split_into_paths_parameters_and_models_as_by_hand():
    # groups {1, 3}, {4, 8} of one model and {10, 12}, {17, 21} of another: W 5, B 17.5, V 25.25, error 2.236068
    one, two = np.array([1.0, 3.0, 4.0, 8.0]), np.array([10.0, 12.0, 17.0, 21.0])
    parts = [separate(Sample(x, np.ones(4), np.array([0, 0, 1, 1]))) for x in (one, two)]
    assert np.mean([part.sampling_error**2 * 4 for part in parts]) == pytest.approx(5.0)
    assert np.mean([part.parameter_deviation**2 for part in parts]) == pytest.approx(17.5)
    samples = [Sample(x, np.ones(4), np.array([0, 0, 1, 1])) for x in (one, two)]
    # intervals that reach farther to one side, as those of skewed averages do, say nothing of the error
    rows = [row(estimate=sample.mean, lower=sample.mean - 1.0, upper=sample.mean + 70.0, n_paths=4,
                standard_error=sample.standard_error) for sample in samples]
    (found,) = over_models([row(estimate=9.5, n_paths=8)], {"a": rows[:1], "b": rows[1:]}, (1.0, 1.0))
    assert found.model_deviation**2 == pytest.approx(25.25)
    assert found.standard_error == pytest.approx(2.236068, abs=5e-7)


def test_models_that_differ_by_no_more_than_sampling_have_no_variance_between_them():
    assert between([0.5, 0.5], [1.0, 1.2], [1.0, 1.0]) == 0.0


def test_a_figure_has_the_range_of_its_models_and_the_effect_its_own():
    apart = {"garch": [row(estimate=2.0, lower=1.0, upper=3.0, effect=-1.0, standard_error=0.6)],
             "fhs": [row(estimate=8.0, lower=6.0, upper=12.0, effect=3.0, standard_error=1.0)]}
    (found,) = over_models([row(estimate=5.0, lower=0.0, upper=10.0, effect=1.0)], apart, (1.0, 1.0))
    assert (found.model_low, found.model_high) == (2.0, 8.0)
    assert (found.effect_model_low, found.effect_model_high) == (-1.0, 3.0)
    # half of each distance, squares added: nothing of the six between the models
    assert found.lower == pytest.approx(5.0 - math.hypot(0.5 * 1.0, 0.5 * 2.0))
    assert found.upper == pytest.approx(5.0 + math.hypot(0.5 * 1.0, 0.5 * 4.0))
    reach = math.hypot(0.5, 0.5)
    assert (found.effect_lower, found.effect_upper) == pytest.approx((1.0 - reach, 1.0 + reach))
    assert found.model_deviation == pytest.approx(math.sqrt(9.0 - 0.25 * (0.6**2 + 1.0)))


def test_a_figure_hangs_on_the_model_where_the_range_is_more_than_sampling_makes():
    def of(*estimates, error=1.0, **given):
        return verdict([row(estimate=x, lower=x - 2.0, upper=x + 2.0, standard_error=error, **given)
                        for x in estimates])

    # 2.772 and 3.858: what the largest of two, and of five, differs from the least by in one run of twenty
    assert (of(5.0, 7.76), of(5.0, 7.79)) == ("", "range")
    assert (of(5.0, 6.0, 7.0, 7.5, 8.84), of(5.0, 6.0, 7.0, 7.5, 8.87)) == ("", "range")
    # the larger error counts too: sqrt((1 + 49) / 2) is 5
    pair = [row(estimate=5.0, standard_error=1.0), row(estimate=18.0, standard_error=7.0)]
    assert (verdict(pair), verdict([pair[0], pair[1]._replace(estimate=19.0)])) == ("", "range")
    assert of(5.0) == ""


def test_the_sign_hangs_on_the_model_where_intervals_lie_on_both_sides_of_nothing():
    def of(*bounds):
        return verdict([row("p99", 0.5 * (low + high), low, high) for low, high in bounds])

    assert of((0.1, 2.0), (-3.0, -0.1)) == "sign"
    assert of((-0.2, 2.0), (-0.9, 0.4)) == ""
    assert verdict([row("p99", 1.0, None, 2.0), row("p99", -9.0, -10.0, -8.0)]) == ""


def test_strata_count_by_their_weight_and_their_paths():
    apart = {"a": [row(estimate=0.0, lower=-1.0, upper=1.0, n_paths=300)],
             "b": [row(estimate=4.0, lower=3.0, upper=5.0, n_paths=100)]}
    (found,) = over_models([row(estimate=1.0)], apart, (0.5, 1.5))
    assert found.upper == pytest.approx(1.0 + math.hypot(0.5, 0.5))


def test_quantiles_keep_their_interval_and_get_a_range():
    apart = {"a": [row("p99", 1.0, 0.5, 2.0)], "b": [row("p99", 9.0, 8.0, None)]}
    (found,) = over_models([row("p99", 8.0, 7.0, 9.5)], apart, (1.0, 1.0))
    assert (found.lower, found.upper, found.model_low, found.model_high) == (7.0, 9.5, 1.0, 9.0)
    assert found.model_deviation is None


def test_a_bound_that_one_model_cannot_give_the_average_cannot_either():
    apart = {"a": [row(estimate=1.0, lower=0.0, upper=2.0)], "b": [row(estimate=3.0)]}
    (found,) = over_models([row(estimate=2.0, lower=1.0, upper=3.0)], apart, (1.0, 1.0))
    assert (found.lower, found.upper) == (None, None)


def test_rows_of_funds_that_no_model_has_apart_stay_as_they_are():
    plain = row(estimate=2.0, lower=1.0, upper=3.0, fund="equity")
    assert over_models([plain], {"a": [row()], "b": [row()]}, (1.0, 1.0)) == [plain]
