"""Dependence: known truths recovered, gaps joined and repaired, borders refused."""

import numpy as np
import pytest
from scipy import special, stats

from backstop.errors import CalibrationError
from backstop.market.calibration import calibrate
from backstop.market.copula_fit import fit_gaussian_copula, fit_t_copula
from backstop.market.correlation import linear_correlation, nearest_correlation, rank_correlation
from backstop.market.data import make_returns
from backstop.market.dependence_fit import (
    DEPENDENCES,
    aligned_residuals,
    fit_dependence,
    joint_residuals,
)
from backstop.market.dynamic_correlation import _JointModel, fit_dynamic
from backstop.market.pair_likelihood import MOST_PAIRS, PairModel, pairs_of
from backstop.market.specification import CalibrationSpec


def equal(size, rho):
    return np.full((size, size), rho) + (1 - rho) * np.eye(size)


def normals(n, correlation, seed):
    root = np.linalg.cholesky(correlation)
    return np.random.default_rng(seed).standard_normal((n, len(root))) @ root.T


def simulated_dcc(n, target, a, b, g, seed):
    """z (n, J) day by day; N of the asymmetry from the half moments of a bivariate normal."""
    rho = target
    below = (rho * np.arccos(-rho) + np.sqrt(1 - rho**2)) / (2 * np.pi)
    rng, q, z = np.random.default_rng(seed), target.copy(), np.empty((n, len(target)))
    for t in range(n):
        root = np.sqrt(np.diag(q))
        z[t] = np.linalg.cholesky(q / np.outer(root, root)) @ rng.standard_normal(len(target))
        fall = np.minimum(z[t], 0.0)
        q = ((1 - a - b) * target - g * below + a * np.outer(z[t], z[t]) + g * np.outer(fall, fall) + b * q)
    return z


@pytest.mark.parametrize("truth", [(0.04, 0.92), (0.03, 0.9, 0.04)])
def test_a_simulated_dcc_gives_its_parameters_back(truth):
    a, b, g = (*truth, 0.0)[:3]
    z = simulated_dcc(4000, equal(4, 0.4), a, b, g, seed=2)
    fit = fit_dynamic(z, is_asymmetric=len(truth) == 3)
    off = (fit.parameters - truth) / np.sqrt(np.diag(fit.covariance))
    assert np.abs(off).max() < 4.0
    assert fit.next_q.shape == (4, 4)
    np.testing.assert_allclose(np.diag(fit.target), 1.0)


def test_likelihood_and_state_are_those_of_the_plain_recursion():
    z = simulated_dcc(400, equal(3, 0.3), 0.05, 0.9, 0.05, seed=3)
    fit = fit_dynamic(z, is_asymmetric=True)
    a, b, g = fit.parameters
    z = z / np.sqrt(np.mean(z**2, axis=0))
    q, total = fit.target, 0.0
    for row in z:
        root = np.sqrt(np.diag(q))
        r = q / np.outer(root, root)
        total -= 0.5 * (np.log(np.linalg.det(r)) + row @ np.linalg.inv(r) @ row - row @ row)
        fall = np.minimum(row, 0.0)
        q = ((1 - a - b) * fit.target - g * fit.asymmetric_target + a * np.outer(row, row)
             + g * np.outer(fall, fall) + b * q)
    assert fit.log_likelihood == pytest.approx(total, rel=1e-9)
    np.testing.assert_allclose(fit.next_q, q, rtol=1e-9)


def test_standard_errors_are_those_of_the_scatter_over_worlds():
    fits = [fit_dynamic(simulated_dcc(1000, equal(3, 0.4), 0.06, 0.85, 0.0, seed)) for seed in range(30)]
    spread = np.std([fit.parameters for fit in fits], axis=0, ddof=1)
    stated = np.sqrt(np.mean([np.diag(fit.covariance) for fit in fits], axis=0))
    # the scatter of 30 is itself known to 13 %
    assert np.abs(np.log(stated / spread)).max() < 4 * 0.13


def test_correlations_that_do_not_move_are_refused():
    with pytest.raises(CalibrationError, match="a is 0, moves together do not move it; use ccc"):
        fit_dynamic(normals(1000, equal(3, 0.4), seed=0))


def test_an_asymmetry_that_is_not_there_is_refused():
    rises = -simulated_dcc(1500, equal(3, 0.4), 0.03, 0.9, 0.05, seed=4)
    with pytest.raises(CalibrationError, match="g is 0, falls matter no more than rises; use dcc"):
        fit_dynamic(rises, is_asymmetric=True)


