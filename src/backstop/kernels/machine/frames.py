"""How Python hands a hundred arrays to a kernel in one word: frames, and the bare arrays in them.

State and terms are NamedTuples of arrays, nested two deep. As numba's own tuples they would be copied whole, some six
hundred words, and their reference counts touched atomically, at every call of a stage: more than most stages cost. A
frame is the address of a table that holds, field by field, an array's address and shape, a number, or the address of
another frame; `frame.funds.nav[f, i]` reads in a kernel as it does in Python. What a frame says never changes while a
kernel runs, which the loads declare (``invariant.load``), so that they leave the lane loops.

With numba disabled a frame is the NamedTuple itself.
"""

import math
import operator
import struct
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import from_dtype, types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global
from numba.extending import (
    NativeValue,
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

from backstop.kernels.machine.compiler import DISABLED
from backstop.kernels.machine.fields import Span, check_array, declared_types, memory_of

_WORD = ir.IntType(64)
_LANES = 0
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


class _BareType(types.Type):
    """`field` tells LLVM which arrays share no memory: all of different fields. `is_rows`: of the frame's lanes."""

    def __init__(self, dtype, ndim, field="", is_rows=False):
        self.dtype, self.ndim, self.field, self.is_rows = dtype, ndim, field, is_rows
        super().__init__(name=f"{'Rows' if is_rows else 'Bare'}({dtype}, {ndim}, {field})")


class _FrameType(types.Type):
    """`fields`: (name, type, position of its first word) of each."""

    def __init__(self, kind, fields):
        self.fields = fields
        super().__init__(name=f"Frame({kind}, {fields})")

    def find(self, name):
        return next(((kind, at) for field, kind, at in self.fields if field == name), None)


@cache
def _bare_type(dtype, ndim, field, is_rows):
    """Types are looked up by names that are long to write: each is made once."""
    return _BareType(from_dtype(dtype), ndim, field, is_rows)


@cache
def _frame_type(kind, fields):
    return _FrameType(kind, fields)


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
            kind, entry = self._entry(float(value) if is_float else value, f"{type(content).__name__}.{name}")
            fields.append((name, kind, len(words)))
            words += entry
        self._words = np.array(words, dtype=np.int64)
        self.numba_type = _frame_type(type(content).__name__, tuple(fields))
        self.address = self._words.ctypes.data

    def _lanes(self) -> int:
        """Of all rows, 0 if there are none."""
        lanes = {value.shape[1] for value in self._content if isinstance(value, Rows)}
        if len(lanes) > 1:
            raise ValueError(f"rows of one frame have the same lanes; these have {sorted(lanes)}")
        return max(lanes, default=0)

    def _entry(self, value: Any, field: str) -> tuple[types.Type, list[int]]:
        """Type and words of one field."""
        if isinstance(value, tuple | Frame):
            child = value if isinstance(value, Frame) else Frame(value, ())
            self._kept.append(child)
            return child.numba_type, [child.address]
        if isinstance(value, np.ndarray):
            array = value.view(Bare)
            self._kept.append(array)
            kind = _bare_type(array.dtype, array.ndim, field, isinstance(value, Rows))
            return kind, [array.ctypes.data, *array.shape]
        if isinstance(value, float):
            return types.float64, list(struct.unpack("<q", struct.pack("<d", value)))
        return types.int64, [int(value)]


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
    return content if DISABLED else Frame(content, spans)


@typeof_impl.register(Bare)
def _typeof_bare(value, context):
    check_array(value, "the array")
    return _BareType(from_dtype(value.dtype), value.ndim)


@typeof_impl.register(Frame)
def _typeof_frame(value, context):
    return value.numba_type


@register_model(_BareType)
class _BareModel(models.StructModel):
    def __init__(self, manager, fe_type):
        members = [("data", types.CPointer(fe_type.dtype)), ("shape", types.UniTuple(types.uint64, fe_type.ndim))]
        super().__init__(manager, fe_type, members)


@register_model(_FrameType)
class _FrameModel(models.PrimitiveModel):
    def __init__(self, manager, fe_type):
        super().__init__(manager, fe_type, _WORD.as_pointer())


@unbox(_BareType)
def _unbox_bare(fe_type, obj, c):
    array_type = types.Array(fe_type.dtype, fe_type.ndim, "C")
    array = c.context.make_array(array_type)(c.context, c.builder)
    pointer = c.builder.bitcast(array._getpointer(), c.pyapi.voidptr)
    failed = c.pyapi.nrt_adapt_ndarray_from_python(obj, pointer)
    native = cgutils.create_struct_proxy(fe_type)(c.context, c.builder)
    native.data, native.shape = array.data, array.shape
    c.context.nrt.decref(c.builder, array_type, array._getvalue())
    return NativeValue(native._getvalue(), is_error=cgutils.is_not_null(c.builder, failed))


@unbox(_FrameType)
def _unbox_frame(fe_type, obj, c):
    address = c.pyapi.object_getattr_string(obj, "address")
    word = c.pyapi.long_as_ulonglong(address)
    c.pyapi.decref(address)
    return NativeValue(c.builder.inttoptr(word, _WORD.as_pointer()), is_error=c.pyapi.c_api_error())


@infer_getattr
class _FrameFields(AttributeTemplate):
    key = _FrameType

    def generic_resolve(self, frame_type, name):
        found = frame_type.find(name)
        return found and found[0]


def _word(builder, table, at, llvm_type):
    """The word at position `at`, as `llvm_type`."""
    place = builder.gep(table, [ir.Constant(_WORD, at)])
    loaded = builder.load(builder.bitcast(place, llvm_type.as_pointer()))
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


@lower_getattr_generic(_FrameType)
def _lower_field(context, builder, frame_type, table, name):
    kind, at = frame_type.find(name)
    if not isinstance(kind, _BareType):
        return _word(builder, table, at, context.get_value_type(kind))
    view = cgutils.create_struct_proxy(kind)(context, builder)
    view.data = _word(builder, table, at, context.get_value_type(types.CPointer(kind.dtype)))
    places = (at + 1, _LANES) if kind.is_rows else range(at + 1, at + 1 + kind.ndim)
    sizes = [_word(builder, table, place, _WORD) for place in places]
    view.shape = cgutils.pack_array(builder, sizes)
    return view._getvalue()


def _subscripts(index):
    return index.types if isinstance(index, types.BaseTuple) else (index,)


def _may_index(array, index):
    if not isinstance(array, _BareType):
        return False
    subscripts = _subscripts(index)
    return len(subscripts) == array.ndim and all(isinstance(one, types.Integer) for one in subscripts)


def _element(context, builder, signature, args):
    """Address of ``array[i, j, ...]``."""
    view = cgutils.create_struct_proxy(signature.args[0])(context, builder, value=args[0])
    subscripts = _subscripts(signature.args[1])
    is_tuple = isinstance(signature.args[1], types.BaseTuple)
    given = cgutils.unpack_tuple(builder, args[1]) if is_tuple else [args[1]]
    position = ir.Constant(_WORD, 0)
    for value, kind, size in zip(given, subscripts, cgutils.unpack_tuple(builder, view.shape), strict=True):
        step = context.cast(builder, value, kind, types.uint64)
        position = builder.add(builder.mul(position, size), step)
    return builder.gep(view.data, [position])


@infer_global(operator.getitem)
class _GetElement(AbstractTemplate):
    def generic(self, args, kws):
        return args[0].dtype(*args) if _may_index(args[0], args[1]) else None


@infer_global(operator.setitem)
class _SetElement(AbstractTemplate):
    def generic(self, args, kws):
        return types.none(args[0], args[1], args[0].dtype) if _may_index(args[0], args[1]) else None


def _share_no_memory(builder, instruction, array_type):
    """Type-based alias metadata, a type for each field, so that a stage of many rows needs no checks for overlap."""
    if array_type.field:
        module, zero = builder.module, ir.Constant(_WORD, 0)
        root = module.add_metadata(["fields of frames"])
        field = module.add_metadata([array_type.field, root, zero])
        instruction.set_metadata("tbaa", module.add_metadata([field, field, zero]))


@lower_builtin(operator.getitem, _BareType, types.Any)
def _lower_get(context, builder, signature, args):
    loaded = builder.load(_element(context, builder, signature, args))
    _share_no_memory(builder, loaded, signature.args[0])
    return loaded


@lower_builtin(operator.setitem, _BareType, types.Any, types.Any)
def _lower_set(context, builder, signature, args):
    stored = builder.store(args[2], _element(context, builder, signature, args))
    _share_no_memory(builder, stored, signature.args[0])
    return context.get_dummy_value()


def _size_along(axis):
    @intrinsic
    def size(typingctx, view):
        def generate(context, builder, signature, args):
            bare_view = cgutils.create_struct_proxy(view)(context, builder, value=args[0])
            return builder.extract_value(bare_view.shape, axis)

        return types.uint64(view), generate

    return size


def _python_size_along(axis):
    def size(view):
        return np.uint64(view.shape[axis])

    return size


count_rows, count_columns = ((_python_size_along if DISABLED else _size_along)(axis) for axis in (0, 1))
"""Length of an array along its first and second axis, as an index."""
