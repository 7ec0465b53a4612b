"""Prices are examined once, before any fit: what is no series of daily prices is refused, what is odd is said.

A refusal names row and day and what to write; what is meant all the same is accepted by its word, `accept = ["jump"]`
in a ``calibrate`` table, ``--accept jump`` on the command line. Thresholds are [ours].
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, get_args

import numpy as np

from backstop.config.market.section import Oddity
from backstop.errors import DataError
from backstop.market.correlation import MAX_CORRELATION
from backstop.market.data import PriceSeries
from backstop.market.price_files import Booleans, Floats, Integers

EVERYTHING: tuple[Oddity, ...] = get_args(Oddity)
FEW_ROWS = 5
ENOUGH_ROWS = 30
"""Below it no usual size of a move is known."""
USUAL_STEP_DAYS = 2.5
"""Median days from row to row, above which prices are weekly or rarer."""
LONG_GAP_DAYS, LONGEST_GAP_DAYS = 14, 31
"""The longest closures of exchanges in peace are about ten days: beyond the first a gap is said, beyond the second
refused."""
STALE_ROWS = 10
"""Equal prices in a row that are said."""
SAID_MOVE, REFUSED_MOVE = 0.15, float(np.log(1.6))
"""Log returns of a single row that are said and refused, where they are `SIGMAS` times the usual as well. Indices fell
by 0.23 in a day (1987), oil by 0.41 (1991)."""
FEW_ROWS_MOVE = float(np.log(5.0))
"""The same, where there are too few rows to know what is usual."""
SIGMAS = 10.0
REFUSED_TICK = float(np.log(1.3))
"""A move that the next row undoes, from which on it is no market's but a slip of the pen."""
UNDONE = 0.25
"""Share of a move that may be left when the next row has undone it."""
WEEKEND_ROWS = 10
WEEKEND_SHARE = 0.2
"""Of rows that fall on weekends, from which on a year has 365 of them."""
STEADY = 0.0003
"""Volatility a day, half a per cent a year, below which a price that never turns accrues instead of moving."""
FEW_STEPS = 4
"""Different sizes of a move that prices which move by the rounding of their last digit have at most."""
LOG_LEVELS = (3.0, 15.0)
QUIET, LIVELY = 0.05, (0.06, 1.5)
"""Volatilities a year: of the series as prices, and as logs of prices, where they are probably logs."""
SHIFTED = 0.3
"""Correlation with another's returns of the day before that is said, where it is twice that of the same day."""
MOST_NAMED = 3
_YEAR = 252.0


class Finding(NamedTuple):
    """What is odd about a series; refused unless its `kind` is accepted, where it has one."""

    text: str
    kind: Oddity | None = None


def examine_all(examined: Iterable[tuple[PriceSeries, Sequence[Oddity], slice]]) -> list[str]:
    """What is to be said of several series, each with what is accepted of it and the rows used (see `examine`).

    Raises
    ------
    DataError
        What is refused of all of them.
    """
    said: list[str] = []
    refused = []
    for series, accepted, rows in examined:
        try:
            said += examine(series, accepted, rows)
        except DataError as error:
            refused.append(str(error))
    if refused:
        raise DataError("\n".join(refused))
    return said


def examine(series: PriceSeries, accepted: Sequence[Oddity] = (), rows: slice = slice(None)) -> tuple[str, ...]:
    """What is to be said of a series before it is fitted, a line each.

    Parameters
    ----------
    series
        n prices.
    accepted
        Kinds of findings that are meant.
    rows
        Those that are used.

    Raises
    ------
    DataError
        All findings that are no daily prices and not accepted, a line each.
    """
    sample = _Sample(series, rows)
    found = [f for f in _findings(sample) if f.kind is None or not series.is_builtin]
    refused = [f for f in found if f.kind is not None and f.kind not in accepted]
    if refused:
        raise DataError("\n".join(f'{series.title}: {f.text}; if it is meant, accept = ["{f.kind}"], on the command '
                                  f"line --accept {f.kind}" for f in refused))
    return (*series.notes, *(f"{series.title}: {f.text}" for f in found))


class _Sample:
    """The rows examined, and what is asked of them again and again."""

    def __init__(self, series: PriceSeries, rows: slice) -> None:
        self.series, self.first = series, rows.indices(len(series.prices))[0]
        self.prices: Floats = series.prices[rows]
        self.days: Integers = series.dates[rows].astype(np.int64)
        self.moves: Floats = np.diff(np.log(self.prices))
        self.steps: Integers = np.diff(self.days)
        weekday = (self.days + 3) % 7
        self.is_weekend: Booleans = weekday >= 5
        self.weekdays = set(weekday.tolist())
        moving = self.moves[self.moves != 0.0]
        centre = np.median(moving) if len(moving) else 0.0
        self.usual = max(1.4826 * float(np.median(np.abs(moving - centre))) if len(moving) else 0.0, 1e-5)

    def where(self, row: int) -> str:
        return self.series.where(self.first + row)


