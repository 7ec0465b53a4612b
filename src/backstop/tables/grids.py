"""Rows of cells as a file has them, before it is known which row names the columns."""

from typing import Any, NamedTuple, TypeAlias

from backstop.tables.bounds import MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from backstop.tables.faults import refuse

Cells: TypeAlias = list[Any]


class GridRow(NamedTuple):
    """A row and its number in the file, from 1."""

    place: int
    cells: Cells


class Grid(NamedTuple):
    """Rows with something in them, in the file's order."""

    file: str
    word: str
    """What `place` counts: line or row."""
    rows: list[GridRow]
    notes: tuple[str, ...]

    def where(self, row: GridRow) -> str:
        """What people call a row."""
        return f"{self.word} {row.place}"


class Room:
    """Counts what has been read and refuses what is too much, before more is."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.n_rows = self.n_cells = 0

    def take(self, cells: Cells) -> None:
        """Count a row."""
        self.n_rows += 1
        self.n_cells += len(cells)
        check_shape(self.file, self.n_rows, len(cells), self.n_cells)


def check_shape(file: str, n_rows: int, n_columns: int, n_cells: int) -> None:
    """Refuse a table that is too large.

    Raises
    ------
    DataError
        More rows, columns or cells than any table has that this program is for.
    """
    for found, most, what in ((n_rows, MOST_ROWS, "rows"), (n_columns, MOST_COLUMNS, "columns"),
                              (n_cells, MOST_CELLS, "cells")):
        if found > most:
            refuse(file, f"has more than {most:,} {what}; keep the rows and columns needed")


def is_blank(cell: Any) -> bool:
    """Whether a cell says nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
