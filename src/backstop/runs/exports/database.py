"""A DuckDB database: a view a table, over the parquet of the run where it lies, and a table of units."""

import importlib.util
import os
from pathlib import Path

from backstop.errors import DirectoryRefused, EnvironmentFailure
from backstop.runs.dictionary import ColumnSaid, columns_of_run, files_of
from backstop.runs.exports.sources import complete_run
from backstop.runs.files import TEMPORARY, environment_failures

_MARK = slice(8, 12)
"""Where a database of DuckDB says that it is one."""


def export_duckdb(folder: Path, out: Path) -> list[Path]:
    """Write the database `out`: views named as the tables of the run in `folder`, and ``units``.

    Raises
    ------
    DirectoryRefused
        `out` is another file.
    RunIncomplete
        There is no complete run.
    EnvironmentFailure
        Disk full, no permission, or the duckdb package is not installed.
    """
    if importlib.util.find_spec("duckdb") is None:
        raise EnvironmentFailure("export --to duckdb: needs the package duckdb; pip install 'backstop[duckdb]'")
    directory = complete_run(folder)
    with environment_failures(out):
        if out.exists() and out.read_bytes()[_MARK] != b"DUCK":
            raise DirectoryRefused(f"{out}: is there already, and is no database; name another one")
        temporary = out.with_name(out.name + TEMPORARY)
        temporary.unlink(missing_ok=True)
        _fill(temporary, files_of(directory), columns_of_run(directory))
        os.replace(temporary, out)
    return [out]


def _fill(file: Path, tables: dict[str, list[Path]], columns: list[ColumnSaid]) -> None:
    import duckdb

    with duckdb.connect(str(file)) as database:
        for name, files in tables.items():
            listed = ", ".join(_quoted(_literal(path.resolve())) for path in files)
            database.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet([{listed}])')
        database.execute('CREATE TABLE units ("table" VARCHAR, "column" VARCHAR, unit VARCHAR, meaning VARCHAR)')
        database.executemany("INSERT INTO units VALUES (?, ?, ?, ?)", columns)


def _literal(path: Path) -> str:
    """A path as a pattern that it alone matches."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
