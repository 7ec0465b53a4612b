"""Intervals for what has no formula, a choice or an area: the bootstrap, over batches of paths.

Paths, or the groups that share parameters, are independent, so that sums over batches of them resample as they do, at
a cost that does not grow with their number (Efron and Tibshirani 1993, chapter 13: percentile intervals).
"""

from collections.abc import Callable

import numpy as np

from backstop.answers.estimators import Estimate
from backstop.terms import Floats, Integers

MOST_BATCHES = 200
N_RESAMPLES = 2000
_SEED = 5
_TAILS = (2.5, 97.5)


def batch_sums(values: Floats, group: Integers | None) -> Floats:
    """(..., B) sums over batches of paths of (..., N), of as equal size as may be; no batch parts a `group`."""
    starts = np.arange(values.shape[-1]) if group is None else np.flatnonzero(np.diff(group, prepend=-1))
    n_batches = min(MOST_BATCHES, len(starts))
    firsts = starts[np.arange(n_batches) * len(starts) // n_batches]
    return np.asarray(np.add.reduceat(values, firsts, axis=-1))


def resampled(sums: Floats) -> Floats:
    """(..., R) totals of (..., B) batches drawn with replacement; the same draws for all of equal B."""
    n_batches = sums.shape[-1]
    draws = np.random.default_rng(_SEED).multinomial(n_batches, np.full(n_batches, 1.0 / n_batches), N_RESAMPLES)
    return np.asarray(sums @ draws.T)


def bootstrap(values: Floats, group: Integers | None, statistic: Callable[[Floats], Floats]) -> Estimate:
    """`statistic` of the totals of (..., N) over paths, with its percentile interval.

    Parameters
    ----------
    statistic
        From totals (..., R) to (R,).
    """
    sums = batch_sums(values, group)
    value = float(statistic(sums.sum(axis=-1, keepdims=True))[0])
    lower, upper = np.percentile(statistic(resampled(sums)), _TAILS, method="nearest")
    return Estimate(value, float(lower), float(upper))
