"""What programs read of a run's parquet files: DuckDB, pandas, polars, pyarrow, R's nanoparquet, hyparquet.

    python -m bench.readers RUN                          # of those that are here
    python -m bench.readers RUN --r LIBRARY --node DIR   # R packages there; DIR has node_modules

A line a reader and table: rows, cells that are null, and the sum of all numbers. Where a reader has other ones than
pyarrow, the command ends with 1. Once, with a network:

    Rscript -e 'install.packages("nanoparquet", lib = "LIBRARY", repos = "https://cloud.r-project.org")'
    npm install --prefix DIR hyparquet hyparquet-compressors
"""

import argparse
import json
import math
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

TABLES = ("paths", "funds", "summary", "daily")
_R = """
for (file in commandArgs(TRUE)) {
  table <- nanoparquet::read_parquet(file)
  numbers <- table[vapply(table, is.numeric, TRUE)]
  nulls <- sum(vapply(table, function(column) sum(is.na(column) & !is.nan(column)), 0))
  cat(nrow(table), nulls, format(sum(unlist(numbers), na.rm = TRUE), digits = 17), "\\n")
}
"""
_JS = """
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
for (const name of process.argv.slice(2)) {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(name), compressors })
  let nulls = 0, sum = 0
  for (const row of rows) for (const cell of Object.values(row)) {
    if (cell === null || cell === undefined) nulls += 1
    else if (typeof cell === 'number' || typeof cell === 'bigint') sum += Number(cell)
  }
  console.log(rows.length, nulls, sum)
}
"""


class Read(NamedTuple):
    """What a reader has of a table."""

    rows: int
    nulls: int
    total: float
    """Of all cells that are numbers."""

    def is_like(self, other: "Read") -> bool:
        """Whether it is the same, but for the order in which numbers were added."""
        return self[:2] == other[:2] and math.isclose(self.total, other.total, rel_tol=1e-9)


Reader: TypeAlias = Callable[[list[Path]], list[Read]]


def files_of(run: Path, table: str) -> list[Path]:
    """Parts of a table of a run."""
    return sorted((run / table).glob("part-*.parquet")) or [run / f"{table}.parquet"]


def _of_columns(columns: Mapping[str, Any]) -> Read:
    """From lists of cells by column."""
    cells = [cell for column in columns.values() for cell in column]
    numbers = [cell for cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool)]
    return Read(len(next(iter(columns.values()))), sum(cell is None for cell in cells), math.fsum(numbers))


def _pyarrow(files: list[Path]) -> list[Read]:
    import pyarrow.parquet as pq

    return [_of_columns(pq.read_table(file).to_pydict()) for file in files]


def _polars(files: list[Path]) -> list[Read]:
    import polars as pl

    return [_of_columns(pl.read_parquet(file, glob=False).to_dict(as_series=False)) for file in files]


def _pandas(files: list[Path]) -> list[Read]:
    import pandas as pd

    frames = [pd.read_parquet(file, dtype_backend="pyarrow") for file in files]
    return [_of_columns({name: [None if cell is pd.NA else cell for cell in frame[name]] for name in frame.columns})
            for frame in frames]


def _duckdb(files: list[Path]) -> list[Read]:
    import duckdb

    found = []
    for file in files:
        rows = duckdb.read_parquet(str(file))
        found.append(_of_columns(dict(zip(rows.columns, zip(*rows.fetchall(), strict=True), strict=True))))
    return found


def _told(command: list[str], files: list[Path], folder: Path | None = None, **environment: str) -> list[Read]:
    done = subprocess.run([*command, *(str(file.resolve()) for file in files)], capture_output=True, text=True,
                          check=True, cwd=folder, env=os.environ | environment)
    lines = [line.split() for line in done.stdout.splitlines()]
    return [Read(int(rows), int(nulls), float(total)) for rows, nulls, total in lines]


def readers(library: str | None = None, node: Path | None = None) -> Iterator[tuple[str, Reader]]:
    """Those that are here, by name; R and node with their packages in `library` and in `node`."""
    yield from {"pyarrow": _pyarrow, "polars": _polars, "pandas": _pandas, "duckdb": _duckdb}.items()
    if shutil.which("Rscript") and _has_nanoparquet(library):
        yield "nanoparquet", lambda files: _told(["Rscript", "-e", _R], files, R_LIBS=library or "")
    if node is not None and shutil.which("node") and (node / "node_modules" / "hyparquet").is_dir():
        yield "hyparquet", lambda files: _told(["node", str(_script(node))], files, node)


def _has_nanoparquet(library: str | None) -> bool:
    asked = subprocess.run(["Rscript", "-e", "cat(requireNamespace('nanoparquet', quietly = TRUE))"], text=True,
                           capture_output=True, check=False, env=os.environ | {"R_LIBS": library or ""})
    return "TRUE" in asked.stdout


def _script(node: Path) -> Path:
    file = node / "read.mjs"
    file.write_text(_JS)
    return file


def main() -> int:
    """A line a reader and table; 1 where they differ."""
    parser = argparse.ArgumentParser(prog="python -m bench.readers", description="What programs read of a run.")
    parser.add_argument("run", type=Path)
    parser.add_argument("--r", metavar="LIBRARY", help="where R has nanoparquet")
    parser.add_argument("--node", type=Path, metavar="DIR", help="where node_modules has hyparquet")
    given = parser.parse_args()
    ends = 0
    for name, read in readers(given.r, given.node):
        for table in TABLES:
            files = files_of(given.run, table)
            found = read(files)
            ends |= not all(one.is_like(other) for one, other in zip(found, _pyarrow(files), strict=True))
            print(f"{name:12} {table:8}", json.dumps([one._asdict() for one in found]))
    return ends


if __name__ == "__main__":
    raise SystemExit(main())
