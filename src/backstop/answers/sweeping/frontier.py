"""Which designs nothing beats, and how surely: the frontier, resampled over paths."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backstop.terms import Floats

Flags = npt.NDArray[np.bool_]
N_FRONTIERS = 400
"""Resamples of paths behind a probability: its own error is 2.5 points at most. [ours]"""
ZONE = 0.01
"""Of the spread of an objective over designs: by less than that, none is better. [ours]"""


def on_frontier(values: Floats, zone: Floats) -> Flags:
    """(D,) whether nothing beats a design, of (D, K) values that are better low.

    One beats another that is at least as good in all objectives, and better by more than `zone` (K,) in one. A value
    that is not known (NaN), or a design that breaks a limit (all NaN), is never on it and beats nothing.
    """
    kept = np.flatnonzero(~np.isnan(values).any(axis=1))
    is_on = np.zeros(len(values), dtype=np.bool_)
    own = values[kept]
    order = np.lexsort(own.T[::-1])
    front: list[int] = []
    # what beats a design by more than the zone is at least as good as something on the plain frontier
    for n in order:
        better = own[front]
        if not ((better <= own[n]).all(axis=1) & (better < own[n]).any(axis=1)).any():
            front.append(int(n))
    best = own[front]
    for n in range(len(own)):
        is_beaten = ((best <= own[n]).all(axis=1) & (best < own[n] - zone).any(axis=1)).any()
        is_on[kept[n]] = not is_beaten
    return is_on


def zones(values: Floats, stated: Sequence[float | None]) -> Floats:
    """(K,) indifference zones: as stated, else `ZONE` of the spread between the 5th and 95th percentile of designs."""
    known = values[~np.isnan(values).any(axis=1)]
    low, high = np.percentile(known, [5.0, 95.0], axis=0) if len(known) else np.zeros((2, values.shape[1]))
    return np.array([ZONE * (h - b) if own is None else own for own, b, h in zip(stated, low, high, strict=True)])


def chance_of_frontier(resampled: Floats, zone: Floats) -> Floats:
    """(D,) share of resamples (D, K, R) in which a design is on the frontier."""
    n = resampled.shape[-1]
    return np.asarray(sum(on_frontier(resampled[..., r], zone).astype(float) for r in range(n)) / n)
