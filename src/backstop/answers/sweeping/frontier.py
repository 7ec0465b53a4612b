"""Which designs nothing beats, and how surely: the frontier, resampled over paths."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backstop.terms import Floats

Flags = npt.NDArray[np.bool_]
N_FRONTIERS = 400
"""Resamples of paths behind a probability: its own error is 2.5 points at most. [ours]"""
_ROWS = 512
"""Designs that are held against the frontier at a time."""
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
    # what beats a design by more than the zone is at least as good as something on the plain frontier
    front = _plain_frontier(own)
    best = own[front]
    for first in range(0, len(own), _ROWS):
        some = own[first : first + _ROWS, None]
        is_beaten = np.any(np.all(best <= some, axis=2) & np.any(best < some - zone, axis=2), axis=1)
        is_on[kept[first : first + _ROWS]] = ~is_beaten
    return is_on


def _plain_frontier(values: Floats) -> list[int]:
    """Rows of (D, K) values to which none is at least as good in all and better in one."""
    order, front = np.lexsort(values.T[::-1]), list[int]()
    for first in range(0, len(order), _ROWS // 8):
        # most of a block is beaten by what stands before it
        block = order[first : first + _ROWS // 8]
        for n in block[~_is_worse(values[block], values[front])]:
            if not _is_worse(values[n : n + 1], values[front])[0]:
                front.append(int(n))
    return front


def _is_worse(some: Floats, than: Floats) -> Flags:
    """(r,) whether a row of (r, K) has some of (f, K) that is at least as good in all, and better in one."""
    one = some[:, None]
    return np.asarray(np.any(np.all(than <= one, axis=2) & np.any(than < one, axis=2), axis=1))


def zones(values: Floats, stated: Sequence[float | None]) -> Floats:
    """(K,) indifference zones: as stated, else `ZONE` of the spread between the 5th and 95th percentile of designs."""
    known = values[~np.isnan(values).any(axis=1)]
    low, high = np.percentile(known, [5.0, 95.0], axis=0) if len(known) else np.zeros((2, values.shape[1]))
    return np.array([ZONE * (h - b) if own is None else own for own, b, h in zip(stated, low, high, strict=True)])


def chance_of_frontier(resampled: Floats, zone: Floats) -> Floats:
    """(D,) share of resamples (D, K, R) in which a design is on the frontier."""
    n = resampled.shape[-1]
    return np.asarray(sum(on_frontier(resampled[..., r], zone).astype(float) for r in range(n)) / n)
