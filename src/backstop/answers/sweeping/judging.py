"""Designs judged: objectives with the sign that makes low better, limits kept or not, in every market model."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate
from backstop.answers.sweeping.batches import SEED, Batches, ratios
from backstop.answers.sweeping.figures import TAILS, estimate, rate
from backstop.answers.sweeping.frontier import N_FRONTIERS, Flags, chance_of_frontier, on_frontier, zones
from backstop.answers.sweeping.objectives import Limit, Quantity
from backstop.answers.sweeping.surely import (
    Level,
    Told,
    beaten,
    critical,
    drawn_chances,
    keeping,
    level_of,
    rate_told,
    told,
)
from backstop.terms import Floats

_AT_A_TIME = 20
"""Resamples at a time: thousands of designs in little memory."""


class Asked(NamedTuple):
    """What designs are judged by.

    Attributes
    ----------
    metrics
        (M) whose sums are kept: those of objectives, limits and rates.
    objectives
        (K).
    zone
        (K) as stated, None for what designs themselves give.
    """

    metrics: tuple[Quantity, ...]
    objectives: tuple[Quantity, ...]
    limits: tuple[Limit, ...]
    zone: tuple[float | None, ...]

    def number(self, metric: str) -> int:
        """Of a metric, by its name."""
        return next(n for n, one in enumerate(self.metrics) if one.metric == metric)


class Judged(NamedTuple):
    """D designs.

    Attributes
    ----------
    is_on, chance
        (D,) on the frontier, and the probability of it over resamples of paths.
    best
        (D,) share of resamples in which its first objective is the best of all that keep the limits.
    """

    is_on: Flags
    chance: Floats
    best: Floats


class Resample(NamedTuple):
    """Values (D, K, R) of objectives, low better, and whether each limit is kept (L, D, R)."""

    values: Floats
    keeps: Flags

    def without(self, limit: int | None = None) -> Floats:
        """Values, NaN where a limit is broken; `limit` is left out."""
        others = self.keeps if limit is None else np.delete(self.keeps, limit, axis=0)
        keeps = np.asarray(others.all(axis=0))
        return np.asarray(np.where(keeps[:, None], self.values, np.nan))


class Judge:
    """Knows what is asked and how paths resample."""

    def __init__(self, asked: Asked, batches: Batches) -> None:
        self.asked, self.batches = asked, batches
        self._draws = batches.draws(N_FRONTIERS)
        self._signs = np.array([-1.0 if one.is_better_high else 1.0 for one in asked.objectives])
        self._uniforms = np.random.default_rng([SEED, 1]).random((len(self._models()), N_FRONTIERS))

    def zone(self, sums: Floats) -> Floats:
        """(K,) of sums (D, M, 2, B): as stated, or what designs that keep the limits give."""
        return zones(self._seen(sums), self.asked.zone) if len(sums) > 1 else np.zeros(len(self.asked.objectives))

    def judge(self, sums: Floats, zone: Floats) -> Judged:
        """Of sums (D, M, 2, B)."""
        chance, best = np.zeros(len(sums)), np.zeros(len(sums))
        for resample in self.resamples(sums):
            values = resample.without()
            chance += chance_of_frontier(values, zone) * values.shape[-1]
            best += best_of(values[:, 0])
        return Judged(on_frontier(self._seen(sums), zone), chance / N_FRONTIERS, best / N_FRONTIERS)

    def _seen(self, sums: Floats) -> Floats:
        """(D, K) objectives on the paths as they are, low better, NaN where a limit is broken."""
        values = self._values(sums, np.ones((self.batches.n, 1)))[..., 0]
        for limit in self.asked.limits:
            values = np.where(self._keeps(sums, limit, None), values, np.nan)
        return values

    def resamples(self, sums: Floats) -> Iterator[Resample]:
        """All resamples, a few at a time; of designs that were run on fewer paths, those draws of them."""
        for first in range(0, N_FRONTIERS, _AT_A_TIME):
            chosen = slice(first, first + _AT_A_TIME)
            values = self._values(sums, self._draws[:, chosen])
            keeps = [self._keeps(sums, limit, chosen) for limit in self.asked.limits]
            yield Resample(values, np.array(keeps, dtype=np.bool_).reshape(len(keeps), len(sums), values.shape[-1]))

    def lost(self, sums: Floats, zone: Floats, n_designs: int, n_looks: int) -> Flags:
        """(D,) designs that surely break a limit, or that one which surely keeps all of them surely beats."""
        models, limits = self._models(), self.asked.limits
        level = level_of(n_designs, n_looks, len(models) * len(limits))
        keeps, breaks = np.ones(len(sums), dtype=np.bool_), np.zeros(len(sums), dtype=np.bool_)
        for limit in limits:
            kept, broken = self._surely(sums, limit, level)
            keeps, breaks = keeps & kept, breaks | broken
        objectives = [Told(one.value * sign, one.added * sign) for one, sign in
                      zip(self.told(sums), self._signs, strict=True)]
        return breaks | beaten(objectives, zone, keeps, critical(level.comparison, self.batches))

    def _surely(self, sums: Floats, limit: Limit, level: Level) -> tuple[Flags, Flags]:
        """(D,) whether a limit is surely kept in all models, surely broken in one."""
        number = self.asked.number(limit.metric)
        found = [keeping(sums[:, number][..., own], self.asked.metrics[number], limit, self.batches.only(own), level)
                 for own in self._models()]
        return (np.all([kept for kept, _ in found], axis=0), np.any([broken for _, broken in found], axis=0))

    def told(self, sums: Floats) -> list[Told]:
        """Of each objective, as it is."""
        found = []
        for one in self.asked.objectives:
            own = told(sums[:, self.asked.number(one.metric)], self.batches)
            over = told(sums[:, self.asked.number(one.over)], self.batches) if one.over else None
            found.append(own if over is None else rate_told(own, over))
        return found

    def _values(self, sums: Floats, draws: Floats) -> Floats:
        """(D, K, R) objectives, low better."""
        found = []
        for one in self.asked.objectives:
            value = _mean(sums[:, self.asked.number(one.metric)], draws)
            if one.over:
                over = _mean(sums[:, self.asked.number(one.over)], draws)
                value = value / np.where(over > 0.0, over, np.nan)
            found.append(value)
        return np.asarray(np.stack(found, axis=1) * self._signs[:, None])

    def _keeps(self, sums: Floats, limit: Limit, chosen: slice | None) -> Flags:
        """(D, R) whether a limit is kept in every model, in some of the resamples; as seen without."""
        number = self.asked.number(limit.metric)
        own, is_event = sums[:, number], self.asked.metrics[number].unit == "bool"
        keeps = []
        for model, batches in enumerate(self._models()):
            if chosen is None:
                value = ratios(own[..., batches].sum(axis=-1))[:, None]
            elif is_event:
                value = drawn_chances(own[..., batches] / self.batches.scale[batches], self._uniforms[model, chosen])
            else:
                value = _mean(own[..., batches], self._draws[batches, chosen])
            keeps.append(value < limit.bound if limit.is_most else value > limit.bound)
        return np.asarray(np.all(keeps, axis=0))

    def worst(self, sums: Floats, limit: Limit, draws: Floats) -> Estimate | None:
        """Of one design's (M, 2, B): what a limit is of, in the model in which it is nearest to breaking."""
        number = self.asked.number(limit.metric)
        counts = sums[number] / self.batches.scale
        found = [estimate(counts[:, own], self.asked.metrics[number].unit, draws[own]) for own in self._models()]
        known = [one for one in found if one is not None]
        return (max if limit.is_most else min)(known, key=lambda one: one.value) if known else None

    def figure(self, sums: Floats, one: Quantity, draws: Floats) -> Estimate | None:
        """An objective of one design's (M, 2, B), as it is."""
        own = sums[self.asked.number(one.metric)]
        return rate(own, sums[self.asked.number(one.over)], draws) if one.over else estimate(own, one.unit, draws)

    def change(self, sums: Floats, other: Floats, draws: Floats) -> Estimate | None:
        """The first objective of one design's (M, 2, B) less that of `other`, as it is, on the same paths."""
        value, drawn = (np.subtract(*self._values(np.stack([sums, other]), times)[:, 0]) * self._signs[0]
                        for times in (np.ones((self.batches.n, 1)), draws))
        if np.isnan(value[0]):
            return None
        lower, upper = np.nanpercentile(drawn, TAILS)
        return Estimate(float(value[0]), float(lower), float(upper))

    def _models(self) -> list[Flags]:
        """Batches of each model."""
        return [self.batches.model == model for model in np.unique(self.batches.model)]


def best_of(values: Floats) -> Floats:
    """(D,) in how many of (D, R) each is the lowest; the share of each among equals, none where none is known."""
    lowest = np.nanmin(np.where(np.isnan(values), np.inf, values), axis=0)
    with np.errstate(invalid="ignore"):
        is_lowest = (values == lowest) & np.isfinite(lowest)
    return np.asarray((is_lowest / np.maximum(is_lowest.sum(axis=0), 1)).sum(axis=1))


def _mean(sums: Floats, draws: Floats) -> Floats:
    """(D, R) from sums (D, 2, B) and draws (B, R)."""
    return ratios(np.moveaxis(sums @ draws, 1, -1))
