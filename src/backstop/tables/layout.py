"""Which rows of a grid name the columns, which are data, and which stand above or below the table."""

import datetime
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from backstop.errors import visible
from backstop.tables.faults import Faults, listed, refuse, shown
from backstop.tables.grids import Cells, Grid, GridRow, is_blank

MOST_ABOVE = 50
"""Rows that may stand above the column names. [ours]"""
MOST_BELOW = 20
"""Rows that may stand below the data. [ours]"""
_DATE = re.compile(r"\s*\"?\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}")
_NUMBER = re.compile(r"\s*[-+]?[\d.,]+%?\s*")
_WANTED = "begin the file with a line like: date,close"
_SPACES = re.compile(r"\s+")
_FIRST_CELLS = ("ticker", "tickers", "symbol", "price", "date", "datetime", "")
"""How the second and third line of a header of several lines begin, as yfinance writes them."""


def laid_out(grid: Grid, is_known: Callable[[str], bool]
             ) -> tuple[tuple[str, ...], tuple[pl.Series, ...], npt.NDArray[np.int64], tuple[str, ...]]:
    """Names, columns, places of rows and notes of a grid.

    Raises
    ------
    DataError
        No row of names, rows of other lengths than it, or data above it.
    """
    top = _header(grid, is_known)
    depth = _header_depth(grid.rows, top)
    names = _names([row.cells for row in grid.rows[top:top + depth]])
    above, body = grid.rows[:top], grid.rows[top + depth:]
    body, below = _without_footer(body, len(names))
    _check_widths(grid, body, names)
    kept = _kept_columns(names, body)
    columns = _columns([row.cells for row in body], kept)
    notes = [_left_out(grid, rows, what) for rows, what in ((above, "above"), (below, "below")) if rows]
    places = np.array([row.place for row in body], dtype=np.int64)
    return tuple(names[j] for j in kept), columns, places, tuple(notes)


def tidied(cell: Any) -> str:
    """A name as it is compared and shown: blanks made one, what is no glyph written out."""
    return visible(_SPACES.sub(" ", "" if cell is None else str(cell)).strip())


def _header(grid: Grid, is_known: Callable[[str], bool]) -> int:
    """Position of the first row of names."""
    first = grid.rows[:MOST_ABOVE]
    for position, row in enumerate(first):
        named = sum(is_known(tidied(cell)) for cell in row.cells)
        if named and sum(not is_blank(cell) for cell in row.cells) > 1 and not _is_data(row.cells):
            return position
        if _has_date(row.cells):
            break
    width = Counter(len(row.cells) for row in grid.rows).most_common(1)[0][0]
    for position, row in enumerate(first):
        if _is_data(row.cells) or _has_date(row.cells):
            refuse(grid.file, f"{grid.where(row)} is data, not column names; {_WANTED}")
        if len(row.cells) == width or is_known(tidied(row.cells[0])):
            return position
    return refuse(grid.file, f"no line of column names in the first {MOST_ABOVE}; {_WANTED}")


def _is_data(cells: Cells) -> bool:
    """Whether all cells with something in them are dates and numbers."""
    return all(_looks_like_data(cell) for cell in cells if not is_blank(cell))


def _has_date(cells: Cells) -> bool:
    return any(isinstance(c, datetime.date) or (isinstance(c, str) and _DATE.match(c)) for c in cells[:3])


def _looks_like_data(cell: Any) -> bool:
    return not isinstance(cell, str) or bool(_DATE.match(cell) or _NUMBER.fullmatch(cell))


def _header_depth(rows: Sequence[GridRow], top: int) -> int:
    """Lines of names: one, or two or three where the last has nothing beside the name of the dates."""
    for depth in (2, 3):
        if len(rows) <= top + depth - 1:
            break
        *_, last = lines = [row.cells for row in rows[top:top + depth]]
        begins = [tidied(cells[0]).lower() if cells else "" for cells in lines[1:]]
        is_empty = all(is_blank(cell) for cell in last[1:])
        if is_empty and last and begins[-1] in ("date", "datetime") and all(b in _FIRST_CELLS for b in begins):
            return depth
    return 1


