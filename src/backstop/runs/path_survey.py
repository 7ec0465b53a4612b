"""What a file of market paths holds, found in one pass before a run: refused in one line where it is not enough."""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backstop.errors import DataError
from backstop.market.bounds import MOST_LOG_RETURN
from backstop.runs.path_files import PathFile, Rows
from backstop.terms import Floats, Integers

Booleans: TypeAlias = npt.NDArray[np.bool_]

USUAL_MOVE = 0.1
"""Mean absolute log return a day beyond which returns are in percent. [ours]"""
USUAL_RATIO = 8.0
"""Mean volatility over mean absolute log return: 1.25 to 2 in decimals a day, 20 of a year's, 125 in percent. [ours]"""
LARGEST_MOVE = 50.0
"""Log return over all days, and volatility a day, that no price survives. [ours]"""


class Survey(NamedTuple):
    """What a reader of N paths has to know; G row groups, J assets."""

    first_path: Integers
    last_path: Integers
    """(G,) the paths that each row group reaches over; -1 where it holds none of ours."""
    level: Floats
    """(J,) root mean square of all log returns; of prices, that of the last moves over the root of their days."""


def survey(file: PathFile, assets: tuple[str, ...], n_paths: int, n_days: int) -> Survey:
    """Read all rows once.

    Raises
    ------
    DataError
        Too few paths or days, an asset that is missing, gaps, values that are no numbers or in percent.
    """
    if n_paths > file.n_rows:
        raise DataError(f"{file.path}: has {file.n_rows} rows; {n_paths} paths of {n_days} days and {len(assets)} "
                        f"assets are {n_paths * n_days * len(assets)}: ask for fewer with run.paths, or give more")
    tally = _Tally(file, assets, n_paths, n_days)
    ranges = [tally.add_group(file.rows(group)) for group in range(file.n_groups)]
    tally.check()
    first, last = np.array(ranges, dtype=np.int64).reshape(-1, 2).T
    return Survey(first, last, np.sqrt(tally.squares / (n_paths * n_days)))


