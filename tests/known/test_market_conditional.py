"""Known answers on assets drawn together: joint laws, and what is left to draw once some are given."""

import numpy as np
import pytest
from scipy import stats

from markets import NORMAL, STILL, asset, resolved, simulate, student_t

LANES, SEED, NU = 40_000, 7, 9.0
NAMES = ("a", "b", "c", "d")
MATRIX = np.array([[1.0, 0.6, -0.2, 0.3], [0.6, 1.0, 0.1, 0.2], [-0.2, 0.1, 1.0, 0.5], [0.3, 0.2, 0.5, 1.0]])
LAWS = {"normal": ({}, NORMAL), "student-t": ({"copula": "student-t", "nu": NU}, student_t(NU))}


def shocks(law, given=()):
    """(4, L) shocks of a day, those of the assets in `given` as it says."""
    joint, innovation = LAWS[law]
    dependence = {"assets": NAMES, "correlation": tuple(map(tuple, MATRIX.tolist()))} | joint
    pins = [{"asset": name, "log_returns": (value,)} for name, value in given]
    assets = [asset(name, STILL, innovation) for name in NAMES]
    return simulate(resolved(*assets, days=1, dependence=dependence, pins=pins), LANES, SEED)[0][0]


def assert_mean(sample, expected):
    error = np.std(sample) / np.sqrt(sample.size)
    assert abs(np.mean(sample) - expected) < 4.0 * error, (np.mean(sample), expected, error)


@pytest.mark.parametrize("law", LAWS)
def test_joint_shocks_have_their_correlation_and_marginals(law):
    z = shocks(law)
    for g in range(4):
        for h in range(g + 1):
            assert_mean(z[g] * z[h], MATRIX[g, h])
        margin = ("norm", ()) if law == "normal" else ("t", (NU,))
        scale = 1.0 if law == "normal" else np.sqrt(NU / (NU - 2.0))
        assert stats.kstest(z[g] * scale, *margin).pvalue > 1e-4


def test_one_mixing_variable_joins_student_t_shocks():
    z = shocks("student-t")
    mixing = (NU - 2.0) / (NU - 4.0)
    for g, h in ((0, 1), (2, 3), (0, 3)):
        assert_mean(z[g] ** 2 * z[h] ** 2, mixing * (1.0 + 2.0 * MATRIX[g, h] ** 2))


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("given", [(("c", -2.5),), (("b", 1.0), ("d", -3.0))], ids=["one", "two"])
def test_the_others_are_drawn_from_the_conditional_law(law, given):
    z = shocks(law, given)
    at = [NAMES.index(name) for name, _ in given]
    rest = [g for g in range(4) if g not in at]
    values = np.array([value for _, value in given])
    weights = MATRIX[np.ix_(rest, at)] @ np.linalg.inv(MATRIX[np.ix_(at, at)])
    mean = weights @ values
    covariance = MATRIX[np.ix_(rest, rest)] - weights @ MATRIX[np.ix_(at, rest)]
    if law == "student-t":
        q, m = values @ np.linalg.inv(MATRIX[np.ix_(at, at)]) @ values, len(at)
        covariance = covariance * (NU - 2.0 + q) / (NU + m - 2.0)
    for i, g in enumerate(rest):
        assert_mean(z[g], mean[i])
        for j, h in enumerate(rest[: i + 1]):
            assert_mean((z[g] - mean[i]) * (z[h] - mean[j]), covariance[i, j])


def test_a_conditional_student_t_has_more_degrees_of_freedom():
    z = shocks("student-t", (("a", 2.0),))
    weight = MATRIX[1, 0]
    scale = np.sqrt((1.0 - weight**2) * (NU - 2.0 + 4.0) / (NU + 1.0 - 2.0))
    standard = (z[1] - 2.0 * weight) / scale * np.sqrt((NU + 1.0) / (NU - 1.0))
    assert stats.kstest(standard, "t", args=(NU + 1.0,)).pvalue > 1e-4


def test_a_path_that_is_given_moves_the_assets_drawn_with_it():
    dependence = {"assets": ("a", "b"), "correlation": 0.8}
    pin = {"asset": "a", "log_returns": (-2.0, 0.5, -1.0)}
    z, _ = simulate(resolved(asset("a", STILL), asset("b", STILL), days=4, dependence=dependence, pins=[pin]), LANES)
    for day, value in enumerate(pin["log_returns"]):
        assert_mean(z[day, 1], 0.8 * value)
        assert_mean((z[day, 1] - 0.8 * value) ** 2, 1.0 - 0.8**2)
    assert_mean(z[3, 0] * z[3, 1], 0.8)
