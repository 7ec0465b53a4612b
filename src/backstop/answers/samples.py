"""A weighted sample of paths: sums in a fixed order, ordered values, how many observations it is worth.

Float sums must not depend on threads or on the CPU's vector width, so that equal runs have equal summaries: numpy
adds rows elementwise, in order, and `math.fsum` the rest exactly.
"""

import math
from functools import cached_property

import numpy as np

from backstop.answers.groups import Groups
from backstop.errors import NotFinite
from backstop.terms import Floats, Integers

_PARTIAL_SUMS = 256


def fixed_sum(values: Floats) -> float:
    """Sum whose rounding depends on the values and their order alone."""
    whole = len(values) // _PARTIAL_SUMS * _PARTIAL_SUMS
    partial = np.add.reduce(values[:whole].reshape(-1, _PARTIAL_SUMS), axis=0)
    return math.fsum([*partial.tolist(), *values[whole:].tolist()])


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
        return fixed_sum(self.w * values) / self.total_weight

    def error_of_mean(self, values: Floats) -> float:
        """Standard error of `mean_of`, the weights taken as random: ``sqrt(sum w^2 (v - m)^2) / sum w``.

        Over two groups or more, from the sums of groups instead (`Groups.variance_of_sum`).
        """
        if self.groups is None or self.groups.count < 2:
            return self._error_within(values)
        off = self.w * (values - self.mean_of(values))
        return math.sqrt(self.groups.variance_of_sum(off)) / self.total_weight

    def _error_within(self, values: Floats) -> float:
        """The error of independent paths."""
        if self.n_effective <= 1.0:
            return 0.0
        off = self.w * (values - self.mean_of(values))
        correction = self.n_effective / (self.n_effective - 1.0)
        return math.sqrt(fixed_sum(off * off) * correction) / self.total_weight

    def worth(self, values: Floats) -> float:
        """Independent paths that would tell the mean of `values` as well, `n_effective` at most."""
        error = self._error_within(values)
        if self.groups is None or error == 0.0:
            return self.n_effective
        return self.n_effective / max((self.error_of_mean(values) / error) ** 2, 1.0)

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
