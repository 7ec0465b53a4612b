"""Parquet, by pyarrow: flat columns, bounded by what footer and pages say before any page is unpacked.

Text is read as the dictionary that it is stored in, so that a word repeated a million times costs one word.
"""

import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from backstop.errors import visible
from backstop.tables.bounds import LONGEST_CELL, MOST_BYTES, MOST_PAGES
from backstop.tables.faults import refuse
from backstop.tables.grids import check_shape
from backstop.tables.pages import GROWING, BadPages, pages_of

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_STRINGS = 2**20
"""Of the footer: bytes of a text in it, and items of a list."""
_UNNAMED = "__index_level_"


def read_parquet(content: bytes, file: str) -> tuple[tuple[str, ...], tuple[pl.Series, ...]]:
    """Names and columns of a file.

    Raises
    ------
    DataError
        No parquet file, a damaged one, or more in it than a table may hold.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    options: dict[str, Any] = {"page_checksum_verification": True, "thrift_string_size_limit": _MOST_STRINGS,
                               "thrift_container_size_limit": _MOST_STRINGS}
    try:
        # read_table would import pandas, for 0.4 s
        schema = pq.ParquetFile(io.BytesIO(content), **options)
        _check_footer(schema.metadata, file)
        _check_pages(content, schema.metadata, file)
        words = [field.name for field in schema.schema_arrow if _is_words(field.type)]
        table = pq.ParquetFile(io.BytesIO(content), read_dictionary=words, **options).read()
        table.validate(full=True)
        columns = tuple(_column(column, file) for column in table.columns)
    except (pa.ArrowException, BadPages, OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException,
            OverflowError) as problem:
        refuse(file, f"not a readable parquet file ({_first_line(problem)}); write it again")
    indices = _indices(table.schema.metadata or {})
    names = tuple("" if name in indices and name.startswith(_UNNAMED) else visible(name.strip())
                  for name in table.column_names)
    return names, columns


def _check_footer(metadata: Any, file: str) -> None:
    """Refuse what would be too much, before it is."""
    check_shape(file, metadata.num_rows, metadata.num_columns, metadata.num_rows * metadata.num_columns)
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    chunks = [group.column(j) for group in groups for j in range(group.num_columns)]
    size = sum(chunk.total_uncompressed_size for chunk in chunks)
    if size > MOST_BYTES or sum(group.num_rows for group in groups) != metadata.num_rows:
        refuse(file, f"more than {MOST_BYTES // 2**20} MB unpacked; keep the rows and columns needed")
    if any(chunk.num_values > metadata.num_rows for chunk in chunks):
        refuse(file, "has lists in its cells; write one value a cell")


def _check_pages(content: bytes, metadata: Any, file: str) -> None:
    """Refuse what pages unpack to, whatever the footer says of it."""
    n_bytes = 0
    for number, page in enumerate(pages_of(io.BytesIO(content), metadata)):
        n_bytes += page.n_bytes
        if n_bytes > MOST_BYTES or number > MOST_PAGES:
            refuse(file, f"more than {MOST_BYTES // 2**20} MB unpacked; keep the rows and columns needed")
        if page.encoding == GROWING:
            refuse(file, "has texts that are told by the text before; write it again with dictionaries")
    widest = max((metadata.schema.column(j).length for j in range(metadata.num_columns)), default=0)
    if widest * metadata.num_rows > MOST_BYTES:
        refuse(file, f"a cell is {widest:,} bytes long; keep the columns needed")


def _is_words(dtype: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(dtype) or pa.types.is_large_string(dtype) or pa.types.is_binary(dtype)
                or pa.types.is_large_binary(dtype))


def _column(column: "pa.ChunkedArray", file: str) -> pl.Series:
    """A column as polars has it: text, numbers, or days and times on the clock of their own zone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        if _is_words(kind.value_type):
            _check_words(column, file)
        column = pc.cast(column, kind.value_type)
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        column = column.cast(pa.large_string())
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    if pa.types.is_timestamp(column.type):
        column = (pc.local_timestamp(column) if column.type.tz else column).cast(pa.timestamp("us"), safe=False)
    if pa.types.is_nested(column.type):
        # named in messages only
        return pl.Series([str(column.type)] * len(column), dtype=pl.String)
    return pl.Series(pl.from_arrow(column))


def _check_words(column: "pa.ChunkedArray", file: str) -> None:
    """Refuse long texts while each is there once."""
    import pyarrow.compute as pc

    for chunk in column.chunks:
        longest = pc.max(pc.binary_length(chunk.dictionary)).as_py() or 0
        if longest * len(chunk) > MOST_BYTES or longest > LONGEST_CELL:
            refuse(file, f"a cell is {longest:,} bytes long; keep the columns needed")


def _indices(metadata: Mapping[bytes, bytes]) -> set[str]:
    """Columns that pandas wrote as the index of its rows."""
    try:
        listed = json.loads(metadata.get(b"pandas", b"{}")).get("index_columns", [])
        return {name for name in listed if isinstance(name, str)}
    except (ValueError, AttributeError, RecursionError, TypeError):
        return set()


def _first_line(problem: BaseException) -> str:
    lines = str(problem).strip().splitlines()
    return lines[0][:120] if lines else type(problem).__name__
