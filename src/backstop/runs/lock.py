"""One process at a time writes into a run directory, or several that each make blocks of it.

The lock is the kernel's, on a file that stays: it ends with the process that holds it, however that ends, so that
none is ever left behind. To remove the file would let a third process lock a new one beside the second. Who reads a
run asks for no lock.
"""

import errno
import fcntl
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backstop.errors import DirectoryRefused
from backstop.runs.files import environment_failures

_NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK)
"""What file systems say that have no locks, or whose server has none to give."""


@contextmanager
def sole_writer(folder: Path, lock: Path) -> Iterator[None]:
    """Write into `folder` alone, as far as its file system has locks; `lock` is the file of it that is locked.

    Raises
    ------
    DirectoryRefused
        Another process writes into it.
    EnvironmentFailure
        The file cannot be made.
    """
    with _locked(folder, lock, fcntl.LOCK_EX):
        yield


@contextmanager
def one_of_writers(folder: Path, lock: Path) -> Iterator[None]:
    """Write into `folder` beside others that hold this lock too, and nobody that writes alone.

    Raises
    ------
    DirectoryRefused, EnvironmentFailure
        See `sole_writer`.
    """
    with _locked(folder, lock, fcntl.LOCK_SH):
        yield


@contextmanager
def _locked(folder: Path, lock: Path, kind: int) -> Iterator[None]:
    with environment_failures(lock):
        # network file systems lock for one what is open for writing, for several what is open for reading
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _lock(handle, folder, kind)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path, kind: int) -> None:
    with environment_failures(folder):
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DirectoryRefused(f"{folder}: another process is writing to it; wait for it to end, or name another "
                                   "folder with --out") from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            if kind == fcntl.LOCK_SH:
                return
            warnings.warn(f"{folder}: its file system has no locks; see that nothing else writes to it", stacklevel=2)
