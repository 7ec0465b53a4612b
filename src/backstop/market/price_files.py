"""Price files as tables of text: finds the columns, knows each row's place, judges no value.

A CSV is read as text, so that a cell that is no number can be named. Daily prices are small: a file beyond
`MAX_FILE_BYTES` is something else.
"""

import gzip
import io
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from backstop.errors import DataError

MAX_FILE_BYTES = 256 * 2**20
DATE_NAMES = ("date", "datetime", "timestamp", "day", "trade_date")
PRICE_NAMES = ("adj close", "adj_close", "close", "price", "nav", "value", "index")
_SEPARATORS = (",", ";", "\t")
_PARQUET_ENDINGS = (".parquet", ".pq")
_DATE_START = re.compile(r"\s*\"?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")


@dataclass(frozen=True)
class PriceTable:
    """Columns ``date`` and ``price`` as the file has them, and ``place``, counted from 1.

    The attribute ``place`` says what that column counts: lines (CSV) or rows (parquet).
    """

    file: str
    price_column: str
    frame: pl.DataFrame
    place: str


def read_price_table(path: Path, column: str | None = None) -> PriceTable:
    """One price column of a CSV (also ``.csv.gz``) or parquet file, with its dates.

    Parameters
    ----------
    path
        The file.
    column
        The price column; without it, the one with a customary name or the only one there is.

    Raises
    ------
    DataError
        The file is missing, unreadable, too large, empty, or has no such columns.
    """
    content = _content(path)
    is_parquet = path.suffix.lower() in _PARQUET_ENDINGS
    frame = _parquet(content, path.name) if is_parquet else _csv(_unpacked(content, path.name), path.name)
    date = _date_column(frame, path.name)
    price = _price_column(frame, date, column, path.name)
    chosen = frame.select(date=pl.col(date), price=pl.col(price))
    chosen = chosen.with_row_index("place", offset=1 if is_parquet else 2)
    # blank lines, at the end above all, come out as rows of nothing
    chosen = chosen.filter(pl.col("date").is_not_null() | pl.col("price").is_not_null())
    return PriceTable(path.name, price, chosen, "row" if is_parquet else "line")


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise DataError(f"{path.name}: {size / 2**20:.0f} MB is too large for daily prices (limit "
                            f"{MAX_FILE_BYTES // 2**20} MB); keep one row a day and the columns needed")
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; give a path relative to the config, "
                        "or builtin:csi300") from None
    except OSError as problem:
        raise DataError(f"{path}: cannot be read ({problem.strerror}); give a readable CSV "
                        "or parquet file") from None


def _unpacked(content: bytes, file: str) -> bytes:
    if not file.lower().endswith(".gz"):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            unpacked = packed.read(MAX_FILE_BYTES + 1)
    except (OSError, EOFError):
        raise DataError(f"{file}: not a whole gzip file; unpack it or write it again") from None
    if len(unpacked) > MAX_FILE_BYTES:
        raise DataError(f"{file}: more than {MAX_FILE_BYTES // 2**20} MB unpacked; keep one row a day "
                        "and the columns needed")
    return unpacked


def _csv(content: bytes, file: str) -> pl.DataFrame:
    try:
        content.decode()
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise DataError(f"{file}: line {line} is not UTF-8; save the file as UTF-8 text") from None
    head = content[:4096].decode("utf-8-sig", errors="replace").split("\n", 1)[0]
    if _DATE_START.match(head):
        raise DataError(f"{file}: line 1 is data, not column names; begin the file with a line "
                        "like: date,close")
    separator = max(_SEPARATORS, key=head.count)
    try:
        return pl.read_csv(io.BytesIO(content), separator=separator, infer_schema=False)
    except pl.exceptions.NoDataError:
        raise DataError(f"{file}: empty; expected a line of column names and one row a day") from None
    # polars panics on some broken input, and a panic is no Exception
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as problem:
        raise DataError(f"{file}: not a readable CSV ({_first_line(problem)}); save it as UTF-8 text, "
                        "one row a day") from None


def _parquet(content: bytes, file: str) -> pl.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # read_table would import pandas, for 0.4 s
        file_of_pages = pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True)
        frame = pl.from_arrow(file_of_pages.read())
    except (pa.ArrowException, OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as problem:
        raise DataError(f"{file}: not a readable parquet file ({_first_line(problem)}); "
                        "write it again") from None
    assert isinstance(frame, pl.DataFrame)
    return frame


def _date_column(frame: pl.DataFrame, file: str) -> str:
    for name in frame.columns:
        if name.strip().lower() in DATE_NAMES:
            return name
    raise DataError(f"{file}: no date column among {_listed(frame.columns)}; name one of them date")


def _price_column(frame: pl.DataFrame, date: str, wanted: str | None, file: str) -> str:
    others = [name for name in frame.columns if name != date]
    if wanted is not None:
        if wanted in others:
            return wanted
        raise DataError(f"{file}: no price column {wanted!r} among {_listed(others)}; "
                        "write one of these after #")
    for customary in PRICE_NAMES:
        for name in others:
            if name.strip().lower() == customary:
                return name
    if len(others) == 1:
        return others[0]
    raise DataError(f"{file}: which of {_listed(others)} is the price? name it after the path, "
                    f"like {file}#close")


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:8]) or "no columns"
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"


def _first_line(problem: BaseException) -> str:
    lines = str(problem).strip().splitlines()
    return lines[0][:120] if lines else type(problem).__name__
