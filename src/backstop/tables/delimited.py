"""Text with separators, by the csv module."""

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator

from backstop.tables.bounds import LONGEST_CELL
from backstop.tables.faults import refuse
from backstop.tables.grids import Grid, GridRow, Room
from backstop.tables.text import decode

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAMPLE = 200
"""Rows that tell the separator."""


def read_delimited(content: bytes, file: str) -> Grid:
    """Rows of text cells.

    Raises
    ------
    DataError
        Empty, in no certain encoding, without a separator, or broken.
    """
    text, notes = decode(content, file)
    if not text.strip():
        refuse(file, "empty; expected a line of column names and one row each below it")
    csv.field_size_limit(LONGEST_CELL)
    separator = _separator(text, file)
    room, rows = Room(file), []
    for row in _rows(text, separator, file):
        room.take(row.cells)
        if any(map(str.strip, row.cells)):
            rows.append(row)
    return Grid(file, "line", rows, notes)


def _rows(text: str, separator: str, file: str) -> Iterator[GridRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    try:
        end = 0
        for cells in reader:
            # a row of several lines is where it begins
            yield GridRow(end + 1, cells)
            end = reader.line_num
    except csv.Error as problem:
        refuse(file, f"line {reader.line_num}: not a readable CSV ({problem}); look for a quote that is not closed, or "
                     "save it again as CSV UTF-8")


def _separator(text: str, file: str) -> str:
    """The separator by which most rows have the same number of cells, two at least."""
    scores = {separator: _evenness(text, separator) for separator in SEPARATORS}
    best = max(scores.values())
    if best[0] == 0.0:
        # a single column, or rows that are broken: the commonest separator names what is wrong
        return ","
    first, *others = [separator for separator, score in scores.items() if score == best]
    if others:
        words = " or ".join(SEPARATORS[separator] for separator in (first, *others))
        refuse(file, f"cells may be separated by {words}; write it with commas alone")
    return first


def _evenness(text: str, separator: str) -> tuple[float, int]:
    """Share of the first rows that have the commonest number of cells, and that number; zeros where it is one cell."""
    reader = csv.reader(io.StringIO(text[: 2**20], newline=""), delimiter=separator, skipinitialspace=True)
    try:
        widths = Counter(len(cells) for cells in itertools.islice(reader, _SAMPLE) if any(map(str.strip, cells)))
    except csv.Error:
        return 0.0, 0
    several = Counter({width: n for width, n in widths.items() if width > 1})
    if not several:
        return 0.0, 0
    width, n = several.most_common(1)[0]
    return n / widths.total(), width
