"""How compiled code calls a rule: through a slot, a word of its own that holds the rule's address once it is known.

Where the slot is empty the code asks the finder. In a rehearsal, a call in no lanes, the finder notes what is missing,
and the call is left out; otherwise it fetches the rule at once (docs/machine.md).
"""

import ctypes
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

_Word = ctypes.c_uint64


class _Own(threading.local):
    """What is noted of a rehearsal on this thread, and what went wrong in a finder that its kernel called."""

    def __init__(self) -> None:
        self.missing: list[Any] | None = None
        self.raised: BaseException | None = None


_OWN = _Own()
_WORK_AT: dict[int, Any] = {}
"""By the address of the slot."""
_EMPTY: dict[Any, list[int]] = {}
"""Slots that wait for a work."""
_ADDRESSES: dict[Any, int] = {}


def connect(slots: Sequence[tuple[int, Any]], finder_at: int) -> None:
    """Tell the slots of an object, (address, work) each, what is loaded, and its code who finds the rest."""
    for at, work in slots:
        _WORK_AT[at] = work
        _fill(at, _ADDRESSES.get(work, 0))
        if work not in _ADDRESSES:
            _EMPTY.setdefault(work, []).append(at)
    if slots:
        _fill(finder_at, _address_of(_FINDER))


def provide(work: Any, address: int) -> None:
    """`work` is loaded: every slot learns it."""
    _ADDRESSES[work] = address
    for at in _EMPTY.pop(work, ()):
        _fill(at, address)


def provided() -> Iterator[Any]:
    """The works that are loaded."""
    return iter(_ADDRESSES)


def is_rehearsing() -> bool:
    """Whether this thread wants to know what is missing, and nothing to be run."""
    return _OWN.missing is not None


def note_missing(work: Any) -> None:
    """In a rehearsal."""
    assert _OWN.missing is not None, "nobody rehearses"
    _OWN.missing.append(work)


def missing_in(rehearse: Callable[[], None]) -> list[Any]:
    """What the calls of `rehearse` miss, each once."""
    _OWN.missing = []
    try:
        rehearse()
        return list(dict.fromkeys(_OWN.missing))
    finally:
        _OWN.missing = None


def raise_what_a_finder_met() -> None:
    """After a kernel that came to no end."""
    raised, _OWN.raised = _OWN.raised, None
    if raised is not None:
        raise raised


_FETCH: list[Callable[[Any], None]] = []


def fetch_with(fetch: Callable[[Any], None]) -> None:
    """`fetch` loads a work, so that it is provided."""
    _FETCH[:] = [fetch]


def _find(at: int) -> int:
    work = _WORK_AT[at]
    if _OWN.missing is not None:
        _OWN.missing.append(work)
        return 0
    try:
        _FETCH[0](work)
        return _ADDRESSES[work]
    except BaseException as error:
        # an exception would be lost in the compiled code that called
        _OWN.raised = error
        return _address_of(_FAILURE)


def _fill(at: int, address: int) -> None:
    _Word.from_address(at).value = address


def _address_of(callback: Any) -> int:
    return int(ctypes.cast(callback, ctypes.c_void_p).value or 0)


_FINDER = ctypes.CFUNCTYPE(_Word, _Word)(_find)
_FAILURE = ctypes.CFUNCTYPE(ctypes.c_int32)(lambda: 1)
"""What is called in the place of a rule that could not be had: status 1 of numba's convention, an error."""
