"""How Python hands a hundred arrays to a kernel in one word: frames, and the bare arrays in them.

State and terms are NamedTuples of arrays, nested two deep. As numba's own tuples they would be copied whole, some six
hundred words, and their reference counts touched atomically, at every call of a stage: more than most stages cost. A
frame is the address of a table that holds, field by field, an array's address and shape, a number, or the address of
another frame; `frame.funds.nav[f, i]` reads in a kernel as it does in Python. What a frame says never changes while a
kernel runs, which the loads declare (``invariant.load``), so that they leave the lane loops.

With numba disabled a frame is the NamedTuple itself.
"""

import operator
import struct
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

from backstop.kernels.compiler import DISABLED

_WORD = ir.IntType(64)
DTYPES = (np.float64, np.int64, np.uint64, np.uint16)


class Bare(np.ndarray):
    """A C-contiguous array of `DTYPES`: to Python a numpy array, to kernels an address and a shape."""


def rows(n_rows: int, lanes: int) -> Any:
    """`n_rows` zeroed rows of `lanes` lanes."""
    return np.zeros((n_rows, lanes)).view(Bare)


def bare(array: Any) -> Any:
    """`array` as kernels take it; whoever calls keeps it alive while they run."""
    return np.ascontiguousarray(array).view(Bare)


class _BareType(types.Type):
    """`field` tells LLVM which arrays share no memory: all of different fields."""

    def __init__(self, dtype, ndim, field=""):
        self.dtype, self.ndim, self.field = dtype, ndim, field
        super().__init__(name=f"Bare({dtype}, {ndim}, {field})")


class _FrameType(types.Type):
    """`fields`: (name, type, position of its first word) of each."""

    def __init__(self, kind, fields):
        self.fields = fields
        super().__init__(name=f"Frame({kind}, {fields})")

    def find(self, name):
        return next(((kind, at) for field, kind, at in self.fields if field == name), None)


@cache
def _bare_type(dtype, ndim, field):
    """Types are looked up by names that are long to write: each is made once."""
    return _BareType(from_dtype(dtype), ndim, field)


@cache
def _frame_type(kind, fields):
    return _FrameType(kind, fields)


class Frame:
    """The table of a NamedTuple; it keeps the arrays alive, and must itself be alive while a kernel runs."""

    def __init__(self, content: Any) -> None:
        self._content = content
        self._kept: list[Any] = []
        words: list[int] = []
        fields = []
        for name, value in zip(content._fields, content, strict=True):
            kind, entry = self._entry(value, f"{type(content).__name__}.{name}")
            fields.append((name, kind, len(words)))
            words += entry
        self._words = np.array(words, dtype=np.int64)
        self.numba_type = _frame_type(type(content).__name__, tuple(fields))
        self.address = self._words.ctypes.data

    def _entry(self, value: Any, field: str) -> tuple[types.Type, list[int]]:
        """Type and words of one field."""
        if isinstance(value, tuple | Frame):
            child = frame(value)
            self._kept.append(child)
            return child.numba_type, [child.address]
        if isinstance(value, np.ndarray):
            array = bare(value)
            self._kept.append(array)
            return _bare_type(array.dtype, array.ndim, field), [array.ctypes.data, *array.shape]
        if isinstance(value, float):
            return types.float64, list(struct.unpack("<q", struct.pack("<d", value)))
        return types.int64, [int(value)]


def frame(content: Any) -> Any:
    """`content`, a NamedTuple of arrays, numbers and such NamedTuples, as kernels take it; a frame stays what it is."""
    return content if DISABLED or isinstance(content, Frame) else Frame(content)


@typeof_impl.register(Bare)
def _typeof_bare(value, context):
    if value.dtype not in DTYPES or not value.flags.c_contiguous:
        raise TypeError("kernels take C-contiguous arrays of float64, int64, uint64 or uint16")
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
    sizes = [_word(builder, table, at + 1 + axis, _WORD) for axis in range(kind.ndim)]
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
