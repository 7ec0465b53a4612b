"""What may fill the seam between the market and the arms: log returns and volatilities, (T, J, L)."""

from typing import Any, Protocol

from backstop.terms import Floats, MarketTerms

MOST_WORKS = 1024
"""Places to fill that a worker remembers: the calls of a horizon."""


class Market(Protocol):
    """A source of market paths; path and day decide what it gives, never the tile or the thread."""

    def rehearse(self, terms: MarketTerms) -> None:
        """Calls in no lanes, from which it is known what must be compiled (`jit.make_ready`)."""

    def open(self, terms: MarketTerms, lanes: int) -> Any:
        """Memory for a tile of `lanes` paths, which one worker keeps."""

    def reset(self, terms: MarketTerms, state: Any) -> None:
        """Back to the opening, in place."""

    def fill(self, terms: MarketTerms, state: Any, seed: int, first_path: int, first_day: int, last_day: int,
             log_return: Floats, volatility: Floats, lanes: int) -> None:
        """Days `first_day` to `last_day` - 1 (from 0) into both (days, J, L) arrays; row 0 is `first_day`."""


class _Opened:
    """A market's rows, and all that its kernel works on, by where it is to be filled in."""

    def __init__(self, terms: MarketTerms, rows: Any) -> None:
        from backstop.kernels.machine.frames import frame

        self.rows = rows
        self._framed = frame(terms), frame(rows)
        self._works: dict[tuple[int, int, tuple[int, ...]], Any] = {}

    def work_on(self, log_return: Floats, volatility: Floats) -> Any:
        """See `backstop.kernels.market.tile.market_work`; it keeps both arrays, so that no other takes their place."""
        from backstop.kernels.market.tile import market_work

        place = log_return.ctypes.data, volatility.ctypes.data, log_return.shape
        if place not in self._works:
            if len(self._works) == MOST_WORKS:
                self._works.clear()
            self._works[place] = market_work(*self._framed, log_return, volatility)
        return self._works[place]


class SimulatedMarket:
    """The market kernel: GARCH paths, a replayed window, pinned assets, as the terms say."""

    def rehearse(self, terms: MarketTerms) -> None:
        """See `backstop.kernels.market.tile.rehearse_market`."""
        from backstop.kernels.market.tile import rehearse_market

        rehearse_market(terms)

    def open(self, terms: MarketTerms, lanes: int) -> Any:
        """See `backstop.kernels.market.tile.open_market`."""
        from backstop.kernels.market.tile import open_market

        return _Opened(terms, open_market(terms, lanes))

    def reset(self, terms: MarketTerms, state: Any) -> None:
        """See `backstop.kernels.market.tile.reset_market`."""
        from backstop.kernels.market.tile import reset_market

        reset_market(terms, state.rows)

    def fill(self, terms: MarketTerms, state: Any, seed: int, first_path: int, first_day: int, last_day: int,
             log_return: Floats, volatility: Floats, lanes: int) -> None:
        """See `backstop.kernels.market.tile.market_tile`."""
        from backstop.kernels.market.tile import market_tile

        market_tile(state.work_on(log_return, volatility), seed, first_path, first_day, last_day, lanes)
