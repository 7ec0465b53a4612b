"""Paths agree with arch's own simulation from the same last state: variance by horizon and quantiles."""

import warnings

import numpy as np
import pytest

from markets import asset, resolved, simulate

arch = pytest.importorskip("arch.univariate")

HORIZON, PATHS, SEED = 15, 20_000, 11
MODELS = {
    "constant": ({"omega": 1.2}, arch.ConstantVariance, [1.2]),
    "ewma": ({"alpha": (0.06,), "beta": (0.94,)}, lambda: arch.EWMAVariance(0.94), []),
    "garch": ({"omega": 0.05, "alpha": (0.1,), "beta": (0.85,)}, lambda: arch.GARCH(1, 0, 1), [0.05, 0.1, 0.85]),
    "gjr": (
        {"omega": 0.05, "alpha": (0.04, 0.03), "gamma": (0.06,), "beta": (0.4, 0.4)},
        lambda: arch.GARCH(2, 1, 2),
        [0.05, 0.04, 0.03, 0.06, 0.4, 0.4],
    ),
    "tarch": (
        {"omega": 0.05, "alpha": (0.06,), "gamma": (0.05,), "beta": (0.88,)},
        lambda: arch.GARCH(1, 1, 1, power=1.0),
        [0.05, 0.06, 0.05, 0.88],
    ),
    "egarch": (
        {"omega": 0.01, "alpha": (0.12,), "gamma": (-0.06,), "beta": (0.94,)},
        lambda: arch.EGARCH(1, 1, 1),
        [0.01, 0.12, -0.06, 0.94],
    ),
    "aparch": (
        {"omega": 0.05, "alpha": (0.07,), "gamma": (0.3,), "beta": (0.85,), "power": 1.4},
        lambda: arch.APARCH(1, 1, 1),
        [0.05, 0.07, 0.3, 0.85, 1.4],
    ),
    "harch": (
        {"omega": 0.2, "alpha": (0.2, 0.2, 0.3), "harch_lags": (1, 5, 22)},
        lambda: arch.HARCH([1, 5, 22]),
        [0.2, 0.2, 0.2, 0.3],
    ),
}
LAWS = {
    "normal": ({}, arch.Normal, []),
    "student-t": ({"nu": 8.0}, arch.StudentsT, [8.0]),
    "skew-t": ({"nu": 8.0, "skew": -0.2}, arch.SkewStudent, [8.0, -0.2]),
    "ged": ({"nu": 1.4}, arch.GeneralizedError, [1.4]),
}
PAIRS = [(model, "student-t") for model in MODELS] + [("gjr", law) for law in LAWS if law != "student-t"]


def by_arch(model, law, history):
    """Residuals (paths, horizon) that arch simulates after `history`, and its last variances and residuals."""
    _, make, parameters = MODELS[model]
    _, distribution, shape = LAWS[law]
    given = np.array(parameters + shape)
    mean = arch.ZeroMean(history, volatility=make(), distribution=distribution(seed=SEED), rescale=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fixed = mean.fix(given)
        forecast = fixed.forecast(horizon=HORIZON, method="simulation", simulations=PATHS, reindex=False)
    return forecast.simulations.residuals[0], np.asarray(fixed.conditional_volatility) ** 2


def by_tile(model, law, variances, residuals):
    """Returns (paths, horizon) of ours from the same state."""
    given, shape = MODELS[model][0], LAWS[law][0]
    state = {"last_variance": tuple(variances[-30:]), "last_residual": tuple(residuals[-30:]), "start": "last"}
    terms = resolved(asset("a", {"model": model} | given | state, {"distribution": law} | shape), days=HORIZON)
    return simulate(terms, PATHS, SEED)[0][:, 0].T


@pytest.mark.parametrize(("model", "law"), PAIRS)
def test_paths_agree_with_archs_simulation(model, law):
    history = np.random.default_rng(3).standard_normal(200) * 1.1
    theirs, variances = by_arch(model, law, history)
    ours = by_tile(model, law, variances, history)
    for horizon in (1, 5, HORIZON):
        one, other = theirs[:, :horizon].sum(axis=1), ours[:, :horizon].sum(axis=1)
        assert_same_mean(one**2, other**2)
        for level in (0.01, 0.1, 0.5, 0.9):
            cut = np.quantile(one, level)
            assert_same_mean(one <= cut, other <= cut)


def assert_same_mean(one, other):
    """Two sample means within four standard errors of their difference."""
    error = np.sqrt((np.var(one) + np.var(other)) / len(one))
    assert abs(np.mean(one) - np.mean(other)) <= 4.0 * error
