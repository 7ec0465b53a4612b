"""Market paths that share their beginning: each day of a path is that of some path of the market.

A shock follows from the seed, the number of its path and its day alone, so a path that goes on as another did not is
made by changing numbers on a day: the state of the market is kept. Shocks are drawn four days at a time.
"""

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


class _Tile:
    """One lane of the market, and whole paths of the tile that is being filled."""

    def __init__(self, of_market: Any) -> None:
        self.of_market = of_market
        self.place = (-1, 0)
        self.seam = np.empty((2, 0, 0, 0))
        self.lane = np.empty((2, 0, 0, 0))


class LineageMarket:
    """See `run.seam.Market`: path n is `lineages[n]` of `market`.

    Parameters
    ----------
    market
        What fills the seam; a path of it hangs on seed, number and day alone.
    lineages
        By number of the path.
    n_days
        T.
    """

    def __init__(self, market: Market, lineages: Sequence[Lineage], n_days: int) -> None:
        self._market, self._lineages, self._n_days = market, lineages, n_days

    def rehearse(self, terms: MarketTerms) -> None:
        """What fills the lineages does."""
        self._market.rehearse(terms)

    def open(self, terms: MarketTerms, lanes: int) -> _Tile:
        """Memory of one lane; that of a tile comes with the tile."""
        return _Tile(self._market.open(terms, 1))

    def reset(self, terms: MarketTerms, state: _Tile) -> None:
        """Forget the tile."""
        state.place = (-1, 0)

    def fill(self, terms: MarketTerms, state: _Tile, seed: int, first_path: int, first_day: int, last_day: int,
             log_return: Floats, volatility: Floats, lanes: int) -> None:
        """Whole paths of a tile at once, handed out day by day."""
        place = int(first_path), int(lanes)
        if state.place != place:
            self._make(terms, state, seed, place, log_return.shape[1])
            state.place = place
        log_return[..., :lanes], volatility[..., :lanes] = state.seam[:, first_day:last_day]

    def _make(self, terms: MarketTerms, state: _Tile, seed: int, place: tuple[int, int], n_assets: int) -> None:
        first, lanes = place
        state.seam = np.empty((2, self._n_days, n_assets, lanes))
        if state.lane.shape[1] != self._n_days:
            state.lane = np.empty((2, self._n_days, n_assets, 1))
        for lane in range(lanes):
            self._market.reset(terms, state.of_market)
            lineage = self._lineages[first + lane]
            ends = [*(stretch.day for stretch in lineage[1:]), self._n_days]
            for (begins, path), end in zip(lineage, ends, strict=True):
                if begins < end:
                    self._market.fill(terms, state.of_market, seed, path, begins, end, state.lane[0, begins:end],
                                      state.lane[1, begins:end], 1)
            state.seam[..., lane] = state.lane[..., 0]
