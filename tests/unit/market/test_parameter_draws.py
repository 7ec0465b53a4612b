"""Parameter draws: the law they follow, what they depend on, and what is rejected."""

from dataclasses import replace

import numpy as np
import pytest

from backstop.config.market.innovations import Innovation
from backstop.errors import CalibrationError
from backstop.market.calibration import calibrate
from backstop.market.parameter_draws import ParameterDraws, is_admissible
from backstop.market.parameters import ModelParameters, named_parameters
from backstop.market.specification import CalibrationSpec


def draws_of(fit, n, seed):
    """(n, k) parameters of the first n groups."""
    draws = ParameterDraws(fit, seed)
    return np.array([draws.of_group(group).estimates for group in range(n)])


@pytest.fixture(scope="module")
def fit(gjr_returns):
    """A fit far from every border: nothing is rejected."""
    whole = calibrate(CalibrationSpec("gjr", "student-t"), gjr_returns, use_cache=False)
    return replace(whole, covariance=whole.covariance / 25)


def test_draws_have_the_mean_and_covariance_of_the_estimates(fit):
    draws = draws_of(fit, 2000, seed=1)
    assert ParameterDraws(fit, 1).rejected_frac(2000) == 0.0
    standard = (draws - fit.estimates) / fit.standard_errors
    assert np.abs(standard.mean(axis=0)).max() < 4 / np.sqrt(2000)
    correlation = fit.covariance / np.outer(fit.standard_errors, fit.standard_errors)
    np.testing.assert_allclose(standard.T @ standard / 2000, correlation, atol=4 * np.sqrt(2 / 2000))


def test_a_draw_depends_on_the_seed_and_its_place_alone(fit):
    many = draws_of(fit, 50, seed=1)
    np.testing.assert_array_equal(ParameterDraws(fit, 1).of_group(17).estimates, many[17])
    assert not np.isin(draws_of(fit, 3, seed=2), many).any()
    other_series = replace(fit, data_hash="f" * 64)
    assert not np.isin(draws_of(other_series, 3, seed=1), many).any()
    assert len(np.unique(many[:, 1])) == 50


def test_what_is_rejected_is_reported_and_not_returned(gjr_returns):
    whole = calibrate(CalibrationSpec("gjr", "student-t"), gjr_returns, use_cache=False)
    wide = replace(whole, covariance=25 * whole.covariance)
    draws = draws_of(wide, 200, seed=1)
    assert 0.2 < ParameterDraws(wide, 1).rejected_frac(200) < 0.99
    assert all(is_admissible(named_parameters(wide.spec, row)) for row in draws)


def test_what_is_known_without_error_is_not_moved(fit):
    sure = fit.covariance.copy()
    sure[1] = sure[:, 1] = 0.0
    draws = draws_of(replace(fit, covariance=sure), 20, seed=1)
    assert (draws[:, 1] == fit.estimates[1]).all()
    assert (draws[:, 2] != fit.estimates[2]).all()


def test_a_law_that_admits_hardly_anything_is_refused(fit):
    beyond = replace(fit, estimates=np.add(fit.estimates, [0, 0, 0, 0, 0.5, 0]))
    with pytest.raises(CalibrationError, match="200 draws of its parameters in a row are inadmissible"):
        ParameterDraws(beyond, 1).of_group(0)


NORMAL = Innovation("normal")


def of(model, omega=1e-6, alpha=(0.05,), gamma=(), beta=(0.9,), power=2.0, law=NORMAL):
    lags = tuple(range(1, len(alpha) + 1)) if model == "harch" else ()
    return ModelParameters(model, 0.0, omega, alpha, gamma, beta, power, lags, law)


@pytest.mark.parametrize("parameters", [
    of("garch"), of("gjr", gamma=(-0.05,)), of("constant", alpha=(), beta=()),
    of("egarch", omega=-0.3, alpha=(-0.1,)), of("ewma", 0.0, (0.06,), (), (0.94,)),
    of("gjr", alpha=(), gamma=(0.1,)), of("harch", alpha=(0.2, 0.3), beta=()),
    of("aparch", gamma=(-0.9,), power=1.2), of("garch", law=Innovation("skew-t", 5.0, -0.9)),
    of("garch", law=Innovation("ged", 1.1)),
], ids=lambda p: p.model)
def test_what_a_run_may_use_is_admitted(parameters):
    assert is_admissible(parameters)


@pytest.mark.parametrize("parameters", [
    of("garch", omega=0.0), of("garch", omega=-1e-6), of("garch", alpha=(-0.01,)), of("garch", beta=(-0.01,)),
    of("garch", beta=(0.96,)), of("gjr", gamma=(-0.06,)), of("gjr", alpha=(), gamma=(-0.01,)),
    of("egarch", beta=(1.0,)), of("egarch", beta=(-1.0,)), of("aparch", gamma=(1.0,), power=1.2),
    of("aparch", power=0.0), of("ewma", 0.0, (-0.01,), (), (1.01,)), of("harch", alpha=(0.5, 0.6), beta=()),
    of("garch", law=Innovation("student-t", 2.0)), of("garch", law=Innovation("skew-t", 5.0, 1.0)),
    of("garch", law=Innovation("ged", 0.9)), of("garch", alpha=(float("nan"),)),
], ids=lambda p: p.model)
def test_what_a_run_must_not_use_is_not(parameters):
    assert not is_admissible(parameters)
