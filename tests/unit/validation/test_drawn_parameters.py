"""Drawn parameters: the closed forms are those of integrals, and what is drawn or grouped wrongly puts a figure out."""

import numpy as np
import pytest
from scipy import integrate, stats

from backstop.market import parameter_draws
from backstop.runs import assemble
from backstop.validation import drawn_parameters
from backstop.validation.drawn_parameters import Estimated, estimated_from, made_up_returns, total

LAW = Estimated(np.array([0.3, 0.8]), np.array([[0.4, -0.3], [-0.3, 0.5]]))


def integral(of):
    """E[of(mu, omega) | omega > 0] by quadrature."""
    density = stats.multivariate_normal(LAW.mean, LAW.covariance).pdf
    weighed, bounds = lambda mu, omega: of(mu, omega) * density([mu, omega]), (0.0, 6.0, -4.0, 5.0)
    return integrate.dblquad(weighed, *bounds, epsabs=1e-9)[0] / LAW.admissible


def test_exponentials_have_the_mean_of_the_integral():
    assert LAW.admissible == pytest.approx(stats.norm.cdf(0.8 / np.sqrt(0.5)))
    assert LAW.exponential(0.0, 0.0) == 1.0
    found = integral(lambda mu, omega: np.exp(0.7 * mu - 0.4 * omega))
    assert LAW.exponential(0.7, -0.4) == pytest.approx(found, rel=1e-6)


def test_what_is_kept_has_the_moments_of_the_integral():
    kept = LAW.kept()
    mean = [integral(lambda mu, omega: mu), integral(lambda mu, omega: omega)]
    product = integral(lambda mu, omega: (mu - mean[0]) * (omega - mean[1]))
    square = integral(lambda mu, omega: (omega - mean[1]) ** 2)
    assert kept.mean == pytest.approx(mean, rel=1e-5)
    assert [kept.covariance[0, 1], kept.covariance[1, 1]] == pytest.approx([product, square], rel=1e-5)


def test_parts_of_the_variance_are_those_of_given_parameters():
    law = estimated_from(made_up_returns())
    rng = np.random.default_rng(5)
    mu, omega = rng.multivariate_normal(law.mean, law.covariance, 400_000).T
    mu, omega = mu[omega > 0.0], omega[omega > 0.0]
    means, growth = np.exp(20 * mu + 10 * omega), np.exp(20 * omega)
    expected = [means.mean(), means.var(), np.mean(means**2 * (growth - 1.0))]
    assert list(total(law, 20)) == pytest.approx(expected, rel=0.02)


def failed(figures):
    return {figure.label for figure in figures if not figure.is_met}


def scaled_roots(monkeypatch, scale):
    root = parameter_draws._covariance_root
    monkeypatch.setattr(parameter_draws, "_covariance_root", lambda fit: scale @ root(fit))


def test_draws_that_are_too_close_to_the_estimates_are_seen(monkeypatch):
    scaled_roots(monkeypatch, 0.8 * np.eye(2))
    assert failed(drawn_parameters.draws()) >= {"rejected share", "variance of mu, over the law's",
                                                "variance of omega, over the law's"}


def test_draws_apart_from_each_other_are_seen(monkeypatch):
    root = parameter_draws._covariance_root
    monkeypatch.setattr(parameter_draws, "_covariance_root",
                        lambda fit: np.diag(np.sqrt(np.diag(root(fit) @ root(fit).T))))
    assert failed(drawn_parameters.draws()) >= {"correlation of mu and omega", "mean of mu, in deviations"}


@pytest.fixture
def short_run(monkeypatch, tmp_path):
    """The case's run of 100 draws, made anew."""
    world = tmp_path / "short.toml"
    world.write_text(drawn_parameters.WORLD.read_text().replace("76_800", "25_600"))
    monkeypatch.setattr(drawn_parameters, "WORLD", world)
    drawn_parameters.run.cache_clear()
    yield
    drawn_parameters.run.cache_clear()


def test_a_run_on_the_estimates_alone_is_seen(monkeypatch, short_run):
    scaled_roots(monkeypatch, np.zeros((2, 2)))
    assert failed(drawn_parameters.separation()) >= {"parameter deviation", "parameters' share of variance",
                                                     "standard error of it, from its interval"}


def test_parameters_that_change_within_a_group_are_seen(monkeypatch, short_run):
    whole = assemble.GroupedMarket
    monkeypatch.setattr(assemble, "GroupedMarket", lambda market, terms_of, n: whole(market, terms_of, n // 8))
    assert failed(drawn_parameters.separation()) >= {"parameter deviation", "parameters' share of variance"}


def test_a_short_run_as_it_is_gives_the_closed_form(short_run):
    assert not failed(drawn_parameters.separation())
