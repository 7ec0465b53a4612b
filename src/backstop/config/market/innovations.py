"""The four standardised distributions (mean 0, variance 1) that arch fits, and their moments.

Parameters as in arch: ``nu`` is Student's degrees of freedom, Hansen's eta, or the GED's shape; ``skew`` is
Hansen's lambda. Only `scipy.special` is needed, so that a cached fit does without importing arch.

Sources: Bollerslev (1987) for Student-t; Hansen (1994), International Economic Review 35, for skew-t; Nelson
(1991) for the GED.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from backstop.config.choices import FittedLaw

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Innovation:
    """A standardised distribution; ``nu`` and ``skew`` are 0 where it has none."""

    distribution: FittedLaw
    nu: float = 0.0
    skew: float = 0.0

    def cdf(self, z: Floats) -> Floats:
        """P(Z <= z)."""
        return _CDF[self.distribution](self, np.asarray(z, dtype=np.float64))

    def ppf(self, u: Floats) -> Floats:
        """The z with P(Z <= z) = u, for u in (0, 1)."""
        return _PPF[self.distribution](self, np.asarray(u, dtype=np.float64))

    def lower_mean(self, z: Floats) -> Floats:
        """E[Z 1(Z < z)]; over P(Z <= z) it is the mean beyond a quantile, minus the expected shortfall."""
        return _LOWER_MEAN[self.distribution](self, np.asarray(z, dtype=np.float64))

    def half_moments(self, power: float) -> tuple[float, float]:
        """E[|Z|^power 1(Z < 0)] and E[|Z|^power 1(Z >= 0)]; infinite where they do not exist."""
        if self.distribution == "skew-t":
            return _skew_half_moments(self, power)
        half = 0.5 * _absolute_moment(self, power)
        return half, half

    @property
    def shift_and_spread(self) -> tuple[float, float]:
        """Hansen's a and b: ``a + b z`` is a Student-t of unit variance times ``1 -+ skew``."""
        return _hansen(self) if self.distribution == "skew-t" else (0.0, 1.0)

    def section(self) -> dict[str, str | float]:
        """The config's ``innovation`` table: distribution, and ``nu`` and ``skew`` where it has them."""
        shape = {"nu": self.nu} if self.distribution != "normal" else {}
        return {
            "distribution": self.distribution,
            **shape,
            **({"skew": self.skew} if self.distribution == "skew-t" else {}),
        }


def _absolute_moment(law: Innovation, power: float) -> float:
    nu = law.nu
    if law.distribution == "normal":
        return float(2.0 ** (power / 2) * special.gamma((power + 1) / 2) / np.sqrt(np.pi))
    if law.distribution == "ged":
        return float(_ged_scale(nu) ** power * special.gamma((power + 1) / nu) / special.gamma(1 / nu))
    if power >= nu:
        return float("inf")
    log_ratio = special.gammaln((power + 1) / 2) + special.gammaln((nu - power) / 2) - special.gammaln(nu / 2)
    return float((nu - 2) ** (power / 2) * np.exp(log_ratio) / np.sqrt(np.pi))


# normal


def _normal_lower_mean(law: Innovation, z: Floats) -> Floats:
    return np.asarray(-np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi))


# Student-t of unit variance: an ordinary t times sqrt((nu - 2)/nu)


def _t_cdf(law: Innovation, z: Floats) -> Floats:
    return np.asarray(special.stdtr(law.nu, z * np.sqrt(law.nu / (law.nu - 2))))


def _t_ppf(law: Innovation, u: Floats) -> Floats:
    return np.asarray(special.stdtrit(law.nu, u) * np.sqrt((law.nu - 2) / law.nu))


def _t_density(nu: float, z: Floats) -> Floats:
    log_c = special.gammaln((nu + 1) / 2) - special.gammaln(nu / 2) - 0.5 * np.log(np.pi * (nu - 2))
    return np.asarray(np.exp(log_c - 0.5 * (nu + 1) * np.log1p(z * z / (nu - 2))))


def _t_lower_mean(law: Innovation, z: Floats) -> Floats:
    nu = law.nu
    return np.asarray(-_t_density(nu, z) * (nu - 2 + z * z) / (nu - 1))


# GED of unit variance


def _ged_scale(nu: float) -> float:
    return float(np.sqrt(special.gamma(1 / nu) / special.gamma(3 / nu)))


