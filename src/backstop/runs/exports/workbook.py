"""A workbook: a sheet a table, as far as people read it, with units and meanings on a sheet of their own."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstop.errors import visible
from backstop.runs.dictionary import columns_of_run, columns_table, files_of
from backstop.runs.exports.sources import complete_run, n_cells, row_groups, safe_texts
from backstop.runs.files import check_replaceable, whole_file

if TYPE_CHECKING:
    import pyarrow as pa

_ZIP = b"PK\x03\x04"
MOST_CELLS = 500_000
"""Of a table: some seconds to write, and as much as a workbook opens with. [ours]"""
_LONGEST_TEXT = 32767


def export_xlsx(folder: Path, out: Path) -> list[Path]:
    """Write the tables of the run in `folder` to the workbook `out`, but for those that are `left_out`.

    Raises
    ------
    DirectoryRefused
        `out` is another file.
    RunIncomplete, EnvironmentFailure
        As `folders.export_csv`.
    """
    from openpyxl import Workbook

    directory = complete_run(folder)
    check_replaceable(out, _ZIP)
    book = Workbook(write_only=True)
    big = left_out(folder)
    tables = {table: row_groups(files) for table, files in reversed(files_of(directory).items()) if table not in big}
    for name, groups in ({"columns": iter([columns_table(columns_of_run(directory))])} | tables).items():
        _fill(book.create_sheet(name), groups)
    with whole_file(out) as sink:
        book.save(sink)
    return [out]


def left_out(folder: Path) -> list[str]:
    """Tables of the run in `folder` that are too large for a workbook."""
    return [table for table, cells in n_cells(complete_run(folder)).items() if cells > MOST_CELLS]


def _fill(sheet: Any, groups: "Iterator[pa.Table]") -> None:
    for number, table in enumerate(groups):
        if number == 0:
            sheet.append(table.column_names)
        columns = [column.to_pylist() for column in safe_texts(table).columns]
        for row in zip(*columns, strict=True):
            sheet.append([visible(cell)[:_LONGEST_TEXT] if isinstance(cell, str) else cell for cell in row])