def _findings(sample: _Sample) -> Iterator[Finding]:
    if len(sample.prices) < FEW_ROWS:
        return
    yield from _spacing(sample)
    yield from _stale(sample)
    yield from _jumps(sample)
    yield from _weekends(sample)
    if len(sample.prices) >= ENOUGH_ROWS:
        yield from _still(sample)
    yield from _ends(sample)


def examine_together(series: Sequence[PriceSeries]) -> tuple[str, ...]:
    """What is odd about two series beside each other: pairs that move as one, and pairs whose days seem shifted."""
    found = []
    for i, a in enumerate(series):
        for b in series[i + 1:]:
            same, before, after = _likeness(a, b)
            if abs(same) > MAX_CORRELATION:
                found.append(f"{a.name}, {b.name}: they move as one (correlation {same:.6f}), and no dependence can be "
                             f"fitted to them; leave one out, or let it follow the other: factor = {{ asset = "
                             f"\"{a.name}\", beta = 1.0 }}")
            late = a.name if abs(before) > abs(after) else b.name
            if max(abs(before), abs(after)) > max(SHIFTED, 2.0 * abs(same)):
                found.append(f"{a.name}, {b.name}: correlation {same:.2f} on the same day and "
                             f"{max(before, after, key=abs):.2f} with {late} a day later; if they trade at the same "
                             "hours, the days of one are shifted, as by a time zone")
    return tuple(found)


def _likeness(a: PriceSeries, b: PriceSeries) -> tuple[float, float, float]:
    """Correlation of the returns of shared days: of the same day, of b's with a's a day later, of a's with b's."""
    days = np.intersect1d(a.dates, b.dates, assume_unique=True)
    if len(days) < ENOUGH_ROWS:
        return 0.0, 0.0, 0.0
    x, y = (np.diff(np.log(one.prices[np.searchsorted(one.dates, days)])) for one in (a, b))
    return _correlation(x, y), _correlation(x[1:], y[:-1]), _correlation(x[:-1], y[1:])


def _correlation(x: Floats, y: Floats) -> float:
    deviations = float(np.std(x) * np.std(y))
    return float(np.mean((x - x.mean()) * (y - y.mean()))) / deviations if deviations > 0.0 else 0.0


def _spacing(sample: _Sample) -> Iterator[Finding]:
    usual = float(np.median(sample.steps))
    if usual > USUAL_STEP_DAYS:
        yield Finding(f"rows are {usual:g} days apart, {_kind_of_spacing(usual)}, and a row counts as a trading day, "
                      "252 a year; give daily prices", "spacing")
        return
    long = np.flatnonzero(sample.steps > LONG_GAP_DAYS)
    for row in long[np.argsort(-sample.steps[long], kind="stable")][:MOST_NAMED].tolist():
        days, refused = int(sample.steps[row]), sample.steps[row] > LONGEST_GAP_DAYS
        text = f"no price for {days - 1:,} days between {sample.where(row)} and {sample.where(row + 1)}"
        yield Finding(f"{text}, and the move over them counts as one day's; fill the gap, or leave out the rows on one "
                      "side of it", "gap") if refused else Finding(text)


def _kind_of_spacing(days: float) -> str:
    names = ((5.0, "every few days"), (10.0, "weekly"), (20.0, "every two weeks"), (45.0, "monthly"),
             (120.0, "quarterly"))
    return next((name for most, name in names if days <= most), "yearly")


def _stale(sample: _Sample) -> Iterator[Finding]:
    """Runs of equal prices, the longest first."""
    edges = np.flatnonzero(np.concatenate([[True], sample.moves != 0.0, [True]]))
    lengths = np.diff(edges)
    for run in np.argsort(-lengths, kind="stable")[:MOST_NAMED].tolist():
        first, last = int(edges[run]), int(edges[run + 1]) - 1
        if lengths[run] < STALE_ROWS:
            return
        at_end = ": the series ends stale" if last == len(sample.prices) - 1 else ""
        yield Finding(f"{lengths[run]} equal prices ({sample.prices[first]:g}) in a row, {sample.where(first)} to "
                      f"{sample.where(last)}{at_end}; leave out days without trade, or they understate risk")


