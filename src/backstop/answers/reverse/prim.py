"""Boxes in which failure is dense: the patient rule induction method (Friedman and Fisher 1999), weighted, own code.

A box is peeled: of all thin slices at its ends, the one whose removal leaves the densest box goes, again and again. The
trajectory says what density costs in coverage; the box taken has the largest harmonic mean of both. [ours]
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstop.terms import Floats

Flags = npt.NDArray[np.bool_]
PEEL_FRAC = 0.05
"""Part of a box that a slice has. [ours]"""
LEAST_MASS = 0.02
"""Share of all paths that a box keeps at least. [ours]"""


class Box(NamedTuple):
    """Bounds of K features, infinite where there is none.

    Attributes
    ----------
    coverage
        Share of all failure that lies in it.
    density
        Chance of failure in it.
    mass
        Share of all paths that lie in it.
    """

    low: Floats
    high: Floats
    coverage: float
    density: float
    mass: float

    @property
    def restricted(self) -> list[int]:
        """Numbers of the features that it bounds."""
        return [int(k) for k in np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high))]

    @property
    def harmonic(self) -> float:
        """Of coverage and density."""
        both = self.coverage + self.density
        return 2.0 * self.coverage * self.density / both if both > 0.0 else 0.0


def inside(x: Floats, low: Floats, high: Floats) -> Flags:
    """(N,) whether paths of features (N, K) lie in a box."""
    return np.asarray(((x >= low) & (x <= high)).all(axis=1))


def box_of(x: Floats, is_failure: Flags, weight: Floats, low: Floats, high: Floats) -> Box:
    """The box with these bounds and what it holds."""
    chosen = inside(x, low, high)
    held = float(weight[chosen].sum())
    failing = float(weight[chosen & is_failure].sum())
    return Box(low, high, failing / float(weight[is_failure].sum()), failing / held if held else 0.0,
               held / float(weight.sum()))


def peeled(x: Floats, is_failure: Flags, weight: Floats) -> list[Box]:
    """The trajectory, from all paths to the smallest box."""
    n_features = x.shape[1]
    box = box_of(x, is_failure, weight, np.full(n_features, -np.inf), np.full(n_features, np.inf))
    found = [box]
    while True:
        smaller = [one for one in _slices(x, is_failure, weight, box) if LEAST_MASS <= one.mass < box.mass]
        if not smaller or box.density == 1.0:
            return found
        box = max(smaller, key=lambda one: (one.density, one.mass))
        found.append(box)


def _slices(x: Floats, is_failure: Flags, weight: Floats, box: Box) -> list[Box]:
    """The box without its lowest, or its highest part, of each feature."""
    chosen, found = inside(x, box.low, box.high), list[Box]()
    own = x[chosen]
    for k in range(x.shape[1]):
        values = np.unique(own[:, k])
        if len(values) < 2:
            continue
        low, high = np.quantile(own[:, k], [PEEL_FRAC, 1.0 - PEEL_FRAC])
        # ties go together, and something must go
        next_low = values[min(int(np.searchsorted(values, low, side="right")), len(values) - 1)]
        next_high = values[max(int(np.searchsorted(values, high, side="left")) - 1, 0)]
        for name, value in (("low", next_low), ("high", next_high)):
            bounds = {"low": box.low.copy(), "high": box.high.copy()}
            bounds[name][k] = value
            found.append(box_of(x, is_failure, weight, **bounds))
    return found


def best_box(x: Floats, is_failure: Flags, weight: Floats) -> tuple[Box, list[Box]]:
    """The box of the largest harmonic mean without bounds that do nothing for it, and the whole trajectory."""
    trajectory = peeled(x, is_failure, weight)
    box = max(trajectory, key=lambda one: one.harmonic)
    for k in box.restricted:
        low, high = box.low.copy(), box.high.copy()
        low[k], high[k] = -np.inf, np.inf
        wider = box_of(x, is_failure, weight, low, high)
        if wider.harmonic >= box.harmonic:
            box = wider
    return box, trajectory
