"""One process at a time writes into a run directory.

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
    with environment_failures(lock):
        # network file systems lock only what is open for writing
        handle = os.open(lock, os.O_WRONLY | os.O_CREAT, 0o666)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    with environment_failures(folder):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DirectoryRefused(f"{folder}: another process is writing to it; wait for it to end, or name another "
                                   "folder with --out") from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            warnings.warn(f"{folder}: its file system has no locks; see that nothing else writes to it", stacklevel=2)