def _ged_cdf(law: Innovation, z: Floats) -> Floats:
    tail = 0.5 * special.gammaincc(1 / law.nu, (np.abs(z) / _ged_scale(law.nu)) ** law.nu)
    return np.asarray(np.where(z < 0.0, tail, 1.0 - tail))


def _ged_ppf(law: Innovation, u: Floats) -> Floats:
    radius = special.gammainccinv(1 / law.nu, 2.0 * np.minimum(u, 1.0 - u)) ** (1 / law.nu)
    return np.asarray(np.sign(u - 0.5) * _ged_scale(law.nu) * radius)


def _ged_lower_mean(law: Innovation, z: Floats) -> Floats:
    scale, nu = _ged_scale(law.nu), law.nu
    beyond = special.gammaincc(2 / nu, (np.abs(z) / scale) ** nu)
    return np.asarray(-0.5 * scale * beyond * special.gamma(2 / nu) / special.gamma(1 / nu))


# Hansen's skew-t: y = a + b z is a Student-t of unit variance times 1 - skew (y < 0) or 1 + skew (y >= 0)


def _hansen(law: Innovation) -> tuple[float, float]:
    c = float(_t_density(law.nu, np.zeros(1))[0])
    a = 4 * law.skew * c * (law.nu - 2) / (law.nu - 1)
    return a, float(np.sqrt(1 + 3 * law.skew**2 - a**2))


def _hansen_side(law: Innovation, z: Floats) -> tuple[Floats, Floats]:
    a, b = _hansen(law)
    y = a + b * z
    side = np.where(y < 0.0, 1 - law.skew, 1 + law.skew)
    return side, y / side


def _skew_cdf(law: Innovation, z: Floats) -> Floats:
    side, t = _hansen_side(law, z)
    # each tail by itself: a difference from the middle would lose a far one
    return np.asarray(np.where(t < 0.0, side * _t_cdf(law, t), 1.0 - side * _t_cdf(law, -t)))


def _skew_ppf(law: Innovation, u: Floats) -> Floats:
    a, b = _hansen(law)
    # both sides meet at probability (1 - skew)/2
    middle = (1 - law.skew) / 2
    side = np.where(u < middle, 1 - law.skew, 1 + law.skew)
    share = np.where(u < middle, u / side, 0.5 + (u - middle) / side)
    return np.asarray((side * _t_ppf(law, share) - a) / b)


def _skew_lower_mean(law: Innovation, z: Floats) -> Floats:
    a, b = _hansen(law)
    side, t = _hansen_side(law, z)
    at_zero = float(_t_lower_mean(law, np.zeros(1))[0])
    mean_y = (1 - law.skew) ** 2 * at_zero + side**2 * (_t_lower_mean(law, t) - at_zero)
    return np.asarray((mean_y - a * _skew_cdf(law, z)) / b)


def _skew_half_moments(law: Innovation, power: float) -> tuple[float, float]:
    from scipy.integrate import quad

    if power >= law.nu:
        return float("inf"), float("inf")
    a, b = _hansen(law)

    def weighed(z: float) -> float:
        """``|z|^power f(z)``."""
        t = _hansen_side(law, np.array([z]))[1]
        return float(abs(z) ** power * b * _t_density(law.nu, t)[0])

    # the density has a kink where its two sides meet
    kink = -a / b
    inner = quad(weighed, min(kink, 0.0), max(kink, 0.0))[0]
    left = quad(weighed, -np.inf, min(kink, 0.0))[0] + (inner if kink < 0.0 else 0.0)
    right = quad(weighed, max(kink, 0.0), np.inf)[0] + (inner if kink > 0.0 else 0.0)
    return float(left), float(right)


_CDF = {
    "normal": lambda law, z: np.asarray(special.ndtr(z)),
    "student-t": _t_cdf,
    "skew-t": _skew_cdf,
    "ged": _ged_cdf,
}
_PPF = {
    "normal": lambda law, u: np.asarray(special.ndtri(u)),
    "student-t": _t_ppf,
    "skew-t": _skew_ppf,
    "ged": _ged_ppf,
}
_LOWER_MEAN = {
    "normal": _normal_lower_mean,
    "student-t": _t_lower_mean,
    "skew-t": _skew_lower_mean,
    "ged": _ged_lower_mean,
}
