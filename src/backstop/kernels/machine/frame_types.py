"""Frames and bare arrays as numba's types: what ``frame.funds.nav[f, i]`` becomes.

What a frame says never changes while a kernel runs, which the loads declare (``invariant.load``), so that they leave
the lane loops.
"""

import operator
from functools import cache

from llvmlite import ir
from numba import types
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

from backstop.kernels.machine.frame_tables import LANES_AT, Bare, Frame, form_of
from backstop.kernels.machine.layouts import ArrayForm, Layout, name_of

_WORD = ir.IntType(64)
_NUMBERS = {"float": types.float64, "int": types.int64, "index": types.uint64, "flag": types.boolean}
_DTYPES = {"float64": types.float64, "int64": types.int64, "uint64": types.uint64, "uint16": types.uint16}


class BareType(types.Type):
    """`form.field` tells LLVM which arrays share no memory: all of different fields."""

    def __init__(self, form):
        self.form, self.dtype = form, _DTYPES[form.dtype]
        self.ndim, self.field, self.is_rows = form.ndim, form.field, form.is_rows
        super().__init__(name=f"{'Rows' if form.is_rows else 'Bare'}({form.dtype}, {form.ndim}, {form.field})")


class FrameType(types.Type):
    """`fields`: type, and position of the first word, by name.

    Its own name is short: numba writes the types of a stage into the stage's symbol, and that wherever it is called.
    """

    def __init__(self, form):
        self.form = form
        self.fields = {name: (type_of(of), at) for name, of, at in form.fields}
        super().__init__(name=f"{form.kind}({name_of((form,))})")


@cache
def type_of(form):
    """Numba's type of a form; types are looked up by names that are long to write, so each is made once."""
    if isinstance(form, Layout):
        return FrameType(form)
    if isinstance(form, ArrayForm):
        return BareType(form)
    return _NUMBERS[form]


def form_of_type(kind):
    """And back.

    Raises
    ------
    TypeError
        What no compiled code takes from another.
    """
    if isinstance(kind, BareType | FrameType):
        return kind.form
    for form, number in _NUMBERS.items():
        if types.unliteral(kind) == number:
            return form
    raise TypeError(f"a rule takes frames, arrays of frames and numbers, not {kind}")


@typeof_impl.register(Bare)
@typeof_impl.register(Frame)
def _typeof(value, context):
    return type_of(form_of(value))


@register_model(BareType)
class _BareModel(models.StructModel):
    def __init__(self, manager, fe_type):
        members = [("data", types.CPointer(fe_type.dtype)), ("shape", types.UniTuple(types.uint64, fe_type.ndim))]
        super().__init__(manager, fe_type, members)


@register_model(FrameType)
class _FrameModel(models.PrimitiveModel):
    def __init__(self, manager, fe_type):
        super().__init__(manager, fe_type, _WORD.as_pointer())


@unbox(BareType)
def _unbox_bare(fe_type, obj, c):
    array_type = types.Array(fe_type.dtype, fe_type.ndim, "C")
    array = c.context.make_array(array_type)(c.context, c.builder)
    pointer = c.builder.bitcast(array._getpointer(), c.pyapi.voidptr)
    failed = c.pyapi.nrt_adapt_ndarray_from_python(obj, pointer)
    native = cgutils.create_struct_proxy(fe_type)(c.context, c.builder)
    native.data, native.shape = array.data, array.shape
    c.context.nrt.decref(c.builder, array_type, array._getvalue())
    return NativeValue(native._getvalue(), is_error=cgutils.is_not_null(c.builder, failed))


@unbox(FrameType)
def _unbox_frame(fe_type, obj, c):
    address = c.pyapi.object_getattr_string(obj, "address")
    word = c.pyapi.long_as_ulonglong(address)
    c.pyapi.decref(address)
    return NativeValue(c.builder.inttoptr(word, _WORD.as_pointer()), is_error=c.pyapi.c_api_error())


@infer_getattr
class _FrameFields(AttributeTemplate):
    key = FrameType

    def generic_resolve(self, frame_type, name):
        return frame_type.fields.get(name, (None,))[0]


def _word(builder, table, at, llvm_type):
    """The word at position `at`, as `llvm_type`."""
    place = builder.gep(table, [ir.Constant(_WORD, at)])
    loaded = builder.load(builder.bitcast(place, llvm_type.as_pointer()))
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


@lower_getattr_generic(FrameType)
def _lower_field(context, builder, frame_type, table, name):
    kind, at = frame_type.fields[name]
    if not isinstance(kind, BareType):
        return _word(builder, table, at, context.get_value_type(kind))
    view = cgutils.create_struct_proxy(kind)(context, builder)
    view.data = _word(builder, table, at, context.get_value_type(types.CPointer(kind.dtype)))
    places = (at + 1, LANES_AT) if kind.is_rows else range(at + 1, at + 1 + kind.ndim)
    sizes = [_word(builder, table, place, _WORD) for place in places]
    view.shape = cgutils.pack_array(builder, sizes)
    return view._getvalue()


def _subscripts(index):
    return index.types if isinstance(index, types.BaseTuple) else (index,)


def _may_index(array, index):
    if not isinstance(array, BareType):
        return False
    subscripts = _subscripts(index)
    return len(subscripts) == array.ndim and all(isinstance(one, types.Integer) for one in subscripts)


def element(context, builder, signature, args):
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


def share_no_memory(builder, instruction, array_type):
    """Type-based alias metadata, a type for each field, so that a stage of many rows needs no checks for overlap."""
    if array_type.field:
        module, zero = builder.module, ir.Constant(_WORD, 0)
        root = module.add_metadata(["fields of frames"])
        field = module.add_metadata([array_type.field, root, zero])
        instruction.set_metadata("tbaa", module.add_metadata([field, field, zero]))


@lower_builtin(operator.getitem, BareType, types.Any)
def lower_get(context, builder, signature, args):
    loaded = builder.load(element(context, builder, signature, args))
    share_no_memory(builder, loaded, signature.args[0])
    return loaded


@lower_builtin(operator.setitem, BareType, types.Any, types.Any)
def _lower_set(context, builder, signature, args):
    stored = builder.store(args[2], element(context, builder, signature, args))
    share_no_memory(builder, stored, signature.args[0])
    return context.get_dummy_value()


def _size_along(axis):
    @intrinsic
    def size(typingctx, view):
        def generate(context, builder, signature, args):
            bare_view = cgutils.create_struct_proxy(view)(context, builder, value=args[0])
            return builder.extract_value(bare_view.shape, axis)

        return types.uint64(view), generate

    return size


count_rows, count_columns = (_size_along(axis) for axis in (0, 1))
