"""Fits one specification with arch and hands back plain arrays in decimals a day.

arch is imported when a fit is made, which takes 2 to 5 s. Its optimiser wants returns of a size near 1, so
they are fitted times a scale (100 unless that is far off) and the results scaled back.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backstop.market.parameters import unscaled
from backstop.market.specification import CalibrationSpec

Floats = npt.NDArray[np.float64]

USUAL_SCALE = 100.0
GOOD_VARIANCE = (0.1, 1e4)
"""Scaled variances that arch's optimiser copes with; beyond them it warns."""


@dataclass(frozen=True, eq=False)
class ArchFit:
    """What arch found, in decimals a day; k estimates, n returns."""

    estimates: Floats
    covariance: Floats
    """(k, k) robust covariance of the estimates (Bollerslev and Wooldridge 1992)."""
    variances: Floats
    """(n,) conditional variance of each day, given the days before it."""
    log_likelihood: float
    convergence_flag: int


def fit_with_arch(spec: CalibrationSpec, returns: Floats, n_sample: int) -> ArchFit:
    """Maximum likelihood on the first `n_sample` of `returns` (n,); variances are filtered through all n.

    A fit whose optimiser gives up is tried once more, from where it stopped and with more steps.
    """
    scale = scale_for(returns[:n_sample])
    with warnings.catch_warnings():
        # arch warns about scale and convergence, and sets global filters itself: both are gates of ours
        warnings.simplefilter("ignore")
        model = arch_model(spec, scale * returns[:n_sample])
        options: dict[str, Any] = {"disp": "off", "show_warning": False}
        result = model.fit(**options)
        if spec.backcast == "mean-square":
            options["backcast"] = float(np.mean(np.asarray(result.resid) ** 2))
            result = model.fit(starting_values=np.asarray(result.params), **options)
        if result.convergence_flag:
            options["options"] = {"maxiter": 1000}
            result = model.fit(starting_values=np.asarray(result.params), **options)
        return _unscaled_fit(spec, result, scale, returns)


def scale_for(returns: Floats) -> float:
    """The factor that brings `returns` to a size that arch fits well, a power of 10."""
    variance = float(np.var(returns))
    if GOOD_VARIANCE[0] <= variance * USUAL_SCALE**2 < GOOD_VARIANCE[1] or variance == 0.0:
        return USUAL_SCALE
    return float(10.0 ** np.ceil(-0.5 * np.log10(variance)))


def arch_model(spec: CalibrationSpec, values: Floats) -> Any:
    """Arch's own model of `values` (n,), as `spec` says."""
    from arch import univariate as arch

    distributions: dict[str, Any] = {"normal": arch.Normal, "student-t": arch.StudentsT,
                                     "skew-t": arch.SkewStudent, "ged": arch.GeneralizedError}
    mean = arch.ConstantMean if spec.mean == "constant" else arch.ZeroMean
    return mean(values, volatility=_arch_volatility(spec), distribution=distributions[spec.distribution](),
                rescale=False)


def _arch_volatility(spec: CalibrationSpec) -> Any:
    from arch import univariate as arch

    p, o, q = spec.lags
    makers: dict[str, Any] = {
        "constant": arch.ConstantVariance, "ewma": lambda: arch.EWMAVariance(spec.ewma_lambda),
        "garch": lambda: arch.GARCH(p, o, q), "gjr": lambda: arch.GARCH(p, o, q),
        "tarch": lambda: arch.GARCH(p, o, q, power=1.0), "egarch": lambda: arch.EGARCH(p, o, q),
        "aparch": lambda: arch.APARCH(p, o, q), "harch": lambda: arch.HARCH(list(spec.harch_lags)),
    }
    return makers[spec.model]()


def _unscaled_fit(spec: CalibrationSpec, result: Any, scale: float, returns: Floats) -> ArchFit:
    scaled = np.asarray(result.params, dtype=np.float64)
    size = len(spec.parameter_names)
    # a model without parameters has a covariance that arch leaves undefined
    covariance = np.asarray(result.param_cov, dtype=np.float64) if size else np.zeros((0, 0))
    estimates, covariance = unscaled(spec, scaled, covariance, scale)
    likelihood = float(result.loglikelihood) + result.nobs * float(np.log(scale))
    sample = np.asarray(result.conditional_volatility, dtype=np.float64) ** 2
    if len(returns) > len(sample):
        later = _filtered(spec, scaled, scale * returns)[len(sample):]
        sample = np.concatenate([sample, later])
    return ArchFit(estimates, covariance, sample / scale**2, likelihood, int(result.convergence_flag))


def _filtered(spec: CalibrationSpec, scaled: Floats, scaled_returns: Floats) -> Floats:
    """Variances (n,) of scaled returns; what the start made of the first ones has died out after a sample."""
    n_mean = int(spec.mean == "constant")
    residuals = scaled_returns - (scaled[0] if n_mean else 0.0)
    process = _arch_volatility(spec)
    variances = np.zeros(len(residuals))
    process.compute_variance(scaled[n_mean:n_mean + process.num_params], residuals, variances,
                             process.backcast(residuals), process.variance_bounds(residuals))
    return variances
