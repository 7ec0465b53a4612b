"""CSV and Arrow: a folder with a file a table, written row group by row group."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backstop.runs.dictionary import columns_of_run, columns_table, files_of
from backstop.runs.exports.sources import complete_run, row_groups, safe_texts
from backstop.runs.files import environment_failures, whole_file

if TYPE_CHECKING:
    import pyarrow as pa


def export_csv(folder: Path, out: Path) -> list[Path]:
    """Write the tables of the run in `folder` to `out`, and ``columns.csv``: unit and meaning of every column.

    Raises
    ------
    RunIncomplete
        There is no complete run, or a part of it is damaged or missing.
    EnvironmentFailure
        Disk full, no permission.
    """
    import pyarrow.csv as csv

    directory = complete_run(folder)
    columns = [columns_table(columns_of_run(directory))]
    tables = {table: row_groups(files) for table, files in files_of(directory).items()} | {"columns": iter(columns)}
    safe = {name: map(safe_texts, groups) for name, groups in tables.items()}
    return _written(out, "csv", safe, csv.CSVWriter)


def export_arrow(folder: Path, out: Path) -> list[Path]:
    """Write the tables of the run in `folder` to `out` as Arrow files, whose schemas have units and meanings.

    Raises
    ------
    RunIncomplete, EnvironmentFailure
        As `export_csv`.
    """
    import pyarrow as pa

    directory = complete_run(folder)
    tables = {table: row_groups(files) for table, files in files_of(directory).items()}
    return _written(out, "arrow", tables, pa.ipc.new_file)


def _written(out: Path, ending: str, tables: "Mapping[str, Iterator[pa.Table]]",
             writer: Callable[..., Any]) -> list[Path]:
    with environment_failures(out):
        out.mkdir(parents=True, exist_ok=True)
    return [_write(out / f"{name}.{ending}", groups, writer) for name, groups in tables.items()]


def _write(file: Path, groups: "Iterator[pa.Table]", writer: Callable[..., Any]) -> Path:
    with whole_file(file) as sink:
        opened = None
        for table in groups:
            opened = opened or writer(sink, table.schema)
            opened.write_table(table)
        if opened is not None:
            opened.close()
    return file