def _jumps(sample: _Sample) -> Iterator[Finding]:
    size = np.abs(sample.moves)
    if len(sample.prices) < ENOUGH_ROWS:
        rows = np.flatnonzero(size > FEW_ROWS_MOVE)
    else:
        rows = np.flatnonzero((size > SAID_MOVE) & (size > SIGMAS * sample.usual))
    rows = rows[np.argsort(-size[rows], kind="stable")]
    named: set[int] = set()
    found = []
    for row in rows.tolist():
        if row - 1 in named:
            continue
        is_undone = row + 1 < len(size) and abs(sample.moves[row] + sample.moves[row + 1]) < UNDONE * size[row]
        was_undone = row > 0 and abs(sample.moves[row] + sample.moves[row - 1]) < UNDONE * size[row]
        if was_undone:
            row, is_undone = row - 1, True
        if row in named:
            continue
        named.add(row)
        found.append(_tick(sample, row) if is_undone else _jump(sample, row))
    refused = [finding for finding in found if finding.kind]
    yield from (refused or found)[:MOST_NAMED]
    if len(found) > MOST_NAMED:
        yield Finding(f"{len(found)} moves in all of more than {SAID_MOVE:.0%} and {SIGMAS:g} times the usual",
                      refused[0].kind if refused else None)


def _tick(sample: _Sample, row: int) -> Finding:
    factor = float(np.exp(sample.moves[row]))
    text = (f"{sample.where(row + 1)}: {sample.prices[row + 1]:g} is {factor:.3g} times the price before it, and the "
            "next row is back; mend the row or leave it out")
    return Finding(text, "jump" if abs(sample.moves[row]) > REFUSED_TICK else None)


def _jump(sample: _Sample, row: int) -> Finding:
    size = abs(float(sample.moves[row]))
    text = (f"{sample.where(row + 1)}: the price goes from {sample.prices[row]:g} to {sample.prices[row + 1]:g} in a "
            f"row, {np.expm1(sample.moves[row]):+.0%}")
    if size > (REFUSED_MOVE if len(sample.prices) >= ENOUGH_ROWS else FEW_ROWS_MOVE):
        return Finding(f"{text}, like a split or another unit; give adjusted prices in one unit", "jump")
    return Finding(f"{text}; check it")


def _weekends(sample: _Sample) -> Iterator[Finding]:
    rows = np.flatnonzero(sample.is_weekend[1:]) + 1
    if len(rows) >= WEEKEND_ROWS:
        is_carried = sample.moves[rows - 1] == 0.0
        if is_carried.mean() > 0.9:
            yield Finding(f"{is_carried.sum():,} of {len(rows):,} prices of Saturdays and Sundays are those of the day "
                          f"before (first {sample.where(int(rows[0]))}), so that risk is understated; leave weekends "
                          "out", "weekend")
        elif len(rows) > WEEKEND_SHARE * len(sample.prices):
            yield Finding("has prices on weekends, 365 rows a year, and the run counts 252 to a year: a year's figures "
                          "are those of 252 rows")
    if 6 in sample.weekdays and not {4, 5} & sample.weekdays:
        yield Finding("prices fall on Sundays to Thursdays, none on Fridays: if the exchange trades from Monday to "
                      "Friday, days are one early; write them in the exchange's own time zone")


def _still(sample: _Sample) -> Iterator[Finding]:
    """Prices without risk to fit, and logs of prices."""
    moves = sample.moves
    if np.std(moves) < STEADY and (moves.min() >= 0.0 or moves.max() <= 0.0):
        yield Finding(f"never turns and hardly varies, {np.mean(moves):.3g} a day on average: an accrual, without risk "
                      "to fit; write volatility and innovation instead of calibrate", "steady")
        return
    changes = np.abs(np.diff(sample.prices))
    sizes = np.unique(np.round(changes[changes > 0.0] / changes[changes > 0.0].min(), 3))
    if len(sample.prices) > 4 * ENOUGH_ROWS and len(sizes) <= FEW_STEPS:
        yield Finding(f"moves by {', '.join(f'{size * changes[changes > 0.0].min():.3g}' for size in sizes)} alone: "
                      "the rounding of its last digit, not risk; give more digits, or write volatility and innovation "
                      "instead of calibrate", "steady")
        return
    as_prices, as_logs = np.std(moves) * np.sqrt(_YEAR), np.std(np.diff(sample.prices)) * np.sqrt(_YEAR)
    is_level = LOG_LEVELS[0] < sample.prices.min() and sample.prices.max() < LOG_LEVELS[1]
    if is_level and as_prices < QUIET and LIVELY[0] < as_logs < LIVELY[1]:
        yield Finding(f"volatility is {as_prices:.1%} a year; if these are logs of prices it would be {as_logs:.0%}: "
                      "give prices, exp of them")


def _ends(sample: _Sample) -> Iterator[Finding]:
    last = sample.series.dates[-1]
    if last > np.datetime64(datetime.date.today()):
        yield Finding(f"{sample.where(len(sample.prices) - 1)}: this day is still to come; check the dates")
