"""The market engine at work on many paths: what is timed is what a run calls, seam and all."""

from functools import partial

from backstop.kernels.machine.frames import aligned
from backstop.runs.seam import SimulatedMarket
from backstop.runs.tiles import LANES_IN_VECTOR, MAX_LANES, SEAM_BYTES
from backstop.terms import MarketTerms
from bench.timing import together

SEED = 1


def lanes_of(n_days: int, n_assets: int) -> int:
    """Paths of a tile, by the byte budget of a seam."""
    fitting = SEAM_BYTES // (2 * 8 * n_days * n_assets) // LANES_IN_VECTOR * LANES_IN_VECTOR
    return max(min(fitting, MAX_LANES), LANES_IN_VECTOR)


class MarketTile:
    """One thread's market: its state and its seam, filled tile by tile."""

    def __init__(self, terms: MarketTerms) -> None:
        self.terms = terms
        self.n_days, self.n_assets = terms.overlay.drift.shape
        self.lanes = lanes_of(self.n_days, self.n_assets)
        self.market = SimulatedMarket()
        self.state = self.market.open(terms, self.lanes)
        shape = self.n_days, self.n_assets, self.lanes
        self.log_return, self.volatility = aligned(shape), aligned(shape)

    def fill(self, first_path: int) -> None:
        """All days of the tile from `first_path` on."""
        self.market.reset(self.terms, self.state)
        self.market.fill(self.terms, self.state, SEED, first_path, 0, self.n_days, self.log_return, self.volatility,
                         self.lanes)


class MarketRun:
    """Tiles on threads; at least `n_paths` paths in all, in whole tiles, as many for each thread."""

    def __init__(self, terms: MarketTerms, n_paths: int, threads: int) -> None:
        self.tiles = [MarketTile(terms) for _ in range(threads)]
        lanes = self.tiles[0].lanes
        self.rounds = -(-n_paths // (lanes * threads))
        self.n_paths = self.rounds * lanes * threads
        self.n_steps = self.n_paths * self.tiles[0].n_days * self.tiles[0].n_assets
        """Asset-days."""
        self._work = together([partial(self._fill, number) for number in range(threads)])

    def __call__(self) -> None:
        """All tiles."""
        self._work()

    def _fill(self, number: int) -> None:
        tile = self.tiles[number]
        for turn in range(self.rounds):
            tile.fill((turn * len(self.tiles) + number) * tile.lanes)
