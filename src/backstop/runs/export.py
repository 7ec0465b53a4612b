"""A run as CSV, for programs that read no parquet: a file a table, written part by part.

DuckDB, polars, pandas and R read the parquet of a run as it is.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from backstop.runs.directory import TABLES, RunDirectory
from backstop.runs.files import environment_failures, whole_file
from backstop.runs.parts import read_part

if TYPE_CHECKING:
    import pyarrow as pa

FORMULA = r"^([=+\-@\t\r])"
"""How a text begins that a spreadsheet takes for a formula; an apostrophe before it keeps it text."""


def export_csv(folder: Path, out: Path) -> list[Path]:
    """Write the tables of the run in `folder` to `out`, one file each.

    Raises
    ------
    RunIncomplete
        There is no complete run, or a part of it is damaged or missing.
    EnvironmentFailure
        Disk full, no permission.
    """
    directory = RunDirectory(folder)
    directory.read_manifest()
    with environment_failures(out):
        out.mkdir(parents=True, exist_ok=True)
    sources = {table: directory.parts(table) for table in TABLES}
    sources |= {"daily": [directory.daily], "summary": [directory.summary]}
    return [_write(out / f"{name}.csv", files) for name, files in sources.items()]


def _write(file: Path, sources: list[Path]) -> Path:
    import pyarrow.csv as csv

    with whole_file(file) as sink:
        writer = None
        for table in _row_groups(sources):
            writer = writer or csv.CSVWriter(sink, table.schema)
            writer.write_table(table)
        if writer is not None:
            writer.close()
    return file


def _row_groups(sources: list[Path]) -> Iterator["pa.Table"]:
    import pyarrow.parquet as pq

    for source in sources:
        with read_part(source, lambda path: pq.ParquetFile(path, page_checksum_verification=True)) as part:
            for group in range(part.num_row_groups):
                yield safe_texts(read_part(source, lambda _, part=part, group=group: part.read_row_group(group)))


def safe_texts(table: "pa.Table") -> "pa.Table":
    """The table with texts that no spreadsheet runs."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for number, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            safe = pc.replace_substring_regex(table.column(number), FORMULA, r"'\1")
            table = table.set_column(number, field, safe)
    return table
