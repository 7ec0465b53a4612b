"""What a frame refuses: a field of another type than its tuple says, what would have to be copied, shared memory.

Kernels check nothing. They would write to a copy that nobody sees, take the bits of one type for another, or compile
anew; and LLVM is told that a store to one field moves no load of another, so memory that is written and shared gives
wrong results.
"""

from functools import cache
from typing import Any, NamedTuple, get_type_hints

import numpy as np

from backstop.terms import Floats, Integers

_DTYPES = {Floats: np.dtype(np.float64), Integers: np.dtype(np.int64)}
"""By annotation; fields that have another one, or none, may hold any of `TAKEN`."""
TAKEN = tuple(np.dtype(kind) for kind in (np.float64, np.int64, np.uint64, np.uint16))


class Span(NamedTuple):
    """Memory of a field."""

    first: int
    last: int
    """Address behind it."""
    field: str
    is_written: bool
    """Whether it was made for kernels to write; plain arrays, those of terms, are read alone, and may be the same."""


def declared_types(content: Any) -> dict[str, Any]:
    """Annotations of a NamedTuple by field."""
    kind: Any = type(content)
    return _hints_of(kind)


@cache
def _hints_of(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def check_array(array: Any, field: str, declared: Any = None) -> None:
    """Whether kernels can work on `array` where it lies.

    Raises
    ------
    TypeError, ValueError
    """
    taken = (_DTYPES[declared],) if declared in _DTYPES else TAKEN
    if array.dtype not in taken:
        raise TypeError(f"{field} is an array of {array.dtype}; kernels take {', '.join(map(str, taken))}")
    if not array.flags.c_contiguous:
        raise ValueError(f"{field} is not C-contiguous: kernels would work on a copy of it")


def _check_number(value: Any, field: str, declared: Any) -> None:
    is_whole = isinstance(value, int | np.integer)
    if not (is_whole or (isinstance(value, float) and declared is not int)):
        raise TypeError(f"{field} is {value!r}; kernels take {'a whole number' if declared is int else 'a number'}")


def memory_of(content: Any) -> list[Span]:
    """Memory of all fields of a NamedTuple, in order of address, once all of them are such as kernels take.

    Raises
    ------
    TypeError, ValueError
    """
    spans: list[Span] = []
    for name, value in zip(content._fields, content, strict=True):
        field, declared = f"{type(content).__name__}.{name}", declared_types(content).get(name)
        if hasattr(value, "spans"):
            spans += value.spans
        elif isinstance(value, tuple):
            spans += memory_of(value)
        elif isinstance(value, np.ndarray):
            check_array(value, field, declared)
            spans += [_span(value, field)] if value.size else []
        else:
            _check_number(value, field, declared)
    spans.sort()
    _refuse_shared(spans)
    return spans


def _span(array: Any, field: str) -> Span:
    first = array.ctypes.data
    return Span(first, first + array.nbytes, field, is_written=type(array) is not np.ndarray)


def _refuse_shared(spans: list[Span]) -> None:
    furthest: dict[bool, Span] = {}
    for span in spans:
        for before in furthest.values():
            if span.first < before.last and (span.is_written or before.is_written):
                raise ValueError(f"{before.field} and {span.field} share memory: give each its own")
        furthest[span.is_written] = max(span, furthest.get(span.is_written, span), key=lambda one: one.last)
