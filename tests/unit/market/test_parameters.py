"""Scaling back, persistence and long-run levels, by hand and by numerical derivatives."""

import numpy as np
import pytest

from backstop.config.market.innovations import Innovation
from backstop.market.parameters import (
    ModelParameters,
    long_run_variance,
    named_parameters,
    persistence,
    unscaled,
)
from backstop.market.specification import CalibrationSpec

VECTORS = {
    CalibrationSpec("constant", "normal"): [0.03, 1.4],
    CalibrationSpec("ewma", "student-t", "zero", ewma_lambda=None): [0.95, 6.0],
    CalibrationSpec("garch", "normal", q=2): [0.03, 0.02, 0.08, 0.5, 0.4],
    CalibrationSpec("gjr", "skew-t"): [0.03, 0.02, 0.04, 0.08, 0.9, 7.0, -0.1],
    CalibrationSpec("tarch", "ged"): [0.03, 0.02, 0.04, 0.08, 0.9, 1.4],
    CalibrationSpec("egarch", "student-t", q=2): [0.03, 0.01, 0.1, -0.05, 0.6, 0.35, 6.0],
    CalibrationSpec("aparch", "normal"): [0.03, 0.02, 0.05, 0.3, 0.9, 1.4],
    CalibrationSpec("harch", "normal", "zero"): [0.3, 0.1, 0.2, 0.4],
}
each = pytest.mark.parametrize(("spec", "vector"), VECTORS.items(), ids=lambda x: getattr(x, "title", ""))


@each
def test_covariance_follows_the_map_of_the_estimates(spec, vector):
    scaled = np.array(vector)
    root = np.random.default_rng(3).standard_normal((len(vector), len(vector))) * 0.01
    covariance = root @ root.T
    _, got = unscaled(spec, scaled, covariance, 100.0)

    def mapped(at):
        return unscaled(spec, at, covariance, 100.0)[0]

    step = 1e-6
    jacobian = np.array([(mapped(scaled + step * e) - mapped(scaled - step * e)) / (2 * step)
                         for e in np.eye(len(vector))]).T
    np.testing.assert_allclose(got, jacobian @ covariance @ jacobian.T, rtol=1e-5, atol=1e-20)


@each
def test_a_scale_of_one_changes_nothing(spec, vector):
    estimates, covariance = unscaled(spec, np.array(vector), np.eye(len(vector)), 1.0)
    np.testing.assert_array_equal(estimates, vector)
    np.testing.assert_array_equal(covariance, np.eye(len(vector)))


def test_names_are_given_by_position():
    got = named_parameters(CalibrationSpec("aparch", "skew-t", p=2, o=1, q=2),
                           np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10.0]))
    assert got == ModelParameters("aparch", 1.0, 2.0, (3.0, 4.0), (5.0,), (6.0, 7.0), 8.0, (),
                                  Innovation("skew-t", 9.0, 10.0))


def parameters(model, alpha=(), gamma=(), beta=(), power=2.0, law=None, omega=0.02):
    lags = tuple(range(1, len(alpha) + 1)) if model == "harch" else ()
    return ModelParameters(model, 0.0, omega, alpha, gamma, beta, power, lags, law or Innovation("normal"))


@pytest.mark.parametrize(("given", "expected"), [
    (parameters("garch", (0.08,), (), (0.9,)), 0.98),
    (parameters("gjr", (0.04,), (0.08,), (0.9,)), 0.98),
    (parameters("tarch", (0.05,), (0.06,), (0.9,), 1.0), 0.9 + 0.08 * np.sqrt(2 / np.pi)),
    (parameters("aparch", (0.05,), (0.3,), (0.9,), 2.0), 0.9 + 0.05 * (1.3**2 + 0.7**2) / 2),
    (parameters("egarch", (0.1,), (-0.05,), (0.6, 0.3)), 0.9),
    (parameters("harch", (0.1, 0.2, 0.4)), 0.7),
    (parameters("ewma", (0.06,), (), (0.94,), omega=0.0), 1.0),
    (parameters("constant"), 0.0),
])
def test_persistence_by_hand(given, expected):
    assert persistence(given) == pytest.approx(expected, rel=1e-12)


def test_skewed_innovations_weigh_the_asymmetry_by_their_left_half():
    law = Innovation("skew-t", 6.0, -0.3)
    left = law.half_moments(2.0)[0]
    assert left > 0.55
    assert persistence(parameters("gjr", (0.0,), (0.1,), (0.9,), law=law)) == pytest.approx(0.9 + 0.1 * left)


def test_long_run_levels_by_hand():
    assert long_run_variance(parameters("garch", (0.08,), (), (0.9,))) == pytest.approx(1.0)
    assert long_run_variance(parameters("constant", omega=0.3)) == pytest.approx(0.3)
    assert long_run_variance(parameters("tarch", (0.0,), (0.0,), (0.9,), 1.0)) == pytest.approx(0.2**2)
    assert long_run_variance(parameters("ewma", (0.06,), (), (0.94,), omega=0.0)) is None
    law = Innovation("student-t", 5.0)
    push = 0.1 * (2 * law.half_moments(1.0)[0] - np.sqrt(2 / np.pi))
    egarch = parameters("egarch", (0.1,), (0.0,), (0.9,), law=law, omega=-0.9)
    assert long_run_variance(egarch) == pytest.approx(np.exp((-0.9 + push) / 0.1))
