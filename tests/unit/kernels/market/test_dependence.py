"""Shocks drawn together, path by path: every score is L eps, with the eps that independence would have drawn."""

import numpy as np
import pytest

from backstop.config.market.dependence import falls_together
from backstop.config.market.innovations import Innovation as Law
from markets import NORMAL, STILL, asset, resolved, simulate, student_t

DAYS, LANES, NAMES = 12, 5, ("a", "b", "c", "d")
MATRIX = np.array([[1.0, 0.6, -0.2, 0.3], [0.6, 1.0, 0.1, 0.2], [-0.2, 0.1, 1.0, 0.5], [0.3, 0.2, 0.5, 1.0]])
DYNAMICS = {"a": 0.1, "b": 0.8, "g": 0.05}


def drawn(innovation=NORMAL, correlation=MATRIX, days=DAYS, lanes=LANES, pins=(), **joint):
    """Shocks (T, 4, L) of four assets of unit volatility."""
    matrix = tuple(tuple(row) for row in np.asarray(correlation).tolist())
    given = {"assets": NAMES, "correlation": matrix} | joint
    assets = [asset(name, STILL, innovation) for name in NAMES]
    return simulate(resolved(*assets, days=days, dependence=given, pins=pins), lanes)[0]


@pytest.mark.parametrize("law", ["gaussian", "student-t"])
def test_scores_are_the_factor_times_independent_ones(law):
    joint, innovation = ({}, NORMAL) if law == "gaussian" else ({"copula": law, "nu": 5.0}, student_t(5.0))
    eps = drawn(innovation, np.eye(4), **joint)
    expected = np.einsum("gh,thl->tgl", np.linalg.cholesky(MATRIX), eps)
    np.testing.assert_allclose(drawn(innovation, **joint), expected, atol=1e-13)


@pytest.mark.parametrize("stress", [0.0, 0.4])
def test_a_moving_correlation_follows_its_recursion(stress):
    eps = drawn(correlation=np.eye(4))
    given = {"assets": NAMES, "correlation": tuple(map(tuple, MATRIX.tolist())), "dynamics": DYNAMICS}
    assets = [asset(name, STILL) for name in NAMES]
    scores, _ = simulate(resolved(*assets, days=DAYS, dependence=given, correlation_stress=stress), LANES)
    for lane in range(LANES):
        np.testing.assert_allclose(scores[:, :, lane], dcc_path(eps[:, :, lane], stress), atol=1e-12)


def dcc_path(eps, stress):
    """Scores (T, G) by the published recursion (Engle 2002; Cappiello, Engle and Sheppard 2006)."""
    a, b, g = DYNAMICS["a"], DYNAMICS["b"], DYNAMICS["g"]
    constant = (1.0 - a - b) * MATRIX - g * falls_together(MATRIX)
    q, scores = MATRIX, []
    for day in eps:
        root = np.sqrt(np.diag(q))
        correlation = (1.0 - stress) * q / np.outer(root, root) + stress
        score = np.linalg.cholesky(correlation) @ day
        falls = np.minimum(score, 0.0)
        q = constant + a * np.outer(score, score) + g * np.outer(falls, falls) + b * q
        scores.append(score)
    return np.array(scores)


def test_given_shocks_are_kept_and_the_others_answer_to_them():
    pins = [{"asset": "c", "log_returns": (1.5, -0.5)}, {"asset": "a", "log_returns": (2.0,)}]
    shocks = drawn(pins=pins)
    np.testing.assert_allclose(shocks[:2, 2], [[1.5] * LANES, [-0.5] * LANES], rtol=1e-14)
    np.testing.assert_allclose(shocks[0, 0], 2.0, rtol=1e-14)
    moved = drawn(pins=[{"asset": "c", "log_returns": (2.5, -0.5)}, pins[1]])
    # on the first day a and c are given: the others move by what regression on both says
    weights = MATRIX[np.ix_([1, 3], [0, 2])] @ np.linalg.inv(MATRIX[np.ix_([0, 2], [0, 2])])
    np.testing.assert_allclose(moved[0, [1, 3]] - shocks[0, [1, 3]], np.outer(weights @ [0.0, 1.0], np.ones(LANES)))
    np.testing.assert_allclose(moved[2:], shocks[2:], atol=1e-13)


def test_a_copula_maps_scores_to_each_assets_law():
    scores = drawn(days=40, lanes=50)
    for innovation, law in (
        (student_t(4.0), Law("student-t", 4.0)),
        ({"distribution": "ged", "nu": 1.3}, Law("ged", 1.3)),
        ({"distribution": "skew-t", "nu": 5.0, "skew": -0.3}, Law("skew-t", 5.0, -0.3)),
    ):
        shocks = drawn(innovation, days=40, lanes=50)
        np.testing.assert_allclose(law.cdf(shocks), Law("normal").cdf(scores), atol=2e-7)


def test_shocks_that_are_given_in_a_copula_count_by_their_scores():
    nu, z = 4.0, 1.7
    shocks = drawn(student_t(nu), days=1, lanes=8, pins=[{"asset": "a", "log_returns": (z,)}])
    score = float(Law("normal").ppf(Law("student-t", nu).cdf(np.array(z))))
    scores = drawn(days=1, lanes=8, pins=[{"asset": "a", "log_returns": (score,)}])
    np.testing.assert_allclose(Law("student-t", nu).cdf(shocks[0, 1:]), Law("normal").cdf(scores[0, 1:]), atol=1e-6)
