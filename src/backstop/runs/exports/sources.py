"""What exports read: the tables of a run, row group by row group, and texts that no spreadsheet runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from backstop.runs.dictionary import files_of
from backstop.runs.directory import RunDirectory
from backstop.runs.parts import read_part

if TYPE_CHECKING:
    import pyarrow as pa

FORMULA = r"^([=+\-@\t\r])"
"""How a text begins that a spreadsheet takes for a formula; an apostrophe before it keeps it text."""


def complete_run(folder: Path) -> RunDirectory:
    """The run in `folder`.

    Raises
    ------
    RunIncomplete
        There is no complete run.
    """
    directory = RunDirectory(folder)
    directory.read_manifest()
    return directory


def row_groups(files: list[Path]) -> "Iterator[pa.Table]":
    """A table of a run, as much in memory as one row group takes."""
    import pyarrow.parquet as pq

    for source in files:
        with read_part(source, lambda path: pq.ParquetFile(path, page_checksum_verification=True)) as part:
            for group in range(part.num_row_groups):
                yield read_part(source, lambda _, part=part, group=group: part.read_row_group(group))


def n_cells(directory: RunDirectory) -> dict[str, int]:
    """Rows times columns of each table."""
    import pyarrow.parquet as pq

    footers = {table: [read_part(file, pq.read_metadata) for file in files]
               for table, files in files_of(directory).items()}
    return {table: sum(one.num_rows * one.num_columns for one in found) for table, found in footers.items()}


def safe_texts(table: "pa.Table") -> "pa.Table":
    """The table with texts that no spreadsheet runs."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for number, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            safe = pc.replace_substring_regex(table.column(number), FORMULA, r"'\1")
            table = table.set_column(number, field, safe)
    return table
