"""Estimates with 95 % intervals from a weighted sample, and differences of two arms paired by path.

Averages: their influences, and a transformation that takes out the skewness of a rare loss (answers/skewness.py).
Probabilities: Wilson (1927), exact (Clopper and Pearson 1934) where no path or every path shows the event; their
differences by the square-and-add rule of Newcombe (1998). Where paths share parameters in groups, errors come from
groups, and probabilities count the independent paths that would be worth as much (answers/groups.py). Quantiles and
worst tails: answers/quantiles.py, answers/shortfalls.py. What each interval covers: docs/intervals.md.
"""

import math
from typing import NamedTuple

import numpy as np

from backstop.answers import skewness
from backstop.answers.averages import Average, Vector, made, pieces
from backstop.answers.groups import Groups, widening
from backstop.answers.samples import Sample
from backstop.answers.skewness import Z
from backstop.terms import Floats, Integers

CONFIDENCE = 0.95
TAIL = (1.0 - CONFIDENCE) / 2.0
FEW = 30
"""Fewer observations than this make an interval doubtful, and it says so."""
_FEW_SHARED = 60
"""The same of paths that have a part of a sum (docs/intervals.md). [ours]"""


class Estimate(NamedTuple):
    """A number and its interval; a bound that the sample cannot give is None."""

    value: float
    lower: float | None
    upper: float | None
    note: str = ""


def few_differ(sample: Sample, other: Sample) -> str:
    """Note of a difference to which few paths add."""
    n = int(np.count_nonzero(sample.x != other.x))
    return f"few: {n} of {len(sample.x)} paths differ" if n < FEW else ""


def constant(sample: Sample) -> Estimate:
    """Any average or quantile of a sample of one value, which tells little of what was not seen."""
    value = sample.value_at(0.0)
    return Estimate(value, value, value, f"few: 0 of {len(sample.x)} paths differ from the median")


def no_difference(sample: Sample) -> Estimate:
    """Any difference of two arms that are the same on all paths."""
    return Estimate(0.0, 0.0, 0.0, f"few: 0 of {len(sample.x)} paths differ")


def mean(sample: Sample) -> Estimate:
    """``m = sum w x / sum w``, kept within the range of the values."""
    if sample.is_constant:
        return constant(sample)
    average = sample.own_average
    n_moved = int(np.count_nonzero(sample.x != sample.value_at(0.5)))
    few = f"few: {n_moved} of {len(sample.x)} paths differ from the median" if n_moved < FEW else ""
    # no negative loss, where a few large ones make the error wide
    return within(average, sample.value_at(0.0), sample.value_at(1.0), few or skewness.tail_note(average))


def within(average: Average, lowest: float, highest: float, note: str) -> Estimate:
    """An average whose interval is kept within the range of the values."""
    lower, upper = skewness.bounds(average)
    return Estimate(average.value, max(lower, lowest), min(upper, highest), note)


def ratio(x: Floats, of: Floats, weight: Floats, group: Integers | None = None) -> Estimate | None:
    """``r = sum w x / sum w y``, of paths that have any x or y; the delta method: influence ``(x - r y) / mean y``.

    None where there is no y. Where every x lies in 0 to y it is a share, kept within 0 and 1; one that no path has any
    of, or every path all, gets the exact bound of an event that as many paths never, or always, show.
    """
    if not (of > 0.0).any():
        return None
    # a difference may have an x where there is no y to have a share of
    has = (of > 0.0) | (x != 0.0)
    whole, part = Sample(of[has], weight[has], None if group is None else group[has]), x[has]
    value = whole.mean_of(part) / whole.mean
    residual = whole.average((part - value * of[has]) / whole.mean)
    n_has = int(has.sum())
    # groups have their own widening
    z = Z * widening(n_has) if n_has > 1 and whole.groups is None else Z
    lower, upper = (value + bound for bound in skewness.bounds(residual, z))
    note = f"few: {n_has} paths" if n_has < _FEW_SHARED else skewness.tail_note(residual)
    if (part < 0.0).any() or (part > of[has]).any():
        return Estimate(value, lower, upper, note)
    edge = 1.0 - TAIL ** (1.0 / whole.n_effective)
    down = 1.0 - edge if (part == of[has]).all() else max(lower, 0.0)
    return Estimate(value, down, edge if (part == 0.0).all() else min(upper, 1.0), note)


