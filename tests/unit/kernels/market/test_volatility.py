"""Volatility recursions against arch's own filters, path by path."""

import numpy as np
import pytest

from markets import asset, resolved, simulate, student_t

arch = pytest.importorskip("arch.univariate")

DAYS, LANES = 40, 3
MODELS = {
    "constant": ({"omega": 1.3}, lambda: arch.ConstantVariance(), [1.3]),
    "ewma": ({"alpha": [0.06], "beta": [0.94]}, lambda: arch.EWMAVariance(0.94), []),
    "garch(1,0,1)": (
        {"omega": 0.05, "alpha": [0.1], "beta": [0.85]},
        lambda: arch.GARCH(1, 0, 1),
        [0.05, 0.1, 0.85],
    ),
    "garch(3,0,2)": (
        {"omega": 0.05, "alpha": [0.1, 0.02, 0.05], "beta": [0.3, 0.4]},
        lambda: arch.GARCH(3, 0, 2),
        [0.05, 0.1, 0.02, 0.05, 0.3, 0.4],
    ),
    "gjr(1,2,5)": (
        {"omega": 0.05, "alpha": [0.05], "gamma": [0.1, 0.05], "beta": [0.2, 0.1, 0.1, 0.1, 0.2]},
        lambda: arch.GARCH(1, 2, 5),
        [0.05, 0.05, 0.1, 0.05, 0.2, 0.1, 0.1, 0.1, 0.2],
    ),
    "tarch(2,1,1)": (
        {"omega": 0.05, "alpha": [0.05, 0.03], "gamma": [0.08], "beta": [0.8]},
        lambda: arch.GARCH(2, 1, 1, power=1.0),
        [0.05, 0.05, 0.03, 0.08, 0.8],
    ),
    "garch power 1.5": (
        {"omega": 0.05, "alpha": [0.07], "beta": [0.85], "power": 1.5},
        lambda: arch.GARCH(1, 0, 1, power=1.5),
        [0.05, 0.07, 0.85],
    ),
    "egarch(2,1,1)": (
        {"omega": 0.01, "alpha": [0.1, 0.05], "gamma": [-0.08], "beta": [0.95]},
        lambda: arch.EGARCH(2, 1, 1),
        [0.01, 0.1, 0.05, -0.08, 0.95],
    ),
    "aparch(2,1,1)": (
        {"omega": 0.05, "alpha": [0.06, 0.04], "gamma": [0.4], "beta": [0.85], "power": 1.3},
        lambda: arch.APARCH(2, 1, 1),
        [0.05, 0.06, 0.04, 0.4, 0.85, 1.3],
    ),
    "harch": (
        {"omega": 0.1, "alpha": [0.3, 0.2, 0.3], "harch_lags": [1, 5, 22]},
        lambda: arch.HARCH([1, 5, 22]),
        [0.1, 0.3, 0.2, 0.3],
    ),
}
HISTORY = 30


def filtered(process, parameters, residuals):
    """Arch's variances (n,) of given residuals."""
    variance = np.empty(len(residuals))
    bounds = np.tile([1e-12, 1e12], (len(residuals), 1))
    return process.compute_variance(np.array(parameters), residuals, variance, process.backcast(residuals), bounds)


def model_of(case, given, variances, residuals):
    """The volatility table of a case, going on after days of given variance and residual."""
    model = {"model": case.split("(")[0].split()[0]} | {
        key: tuple(value) if isinstance(value, list) else value for key, value in given.items()
    }
    return model | {"last_variance": tuple(variances), "last_residual": tuple(residuals), "start": "last"}


@pytest.mark.parametrize("case", MODELS)
def test_recursions_are_those_of_arch(case):
    given, make, parameters = MODELS[case]
    history = np.random.default_rng(5).standard_normal(HISTORY)
    before = filtered(make(), parameters, history)
    terms = resolved(asset("a", model_of(case, given, before, history), student_t(6.0)), days=DAYS)
    log_return, volatility = simulate(terms, LANES)
    for lane in range(LANES):
        expected = filtered_on(make(), parameters, history, log_return[:, 0, lane])
        np.testing.assert_allclose(volatility[:, 0, lane] ** 2, expected, rtol=1e-11)


def filtered_on(process, parameters, history, residuals):
    """Arch's variances of `residuals`, the days after `history`, whose own are filtered from the same start."""
    every = np.concatenate([history, residuals])
    variance, bounds = np.empty(len(every)), np.tile([1e-12, 1e12], (len(every), 1))
    process.compute_variance(np.array(parameters), every, variance, process.backcast(history), bounds)
    return variance[len(history) :]
