"""From arch's vector of estimates to named parameters in decimals a day, and what follows from them.

arch fits returns times a scale s. Going back: omega of a power-d model divides by s**d; EGARCH's omega loses
``(1 - sum beta) * 2 ln s``; shares, persistence and shapes stay.
"""

from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from backstop.config.market.innovations import Innovation
from backstop.config.market.models import VolatilityModel
from backstop.config.market.recursion import Recursion, recursion_of
from backstop.config.market.volatility import Volatility
from backstop.market.specification import CalibrationSpec

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ModelParameters:
    """A model's numbers, decimals and days; the order of each tuple is arch's, lag 1 first.

    Constant variance is ``omega`` alone; EWMA is ``omega = 0, alpha = (1 - lambda,), beta = (lambda,)``;
    HARCH has one alpha for each of its lags. ``power`` is APARCH's delta, 1 for TARCH, else 2.
    """

    model: str
    drift_per_day: float
    omega: float
    alpha: tuple[float, ...]
    gamma: tuple[float, ...]
    beta: tuple[float, ...]
    power: float
    harch_lags: tuple[int, ...]
    innovation: Innovation

    def volatility_section(self) -> dict[str, Any]:
        """The config's ``volatility`` table, without the state."""
        section: dict[str, Any] = {"model": self.model, "omega": self.omega, "alpha": list(self.alpha),
                                   "gamma": list(self.gamma), "beta": list(self.beta)}
        if self.model in ("garch", "gjr", "tarch", "aparch"):
            section["power"] = self.power
        if self.model == "harch":
            section["harch_lags"] = list(self.harch_lags)
        return section


def named_parameters(spec: CalibrationSpec, estimates: Floats) -> ModelParameters:
    """Unpack a vector (k,) in the order of ``spec.parameter_names``, by position."""
    vector = [float(value) for value in estimates]
    drift = vector.pop(0) if spec.mean == "constant" else 0.0
    shape = [vector.pop() for _ in spec.parameter_names if _ in ("nu", "skew")][::-1]
    innovation = Innovation(spec.distribution, *shape)
    omega, alpha, gamma, beta, power = _volatility(spec, vector)
    lags = spec.harch_lags if spec.model == "harch" else ()
    return ModelParameters(spec.model, drift, omega, alpha, gamma, beta, power, lags, innovation)


def _volatility(spec: CalibrationSpec, vector: list[float]) -> tuple[Any, ...]:
    if spec.model == "ewma":
        weight = vector[0] if vector else float(spec.ewma_lambda or 0.0)
        return 0.0, (1.0 - weight,), (), (weight,), 2.0
    if spec.model == "harch":
        return vector[0], tuple(vector[1:]), (), (), 2.0
    omega, lagged = vector[0], iter(vector[1:])
    alpha, gamma, beta = (tuple(islice(lagged, count)) for count in spec.lags)
    power = vector[-1] if spec.model == "aparch" else VolatilityModel.of(spec.model).rule.power
    return omega, alpha, gamma, beta, power


def unscaled(spec: CalibrationSpec, estimates: Floats, covariance: Floats,
             scale: float) -> tuple[Floats, Floats]:
    """Estimates (k,) and their covariance (k, k) of ``scale * returns``, turned into those of the returns.

    The covariance follows by the delta method: the map's Jacobian on both sides.
    """
    names = spec.parameter_names
    vector = estimates.astype(np.float64).copy()
    jacobian = np.eye(len(names))
    if "mu" in names:
        vector[0] /= scale
        jacobian[0, 0] = 1 / scale
    if "omega" in names:
        _unscale_omega(spec, vector, jacobian, scale)
    return vector, jacobian @ covariance @ jacobian.T


def _unscale_omega(spec: CalibrationSpec, vector: Floats, jacobian: Floats, scale: float) -> None:
    names = spec.parameter_names
    at = names.index("omega")
    if spec.model == "egarch":
        betas = [i for i, name in enumerate(names) if name.startswith("beta")]
        vector[at] -= (1 - vector[betas].sum()) * 2 * np.log(scale)
        jacobian[at, betas] = 2 * np.log(scale)
        return
    power = vector[names.index("delta")] if spec.model == "aparch" else VolatilityModel.of(spec.model).rule.power
    vector[at] *= scale**-power
    jacobian[at, at] = scale**-power
    if spec.model == "aparch":
        jacobian[at, names.index("delta")] = -vector[at] * np.log(scale)


def persistence(parameters: ModelParameters) -> float:
    """Factor by which a shock to the model's own quantity fades a day.

    That quantity is sigma^power, for EGARCH the log of the variance. With more than one lag it is the sum of
    the lags' factors. 0 for constant variance, 1 for EWMA.
    """
    return _recursion(parameters).persistence


def long_run_variance(parameters: ModelParameters) -> float | None:
    """The daily variance that the recursion returns to; None where there is none (EWMA).

    The unconditional variance for models in squares. For others the level of the model's own quantity:
    ``(E sigma^power)^(2/power)``, and ``exp(E ln sigma^2)`` for EGARCH, whose variance has no mean under
    Student-t.
    """
    recursion = _recursion(parameters)
    rest = 1.0 - recursion.persistence
    if parameters.model == "ewma" or rest <= 0.0:
        return None
    level = recursion.constant / rest
    return float(np.exp(level) if parameters.model == "egarch" else level ** (2 / parameters.power))


def _recursion(parameters: ModelParameters) -> Recursion:
    """The recursion that a run would use; parameters that no run may use have one too."""
    volatility = Volatility.model_construct(**parameters.volatility_section())
    left, right = parameters.innovation.half_moments(1.0 if parameters.model == "egarch" else parameters.power)
    return recursion_of(volatility, (right, left))
