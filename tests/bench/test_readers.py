"""R and the browser read the parquet files of a run as arrow does, where they are; tests/api has the others."""

import os
from pathlib import Path

import pytest

from bench.readers import TABLES, files_of, readers
from commands import SMALL, run_here

LIBRARY, NODE = os.environ.get("BACKSTOP_R_LIBRARY"), os.environ.get("BACKSTOP_NODE_FOLDER")
READERS = dict(readers(LIBRARY, Path(NODE) if NODE else None))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run with texts of many scripts in it."""
    folder = tmp_path_factory.mktemp("readers")
    text = SMALL.read_text().replace('"equity"', '"长期资金风险补偿基金 אקוויטי"')
    (folder / "c.toml").write_text(text, encoding="utf-8")
    assert run_here("run", folder / "c.toml", "--paths", 8, "--quiet", "-o", folder / "run").code == 0
    return folder / "run"


@pytest.mark.parametrize("name", ["polars", "nanoparquet", "hyparquet"])
def test_a_reader_has_the_rows_nulls_and_numbers_that_arrow_has(name, run):
    if name not in READERS:
        pytest.skip("not on this machine: see bench/readers.py")
    for table in TABLES:
        files = files_of(run, table)
        for one, other in zip(READERS[name](files), READERS["pyarrow"](files), strict=True):
            assert one.rows > 0
            assert one.is_like(other), (table, one, other)
