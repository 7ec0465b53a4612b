"""A weighted sample of paths: its means and ordered values, and how many observations it is worth.

What is held of a path is its value; weights that are all the same take no memory, and of values in their order the
few that intervals reach stay (docs/speed.md says what that takes).
"""

import math
from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from backstop.answers.averages import PIECE, Average, Vector, fixed_sum, made, sum_of_squares
from backstop.answers.groups import Groups
from backstop.errors import NotFinite
from backstop.terms import Floats, Integers

Flags: TypeAlias = npt.NDArray[np.bool_]
_USUAL_LEVELS = (0.0, 0.01, 0.05, 0.5, 0.95, 0.99, 1.0)
"""Of the quantiles of a summary, about which intervals look for their ends."""


def _is_one_number(w: Floats) -> bool:
    """Whether weights are all the same, in the memory of one."""
    return w.strides == (0,)


def _known_of(chosen: Flags, w: Floats, group: Integers | None) -> tuple[Floats, Integers | None]:
    """Weights and groups of the chosen paths."""
    weights = np.broadcast_to(w[0], int(np.count_nonzero(chosen))) if _is_one_number(w) else w[chosen]
    return weights, None if group is None else group[chosen]


class _Ordered:
    """Values of a sample (n,) by their rank from 0; of many, those about usual levels, until another is asked for."""

    def __init__(self, x: Floats) -> None:
        self._x, self._last = x, len(x) - 1
        values = np.sort(x)
        self._runs: list[tuple[int, Floats]] = [(0, values)] if len(x) <= PIECE else list(self._about_levels(values))

    def _about_levels(self, values: Floats) -> Iterator[tuple[int, Floats]]:
        # intervals of independent paths reach half as far
        reach = 2 * math.isqrt(self._last) + 64
        for level in _USUAL_LEVELS:
            rank = round(level * self._last)
            first, last = max(rank - reach, 0), min(rank + reach, self._last)
            yield first, values[first : last + 1].copy()

    def __getitem__(self, rank: int) -> float:
        for first, values in self._runs:
            if first <= rank < first + len(values):
                return float(values[rank - first])
        self._runs = [(0, np.sort(self._x))]
        return float(self._runs[0][1][rank])


