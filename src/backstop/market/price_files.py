"""One series of a price file: its days, rising, and prices above 0, or a line for everything that is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from backstop.market.price_columns import day_column, is_known, price_column
from backstop.tables.dates import FIRST_YEAR, LAST_YEAR, WANTED, DaysRead, read_days
from backstop.tables.faults import Faults, shown
from backstop.tables.numbers import read_numbers
from backstop.tables.table import Table, read_table

Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

MIN_PRICES = 2
MIN_LEVEL_AUTOCORRELATION = 0.5
"""Prices wander, so their level resembles yesterday's; returns, and 1 + returns, do not. [ours]"""
MIN_ROWS_FOR_SHAPE = 30
MANY_BELOW_0 = 0.2
"""Share of rows below 0, and above, from which the column holds returns. [ours]"""


@dataclass(frozen=True, eq=False)
class PriceRows:
    """A series as a file has it, oldest first; `places` counts lines or rows of the file from 1, as `word` says."""

    file: str
    column: str
    days: Days
    prices: Floats
    places: Integers
    word: str
    notes: tuple[str, ...]


def read_price_file(path: Path, column: str | None = None, left_out: Sequence[str] = ()) -> PriceRows:
    """One price column of a file, with its days.

    Parameters
    ----------
    path
        CSV, workbook or parquet.
    column
        The price column; without it, the one with a customary name or the only one there is.
    left_out
        Cells that say there was no price that day.

    Raises
    ------
    DataError
        The file is no table, its columns are not certain, or rows of it are wrong: all of them, a line each.
    """
    table = read_table(path, is_known)
    day = day_column(table)
    price = price_column(table, day.position, column)
    table = _without_blanks(table, day.position, price.position, left_out)
    faults = Faults(table.file)
    if table.n_rows < MIN_PRICES:
        faults.add(f"{table.n_rows} rows of prices; at least {MIN_PRICES} are needed")
        faults.raise_any()
    read = read_days(table.columns[day.position])
    _check_days(faults, table, day.position, read)
    prices = _checked_prices(faults, table, price.position, read.days)
    order = _order(faults, table, read.days)
    faults.raise_any()
    days: Days = read.days.to_numpy().astype("datetime64[D]")
    _check_shape(faults, table, price.position, prices[order])
    faults.raise_any()
    notes = [*table.notes, *filter(None, (day.note, price.note))]
    return PriceRows(table.file, table.names[price.position], days[order], prices[order], table.places[order],
                     table.word, tuple(f"{table.file}: {note}" for note in notes))


def _without_blanks(table: Table, day: int, price: int, left_out: Sequence[str]) -> Table:
    """The rows that say something, of days that have a price."""
    days, prices = table.columns[day], table.columns[price]
    keep = days.is_not_null() | prices.is_not_null()
    if left_out:
        keep &= prices.is_not_null() & ~prices.cast(pl.String).is_in(list(left_out))
    return table if keep.all() else table.rows(np.flatnonzero(keep.to_numpy()))


def _check_days(faults: Faults, table: Table, position: int, read: DaysRead) -> None:
    cells, name = table.columns[position], table.names[position] or "date"
    if read.problem is not None:
        faults.add(f"{name}: {read.problem}")
        return
    wrong = np.flatnonzero(read.days.is_null().to_numpy()).tolist()
    like = f"no date like {shown(read.form)}, as others in the file are" if len(wrong) < table.n_rows else (
        f"no date between {FIRST_YEAR} and {LAST_YEAR} of a form that is known")
    faults.add_rows([table.where(row) for row in wrong],
                    [f"{name} is {shown(cells[row])}, {like}; {WANTED}" for row in wrong])


