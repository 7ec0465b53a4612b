"""Series with a known truth that the market tests share."""

import numpy as np
import pytest

from backstop.market.data import make_returns

TRUTH = {"mu": 4e-4, "omega": 4e-6, "alpha[1]": 0.04, "gamma[1]": 0.08, "beta[1]": 0.89, "nu": 6.0}
"""GJR-GARCH with Student-t of unit variance, decimals a day."""


def simulated_gjr(n, seed):
    """Returns (n,) of the GJR-GARCH of `TRUTH`, after 500 days that are thrown away."""
    rng = np.random.default_rng(seed)
    z = rng.standard_t(TRUTH["nu"], n + 500) * np.sqrt((TRUTH["nu"] - 2) / TRUTH["nu"])
    variance, residual, out = 1.3e-4, 0.0, np.empty(n + 500)
    for t in range(n + 500):
        push = TRUTH["alpha[1]"] + TRUTH["gamma[1]"] * (residual < 0.0)
        variance = TRUTH["omega"] + push * residual**2 + TRUTH["beta[1]"] * variance
        residual = np.sqrt(variance) * z[t]
        out[t] = TRUTH["mu"] + residual
    return out[500:]


def days_of(n):
    return np.datetime64("2000-01-03") + np.arange(n)


@pytest.fixture(scope="session")
def gjr_truth():
    return TRUTH


@pytest.fixture(scope="session")
def gjr_returns():
    return make_returns("simulated", days_of(4000), simulated_gjr(4000, seed=7))


@pytest.fixture(scope="session")
def returns_of():
    """Dated returns from plain values."""
    return lambda values: make_returns("series", days_of(len(values)), np.asarray(values, dtype=np.float64))
