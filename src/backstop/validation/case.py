"""What a known answer is, and how close to it is close enough."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backstop.terms import Floats

Kind: TypeAlias = Literal["external", "closed form", "hand", "identity"]
"""Published values or another program's; textbook formulas; calculations by hand; what holds in any run."""

Real: TypeAlias = float | np.floating[Any]

STANDARD_ERRORS = 4.0
"""A Monte Carlo figure passes within so many: one in sixteen thousand true ones would not."""


ROUNDING = 1e-12
"""Relative: what summing in another order may change."""


class Figure(NamedTuple):
    """One number of a case, and what the engine gives for it."""

    label: str
    expected: float | str
    got: float | str
    tolerance: float = 0.0
    """Largest difference that passes; texts must be equal."""
    standard_error: float | None = None
    """Of `got` less `expected`, where they are estimates."""

    @property
    def is_met(self) -> bool:
        """Whether the engine gives the known answer; NaN never does."""
        if isinstance(self.expected, str) or isinstance(self.got, str):
            return self.expected == self.got
        return abs(self.got - self.expected) <= self.tolerance


class Case(NamedTuple):
    """A known answer and how to ask the engine for it."""

    name: str
    about: str
    kind: Kind
    source: str
    figures: Callable[[], Iterable[Figure]]
    needs: str = ""
    """A package that the case takes data from; without it the case is skipped."""


def within(label: str, expected: Real, got: Real, tolerance: float) -> Figure:
    """A figure that is exact up to rounding, or to the digits that are published."""
    return Figure(label, float(expected), float(got), tolerance)


def estimated(label: str, expected: Real, got: Real, standard_error: Real) -> Figure:
    """A Monte Carlo figure, or the difference of two."""
    tolerance = STANDARD_ERRORS * float(standard_error) + ROUNDING * abs(float(expected))
    return Figure(label, float(expected), float(got), tolerance, float(standard_error))


def mean_of(label: str, expected: float, sample: Floats) -> Figure:
    """The mean of `sample` (N,)."""
    return estimated(label, expected, np.mean(sample), np.std(sample) / np.sqrt(len(sample)))


def share_of(label: str, expected: float, is_hit: npt.NDArray[np.bool_]) -> Figure:
    """The share of paths (N,) that are hit; the error is that of the expected share."""
    return estimated(label, expected, np.mean(is_hit), np.sqrt(expected * (1.0 - expected) / len(is_hit)))


def kurtosis_of(label: str, expected: float, sample: Floats) -> Figure:
    """The kurtosis of `sample` (N,), whose mean is 0 by construction; its error by the delta method."""
    m2, m4 = float(np.mean(sample**2)), float(np.mean(sample**4))
    influence = (sample**4 - m4) / m2**2 - 2.0 * m4 * (sample**2 - m2) / m2**3
    return estimated(label, expected, m4 / m2**2, np.std(influence) / np.sqrt(len(sample)))


def correlation_of(label: str, expected: float, x: Floats, y: Floats) -> Figure:
    """The correlation of `x` and `y` (N,); its error by the delta method."""
    a, b = ((values - values.mean()) / values.std() for values in (x, y))
    found = np.mean(a * b)
    influence = a * b - 0.5 * found * (a * a + b * b)
    return estimated(label, expected, found, np.std(influence) / np.sqrt(len(x)))
