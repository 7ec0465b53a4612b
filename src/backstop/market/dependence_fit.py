"""How the standardised residuals of several fits hang together: constant, dynamic, or through a copula.

Axes: n days, J series. Marginals come first, dependence second; its standard errors take the first step as
known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from backstop.errors import CalibrationError
from backstop.market.copula_fit import fit_gaussian_copula, fit_t_copula, normal_scores
from backstop.market.correlation import linear_correlation, refuse_tied
from backstop.market.dynamic_correlation import fit_dynamic
from backstop.market.fitted import Calibration
from backstop.market.one_thread import one_blas_thread
from backstop.market.price_files import Days

Floats = npt.NDArray[np.float64]
Dependence = Literal["ccc", "dcc", "adcc", "gaussian-copula", "t-copula"]
DEPENDENCES = ("ccc", "dcc", "adcc", "gaussian-copula", "t-copula")

MIN_SHARED_DAYS = 250
"""[ours]"""


@dataclass(frozen=True, eq=False)
class DependenceFit:
    """A fitted dependence of J series.

    Attributes
    ----------
    dependence
        Which of `DEPENDENCES`.
    names
        (J,) of the series.
    correlation
        (J, J), positive definite: of the z themselves (ccc) or of their scores. A dynamic one's target S.
    parameters, standard_errors
        a, b and g of a dynamic one, nu of the t copula; else empty.
    asymmetric_target, next_q
        (J, J) N of an asymmetric one, and a dynamic one's Q of the day after the data (`DynamicFit`).
    log_likelihood
        Of the second step, over independence; compare it within ccc, dcc and adcc, or within the copulas.
    n_days
        Days that all series share.
    n_missing
        (J,) days within the shared span on which a series has no price and another has.
    """

    dependence: Dependence
    names: tuple[str, ...]
    correlation: Floats
    parameters: dict[str, float]
    standard_errors: dict[str, float]
    asymmetric_target: Floats | None
    next_q: Floats | None
    log_likelihood: float
    n_days: int
    n_missing: tuple[int, ...]

    def summary(self) -> dict[str, Any]:
        """What is kept in a run and printed."""
        return {"dependence": self.dependence, "series": list(self.names),
                "correlation": self.correlation.tolist(), "parameters": dict(self.parameters),
                "standard_errors": dict(self.standard_errors), "log_likelihood": self.log_likelihood,
                "n_days": self.n_days, "n_missing": list(self.n_missing)}

    def section(self, start: Literal["long-run", "last"] = "long-run") -> dict[str, Any]:
        """The config's ``[market.dependence]``; a correlation that moves starts from its target, or after the data."""
        joint = {"assets": self.names, "copula": "student-t" if self.dependence == "t-copula" else "gaussian",
                 "correlation": _rows(self.correlation)}
        if self.next_q is None:
            return joint | self.parameters
        dynamics: dict[str, Any] = dict(self.parameters)
        if self.asymmetric_target is not None:
            dynamics["asymmetric_target"] = _rows(self.asymmetric_target)
        return joint | {"dynamics": dynamics | ({"opening": _rows(self.next_q)} if start == "last" else {})}


def _rows(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, matrix.tolist()))


def fit_dependence(fits: Sequence[Calibration], dependence: Dependence = "ccc") -> DependenceFit:
    """Fit a dependence to the residuals of `fits`, whose names differ.

    Constant correlations use all days that a pair shares, and are repaired where these do not fit together;
    dynamic ones and nu use the days that all series share. Dynamic ones are those of normal scores, as a run
    moves them, which for normal innovations are the z.

    Raises
    ------
    CalibrationError
        Fewer than two series, too few shared days, or a fit that does not hold.
    """
    if len(fits) < 2:
        raise CalibrationError(f"dependence of {len(fits)} series; give at least two")
    if dependence not in DEPENDENCES:
        raise CalibrationError(f"no dependence {dependence!r}; write one of {', '.join(DEPENDENCES)}")
    _, z = aligned_residuals(fits)
    n_days = int(np.isfinite(z).all(axis=1).sum())
    names = tuple(fit.name for fit in fits)
    if n_days < MIN_SHARED_DAYS:
        raise CalibrationError(f"{', '.join(names)}: {n_days} days in common, at least {MIN_SHARED_DAYS} are "
                               "needed; give prices of the same period")
    with one_blas_thread():
        refuse_tied(names, z, is_repaired=dependence not in ("dcc", "adcc"))
        found = _FITS[dependence](fits, z)
    return DependenceFit(dependence, names, **found, n_days=n_days,
                         n_missing=tuple(np.isnan(z).sum(axis=0).tolist()))


