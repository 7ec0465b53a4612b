"""`backstop calibrate --check`: every candidate of a series held against its history (`model_check`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from backstop.config.text.load import load_config
from backstop.errors import BackstopError, ConfigError
from backstop.market.calibration import Candidate, calibrate
from backstop.market.data import PriceSeries
from backstop.market.fitted import Calibration
from backstop.market.key_days import holds
from backstop.market.model_check import Extra, ModelCheck, check_model
from backstop.market.path_statistics import Statistic
from backstop.market.specification import CalibrationSpec

OnCheck = Callable[[str, int, int], None]
"""Told the candidate's title, the histories it was fitted to so far, and how many there will be."""


@dataclass(frozen=True)
class CheckRequest:
    """What a check asks.

    Attributes
    ----------
    n_refits
        Simulated histories that each candidate is fitted to anew.
    extras
        Statistics beside `path_statistics.STATISTICS`.
    on_check
        See `OnCheck`.
    """

    n_refits: int
    extras: tuple[Extra, ...] = ()
    on_check: OnCheck = lambda title, done, total: None


def key_days_of(config: Path) -> Extra:
    """The share of days on which the entry of the first facility's system key holds, as a statistic.

    Raises
    ------
    ConfigError
        No such config, no facility in it, or a key that returns alone do not tell.
    """
    facilities = load_config(config, ()).facilities
    if not facilities:
        raise ConfigError([f"{config}: no facility, so no key; name a config that has one"])
    entry = facilities[0].system_key.entry
    if entry is None:
        raise ConfigError([f"{config}: the system key of {facilities[0].name} is turned by hand alone; name another"])
    statistic = Statistic("key_days", "frac", f"share of days on which the system key of {facilities[0].name} may open")
    return statistic, lambda returns: holds(entry, returns).mean(axis=0)


def check_candidates(candidates: Sequence[Candidate], series: PriceSeries, request: CheckRequest,
                     use_cache: bool = True) -> tuple[ModelCheck, ...]:
    """Checks of all candidates that were fitted, and of each model with its own residuals for a law."""
    fits = [(candidate.calibration, False) for candidate in candidates if candidate.calibration is not None]
    fits += [(fit, True) for fit in _with_residuals([fit for fit, _ in fits], series, use_cache)]
    return tuple(_checked(fit, is_bootstrap, request) for fit, is_bootstrap in fits)


def _checked(fit: Calibration, is_bootstrap: bool, request: CheckRequest) -> ModelCheck:
    title = f"{fit.spec.title}{', its residuals' if is_bootstrap else ''}"
    return check_model(fit, request.n_refits, request.extras, is_bootstrap,
                       lambda done: request.on_check(title, done, request.n_refits))


def _with_residuals(fits: Sequence[Calibration], series: PriceSeries, use_cache: bool) -> list[Calibration]:
    """Each model once, fitted by the normal likelihood, which is consistent whatever the law of its shocks."""
    specs = {(fit.spec.model, fit.spec.lags): fit.spec for fit in fits}
    found = []
    for (model, (p, o, q)), spec in specs.items():
        try:
            found.append(calibrate(CalibrationSpec(model, "normal", spec.mean, p, o, q), series, use_cache))
        except BackstopError:
            # a law of its residuals is an offer: without a fit there is none
            continue
    return found
