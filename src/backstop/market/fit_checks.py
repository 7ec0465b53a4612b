"""Gates: what is not fitted, what of a fit is not used, and what is used with a warning."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from backstop.errors import CalibrationError
from backstop.market.fitted import Calibration
from backstop.market.parameters import ModelParameters, long_run_variance, named_parameters, persistence
from backstop.market.specification import CalibrationSpec

if TYPE_CHECKING:
    from backstop.market.arch_fit import ArchFit

Floats = npt.NDArray[np.float64]

MIN_VOLATILITY = 1e-8
"""Daily; below it the series is rounding noise. [ours]"""
MAX_MEDIAN_MOVE = 0.1
"""Median absolute return a day; above it the returns are in percent. [ours]"""
MAX_ZEROS = 0.5
"""Share of returns that are exactly 0; above it the series is not traded. [ours]"""
MAX_PERSISTENCE = 0.9999
"""Half-life of 27 years: the fit sits on the border of stationarity. [ours]"""
MAX_STANDARD_ERROR = 5.0
"""Of alpha, gamma, beta and skew, which live within about 1 of zero. [ours]"""
MIN_STANDARD_ERROR = 1e-6
"""Of the same: less would take 10^12 days, so the likelihood's curvature is a numerical artefact. [ours]"""
MIN_NU = 2.1
"""arch's lower bound is 2.05, where the variance ceases to exist. [ours]"""
MAX_SKEW = 0.99
"""Of Hansen's lambda: beyond it one side of the law is all but empty, which no price's returns are. [ours]"""
MAX_LEVEL_RATIO = 5.0
"""Long-run volatility over the sample's, or the reverse, where persistence leaves the level known: beyond it the fit
speaks of other data. [ours]"""
_UNIT_SIZED = ("alpha", "gamma", "beta", "skew")

# warnings, all thresholds [ours]
NU_NEAR_FOUR = 4.5
NU_AS_NORMAL = 100.0
HIGH_PERSISTENCE = 0.995
LEVEL_RATIO = 1.25
LONE_SHARE = 0.2
"""Of a sample's variance, made by one day: that is an error before it is risk."""
FEW_RETURNS = 1000
MANY_ZEROS = 0.1
GED_BORDER = 1.011
"""arch keeps the GED's nu above 1.01."""


def check_returns(spec: CalibrationSpec, name: str, values: Floats) -> None:
    """Refuse a sample (n,) that arch would fit without complaint and should not.

    Raises
    ------
    CalibrationError
        Too few returns for the model, values that are not finite, no or hardly any movement, or percent.
    """
    if len(values) < spec.minimum_returns:
        raise CalibrationError(f"{name}: {len(values)} returns, {spec.title} needs at least "
                               f"{spec.minimum_returns}; give a longer series or a smaller model")
    if not np.isfinite(values).all():
        raise CalibrationError(f"{name}: a return is not a finite number; mend the prices")
    daily, usual, still = np.std(values), np.median(np.abs(values)), np.mean(values == 0.0)
    if daily < MIN_VOLATILITY:
        raise CalibrationError(f"{name}: the returns do not move (daily volatility {daily:.1e}); "
                               "there is nothing to fit")
    if usual > MAX_MEDIAN_MOVE:
        raise CalibrationError(f"{name}: a usual move of {usual:.3g} a day looks like percent; "
                               "give returns as decimals: 0.012, not 1.2")
    if still > MAX_ZEROS:
        raise CalibrationError(f"{name}: {still:.0%} of the returns are exactly 0; "
                               "give prices of days with trades")


def refuse_unusable(spec: CalibrationSpec, name: str, fit: "ArchFit", sample: Floats) -> None:
    """Refuse a fit to the returns `sample` (n,) whose numbers must not reach a run.

    Raises
    ------
    CalibrationError
        No convergence, numbers that are none, a law at its border, no stationarity, a level that is not the data's,
        or nonsense standard errors.
    """
    where = f"{name}: {spec.title}"
    if fit.convergence_flag or not np.isfinite(fit.estimates).all() or not np.isfinite(fit.variances).all():
        raise CalibrationError(f"{where} did not converge (flag {fit.convergence_flag}); try fewer lags, "
                               "a simpler model or a longer series")
    parameters = named_parameters(spec, fit.estimates)
    _refuse_law(where, parameters)
    lasting = persistence(parameters)
    if spec.model != "ewma" and lasting >= MAX_PERSISTENCE:
        raise CalibrationError(f"{where}: not stationary (persistence {lasting:.5f}); use ewma, "
                               "a shorter sample or another model")
    _refuse_level(where, parameters, sample)
    _refuse_standard_errors(where, spec, fit)


