"""`export`: the same rows in every kind of file, and no text that a spreadsheet runs."""

import shutil

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from openpyxl import load_workbook

from backstop.runs.exports import workbook
from commands import SMALL, run_here

TABLES = ("paths", "funds", "daily", "summary")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A run in a folder whose name is a pattern, and a text of SQL."""
    run = tmp_path_factory.mktemp("exports") / "a [b] * 'c'"
    assert run_here("run", SMALL, "-o", run, "--paths", 16).code == 0
    return run


def test_duckdb_has_views_named_as_the_tables_and_their_units(hostile, tmp_path):
    assert run_here("export", hostile, "--to", "duckdb", "-o", tmp_path / "run.duckdb").code == 0
    with duckdb.connect(tmp_path / "run.duckdb", read_only=True) as database:
        counts = {table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in TABLES}
        of_injected = """WHERE "table" = 'paths' AND "column" = 'injected'"""
        unit = database.execute(f"SELECT unit FROM units {of_injected}").fetchone()
    assert counts["paths"] == 16 * 2
    assert counts["summary"] == pl.read_parquet(hostile / "summary.parquet", glob=False).height
    assert unit == ("currency",)


def test_a_database_replaces_a_database_and_nothing_else(hostile, tmp_path):
    other = tmp_path / "run.duckdb"
    other.write_text("my own notes, not a database")
    ended = run_here("export", hostile, "--to", "duckdb", "-o", other)
    assert ended.code == 2
    assert other.read_text() == "my own notes, not a database"
    for _ in range(2):
        assert run_here("export", hostile, "--to", "duckdb", "-o", tmp_path / "own.duckdb").code == 0


def test_arrow_files_hold_the_rows_with_unit_and_meaning(hostile, tmp_path):
    assert run_here("export", hostile, "--to", "arrow", "-o", tmp_path / "arrow").code == 0
    for table in TABLES:
        with pa.ipc.open_file(tmp_path / "arrow" / f"{table}.arrow") as file:
            found = file.read_all()
        sources = sorted((hostile / table).iterdir()) if table in ("paths", "funds") else [hostile / f"{table}.parquet"]
        assert pl.from_arrow(found).equals(pl.concat([pl.read_parquet(file, glob=False) for file in sources]))
        assert all(field.metadata[b"meaning"] for field in found.schema)


def test_a_workbook_has_a_sheet_a_table_and_no_formula(hostile, tmp_path):
    ended = run_here("export", hostile, "--to", "xlsx", "-o", tmp_path / "run.xlsx")
    assert (ended.code, ended.err) == (0, "")
    book = load_workbook(tmp_path / "run.xlsx")
    assert set(book.sheetnames) == {*TABLES, "columns"}
    assert len(list(book["paths"].iter_rows())) == 1 + 16 * 2
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not any(cell.data_type == "f" for cell in cells)


def test_a_table_too_large_for_a_workbook_is_named(hostile, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_CELLS", 16 * 2 * 70)
    ended = run_here("export", hostile, "--to", "xlsx", "-o", tmp_path / "run.xlsx")
    assert ended.code == 0
    assert "left out, too large for a workbook" in ended.err
    assert "paths" not in load_workbook(tmp_path / "run.xlsx").sheetnames


def test_texts_that_begin_like_formulas_are_texts_in_csv_and_workbook(hostile, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(hostile, copy)
    table = pl.read_parquet(copy / "summary.parquet", glob=False).with_columns(arm=pl.lit("=cmd|' /C calc'!A0\x07"))
    table.write_parquet(copy / "summary.parquet")
    assert run_here("export", copy, "--to", "csv", "-o", tmp_path / "csv").code == 0
    assert run_here("export", copy, "--to", "xlsx", "-o", tmp_path / "run.xlsx").code == 0
    in_csv = pl.read_csv(tmp_path / "csv" / "summary.csv", infer_schema=False)["arm"].unique().to_list()
    sheet = load_workbook(tmp_path / "run.xlsx")["summary"]
    in_book = {row[0].value for row in sheet.iter_rows(min_row=2)}
    assert in_csv == ["'=cmd|' /C calc'!A0\x07"]
    assert len(in_book) == 1
    assert next(iter(in_book)).startswith("'=cmd")


def test_the_units_are_beside_csv_files(hostile, tmp_path):
    assert run_here("export", hostile, "-o", tmp_path / "csv").code == 0
    columns = pl.read_csv(tmp_path / "csv" / "columns.csv")
    assert columns.columns == ["table", "column", "unit", "meaning"]
    assert "injected" in columns["column"].to_list()