class _Tally:
    """What the rows of N paths, T days and J assets come to."""

    def __init__(self, file: PathFile, assets: tuple[str, ...], n_paths: int, n_days: int) -> None:
        self.file, self.assets, self.n_paths, self.n_days = file.path, assets, n_paths, n_days
        self.has_prices = file.has_prices
        self.of_path = np.zeros(n_paths, dtype=np.int64)
        self.of_cell = np.zeros((n_days, len(assets)), dtype=np.int64)
        """Rows of each day and asset, over all paths."""
        self.squares = np.zeros(len(assets))
        self.moves, self.n_moves = 0.0, 0
        """Sum of absolute log returns; of prices, those of the first day alone."""
        self.volatility = 0.0
        """Sum of the volatilities of those moves, where they are given."""
        self.known_paths = self.known_days = 0
        self.beyond = ""
        """What is said of the first return beyond all markets; that they are in percent is said before."""

    def add_group(self, batches: Iterator[Rows]) -> tuple[int, int]:
        """Count a row group; the first and last of our paths in it."""
        first, last = self.n_paths, -1
        for rows in batches:
            self._check_values(rows)
            is_ours = (rows.path < self.n_paths) & (rows.day < self.n_days) & (rows.asset >= 0)
            path, asset = rows.path[is_ours], rows.asset[is_ours]
            np.add(self.of_path, np.bincount(path, minlength=self.n_paths), out=self.of_path)
            cells = np.bincount(rows.day[is_ours] * len(self.assets) + asset, minlength=self.of_cell.size)
            self.of_cell += cells.reshape(self.of_cell.shape)
            volatility = None if rows.volatility is None else rows.volatility[is_ours]
            self._add_moves(rows.day[is_ours], asset, rows.log_move[is_ours], volatility)
            if len(path):
                first, last = min(first, int(path.min())), max(last, int(path.max()))
        return (first, last) if last >= 0 else (-1, -1)

    def _add_moves(self, day: Integers, asset: Integers, x: Floats, volatility: Floats | None) -> None:
        """What of moves tells their size: all returns, or of prices the first day's and those over all days."""
        first, last = (day == 0, day == self.n_days - 1) if self.has_prices else (slice(None), slice(None))
        self.squares += np.bincount(asset[last], x[last] * x[last], minlength=len(self.assets))
        self.moves += float(np.abs(x[first]).sum())
        self.n_moves += len(x[first])
        if volatility is not None:
            self.volatility += float(volatility[first].sum())

    def _check_values(self, rows: Rows) -> None:
        """Refuse numbers that no batch may hold, ours or not."""
        if not len(rows.path):
            return
        for name, values, least in (("path", rows.path, 0), ("day", rows.day + 1, 1)):
            if values.min() < least:
                raise DataError(f"{self.file}: {name} {values.min()}: {name}s are counted from {least}")
        self.known_paths = max(self.known_paths, int(rows.path.max()) + 1)
        self.known_days = max(self.known_days, int(rows.day.max()) + 1)
        with np.errstate(invalid="ignore"):
            is_wrong = ~(np.abs(rows.log_move) < LARGEST_MOVE)
            if self.has_prices:
                self._refuse(rows, "price", np.exp(rows.log_move), is_wrong, "one above 0, 1 at the opening")
            self._refuse(rows, "log_return", rows.log_move, is_wrong, "a decimal, -0.012 say")
            if rows.volatility is not None:
                is_wrong = ~((rows.volatility >= 0.0) & (rows.volatility < LARGEST_MOVE))
                self._refuse(rows, "volatility", rows.volatility, is_wrong, "a decimal a day, or leave the column out")
        largest = int(np.argmax(np.abs(rows.log_move)))
        if not (self.has_prices or self.beyond) and abs(rows.log_move[largest]) > MOST_LOG_RETURN:
            self.beyond = (f"{self.file}: log_return of path {rows.path[largest]}, day {rows.day[largest] + 1}: "
                           f"{rows.log_move[largest]:g} is no move of a day; write {MOST_LOG_RETURN:g} at most")

    def _refuse(self, rows: Rows, name: str, values: Floats, is_wrong: Booleans, remedy: str) -> None:
        if is_wrong.any():
            i = int(np.argmax(is_wrong))
            value = values[i]
            raise DataError(f"{self.file}: {name} of path {rows.path[i]}, day {rows.day[i] + 1}: "
                            f"{'no number' if np.isnan(value) else f'{value:g}'}; write {remedy}")

    def check(self) -> None:
        """Refuse what a run of N paths, T days and J assets cannot be made of."""
        missing = [name for name, n in zip(self.assets, self.of_cell.sum(axis=0), strict=True) if n == 0]
        if missing:
            raise DataError(f"{self.file}: has no rows of {', '.join(missing)}; name assets as in the config")
        if self.known_paths < self.n_paths:
            raise DataError(f"{self.file}: has {self.known_paths} paths, the run {self.n_paths}; write run.paths = "
                            f"{self.known_paths} or less")
        if self.known_days < self.n_days:
            raise DataError(f"{self.file}: has {self.known_days} days, the run {self.n_days}; write run.days = "
                            f"{self.known_days} or less")
        if self.of_path[0] == 0:
            raise DataError(f"{self.file}: has no path 0: paths are counted from 0")
        self._check_gaps()
        usual = self.moves / self.n_moves
        if usual > USUAL_MOVE and self.has_prices:
            raise DataError(f"{self.file}: a usual log return of {usual:.3g} on day 1; write prices over that of the "
                            "opening, 1 before day 1")
        if usual > USUAL_MOVE:
            raise DataError(f"{self.file}: a usual move of {usual:.3g} a day looks like percent; write log returns as "
                            "decimals: 0.012, not 1.2")
        if self.beyond:
            raise DataError(self.beyond)
        expected = self.volatility / self.n_moves
        if usual > 0.0 and expected > USUAL_RATIO * usual:
            raise DataError(f"{self.file}: a usual volatility of {expected:.3g} where prices move {usual:.3g} a day "
                            "looks like percent, or a year's; write decimals a day: 0.012")

    def _check_gaps(self) -> None:
        is_off = self.of_cell != self.n_paths
        if is_off.any():
            day, asset = np.argwhere(is_off)[0]
            raise DataError(f"{self.file}: {self.assets[asset]} on day {day + 1}: {self.of_cell[day, asset]} rows for "
                            f"{self.n_paths} paths; write one row a path, day and asset")
        is_off = self.of_path != self.of_cell.size
        if is_off.any():
            path = int(np.argmax(is_off))
            raise DataError(f"{self.file}: path {path}: {self.of_path[path]} rows for {self.of_cell.size} days and "
                            "assets; write one row a path, day and asset")

