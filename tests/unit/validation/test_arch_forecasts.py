"""Agreement with arch: every pair is compared, and what is wrong on our side puts a figure out."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from backstop.market.explicit import BOOTSTRAP
from backstop.market.specification import DISTRIBUTIONS, MODELS
from backstop.validation import arch_forecasts
from backstop.validation.arch_forecasts import LAGGED, PAIRS, SHAPES, STARTS

OF = {start.model: start for start in STARTS}
LAGS = {start.model: start for start, _ in LAGGED}
REPLAY = "variances of arch's paths, over arch's"


def failed(start, law):
    """Labels of the figures that are out."""
    return {figure.label for figure in arch_forecasts.forecast(start, law, 0) if not figure.is_met}


def test_every_model_meets_every_law():
    pairs = {(start.model, law) for start, law in PAIRS[:-len(LAGGED)]}
    assert pairs == set(product(MODELS, (*DISTRIBUTIONS, BOOTSTRAP)))
    assert {start.model for start, _ in LAGGED} == {"garch", "gjr", "tarch", "egarch", "aparch"}
    assert len({case.name for case in arch_forecasts.CASES}) == len(PAIRS)


def changed_terms(monkeypatch, change):
    """Let our side run on `change(terms)`."""
    right = arch_forecasts.terms_from
    monkeypatch.setattr(arch_forecasts, "terms_from", lambda *given: change(right(*given)))


def changed_fit(monkeypatch, change):
    """Let our side run from `change(fit)`."""
    right = arch_forecasts.terms_from
    monkeypatch.setattr(arch_forecasts, "terms_from", lambda fit, *given: right(change(fit), *given))


def sides_swapped(terms):
    volatility = terms.market.volatility
    swapped = volatility._replace(up=volatility.down, down=volatility.up)
    return terms._replace(market=terms.market._replace(volatility=swapped))


@pytest.mark.parametrize("model", ["gjr", "tarch", "egarch", "aparch"])
def test_an_asymmetry_of_the_wrong_sign_is_seen(monkeypatch, model):
    assert not failed(OF[model], "normal")
    changed_terms(monkeypatch, sides_swapped)
    assert failed(OF[model], "normal") >= {REPLAY, "correlation of it with the return before"}


@pytest.mark.parametrize("model", sorted(LAGS))
def test_a_lag_in_the_place_of_another_is_seen(monkeypatch, model):
    def swapped(fit):
        at = [fit.spec.parameter_names.index(f"alpha[{lag}]") for lag in (1, 2)]
        estimates = fit.estimates.copy()
        estimates[at] = estimates[at[::-1]]
        return replace(fit, estimates=estimates)

    changed_fit(monkeypatch, swapped)
    assert REPLAY in failed(LAGS[model], "normal")


@pytest.mark.parametrize("model", ["ewma", "egarch", "harch"])
def test_another_last_day_is_seen(monkeypatch, model):
    changed_fit(monkeypatch, lambda fit: replace(
        fit, variances=1.01 * fit.variances, returns=replace(fit.returns, values=1.01 * fit.returns.values)))
    assert REPLAY in failed(OF[model], "normal")


def with_shape(fit, *shape):
    return replace(fit, estimates=np.array([*fit.estimates[:-len(shape)], *shape]))


@pytest.mark.parametrize("model", ["constant", "garch"])
def test_a_law_that_leans_the_other_way_is_seen(monkeypatch, model):
    changed_fit(monkeypatch, lambda fit: with_shape(fit, SHAPES["skew-t"][0], -SHAPES["skew-t"][1]))
    expected = {f"shocks: below arch's {level} quantile" for level in ("0.001", "0.5", "0.999")}
    assert failed(OF[model], "skew-t") >= expected | {"20 days: below arch's 0.01 quantile"}


@pytest.mark.parametrize(("law", "nu"), [("student-t", 6.5), ("ged", 1.5)])
def test_thinner_tails_are_seen(monkeypatch, law, nu):
    changed_fit(monkeypatch, lambda fit: with_shape(fit, nu))
    assert "shocks: below arch's 0.001 quantile" in failed(OF["constant"], law)


def test_residuals_that_are_not_recentred_are_seen(monkeypatch):
    def shifted(terms):
        innovation = terms.market.innovation
        raw = innovation._replace(residuals=innovation.residuals + 0.02)
        return terms._replace(market=terms.market._replace(innovation=raw))

    assert not failed(OF["garch"], BOOTSTRAP)
    changed_terms(monkeypatch, shifted)
    assert "shocks: below arch's 0.5 quantile" in failed(OF["garch"], BOOTSTRAP)


def test_a_drift_that_is_left_out_is_seen(monkeypatch):
    changed_fit(monkeypatch, lambda fit: replace(fit, estimates=np.array([0.0, *fit.estimates[1:]])))
    assert "20 days: below arch's 0.5 quantile" in failed(OF["garch"], "normal")


def simulated_and_filtered(start):
    """Variances (T,) of a path that arch simulates, and those that its own filter gives to the path's returns."""
    fit, fixed = arch_forecasts.fixed_in_arch(start, "normal")
    theirs = arch_forecasts.simulated_by_arch(fit, fixed, "normal", 0)
    residuals = np.concatenate([fit.returns.values, theirs.returns[:, 0]]) - arch_forecasts.DRIFT
    process, variances = fixed.model.volatility, np.empty(len(residuals))
    bounds = np.tile([0.0, 1.0], (len(residuals), 1))
    process.compute_variance(fit.estimates[1:], residuals, variances, process.backcast(fit.residuals), bounds)
    return theirs.variances[:, 0], variances[len(fit.variances):]


def test_arch_simulates_an_aparch_of_two_lags_unlike_its_own_filter_unless_it_is_mended(monkeypatch):
    np.testing.assert_allclose(*simulated_and_filtered(LAGS["aparch"]), rtol=1e-9)
    monkeypatch.setattr(arch_forecasts, "mend_lags", lambda process: None)
    simulated, filtered = simulated_and_filtered(LAGS["aparch"])
    assert np.abs(simulated / filtered - 1.0).max() > 0.01
    assert REPLAY in failed(LAGS["aparch"], "normal")


def test_an_aparch_of_one_lag_needs_no_mending(monkeypatch):
    monkeypatch.setattr(arch_forecasts, "mend_lags", lambda process: None)
    assert not failed(OF["aparch"], "normal")
