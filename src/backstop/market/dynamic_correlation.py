"""Dynamic conditional correlation: the DCC of Engle (2002) and its asymmetric form.

With z (n, J) standardised residuals, n_t the part of z_t below 0, S and N the means of z z' and n n':

    Q(t) = (1 - a - b) S - g N + a z(t-1) z(t-1)' + g n(t-1) n(t-1)' + b Q(t-1),   Q(1) = S
    R(t) = Q(t), scaled to a unit diagonal

(Engle 2002, Journal of Business & Economic Statistics 20; Cappiello, Engle and Sheppard 2006, Journal of
Financial Econometrics 4, scalar form; g = 0 is DCC). S and N are targeted, a, b and g maximise the normal
likelihood of the second step, ``-1/2 sum_t ln |R(t)| + z(t)' R(t)^-1 z(t) - z(t)' z(t)``; of more than `FULL_SERIES`
series the composite likelihood of pairs (`backstop.market.pair_likelihood`), whose cost grows with J and not with its
cube, and which the estimation of S does not bias. Targeting biases a little all the same (Aielli 2013).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.errors import CalibrationError
from backstop.market.fit_checks import MAX_PERSISTENCE
from backstop.market.pair_likelihood import PairModel

Floats = npt.NDArray[np.float64]

SMALLEST = 1e-5
"""An a or g below it is on the border: the plainer model says the same. [ours]"""
FULL_SERIES = 10
"""Most series that are fitted by the likelihood of all of them at once. [ours]"""
_STARTS = ((0.03, 0.94, 0.01), (0.01, 0.97, 0.005), (0.08, 0.8, 0.02))
_STEP = 1e-3
_DAYS_AT_ONCE = 250
"""Days whose matrices are in memory together."""


@dataclass(frozen=True, eq=False)
class DynamicFit:
    """Estimates of one model, and where it stands after the last day.

    Attributes
    ----------
    parameters
        (2,) a and b, or (3,) a, b and g.
    covariance
        Of the parameters, robust to innovations that are not normal and, by pairs, to scores that hang together from
        day to day; the marginals are taken as known.
    target, asymmetric_target
        (J, J) S, of unit diagonal, and N; N is 0 without g.
    next_q
        (J, J) Q of the day after the data.
    log_likelihood
        Of the second step, of all series at once whatever the parameters were fitted by: 0 is independence.
    """

    parameters: Floats
    covariance: Floats
    target: Floats
    asymmetric_target: Floats
    next_q: Floats
    log_likelihood: float


def fit_dynamic(z: Floats, is_asymmetric: bool = False) -> DynamicFit:
    """Fit DCC, or its asymmetric form, to residuals z (n, J) without gaps.

    Raises
    ------
    CalibrationError
        No convergence, correlations that do not move, or that never return to their level.
    """
    scaled = z / np.sqrt(np.mean(z**2, axis=0))
    pairs, joint = PairModel(scaled, is_asymmetric), _JointModel(scaled, is_asymmetric)
    is_joint = z.shape[1] <= FULL_SERIES
    daily = (joint if is_joint else pairs).daily
    weights = _weights(pairs.target, pairs.asymmetric_target, is_asymmetric)
    parameters = _maximum(daily, weights)
    _refuse_border(parameters, weights)
    covariance = _robust_covariance(daily, parameters, 0 if is_joint else _lags(len(z)))
    return DynamicFit(parameters, covariance, pairs.target, pairs.asymmetric_target, pairs.next_q(parameters),
                      float(joint.daily(parameters).sum()))


def _weights(target: Floats, asymmetric_target: Floats, is_asymmetric: bool) -> Floats:
    """(k,) such that Q stays positive definite where ``weights @ parameters < 1``."""
    root = np.linalg.inv(np.linalg.cholesky(target))
    delta = float(np.linalg.eigvalsh(root @ asymmetric_target @ root.T)[-1])
    return np.array([1.0, 1.0, delta][:2 + is_asymmetric])


class _JointModel:
    """The second step's likelihood of all series (n, J) at once, in memory that n does not change."""

    def __init__(self, z: Floats, is_asymmetric: bool) -> None:
        self._z, self._below = z, np.minimum(z, 0.0) if is_asymmetric else np.zeros_like(z)
        self._target, self._asymmetric_target = z.T @ z / len(z), self._below.T @ self._below / len(z)

    def daily(self, parameters: Floats) -> Floats:
        """(n,) each day's log-likelihood."""
        q, daily = self._target, []
        for first in range(0, len(self._z), _DAYS_AT_ONCE):
            days = slice(first, first + _DAYS_AT_ONCE)
            path = self._q(q, days, parameters)
            q = path[-1]
            daily.append(_joint_likelihood(self._z[days], path[:-1]))
        return np.concatenate(daily)

    def _q(self, opening: Floats, days: slice, parameters: Floats) -> Floats:
        """(days + 1, J, J) Q of some days, from that of the first to that of the day after."""
        from scipy.signal import lfilter

        a, b, g = (*parameters, 0.0)[:3]
        z, below = self._z[days], self._below[days]
        push = a * np.einsum("ti,tj->tij", z, z)
        push += (1.0 - a - b) * self._target - g * self._asymmetric_target
        if g:
            push += g * np.einsum("ti,tj->tij", below, below)
        later = lfilter([1.0], [1.0, -b], push, axis=0, zi=b * opening[None])[0]
        return np.concatenate([opening[None], later])


