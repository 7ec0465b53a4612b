"""Workbooks of Excel, by openpyxl, row by row.

openpyxl streams a sheet, so that a cell in the last corner of it costs nothing; a reader that lays a sheet out whole
would take 17 billion cells for it. The parts of the file are measured before any of them is parsed.
"""

import io
import warnings
import zipfile
import zlib
from typing import Any

from backstop.errors import visible
from backstop.tables.bounds import MOST_BYTES, MOST_ROWS
from backstop.tables.faults import listed, refuse
from backstop.tables.grids import Grid, GridRow, Room, is_blank

_CHUNK = 2**20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)
"""What zipfile makes of parts that are packed wrongly, with a password, or in a way it does not know."""
_NEVER = (b"<!DOCTYPE", b"<!ENTITY")
"""What no workbook holds: XML that defines words of its own, to make much of little."""


def read_workbook(content: bytes, file: str) -> Grid:
    """Rows of the only sheet with something in it.

    Raises
    ------
    DataError
        No workbook, one that unpacks to too much, or several sheets to choose from.
    """
    _measure(content, file)
    book = _opened(content, file)
    every = {sheet.title: _rows(sheet, file) for sheet in book.worksheets}
    found = {title: rows for title, rows in every.items() if rows}
    if len(found) > 1:
        refuse(file, f"has several sheets with something in them ({listed(list(found))}); keep one of them")
    if not found:
        refuse(file, "empty; expected a row of column names and one row each below it")
    ((title, rows),) = found.items()
    return Grid(file, "row", rows, () if len(book.worksheets) == 1 else (f"read from sheet {visible(title)}",))


def _measure(content: bytes, file: str) -> None:
    """Refuse a file whose parts, unpacked piece by piece and thrown away, come to too much."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for part in packed.infolist():
                before = b""
                with packed.open(part) as stream:
                    while piece := stream.read(_CHUNK):
                        total += len(piece)
                        if total > MOST_BYTES:
                            refuse(file, f"more than {MOST_BYTES // 2**20} MB unpacked; keep what is needed")
                        if part.filename.endswith((".xml", ".rels")) and any(w in before + piece for w in _NEVER):
                            refuse(file, "its XML defines entities, as no workbook of Excel does; save it again")
                        before = piece[-16:]
    except _BROKEN as problem:
        refuse(file, f"not a readable workbook of Excel ({problem}); save it again")


def _opened(content: bytes, file: str) -> Any:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # openpyxl tells of styles and extensions that it leaves out
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except Exception as problem:
        # whatever a broken part makes of it: openpyxl has no error of its own for files that are wrong inside
        refuse(file, f"not a readable workbook of Excel ({type(problem).__name__}: {problem}); save it again")


def _rows(sheet: Any, file: str) -> list[GridRow]:
    """Rows of a sheet, as wide as what is in them."""
    room, rows = Room(file), []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # what a sheet says of its size may be anything; without it, empty rows are empty
            sheet.reset_dimensions()
            for place, values in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 1, values_only=True), start=1):
                cells = list(values)
                while cells and is_blank(cells[-1]):
                    cells.pop()
                _check_place(file, place)
                if cells:
                    room.take(cells)
                    rows.append(GridRow(place, cells))
    except (ValueError, TypeError, KeyError, AttributeError, SyntaxError, IndexError) as problem:
        refuse(file, f"not a readable workbook of Excel ({type(problem).__name__}: {problem}); save it again")
    width = max((len(row.cells) for row in rows), default=0)
    return [GridRow(row.place, row.cells + [None] * (width - len(row.cells))) for row in rows]


def _check_place(file: str, place: int) -> None:
    """Refuse a sheet that reaches too far down, though most of it may be empty."""
    if place > MOST_ROWS:
        refuse(file, f"reaches beyond row {MOST_ROWS:,}; delete what stands below the table")