class Sample:
    """Finite values x of n paths with weights w, both (n,) in the order of paths.

    `group` (n,), rising, is given where paths of one group are not independent.
    """

    def __init__(self, x: Floats, w: Floats, group: Integers | None = None) -> None:
        weights = w[:1] if _is_one_number(w) else w
        if not (np.isfinite(x).all() and (weights > 0.0).all()):
            raise NotFinite("a value to be summarised is not finite, or its weight not positive")
        self.x, self.w = x, w
        self.groups = None if group is None else Groups(group)

    @cached_property
    def total_weight(self) -> float:
        """Sum of w."""
        return fixed_sum(self.w)

    @cached_property
    def is_even(self) -> bool:
        """Whether all weights are the same."""
        return _is_one_number(self.w) or bool((self.w == self.w[0]).all())

    @cached_property
    def n_effective(self) -> float:
        """Kish's effective size ``(sum w)^2 / sum w^2``: n if all weights are the same."""
        return float(len(self.x)) if self.is_even else self.total_weight**2 / sum_of_squares(self.w)

    @cached_property
    def mean(self) -> float:
        """``sum w x / sum w``."""
        return self.mean_of(self.x)

    def mean_of(self, values: Vector) -> float:
        """Weighted mean of other values on the same paths."""
        if self.is_even:
            return fixed_sum(values) / len(values)
        return fixed_sum(made(len(values), lambda part: self.w[part] * values[part])) / self.total_weight

    def average(self, values: Vector) -> Average:
        """`mean_of` with what each path adds to its error, ``w (v - m) / sum w``, the weights taken as random.

        Over two groups or more, what each group adds.
        """
        mean = self.mean_of(values)
        each = self._influences(values, mean)
        if self.groups is None or self.groups.count < 2:
            return Average(mean, each, self._correction)
        return Average(mean, self.groups.sums(each), self.groups.correction)

    def _influences(self, values: Vector, mean: float) -> Vector:
        """``w (v - m) / sum w``."""
        if self.is_even:
            share = 1.0 / len(self.x)
            return made(len(values), lambda part: (values[part] - mean) * share)
        return made(len(values), lambda part: (values[part] - mean) * (self.w[part] / self.total_weight))

    @cached_property
    def own_average(self) -> Average:
        """That of x."""
        return self.average(self.x)

    @cached_property
    def standard_error(self) -> float:
        """Of the mean of x: that of `error_of_mean` without what few groups widen its interval by."""
        is_grouped = self.groups is not None and self.groups.count > 1
        return self.own_average.error / (self.groups.widening if self.groups and is_grouped else 1.0)

    def error_of_mean(self, values: Vector) -> float:
        """Standard error of `mean_of`: ``sqrt(sum w^2 (v - m)^2) / sum w``, over groups from their sums."""
        average = self.average(values)
        return math.sqrt(sum_of_squares(average.each) * average.correction)

    def worth(self, values: Vector) -> float:
        """Independent paths that would tell the mean of `values` as well, `n_effective` at most."""
        if self.groups is None:
            return self.n_effective
        within = math.sqrt(sum_of_squares(self._influences(values, self.mean_of(values))) * self._correction)
        return self.n_effective / max((self.error_of_mean(values) / within) ** 2, 1.0) if within else self.n_effective

    @cached_property
    def _correction(self) -> float:
        """Of squared influences to a variance: ``n / (n - 1)`` of the effective size; a single path tells none."""
        return self.n_effective / (self.n_effective - 1.0) if self.n_effective > 1.0 else 0.0

    @cached_property
    def _ordered(self) -> _Ordered:
        return _Ordered(self.x)

    @cached_property
    def _shares(self) -> tuple[Integers, Floats]:
        """The order of values from low to high, and their cumulative shares of weight."""
        order = np.argsort(self.x, kind="stable")
        shares = np.cumsum(self.w[order])
        return order, np.divide(shares, self.total_weight, out=shares)

    def value_at(self, level: float) -> float:
        """The smallest value with at least a share `level` of the weight at or below it."""
        # the small allowance keeps 0.95 * 4000 the 3800th value, whatever the product rounds to
        wanted, last = level * (1.0 - 1e-12), len(self.x) - 1
        if self.is_even:
            return self._ordered[min(max(math.ceil(wanted * (last + 1)) - 1, 0), last)]
        order, shares = self._shares
        return float(self.x[order[min(int(np.searchsorted(shares, wanted)), last)]])

    @cached_property
    def is_constant(self) -> bool:
        """Whether all paths have the same value."""
        return self.value_at(0.0) == self.value_at(1.0)


class Column:
    """Values x of paths, NaN where a path has none, with weights w, and groups as a `Sample` has them.

    Attributes
    ----------
    known
        (N,) which paths have one; None where all do.
    x, w, group
        Of those alone.
    """

    def __init__(self, x: Floats, w: Floats, group: Integers | None = None) -> None:
        known = ~np.isnan(x)
        self.known = None if known.all() else known
        self.x = x if self.known is None else x[known]
        self.w, self.group = (w, group) if self.known is None else _known_of(known, w, group)

    @cached_property
    def sample(self) -> Sample | None:
        """The paths that have a value, if any."""
        return Sample(self.x, self.w, self.group) if len(self.x) else None

    def on(self, paths: Flags, w: Floats, group: Integers | None) -> "Column":
        """That of some of the paths, (N,), of which `w` and `group` are."""
        found = Column.__new__(Column)
        known = None if self.known is None else self.known[paths]
        found.known = None if known is None or known.all() else known
        found.x = self.x[paths if self.known is None else paths[self.known]]
        found.w, found.group = (w, group) if found.known is None else _known_of(found.known, w, group)
        return found

    def paired(self, other: "Column") -> tuple[Sample, Sample] | None:
        """Samples of both on the paths that have both values, if any."""
        both = _both(self.known, other.known)
        one, two = self._on(both), other._on(both)
        return None if one is None or two is None else (one, two)

    def _on(self, paths: Flags | None) -> Sample | None:
        """Of paths that all have a value."""
        if paths is None or (self.known is not None and np.array_equal(paths, self.known)):
            return self.sample
        chosen = paths if self.known is None else paths[self.known]
        if not chosen.any():
            return None
        return Sample(self.x[chosen], *_known_of(chosen, self.w, self.group))


def _both(one: Flags | None, other: Flags | None) -> Flags | None:
    """Which paths have both."""
    if one is None or other is None:
        return other if one is None else one
    return one & other
