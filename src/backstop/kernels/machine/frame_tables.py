"""How Python hands a hundred arrays to a kernel in one word: frames, and the bare arrays in them.

State and terms are NamedTuples of arrays, nested two deep. As numba's own tuples they would be copied whole, some six
hundred words, and their reference counts touched atomically, at every call of a stage: more than most stages cost. A
frame is the address of a table that holds, field by field, an array's address and shape, a number, or the address of
another frame; `frame.funds.nav[f, i]` reads in a kernel as it does in Python (`frame_types` is how). What a frame says
never changes while a kernel runs.

Where kernels are plain Python, or numba's own, a frame is the NamedTuple itself.
"""

import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from backstop.kernels.machine.fields import Span, check_array, declared_types, memory_of
from backstop.kernels.machine.layouts import Form, array_form, layout
from backstop.kernels.machine.mode import HAS_FRAMES

LANES_AT = 0
"""Position, in a frame, of the lanes of its rows."""
_LINE = 64
"""Bytes of a cache line, and of the widest vector."""


class Bare(np.ndarray):
    """A C-contiguous array of `fields.TAKEN`: to Python a numpy array, to kernels an address and a shape."""


class Rows(Bare):
    """(row, lane) float64 of a state: all of a frame have the same lanes, so that kernels reckon with one stride."""


def aligned(shape: tuple[int, ...], dtype: Any = np.float64) -> Any:
    """Zeroed memory from a cache line's start on: a vector across two lines costs half as much again."""
    size = np.dtype(dtype).itemsize * math.prod(shape)
    memory = np.zeros(size + _LINE, dtype=np.uint8)
    first = -memory.ctypes.data % _LINE
    return memory[first : first + size].view(dtype).reshape(shape)


def rows(n_rows: int, lanes: int) -> Any:
    """`n_rows` zeroed rows of `lanes` lanes; of a multiple of eight, all of them are aligned."""
    return aligned((n_rows, lanes)).view(Rows)


def as_rows(array: Any) -> Any:
    """A copy of `array` (row, lane) as rows of a state."""
    copied = rows(*array.shape)
    copied[:] = array
    return copied


def bare(array: Any) -> Any:
    """`array` as kernels take it, where it lies; whoever calls keeps it alive while they run."""
    check_array(array, "the array")
    return array.view(Bare)


class Frame:
    """The table of a NamedTuple; it keeps the arrays alive, and must itself be alive while a kernel runs.

    `spans` is the memory of all its fields.
    """

    def __init__(self, content: Any, spans: Sequence[Span]) -> None:
        self._content, self.spans = content, spans
        self._kept: list[Any] = []
        words = [self._lanes()]
        fields = []
        for name, value in zip(content._fields, content, strict=True):
            is_float = declared_types(content).get(name) is float
            form, entry = self._entry(float(value) if is_float else value, f"{type(content).__name__}.{name}")
            fields.append((name, form, len(words)))
            words += entry
        self._words = np.array(words, dtype=np.int64)
        self.layout = layout(type(content).__name__, tuple(fields))
        self.address = self._words.ctypes.data

    def _lanes(self) -> int:
        """Of all rows, 0 if there are none."""
        lanes = {value.shape[1] for value in self._content if isinstance(value, Rows)}
        if len(lanes) > 1:
            raise ValueError(f"rows of one frame have the same lanes; these have {sorted(lanes)}")
        return max(lanes, default=0)

    def _entry(self, value: Any, field: str) -> tuple[Form, list[int]]:
        """Form and words of one field."""
        if isinstance(value, tuple | Frame):
            child = value if isinstance(value, Frame) else Frame(value, ())
            self._kept.append(child)
            return child.layout, [child.address]
        if isinstance(value, np.ndarray):
            array = value.view(Bare)
            self._kept.append(array)
            form = array_form(array.dtype.name, array.ndim, field, isinstance(value, Rows))
            return form, [array.ctypes.data, *array.shape]
        if isinstance(value, float):
            return "float", list(struct.unpack("<q", struct.pack("<d", value)))
        return "int", [int(value)]


def frame(content: Any) -> Any:
    """`content`, a NamedTuple of arrays, numbers and such NamedTuples, as kernels take it; a frame stays what it is.

    Raises
    ------
    TypeError, ValueError
        See `fields`.
    """
    if isinstance(content, Frame):
        return content
    spans = memory_of(content)
    return Frame(content, spans) if HAS_FRAMES else content


def form_of(value: Any) -> Form:
    """The form of an argument of a kernel.

    Raises
    ------
    TypeError
        Something that kernels do not take.
    """
    if isinstance(value, Frame):
        return value.layout
    if isinstance(value, Bare):
        check_array(value, "the array")
        return array_form(value.dtype.name, value.ndim)
    if isinstance(value, np.uint64):
        return "index"
    raise TypeError(f"kernels take frames, `bare` arrays and indices, not {type(value).__name__}")


def words_of(value: Any) -> list[int]:
    """What an argument is to compiled code."""
    if isinstance(value, Frame):
        return [value.address]
    if isinstance(value, Bare):
        return [value.ctypes.data, *value.shape]
    return [int(value)]
