"""What pages unpack to is told by pages: a footer may say anything."""

import io
import struct
import tracemalloc

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from backstop.errors import DataError
from backstop.runs.path_files import PathFile
from backstop.tables.bounds import MOST_BYTES
from backstop.tables.pages import GROWING, BadPages, pages_of
from backstop.tables.parquet import read_parquet


def varint(value):
    """Of a whole number above 0, as Thrift's compact protocol has it."""
    value, found = 2 * value, b""
    while value > 0x7F:
        found, value = found + bytes([value & 0x7F | 0x80]), value >> 7
    return found + bytes([value])


def written(table, **options):
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def lying(content, size, said):
    """The file with `said` in the place of each `size` in its footer."""
    length, = struct.unpack("<I", content[-8:-4])
    footer = content[-8 - length : -8]
    assert varint(size) in footer
    assert len(varint(size)) == len(varint(said))
    return content[: -8 - length] + footer.replace(varint(size), varint(said)) + content[-8:]


def big(n_bytes):
    """One word of so many bytes, packed to next to nothing."""
    word = pa.table({"close": ["x" * n_bytes]})
    return written(word, use_dictionary=False, compression="zstd", write_statistics=False)


def unpacked(content):
    return sum(page.n_bytes for page in pages_of(io.BytesIO(content), pq.read_metadata(io.BytesIO(content))))


@pytest.mark.parametrize("options", [
    {}, {"data_page_version": "2.0"}, {"compression": "none"}, {"use_dictionary": False}, {"data_page_size": 100},
    {"row_group_size": 300}, {"write_page_index": True}, {"write_page_checksum": True},
])
def test_pages_of_any_writer_add_up_to_what_an_honest_footer_says(options):
    rng = np.random.default_rng(1)
    table = pa.table({"x": rng.standard_normal(1000), "name": rng.choice(["a", "bb", None], 1000)})
    content = written(table, **options)
    metadata = pq.read_metadata(io.BytesIO(content))
    said = sum(metadata.row_group(i).column(j).total_uncompressed_size
               for i in range(metadata.num_row_groups) for j in range(2))
    n_pages = len(list(pages_of(io.BytesIO(content), metadata)))
    # a footer counts heads of pages too
    assert said - 100 * n_pages < unpacked(content) < said


def test_a_page_is_bounded_by_its_own_size_whatever_the_footer_says():
    content = big(100 * 2**20)
    size = pq.read_metadata(io.BytesIO(content)).row_group(0).column(0).total_uncompressed_size
    false = lying(content, size, 2**20)
    assert len(false) < 2**20
    assert pq.read_metadata(io.BytesIO(false)).row_group(0).column(0).total_uncompressed_size == 2**20
    assert unpacked(false) > MOST_BYTES
    tracemalloc.start()
    try:
        before = pa.total_allocated_bytes()
        with pytest.raises(DataError, match="more than 64 MB unpacked"):
            read_parquet(false, "prices.parquet")
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
        assert pa.total_allocated_bytes() - before < 8 * 2**20
    finally:
        tracemalloc.stop()


def test_a_file_of_paths_has_no_page_that_is_larger_than_a_batch(tmp_path):
    columns = {"path": [0], "day": [1], "asset": ["index"], "log_return": [0.0], "other": ["x" * (MOST_BYTES + 1)]}
    pq.write_table(pa.table(columns), tmp_path / "paths.parquet", use_dictionary=False, compression="zstd")
    with pytest.raises(DataError, match=r"paths\.parquet: has pages of more than 64 MB"):
        PathFile(tmp_path / "paths.parquet", ("index",))


def test_a_name_a_million_times_over_is_refused_while_it_is_there_once(tmp_path):
    n = 200_000
    columns = {"path": np.zeros(n, np.int64), "day": np.ones(n, np.int64), "asset": ["x" * 100_000] * n,
               "log_return": np.zeros(n)}
    pq.write_table(pa.table({**columns, "asset": pa.array(["x" * 100_000]).dictionary_encode().take(
        np.zeros(n, np.int32))}), tmp_path / "paths.parquet")
    file = PathFile(tmp_path / "paths.parquet", ("index",))
    with pytest.raises(DataError, match="asset: a name is longer than 10,000 bytes"):
        list(file.rows(0))


def test_texts_told_by_the_text_before_are_refused(tmp_path):
    table = pa.table({"close": ["x" * 5000 + str(n) for n in range(1000)]})
    content = written(table, use_dictionary=False, column_encoding="DELTA_BYTE_ARRAY")
    assert [page.encoding for page in pages_of(io.BytesIO(content), pq.read_metadata(io.BytesIO(content)))] == [GROWING]
    with pytest.raises(DataError, match="texts that are told by the text before"):
        read_parquet(content, "prices.parquet")


def test_wide_cells_of_one_size_are_refused_before_they_are_repeated():
    wide = pa.array([b"x" * 100_000], pa.binary(100_000)).dictionary_encode().take(np.zeros(2000, np.int32))
    content = written(pa.table({"close": wide.cast(pa.binary(100_000))}))
    assert len(content) < 2**20
    with pytest.raises(DataError, match="a cell is 100,000 bytes long"):
        read_parquet(content, "prices.parquet")


@pytest.mark.parametrize("place", [4, 5, 6, 8, 12])
def test_heads_that_are_no_heads_are_refused_in_words(place):
    content = bytearray(written(pa.table({"x": np.arange(10.0)}), use_dictionary=False))
    content[place] ^= 0xFF
    with pytest.raises(DataError, match=r"not a readable parquet file|unpacked"):
        read_parquet(bytes(content), "prices.parquet")


def test_columns_that_overlap_are_refused():
    content = written(pa.table({f"c{n}": np.arange(5000.0) for n in range(2)}), use_dictionary=False,
                      compression="none")
    metadata = pq.read_metadata(io.BytesIO(content))
    with pytest.raises(BadPages, match="overlap"):
        list(pages_of(io.BytesIO(content[:50_000]), metadata))
