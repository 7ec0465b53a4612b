"""What sums over batches of paths say: estimates with intervals, and how two designs differ, path by path."""

import numpy as np

from backstop.answers.estimators import Estimate, probability
from backstop.answers.resampling import N_RESAMPLES
from backstop.answers.samples import Sample
from backstop.answers.sweeping.batches import Batches, ratios
from backstop.terms import Floats

TAILS = (2.5, 97.5)


def resampled(sums: Floats, draws: Floats) -> Floats:
    """(..., R) estimates from (..., 2, B) sums and (B, R) draws."""
    return ratios(np.moveaxis(sums @ draws, -1, -2))


def estimate(sums: Floats, unit: str, draws: Floats) -> Estimate | None:
    """Of (2, B) sums, with its 95 % interval; None where no path has a value."""
    value = float(ratios(sums.sum(axis=-1)))
    if np.isnan(value):
        return None
    if unit == "bool":
        return _event(*sums.sum(axis=-1))
    lower, upper = np.nanpercentile(resampled(sums, draws), TAILS)
    return Estimate(value, float(lower), float(upper))


def _event(shown: float, n: float) -> Estimate:
    """A probability, exact where no path or every path shows the event: resampling would give no width there."""
    n_paths, n_shown = max(round(n), 1), min(max(round(shown), int(shown > 0.0)), max(round(n), 1))
    flags = np.zeros(n_paths)
    flags[:n_shown] = 1.0
    return probability(Sample(flags, np.ones(n_paths)))._replace(value=shown / n)


def difference(sums: Floats, other: Floats, draws: Floats) -> Estimate | None:
    """The estimate of (2, B) `sums` less that of `other`, on the same paths."""
    value = float(ratios(sums.sum(axis=-1)) - ratios(other.sum(axis=-1)))
    if np.isnan(value):
        return None
    lower, upper = np.nanpercentile(resampled(sums, draws) - resampled(other, draws), TAILS)
    return Estimate(value, float(lower), float(upper))


def resamples(batches: Batches) -> Floats:
    """(B, R) draws for intervals."""
    return batches.draws(N_RESAMPLES)


def rate(sums: Floats, over: Floats, draws: Floats) -> Estimate | None:
    """So much of (2, B) `sums` for each unit of `over`, means of both; None where that is not surely above 0."""
    below = resampled(over, draws)
    if float(np.percentile(below, TAILS[0])) <= 0.0:
        return None
    value = float(ratios(sums.sum(axis=-1)) / ratios(over.sum(axis=-1)))
    lower, upper = np.nanpercentile(resampled(sums, draws) / below, TAILS)
    return Estimate(value, float(lower), float(upper))
