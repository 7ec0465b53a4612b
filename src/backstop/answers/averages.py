"""An average and what each path adds to its error: the standard error, the skewness, how heavy the tail is.

Float sums must not depend on threads or on the CPU's vector width, so that equal runs have equal summaries: numpy
adds rows elementwise, in order, and `math.fsum` the rest exactly. Numbers made of many paths are made in pieces that
stay in a cache and are added up as they come: the same bits as of all at once, and memory that does not grow.
"""

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol, TypeAlias

import numpy as np

from backstop.terms import Floats

PIECE = 8192
"""Numbers that are made at a time, whole rows of `_PARTIAL_SUMS`."""
_PARTIAL_SUMS = 256
_LAST_SUMS = 16
_FEWEST_LARGE = 10
"""Fewer large influences than this do not say how heavy their tail is."""


class Vector(Protocol):
    """Numbers that are read in pieces: an array, or what is made when it is read."""

    def __len__(self) -> int:
        """How many."""

    def __getitem__(self, part: slice, /) -> Floats:
        """Those of one piece."""


Make: TypeAlias = Callable[[slice], Floats]
"""The numbers of a piece."""


class _Made:
    """Numbers that are made piece by piece, each time they are read."""

    def __init__(self, n: int, make: Make) -> None:
        self._n, self._make = n, make

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, part: slice) -> Floats:
        return self._make(part)


def made(n: int, make: Make) -> Vector:
    """As many as `n` numbers: at once where they are few, and else whenever they are read."""
    return make(slice(0, n)) if n <= PIECE else _Made(n, make)


def pieces(n: int) -> Sequence[slice]:
    """The pieces of n numbers, in order; one, though it be empty, at least."""
    if n <= PIECE:
        return (slice(0, n),)
    return [slice(first, min(first + PIECE, n)) for first in range(0, n, PIECE)]


class _RunningSum:
    """A sum whose numbers come in pieces."""

    def __init__(self) -> None:
        self._partial: Floats | None = None

    def add(self, piece: Floats) -> None:
        """The next numbers: whole rows, but for the last of all."""
        whole = len(piece) // _PARTIAL_SUMS * _PARTIAL_SUMS
        rows = piece[:whole].reshape(-1, _PARTIAL_SUMS)
        if self._partial is not None:
            rows = np.concatenate([self._partial[None], rows])
        self._partial = np.add.reduce(rows, axis=0)
        self._partial[: len(piece) - whole] += piece[whole:]

    def total(self) -> float:
        """Of all that came."""
        partial = np.zeros(_PARTIAL_SUMS) if self._partial is None else self._partial
        return math.fsum(np.add.reduce(partial.reshape(-1, _LAST_SUMS), axis=0).tolist())


def fixed_sum(values: Vector) -> float:
    """Sum whose rounding depends on the values and their order alone."""
    running = _RunningSum()
    for part in pieces(len(values)):
        running.add(values[part])
    return running.total()


def sum_of_squares(values: Vector) -> float:
    """Likewise."""
    return fixed_sum(made(len(values), lambda part: np.square(values[part])))


class Average:
    """An estimate that is an average, with its influences: independent parts of its error that add up to nothing.

    Parameters
    ----------
    each
        (n,) influence of each path, or of each group of paths, in the unit of the estimate.
    correction
        From the sum of their squares to the variance of the estimate.
    """

    def __init__(self, value: float, each: Vector, correction: float) -> None:
        self.value, self.each, self.correction = value, each, correction

    def plus(self, shift: float) -> "Average":
        """The average of values that are all higher by `shift`."""
        return Average(self.value + shift, self.each, self.correction)

    @cached_property
    def _powers(self) -> tuple[float, float]:
        """Sums of squares and of cubes."""
        squares, cubes = _RunningSum(), _RunningSum()
        for part in pieces(len(self.each)):
            each = self.each[part]
            square = each * each
            squares.add(square)
            cubes.add(square * each)
        return squares.total(), cubes.total()

    @cached_property
    def error(self) -> float:
        """Standard error of the estimate."""
        return math.sqrt(self._powers[0] * self.correction)

    @cached_property
    def skewness(self) -> float:
        """Of the estimate, ``sum d^3 / (sum d^2)^(3/2)``: that of a path's value over ``sqrt(n)``."""
        scale = self._powers[0]**1.5
        return self._powers[1] / scale if scale > 0.0 else 0.0

    @cached_property
    def tail_index(self) -> float:
        """Shape of the generalised Pareto law of large influences, on the side that the estimate is skewed to.

        Of those beyond a quarter of their standard deviation, by probability-weighted moments: ``xi = 2 - a0 / (a0 - 2
        a1)``, ``a_r = E[Y (1 - F(Y))^r]`` (Hosking and Wallis 1987). 0 is an exponential tail; from 1/2
        on there is no variance. Infinite where too few are large.
        """
        least = 0.25 * math.sqrt(self._powers[0] / len(self.each))
        excess = np.sort(self._beyond(least)) - least
        n = len(excess)
        if n < _FEWEST_LARGE:
            return math.inf
        of_rank = made(n, lambda part: excess[part] * (
            1.0 - (np.arange(part.start + 1.0, part.stop + 1.0) - 0.35) / n))
        a0, a1 = fixed_sum(excess) / n, fixed_sum(of_rank) / n
        return 2.0 - a0 / (a0 - 2.0 * a1)

    def _beyond(self, least: float) -> Floats:
        """Influences larger than `least`, on the side that the estimate is skewed to."""
        sign = 1.0 if self.skewness > 0.0 else -1.0
        found = []
        for part in pieces(len(self.each)):
            each = sign * self.each[part]
            found.append(each[each > least])
        return np.concatenate(found)
