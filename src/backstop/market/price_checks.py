"""Turns the text of a price table into days and prices, or refuses with the first row that is wrong.

Each refusal is one line: file, row and date, what is wrong, what to write instead.
"""

from typing import NoReturn

import numpy as np
import numpy.typing as npt
import polars as pl

from backstop.errors import DataError
from backstop.market.price_files import PriceTable

Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]

MIN_PRICES = 2
JUMP_FACTOR = 5.0
"""A price that moves by more than this from one row to the next has changed its unit. [ours]"""
MIN_LEVEL_AUTOCORRELATION = 0.5
"""Prices wander, so their level resembles yesterday's; returns, and 1 + returns, do not. [ours]"""
MIN_ROWS_FOR_SHAPE = 30

_DATE_FORMS = (
    (r"^\s*(\d{4}-\d{1,2}-\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?\s*$", "%Y-%m-%d"),
    (r"^\s*(\d{4}/\d{1,2}/\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?\s*$", "%Y/%m/%d"),
    (r"^\s*(\d{8})\s*$", "%Y%m%d"),
)


def checked_days(table: PriceTable, date_format: str | None = None) -> Days:
    """Days (n,) of a table, strictly rising.

    Raises
    ------
    DataError
        Too few rows, or a date that is empty, no date, twice there or out of order.
    """
    dates = table.frame["date"]
    if len(dates) < MIN_PRICES:
        raise DataError(f"{table.file}: {len(dates)} rows of prices; at least {MIN_PRICES} are needed")
    parsed = _parsed_days(dates, date_format)
    if parsed.null_count():
        row = _first(parsed.is_null())
        _refuse(table, row, None, f"date {_shown(dates[row])} is not a date like the others in the file; "
                "write dates as 2015-06-15")
    days: Days = parsed.to_numpy().astype("datetime64[D]")
    _check_order(table, days)
    return days


def checked_prices(table: PriceTable, days: Days) -> Floats:
    """Prices (n,) of a table, finite and positive, that behave like prices.

    Raises
    ------
    DataError
        A cell that is empty or no number; values that are not positive, constant, returns, or of mixed units.
    """
    numbers = _parsed_numbers(table)
    wrong = ~numbers.is_finite().fill_null(False)
    if wrong.any():
        row = _first(wrong)
        _refuse(table, row, days, f"{table.price_column} is {_shown(table.frame['price'][row])}; "
                "give the price as a plain number like 3025.69, or leave the row out")
    prices: Floats = numbers.to_numpy().astype(np.float64)
    _check_positive(table, days, prices)
    _check_shape(table, prices)
    _check_unit(table, days, prices)
    return prices


def _parsed_days(dates: pl.Series, date_format: str | None) -> pl.Series:
    if dates.dtype == pl.Date or isinstance(dates.dtype, pl.Datetime):
        return dates.cast(pl.Date)
    text = dates.cast(pl.String, strict=False)
    if date_format is not None:
        return text.str.to_date(date_format, strict=False)
    first = text.drop_nulls().head(1)
    for pattern, form in _DATE_FORMS:
        if len(first) and first.str.contains(pattern)[0]:
            return text.str.extract(pattern).str.to_date(form, strict=False)
    return pl.Series([None] * len(dates), dtype=pl.Date)


def _parsed_numbers(table: PriceTable) -> pl.Series:
    values = table.frame["price"]
    if values.dtype == pl.String:
        values = values.str.strip_chars()
    elif not values.dtype.is_numeric():
        raise DataError(f"{table.file}: {table.price_column} holds {values.dtype}; write prices as numbers")
    return values.cast(pl.Float64, strict=False)


def _check_order(table: PriceTable, days: Days) -> None:
    wrong = np.flatnonzero(days[1:] <= days[:-1])
    if not len(wrong):
        return
    row = int(wrong[0]) + 1
    if days[row] in days[:row]:
        _refuse(table, row, days, "this date is there twice; keep one row a day")
    _refuse(table, row, days, f"comes after {days[row - 1]}; sort the rows by date, oldest first")


def _check_positive(table: PriceTable, days: Days, prices: Floats) -> None:
    if (prices > 0.0).all():
        return
    if min((prices < 0.0).mean(), (prices > 0.0).mean()) > 0.2:
        unit = "returns in percent" if np.median(np.abs(prices)) > 0.1 else "returns"
        raise DataError(f"{table.file}: {table.price_column} looks like {unit}, not prices; give prices, "
                        "like 100 times the cumulated product of 1 + return")
    row = int(np.argmax(prices <= 0.0))
    _refuse(table, row, days, f"{table.price_column} is {prices[row]:g}; prices must be above 0: "
            "mend the row or leave it out")


def _check_shape(table: PriceTable, prices: Floats) -> None:
    if np.ptp(prices) == 0.0:
        raise DataError(f"{table.file}: {table.price_column} is {prices[0]:g} in every row; "
                        "give a price that moves: a constant has no risk to fit")
    centred = prices - prices.mean()
    likeness = float(centred[1:] @ centred[:-1] / (centred @ centred))
    if len(prices) >= MIN_ROWS_FOR_SHAPE and likeness < MIN_LEVEL_AUTOCORRELATION:
        raise DataError(f"{table.file}: {table.price_column} does not wander like a price but falls back to "
                        f"{prices.mean():g} each day, like 1 + return; give prices")


def _check_unit(table: PriceTable, days: Days, prices: Floats) -> None:
    jumps = np.abs(np.diff(np.log(prices))) > np.log(JUMP_FACTOR)
    if jumps.any():
        row = int(np.argmax(jumps)) + 1
        _refuse(table, row, days, f"{table.price_column} goes from {prices[row - 1]:g} to {prices[row]:g} "
                "in a day, like a split or another unit; give adjusted prices in one unit")


def _first(flags: pl.Series) -> int:
    return int(flags.arg_max() or 0)


def _refuse(table: PriceTable, row: int, days: Days | None, text: str) -> NoReturn:
    dated = "" if days is None else f" ({days[row]})"
    raise DataError(f"{table.file}: {table.place} {table.frame['place'][row]}{dated}: {text}")


def _shown(cell: object) -> str:
    return "empty" if cell is None or cell == "" else repr(str(cell)[:40])
