"""What is compiled by itself, and how its code comes to be: entries, which Python calls, and rules, which code calls.

The last argument of an entry is its lanes. A call with none does nothing but go through what the terms ask for: that is
how it is found out which rules a config uses, before anything runs (`make_ready`).
"""

import ctypes
import hashlib
import importlib
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backstop.kernels.machine import objects, slots, target
from backstop.kernels.machine.cache import compiled_folder, compiled_folder_name, read_private, read_shipped
from backstop.kernels.machine.crew import Crew, Job, OnCompiled
from backstop.kernels.machine.dependence import code_hash
from backstop.kernels.machine.frame_tables import form_of, words_of
from backstop.kernels.machine.layouts import ArrayForm, Signature, frames_in, from_short, name_of


class _Code(NamedTuple):
    address: int
    call: Callable[..., int]


_RETURNED = (0, -2)
"""Of numba's convention: a function that came to its end, and one that returned nothing."""


class Rule:
    """What `jit.rule` makes of a function; it returns nothing, and takes frames, their arrays and numbers.

    Compiled code calls it through a slot; Python, its own form.
    """

    def __init__(self, py_func: Callable[..., None]) -> None:
        self.py_func = py_func
        self.__name__, self.__doc__, self.__module__ = py_func.__name__, py_func.__doc__, py_func.__module__
        self.codes: dict[Signature, _Code] = {}
        """Of what is loaded."""

    def __call__(self, *args: Any) -> None:
        """As it is written."""
        self.py_func(*args)

    def take(self, signature: Signature, found: objects.ObjectCode) -> None:
        """Load compiled code."""
        loaded = objects.load(found)
        frames = frames_in(signature)
        works = (Work(getattr(importlib.import_module(slot.module), slot.name),
                      tuple(from_short(form, frames) for form in slot.forms)) for slot in found.slots)
        slots.connect(list(zip(loaded.slots, works, strict=True)), loaded.finder)
        self.codes[signature] = _Code(loaded.function, objects.as_function(loaded.function, n_words_of(signature)))
        slots.provide(Work(self, signature), loaded.function)


class Entry(Rule):
    """What `jit.entry` makes of a function: Python calls its compiled code, with frames, bare arrays and indices."""

    def __call__(self, *args: Any) -> None:
        """Run it.

        Raises
        ------
        TypeError
            A last argument that is no `jit.Index`: a rehearsal would not run in no lanes.
        """
        if not isinstance(args[-1], np.uint64):
            raise TypeError(f"{self.__name__}: lanes come last, as uint64, not {args[-1]!r}")
        work = work_of(self, *args)
        if work.signature not in self.codes:
            if slots.is_rehearsing():
                slots.note_missing(work)
                return
            make_ready(lambda: self(*args[:-1], np.uint64(0)))
        result, raised = ctypes.c_void_p(), ctypes.c_void_p()
        words = [word for arg in args for word in words_of(arg)]
        if self.codes[work.signature].call(ctypes.byref(result), ctypes.byref(raised), *words) not in _RETURNED:
            slots.raise_what_a_finder_met()
            raise RuntimeError(f"the kernel {self.__name__} raised an exception")


class Work(NamedTuple):
    """An entry or rule, for arguments of one form."""

    rule: Rule
    signature: Signature


def work_of(rule: Rule, *args: Any) -> Work:
    """A rule for such arguments."""
    return Work(rule, tuple(map(form_of, args)))


def n_words_of(signature: Signature) -> int:
    """How many words such arguments are."""
    return sum(form.ndim + 1 if isinstance(form, ArrayForm) else 1 for form in signature)


_LOADING = threading.RLock()


def make_ready(rehearse: Callable[[], None], on_compiled: OnCompiled = lambda done, total: None) -> None:
    """Load what `rehearse`, calls of entries with no lanes, calls; what is not on disk is compiled.

    Raises
    ------
    EnvironmentFailure
        See `crew.Crew`.
    """
    with _LOADING, Crew(target.host(), on_compiled) as crew:
        while missing := slots.missing_in(rehearse):
            _fetch(missing, crew)


def _fetch_one(work: Work) -> None:
    """What no rehearsal has met."""
    with _LOADING, Crew(target.host()) as crew:
        if work.signature not in work.rule.codes:
            _fetch([work], crew)


slots.fetch_with(_fetch_one)


def _fetch(works: Sequence[Work], crew: Crew) -> None:
    folder = compiled_folder()
    missing = [work for work in works if not _is_loaded(work, folder)]
    if missing and folder is not None:
        _compile(missing, folder, crew)
    elif missing:
        with tempfile.TemporaryDirectory() as private:
            _compile(missing, Path(private), crew)


def _is_loaded(work: Work, folder: Path | None) -> bool:
    if work.signature in work.rule.codes or any(_load(work, content) for content in _shipped(work)):
        return True
    return folder is not None and _load(work, read_private(folder / file_name(work)))


def _load(work: Work, content: bytes | None) -> bool:
    found = None if content is None else objects.from_bytes(content)
    if found is not None:
        work.rule.take(work.signature, found)
    return found is not None


def _shipped(work: Work) -> Iterator[bytes | None]:
    return (read_shipped(f"{compiled_folder_name()}/{file_name(work, level)}") for level in target.levels())


def _compile(works: Sequence[Work], folder: Path, crew: Crew) -> None:
    crew.compile(jobs_of(works, folder, target.host()))
    for work in works:
        if not _load(work, read_private(folder / file_name(work))):
            raise RuntimeError(f"{work.rule.__name__}: was compiled, and is not in {folder}")


def loaded_works() -> list[Work]:
    """All that this process has loaded."""
    return list(slots.provided())


def jobs_of(works: Iterable[Work], folder: Path, cpu: target.Target) -> list[tuple[Job, Path]]:
    """Object files of `works` for a CPU, under their `file_name` in `folder`."""
    return [(Job(work.rule.__module__, work.rule.__name__, work.signature), folder / file_name(work, cpu))
            for work in works]


def file_name(work: Work, cpu: target.Target | None = None) -> str:
    """Of its object code; the compiler is in the folder's name."""
    decides = repr(cpu or target.host()) + name_of(work.signature) + code_hash(work.rule.py_func)
    return f"{work.rule.__module__}.{work.rule.__name__}-{hashlib.sha256(decides.encode()).hexdigest()[:16]}.o"