def _checked_prices(faults: Faults, table: Table, position: int, days: pl.Series) -> Floats:
    cells, name = table.columns[position], table.names[position]
    read = read_numbers(cells, table.columns)
    prices: Floats = read.values.to_numpy().astype(np.float64)
    if read.problem is not None:
        faults.add(f"{name}: {read.problem}")
    elif read.is_percent:
        faults.add(f"{name} is in per cent, so no prices; give prices")
    elif _are_returns(prices):
        unit = "returns in percent" if np.nanmedian(np.abs(prices)) > 0.1 else "returns"
        faults.add(f"{name} looks like {unit}, not prices; give prices, like 100 times the cumulated product of "
                   "1 + return")
    else:
        _add_wrong(faults, table, days, ~np.isfinite(prices), [
            f"{name} is {shown(cell)}; give the price as a plain number like 3025.69, or leave the row out"
            for cell in cells])
        _add_wrong(faults, table, days, np.isfinite(prices) & (prices <= 0.0), [
            f"{name} is {price:g}; prices must be above 0: mend the row or leave it out" for price in prices])
    return prices


def _are_returns(prices: Floats) -> bool:
    return min(float(np.mean(prices < 0.0)), float(np.mean(prices > 0.0))) > MANY_BELOW_0


def _add_wrong(faults: Faults, table: Table, days: pl.Series, is_wrong: Booleans, texts: Sequence[str]) -> None:
    wrong = np.flatnonzero(is_wrong).tolist()
    faults.add_rows([_where(table, days, row) for row in wrong], [texts[row] for row in wrong])


def _where(table: Table, days: pl.Series, row: int) -> str:
    return table.where(row) if days[row] is None else f"{table.where(row)} ({days[row]})"


def _order(faults: Faults, table: Table, days: pl.Series) -> Integers:
    """The order of rows, oldest first, of a file that is sorted either way."""
    known = np.flatnonzero(days.is_not_null().to_numpy())
    numbers = days.to_physical().gather(known).to_numpy().astype(np.int64)
    is_newest_first = len(numbers) > 1 and np.mean(np.diff(numbers) < 0) > 0.5
    steps = -np.diff(numbers) if is_newest_first else np.diff(numbers)
    _, first = np.unique(numbers, return_index=True)
    is_repeated = ~np.isin(np.arange(len(numbers)), first)
    is_late = np.concatenate([[False], steps < 0]) & ~is_repeated
    repeated, late = known[is_repeated].tolist(), known[is_late].tolist()
    faults.add_rows([_where(table, days, row) for row in repeated],
                    [f"this date is there twice; keep one row a day{_splitting(table, days)}"] * len(repeated))
    oldest = "newest first like the rest" if is_newest_first else "oldest first"
    before = dict(zip(known[1:].tolist(), known[:-1].tolist(), strict=True))
    faults.add_rows([_where(table, days, row) for row in late],
                    [f"comes after {days[before[row]]}; sort the rows by date, {oldest}" for row in late])
    order = np.arange(table.n_rows)
    return order[::-1].copy() if is_newest_first else order


def _splitting(table: Table, days: pl.Series) -> str:
    """A column by which rows of the same day differ, such as a ticker."""
    for name, column in zip(table.names, table.columns, strict=True):
        if column.dtype == pl.String and 1 < column.n_unique() <= len(days) / 2:
            pairs = pl.DataFrame({"day": days, "key": column})
            if pairs.n_unique() == len(pairs):
                some = ", ".join(map(str, column.unique(maintain_order=True).head(3).to_list()))
                return f": those of one {name or 'series'} alone ({some}, ...), or a column for each"
    return ""


def _check_shape(faults: Faults, table: Table, position: int, prices: Floats) -> None:
    name = table.names[position]
    if np.ptp(prices) == 0.0:
        faults.add(f"{name} is {prices[0]:g} in every row; give a price that moves: a constant has no risk to fit")
        return
    scaled = prices / prices.max()
    centred = scaled - scaled.mean()
    likeness = float(centred[1:] @ centred[:-1] / (centred @ centred))
    if len(prices) >= MIN_ROWS_FOR_SHAPE and likeness < MIN_LEVEL_AUTOCORRELATION and _turns_back(prices):
        faults.add(f"{name} does not wander like a price but falls back to {prices.mean():g} each day, like 1 + "
                   "return; give prices")


def _turns_back(prices: Floats) -> bool:
    """Whether moves are undone the day after, as those of 1 + returns are, all along and not by a few ticks."""
    moves = np.sign(np.diff(np.log(prices)))
    return float(np.mean(moves[1:] * moves[:-1] < 0.0)) > 0.6