def probability(sample: Sample) -> Estimate:
    """Share of paths that show an event; x is 1.0 where they do."""
    p, n = sample.mean, sample.worth(sample.x)
    n_shown = int(np.count_nonzero(sample.x))
    n_rare = min(n_shown, len(sample.x) - n_shown)
    note = f"few: {n_rare} of {len(sample.x)} paths" if n_rare < FEW else ""
    if n_rare == 0:
        edge = TAIL ** (1.0 / n)
        return Estimate(p, 0.0, 1.0 - edge, note) if n_shown == 0 else Estimate(p, edge, 1.0, note)
    middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n)
    half = Z / (1.0 + Z * Z / n) * math.sqrt(p * (1.0 - p) / n + Z * Z / (4.0 * n * n))
    return Estimate(p, max(middle - half, 0.0), min(middle + half, 1.0), note)


def mean_difference(sample: Sample, other: Sample) -> Estimate:
    """Mean of the path by path difference, kept within its range."""
    if (sample.x == other.x).all():
        return no_difference(sample)
    x, y = sample.x, other.x
    difference = made(len(x), lambda part: x[part] - y[part])
    average = sample.average(difference)
    note = few_differ(sample, other) or skewness.tail_note(average)
    ends = [(piece.min(), piece.max()) for piece in (difference[part] for part in pieces(len(x)))]
    return within(average, float(min(end[0] for end in ends)), float(max(end[1] for end in ends)), note)


def probability_difference(sample: Sample, other: Sample) -> Estimate:
    """Difference of two probabilities (Newcombe 1998, method 10)."""
    found = _square_and_add(probability(sample), probability(other), _correlation(sample, sample.x, other.x))
    return found._replace(note=few_differ(sample, other))


def _correlation(sample: Sample, a: Floats, b: Floats) -> float:
    """Correlation of two indicators on the same paths, or of their sums over groups; 0 where one never varies."""
    if sample.groups is not None and sample.groups.count > 1:
        return _correlation_of_sums(sample, sample.groups, a, b)
    p, q, both = sample.mean_of(a), sample.mean_of(b), sample.mean_of(made(len(a), lambda part: a[part] * b[part]))
    spread = p * (1.0 - p) * q * (1.0 - q)
    return min(max((both - p * q) / math.sqrt(spread), -1.0), 1.0) if spread > 0.0 else 0.0


def _off_mean(sample: Sample, values: Vector) -> Vector:
    mean = sample.mean_of(values)
    return made(len(sample.x), lambda part: sample.w[part] * (values[part] - mean))


def _correlation_of_sums(sample: Sample, groups: Groups, a: Floats, b: Floats) -> float:
    one, two = (groups.sums(_off_mean(sample, v)) for v in (a, b))
    squares = math.fsum((one * one).tolist()) * math.fsum((two * two).tolist())
    return min(max(math.fsum((one * two).tolist()) / math.sqrt(squares), -1.0), 1.0) if squares > 0.0 else 0.0


def _square_and_add(one: Estimate, two: Estimate, correlation: float) -> Estimate:
    """``d - sqrt(a^2 + b^2 - 2 r a b)``; a, b: distances of the bounds that make the difference least."""
    value = one.value - two.value
    down = _reach(one, one.lower, two, two.upper, correlation)
    up = _reach(one, one.upper, two, two.lower, correlation)
    return Estimate(value, None if down is None else value - down, None if up is None else value + up)


def _reach(one: Estimate, bound: float | None, two: Estimate, other_bound: float | None, r: float) -> float | None:
    if bound is None or other_bound is None:
        return None
    a, b = abs(one.value - bound), abs(two.value - other_bound)
    return math.sqrt(max(a * a + b * b - 2.0 * r * a * b, 0.0))
