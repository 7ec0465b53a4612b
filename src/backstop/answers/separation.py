"""What parameters leave open of a mean, and what the number of paths does: the law of total variance over groups."""

import math
from typing import NamedTuple

from backstop.answers.averages import made
from backstop.answers.samples import Sample
from backstop.terms import Floats


class Separation(NamedTuple):
    """Where the spread of a mean comes from."""

    sampling_error: float
    """Standard error that the number of paths leaves, parameters given: ``sqrt(W / N)``."""
    parameter_deviation: float
    """Standard deviation, over draws of parameters, of the mean given them: ``sqrt(B)``. No paths make it smaller."""
    parameter_frac: float
    """Share of the variance of a path's value that parameters explain: ``B / (B + W)``."""


def separate(sample: Sample) -> Separation | None:
    """Law of total variance over groups, from their means; None where there is one group, or no two paths in any.

    ``W = sum w (x - m_g)^2 / (N - G)``, ``B = (sum_g N_g (m_g - m)^2 / (G - 1) - W) / n``, at least 0, with N_g the
    weight of a group, N of all, n their usual weight ``(N - sum N_g^2 / N) / (G - 1)``: analysis of variance with
    random effects (Searle, Casella and McCulloch 1992), weights scaled to a mean of 1.
    """
    groups = sample.groups
    if groups is None or not 1 < groups.count < len(sample.x):
        return None
    scale = len(sample.x) / sample.total_weight
    w = made(len(sample.x), lambda part: sample.w[part] * scale)
    size = groups.sums(w)
    mean = groups.sums(made(len(w), lambda part: w[part] * sample.x[part])) / size
    between = size * (mean - sample.mean) ** 2
    squares = made(len(w), lambda part: _squares(w[part], sample.x[part] - mean[groups.position[part]]))
    n_total, n_groups = float(len(sample.x)), groups.count
    within = math.fsum(groups.sums(squares).tolist()) / (n_total - n_groups)
    usual = (n_total - math.fsum((size * size).tolist()) / n_total) / (n_groups - 1.0)
    of_parameters = max((math.fsum(between.tolist()) / (n_groups - 1.0) - within) / usual, 0.0)
    total = of_parameters + within
    return Separation(math.sqrt(within / n_total), math.sqrt(of_parameters), of_parameters / total if total else 0.0)


def _squares(w: Floats, off: Floats) -> Floats:
    return w * off * off
