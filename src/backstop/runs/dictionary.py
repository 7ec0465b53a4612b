"""The data dictionary: unit and meaning of every column, as the files of a run and the registry say them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from backstop.runs.directory import TABLES, RunDirectory
from backstop.runs.parts import read_part

if TYPE_CHECKING:
    import pyarrow as pa


class ColumnSaid(NamedTuple):
    """One column of one table."""

    table: str
    column: str
    unit: str
    meaning: str


def files_of(directory: RunDirectory) -> dict[str, list[Path]]:
    """The files of each table of a run, in the order of their rows."""
    files = {table: directory.parts(table) for table in TABLES}
    files |= {"daily": [directory.daily], "summary": [directory.summary]}
    return files | ({"models": [directory.models]} if directory.models.exists() else {})


def columns_of_run(directory: RunDirectory) -> list[ColumnSaid]:
    """What the files of a run say of their columns.

    Raises
    ------
    RunIncomplete
        A file is damaged or missing.
    """
    import pyarrow.parquet as pq

    return [said for table, files in files_of(directory).items() for file in files[:1]
            for said in columns_of(table, read_part(file, pq.read_schema))]


def columns_of(table: str, schema: "pa.Schema") -> Iterator[ColumnSaid]:
    """A line for each column of a schema."""
    for field in schema:
        said = field.metadata or {}
        yield ColumnSaid(table, field.name, *(said.get(key, b"").decode() for key in (b"unit", b"meaning")))


def columns_table(lines: list[ColumnSaid]) -> "pa.Table":
    """Lines as a table of texts."""
    import pyarrow as pa

    return pa.table({name: [getattr(line, name) for line in lines] for name in ColumnSaid._fields})
