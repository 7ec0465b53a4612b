"""What kernels call that is one instruction, or none: numba's side of `jit`."""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from backstop.kernels.machine.pack_types import PACK, is_pack, on_pack


def _bitcast(source, target, llvm_type):
    @intrinsic
    def cast(typingctx, x):
        if x != source:
            return None
        return target(source), lambda context, builder, signature, args: builder.bitcast(args[0], llvm_type)

    return cast


@intrinsic
def fma(typingctx, a, b, c):
    if is_pack(a, b, c):
        return PACK(PACK, PACK, PACK), lambda context, builder, signature, args: on_pack(builder, "fma", args)

    def generate(context, builder, signature, args):
        return builder.fma(*(context.cast(builder, value, given, types.float64)
                             for value, given in zip(args, signature.args, strict=True)))

    return types.float64(a, b, c), generate


@intrinsic
def rint(typingctx, x):
    if x != types.float64:
        return None

    def generate(context, builder, signature, args):
        return builder.call(builder.module.declare_intrinsic("llvm.rint", [ir.DoubleType()]), args)

    return x(x), generate


@intrinsic
def floor(typingctx, x):
    if x == PACK:
        return PACK(PACK), lambda context, builder, signature, args: on_pack(builder, "floor", args)

    def generate(context, builder, signature, args):
        return builder.call(builder.module.declare_intrinsic("llvm.floor", [ir.DoubleType()]), args)

    return types.float64(types.float64), generate


bits_of = _bitcast(types.float64, types.uint64, ir.IntType(64))
float_of = _bitcast(types.uint64, types.float64, ir.DoubleType())
