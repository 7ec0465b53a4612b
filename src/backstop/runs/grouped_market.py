"""A market whose terms differ between groups of paths: paths ``n g`` to ``n g + n - 1`` are those of group g.

A tile may hold paths of several groups. Each part of it is a market of its own, and a path depends on the seed, its
number and its group's terms alone.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from backstop.runs.seam import Market
from backstop.terms import Floats, MarketTerms


class _Part(NamedTuple):
    """The paths of one group in a tile, from its lane `offset` on."""

    terms: MarketTerms
    opened: Any
    first_path: int
    offset: int
    lanes: int


class _Tile:
    """The parts of the tile that is being filled."""

    def __init__(self) -> None:
        self.place = (-1, 0)
        self.parts: list[_Part] = []


class GroupedMarket:
    """See `run.seam.Market`; its own terms take the place of those it is asked with.

    Parameters
    ----------
    market
        What fills the seam of a group.
    terms_of
        Terms by number of the group; called from any thread, and for a group many times.
    paths_per_group
        n.
    """

    def __init__(self, market: Market, terms_of: Callable[[int], MarketTerms], paths_per_group: int) -> None:
        self._market, self._terms_of, self._size = market, terms_of, paths_per_group

    def rehearse(self, terms: MarketTerms) -> None:
        """What fills the groups does."""
        self._market.rehearse(terms)

    def open(self, terms: MarketTerms, lanes: int) -> _Tile:
        """A tile without paths: its parts are opened when their groups are known."""
        return _Tile()

    def reset(self, terms: MarketTerms, state: _Tile) -> None:
        """Forget the parts."""
        state.place = (-1, 0)

    def fill(self, terms: MarketTerms, state: _Tile, seed: int, first_path: int, first_day: int, last_day: int,
             log_return: Floats, volatility: Floats, lanes: int) -> None:
        """Part by part."""
        place = int(first_path), int(lanes)
        if state.place != place:
            state.parts, state.place = list(self._parts(*place)), place
        for part in state.parts:
            if part.lanes == lanes:
                self._fill(part, seed, first_day, last_day, log_return, volatility)
                return
            seam = np.empty((2, *log_return.shape[:2], part.lanes))
            self._fill(part, seed, first_day, last_day, seam[0], seam[1])
            here = slice(part.offset, part.offset + part.lanes)
            log_return[..., here], volatility[..., here] = seam

    def _fill(self, part: _Part, seed: int, first_day: int, last_day: int, log_return: Floats,
              volatility: Floats) -> None:
        self._market.fill(part.terms, part.opened, seed, part.first_path, first_day, last_day, log_return, volatility,
                          part.lanes)

    def _parts(self, first_path: int, lanes: int) -> Iterator[_Part]:
        """The tile cut where groups end."""
        path, end = first_path, first_path + lanes
        while path < end:
            group = path // self._size
            n_paths = min((group + 1) * self._size, end) - path
            terms = self._terms_of(group)
            yield _Part(terms, self._market.open(terms, n_paths), path, path - first_path, n_paths)
            path += n_paths
