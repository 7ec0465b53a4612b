"""A band that holds a whole distribution function with 95 %, from order statistics, exact for any number of paths.

The r-th of n uniform values is a beta variable (r, n - r + 1). Each chosen rank gets its central interval of the same
local level (Aldor-Noiman, Brown, Buja, Rolke and Stine 2013, Am. Stat. 67), the level at which all of them hold at
once with 95 %. That chance is exact: counts below the ends of intervals are a Poisson process given its total, taken
from end to end (Moscovich and Nadler 2017, Stat. Probab. Lett. 123). Between chosen ranks the band is that of the
neighbours, so fewer ranks widen it there and change nothing of its 95 %. Values that paths share only add to it.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import CONFIDENCE
from backstop.terms import Floats, Integers

DENSE = 100
"""Ranks from either end that are all chosen."""
_SPREAD_OUT = 300
"""Ranks between, evenly in log odds."""
_FAR = 9.0
"""Standard deviations beyond which a step of the process has no mass that float64 could tell."""
_HALVINGS = 40


class Band(NamedTuple):
    """For chosen ranks of n values, (m,) each: ``low <= F(value of the rank) `` and ``F(just below it) <= high``."""

    ranks: Integers
    low: Floats
    high: Floats

    def bounds(self, n_below: int) -> tuple[float, float]:
        """Ends for F at a point with so many values at or below it."""
        at = int(np.searchsorted(self.ranks, n_below, side="right"))
        low = float(self.low[at - 1]) if at else 0.0
        return low, float(self.high[at]) if at < len(self.ranks) else 1.0


@lru_cache(maxsize=64)
def band(n: int, wanted: tuple[int, ...] = ()) -> Band:
    """The band for `n` values, whose ranks `wanted` (from 1) are chosen too."""
    ranks = _ranks(n, wanted)
    low, high = -40.0, 0.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        holds = chance_within(n, ranks, *_ends(n, ranks, math.exp(middle))) >= CONFIDENCE
        low, high = (middle, high) if holds else (low, middle)
        if high - low < 1e-4:
            break
    return Band(ranks, *_ends(n, ranks, math.exp(low)))


def _ranks(n: int, wanted: tuple[int, ...]) -> Integers:
    edge = np.arange(1, min(DENSE, n) + 1)
    odds = np.linspace(-math.log(n), math.log(n), _SPREAD_OUT)
    between = np.clip(np.round(n / (1.0 + np.exp(-odds))), 1, n).astype(np.int64)
    return np.unique(np.concatenate([edge, n + 1 - edge, between, np.array(wanted, dtype=np.int64)]))


def _ends(n: int, ranks: Integers, level: float) -> tuple[Floats, Floats]:
    """Central intervals that each miss with probability `level`."""
    from scipy.special import betaincinv

    return (betaincinv(ranks, n - ranks + 1.0, 0.5 * level), betaincinv(ranks, n - ranks + 1.0, 1.0 - 0.5 * level))


def chance_within(n: int, ranks: Integers, low: Floats, high: Floats) -> float:
    """Chance that of `n` uniform values those of all `ranks` lie within `low` and `high`, both rising."""
    from scipy.special import gammaln, xlogy

    times = np.concatenate([low, high])
    # at the upper end of its interval a rank must have been reached, at the lower end it must not
    least = np.concatenate([np.zeros_like(ranks), ranks])
    most = np.concatenate([ranks - 1, np.full_like(ranks, n)])
    order = np.argsort(times, kind="stable")
    times, least = times[order], np.maximum.accumulate(least[order])
    most = np.minimum.accumulate(most[order][::-1])[::-1]
    mass, first, now = np.ones(1), 0, 0.0
    for time, fewest, largest in zip(times.tolist(), least.tolist(), most.tolist(), strict=True):
        mass, first = _step(mass, first, n * (time - now), fewest, largest)
        if not len(mass):
            return 0.0
        now = time
    counts, left = n - np.arange(first, first + len(mass)), n * (1.0 - now)
    log_total = n * math.log(n) - n - gammaln(n + 1.0)
    return float(np.sum(mass * np.exp(xlogy(counts, left) - left - gammaln(counts + 1.0) - log_total)))


def _step(mass: Floats, first: int, mean: float, fewest: int, largest: int) -> tuple[Floats, int]:
    """Mass of counts `first`, ... after as many more as a Poisson variable of `mean`, kept within both bounds."""
    start, more = _poisson(mean)
    grown = _long_convolution(mass, more) if min(len(mass), len(more)) > 500 else np.convolve(mass, more)
    first += start
    drop, end = max(fewest - first, 0), max(largest + 1 - first, 0)
    return np.asarray(grown[drop:end]), first + drop


def _long_convolution(one: Floats, other: Floats) -> Floats:
    # slow to import, and few paths never need it
    from scipy.signal import fftconvolve

    return np.asarray(fftconvolve(one, other))


def _poisson(mean: float) -> tuple[int, Floats]:
    """The first count that has mass, and the mass of it and of those after it."""
    from scipy.special import gammaln, xlogy

    reach = _FAR * math.sqrt(mean) + 2.0 * _FAR
    start = max(math.floor(mean - reach), 0)
    counts = np.arange(start, math.ceil(mean + reach) + 1)
    return start, np.exp(xlogy(counts, mean) - mean - gammaln(counts + 1.0))
