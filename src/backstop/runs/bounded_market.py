"""A market that refuses what no market can do, naming asset, model, path and day: nothing explodes in silence."""

from typing import Any

import numpy as np

from backstop.errors import MarketExploded
from backstop.market.bounds import MOST_LOG_RETURN
from backstop.runs.seam import Market
from backstop.terms import Floats, MarketTerms, VolatilityLevel


class BoundedMarket:
    """`market` with a check of all that it fills in; see `backstop.runs.seam.Market`.

    Parameters
    ----------
    market
        What fills the seam.
    assets
        (J,) names, for what is said.
    models
        By asset, what it was fitted with; an asset that is not there was written or given.
    """

    def __init__(self, market: Market, assets: tuple[str, ...], models: dict[str, str] | None = None) -> None:
        self._market, self._assets, self._models = market, assets, models or {}

    def rehearse(self, terms: MarketTerms) -> None:
        """What it bounds does."""
        self._market.rehearse(terms)

    def open(self, terms: MarketTerms, lanes: int) -> Any:
        """Memory of the market."""
        return self._market.open(terms, lanes)

    def reset(self, terms: MarketTerms, state: Any) -> None:
        """The market's."""
        self._market.reset(terms, state)

    def fill(self, terms: MarketTerms, state: Any, seed: int, first_path: int, first_day: int, last_day: int,
             log_return: Floats, volatility: Floats, lanes: int) -> None:
        """See `backstop.runs.seam.Market.fill`.

        Raises
        ------
        MarketExploded
            A return beyond `MOST_LOG_RETURN`, or one that is no number.
        """
        self._market.fill(terms, state, seed, first_path, first_day, last_day, log_return, volatility, lanes)
        filled = log_return[:, :, :lanes]
        # written so that a NaN, which both extremes hand on, is caught as well
        if filled.size and not (filled.max() <= MOST_LOG_RETURN and filled.min() >= -MOST_LOG_RETURN):
            self._refuse(terms, filled, int(first_path), int(first_day))

    def _refuse(self, terms: MarketTerms, filled: Floats, first_path: int, first_day: int) -> None:
        """Name the first day of the first path on which it happened, and the asset that began it."""
        is_beyond = ~(np.abs(filled) <= MOST_LOG_RETURN)
        lane = int(np.argmax(is_beyond.any(axis=(0, 1))))
        day, asset = np.argwhere(is_beyond[:, :, lane])[0]
        name, value = self._assets[asset], filled[day, asset, lane]
        raise MarketExploded(
            f"{name}: its model ({self._models.get(name, 'as written')}) gives a log return of {value:.4g} on day "
            f"{first_day + day + 1} of path {first_path + lane}, beyond {MOST_LOG_RETURN:g}; "
            f"{_cause(terms, int(asset))}")


def _cause(terms: MarketTerms, asset: int) -> str:
    """What makes such a return, and what helps."""
    if int(terms.factor.asset[asset]) >= 0 and abs(terms.factor.beta[asset]) > 1.0:
        return "it follows another asset with a beta above 1; look at that asset's model too"
    if terms.volatility.kind[asset] == VolatilityLevel.LOGS:
        return ("the log of an egarch's variance answers to a shock in proportion, so that one tail event of a fat "
                "law can multiply volatility without bound; look for a wrong price in the data, or fit garch, gjr or "
                "tarch")
    return ("look for a wrong price in the data, for shocks, jumps, drift or a volatility multiplier that are too "
            "large, or for a persistence near 1")
