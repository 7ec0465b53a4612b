"""Parameters drawn from the law of their estimates: other values that the data allow for.

Draw g belongs to paths 256 g to 256 g + 255, and depends on the seed, the data and g alone: no block, thread
or number of paths moves it.
"""

import numpy as np
import numpy.typing as npt

from backstop.errors import CalibrationError
from backstop.market.calibration import Calibration
from backstop.market.fit_checks import MAX_PERSISTENCE, MIN_NU
from backstop.market.parameters import ModelParameters, named_parameters, persistence

Floats = npt.NDArray[np.float64]

PATHS_PER_DRAW = 256
MAX_TRIES = 200
"""Draws until an admissible one is found; a fit that needs more sits on a border. [ours]"""
_DIAGONAL_LIFT = 1e-10
"""Added to the correlation's diagonal, so that it has a Cholesky factor even where estimates are tied."""


def draw_parameters(fit: Calibration, n: int, seed: int) -> tuple[Floats, float]:
    """Draws from ``N(estimates, covariance)``, the estimates' asymptotic law, within what the model admits.

    Parameters
    ----------
    fit
        Gives k estimates and their robust covariance (Bollerslev and Wooldridge 1992).
    n
        Number of draws, at least 1: paths over `PATHS_PER_DRAW`, rounded up.
    seed
        The run's.

    Returns
    -------
    tuple
        (n, k) estimates in the order of ``fit.spec.parameter_names``, and the share of all draws made that
        was rejected as inadmissible: where it is large, the law of the estimates is far from normal.

    Raises
    ------
    CalibrationError
        Hardly any draw is admissible.
    """
    root = _covariance_root(fit)
    found = [_first_admissible(fit, root, seed, group) for group in range(n)]
    tries = sum(count for _, count in found)
    return np.array([estimates for estimates, _ in found]), 1.0 - n / tries


def is_admissible(parameters: ModelParameters) -> bool:
    """Whether a run may use these: positive variances, stationary, a law of unit variance."""
    return bool(_law_exists(parameters) and _variance_is_positive(parameters)
                and (parameters.model == "ewma" or persistence(parameters) < MAX_PERSISTENCE))


def _covariance_root(fit: Calibration) -> Floats:
    """Lower triangle B, B B' = covariance: unlike eigenvectors it is unique, whatever the linear algebra."""
    errors = fit.standard_errors
    correlation = fit.covariance / np.outer(errors, errors)
    return errors[:, None] * np.linalg.cholesky(correlation + _DIAGONAL_LIFT * np.eye(len(errors)))


def _first_admissible(fit: Calibration, root: Floats, seed: int, group: int) -> tuple[Floats, int]:
    series = int(fit.data_hash[:16], 16)
    rng = np.random.Generator(np.random.Philox(key=seed, counter=group << 192 | series << 128))
    for tries in range(1, MAX_TRIES + 1):
        estimates = fit.estimates + root @ rng.standard_normal(len(fit.estimates))
        if is_admissible(named_parameters(fit.spec, estimates)):
            return estimates, tries
    raise CalibrationError(f"{fit.name}: {fit.spec.title}: {MAX_TRIES} draws of its parameters in a row are "
                           "inadmissible; leave parameter uncertainty off, or fit a simpler model")


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
    if min((parameters.omega, *alpha, *beta)) < 0.0 or parameters.power <= 0.0:
        return False
    if parameters.model == "aparch":
        return max(map(abs, gamma), default=0.0) < 1.0
    # where an asymmetry has no alpha of its lag it stands alone
    shares = np.zeros(max(len(alpha), len(gamma)))
    shares[:len(alpha)] += alpha
    shares[:len(gamma)] += gamma
    return bool((shares >= 0.0).all()) and (parameters.omega > 0.0 or parameters.model == "ewma")
