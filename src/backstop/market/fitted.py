"""A fitted volatility model: what was estimated, how well, and the config section that a run goes on from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backstop.config.market.volatility import LongRun, Start
from backstop.errors import CalibrationError
from backstop.market.data import Day, ReturnSeries, as_day
from backstop.market.parameters import ModelParameters, long_run_variance, named_parameters, persistence
from backstop.market.specification import CalibrationSpec
from backstop.terms import TRADING_DAYS_PER_YEAR

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """A fitted model of one series; n days, k estimated parameters, all in decimals a day.

    Attributes
    ----------
    spec
        What was fitted.
    returns
        (n,) the returns that variances are filtered on; the first `n_sample` of them were fitted.
    n_sample
        Returns in the likelihood.
    estimates
        (k,) in the order of ``spec.parameter_names``, which is arch's.
    covariance
        (k, k) robust covariance of the estimates (Bollerslev and Wooldridge 1992).
    variances
        (n,) each day's variance given the days before it.
    log_likelihood
        Of the returns in decimals.
    warnings
        One line each: usable, but read this.
    data_hash
        Of the whole series that was given, sample or not.
    arch_version
        The version that fitted.
    """

    spec: CalibrationSpec
    returns: ReturnSeries
    n_sample: int
    estimates: Floats
    covariance: Floats
    variances: Floats
    log_likelihood: float
    warnings: tuple[str, ...]
    data_hash: str
    arch_version: str

    @property
    def name(self) -> str:
        """The series' name."""
        return self.returns.name

    @property
    def parameters(self) -> ModelParameters:
        """The estimates by name."""
        return named_parameters(self.spec, self.estimates)

    @property
    def standard_errors(self) -> Floats:
        """(k,) robust standard errors."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def residuals(self) -> Floats:
        """(n,) returns less their mean."""
        return self.returns.values - self.parameters.drift_per_day

    @property
    def standardised_residuals(self) -> Floats:
        """(n,) residuals over their conditional standard deviation."""
        return self.residuals / np.sqrt(self.variances)

    @property
    def aic(self) -> float:
        """Akaike's criterion; smaller is better."""
        return 2.0 * len(self.estimates) - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion; smaller is better."""
        return float(np.log(self.n_sample)) * len(self.estimates) - 2.0 * self.log_likelihood

    @property
    def persistence(self) -> float:
        """Share of a shock to variance that is left a day later (see `parameters.persistence`)."""
        return persistence(self.parameters)

    @property
    def half_life_days(self) -> float:
        """Trading days until half of a shock is gone; infinite for EWMA, 0 for constant variance."""
        left = self.persistence
        return float("inf") if left >= 1.0 else float(np.log(0.5) / np.log(left)) if left > 0.0 else 0.0

    @property
    def long_run_variance(self) -> float | None:
        """Daily variance that the model returns to, None for EWMA (see `parameters.long_run_variance`)."""
        return long_run_variance(self.parameters)

    @property
    def long_run_volatility_ann(self) -> float | None:
        """`long_run_variance` as a volatility a year of 252 days."""
        level = self.long_run_variance
        return None if level is None else float(np.sqrt(level * TRADING_DAYS_PER_YEAR))

    @property
    def sample_volatility_ann(self) -> float:
        """Standard deviation of the fitted returns, a year of 252 days."""
        return float(np.std(self.returns.values[:self.n_sample]) * np.sqrt(TRADING_DAYS_PER_YEAR))

    @property
    def first_day(self) -> str:
        """First day of the sample."""
        return str(self.returns.dates[0])

    @property
    def last_day(self) -> str:
        """Last day of the sample."""
        return str(self.returns.dates[self.n_sample - 1])

    def summary(self) -> dict[str, Any]:
        """What is kept in a run and printed: plain numbers and text, None for what is infinite or is none."""
        names, half_life = self.spec.parameter_names, self.half_life_days
        return {
            "series": self.name, "source": self.returns.source, "model": self.spec.title,
            "first_day": self.first_day, "last_day": self.last_day, "n_returns": self.n_sample,
            "estimates": dict(zip(names, self.estimates.tolist(), strict=True)),
            "standard_errors": dict(zip(names, self.standard_errors.tolist(), strict=True)),
            "persistence": self.persistence, "half_life_days": half_life if np.isfinite(half_life) else None,
            "long_run_volatility_ann": self.long_run_volatility_ann,
            "sample_volatility_ann": self.sample_volatility_ann,
            "log_likelihood": self.log_likelihood, "aic": self.aic, "bic": self.bic,
            "warnings": list(self.warnings), "data_hash": self.data_hash, "arch_version": self.arch_version,
        }

    def market_section(self, start: Start = "last", day: Day | None = None, long_run: LongRun = "fitted",
                       estimates: Floats | None = None) -> dict[str, Any]:
        """The asset's part of a config's market section, as `backstop.config.market.section.AssetConfig` takes it.

        Parameters
        ----------
        start
            The config's ``start``: only "last" needs the state of the days before.
        day
            Day 1 of the run. Without it, the day after the data.
        long_run
            The config's ``long_run``: "sample" is variance targeting (Engle and Mezrich 1996), for a level that
            the likelihood hardly identifies.
        estimates
            (k,) other parameters of the same model, as drawn from `covariance`; the state stays the fit's.

        Returns
        -------
        dict
            ``drift_per_day`` where a mean was estimated, ``volatility`` and ``innovation``.
        """
        parameters = self.parameters if estimates is None else named_parameters(self.spec, estimates)
        volatility = parameters.volatility_section() | {"start": start}
        if long_run != "fitted":
            level = self.sample_volatility_ann if long_run == "sample" else long_run
            volatility = {"long_run_volatility_ann_frac": level} | volatility
            del volatility["omega"]
        if start == "last":
            variance, residual = self.state_before(day)
            volatility |= {"last_variance": variance.tolist(), "last_residual": residual.tolist()}
        drift = {"drift_per_day": parameters.drift_per_day} if self.spec.mean == "constant" else {}
        return drift | {"volatility": volatility, "innovation": parameters.innovation.section()}

    def state_before(self, day: Day | None = None) -> tuple[Floats, Floats]:
        """Variances and residuals (``spec.state_lags``,) of the last days before `day`, oldest first.

        Raises
        ------
        CalibrationError
            The data hold too few days before it.
        """
        n, lags = len(self.returns.dates), self.spec.state_lags
        stop = n if day is None else int(np.searchsorted(self.returns.dates, as_day(day)))
        if stop < lags:
            raise CalibrationError(f"{self.name}: {stop} days before {day}, the model needs {lags}; "
                                   "start later")
        return self.variances[stop - lags:stop].copy(), self.residuals[stop - lags:stop].copy()