def test_a_t_copula_gives_its_nu_and_correlation_back():
    n, nu = 4000, 5.0
    x = normals(n, equal(4, 0.5), 4) / np.sqrt(np.random.default_rng(5).chisquare(nu, n) / nu)[:, None]
    fit = fit_t_copula(special.stdtr(nu, x))
    assert abs(fit.nu - nu) < 4 * fit.nu_error
    np.testing.assert_allclose(fit.correlation, equal(4, 0.5), atol=4 * 0.016)
    assert fit.log_likelihood > fit_gaussian_copula(special.stdtr(nu, x)).log_likelihood + 50


def test_copula_likelihoods_are_joint_over_apart():
    x = normals(500, equal(3, 0.4), 6) / np.sqrt(np.random.default_rng(7).chisquare(4.0, 500) / 4.0)[:, None]
    u = special.stdtr(4.0, x)
    fit = fit_t_copula(u)
    scores = stats.t.ppf(u, fit.nu)
    joint = stats.multivariate_t.logpdf(scores, shape=fit.correlation, df=fit.nu).sum()
    assert fit.log_likelihood == pytest.approx(joint - stats.t.logpdf(scores, fit.nu).sum(), rel=1e-8)
    gaussian, scores = fit_gaussian_copula(u), stats.norm.ppf(u)
    joint = stats.multivariate_normal.logpdf(scores, cov=gaussian.correlation).sum()
    assert gaussian.log_likelihood == pytest.approx(joint - stats.norm.logpdf(scores).sum(), rel=1e-8)


def test_a_t_copula_of_gaussian_data_is_refused():
    with pytest.raises(CalibrationError, match="is at its bound; use the gaussian-copula"):
        fit_t_copula(special.ndtr(normals(3000, equal(3, 0.5), 9)))


def test_correlation_uses_the_days_that_each_pair_shares():
    z = normals(3000, equal(3, 0.6), 1)
    z[:1000, 0] = np.nan
    z[2000:, 1] = np.nan
    found = linear_correlation(z)
    shared = z[1000:2000]
    assert found[0, 1] == pytest.approx(shared[:, 0] @ shared[:, 1] / np.sqrt(
        (shared[:, 0]**2).sum() * (shared[:, 1]**2).sum()))
    assert found[0, 2] == pytest.approx(0.6, abs=4 * (1 - 0.36) / np.sqrt(2000))
    assert rank_correlation(z)[0, 2] == pytest.approx(0.6, abs=0.07)


def test_pairs_that_do_not_fit_together_are_repaired():
    impossible = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    repaired = nearest_correlation(impossible)
    assert np.linalg.eigvalsh(repaired)[0] > 0.0
    np.testing.assert_array_equal(np.diag(repaired), 1.0)
    np.testing.assert_allclose(repaired, repaired.T)
    assert (np.sign(repaired) == np.sign(impossible)).all()
    sound = equal(3, 0.5)
    assert nearest_correlation(sound) is sound


def fits_of(values, days=None):
    start = np.datetime64("2010-01-01")
    for j, column in enumerate(values.T):
        dates = start + np.arange(len(column)) if days is None else days[j]
        yield calibrate(CalibrationSpec("constant", "normal", "zero"),
                        make_returns(f"s{j}", dates, column[:len(dates)]), use_cache=False)


def test_residuals_are_aligned_by_day_and_gaps_counted():
    days = np.datetime64("2010-01-01") + np.arange(600)
    z = 0.01 * normals(600, equal(2, 0.5), 2)
    fits = list(fits_of(z, [days[:590], np.delete(days, [100, 200])]))
    every, found = aligned_residuals(fits)
    assert (every[0], every[-1], len(every)) == (days[0], days[589], 590)
    assert np.isnan(found[:, 1]).nonzero()[0].tolist() == [100, 200]
    np.testing.assert_array_equal(found[:, 0], fits[0].standardised_residuals)
    rows, joint = joint_residuals(fits)
    assert len(rows) == 588
    np.testing.assert_allclose(joint.mean(axis=0), 0.0, atol=1e-12)
    assert fit_dependence(fits).n_missing == (0, 2)


def test_a_dcc_of_scores_is_found_behind_heavy_tails():
    scores = simulated_dcc(4000, equal(3, 0.4), 0.05, 0.9, 0.0, seed=6)
    z = 0.01 * stats.t.ppf(stats.norm.cdf(scores), 4.5)
    fits = [calibrate(CalibrationSpec("constant", "student-t", "zero"), one.returns, use_cache=False)
            for one in fits_of(z)]
    found = fit_dependence(fits, "dcc")
    for name, truth in (("a", 0.05), ("b", 0.9)):
        assert abs(found.parameters[name] - truth) < 4 * found.standard_errors[name]


