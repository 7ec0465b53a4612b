"""A table: named columns, and where each row stands in the file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from backstop.tables.delimited import read_delimited
from backstop.tables.files import PARQUET, WORKBOOK, content_of, kind_of
from backstop.tables.layout import laid_out
from backstop.tables.parquet import read_parquet
from backstop.tables.workbooks import read_workbook

IsKnown: TypeAlias = Callable[[str], bool]
"""Whether a cell is the customary name of a column."""


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of a file; names are fit to be printed, and may be empty or there twice.

    Attributes
    ----------
    file
        What messages call it.
    names
        Of the columns, as the file has them.
    columns
        (n,) each: text as it stands, or numbers, dates and datetimes, these on the clock of their own zone.
    places
        (n,) number of the row in the file, from 1.
    word
        What `places` counts: ``line`` or ``row``.
    notes
        What was left out, or read in a way worth knowing.
    """

    file: str
    names: tuple[str, ...]
    columns: tuple[pl.Series, ...]
    places: npt.NDArray[np.int64]
    word: str
    notes: tuple[str, ...]

    @property
    def n_rows(self) -> int:
        """Rows below the names."""
        return len(self.places)

    def where(self, row: int) -> str:
        """What people call row number `row`, from 0."""
        return f"{self.word} {self.places[row]}"

    def rows(self, chosen: npt.NDArray[np.int64]) -> "Table":
        """The rows with these numbers, from 0, in this order."""
        columns = tuple(column.gather(chosen) for column in self.columns)
        return replace(self, columns=columns, places=self.places[chosen])


def read_table(path: Path, is_known: IsKnown) -> Table:
    """The table of a file: CSV in any customary form (also gzip), a workbook of Excel, or parquet.

    Parameters
    ----------
    path
        The file.
    is_known
        Tells the row of column names from a title above it.

    Raises
    ------
    DataError
        The file is missing, unreadable, too large, or no table.
    """
    content, file = content_of(path), path.name
    kind = kind_of(content, file)
    if kind == PARQUET:
        names, columns = read_parquet(content, file)
        n_rows = len(columns[0]) if columns else 0
        return Table(file, names, columns, np.arange(1, n_rows + 1), "row", ())
    grid = read_workbook(content, file) if kind == WORKBOOK else read_delimited(content, file)
    names, columns, places, notes = laid_out(grid, is_known)
    return Table(file, names, columns, places, grid.word, (*grid.notes, *notes))
