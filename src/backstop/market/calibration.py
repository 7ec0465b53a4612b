"""Fits of volatility models: what was estimated, how well, and the config section that a run goes on from.

`calibrate` gives a result or refuses in one line; what is doubtful but usable stands in the result's
warnings. Fits are kept on disk (`fit_cache`), so that only the first one imports arch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from backstop.errors import BackstopError, CalibrationError
from backstop.market import fit_cache
from backstop.market.data import PriceSeries, ReturnSeries, as_day, log_returns, make_returns
from backstop.market.fit_checks import check_returns, refuse_unusable, warnings_of
from backstop.market.fitted import Calibration
from backstop.market.one_thread import one_blas_thread
from backstop.market.specification import CalibrationSpec

if TYPE_CHECKING:
    from backstop.market.arch_fit import ArchFit

Floats = npt.NDArray[np.float64]
Criterion = Literal["bic", "aic", "log_likelihood"]

DEFAULT_CANDIDATES = tuple(CalibrationSpec(model, law) for model in ("garch", "gjr", "egarch", "tarch")
                           for law in ("student-t", "skew-t"))


def calibrate(spec: CalibrationSpec, series: PriceSeries | ReturnSeries,
              use_cache: bool = True) -> Calibration:
    """Fit `spec` to prices, or to log returns, or take the same fit from the cache.

    Raises
    ------
    CalibrationError
        Too few returns, no movement, no convergence, not stationary, or standard errors that make no sense.
    """
    whole = log_returns(series) if isinstance(series, PriceSeries) else series
    returns = _from(whole, spec.first)
    n_sample = _sample_size(returns, spec.last)
    check_returns(spec, returns.name, returns.values[:n_sample])
    key = fit_cache.key(spec, whole.content_hash)
    found = fit_cache.load(key, len(returns.values)) if use_cache else None
    if found is None:
        found = _fitted(spec, returns, n_sample)
        refuse_unusable(spec, returns.name, found, returns.values[:n_sample])
        if use_cache:
            fit_cache.store(key, found)
    bare = Calibration(spec, returns, n_sample, found.estimates, found.covariance, found.variances,
                       found.log_likelihood, (), whole.content_hash, fit_cache.arch_version())
    return replace(bare, warnings=warnings_of(bare))


def refit(fit: Calibration, values: Floats) -> Calibration:
    """The same model fitted to other returns (n,), which are on the days of the fit's sample.

    Raises
    ------
    CalibrationError
        As `calibrate`.
    """
    returns = make_returns(fit.name, fit.returns.dates[:len(values)], values)
    return calibrate(replace(fit.spec, first=None, last=None), returns, use_cache=False)


def _fitted(spec: CalibrationSpec, returns: ReturnSeries, n_sample: int) -> "ArchFit":
    """What arch finds; where its linear algebra or its optimiser gives up, the model is refused."""
    from backstop.market.arch_fit import fit_with_arch

    try:
        with one_blas_thread():
            return fit_with_arch(spec, returns.values, n_sample)
    except (ArithmeticError, ValueError) as problem:
        # numpy's LinAlgError is a ValueError
        raise CalibrationError(f"{returns.name}: {spec.title} cannot be fitted ({problem}): the likelihood is flat, or "
                               "no number, where the search ended; look at the prices, or try another "
                               "model") from problem


@dataclass(frozen=True)
class Candidate:
    """A specification that was tried: its fit, or the line that refused it."""

    spec: CalibrationSpec
    calibration: Calibration | None
    refusal: str = ""


def try_candidates(specs: Sequence[CalibrationSpec], series: PriceSeries | ReturnSeries,
                   use_cache: bool = True) -> tuple[Candidate, ...]:
    """Fit each specification to the same series; a refusal is kept as a line."""
    return tuple(_tried(spec, series, use_cache) for spec in specs)


def best(candidates: Sequence[Candidate], criterion: Criterion = "bic") -> Calibration:
    """The fit that a criterion prefers.

    Raises
    ------
    CalibrationError
        None of them could be fitted.
    """
    fits = [candidate.calibration for candidate in candidates if candidate.calibration is not None]
    if not fits:
        refusals = [candidate.refusal for candidate in candidates] or ["no model was given"]
        raise CalibrationError("\n".join([f"none of {len(candidates)} models could be fitted:", *refusals]))
    sign = -1.0 if criterion == "log_likelihood" else 1.0
    return min(fits, key=lambda fit: sign * getattr(fit, criterion))


def _tried(spec: CalibrationSpec, series: PriceSeries | ReturnSeries, use_cache: bool) -> Candidate:
    try:
        return Candidate(spec, calibrate(spec, series, use_cache))
    except BackstopError as refusal:
        return Candidate(spec, None, str(refusal))


def _from(returns: ReturnSeries, first: str | None) -> ReturnSeries:
    if first is None:
        return returns
    keep = returns.dates >= as_day(first)
    return make_returns(returns.name, returns.dates[keep], returns.values[keep], returns.source)


def _sample_size(returns: ReturnSeries, last: str | None) -> int:
    if last is None:
        return len(returns.dates)
    return int(np.searchsorted(returns.dates, as_day(last), side="right"))
