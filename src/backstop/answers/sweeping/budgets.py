"""Which limit binds: what the best design would gain without it, the others kept."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate
from backstop.answers.sweeping.figures import TAILS
from backstop.answers.sweeping.judging import Resample
from backstop.answers.sweeping.objectives import Limit
from backstop.terms import Floats


class Budget(NamedTuple):
    """A limit.

    Attributes
    ----------
    binds
        Share of resamples in which some design is better by more than the zone without it.
    gain
        Of the objective without it, positive is better, mean and interval over resamples in which some design keeps
        all limits; None where none ever does.
    """

    limit: Limit
    binds: float
    gain: Estimate | None


def budgets(limits: tuple[Limit, ...], resamples: Iterable[Resample], zone: float) -> list[Budget]:
    """Of resamples of designs that were run on the same paths."""
    best = [[_lowest(one.without(number)) for number in (None, *range(len(limits)))] for one in resamples]
    within, *outside = np.concatenate(best, axis=1)
    return [_budget(limit, within, one, zone) for limit, one in zip(limits, outside, strict=True)]


def _budget(limit: Limit, within: Floats, outside: Floats, zone: float) -> Budget:
    with np.errstate(invalid="ignore"):
        # infinite where no design keeps all limits, and some would without this one
        gain = within - outside
        binds = float(np.mean(gain > zone))
    known = gain[np.isfinite(gain)]
    if not len(known):
        return Budget(limit, binds, None)
    lower, upper = np.percentile(known, TAILS)
    return Budget(limit, binds, Estimate(float(known.mean()), float(lower), float(upper)))


def _lowest(values: Floats) -> Floats:
    """(R,) best value of the first objective of (D, K, R), low better; infinite where none is known."""
    return np.asarray(np.min(np.where(np.isnan(values[:, 0]), np.inf, values[:, 0]), axis=0))
