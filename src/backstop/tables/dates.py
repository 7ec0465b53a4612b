"""Days as people write them: a column has one form, and days and months are told apart by all cells or not at all.

A day is the one on the clock of the zone that the cell names. Of counts of seconds, which name none, nothing is made.
"""

from typing import NamedTuple

import numpy as np
import polars as pl

FIRST_YEAR, LAST_YEAR = 1700, 2100
"""Of prices. [ours]"""
EARLIEST_SERIAL, LATEST_SERIAL = 18_264, 73_051
"""Counts of days by which Excel means 1950 to 2100."""
_EXCEL_DAY_0 = -25_569
"""1899-12-30, in days of 1970."""
_TIME = (r"(?:[T ]+(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?: ?[AP]M)?"
         r" ?(?:Z|UTC|GMT|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?")
_YEAR_FIRST = (
    (r"(\d{4}-\d{1,2}-\d{1,2})", "%Y-%m-%d"),
    (r"(\d{4}/\d{1,2}/\d{1,2})", "%Y/%m/%d"),
    (r"(\d{4}\.\d{1,2}\.\d{1,2})", "%Y.%m.%d"),
    (r"(\d{4}年\d{1,2}月\d{1,2}日)", "%Y年%m月%d日"),
    (r"(\d{8})(?:\.0)?", "%Y%m%d"),
    (r"([A-Za-z]{3} \d{1,2}, \d{4})", "%b %d, %Y"),
    (r"([A-Za-z]{4,9} \d{1,2}, \d{4})", "%B %d, %Y"),
    (r"(\d{1,2}-[A-Za-z]{3}-\d{4})", "%d-%b-%Y"),
    (r"(\d{1,2} [A-Za-z]{3} \d{4})", "%d %b %Y"),
    (r"(\d{1,2} [A-Za-z]{4,9} \d{4})", "%d %B %Y"),
)
_YEAR_LAST = tuple((rf"(\d{{1,2}}{mark}\d{{1,2}}{mark}\d{{4}})", mark.strip("\\")) for mark in ("/", "-", r"\."))
WANTED = "write dates as 2015-06-15"


class DaysRead(NamedTuple):
    """A column of days.

    Attributes
    ----------
    days
        (n,) Date, null where a cell is empty or no day of the column's form.
    form
        An example of how the others are written, where there are some.
    problem
        Why the column as a whole has no certain reading, if so.
    """

    days: pl.Series
    form: str = ""
    problem: str | None = None


def read_days(column: pl.Series) -> DaysRead:
    """The days of a column of dates, datetimes, text or Excel's counts."""
    if column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime):
        return _in_range(DaysRead(column.cast(pl.Date)))
    if column.dtype.is_numeric():
        column = _whole(column)
    if column.dtype != pl.String:
        return DaysRead(_no_days(len(column)))
    # in workbooks, days beside which something else stands come as text with a time
    text = column.str.strip_chars()
    serials = text.str.extract(r"^(\d{5})(?:\.0)?$").cast(pl.Int64, strict=False)
    if serials.null_count() < len(text) / 2:
        return _excel_days(serials)
    return _in_range(_read_text(text))


def holds_days(column: pl.Series) -> bool:
    """Whether every cell is a date, of one form: such a column needs no name to be known."""
    if column.dtype.is_numeric():
        return False
    found = read_days(column)
    return len(found.days) > 0 and found.days.null_count() == 0


def _read_text(text: pl.Series) -> DaysRead:
    readings = [(form, text.str.extract(rf"^{pattern}{_TIME}$").str.to_date(form, strict=False))
                for pattern, form in _YEAR_FIRST]
    for pattern, mark in _YEAR_LAST:
        cells = text.str.extract(rf"^{pattern}{_TIME}$")
        if cells.null_count() < len(text):
            readings += [(form, cells.str.to_date(form, strict=False))
                         for form in (f"%d{mark}%m{mark}%Y", f"%m{mark}%d{mark}%Y")]
    most = max(len(days) - days.null_count() for _, days in readings)
    best = [(form, days) for form, days in readings if len(days) - days.null_count() == most]
    if most == 0:
        return DaysRead(_no_days(len(text)))
    if len(best) > 1 and most == len(text):
        best = [one for one in best if _is_ordered(one[1])]
        if len(best) != 1:
            return DaysRead(_no_days(len(text)), "", f"{str(text.drop_nulls()[0])!r} may have the day or the month "
                                                     f"first; {WANTED}")
    days = best[0][1]
    return DaysRead(days, str(text[int(days.is_not_null().arg_max() or 0)]))


def _in_range(read: DaysRead) -> DaysRead:
    """Days of years in which there were no prices are none."""
    year = read.days.dt.year()
    return read._replace(days=read.days.set(((year < FIRST_YEAR) | (year > LAST_YEAR)).fill_null(False), None))


def _excel_days(serials: pl.Series) -> DaysRead:
    """Excel counts days from 1900, or on some machines from 1904: weekends tell which, where there are none."""
    in_range = serials.is_between(EARLIEST_SERIAL, LATEST_SERIAL)
    days = (serials.set(~in_range.fill_null(False), None) + _EXCEL_DAY_0).cast(pl.Int32).cast(pl.Date)
    weekdays = set(days.drop_nulls().dt.weekday().to_list())
    if weekdays != {1, 2, 3, 4, 5}:
        return DaysRead(_no_days(len(serials)), "", "are Excel's counts of days, and weekends do not tell whether from "
                                                    f"1900 or 1904; {WANTED}")
    return DaysRead(days, str(serials.drop_nulls()[0]))


def _whole(column: pl.Series) -> pl.Series:
    """Numbers as text of whole ones; others, and empty cells, are null."""
    numbers = column.cast(pl.Float64, strict=False)
    is_whole = (numbers == numbers.round()) & (numbers.abs() < 1e12)
    return numbers.set(~is_whole.fill_null(False), None).cast(pl.Int64, strict=False).cast(pl.String)


def _is_ordered(days: pl.Series) -> bool:
    steps = np.diff(days.to_numpy().astype("datetime64[D]").astype(np.int64))
    return bool((steps > 0).all() or (steps < 0).all())


def _no_days(n: int) -> pl.Series:
    return pl.Series([None] * n, dtype=pl.Date)
