"""The decorators, the flags and the intrinsics that kernels use.

Only this module, `frames`, `packs` and `stage_code` import numba. With ``NUMBA_DISABLE_JIT=1`` every intrinsic has a
plain Python form, so that the kernels can be stepped through and measured for coverage.

Flags: no ``reassoc`` (it moves outcomes), no contraction (what the compiler fuses differs between CPUs: fused
multiply-adds are written with `fma`), numpy's error model (no branch for a division by zero).
"""

import inspect
import struct
from collections.abc import Callable
from typing import Any

import numba
import numpy
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from backstop.kernels.machine.compiler import COMPILED_FOLDER, DISABLED
from backstop.kernels.machine.packs import PACK, PACK_LANES, count_packs, is_pack, on_pack, pack
from backstop.kernels.machine.stage_code import StageCompiler

_njit: Any = numba.njit
_FLAGS: dict[str, Any] = {"error_model": "numpy", "boundscheck": False, "nogil": True, "fastmath": False}

_INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True,
                          "pipeline_class": StageCompiler}
"""What only kernels call needs no way in from Python: the wrappers are half of what compiling costs."""

jit = _njit(**_FLAGS, **_INNER)
"""A stage: compiled into whatever calls it."""

inline = _njit(inline="always", **_FLAGS, **_INNER)
"""A scalar function that must vanish into the lane loop around it."""

apart = _njit(**_FLAGS, **{**_INNER, "forceinline": False})
"""A stage with more constants than registers: a function of its own, which calls `own_frame` first."""

entry = _njit(no_cfunc_wrapper=True, cache=COMPILED_FOLDER is not None, **_FLAGS)
"""A kernel that Python calls: the only compiled code kept on disk."""


Index = numpy.uint64
"""Rows and lanes are counted in uint64: signed indices cost a wraparound test in every lane loop."""


def is_compiled(kernel: Any) -> bool:
    """Whether `kernel` is ready to run, or in the disk cache, so that calling it will not compile."""
    if DISABLED or kernel.signatures:
        return True
    return COMPILED_FOLDER is not None and any(COMPILED_FOLDER.glob(f"**/*.{kernel.py_func.__name__}-*.nbc"))


def code_of(kernel: Any, *args: Any) -> Any:
    """Address of the machine code of the entry `kernel` for such arguments, compiled if need be; see `call_code`."""
    if DISABLED:
        return kernel
    signature = tuple(numba.typeof(arg) for arg in args)
    if signature not in kernel.overloads:
        kernel.compile(signature)
    compiled = kernel.overloads[signature]
    return Index(compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name))


def _bitcast(source: Any, target: Any, llvm_type: Any) -> Any:
    @intrinsic
    def cast(typingctx, x):
        if x != source:
            return None
        return target(source), lambda context, builder, signature, args: builder.bitcast(args[0], llvm_type)

    return cast


@intrinsic
def _fma(typingctx, a, b, c):
    if is_pack(a, b, c):
        return PACK(PACK, PACK, PACK), lambda context, builder, signature, args: on_pack(builder, "fma", args)

    def generate(context, builder, signature, args):
        return builder.fma(*(context.cast(builder, value, given, types.float64)
                             for value, given in zip(args, signature.args, strict=True)))

    return types.float64(a, b, c), generate


@intrinsic
def _rint(typingctx, x):
    if x != types.float64:
        return None

    def generate(context, builder, signature, args):
        return builder.call(builder.module.declare_intrinsic("llvm.rint", [ir.DoubleType()]), args)

    return x(x), generate


@intrinsic
def _floor(typingctx, x):
    if x == PACK:
        return PACK(PACK), lambda context, builder, signature, args: on_pack(builder, "floor", args)

    def generate(context, builder, signature, args):
        return builder.call(builder.module.declare_intrinsic("llvm.floor", [ir.DoubleType()]), args)

    return types.float64(types.float64), generate


@intrinsic
def _own_frame(typingctx):
    def generate(context, builder, signature, args):
        builder.function.attributes.alignstack = 64
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.none(), generate


@intrinsic
def _call_code(typingctx, code, terms, state, seam, day, lanes):
    signature = types.none(code, terms, state, seam, day, lanes)

    def generate(context, builder, signature, args):
        kind = context.call_conv.get_function_type(types.none, signature.args[1:])
        function = builder.inttoptr(args[0], kind.as_pointer())
        status, _ = context.call_conv.call_function(builder, function, types.none, signature.args[1:], args[1:])
        with cgutils.if_unlikely(builder, status.is_error):
            context.call_conv.return_status_propagate(builder, status)
        return context.get_dummy_value()

    return signature, generate


def _python_call_code(code: Any, *args: Any) -> None:
    code(*args)


def _python_own_frame() -> None:
    pass


def _python_bits(x: float) -> Any:
    return numpy.uint64(struct.unpack("<Q", struct.pack("<d", x))[0])


def _python_float(bits: Any) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", int(bits)))[0])


def _python_fma(a: float, b: float, c: float) -> float:
    # rounded twice, unlike the machine's: Python forms agree to tolerance, not to the bit
    return a * b + c


bits_of: Any
call_code: Any
float_of: Any
floor: Any
fma: Any
own_frame: Any
rint: Any
if DISABLED:
    bits_of, float_of, fma, own_frame = _python_bits, _python_float, _python_fma, _python_own_frame
    floor, rint, call_code = numpy.floor, round, _python_call_code
else:
    bits_of = _bitcast(types.float64, types.uint64, ir.IntType(64))
    """The 64 bits of a float64 as uint64."""
    call_code = _call_code
    """Calls what `code_of` found: the caller holds an address, not a copy of all that code, and compiles without it.

    What the called code raises, the caller raises.
    """
    float_of = _bitcast(types.uint64, types.float64, ir.DoubleType())
    """The float64 that 64 bits stand for."""
    floor = _floor
    """The largest whole number that is not above."""
    fma = _fma
    """``a*b + c`` rounded once."""
    rint = _rint
    """The nearest whole number, halves to even."""
    own_frame = _own_frame
    """Aligns the stack of the `apart` stage that calls it: vectors that spill across cache lines cost a third."""


FIRST, ONE, TWO, THREE = (numpy.uint64(n) for n in range(4))

_OVER_LANES = """
def {name}({given}, lanes):
    n_packs = count_packs(lanes)
    for n in range(FIRST, n_packs):
        lane({given}, pack(n))
    for i in range(PACK_LANES * n_packs, lanes):
        lane({given}, i)
"""


def over_lanes(function: Callable[..., None]) -> Any:
    """The stage of all lanes from what one goes through: `function` takes the lane, or pack of lanes, last.

    A stage that does much between loading and storing: what the compiler's own vector code would give back to memory
    and load again stays in registers.
    """
    given = ", ".join(list(inspect.signature(function).parameters)[:-1])
    scope = {"__name__": function.__module__, "lane": inline(function), "FIRST": FIRST, "PACK_LANES": PACK_LANES,
             "count_packs": count_packs, "pack": pack}
    exec(_OVER_LANES.format(name=function.__name__, given=given), scope)
    stage = scope[function.__name__]
    stage.__doc__, stage.of_lane = function.__doc__, function
    return jit(stage)