def test_twenty_assets_need_no_special_care():
    n = 1500
    z = simulated_dcc(n, equal(20, 0.4), 0.03, 0.9, 0.02, seed=1)
    z *= np.sqrt(np.random.default_rng(2).chisquare(12.0, n) / 12.0)[:, None] ** -1
    fits = list(fits_of(0.01 * z))
    for dependence in DEPENDENCES:
        found = fit_dependence(fits, dependence)
        np.linalg.cholesky(found.correlation)
        assert found.correlation[np.triu_indices(20, 1)].mean() == pytest.approx(0.4, abs=0.03)
        assert found.log_likelihood > 0.0
        assert all(0.0 < error < found.parameters[name] for name, error in found.standard_errors.items())
        assert found.summary()["series"] == [f"s{j}" for j in range(20)]


@pytest.mark.parametrize(("n_series", "dependence", "says"), [
    (1, "ccc", "of 1 series; give at least two"), (2, "vine", "no dependence 'vine'; write one of ccc"),
])
def test_what_cannot_be_fitted_is_refused(n_series, dependence, says):
    fits = list(fits_of(0.01 * normals(300, equal(n_series, 0.3), 2)))
    with pytest.raises(CalibrationError, match=says):
        fit_dependence(fits, dependence)


def test_series_of_other_periods_are_refused():
    days = np.datetime64("2010-01-01") + np.arange(600)
    fits = list(fits_of(0.01 * normals(300, equal(2, 0.3), 2), [days[:300], days[200:500]]))
    with pytest.raises(CalibrationError, match="s0, s1: 100 days in common"):
        fit_dependence(fits)


@pytest.mark.parametrize("dependence", DEPENDENCES)
def test_two_series_that_move_as_one_are_named(returns_of, dependence):
    values = 0.01 * np.random.default_rng(4).standard_t(5, (2, 900))
    spec = CalibrationSpec("constant", "normal")
    fits = [calibrate(spec, make_returns(name, returns_of(x).dates, x), use_cache=False)
            for name, x in (("idx", values[0]), ("other", values[1]), ("etf", 2.0 * values[0]))]
    with pytest.raises(CalibrationError, match=r"idx and etf move as one \(correlation 1.000000\); leave one"):
        fit_dependence(fits, dependence)


def test_a_series_made_of_others_is_refused_by_name_where_the_correlation_moves(returns_of):
    values = 0.01 * np.random.default_rng(5).standard_normal((4, 900))
    values[2] = values[0] + values[1]
    spec = CalibrationSpec("constant", "normal", mean="zero")
    fits = [calibrate(spec, make_returns(name, returns_of(x).dates, x), use_cache=False)
            for name, x in zip("abcd", values, strict=True)]
    with pytest.raises(CalibrationError, match=r"^a, b, c: one of them is made of the others"):
        fit_dependence(fits, "dcc")
    fit_dependence(fits, "ccc")


def test_pairs_are_all_of_few_series_and_neighbours_of_many():
    for size in (2, 3, 10, 25):
        pairs = set(zip(*(part.tolist() for part in pairs_of(size)), strict=True))
        assert pairs == {(i, j) for j in range(size) for i in range(j)}
    for size in (26, 100, 300, 500):
        first, second = pairs_of(size)
        assert set(first) | set(second) == set(range(size))
        assert (first < second).all()
        assert len(first) <= max(MOST_PAIRS, size - 1)


@pytest.mark.parametrize("is_asymmetric", [False, True])
def test_of_two_series_the_pairs_likelihood_is_that_of_all(is_asymmetric):
    z = simulated_dcc(600, equal(2, 0.4), 0.05, 0.9, 0.05, seed=6)
    z = z / np.sqrt(np.mean(z**2, axis=0))
    at = np.array([0.04, 0.91, 0.03][: 2 + is_asymmetric])
    of_pairs, of_all = PairModel(z, is_asymmetric), _JointModel(z, is_asymmetric)
    np.testing.assert_allclose(of_pairs.daily(at), of_all.daily(at), rtol=1e-9, atol=1e-12)


def test_by_pairs_a_simulated_dcc_of_many_series_gives_its_parameters_back():
    z = simulated_dcc(2000, equal(30, 0.4), 0.03, 0.94, 0.0, seed=8)
    fit = fit_dynamic(z)
    off = (fit.parameters - (0.03, 0.94)) / np.sqrt(np.diag(fit.covariance))
    assert np.abs(off).max() < 4.0
    assert np.sqrt(np.diag(fit.covariance)).max() < 0.01


def test_the_next_days_q_is_the_recursions_whatever_fits_it():
    z = simulated_dcc(300, equal(3, 0.3), 0.05, 0.9, 0.05, seed=9)
    z = z / np.sqrt(np.mean(z**2, axis=0))
    a, b, g = at = np.array([0.04, 0.9, 0.05])
    model, q = PairModel(z, True), None
    for day in z:
        fall = np.minimum(day, 0.0)
        q = model.target if q is None else q
        q = ((1 - a - b) * model.target - g * model.asymmetric_target + a * np.outer(day, day)
             + g * np.outer(fall, fall) + b * q)
    np.testing.assert_allclose(model.next_q(at), q, rtol=1e-9)
