"""Intervals of averages that skewness does not bend: Hall's transformation, and where it is not enough.

With T the studentised estimate and k its skewness, ``g(T) = T + k T^2 / 3 + k^2 T^3 / 27 + k / 6`` is normal up to
terms of order 1 / n, and rises in T (Hall 1992, On the removal of skewness by transformation, J. R. Stat. Soc. B 54).
A law with so heavy a tail that what it rarely shows makes its mean is beyond any such correction, and is said.
"""

import numpy as np

from backstop.answers.averages import Average
from backstop.terms import Floats

Z = 1.959963984540054
"""Upper 2.5 % point of the normal distribution."""
HEAVY_TAIL = "heavy tail: nearer 90 % than 95 %"
"""Note of an interval that misses the truth more often than it says."""
_SKEWED = 0.1
"""Skewness of an estimate up to which no tail matters. [ours]"""
_VERY_SKEWED = 0.5
"""Skewness above which a few paths make the estimate. [ours]"""
_BEYOND = 0.05
"""What a standard error counts where skewness leaves nothing to tell by: differences of a hundred are told. [ours]"""
_HEAVY = 0.3
"""Tail index above which intervals may cover less than 93 % (docs/intervals.md). [ours]"""


def bounds(average: Average, z: float = Z) -> tuple[float, float]:
    """``m - s g^-1(z)`` and ``m - s g^-1(-z)``."""
    k, error = average.skewness, average.error
    return average.value - error * _inverse(z, k), average.value - error * _inverse(-z, k)


def cautious(t: Floats, k: Floats) -> Floats:
    """The lesser of a studentised estimate T and ``g(T)``, for whether the truth is above 0.

    With k < 0, rare losses may be unseen. Up to ``T = -3 / k`` g says how much that weakens T; beyond, g turns up
    again, which means nothing: there each unit of T counts `_BEYOND`.
    """
    turn = np.where(k < 0.0, -3.0 / np.where(k < 0.0, k, -1.0), np.inf)
    low = np.minimum(t, turn)
    g = low + k * low**2 / 3.0 + k**2 * low**3 / 27.0 + k / 6.0
    return np.asarray(np.minimum(t, g + _BEYOND * np.maximum(t - turn, 0.0)))


def _inverse(y: float, k: float) -> float:
    """``g^-1(y) = 3 / k ((1 + k (y - k / 6))^(1/3) - 1)``."""
    if abs(k) < 1e-6:
        return y
    return float(3.0 / k * (np.cbrt(1.0 + k * (y - k / 6.0)) - 1.0))


def tail_note(average: Average) -> str:
    """What is to be said of its interval, if anything."""
    k = abs(average.skewness)
    is_heavy = k > _VERY_SKEWED or (k > _SKEWED and average.tail_index > _HEAVY)
    return HEAVY_TAIL if is_heavy else ""
