"""Curves: the chance that a pool runs dry, by its size, with a band that holds the whole curve with 95 %."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import CONFIDENCE, Estimate, mean
from backstop.answers.samples import Sample
from backstop.answers.sizing import robust
from backstop.answers.sizing.simultaneous import band
from backstop.terms import Floats


class Point(NamedTuple):
    """Chance of running dry with a pool of `size` (currency), and its ends in the band."""

    size: float
    p: float
    lower: float
    upper: float


class Robust(NamedTuple):
    """The least size that keeps to the target in every model within `nats`; None where more paths are needed."""

    nats: float
    size: float | None


class Curve(NamedTuple):
    """Chance of running dry by size of one population of paths.

    Attributes
    ----------
    given
        ``crisis``, or ``all`` for over all paths.
    model
        The market model that made the paths; None for all of them.
    is_exact
        Whether the band rests on independent paths of one weight.
    size, size_lower, size_upper
        The least size that keeps to the target, by the curve and by the ends of its band; None where the paths cannot
        tell.
    robust
        By distance, from the upper end of the band and the lower end of the chance of a crisis.
    """

    given: str
    model: str | None
    n_paths: int
    is_exact: bool
    points: tuple[Point, ...]
    size: float | None
    size_lower: float | None
    size_upper: float | None
    robust: tuple[Robust, ...]

    def at(self, size: float) -> Point:
        """The point of the largest size that is not above `size`: what holds there holds here, and more."""
        found = [point for point in self.points if point.size <= size * (1.0 + 1e-12)]
        return found[-1] if found else Point(size, 1.0, 0.0, 1.0)


class Aim(NamedTuple):
    """What is asked of a curve.

    Attributes
    ----------
    target
        Chance of running dry that is borne.
    crisis
        Lower end of the chance of a crisis, in which the curve is given; 1 over all paths.
    """

    given: str
    model: str | None
    target: float
    crisis: float


def from_peak_use(use: Sample, sizes: Sequence[float], aim: Aim) -> Curve:
    """The curve that one unlimited run tells; `sizes` are points of it besides those of the band."""
    n = _worth(use)
    of_all = band(n, (max(math.ceil((1.0 - aim.target) * n - 1e-9), 1),))
    values = {use.value_at(rank / n) for rank in of_all.ranks.tolist()} | set(sizes) | {0.0}
    below = _share_at_or_below(use, np.sort(np.array(list(values))))
    points = []
    for size, share in zip(sorted(values), below.tolist(), strict=True):
        low, high = of_all.bounds(math.floor(share * n + 1e-6))
        points.append(Point(size, max(1.0 - share, 0.0), 1.0 - high, 1.0 - low))
    return _curve(use, points, aim)


def from_reruns(dry: Sequence[Sample], sizes: Sequence[float], most: int, aim: Aim) -> Curve:
    """The curve that reruns tell, `dry` 1.0 where a path ran dry; all of at most `most` sizes hold at once."""
    from scipy.special import betaincinv

    level, points = (1.0 - CONFIDENCE) / most, []
    for size, sample in sorted(zip(sizes, dry, strict=True), key=lambda pair: pair[0]):
        n, p = _worth(sample), sample.mean
        x = p * n
        lower = float(betaincinv(x, n - x + 1.0, 0.5 * level)) if x > 0.0 else 0.0
        upper = float(betaincinv(x + 1.0, n - x, 1.0 - 0.5 * level)) if x < n else 1.0
        points.append(Point(size, p, lower, upper))
    return _curve(dry[0], points, aim)


def _worth(sample: Sample) -> int:
    """Independent paths of one weight that would tell as well."""
    if sample.groups is None:
        return max(math.floor(sample.n_effective + 1e-6), 1)
    levels = (0.5, 0.9, 0.99)
    return max(math.floor(min(sample.worth((sample.x <= sample.value_at(p)).astype(float)) for p in levels)), 1)


def _share_at_or_below(use: Sample, sizes: Floats) -> Floats:
    order = np.argsort(use.x, kind="stable")
    total = np.append(0.0, np.cumsum(use.w[order]))
    return np.asarray(total[np.searchsorted(use.x[order], sizes, side="right")] / total[-1])


def _curve(sample: Sample, points: Sequence[Point], aim: Aim) -> Curve:
    target, rising = aim.target, tuple(points)
    kept = tuple(Robust(k, least_size(rising, lambda point: point.upper, robust.most_that_holds(target, k, aim.crisis)))
                 for k in robust.LADDER)
    return Curve(aim.given, aim.model, len(sample.x), sample.is_even and sample.groups is None, rising,
                 least_size(rising, lambda point: point.p, target),
                 least_size(rising, lambda point: point.lower, target),
                 least_size(rising, lambda point: point.upper, target), kept)


def least_size(points: Sequence[Point], of: Callable[[Point], float], level: float) -> float | None:
    """The least size from which on `of` stays at `level` or below; None where no size does."""
    found = None
    for point in reversed(points):
        if of(point) > level * (1.0 + 1e-12):
            break
        found = point.size
    return found


def lack_beyond(use: Sample, size: float) -> Estimate:
    """What peak use has beyond `size`, mean; one unit of pool more takes the chance of running dry off it."""
    group = None if use.groups is None else use.groups.position
    return mean(Sample(np.maximum(use.x - size, 0.0), use.w, group))
