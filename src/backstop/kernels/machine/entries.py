"""A kernel that Python calls, by the address of its compiled code; and how the code comes to be there."""

import ctypes
import hashlib
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from backstop.kernels.machine import objects, target
from backstop.kernels.machine.cache import compiled_folder, compiled_folder_name, read_private, read_shipped
from backstop.kernels.machine.crew import Job, OnCompiled, compile_jobs
from backstop.kernels.machine.frame_tables import form_of, words_of
from backstop.kernels.machine.layouts import ArrayForm, Signature, name_of

_RETURNED = (0, -2)
"""Of numba's convention: a function that came to its end, and one that returned nothing."""


class _Code(NamedTuple):
    address: int
    call: Callable[..., int]


class Entry:
    """What `jit.entry` makes of a function; it returns nothing, and takes frames, bare arrays and indices.

    Compiled for each form of arguments once: what no earlier run has left on disk, other processes compile.
    """

    def __init__(self, py_func: Callable[..., None]) -> None:
        self.py_func = py_func
        self.__name__, self.__doc__, self.__module__ = py_func.__name__, py_func.__doc__, py_func.__module__
        self.codes: dict[Signature, _Code] = {}
        """What is loaded."""

    def __call__(self, *args: Any) -> None:
        """Run it."""
        result, raised = ctypes.c_void_p(), ctypes.c_void_p()
        words = [word for arg in args for word in words_of(arg)]
        if self._code(args).call(ctypes.byref(result), ctypes.byref(raised), *words) not in _RETURNED:
            raise RuntimeError(f"the kernel {self.__name__} raised an exception")

    def code(self, *args: Any) -> int:
        """Address of the code for such arguments."""
        return self._code(args).address

    def _code(self, args: Sequence[Any]) -> _Code:
        work = work_of(self, *args)
        if work.signature not in self.codes:
            make_ready([work])
        return self.codes[work.signature]

    def take(self, signature: Signature, found: objects.ObjectCode) -> None:
        """Load compiled code."""
        n_words = sum(form.ndim + 1 if isinstance(form, ArrayForm) else 1 for form in signature)
        address = objects.load(found)
        self.codes[signature] = _Code(address, objects.as_function(address, n_words))


class Work(NamedTuple):
    """An entry, for arguments of one form."""

    entry: Entry
    signature: Signature


def work_of(entry: Entry, *args: Any) -> Work:
    """An entry for such arguments."""
    return Work(entry, tuple(map(form_of, args)))


_LOADING = threading.Lock()


def make_ready(works: Iterable[Work], on_compiled: OnCompiled = lambda done, total: None) -> None:
    """Load what is not loaded yet; what is not on disk is compiled, in the order given.

    Raises
    ------
    EnvironmentFailure
        See `crew.compile_jobs`.
    """
    with _LOADING:
        folder = compiled_folder()
        missing = [work for work in works if not _is_loaded(work, folder)]
        if missing and folder is not None:
            _compile(missing, folder, on_compiled)
        elif missing:
            with tempfile.TemporaryDirectory() as private:
                _compile(missing, Path(private), on_compiled)


def _is_loaded(work: Work, folder: Path | None) -> bool:
    if work.signature in work.entry.codes or any(_load(work, content) for content in _shipped(work)):
        return True
    return folder is not None and _load(work, read_private(folder / file_name(work)))


def _load(work: Work, content: bytes | None) -> bool:
    found = None if content is None else objects.from_bytes(content)
    if found is not None:
        work.entry.take(work.signature, found)
    return found is not None


def _shipped(work: Work) -> Iterator[bytes | None]:
    return (read_shipped(f"{compiled_folder_name()}/{file_name(work, level)}") for level in target.levels())


def _compile(works: Sequence[Work], folder: Path, on_compiled: OnCompiled) -> None:
    compile_into(works, folder, target.host(), on_compiled)
    for work in works:
        if not _load(work, read_private(folder / file_name(work))):
            raise RuntimeError(f"{work.entry.__name__}: was compiled, and is not in {folder}")


def compile_into(works: Sequence[Work], folder: Path, cpu: target.Target, on_compiled: OnCompiled) -> None:
    """Object files of `works` for a CPU, under their `file_name` in `folder`; see `crew.compile_jobs`."""
    compile_jobs([(Job(work.entry.__module__, work.entry.__name__, work.signature), folder / file_name(work, cpu))
                  for work in works], cpu, on_compiled)


def file_name(work: Work, cpu: target.Target | None = None) -> str:
    """Of its object code; hashes of the sources and the compiler are in the folder's name."""
    entry, decides = work.entry, hashlib.sha256(repr(cpu or target.host()).encode())
    decides.update(name_of(work.signature).encode())
    if not entry.__module__.startswith("backstop.kernels."):
        # the folder's hash does not know such sources
        decides.update(Path(str(sys.modules[entry.__module__].__file__)).read_bytes())
    return f"{entry.__module__}.{entry.__name__}-{decides.hexdigest()[:16]}.o"
