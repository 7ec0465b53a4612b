"""A weighted sample of paths: its means and ordered values, and how many observations it is worth."""

import math
from functools import cached_property

import numpy as np

from backstop.answers.averages import Average, fixed_sum
from backstop.answers.groups import Groups
from backstop.errors import NotFinite
from backstop.terms import Floats, Integers


class Sample:
    """Finite values x of n paths with weights w, both (n,) in the order of paths.

    `group` (n,), rising, is given where paths of one group are not independent.
    """

    def __init__(self, x: Floats, w: Floats, group: Integers | None = None) -> None:
        if not (np.isfinite(x).all() and (w > 0.0).all()):
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
        return bool((self.w == self.w[0]).all())

    @cached_property
    def n_effective(self) -> float:
        """Kish's effective size ``(sum w)^2 / sum w^2``: n if all weights are the same."""
        return float(len(self.x)) if self.is_even else self.total_weight**2 / fixed_sum(self.w * self.w)

    @cached_property
    def mean(self) -> float:
        """``sum w x / sum w``."""
        return self.mean_of(self.x)

    def mean_of(self, values: Floats) -> float:
        """Weighted mean of other values on the same paths."""
        return fixed_sum(values) / len(values) if self.is_even else fixed_sum(self.w * values) / self.total_weight

    def average(self, values: Floats) -> Average:
        """`mean_of` with what each path adds to its error, ``w (v - m) / sum w``, the weights taken as random.

        Over two groups or more, what each group adds.
        """
        mean = self.mean_of(values)
        each = (values - mean) * self._share
        if self.groups is None or self.groups.count < 2:
            return Average(mean, each, self._correction)
        return Average(mean, self.groups.sums(each), self.groups.correction)

    @cached_property
    def own_average(self) -> Average:
        """That of x."""
        return self.average(self.x)

    @cached_property
    def standard_error(self) -> float:
        """Of the mean of x: that of `error_of_mean` without what few groups widen its interval by."""
        is_grouped = self.groups is not None and self.groups.count > 1
        return self.own_average.error / (self.groups.widening if self.groups and is_grouped else 1.0)

    def error_of_mean(self, values: Floats) -> float:
        """Standard error of `mean_of`: ``sqrt(sum w^2 (v - m)^2) / sum w``, over groups from their sums."""
        return self.average(values).error

    def worth(self, values: Floats) -> float:
        """Independent paths that would tell the mean of `values` as well, `n_effective` at most."""
        if self.groups is None:
            return self.n_effective
        mean = self.mean_of(values)
        within = Average(mean, (values - mean) * self._share, self._correction).error
        return self.n_effective / max((self.error_of_mean(values) / within) ** 2, 1.0) if within else self.n_effective

    @cached_property
    def _share(self) -> "Floats | float":
        """Weights as shares of all; one number where they are the same."""
        return 1.0 / len(self.x) if self.is_even else self.w / self.total_weight

    @cached_property
    def _correction(self) -> float:
        """Of squared influences to a variance: ``n / (n - 1)`` of the effective size; a single path tells none."""
        return self.n_effective / (self.n_effective - 1.0) if self.n_effective > 1.0 else 0.0

    @cached_property
    def _ordered(self) -> tuple[Floats, Floats | None]:
        """Values from low to high and, unless weights are the same, their cumulative shares of weight."""
        if self.is_even:
            return np.sort(self.x), None
        order = np.argsort(self.x, kind="stable")
        return self.x[order], np.cumsum(self.w[order]) / self.total_weight

    def value_at(self, level: float) -> float:
        """The smallest value with at least a share `level` of the weight at or below it."""
        values, shares = self._ordered
        # the small allowance keeps 0.95 * 4000 the 3800th value, whatever the product rounds to
        wanted = level * (1.0 - 1e-12)
        n = len(values)
        position = math.ceil(wanted * n) - 1 if shares is None else int(np.searchsorted(shares, wanted))
        return float(values[min(max(position, 0), n - 1)])

    @cached_property
    def is_constant(self) -> bool:
        """Whether all paths have the same value."""
        return self.value_at(0.0) == self.value_at(1.0)


class Column:
    """Values x of all paths (n,), NaN where a path has none, with weights w, and groups as a `Sample` has them."""

    def __init__(self, x: Floats, w: Floats, group: Integers | None = None) -> None:
        self.x, self.w, self.group, self.known = x, w, group, ~np.isnan(x)

    @cached_property
    def sample(self) -> Sample | None:
        """The paths that have a value, if any."""
        return self._of(self.known)

    def paired(self, other: "Column") -> tuple[Sample, Sample] | None:
        """Samples of both on the paths that have both values, if any."""
        both = self.known & other.known
        one, two = ((column.sample if both.all() else column._of(both)) for column in (self, other))
        return None if one is None or two is None else (one, two)

    def _of(self, chosen: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Sample | None:
        if not chosen.any():
            return None
        return Sample(self.x[chosen], self.w[chosen], None if self.group is None else self.group[chosen])
