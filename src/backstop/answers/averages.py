"""An average and what each path adds to its error: the standard error, the skewness, how heavy the tail is.

Float sums must not depend on threads or on the CPU's vector width, so that equal runs have equal summaries: numpy
adds rows elementwise, in order, and `math.fsum` the rest exactly.
"""

import math
from functools import cached_property

import numpy as np

from backstop.terms import Floats

_PARTIAL_SUMS = 256
_LAST_SUMS = 16
_FEWEST_LARGE = 10
"""Fewer large influences than this do not say how heavy their tail is."""


def fixed_sum(values: Floats) -> float:
    """Sum whose rounding depends on the values and their order alone."""
    whole = len(values) // _PARTIAL_SUMS * _PARTIAL_SUMS
    partial = np.add.reduce(values[:whole].reshape(-1, _PARTIAL_SUMS), axis=0)
    partial[: len(values) - whole] += values[whole:]
    return math.fsum(np.add.reduce(partial.reshape(-1, _LAST_SUMS), axis=0).tolist())


class Average:
    """An estimate that is an average, with its influences: independent parts of its error that add up to nothing.

    Parameters
    ----------
    each
        (n,) influence of each path, or of each group of paths, in the unit of the estimate.
    correction
        From the sum of their squares to the variance of the estimate.
    """

    def __init__(self, value: float, each: Floats, correction: float) -> None:
        self.value, self.each, self.correction = value, each, correction

    def plus(self, shift: float) -> "Average":
        """The same, moved."""
        return Average(self.value + shift, self.each, self.correction)

    @cached_property
    def _squares(self) -> Floats:
        return self.each * self.each

    @cached_property
    def _sum_of_squares(self) -> float:
        return fixed_sum(self._squares)

    @cached_property
    def error(self) -> float:
        """Standard error of the estimate."""
        return math.sqrt(self._sum_of_squares * self.correction)

    @cached_property
    def skewness(self) -> float:
        """Of the estimate, ``sum d^3 / (sum d^2)^(3/2)``: that of a path's value over ``sqrt(n)``."""
        scale = self._sum_of_squares**1.5
        return fixed_sum(self._squares * self.each) / scale if scale > 0.0 else 0.0

    @cached_property
    def tail_index(self) -> float:
        """Shape of the generalised Pareto law of large influences, on the side that the estimate is skewed to.

        Of those beyond a quarter of their standard deviation, by probability-weighted moments: ``xi = 2 - a0 / (a0 - 2
        a1)``, ``a_r = E[Y (1 - F(Y))^r]`` (Hosking and Wallis 1987). 0 is an exponential tail; from 1/2
        on there is no variance. Infinite where too few are large.
        """
        least = 0.25 * math.sqrt(self._sum_of_squares / len(self.each))
        excess = np.sort(self.each if self.skewness > 0.0 else -self.each) - least
        excess = excess[np.searchsorted(excess, 0.0, side="right"):]
        n = len(excess)
        if n < _FEWEST_LARGE:
            return math.inf
        rank_left = 1.0 - (np.arange(1.0, n + 1.0) - 0.35) / n
        a0, a1 = fixed_sum(excess) / n, fixed_sum(excess * rank_left) / n
        return 2.0 - a0 / (a0 - 2.0 * a1)
