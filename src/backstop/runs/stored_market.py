"""A market whose paths a file gives: simulated elsewhere, or by ``backstop simulate``.

Volatilities that the file does not give are RiskMetrics' (J. P. Morgan 1996), ``sigma_t**2 = lambda sigma_(t-1)**2 +
(1 - lambda) x_(t-1)**2`` with lambda 0.94, on day 1 the root mean square of all returns of the asset, which of prices
is told by their moves over all days [ours].
"""

from pathlib import Path

import numpy as np

from backstop.errors import DataError
from backstop.runs.path_files import PathFile
from backstop.runs.path_survey import survey
from backstop.terms import Floats, MarketTerms

DECAY = 0.94


class StoredMarket:
    """Paths 0 to N - 1 of a file, checked before any of them is asked for.

    Parameters
    ----------
    file
        Parquet, see `run.path_files`.
    assets
        Names of the market's assets, in order.
    n_paths, n_days
        What is needed of the file; it may hold more.

    Raises
    ------
    DataError
        The file cannot be read, or does not hold what is needed.
    """

    def __init__(self, file: Path, assets: tuple[str, ...], n_paths: int, n_days: int) -> None:
        self.file, self.assets, self.n_days = file, assets, n_days
        self.survey = survey(PathFile(file, assets), assets, n_paths, n_days)

    def rehearse(self, terms: MarketTerms) -> None:
        """Nothing of it is compiled."""

    def open(self, terms: MarketTerms, lanes: int) -> "_Reader":
        """A reader with memory for a tile."""
        return _Reader(self, lanes)

    def reset(self, terms: MarketTerms, state: "_Reader") -> None:
        """A tile stays as it was read."""

    def fill(self, terms: MarketTerms, state: "_Reader", seed: int, first_path: int, first_day: int, last_day: int,
             log_return: Floats, volatility: Floats, lanes: int) -> None:
        """The file's paths, whatever the seed; see `run.seam.Market`."""
        state.turn_to(int(first_path), int(lanes))
        log_return[..., :lanes] = state.log_return[first_day:last_day, :, :lanes]
        volatility[..., :lanes] = state.volatility[first_day:last_day, :, :lanes]


class _Reader:
    """A tile of paths in memory, (T, J, L) arrays."""

    def __init__(self, market: StoredMarket, lanes: int) -> None:
        self._market, self._file = market, PathFile(market.file, market.assets)
        self._tile = (-1, 0)
        self.log_return, self.volatility = np.empty((2, market.n_days, len(market.assets), lanes))

    def turn_to(self, first_path: int, lanes: int) -> None:
        """Read paths `first_path` to ``first_path + lanes - 1``, unless they are here."""
        if self._tile == (first_path, lanes):
            return
        self._tile = (-1, 0)
        self.log_return[:] = np.nan
        found = self._market.survey
        for group in np.flatnonzero((found.first_path < first_path + lanes) & (found.last_path >= first_path)):
            self._read(int(group), first_path, lanes)
        if np.isnan(self.log_return[..., :lanes]).any():
            self._refuse(first_path, lanes)
        if self._file.has_prices:
            self.log_return[1:] = np.diff(self.log_return, axis=0)
        if not self._file.has_volatility:
            self._estimate_volatility()
        self._tile = (first_path, lanes)

    def _read(self, group: int, first_path: int, lanes: int) -> None:
        for rows in self._file.rows(group):
            lane = rows.path - first_path
            is_here = (lane >= 0) & (lane < lanes) & (rows.day < self._market.n_days) & (rows.asset >= 0)
            place = rows.day[is_here], rows.asset[is_here], lane[is_here]
            self.log_return[place] = rows.log_move[is_here]
            if rows.volatility is not None:
                self.volatility[place] = rows.volatility[is_here]

    def _refuse(self, first_path: int, lanes: int) -> None:
        day, asset, lane = np.argwhere(np.isnan(self.log_return[..., :lanes]))[0]
        raise DataError(f"{self._file.path}: path {first_path + lane}, day {day + 1}: no row of "
                        f"{self._market.assets[asset]}, and another one twice; write one row a path, day and asset")

    def _estimate_volatility(self) -> None:
        variance = np.broadcast_to((self._market.survey.level**2)[:, None], self.log_return.shape[1:])
        for day, x in enumerate(self.log_return):
            self.volatility[day] = np.sqrt(variance)
            variance = DECAY * variance + (1.0 - DECAY) * x * x
