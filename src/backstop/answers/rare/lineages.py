"""Market paths that share their beginning: each day of a path is that of some path of the market.

A shock follows from the seed, the number of its path and its day alone, so a path that goes on as another did not is
made by changing numbers on a day: the state of the market is kept. Shocks are drawn four days at a time.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from backstop.kernels.market.volatility import DRAW_DAYS
from backstop.runs.seam import Market
from backstop.terms import Floats, MarketTerms


class Stretch(NamedTuple):
    """From `day` (from 0) on, up to the next stretch, the shocks of path `path` of the market."""

    day: int
    path: int


Lineage: TypeAlias = tuple[Stretch, ...]
"""Stretches of one path, the first from day 0."""


def branched(parent: Lineage, day: int, path: int) -> Lineage:
    """`parent` up to the first day that shocks can change on, `day` (from 0) or later; from there on `path`."""
    begins = -(-day // DRAW_DAYS) * DRAW_DAYS
    return (*(stretch for stretch in parent if stretch.day < begins), Stretch(begins, path))


class OneLane:
    """One lane of the market, and whole paths of the tile that is being filled."""

    def __init__(self, terms: MarketTerms, of_market: Any) -> None:
        self.terms, self.of_market = terms, of_market
        self.place = (-1, 0)
        self.seam = np.empty((2, 0, 0, 0))
        self.lane = np.empty((2, 0, 0, 0))


class LaneMarket(ABC):
    """See `run.seam.Market`: each path is made by itself, all its days at once, and handed out day by day.

    Parameters
    ----------
    market
        What fills the seam; a path of it hangs on seed, number and day alone.
    n_days
        T.
    """

    def __init__(self, market: Market, n_days: int) -> None:
        self._market, self._n_days = market, n_days

    def rehearse(self, terms: MarketTerms) -> None:
        """What fills the lanes does."""
        self._market.rehearse(terms)

    def open(self, terms: MarketTerms, lanes: int) -> OneLane:
        """Memory of one lane, and terms of its own; that of a tile comes with the tile."""
        own = self._own(terms)
        return OneLane(own, self._market.open(own, 1))

    def reset(self, terms: MarketTerms, state: OneLane) -> None:
        """Forget the tile."""
        state.place = (-1, 0)

    def fill(self, terms: MarketTerms, state: OneLane, seed: int, first_path: int, first_day: int, last_day: int,
             log_return: Floats, volatility: Floats, lanes: int) -> None:
        """Whole paths of a tile at once, handed out day by day."""
        place = int(first_path), int(lanes)
        if state.place != place:
            self._make(state, seed, place, log_return.shape[1])
            state.place = place
        log_return[..., :lanes], volatility[..., :lanes] = state.seam[:, first_day:last_day]

    def _make(self, state: OneLane, seed: int, place: tuple[int, int], n_assets: int) -> None:
        first, lanes = place
        state.seam = np.empty((2, self._n_days, n_assets, lanes))
        if state.lane.shape[1] != self._n_days:
            state.lane = np.empty((2, self._n_days, n_assets, 1))
        for lane in range(lanes):
            self._market.reset(state.terms, state.of_market)
            self._make_path(state, seed, first + lane)
            state.seam[..., lane] = state.lane[..., 0]

    def _days(self, state: OneLane, seed: int, path: int, begins: int, end: int) -> None:
        """Days `begins` to `end` - 1 of path `path` of the market into the lane."""
        if begins < end:
            self._market.fill(state.terms, state.of_market, seed, path, begins, end, state.lane[0, begins:end],
                              state.lane[1, begins:end], 1)

    def _own(self, terms: MarketTerms) -> MarketTerms:
        """What a worker's lane reads."""
        return terms

    @abstractmethod
    def _make_path(self, state: OneLane, seed: int, number: int) -> None:
        """All days of path `number` into the lane, whose market stands at its opening."""


class LineageMarket(LaneMarket):
    """Path n is `lineages[n]` of `market`.

    Parameters
    ----------
    lineages
        By number of the path.
    """

    def __init__(self, market: Market, lineages: Sequence[Lineage], n_days: int) -> None:
        super().__init__(market, n_days)
        self._lineages = lineages

    def _make_path(self, state: OneLane, seed: int, number: int) -> None:
        lineage = self._lineages[number]
        ends = [*(stretch.day for stretch in lineage[1:]), self._n_days]
        for (begins, path), end in zip(lineage, ends, strict=True):
            self._days(state, seed, path, begins, end)
