"""What a sample tells surely: one design better than another, a limit kept or broken, at a level that is shared out.

Differences are paired, batch by batch, and judged by Student's t, weakened where skewness hides rare losses; an event
by the exact law of its number of paths (Clopper and Pearson 1934). Of D designs in R looks one that belongs is lost
with a chance of `WRONG` at most: half of it is for its own limits, over looks, limits and models; half for the D - 1
others, each of which would have to seem better where it is not, or seem to keep a limit that it breaks (Bonferroni). So
the designs that are left hold the best one with a chance of 1 - `WRONG`, whatever the others are like: a confidence set
for the best (Gupta 1965, On some multiple decision rules, Technometrics 7).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.skewness import cautious
from backstop.answers.sweeping.batches import Batches, ratios
from backstop.answers.sweeping.frontier import Flags
from backstop.answers.sweeping.objectives import POOL_SIZE, Limit, Quantity
from backstop.terms import Floats, Integers

WRONG = 0.05
"""Chance that a design which belongs is lost, in all looks together, at most. [ours]"""
_ROWS = 128
"""Designs that are compared with all others at a time."""
_EQUAL = 1e-6
"""Of two designs' errors: an error of their difference below it is rounding."""


class Told(NamedTuple):
    """Of D designs: estimates (D,), and (D, B) what each batch adds to them, so that its square sums to a variance."""

    value: Floats
    added: Floats


class Level(NamedTuple):
    """Levels of one look: of a comparison with one design, of one limit of a design in one model."""

    comparison: float
    limit: float


def level_of(n_designs: int, n_looks: int, n_limits: int) -> Level:
    """`WRONG`, shared out over `n_looks`; limits are counted model by model."""
    share = WRONG / 2.0 / n_looks
    return Level(share / max(n_designs - 1, 1), share / max(n_limits, 1))


def told(sums: Floats, batches: Batches) -> Told:
    """Of sums (D, 2, B): ratios of their totals, by the delta method."""
    totals = sums.sum(axis=-1)
    value = ratios(totals)
    with np.errstate(invalid="ignore", divide="ignore"):
        added = (sums[:, 0] - value[:, None] * sums[:, 1]) / totals[:, 1, None]
    return Told(value, _spread(added, batches))


def rate_told(one: Told, over: Told) -> Told:
    """So much of `one` for each unit of `over`; NaN where that is not above 0."""
    below = np.where(over.value > 0.0, over.value, np.nan)
    value = one.value / below
    return Told(value, (one.added - value[:, None] * over.added) / below[:, None])


def _spread(added: Floats, batches: Batches) -> Floats:
    """Deviations from the mean of each model's batches, scaled by ``n / (n - 1)`` of them."""
    spread = np.empty_like(added)
    for model in np.unique(batches.model):
        own = batches.model == model
        n = int(own.sum())
        spread[:, own] = (added[:, own] - added[:, own].mean(axis=1, keepdims=True)) * math.sqrt(n / max(n - 1, 1))
    return spread


def critical(level: float, batches: Batches) -> float:
    """Student's t of so many batches, models apart; infinite where there are too few to tell."""
    from scipy import stats

    freedom = batches.n - len(np.unique(batches.model))
    return float(stats.t.isf(level, freedom)) if freedom > 0 else math.inf


def beaten(objectives: Sequence[Told], zone: Floats, may_beat: Flags, t: float) -> Flags:
    """(D,) designs to which some that `may_beat` is surely no worse in any objective, and better by the zone in one."""
    n = len(may_beat)
    is_beaten, better_ones = np.zeros(n, dtype=np.bool_), np.flatnonzero(may_beat)
    for first in range(0, n, _ROWS):
        rows = np.arange(first, min(first + _ROWS, n))
        no_worse = np.ones((len(rows), len(better_ones)), dtype=np.bool_)
        better = ~no_worse
        for one, width in zip(objectives, zone, strict=True):
            gap = one.value[rows, None] - one.value[better_ones]
            error, skewness = _of_differences(one.added, rows, better_ones)
            with np.errstate(invalid="ignore", divide="ignore"):
                no_worse &= (gap == 0.0) | (cautious(gap / error, skewness) > t)
                better |= cautious((gap - width) / error, skewness) > t
        is_beaten[rows] = (no_worse & better).any(axis=1)
    return is_beaten


def _of_differences(added: Floats, rows: Integers, columns: Integers) -> tuple[Floats, Floats]:
    """(r, c) standard errors of differences, and their skewness."""
    one, two = added[rows], added[columns].T
    square, cube = np.einsum("db,db->d", added, added), np.einsum("db,db,db->d", added, added, added)
    both = square[rows, None] + square[columns]
    error = np.sqrt(np.maximum(both - 2.0 * one @ two, _EQUAL**2 * both))
    third = cube[rows, None] - 3.0 * one**2 @ two + 3.0 * one @ two**2 - cube[columns]
    with np.errstate(invalid="ignore", divide="ignore"):
        return error, np.nan_to_num(third / error**3)


def keeping(sums: Floats, quantity: Quantity, limit: Limit, batches: Batches, level: Level) -> tuple[Flags, Flags]:
    """(D,) whether a limit on sums (D, 2, B) of one model is surely kept, and whether it is surely broken."""
    if quantity.unit == "bool":
        return _keeping_event(sums / batches.scale, limit, level)
    found = told(sums, batches)
    room = (limit.bound - found.value) * (1.0 if limit.is_most else -1.0)
    if quantity.metric == POOL_SIZE:
        return room > 0.0, room <= 0.0
    error = np.sqrt((found.added**2).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        # where nothing varies by chance, no test would tell
        skewness = (found.added**3).sum(axis=1) / error**3 * (-1.0 if limit.is_most else 1.0)
        kept = cautious(room / error, skewness) > critical(level.comparison, batches)
        broken = cautious(-room / error, -skewness) > critical(level.limit, batches)
    return kept & (error > 0.0), broken & (error > 0.0)


def _keeping_event(counts: Floats, limit: Limit, level: Level) -> tuple[Flags, Flags]:
    lower_kept, upper_kept = _exact(counts, level.comparison)
    lower, upper = _exact(counts, level.limit)
    if limit.is_most:
        return upper_kept < limit.bound, lower >= limit.bound
    return lower_kept > limit.bound, upper <= limit.bound


def _exact(counts: Floats, level: float) -> tuple[Floats, Floats]:
    """(D,) one-sided bounds of a chance, each at `level`, from paths with the event and all paths (D, 2, B)."""
    from scipy.special import betaincinv

    shown, n = np.rint(counts.sum(axis=-1)).T
    some, rest = np.maximum(shown, 0.5), np.maximum(n - shown, 0.5)
    lower = np.where(shown > 0.0, betaincinv(some, rest + 1.0, level), 0.0)
    return lower, np.where(shown < n, betaincinv(some + 1.0, rest, 1.0 - level), 1.0)


def drawn_chances(counts: Floats, uniforms: Floats) -> Floats:
    """(D, R) chances of an event as likely as counts (D, 2, B) leave them: Beta(x + 1/2, n - x + 1/2), Jeffreys' law.

    The same uniforms (R,) for all designs: paths that are bad for one are bad for others. A resample of paths would
    take an event that no path shows for impossible.
    """
    from scipy.special import betaincinv

    pairs, place = np.unique(np.rint(counts.sum(axis=-1)), axis=0, return_inverse=True)
    shown, n = pairs.T[:, :, None]
    return np.asarray(betaincinv(shown + 0.5, np.maximum(n - shown, 0.0) + 0.5, uniforms)[place.ravel()])
