"""Checks of models: a true model passes, a wrong one fails, and the test rejects as often as it says."""

import numpy as np
import pytest

from backstop.market import model_check
from backstop.market.calibration import calibrate
from backstop.market.data import make_returns
from backstop.market.model_check import ModelCheck, _depth, _shares_below, check_model
from backstop.market.path_statistics import STATISTICS
from backstop.market.simulated import SETTLING_DAYS, simulate_histories
from backstop.market.specification import CalibrationSpec

SMALL = CalibrationSpec("garch", "normal", mean="zero")


@pytest.fixture(scope="module")
def fit(returns_of):
    """A garch of a long memory, fitted to a history of its own kind."""
    rng, variance, x = np.random.default_rng(11), 1e-4, np.empty(2000)
    for t in range(2000):
        x[t] = np.sqrt(variance) * rng.standard_normal()
        variance = 2e-6 + 0.1 * x[t] ** 2 + 0.88 * variance
    return calibrate(SMALL, returns_of(x), use_cache=False)


def test_depth_is_the_place_of_the_lowest_rank_then_the_next():
    fan = np.array([[2.0, 3.0, 4.0, 5.0], [2.0, 3.0, 4.0, 5.0]])
    # in the middle of both: nobody lies deeper
    assert _depth(np.array([3.5, 3.5]), fan) == 1.0
    # at an end of both, as one of the others is: the two share the places 1 and 2 of 5
    assert _depth(np.array([1.0, 1.0]), fan) == pytest.approx(0.3)
    # at the ends of both, and nobody else is: the furthest out
    assert _depth(np.array([9.0, 1.0]), fan) == pytest.approx(0.2)


def test_the_furthest_statistic_is_that_nearest_to_an_end_of_its_fan():
    for ranks, number in (([0.5, 0.02, 0.9], 1), ([0.1, 0.5, 0.95], 2)):
        nothing = np.zeros(3)
        check = ModelCheck("one", 0.5, STATISTICS[:3], nothing, np.zeros((3, 3)), np.array(ranks), 19, 0, 0)
        assert check.furthest == STATISTICS[number]


def test_a_rank_is_the_share_of_histories_below_with_half_of_those_that_tie():
    fan = np.array([[1.0, 2.0, 2.0, 3.0], [5.0, 5.0, 5.0, 5.0]])
    np.testing.assert_array_equal(_shares_below(np.array([2.0, 4.0]), fan), [0.5, 0.0])


def test_as_far_out_as_the_real_history_is_the_share_of_refits_no_deeper_than_it_itself_counted(fit, monkeypatch):
    depths = iter([0.5, 0.3, None, 0.1])
    monkeypatch.setattr(model_check, "_depth", lambda _real, _fan: 0.3)
    monkeypatch.setattr(model_check, "_depth_of", lambda *_given, **_more: next(depths))
    check = check_model(fit, 4)
    # .3 and .1 of .5, .3 and .1, and the real one; the one without a fit is left out
    assert check.p_value == (1 + 2) / (1 + 3)
    assert check.n_failed == 1


def test_simulated_histories_have_the_models_variance_and_depend_on_seed_and_number_alone(fit):
    many = simulate_histories(fit, fit.estimates, 300, 200, seed=5)
    assert many.shape == (300, 200)
    np.testing.assert_array_equal(many[:, :70], simulate_histories(fit, fit.estimates, 300, 70, seed=5))
    # a longer one goes on where a shorter one ends
    np.testing.assert_array_equal(many[:200, :70], simulate_histories(fit, fit.estimates, 200, 70, seed=5))
    by_history = (many**2).mean(axis=0)
    off = by_history.mean() - fit.long_run_variance
    assert abs(off) < 4.0 * by_history.std() / np.sqrt(200)
    assert SETTLING_DAYS >= 250


def test_a_model_fitted_to_its_own_kind_of_history_passes(fit):
    check = check_model(fit, 19)
    assert check.passes
    assert check.n_failed == check.n_exploded == 0
    assert len(check.history) == len(STATISTICS) == check.fan.shape[1]
    assert (check.fan[0] <= check.fan[1]).all()
    assert (check.fan[1] <= check.fan[2]).all()


def test_a_model_without_memory_fails_on_a_history_with_one(fit):
    constant = calibrate(CalibrationSpec("constant", "normal", mean="zero"), fit.returns, use_cache=False)
    check = check_model(constant, 19)
    assert not check.passes
    assert check.p_value == pytest.approx(1 / 20)
    assert check.furthest.name.startswith(("memory", "kurtosis", "worst", "volatility", "max", "stormy"))


def test_a_statistic_more_is_compared_with_the_others(fit):
    from backstop.market.path_statistics import Statistic

    share = Statistic("up_days", "frac", "share of days with a rise")
    check = check_model(fit, 19, [(share, lambda returns: (returns > 0).mean(axis=0))])
    assert check.statistics[-1] is share
    assert check.history[-1] == np.mean(fit.returns.values > 0)


@pytest.mark.long
def test_a_true_model_fails_in_one_case_of_twenty(returns_of):
    n_cases, failed = 120, 0
    truth = calibrate(SMALL, returns_of(0.01 * np.random.default_rng(0).standard_normal(800)), use_cache=False)
    estimates = np.array([4e-6, 0.1, 0.86])
    for history in simulate_histories(truth, estimates, 800, n_cases, seed=77).T:
        own = calibrate(SMALL, make_returns("s", truth.returns.dates, history), use_cache=False)
        failed += not check_model(own, 19).passes
    # binomial: 6 expected, deviation 2.4
    assert abs(failed - 0.05 * n_cases) < 4.0 * np.sqrt(0.05 * 0.95 * n_cases)
