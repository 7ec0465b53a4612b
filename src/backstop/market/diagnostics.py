"""What a fit left unexplained: tests on its standardised residuals.

A small p-value says that the residuals still hold what the test looks for. The parameters come from the same
data, which makes these tests a little too kind to the model, those on squares most (Li and Mak 1994).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from backstop.market.fitted import Calibration

Floats = npt.NDArray[np.float64]

LAGS = 10
"""Two weeks. [ours]"""


@dataclass(frozen=True)
class HypothesisTest:
    """A test's name, what its null hypothesis says, its statistic and the p-value under the null."""

    name: str
    null: str
    statistic: float
    p_value: float


def residual_tests(fit: Calibration, lags: int = LAGS) -> tuple[HypothesisTest, ...]:
    """All tests of this module on the standardised residuals of the fitted sample."""
    z = fit.standardised_residuals[:fit.n_sample]
    return (ljung_box(z, lags), ljung_box_of_squares(z, lags), arch_lm(z, lags))


def ljung_box(z: Floats, lags: int = LAGS) -> HypothesisTest:
    """Autocorrelation of z (n,) up to `lags`.

    ``Q = n (n + 2) sum_k r_k^2 / (n - k)``, chi-squared with `lags` degrees of freedom (Ljung and Box 1978,
    Biometrika 65).
    """
    return _ljung_box(f"Ljung-Box({lags})", "no autocorrelation", z, lags)


def ljung_box_of_squares(z: Floats, lags: int = LAGS) -> HypothesisTest:
    """Autocorrelation of z^2 (n,) up to `lags` (McLeod and Li 1983): volatility that the model missed."""
    return _ljung_box(f"Ljung-Box({lags}) of squares", "no clustering left", z**2, lags)


def arch_lm(z: Floats, lags: int = LAGS) -> HypothesisTest:
    """Engle's Lagrange multiplier on z (n,): clustering of volatility up to `lags`.

    ``(n - lags) R^2`` of the regression of z^2 on a constant and its last `lags` values, chi-squared with
    `lags` degrees of freedom (Engle 1982, Econometrica 50).
    """
    n, squares = len(z) - lags, z**2
    shared = np.cov([squares[lags - k:lags - k + n] for k in range(lags + 1)])
    r_squared = shared[0, 1:] @ np.linalg.solve(shared[1:, 1:], shared[1:, 0]) / shared[0, 0]
    return _chi_squared(f"ARCH-LM({lags})", "no clustering left", n * float(r_squared), lags)


def _ljung_box(name: str, null: str, values: Floats, lags: int) -> HypothesisTest:
    n, centred = len(values), values - values.mean()
    r = np.array([centred[k:] @ centred[:-k] for k in range(1, lags + 1)]) / (centred @ centred)
    q = n * (n + 2) * float(np.sum(r**2 / (n - np.arange(1, lags + 1))))
    return _chi_squared(name, null, q, lags)


def _chi_squared(name: str, null: str, statistic: float, degrees: int) -> HypothesisTest:
    return HypothesisTest(name, null, statistic, float(special.chdtrc(degrees, statistic)))