def _names(lines: Sequence[Cells]) -> list[str]:
    """Names of the columns; of several lines, the words in which columns differ."""
    if len(lines) == 1:
        return [tidied(cell) for cell in lines[0]]
    levels = [[tidied(cell) for cell in cells[1:]] for cells in lines[:-1]]
    telling = [level for level in levels if len(set(level)) > 1] or levels[:1]
    width = max(map(len, telling))
    return [tidied(lines[-1][0])] + [" ".join(level[j] for level in telling if j < len(level)) for j in range(width)]


def _without_footer(body: list[GridRow], width: int) -> tuple[list[GridRow], list[GridRow]]:
    """The rows of data, and those below them: words in one cell, or in another number of cells than there are names."""
    rows = [GridRow(row.place, _fitted(row.cells, width)) for row in body]
    end = len(rows)
    while end and len(rows) - end < MOST_BELOW and _is_remark(rows[end - 1].cells, width):
        end -= 1
    return rows[:end], rows[end:]


def _fitted(cells: Cells, width: int) -> Cells:
    """Without empty cells beyond the names."""
    end = len(cells)
    while end > width and is_blank(cells[end - 1]):
        end -= 1
    return cells[:end]


def _is_remark(cells: Cells, width: int) -> bool:
    filled = [cell for cell in cells if not is_blank(cell)]
    is_words = all(isinstance(cell, str) and not _looks_like_data(cell) for cell in filled)
    begins = str(filled[0]).lstrip()[:1] if filled else ""
    return is_words and not begins.isdigit() and (len(filled) == 1 < width or len(cells) != width)


def _kept_columns(names: Sequence[str], body: Sequence[GridRow]) -> list[int]:
    """All columns but those without a name and without anything in them."""
    return [j for j, name in enumerate(names)
            if name or any(j < len(row.cells) and not is_blank(row.cells[j]) for row in body)]


def _check_widths(grid: Grid, body: Sequence[GridRow], names: Sequence[str]) -> None:
    width = len(names)
    wrong = [row for row in body if len(row.cells) != width]
    if not wrong:
        return
    faults = Faults(grid.file)
    faults.add_rows([grid.where(row) for row in wrong],
                    [f"has {len(row.cells)} cells for {width} columns ({listed(names)}); write one for each, a cell "
                     "with a comma in quotes" for row in wrong])
    faults.raise_any()


def _columns(rows: Sequence[Cells], kept: Sequence[int]) -> tuple[pl.Series, ...]:
    """Cells by column: as text, or as what a workbook says they are, where it says the same of all."""
    if all(isinstance(cell, str) for cells in rows for cell in cells):
        width = len(rows[0]) if rows else max(kept, default=-1) + 1
        frame = pl.DataFrame(rows, schema={str(j): pl.String for j in range(width)}, orient="row")
        texts = [frame.to_series(j).str.strip_chars() for j in kept]
        return tuple(text.set(text == "", None) for text in texts)
    return tuple(_column([cells[j] for cells in rows]) for j in kept)


def _column(cells: Cells) -> pl.Series:
    filled = [cell for cell in cells if not is_blank(cell)]
    if filled and all(isinstance(cell, datetime.datetime) for cell in filled):
        return pl.Series(cells, dtype=pl.Datetime, strict=False)
    if filled and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in filled):
        return pl.Series(cells, dtype=pl.Float64, strict=False)
    return pl.Series([None if is_blank(cell) else _text(cell) for cell in cells], dtype=pl.String)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _left_out(grid: Grid, rows: Sequence[GridRow], what: str) -> str:
    words = [next((str(cell) for cell in row.cells if not is_blank(cell)), "") for row in rows]
    places = f"{grid.where(rows[0])}" if len(rows) == 1 else f"{grid.word}s {rows[0].place} to {rows[-1].place}"
    return f"{places} {what} the table left out: {visible(shown(words[0]))}"