def aligned_residuals(fits: Sequence[Calibration]) -> tuple[Days, Floats]:
    """Days (n,) of the span that all fitted samples cover, and z (n, J), NaN where a series has no price."""
    samples = [(fit.returns.dates[:fit.n_sample], fit.standardised_residuals[:fit.n_sample]) for fit in fits]
    begin, end = max(days[0] for days, _ in samples), min(days[-1] for days, _ in samples)
    every = np.unique(np.concatenate([days for days, _ in samples]))
    every = every[(every >= begin) & (every <= end)]
    z = np.full((len(every), len(fits)), np.nan)
    for j, (days, residuals) in enumerate(samples):
        inside = (days >= begin) & (days <= end)
        z[np.searchsorted(every, days[inside]), j] = residuals[inside]
    return every, z


def joint_residuals(fits: Sequence[Calibration]) -> tuple[Days, Floats]:
    """Days (n,) that all series share, and their z (n, J), recentred: rows for the bootstrap."""
    days, z = aligned_residuals(fits)
    whole = np.isfinite(z).all(axis=1)
    return days[whole], z[whole] - z[whole].mean(axis=0)


def _ccc(fits: Sequence[Calibration], z: Floats) -> dict[str, Any]:
    correlation = linear_correlation(z)
    whole = z[np.isfinite(z).all(axis=1)]
    distance = np.einsum("ti,ij,tj->t", whole, np.linalg.inv(correlation), whole)
    daily = -0.5 * (np.linalg.slogdet(correlation)[1] + distance - (whole**2).sum(axis=1))
    return _found(correlation, float(daily.sum()))


def _dynamic(fits: Sequence[Calibration], z: Floats, is_asymmetric: bool) -> dict[str, Any]:
    scores = normal_scores(_probabilities(fits, z))
    fit = fit_dynamic(scores[np.isfinite(scores).all(axis=1)], is_asymmetric)
    names = ("a", "b", "g")[:len(fit.parameters)]
    errors = np.sqrt(np.diag(fit.covariance)).tolist()
    asymmetric_target = fit.asymmetric_target if is_asymmetric else None
    return _found(fit.target, fit.log_likelihood, dict(zip(names, fit.parameters.tolist(), strict=True)),
                  dict(zip(names, errors, strict=True)), asymmetric_target, fit.next_q)


def _gaussian(fits: Sequence[Calibration], z: Floats) -> dict[str, Any]:
    fit = fit_gaussian_copula(_probabilities(fits, z))
    return _found(fit.correlation, fit.log_likelihood)


def _t_copula(fits: Sequence[Calibration], z: Floats) -> dict[str, Any]:
    fit = fit_t_copula(_probabilities(fits, z))
    return _found(fit.correlation, fit.log_likelihood, {"nu": fit.nu}, {"nu": fit.nu_error})


def _probabilities(fits: Sequence[Calibration], z: Floats) -> Floats:
    return np.column_stack([fit.parameters.innovation.cdf(z[:, j]) for j, fit in enumerate(fits)])


def _found(correlation: Floats, log_likelihood: float, parameters: dict[str, float] | None = None,
           standard_errors: dict[str, float] | None = None, asymmetric_target: Floats | None = None,
           next_q: Floats | None = None) -> dict[str, Any]:
    return {"correlation": correlation, "log_likelihood": log_likelihood, "parameters": parameters or {},
            "standard_errors": standard_errors or {}, "asymmetric_target": asymmetric_target,
            "next_q": next_q}


_FITS = {"ccc": _ccc, "dcc": lambda fits, z: _dynamic(fits, z, False),
         "adcc": lambda fits, z: _dynamic(fits, z, True), "gaussian-copula": _gaussian, "t-copula": _t_copula}
