"""What may fill the seam between the market and the arms: log returns and volatilities, (T, J, L)."""

from typing import Any, NamedTuple, Protocol

import numpy as np

from backstop.terms import Floats, MarketTerms


class Market(Protocol):
    """A source of market paths; path and day decide what it gives, never the tile or the thread."""

    def is_ready(self) -> bool:
        """Whether it can be asked without compiling first."""

    def open(self, terms: MarketTerms, lanes: int) -> Any:
        """Memory for a tile of `lanes` paths, which one worker keeps."""

    def reset(self, terms: MarketTerms, state: Any) -> None:
        """Back to the opening, in place."""

    def fill(self, terms: MarketTerms, state: Any, seed: int, first_path: int, first_day: int, last_day: int,
             log_return: Floats, volatility: Floats, lanes: int) -> None:
        """Days `first_day` to `last_day` - 1 (from 0) into both (days, J, L) arrays; row 0 is `first_day`."""


class _Opened(NamedTuple):
    """A market's rows, and terms and rows as the kernel takes them."""

    rows: Any
    framed_terms: Any
    framed_rows: Any


class SimulatedMarket:
    """The market kernel: GARCH paths, a replayed window, pinned assets, as the terms say."""

    def is_ready(self) -> bool:
        """See `backstop.kernels.jit.is_compiled`."""
        from backstop.kernels.jit import is_compiled
        from backstop.kernels.market_tile import market_tile

        return is_compiled(market_tile)

    def open(self, terms: MarketTerms, lanes: int) -> Any:
        """See `backstop.kernels.market_tile.open_market`."""
        from backstop.kernels.frames import frame
        from backstop.kernels.market_tile import open_market

        state = open_market(terms, lanes)
        return _Opened(state, frame(terms), frame(state))

    def reset(self, terms: MarketTerms, state: Any) -> None:
        """See `backstop.kernels.market_tile.reset_market`."""
        from backstop.kernels.market_tile import reset_market

        reset_market(terms, state.rows)

    def fill(self, terms: MarketTerms, state: Any, seed: int, first_path: int, first_day: int, last_day: int,
             log_return: Floats, volatility: Floats, lanes: int) -> None:
        """See `backstop.kernels.market_tile.market_tile`."""
        from backstop.kernels.market_tile import market_tile

        market_tile(state.framed_terms, state.framed_rows, np.uint64(seed), np.uint64(first_path), np.uint64(first_day),
                    np.uint64(last_day), log_return, volatility, np.uint64(lanes))
