"""Where compiled code is kept and for which CPU: set before numba is imported, which reads its environment once.

numba does not notice edits in the functions that a kernel calls, so the folder is named by a hash of all that compiled
code depends on (`fingerprint`).
"""

import os
import pickletools
import tempfile
import warnings
from pathlib import Path

import llvmlite.binding as llvm

from backstop.kernels.machine.fingerprint import kernel_hash

DISABLED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


def cache_root() -> Path | None:
    """The user's private cache folder, made if need be; None where none can be written."""
    base = os.environ.get("BACKSTOP_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(base).expanduser() / "backstop"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None


def _compiled_folder() -> Path | None:
    root = cache_root()
    return None if root is None else root / f"kernels-{kernel_hash()}"


def drop_torn_files(folder: Path) -> None:
    """Remove what a full disk or a lost machine left half written: numba would fail on it at every start."""
    for path in folder.glob("*/*.nb[ci]"):
        if not _is_whole(path):
            path.unlink(missing_ok=True)


def _is_whole(path: Path) -> bool:
    """Whether a file is complete pickles, one after another, as numba writes them; nothing of it is run."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            while file.tell() < size:
                for _ in pickletools.genops(file):
                    pass
            return size > 0
    except Exception:
        # bytes at random can trip the reader in any way
        return False


COMPILED_FOLDER = None if DISABLED else _compiled_folder()
if COMPILED_FOLDER is not None:
    drop_torn_files(COMPILED_FOLDER)
    os.environ["NUMBA_CACHE_DIR"] = str(COMPILED_FOLDER)
elif not DISABLED:
    warnings.warn("no writable cache folder: kernels compile anew at every start; set BACKSTOP_CACHE_DIR",
                  RuntimeWarning, stacklevel=1)


def _prefer_widest_vectors() -> None:
    """Ask for 512-bit vectors where the CPU has them: LLVM prefers 256 bits on many, which costs 10-15 % here."""
    features = llvm.get_host_cpu_features()
    if features.get("avx512f") and "NUMBA_CPU_FEATURES" not in os.environ:
        os.environ["NUMBA_CPU_FEATURES"] = features.flatten() + ",-prefer-256-bit"
        os.environ.setdefault("NUMBA_CPU_NAME", llvm.get_host_cpu_name())


_prefer_widest_vectors()