def _refuse_law(where: str, parameters: ModelParameters) -> None:
    law = parameters.innovation
    if law.distribution in ("student-t", "skew-t") and law.nu < MIN_NU:
        raise CalibrationError(f"{where}: nu {law.nu:.2f} leaves no finite variance; "
                               "look for outliers or stale prices, or fit the ged")
    if law.distribution == "skew-t" and abs(law.skew) > MAX_SKEW:
        raise CalibrationError(f"{where}: skew {law.skew:.4f} leaves one side of the law empty; look "
                               "for prices that only rise, stale prices or outliers, or fit student-t")


def _refuse_level(where: str, parameters: ModelParameters, sample: Floats) -> None:
    level = long_run_variance(parameters)
    if level is None or persistence(parameters) > HIGH_PERSISTENCE:
        return
    ratio = float(np.sqrt(level / np.var(sample)))
    if not 1.0 / MAX_LEVEL_RATIO < ratio < MAX_LEVEL_RATIO:
        raise CalibrationError(f"{where}: its long-run volatility is {ratio:.3g} times that of the sample, so the fit "
                               "speaks of other data; look at the prices, or try another model")


def _refuse_standard_errors(where: str, spec: CalibrationSpec, fit: "ArchFit") -> None:
    with np.errstate(invalid="ignore"):
        errors = np.sqrt(np.diag(fit.covariance))
    for name, error in zip(spec.parameter_names, errors, strict=True):
        is_unit_sized = name.startswith(_UNIT_SIZED)
        low, high = (MIN_STANDARD_ERROR, MAX_STANDARD_ERROR) if is_unit_sized else (0.0, np.inf)
        if not low < error < high:
            raise CalibrationError(f"{where}: the standard error of {name} is {error:.3g}, so the fit does "
                                   "not tell its value; try fewer lags or a simpler model")


def warnings_of(fit: Calibration) -> tuple[str, ...]:
    """What a reader of the fit must know, a line each."""
    found = [*_tail_warnings(fit), *_persistence_warnings(fit), *_sample_warnings(fit)]
    return tuple(f"{fit.name}, {fit.spec.title}: {line}" for line in found)


def _tail_warnings(fit: Calibration) -> list[str]:
    law = fit.parameters.innovation
    if law.distribution not in ("student-t", "skew-t"):
        return []
    if law.nu < NU_NEAR_FOUR:
        return [f"nu {law.nu:.2f} is near 4: the fourth moment hardly exists, so kurtosis and tests on "
                "squares say little"]
    return [f"nu {law.nu:.0f}: as good as normal"] if law.nu > NU_AS_NORMAL else []


def _persistence_warnings(fit: Calibration) -> list[str]:
    found = []
    if fit.spec.model != "ewma" and fit.persistence > HIGH_PERSISTENCE:
        found.append(f"persistence {fit.persistence:.4f}: shocks halve in {fit.half_life_days:.0f} days, and "
                     "the long-run level is hardly identified")
    level, sample = fit.long_run_volatility_ann, fit.sample_volatility_ann
    if level is not None and not 1 / LEVEL_RATIO < level / sample < LEVEL_RATIO:
        alone = _lone_day(fit)
        remedy = ('write long_run = "sample", or start = "last"' if alone is None else
                  f"see whether the price of {alone} is right, which makes most of the sample's")
        found.append(f"long-run volatility {level:.1%} a year against {sample:.1%} in the sample: {remedy}")
    return found


def _lone_day(fit: Calibration) -> str | None:
    """The day whose return makes more than a share of the sample's variance, if one does."""
    squares = fit.returns.values[:fit.n_sample] ** 2
    largest = int(np.argmax(squares))
    return str(fit.returns.dates[largest]) if squares[largest] > LONE_SHARE * squares.sum() else None


def _sample_warnings(fit: Calibration) -> list[str]:
    found = []
    values = fit.returns.values[:fit.n_sample]
    if len(values) < FEW_RETURNS:
        found.append(f"{len(values)} returns: standard errors are wide; {FEW_RETURNS} or more are better")
    if np.mean(values == 0.0) > MANY_ZEROS:
        found.append(f"{np.mean(values == 0.0):.0%} of the returns are exactly 0: stale prices understate "
                     "risk")
    pinned = [name for name, value in zip(fit.spec.parameter_names, fit.estimates, strict=True)
              if name.startswith(("alpha", "beta")) and abs(value) < 1e-10]
    if fit.spec.distribution == "ged" and fit.parameters.innovation.nu < GED_BORDER:
        pinned.append("nu")
    if pinned:
        found.append(f"{', '.join(pinned)} estimated at the border of what is allowed: its standard error "
                     "means little")
    return found
