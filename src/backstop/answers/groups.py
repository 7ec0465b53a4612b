"""Groups of paths that share one draw of parameters: what they have in common, no number of paths averages out.

Within a group paths are independent, between groups they are not: errors of averages come from the sums of groups
(Liang and Zeger 1986), and the variance of a path's value is that within groups plus that of their means.
"""

import math
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backstop.terms import Floats, Integers

if TYPE_CHECKING:
    from backstop.answers.samples import Sample


class Groups:
    """G groups of n observations, which stand group by group.

    Parameters
    ----------
    number
        (n,) of each observation's group, rising.
    """

    def __init__(self, number: Integers) -> None:
        self.position = np.concatenate([[0], np.cumsum(np.diff(number) != 0)]).astype(np.int64)
        self.count = int(self.position[-1]) + 1

    def sums(self, values: Floats) -> Floats:
        """(G,) sums of (n,) values, each in order."""
        return np.bincount(self.position, weights=values).astype(np.float64, copy=False)

    @cached_property
    def correction(self) -> float:
        """Of squared sums of groups to a variance, for intervals of normal width.

        ``G / (G - 1)``, widened by Student's t of G - 1 degrees of freedom over the normal point.
        """
        return self.count / (self.count - 1.0) * _widening(self.count) ** 2


def _widening(n_groups: int) -> float:
    """How much wider than normal an interval from so many groups is."""
    from scipy.special import ndtri, stdtrit

    return float(stdtrit(n_groups - 1, 0.975) / ndtri(0.975))


class Separation(NamedTuple):
    """Where the spread of a mean comes from."""

    sampling_error: float
    """Standard error that the number of paths leaves, parameters given: ``sqrt(W / N)``."""
    parameter_deviation: float
    """Standard deviation, over draws of parameters, of the mean given them: ``sqrt(B)``. No paths make it smaller."""
    parameter_frac: float
    """Share of the variance of a path's value that parameters explain: ``B / (B + W)``."""


def separate(sample: "Sample") -> Separation | None:
    """Law of total variance over groups, from their means; None where there is one group, or no two paths in any.

    ``W = sum w (x - m_g)^2 / (N - G)``, ``B = (sum_g N_g (m_g - m)^2 / (G - 1) - W) / n``, at least 0, with N_g the
    weight of a group, N of all, n their usual weight ``(N - sum N_g^2 / N) / (G - 1)``: analysis of variance with
    random effects (Searle, Casella and McCulloch 1992), weights scaled to a mean of 1.
    """
    groups = sample.groups
    if groups is None or not 1 < groups.count < len(sample.x):
        return None
    w = sample.w * (len(sample.x) / sample.total_weight)
    size = groups.sums(w)
    mean = groups.sums(w * sample.x) / size
    off, between = sample.x - mean[groups.position], size * (mean - sample.mean) ** 2
    n_total, n_groups = float(len(sample.x)), groups.count
    within = math.fsum(groups.sums(w * off * off).tolist()) / (n_total - n_groups)
    usual = (n_total - math.fsum((size * size).tolist()) / n_total) / (n_groups - 1.0)
    of_parameters = max((math.fsum(between.tolist()) / (n_groups - 1.0) - within) / usual, 0.0)
    total = of_parameters + within
    return Separation(math.sqrt(within / n_total), math.sqrt(of_parameters), of_parameters / total if total else 0.0)
