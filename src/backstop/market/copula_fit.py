"""Copulas of residuals that their fitted laws made probabilities u (n, J): Gaussian, and t with one nu.

A copula joins laws of different shape, which one multivariate law cannot (Joe 2005, Journal of Multivariate
Analysis 94: margins first, copula second).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from backstop.errors import CalibrationError
from backstop.market.correlation import linear_correlation, rank_correlation

Floats = npt.NDArray[np.float64]

NU_BOUNDS = (2.1, 60.0)
"""Beyond the upper one a t copula is as good as Gaussian. [ours]"""
_EDGE = 1e-15


@dataclass(frozen=True, eq=False)
class CopulaFit:
    """Correlation (J, J); nu of a t copula and its standard error, else 0; 0 likelihood is independence."""

    correlation: Floats
    nu: float
    nu_error: float
    log_likelihood: float


def normal_scores(u: Floats) -> Floats:
    """The normal quantiles (n, J) of u (n, J)."""
    return np.asarray(special.ndtri(np.clip(u, _EDGE, 1.0 - _EDGE)))


def fit_gaussian_copula(u: Floats) -> CopulaFit:
    """The correlation (J, J) of the normal scores of u (n, J), NaN where a series has no price."""
    scores = normal_scores(u)
    correlation = linear_correlation(scores)
    whole = scores[np.isfinite(scores).all(axis=1)]
    log_det, distance = _shape(correlation, whole)
    daily = -0.5 * (log_det + distance - (whole**2).sum(axis=1))
    return CopulaFit(correlation, 0.0, 0.0, float(daily.sum()))


def fit_t_copula(u: Floats) -> CopulaFit:
    """The correlation by Kendall's tau, then nu by maximum likelihood.

    McNeil, Frey and Embrechts (2015), Quantitative Risk Management, 7.5; u (n, J) as for the Gaussian one.

    Raises
    ------
    CalibrationError
        nu at either bound: no common variance, or as good as Gaussian.
    """
    from scipy.optimize import minimize_scalar

    correlation = rank_correlation(u)
    whole = np.clip(u[np.isfinite(u).all(axis=1)], _EDGE, 1.0 - _EDGE)

    def log_likelihood(nu: float) -> float:
        return _t_copula_likelihood(whole, correlation, nu)

    # over 1/nu the likelihood is near quadratic, and the Gaussian copula lies at 0
    low, high = 1.0 / NU_BOUNDS[1], 1.0 / NU_BOUNDS[0]
    found = minimize_scalar(lambda x: -log_likelihood(1.0 / x), bounds=(low, high), method="bounded",
                            options={"xatol": 1e-6})
    if not low + 1e-4 < found.x < high - 1e-4:
        raise CalibrationError(f"t copula: nu {1 / found.x:.1f} is at its bound; use the gaussian-copula, or "
                               "look for days on which all series are wrong")
    nu = float(1.0 / found.x)
    return CopulaFit(correlation, nu, _error(log_likelihood, nu), -float(found.fun))


def _t_copula_likelihood(u: Floats, correlation: Floats, nu: float) -> float:
    size = u.shape[1]
    x = special.stdtrit(nu, u)
    log_det, distance = _shape(correlation, x)
    constant = (special.gammaln((nu + size) / 2) + (size - 1) * special.gammaln(nu / 2)
                - size * special.gammaln((nu + 1) / 2) - 0.5 * log_det)
    joint = -0.5 * (nu + size) * np.log1p(distance / nu)
    apart = 0.5 * (nu + 1) * np.log1p(x**2 / nu).sum(axis=1)
    return float(np.sum(constant + joint + apart))


def _shape(correlation: Floats, x: Floats) -> tuple[float, Floats]:
    """``ln |R|``, and ``x' R^-1 x`` of each row (n,)."""
    root = np.linalg.cholesky(correlation)
    white = np.linalg.solve(root, x.T)
    return 2.0 * float(np.log(np.diag(root)).sum()), np.asarray((white**2).sum(axis=0))


def _error(log_likelihood: Callable[[float], float], nu: float) -> float:
    step = 0.02 * nu
    curvature = (log_likelihood(nu + step) - 2 * log_likelihood(nu) + log_likelihood(nu - step)) / step**2
    return float(1.0 / np.sqrt(-curvature))
