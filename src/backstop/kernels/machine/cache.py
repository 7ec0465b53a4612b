"""Where what was compiled or fitted is kept: a folder that is the user's own, and that no other can write to.

The folder of compiled code is named by a hash of what compiles (`dependence`), a file by all else that matters.
"""

import os
import stat
import tempfile
import warnings
from functools import cache
from pathlib import Path

from backstop.kernels.machine.dependence import compiler_hash

PACKAGE_FOLDER = Path(__file__).parents[2]
SHIPPED = PACKAGE_FOLDER / "shipped"
"""What a wheel for a platform carries (`backstop.runs.ship`); it is trusted as the rest of the package is."""
LARGEST = 64 * 2**20
"""Bytes of a file that is read."""


def compiled_folder_name() -> str:
    """Of this compiler; what a kernel's code depends on besides is in the name of its file."""
    return f"kernels-{compiler_hash()}"


def cache_root() -> Path | None:
    """The user's private cache folder, made if need be; None where none can be written, with one warning."""
    base = os.environ.get("BACKSTOP_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return _root_in(base)


@cache
def _root_in(base: str) -> Path | None:
    try:
        folder = Path(base).expanduser() / "backstop"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_private(folder.stat()):
            _warn(f"{folder} belongs to another user, or others can write to it, so that nothing is read from it")
            return None
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        _warn("no writable cache folder")
        return None


def _warn(why: str) -> None:
    warnings.warn(f"{why}: kernels compile anew at every start; set BACKSTOP_CACHE_DIR", RuntimeWarning, stacklevel=2)


def is_private(found: os.stat_result) -> bool:
    """Whether a file or folder is this user's, and nobody else's to write."""
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def read_private(path: Path) -> bytes | None:
    """Content of a file in the cache; None where there is none, or another user may have written it."""
    try:
        # what is asked about is the file that is read, whatever takes its name meanwhile
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            return file.read() if is_private(found) and found.st_size <= LARGEST else None
    except OSError:
        return None


def write_private(path: Path, content: bytes) -> None:
    """Put a file into the cache, whole or not at all.

    Raises
    ------
    OSError
        Disk full, no permission.
    """
    # mkstemp makes the file readable by its owner alone
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_shipped(name: str) -> bytes | None:
    """Content of a file that the package carries; None where it carries none of that name."""
    try:
        return (SHIPPED / name).read_bytes()
    except OSError:
        return None


def compiled_folder() -> Path | None:
    """Where compiled code of these sources is kept, made if need be; None where nothing can be kept."""
    root = cache_root()
    if root is None:
        return None
    folder = root / compiled_folder_name()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder if is_private(folder.stat()) else None
    except OSError:
        return None
