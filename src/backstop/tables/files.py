"""The bytes of a file, bounded, and which kind of table they are."""

import gzip
import io
import os
import stat
import zlib
from pathlib import Path

from backstop.errors import DataError
from backstop.tables.bounds import MOST_BYTES
from backstop.tables.faults import refuse

PARQUET, WORKBOOK, TEXT = "parquet", "xlsx", "text"
_MAGIC = {b"PAR1": PARQUET, b"PK\x03\x04": WORKBOOK}
_ENDINGS = {".parquet": PARQUET, ".pq": PARQUET, ".xlsx": WORKBOOK, ".xlsm": WORKBOOK}
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_GZIP = b"\x1f\x8b"
_PAGES = (b"<!doctype", b"<html", b"<?xml")


def content_of(path: Path) -> bytes:
    """All bytes of a file, unpacked if gzip packed them.

    Raises
    ------
    DataError
        No such file, none that can be read, or more than `MOST_BYTES` of it, packed or not.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise DataError(f"{path}: cannot be read: it is no file; name a CSV, xlsx or parquet file")
        _check_size(path.name, found.st_size, "")
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; {_remedy(path)}") from None
    except (OSError, ValueError) as problem:
        raise DataError(f"{path}: cannot be read ({problem}); name a CSV, xlsx or parquet file") from None
    return _unpacked(content, path.name)


def kind_of(content: bytes, file: str) -> str:
    """Which reader the bytes are for, told by how they begin.

    Raises
    ------
    DataError
        They are of another kind than the file's name says, or of one that is not read.
    """
    kind = _MAGIC.get(content[:4], TEXT)
    named = _ENDINGS.get(Path(file).suffix.lower())
    if content.startswith(_OLD_WORKBOOK):
        refuse(file, "is a workbook of old Excel, or one with a password; save it as .xlsx without, or as CSV UTF-8")
    if content[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGES):
        refuse(file, "is a web page, not a table: the download failed; download it again as CSV")
    if named is not None and named != kind:
        what = "a readable parquet file" if named == PARQUET else "a workbook of Excel"
        refuse(file, f"is not {what}, though its name says so; write it again, or name it .csv if it is text")
    return kind


def _unpacked(content: bytes, file: str) -> bytes:
    if not content.startswith(_GZIP):
        if file.lower().endswith(".gz"):
            refuse(file, "not a whole gzip file; unpack it or write it again")
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            unpacked = packed.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        refuse(file, "not a whole gzip file; unpack it or write it again")
    _check_size(file, len(unpacked), " unpacked")
    return unpacked


def _check_size(file: str, size: int, how: str) -> None:
    if size > MOST_BYTES:
        refuse(file, f"{size / 2**20:.0f} MB{how} are too many (limit {MOST_BYTES // 2**20}); keep the rows and "
                     "columns needed")


def _remedy(path: Path) -> str:
    """A file that lies where the command was given is easily written without the way to it."""
    here = Path(path.name)
    if here.is_file():
        return f"write {os.path.relpath(here, path.parent)}, since paths start at the config"
    return "give a path relative to the config, or builtin:csi300 for prices"
