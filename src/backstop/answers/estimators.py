"""Estimates with 95 % intervals from a weighted sample, and differences of two arms paired by path.

Means and expected shortfalls: central limit theorem on their influence functions. Probabilities: Wilson (1927),
exact (Clopper and Pearson 1934) where no path or every path shows the event. Quantiles: order statistics, free of
any distribution. Where paths share parameters in groups, errors come from groups, and probabilities and quantiles count
the independent paths that would be worth as much (answers/groups.py). Differences of probabilities and of quantiles:
the square-and-add rule of Newcombe (1998) and Zou and Donner (2008) on the two intervals, with the correlation of the
paired indicators.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from backstop.answers.groups import Groups
from backstop.answers.samples import Sample
from backstop.terms import Floats, Integers

CONFIDENCE = 0.95
_TAIL = (1.0 - CONFIDENCE) / 2.0
Z = 1.959963984540054
"""Upper 2.5 % point of the normal distribution."""
FEW = 30
"""Fewer observations than this make an interval doubtful, and it says so."""


class Estimate(NamedTuple):
    """A number and its interval; a bound that the sample cannot give is None."""

    value: float
    lower: float | None
    upper: float | None
    note: str = ""


def _around(value: float, error: float) -> Estimate:
    return Estimate(value, value - Z * error, value + Z * error)


def _average(sample: Sample, value: float, error: float, note: str) -> Estimate:
    """An average lies in the range of what it is of: no negative loss, where a few large ones make the error wide."""
    lowest, highest = sample.value_at(0.0), sample.value_at(1.0)
    return Estimate(value, max(value - Z * error, lowest), min(value + Z * error, highest), note)


def mean(sample: Sample) -> Estimate:
    """``m = sum w x / sum w`` with ``m +- z s``, kept within the range of the values."""
    n_moved = int(np.count_nonzero(sample.x != sample.value_at(0.5)))
    few = f"few: {n_moved} of {len(sample.x)} paths differ from the median" if n_moved < FEW else ""
    return _average(sample, sample.mean, sample.error_of_mean(sample.x), few)


def ratio(x: Floats, of: Floats, weight: Floats, group: Integers | None = None) -> Estimate | None:
    """``r = sum w x / sum w y``, of paths that have any y; the delta method: r's influence is ``(x - r y) / mean y``.

    None where there is no y. Where every x lies in 0 to y it is a share, kept within 0 and 1; one that no path has any
    of, or every path all, gets the exact bound of an event that as many paths never, or always, show.
    """
    has = of > 0.0
    if not has.any():
        return None
    whole, part = Sample(of[has], weight[has], None if group is None else group[has]), x[has]
    value = whole.mean_of(part) / whole.mean
    error = whole.error_of_mean(part - value * of[has]) / whole.mean
    note = f"few: {int(has.sum())} paths" if has.sum() < FEW else ""
    if (part < 0.0).any() or (part > of[has]).any():
        return Estimate(value, value - Z * error, value + Z * error, note)
    edge = 1.0 - _TAIL ** (1.0 / whole.n_effective)
    down = 1.0 - edge if (part == of[has]).all() else max(value - Z * error, 0.0)
    return Estimate(value, down, edge if (part == 0.0).all() else min(value + Z * error, 1.0), note)


def probability(sample: Sample) -> Estimate:
    """Share of paths that show an event; x is 1.0 where they do."""
    p, n = sample.mean, sample.worth(sample.x)
    n_shown = int(np.count_nonzero(sample.x))
    n_rare = min(n_shown, len(sample.x) - n_shown)
    note = f"few: {n_rare} of {len(sample.x)} paths" if n_rare < FEW else ""
    if n_rare == 0:
        edge = _TAIL ** (1.0 / n)
        return Estimate(p, 0.0, 1.0 - edge, note) if n_shown == 0 else Estimate(p, edge, 1.0, note)
    middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n)
    half = Z / (1.0 + Z * Z / n) * math.sqrt(p * (1.0 - p) / n + Z * Z / (4.0 * n * n))
    return Estimate(p, max(middle - half, 0.0), min(middle + half, 1.0), note)


def mean_difference(sample: Sample, other: Sample) -> Estimate:
    """Mean of the path by path difference."""
    difference = sample.x - other.x
    return _around(sample.mean_of(difference), sample.error_of_mean(difference))


def probability_difference(sample: Sample, other: Sample) -> Estimate:
    """Difference of two probabilities (Newcombe 1998, method 10)."""
    return _square_and_add(probability(sample), probability(other), _correlation(sample, sample.x, other.x))


@lru_cache(maxsize=256)
def binomial_quantile(n: int, p: float, level: float) -> int:
    """The smallest k with ``P(B <= k) >= level`` for B binomial (n, p)."""
    spread = 12.0 * math.sqrt(n * p * (1.0 - p)) + 12.0
    k = np.arange(max(math.floor(n * p - spread), 0), min(math.ceil(n * p + spread), n) + 1)
    # the ratio of neighbours is all that is needed; beyond twelve deviations nothing is left
    log_ratio = np.log((n - k[:-1]) / (k[:-1] + 1.0)) + math.log(p) - math.log1p(-p)
    log_mass = np.concatenate([[0.0], np.cumsum(log_ratio)])
    mass = np.exp(log_mass - log_mass.max())
    return int(k[np.searchsorted(np.cumsum(mass) / mass.sum(), level)])


def quantile(sample: Sample, p: float) -> Estimate:
    """The p-quantile between the order statistics that cover it with 95 %, whatever the distribution."""
    value = sample.value_at(p)
    n = max(int(sample.worth((sample.x <= value).astype(float))), 1)
    low, high = binomial_quantile(n, p, _TAIL), binomial_quantile(n, p, 1.0 - _TAIL) + 1
    lower = sample.value_at(low / n) if low >= 1 else None
    upper = sample.value_at(high / n) if high <= n else None
    n_beyond = n * min(p, 1.0 - p)
    is_thin = n_beyond < FEW and lower != upper
    note = f"thin tail: {n_beyond:.0f} paths beyond" if is_thin else ""
    return Estimate(value, lower, upper, note)


def quantile_difference(sample: Sample, other: Sample, p: float) -> Estimate:
    """Difference of the two p-quantiles; what is paired is which paths lie below each."""
    if (sample.x == other.x).all():
        return Estimate(0.0, 0.0, 0.0)
    one, two = quantile(sample, p), quantile(other, p)
    below, other_below = (sample.x <= one.value).astype(float), (other.x <= two.value).astype(float)
    return _square_and_add(one, two, _correlation(sample, below, other_below))


def _correlation(sample: Sample, a: Floats, b: Floats) -> float:
    """Correlation of two indicators on the same paths, or of their sums over groups; 0 where one never varies."""
    if sample.groups is not None and sample.groups.count > 1:
        return _correlation_of_sums(sample, sample.groups, a, b)
    p, q, both = sample.mean_of(a), sample.mean_of(b), sample.mean_of(a * b)
    spread = p * (1.0 - p) * q * (1.0 - q)
    return min(max((both - p * q) / math.sqrt(spread), -1.0), 1.0) if spread > 0.0 else 0.0


def _correlation_of_sums(sample: Sample, groups: Groups, a: Floats, b: Floats) -> float:
    one, two = (groups.sums(sample.w * (v - sample.mean_of(v))) for v in (a, b))
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


def shortfall(sample: Sample, p: float) -> Estimate:
    """Mean of the highest 1-p of the weight, for p < 1/2 of the lowest p; ``q + E[(x - q)+] / (1 - p)``."""
    beyond = _beyond(sample, p)
    n_beyond = int(np.count_nonzero(beyond))
    note = f"thin tail: {n_beyond} paths beyond" if n_beyond < FEW else ""
    value = sample.value_at(p) + sample.mean_of(beyond)
    return _average(sample, value, sample.error_of_mean(beyond), note)


def shortfall_difference(sample: Sample, other: Sample, p: float) -> Estimate:
    """Difference of two expected shortfalls, by the difference of their influence functions."""
    difference = _beyond(sample, p) - _beyond(other, p)
    value = sample.value_at(p) - other.value_at(p) + sample.mean_of(difference)
    return _around(value, sample.error_of_mean(difference))


def _beyond(sample: Sample, p: float) -> Floats:
    """``(x - q)+ / (1 - p)``, in the lower tail ``-(q - x)+ / p``: the influence but for a constant."""
    off = sample.x - sample.value_at(p)
    return np.maximum(off, 0.0) / (1.0 - p) if p >= 0.5 else np.minimum(off, 0.0) / p
