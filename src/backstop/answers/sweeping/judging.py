"""Designs judged: objectives with the sign that makes low better, limits kept or not, in every market model."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate
from backstop.answers.sweeping.batches import Batches, ratios
from backstop.answers.sweeping.figures import estimate
from backstop.answers.sweeping.frontier import N_FRONTIERS, Flags, chance_of_frontier, on_frontier, zones
from backstop.answers.sweeping.objectives import Limit, Quantity
from backstop.terms import Floats


class Judged(NamedTuple):
    """D designs.

    Attributes
    ----------
    is_on, chance
        (D,) on the frontier, and the probability of it over resamples of paths.
    zone
        (K,) within which designs are as good, of each objective.
    """

    is_on: Flags
    chance: Floats
    zone: Floats


class Judge:
    """Knows what is asked: quantities (M), of which the first K are objectives, limits, and how paths resample."""

    def __init__(self, quantities: Sequence[Quantity], n_objectives: int, limits: Sequence[Limit],
                 zone: Sequence[float | None], batches: Batches) -> None:
        self.quantities, self.n_objectives, self.limits, self.zone = quantities, n_objectives, limits, zone
        self.batches = batches
        self._draws = batches.draws(N_FRONTIERS)
        self._signs = np.array([-1.0 if one.is_better_high else 1.0 for one in quantities[:n_objectives]])

    def judge(self, sums: Floats) -> Judged:
        """Of sums (D, M, 2, B)."""
        n_draws = self._draws.shape[1]
        once = self._values(sums, np.ones((self.batches.n, 1)))[..., 0]
        zone = zones(once, self.zone) if len(once) > 1 else np.zeros(self.n_objectives)
        # a few draws at a time: thousands of designs in little memory
        parts = [chance_of_frontier(self._values(sums, self._draws[:, n : n + 20]), zone) * min(20, n_draws - n)
                 for n in range(0, n_draws, 20)]
        return Judged(on_frontier(once, zone), np.asarray(sum(parts) / n_draws), zone)

    def _values(self, sums: Floats, draws: Floats) -> Floats:
        """(D, K, R) objectives, low better; NaN where a limit is broken."""
        totals = sums[:, : self.n_objectives] @ draws
        values = ratios(np.moveaxis(totals, 2, -1)) * self._signs[:, None]
        for limit in self.limits:
            values = np.where(self._keeps(sums, limit, draws)[:, None], values, np.nan)
        return np.asarray(values)

    def _keeps(self, sums: Floats, limit: Limit, draws: Floats) -> Flags:
        """(D, R) whether a limit is kept in every model; an event that no path shows is kept."""
        own, keeps = sums[:, self._number(limit.metric)], np.ones((len(sums), draws.shape[1]), dtype=np.bool_)
        for chosen in self._models():
            value = ratios(np.moveaxis(own[:, :, chosen] @ draws[chosen], 1, -1))
            keeps &= (value < limit.bound) if limit.is_most else (value > limit.bound)
        return keeps

    def worst(self, sums: Floats, limit: Limit, draws: Floats) -> Estimate | None:
        """Of one design's (M, 2, B): what a limit is of, in the model in which it is nearest to breaking."""
        number = self._number(limit.metric)
        found = [estimate(sums[number][:, chosen], self.quantities[number].unit, draws[chosen])
                 for chosen in self._models()]
        known = [one for one in found if one is not None]
        return (max if limit.is_most else min)(known, key=lambda one: one.value) if known else None

    def _models(self) -> list[Flags]:
        """Batches of each model."""
        return [self.batches.model == model for model in np.unique(self.batches.model)]

    def _number(self, metric: str) -> int:
        return next(n for n, one in enumerate(self.quantities) if one.metric == metric)
