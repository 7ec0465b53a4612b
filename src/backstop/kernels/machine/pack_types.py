"""Packs as numba's types: eight lanes in one vector register; see `packs`."""

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global
from numba.extending import intrinsic, lower_builtin, lower_cast, models, register_model

from backstop.kernels.machine.frame_types import BareType, element, lower_get, share_no_memory

PACK_LANES = 8
_WORD = ir.IntType(64)
_VECTOR = ir.VectorType(ir.DoubleType(), PACK_LANES)
_BITS = ir.VectorType(ir.IntType(1), PACK_LANES)


class _PackType(types.Type):
    """Eight float64."""


class _TruthType(types.Type):
    """Eight truth values."""


class _PackIndexType(types.Type):
    """The first of eight lanes."""


PACK, _TRUTH, _PACK_INDEX = _PackType(name="Pack"), _TruthType(name="Truth"), _PackIndexType(name="PackIndex")


@register_model(_PackType)
class _PackModel(models.PrimitiveModel):
    def __init__(self, manager, fe_type):
        super().__init__(manager, fe_type, _VECTOR)


@register_model(_TruthType)
class _TruthModel(models.PrimitiveModel):
    def __init__(self, manager, fe_type):
        super().__init__(manager, fe_type, _BITS)


@register_model(_PackIndexType)
class _PackIndexModel(models.PrimitiveModel):
    def __init__(self, manager, fe_type):
        super().__init__(manager, fe_type, _WORD)


@intrinsic
def pack(typingctx, number):
    def generate(context, builder, signature, args):
        return builder.mul(args[0], ir.Constant(_WORD, PACK_LANES))

    return _PACK_INDEX(types.uint64), generate


@intrinsic
def count_packs(typingctx, lanes):
    def generate(context, builder, signature, args):
        return builder.udiv(args[0], ir.Constant(_WORD, PACK_LANES))

    return types.uint64(types.uint64), generate


@intrinsic
def zero(typingctx, i):
    kind = PACK if i == _PACK_INDEX else types.float64
    return kind(i), lambda context, builder, signature, args: ir.Constant(context.get_value_type(kind), None)


def is_pack(*kinds: Any) -> bool:
    """Whether an operation on these types is one on packs."""
    return PACK in kinds and all(kind == PACK or isinstance(kind, types.Float) for kind in kinds)


def on_pack(builder: Any, name: str, args: Any) -> Any:
    """LLVM's intrinsic `name` of packs."""
    of_vectors = ir.FunctionType(_VECTOR, [_VECTOR] * len(args))
    function = cgutils.get_or_insert_function(builder.module, of_vectors, f"llvm.{name}.v{PACK_LANES}f64")
    return builder.call(function, args)


@lower_cast(types.Float, _PackType)
def _spread(context, builder, kind, _pack_kind, value):
    number = context.cast(builder, value, kind, types.float64)
    one = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    everywhere = ir.Constant(ir.VectorType(ir.IntType(32), PACK_LANES), [0] * PACK_LANES)
    return builder.shuffle_vector(one, one, everywhere)


@intrinsic
def choose(typingctx, condition, a, b):
    if condition == _TRUTH and is_pack(a, b, PACK):
        return PACK(_TRUTH, PACK, PACK), lambda context, builder, signature, args: builder.select(*args)

    def generate(context, builder, signature, args):
        return builder.select(context.is_true(builder, types.boolean, args[0]), args[1], args[2])

    return types.float64(types.boolean, types.float64, types.float64), generate


class _OfPacks(AbstractTemplate):
    result: types.Type = PACK

    def generic(self, args, kws):
        return self.result(PACK, PACK) if len(args) == 2 and is_pack(*args) else None


class _Comparison(_OfPacks):
    result: types.Type = _TRUTH


class _OfTruths(AbstractTemplate):
    def generic(self, args, kws):
        return _TRUTH(_TRUTH, _TRUTH) if args == (_TRUTH, _TRUTH) else None


def _declare(operations, kind, operands, generate):
    """One operation, under all its names, of two packs, a pack and a number, or two truths."""
    for operation in operations:
        infer_global(operation)(type(kind.__name__, (kind,), {"key": operation}))
        lower_builtin(operation, operands, operands)(lambda context, builder, _, args: generate(builder, *args))


def _first_of(order):
    """Numba's own rule for numbers: the second where it comes before the first."""
    return lambda builder, a, b: builder.select(builder.fcmp_ordered(order, b, a), b, a)


def _compare(sign):
    return lambda builder, a, b: builder.fcmp_ordered(sign, a, b)


_declare((operator.add, operator.iadd), _OfPacks, _PackType, lambda builder, a, b: builder.fadd(a, b))
_declare((operator.sub, operator.isub), _OfPacks, _PackType, lambda builder, a, b: builder.fsub(a, b))
_declare((operator.mul, operator.imul), _OfPacks, _PackType, lambda builder, a, b: builder.fmul(a, b))
_declare((operator.truediv, operator.itruediv), _OfPacks, _PackType, lambda builder, a, b: builder.fdiv(a, b))
_declare((min,), _OfPacks, _PackType, _first_of("<"))
_declare((max,), _OfPacks, _PackType, _first_of(">"))
for _operation, _sign in ((operator.lt, "<"), (operator.le, "<="), (operator.gt, ">"), (operator.ge, ">="),
                          (operator.eq, "==")):
    _declare((_operation,), _Comparison, _PackType, _compare(_sign))
_declare((operator.and_,), _OfTruths, _TruthType, lambda builder, a, b: builder.and_(a, b))
_declare((operator.or_,), _OfTruths, _TruthType, lambda builder, a, b: builder.or_(a, b))


def _is_pack_of(array, index):
    return isinstance(array, BareType) and isinstance(index, types.BaseTuple) and index.types[-1] == _PACK_INDEX


@infer_global(operator.getitem)
class _GetPack(AbstractTemplate):
    def generic(self, args, kws):
        return PACK(*args) if _is_pack_of(*args) else None


@infer_global(operator.setitem)
class _SetPack(AbstractTemplate):
    def generic(self, args, kws):
        return types.none(args[0], args[1], PACK) if _is_pack_of(*args[:2]) else None


def _place(context, builder, array_type, index_type, array, index):
    """Address of the pack's first lane."""
    subscripts = types.Tuple([*index_type.types[:-1], types.uint64])
    values = cgutils.pack_struct(builder, cgutils.unpack_tuple(builder, index))
    first = element(context, builder, types.none(array_type, subscripts), [array, values])
    return builder.bitcast(first, _VECTOR.as_pointer())


@lower_builtin(operator.getitem, BareType, types.BaseTuple)
def _lower_get_pack(context, builder, signature, args):
    if not _is_pack_of(*signature.args):
        return lower_get(context, builder, signature, args)
    loaded = builder.load(_place(context, builder, *signature.args, *args), align=8)
    share_no_memory(builder, loaded, signature.args[0])
    return loaded


@lower_builtin(operator.setitem, BareType, types.BaseTuple, _PackType)
def _lower_set_pack(context, builder, signature, args):
    stored = builder.store(args[2], _place(context, builder, *signature.args[:2], *args[:2]), align=8)
    share_no_memory(builder, stored, signature.args[0])
    return context.get_dummy_value()
