"""Files that are whole or not there, and what the disk may refuse."""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from backstop.errors import DirectoryRefused, EnvironmentFailure, RunIncomplete

TEMPORARY = ".tmp"
PARQUET = b"PAR1"
"""What parquet files begin with."""
_REMEDY = {
    errno.ENOENT: "make that folder first, or choose another with --out",
    errno.EEXIST: "that is a file; name a folder",
    errno.ENOTDIR: "a part of that path is a file; name a folder",
    errno.EISDIR: "name a file with --out",
    errno.ENOSPC: "free some space or choose another folder with --out, then give the command again",
    errno.EDQUOT: "free some quota or choose another folder with --out, then give the command again",
    errno.EACCES: "choose a folder you may write to with --out",
    errno.EPERM: "choose a folder you may write to with --out",
    errno.EROFS: "choose a folder on a writable disk with --out",
}


LARGEST_JSON = 64 * 2**20
"""Bytes of a manifest, a note or an answer that is read; a manifest of a billion paths has 43 MB."""
LARGEST_TERMS = 512 * 2**20
"""Likewise of `TERMS`; those of 24 arms of 5,000 funds have 60 MB."""
LARGEST_PART = 2**30
"""And of what is no JSON; a part has more than 64 MB only where a few paths of very many funds have."""
TERMS = "resolved.json"


def most_bytes(name: str) -> int:
    """Of a file of a run, by its name, that are read."""
    if not name.endswith(".json"):
        return LARGEST_PART
    return LARGEST_TERMS if name.endswith(TERMS) else LARGEST_JSON


def check_size(place: Path | str, size: int) -> None:
    """Refuse what would take more memory than a run ever wrote.

    Raises
    ------
    RunIncomplete
        It is larger than `most_bytes` of its name.
    """
    most = most_bytes(str(place))
    if size > most:
        raise RunIncomplete(f"{place}: is larger than {most // 2**20} MB, which no run writes; take it away, then give "
                            "the command again")


def read_bounded(path: Path) -> bytes:
    """The bytes of a file of a run.

    Raises
    ------
    OSError
        It cannot be read.
    RunIncomplete
        See `check_size`.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        check_size(path, size)
        # what is no file on a disk has no size before it is read; memory is taken for all that is asked for
        content = file.read((size or most_bytes(path.name)) + 1)
    check_size(path, len(content))
    return content


@contextmanager
def readable(path: Path) -> Iterator[str]:
    """A name of a file for libraries that take every name for UTF-8, as pyarrow and polars do: that of a handle."""
    handle = os.open(path, os.O_RDONLY)
    try:
        yield f"/dev/fd/{handle}"
    finally:
        os.close(handle)


@contextmanager
def environment_failures(path: Path) -> Iterator[None]:
    """Turn what the system refuses into an `EnvironmentFailure` of one line that names `path`."""
    try:
        yield
    except OSError as error:
        remedy = _REMEDY.get(error.errno or 0, "see that the disk works, then give the command again")
        raise EnvironmentFailure(f"{path}: {error.strerror or error}; {remedy}") from error


def check_replaceable(path: Path, beginning: bytes) -> None:
    """A file that is there is replaced by one of its kind alone: prices or a config never, by a slip in `--out`.

    Raises
    ------
    DirectoryRefused
        It does not start with `beginning`, or its name says that it is no parquet file where one is written.
    """
    if beginning == PARQUET and path.suffix.lower() not in (".parquet", ".pq", ""):
        raise DirectoryRefused(f"{path}: parquet is what is written; name it {path.with_suffix('.parquet').name}")
    try:
        with open(path, "rb") as file:
            is_other = file.read(len(beginning)) != beginning
    except OSError:
        return
    if is_other:
        raise DirectoryRefused(f"{path}: is there already, and is no such file as would replace it; name another one")


def write_whole(path: Path, content: bytes | memoryview) -> str:
    """Write a file under a temporary name, to the disk itself, then give it its name; its sha256 (hex).

    Raises
    ------
    EnvironmentFailure
        Disk full, no permission; nothing is left behind.
    """
    with whole_file(path) as file:
        file.write(content)
    return hashlib.sha256(content).hexdigest()


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which bears another name until all of it is on the disk itself.

    Raises
    ------
    EnvironmentFailure
        Disk full, no permission; nothing is left behind.
    """
    # of its own, for whoever else writes the same file of a shared folder
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}{TEMPORARY}")
    with environment_failures(path):
        try:
            with open(temporary, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def hash_of(path: Path) -> str:
    """The sha256 (hex) of a file; empty where there is none."""
    with environment_failures(path):
        try:
            with open(path, "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return ""


def _sync_folder(folder: Path) -> None:
    """Put the new name on the disk too; not every file system lets a folder be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
