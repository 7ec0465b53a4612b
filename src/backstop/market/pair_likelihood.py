"""The likelihood of dynamic correlations by pairs: what many series can be fitted by.

The likelihood of all J series takes a J x J Cholesky factor a day, and with many series it is biased too: S is
estimated. The composite likelihood is the mean, over pairs of series, of the likelihood of each pair, which has a
2 x 2 recursion of its own (Pakel, Shephard, Sheppard and Engle 2021, Journal of Business & Economic Statistics 39):

    q_ij(t) = (1 - a - b) S_ij - g N_ij + a z_i z_j + g n_i n_j + b q_ij(t-1),   r = q_ij / sqrt(q_ii q_jj)
    l_ij(t) = -1/2 [ln(1 - r^2) + (z_i^2 - 2 r z_i z_j + z_j^2) / (1 - r^2) - z_i^2 - z_j^2]

Axes: J series, M pairs, n days; days last here, so that each recursion runs through memory in order.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MOST_PAIRS = 300
"""All pairs of up to 25 series; of more, neighbours at distance 1, 2, ... as far as this reaches, at least 1. [ours]"""
_AT_ONCE = 32
"""Pairs whose days stay in the second cache together."""


def pairs_of(size: int) -> tuple[Integers, Integers]:
    """(M,) first and second of each pair of `size` series."""
    distances = range(1, size)
    counts = np.cumsum([size - distance for distance in distances])
    kept = [distance for distance, count in zip(distances, counts, strict=True) if distance == 1 or count <= MOST_PAIRS]
    first = np.concatenate([np.arange(size - distance) for distance in kept])
    second = np.concatenate([np.arange(distance, size) for distance in kept])
    return first, second


class PairModel:
    """The composite likelihood of residuals z (n, J) of mean square 1.

    Attributes
    ----------
    target, asymmetric_target
        (J, J) S and N; N is 0 without the asymmetry.
    """

    def __init__(self, z: Floats, is_asymmetric: bool) -> None:
        self._z = np.ascontiguousarray(z.T)
        self._below = np.minimum(self._z, 0.0) if is_asymmetric else None
        n_days = len(z)
        self.target = self._z @ self._z.T / n_days
        self.asymmetric_target = np.zeros_like(self.target) if self._below is None else (
            self._below @ self._below.T / n_days)
        self._first, self._second = pairs_of(len(self._z))

    def daily(self, parameters: Floats) -> Floats:
        """(n,) mean of the pairs' log-likelihoods, day by day."""
        every = np.arange(len(self._z))
        own = np.concatenate([self._q(part, part, parameters) for part in _parts(every)])
        total = np.zeros(self._z.shape[1])
        for part in _parts(np.arange(len(self._first))):
            i, j = self._first[part], self._second[part]
            total += _pair_likelihood(self._z[i], self._z[j], self._q(i, j, parameters) / np.sqrt(own[i] * own[j]))
        return total / len(self._first)

    def _q(self, i: Integers, j: Integers, parameters: Floats) -> Floats:
        """(pairs, n) q of the pairs i, j, each day's given the days before."""
        from scipy.signal import lfilter

        a, b, g = (*parameters, 0.0)[:3]
        level = self.target[i, j][:, None]
        push = a * self._z[i] * self._z[j] + ((1.0 - a - b) * level - g * self.asymmetric_target[i, j][:, None])
        if self._below is not None:
            push += g * self._below[i] * self._below[j]
        later = lfilter([1.0], [1.0, -b], push[:, :-1], axis=1, zi=b * level)[0]
        return np.concatenate([level, later], axis=1)

    def next_q(self, parameters: Floats) -> Floats:
        """(J, J) Q of the day after the last: ``sum_k b^k push(n - k) + b^n S``."""
        a, b, g = (*parameters, 0.0)[:3]
        n_days = self._z.shape[1]
        age = b ** np.arange(n_days - 1, -1, -1.0)
        constant = (1.0 - a - b) * self.target - g * self.asymmetric_target
        q = age.sum() * constant + b**n_days * self.target + a * (self._z * age) @ self._z.T
        return np.asarray(q if self._below is None else q + g * (self._below * age) @ self._below.T)


def _pair_likelihood(x: Floats, y: Floats, r: Floats) -> Floats:
    """(n,) sum over pairs (pairs, n) of the log-likelihood of x and y under r, over independence."""
    rest = 1.0 - r * r
    if not (rest > 0.0).all():
        raise np.linalg.LinAlgError("a correlation of 1")
    distance = (x * x - 2.0 * r * x * y + y * y) / rest
    return np.asarray(-0.5 * (np.log(rest) + distance - x * x - y * y).sum(axis=0))


def _parts(items: Integers) -> Iterator[Integers]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
