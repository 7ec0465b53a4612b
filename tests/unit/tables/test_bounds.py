"""Files that unpack to far more than they are: refused before they do."""

import io
import tracemalloc
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from backstop.errors import DataError
from backstop.tables import grids
from backstop.tables.bounds import MOST_BYTES, MOST_COLUMNS, MOST_ROWS
from backstop.tables.table import read_table

MOST_MEMORY = 150 * 2**20


def refusal(path):
    tracemalloc.start()
    with pytest.raises(DataError) as caught:
        read_table(path, lambda name: name in ("date", "close"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_MEMORY
    return str(caught.value)


def test_rows_of_a_parquet_file_are_counted_in_its_footer(tmp_path):
    pq.write_table(pa.table({"date": pa.nulls(MOST_ROWS + 1, pa.int8()).fill_null(1)}), tmp_path / "p.parquet")
    before = pa.total_allocated_bytes()
    assert "more than 200,000 rows" in refusal(tmp_path / "p.parquet")
    assert pa.total_allocated_bytes() - before < 2**20


def test_columns_of_a_parquet_file_are_counted_in_its_footer(tmp_path):
    pq.write_table(pa.table({f"c{i}": [1] for i in range(MOST_COLUMNS + 1)}), tmp_path / "p.parquet")
    assert "more than 5,000 columns" in refusal(tmp_path / "p.parquet")


def test_pages_are_measured_before_they_are_unpacked(tmp_path):
    words = pa.array(["x" * 2**20] * 80)
    pq.write_table(pa.table({"close": words}), tmp_path / "p.parquet", use_dictionary=False, compression="zstd")
    assert (tmp_path / "p.parquet").stat().st_size < 2**20
    assert "MB unpacked" in refusal(tmp_path / "p.parquet")


def test_a_long_word_that_is_repeated_is_never_written_out(tmp_path):
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), ["x" * 100_000])
    pq.write_table(pa.table({"close": words}), tmp_path / "p.parquet")
    assert (tmp_path / "p.parquet").stat().st_size < 2**20
    assert "a cell is 100,000 bytes long" in refusal(tmp_path / "p.parquet")


def test_lists_in_cells_are_refused(tmp_path):
    pq.write_table(pa.table({"close": [[1.0, 2.0]]}), tmp_path / "p.parquet")
    assert "lists in its cells" in refusal(tmp_path / "p.parquet")


def test_parts_of_a_workbook_are_measured_whatever_their_headers_say(tmp_path):
    with zipfile.ZipFile(tmp_path / "p.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"\0" * (MOST_BYTES + 1))
    assert "MB unpacked" in refusal(tmp_path / "p.xlsx")


def test_entities_in_a_workbook_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "p.xlsx", "w") as packed:
        packed.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    assert "defines entities" in refusal(tmp_path / "p.xlsx")


def test_a_cell_in_the_last_corner_of_a_sheet_costs_nothing(tmp_path):
    book = Workbook()
    book.active["A1"], book.active["XFD1048576"] = "date", 1
    book.save(tmp_path / "p.xlsx")
    assert "reaches beyond row 200,000" in refusal(tmp_path / "p.xlsx")


def test_a_csv_with_too_many_rows_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(grids, "MOST_ROWS", 1000)
    (tmp_path / "p.csv").write_bytes(b"date,close\n" + b"1,2\n" * 1000)
    assert "more than 1,000 rows" in refusal(tmp_path / "p.csv")


def test_a_flipped_byte_anywhere_in_a_workbook_is_read_or_refused(tmp_path):
    book = Workbook()
    for row in [["date", "close"], ["2020-01-01", 1.5], ["2020-01-02", 2.5]]:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    whole = buffer.getvalue()
    for place in range(0, len(whole), 97):
        broken = bytearray(whole)
        broken[place] ^= 0x55
        (tmp_path / "p.xlsx").write_bytes(bytes(broken))
        try:
            table = read_table(tmp_path / "p.xlsx", lambda name: name == "date")
        except DataError:
            continue
        assert table.n_rows == 2


def test_a_device_is_no_file():
    from pathlib import Path

    with pytest.raises(DataError, match="it is no file"):
        read_table(Path("/dev/zero"), str.isalpha)
