"""Parameters drawn from the law of their estimates: other values that the data allow for.

Draw g belongs to paths 256 g to 256 g + 255, and depends on the seed, the data and g alone: no block, thread
or number of paths moves it.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstop.config.market.volatility import MAX_POWER, MIN_POWER
from backstop.errors import CalibrationError
from backstop.market.fit_checks import MAX_PERSISTENCE, MIN_NU
from backstop.market.fitted import Calibration
from backstop.market.parameters import ModelParameters, named_parameters, persistence

Floats = npt.NDArray[np.float64]

PATHS_PER_DRAW = 256
MAX_TRIES = 200
"""Draws until an admissible one is found; a fit that needs more sits on a border. [ours]"""
_DIAGONAL_LIFT = 1e-10
"""Added to the correlation's diagonal, so that it has a Cholesky factor even where estimates are tied."""


class Draw(NamedTuple):
    """The parameters of one group of paths."""

    estimates: Floats
    """(k,) in the order of ``fit.spec.parameter_names``."""
    tries: int
    """Draws made until this one was admissible."""


class ParameterDraws:
    """Draws from ``N(estimates, covariance)``, the estimates' asymptotic law, within what the model admits.

    Parameters
    ----------
    fit
        Gives k estimates and their robust covariance (Bollerslev and Wooldridge 1992).
    seed
        The run's.
    """

    def __init__(self, fit: Calibration, seed: int) -> None:
        self._fit, self._seed, self._root = fit, seed, _covariance_root(fit)

    def of_group(self, group: int) -> Draw:
        """The parameters of paths ``256 group`` to ``256 group + 255``.

        Raises
        ------
        CalibrationError
            Hardly any draw is admissible.
        """
        fit, series = self._fit, int(self._fit.data_hash[:16], 16)
        rng = np.random.Generator(np.random.Philox(key=self._seed, counter=group << 192 | series << 128))
        for tries in range(1, MAX_TRIES + 1):
            estimates = fit.estimates + self._root @ rng.standard_normal(len(fit.estimates))
            if is_admissible(named_parameters(fit.spec, estimates)):
                return Draw(estimates, tries)
        raise CalibrationError(f"{fit.name}: {fit.spec.title}: {MAX_TRIES} draws of its parameters in a row are "
                               "inadmissible; leave parameter uncertainty off, or fit a simpler model")

    def rejected_frac(self, n_groups: int) -> float:
        """Share of all draws made for the first `n_groups` groups, at least 1, that was rejected as inadmissible.

        Where it is large, the law of the estimates is far from normal.
        """
        return 1.0 - n_groups / sum(self.of_group(group).tries for group in range(n_groups))


def is_admissible(parameters: ModelParameters) -> bool:
    """Whether a run may use these: positive variances, stationary, a law of unit variance."""
    return bool(_law_exists(parameters) and _variance_is_positive(parameters)
                and (parameters.model == "ewma" or persistence(parameters) < MAX_PERSISTENCE))


def _covariance_root(fit: Calibration) -> Floats:
    """Lower triangle B, B B' = covariance: unlike eigenvectors it is unique, whatever the linear algebra."""
    errors = fit.standard_errors
    # what is known without error has no correlation with the rest
    sizes = np.where(errors > 0.0, errors, 1.0)
    correlation = fit.covariance / np.outer(sizes, sizes)
    np.fill_diagonal(correlation, 1.0 + _DIAGONAL_LIFT)
    return errors[:, None] * np.linalg.cholesky(correlation)


def _law_exists(parameters: ModelParameters) -> bool:
    law = parameters.innovation
    if law.distribution == "ged":
        return law.nu > 1.0
    return law.distribution == "normal" or (law.nu > MIN_NU and abs(law.skew) < 1.0)


def _variance_is_positive(parameters: ModelParameters) -> bool:
    """Sufficient conditions lag by lag, as arch bounds its search; EGARCH needs none."""
    if parameters.model == "egarch":
        return sum(parameters.beta) > -1.0
    alpha, gamma, beta = parameters.alpha, parameters.gamma, parameters.beta
    if min((parameters.omega, *alpha, *beta)) < 0.0 or not MIN_POWER < parameters.power <= MAX_POWER:
        return False
    if parameters.model == "aparch":
        return max(map(abs, gamma), default=0.0) < 1.0
    # where an asymmetry has no alpha of its lag it stands alone
    shares = np.zeros(max(len(alpha), len(gamma)))
    shares[:len(alpha)] += alpha
    shares[:len(gamma)] += gamma
    return bool((shares >= 0.0).all()) and (parameters.omega > 0.0 or parameters.model == "ewma")
