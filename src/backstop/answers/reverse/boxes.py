"""A box and the doubts about it: each bound's quasi-p, and how often it returns in half of the paths.

Bryant and Lempert (2010), Thinking inside the box, Technological Forecasting and Social Change 77: a bound's quasi-p is
the chance that as much failure would lie in the box, if the bound had nothing to do with it. Quasi, as the bound was
chosen for its failure on the same paths.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.reverse.prim import Box, Flags, best_box, box_of, inside
from backstop.terms import Floats

N_HALVES = 10
SEED_OF_HALVES = 23


class Bound(NamedTuple):
    """Of one feature of a box; None for an end that is open.

    Attributes
    ----------
    quasi_p
        Chance of as much failure without the bound's doing.
    returns
        Share of half-samples whose box bounds the feature too.
    """

    feature: str
    low: float | None
    high: float | None
    quasi_p: float
    returns: float


class FailureBox(NamedTuple):
    """The box, its bounds, and the trajectory it was taken from: (coverage, density, mass, bounds) each."""

    coverage: float
    density: float
    mass: float
    overlap: float
    """Of boxes of half-samples with this one: paths in both over paths in either, mean."""
    bounds: tuple[Bound, ...]
    trajectory: tuple[tuple[float, float, float, int], ...]


def failure_box(names: Sequence[str], x: Floats, is_failure: Flags, weight: Floats) -> FailureBox:
    """Where failure is dense, from features (N, K) called `names`."""
    box, trajectory = best_box(x, is_failure, weight)
    halves = _halves(x, is_failure, weight)
    own = inside(x, box.low, box.high)
    overlaps = []
    for half in halves:
        other = inside(x, half.low, half.high)
        overlaps.append(weight[own & other].sum() / weight[own | other].sum())
    bounds = tuple(Bound(names[k], _end(box.low[k]), _end(box.high[k]), _quasi_p(x, is_failure, weight, box, k),
                         float(np.mean([k in half.restricted for half in halves]))) for k in box.restricted)
    return FailureBox(box.coverage, box.density, box.mass, float(np.mean(overlaps)), bounds,
                      tuple((one.coverage, one.density, one.mass, len(one.restricted)) for one in trajectory))


def _end(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _halves(x: Floats, is_failure: Flags, weight: Floats) -> list[Box]:
    """Boxes of random halves of the paths, each with half of the failures."""
    rng, found = np.random.default_rng(SEED_OF_HALVES), []
    for _ in range(N_HALVES):
        chosen = np.concatenate([rng.permutation(of)[: max(len(of) // 2, 1)] for of in
                                 (np.flatnonzero(is_failure), np.flatnonzero(~is_failure))])
        found.append(best_box(x[chosen], is_failure[chosen], weight[chosen])[0])
    return found


def _quasi_p(x: Floats, is_failure: Flags, weight: Floats, box: Box, k: int) -> float:
    """Binomial chance of as many failures in the box at the density of the box without the bounds of feature k."""
    from scipy.stats import binom

    low, high = box.low.copy(), box.high.copy()
    low[k], high[k] = -np.inf, np.inf
    density = box_of(x, is_failure, weight, low, high).density
    chosen = inside(x, box.low, box.high)
    return float(binom.sf(int((chosen & is_failure).sum()) - 1, int(chosen.sum()), density))
