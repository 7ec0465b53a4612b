"""Expected shortfalls: the mean of the worst paths, whatever the law has at its quantile.

``ES = min_q q + E[(x - q)+] / (1 - p)`` (Rockafellar and Uryasev 2000, Optimization of conditional value-at-risk,
theorem 1), a mean for each threshold q. A law that the sample does not reject may have another quantile than the
sample, and has the least of such means as its shortfall (so too the empirical likelihood interval of Baysal and Staum
2008, Empirical likelihood for value-at-risk and expected shortfall, J. Risk 11). So the bound on that side is the
farthest over thresholds where the quantile may lie: where many paths share a value near the quantile, the threshold of
the sample alone gives no width. Each mean has the bounds of answers/skewness.py.
"""

import numpy as np

from backstop.answers import skewness
from backstop.answers.averages import Average, Vector, made
from backstop.answers.estimators import FEW, Estimate, constant, no_difference
from backstop.answers.quantiles import levels_of
from backstop.answers.samples import Sample
from backstop.answers.skewness import bounds
from backstop.terms import Floats

_STEPS = (0.0, 0.5, 1.0)
"""Thresholds that are tried, from the quantile to the end of its interval."""


def shortfall(sample: Sample, p: float) -> Estimate:
    """Mean of the highest 1-p of the weight, for p < 1/2 of the lowest p; ``q + E[(x - q)+] / (1 - p)``."""
    if sample.is_constant:
        return constant(sample)
    lowest_level, highest_level = levels_of(sample, p)
    levels = _between(p, lowest_level if p >= 0.5 else highest_level)
    average, *others = (_mean_beyond(sample, threshold, p) for threshold in _thresholds([sample], levels))
    note = _thin(sample, p) or skewness.tail_note(average)
    lower, upper = bounds(average)
    if p >= 0.5:
        lower = min([lower, *(bounds(one)[0] for one in others)])
    else:
        upper = max([upper, *(bounds(one)[1] for one in others)])
    return Estimate(average.value, max(lower, sample.value_at(0.0)), min(upper, sample.value_at(1.0)), note)


def shortfall_difference(sample: Sample, other: Sample, p: float) -> Estimate:
    """Difference of two expected shortfalls of the same paths, over thresholds that move together."""
    if (sample.x == other.x).all():
        return no_difference(sample)
    lowest_level, highest_level = levels_of(sample, p)
    levels = [*_between(p, lowest_level), *_between(p, highest_level)]
    averages = [_mean_difference_beyond(sample, other, pair, p) for pair in _thresholds([sample, other], levels)]
    note = _few_differ(sample, other, p) or _thin(sample, p) or _thin(other, p) or skewness.tail_note(averages[0])
    ends = [bounds(average) for average in averages]
    return Estimate(averages[0].value, min(end[0] for end in ends), max(end[1] for end in ends), note)


def _between(p: float, end: float) -> list[float]:
    return [p + step * (end - p) for step in _STEPS]


def _thresholds(samples: list[Sample], levels: list[float]) -> list[tuple[float, ...]]:
    """Their values at these levels, each once, the first first."""
    return list(dict.fromkeys(tuple(sample.value_at(level) for sample in samples) for level in levels))


def _mean_beyond(sample: Sample, threshold: tuple[float, ...], p: float) -> Average:
    """``q + E[(x - q)+] / (1 - p)``."""
    return sample.average(_beyond(sample, threshold[0], p)).plus(threshold[0])


def _mean_difference_beyond(sample: Sample, other: Sample, thresholds: tuple[float, ...], p: float) -> Average:
    one, two = (_beyond(of, threshold, p) for of, threshold in zip((sample, other), thresholds, strict=True))
    return sample.average(made(len(one), lambda part: one[part] - two[part])).plus(thresholds[0] - thresholds[1])


def _beyond(sample: Sample, threshold: float, p: float) -> Vector:
    """``(x - q)+ / (1 - p)``, in the lower tail ``-(q - x)+ / p``."""
    x = sample.x

    def beyond(part: slice) -> Floats:
        """Of the values of a piece."""
        off = x[part] - threshold
        return np.maximum(off, 0.0) / (1.0 - p) if p >= 0.5 else np.minimum(off, 0.0) / p

    return made(len(x), beyond)


def _thin(sample: Sample, p: float) -> str:
    """Note of a tail of few paths: those beyond the quantile, or at it where none is beyond."""
    at = sample.value_at(p)
    n_beyond = np.count_nonzero(sample.x > at if p >= 0.5 else sample.x < at) or np.count_nonzero(sample.x == at)
    return f"thin tail: {n_beyond} paths beyond" if n_beyond < FEW else ""


def _few_differ(sample: Sample, other: Sample, p: float) -> str:
    """Note of a difference to which few paths of either tail add."""
    is_worst = [one.x >= one.value_at(p) if p >= 0.5 else one.x <= one.value_at(p) for one in (sample, other)]
    n, n_worst = (int(np.count_nonzero(v)) for v in ((is_worst[0] | is_worst[1]) & (sample.x != other.x),
                                                     is_worst[0] | is_worst[1]))
    return f"few: {n} of {n_worst} paths of the tail differ" if n < FEW else ""
