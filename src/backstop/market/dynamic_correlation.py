"""Dynamic conditional correlation: the DCC of Engle (2002) and its asymmetric form.

With z (n, J) standardised residuals, n_t the part of z_t below 0, S and N the means of z z' and n n':

    Q(t) = (1 - a - b) S - g N + a z(t-1) z(t-1)' + g n(t-1) n(t-1)' + b Q(t-1),   Q(1) = S
    R(t) = Q(t), scaled to a unit diagonal

(Engle 2002, Journal of Business & Economic Statistics 20; Cappiello, Engle and Sheppard 2006, Journal of
Financial Econometrics 4, scalar form; g = 0 is DCC). S and N are targeted, a, b and g maximise the normal
likelihood of the second step, ``-1/2 sum_t ln |R(t)| + z(t)' R(t)^-1 z(t) - z(t)' z(t)``. Targeting biases a
little where J is large (Aielli 2013).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstop.errors import CalibrationError

Floats = npt.NDArray[np.float64]

MAX_PERSISTENCE = 0.9999
"""Of a + b + delta g. [ours]"""
SMALLEST = 1e-5
"""An a or g below it is on the border: the plainer model says the same. [ours]"""
_STARTS = ((0.03, 0.94, 0.01), (0.01, 0.97, 0.005), (0.08, 0.8, 0.02))
_STEP = 1e-3


@dataclass(frozen=True, eq=False)
class DynamicFit:
    """Estimates of one model, and where it stands after the last day.

    Attributes
    ----------
    parameters
        (2,) a and b, or (3,) a, b and g.
    covariance
        Of the parameters, robust to innovations that are not normal; the marginals are taken as known.
    target, asymmetric_target
        (J, J) S, of unit diagonal, and N; N is 0 without g.
    next_q
        (J, J) Q of the day after the data.
    log_likelihood
        Of the second step: 0 is independence.
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
    model = _Model(scaled, is_asymmetric)
    parameters = _maximum(model)
    _refuse_border(parameters, model.weights)
    return DynamicFit(parameters, _robust_covariance(model.daily, parameters), model.target,
                      model.asymmetric_target, model.q(parameters)[-1], float(model.daily(parameters).sum()))


class _Model:
    """The second step's likelihood of one series of residuals."""

    def __init__(self, z: Floats, is_asymmetric: bool) -> None:
        n, self.size = z.shape
        self.z, self.is_asymmetric = z, is_asymmetric
        below = np.minimum(z, 0.0) if is_asymmetric else np.zeros((n, self.size))
        self.outer = np.einsum("ti,tj->tij", z, z)
        self.outer_below = np.einsum("ti,tj->tij", below, below)
        self.target, self.asymmetric_target = self.outer.mean(axis=0), self.outer_below.mean(axis=0)
        root = np.linalg.inv(np.linalg.cholesky(self.target))
        delta = float(np.linalg.eigvalsh(root @ self.asymmetric_target @ root.T)[-1])
        self.weights = np.array([1.0, 1.0, delta][:2 + is_asymmetric])
        """Q stays positive definite where ``weights @ parameters < 1``."""

    def q(self, parameters: Floats) -> Floats:
        """(n + 1, J, J) Q of each day, the day after the last included."""
        from scipy.signal import lfilter

        a, b, g = (*parameters, 0.0)[:3]
        push = (1.0 - a - b) * self.target - g * self.asymmetric_target + a * self.outer
        if self.is_asymmetric:
            push += g * self.outer_below
        later = lfilter([1.0], [1.0, -b], push, axis=0, zi=b * self.target[None])[0]
        return np.concatenate([self.target[None], later])

    def daily(self, parameters: Floats) -> Floats:
        """(n,) each day's log-likelihood."""
        q = self.q(parameters)[:-1]
        root = np.linalg.cholesky(q)
        spread = np.sqrt(np.diagonal(q, axis1=1, axis2=2))
        # R = Q / (spread spread'), so z' R^-1 z is (z spread)' Q^-1 (z spread)
        white = np.linalg.solve(root, (self.z * spread)[..., None])[..., 0]
        log_det = 2.0 * np.log(np.diagonal(root, axis1=1, axis2=2) / spread).sum(axis=1)
        return np.asarray(-0.5 * (log_det + (white**2).sum(axis=1) - (self.z**2).sum(axis=1)))


def _maximum(model: _Model) -> Floats:
    """The parameters of the highest likelihood, from the best of a few starts."""
    from scipy.optimize import minimize

    def loss(parameters: Floats) -> float:
        try:
            return -float(model.daily(parameters).mean())
        except np.linalg.LinAlgError:
            return 1e6

    starts = [np.array(start[:len(model.weights)]) for start in _STARTS]
    room = {"type": "ineq", "fun": lambda p: MAX_PERSISTENCE - model.weights @ p}
    result = minimize(loss, min(starts, key=loss), method="SLSQP", bounds=[(0.0, 1.0)] * len(model.weights),
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


def _robust_covariance(daily: Callable[[Floats], Floats], at: Floats) -> Floats:
    """(k, k) ``H^-1 G' G H^-1`` from differences of daily likelihoods (Bollerslev and Wooldridge 1992)."""
    steps = np.diag(_STEP * at)
    scores = np.column_stack([(daily(at + h) - daily(at - h)) / (2 * h.max()) for h in steps])
    hessian = np.array([[_second_difference(daily, at, h, k) for k in steps] for h in steps])
    bread = np.linalg.inv(hessian)
    return np.asarray(bread @ (scores.T @ scores) @ bread)


def _second_difference(daily: Callable[[Floats], Floats], at: Floats, h: Floats, k: Floats) -> float:
    corners = daily(at + h + k) - daily(at + h - k) - daily(at - h + k) + daily(at - h - k)
    return float(corners.sum() / (4 * h.max() * k.max()))