def _joint_likelihood(z: Floats, q: Floats) -> Floats:
    """(n,) of z (n, J) under the correlation of q (n, J, J), over independence."""
    root = np.linalg.cholesky(q)
    spread = np.sqrt(np.diagonal(q, axis1=1, axis2=2))
    # R = Q / (spread spread'), so z' R^-1 z is (z spread)' Q^-1 (z spread)
    white = np.linalg.solve(root, (z * spread)[..., None])[..., 0]
    log_det = 2.0 * np.log(np.diagonal(root, axis1=1, axis2=2) / spread).sum(axis=1)
    return np.asarray(-0.5 * (log_det + (white**2).sum(axis=1) - (z**2).sum(axis=1)))


def _maximum(daily: Callable[[Floats], Floats], weights: Floats) -> Floats:
    """The parameters of the highest likelihood, from the best of a few starts."""
    from scipy.optimize import minimize

    def loss(parameters: Floats) -> float:
        try:
            return -float(daily(parameters).mean())
        except np.linalg.LinAlgError:
            return 1e6

    starts = [np.array(start[:len(weights)]) for start in _STARTS]
    room = {"type": "ineq", "fun": lambda p: MAX_PERSISTENCE - weights @ p}
    result = minimize(loss, min(starts, key=loss), method="SLSQP", bounds=[(0.0, 1.0)] * len(weights),
                      constraints=[room], options={"ftol": 1e-10, "maxiter": 200})
    if not result.success:
        raise CalibrationError(f"dynamic correlation did not converge ({result.message}); use ccc, or give "
                               "more days")
    return np.asarray(result.x)


def _refuse_border(parameters: Floats, weights: Floats) -> None:
    if parameters[0] < SMALLEST:
        raise CalibrationError("dynamic correlation: a is 0, moves together do not move it; use ccc")
    if len(parameters) > 2 and parameters[2] < SMALLEST:
        raise CalibrationError("dynamic correlation: g is 0, falls matter no more than rises; use dcc")
    if weights @ parameters > MAX_PERSISTENCE - SMALLEST:
        raise CalibrationError("dynamic correlation: the correlations never return to their level; use ccc, "
                               "or a longer sample")


def _lags(n_days: int) -> int:
    """Days over which scores may hang together: the rule of Newey and West (1994), ``4 (n / 100)^(2/9)``."""
    return int(4.0 * (n_days / 100.0) ** (2.0 / 9.0))


def _robust_covariance(daily: Callable[[Floats], Floats], at: Floats, n_lags: int) -> Floats:
    """(k, k) ``H^-1 V H^-1`` from differences of daily likelihoods (Bollerslev and Wooldridge 1992).

    V is the sum of the scores' products, with those of up to `n_lags` days apart at falling weight (Newey and West
    1987): scores of a likelihood of all series are uncorrelated, those of one by pairs need not be.
    """
    steps = np.diag(_STEP * at)
    scores = np.column_stack([(daily(at + h) - daily(at - h)) / (2 * h.max()) for h in steps])
    hessian = np.array([[_second_difference(daily, at, h, k) for k in steps] for h in steps])
    bread, products = np.linalg.inv(hessian), scores.T @ scores
    for lag in range(1, n_lags + 1):
        apart = (1.0 - lag / (n_lags + 1.0)) * (scores[lag:].T @ scores[:-lag])
        products += apart + apart.T
    return np.asarray(bread @ products @ bread)


def _second_difference(daily: Callable[[Floats], Floats], at: Floats, h: Floats, k: Floats) -> float:
    corners = daily(at + h + k) - daily(at + h - k) - daily(at - h + k) + daily(at - h - k)
    return float(corners.sum() / (4 * h.max() * k.max()))
