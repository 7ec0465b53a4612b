"""The one place that knows numba: the decorators, the flags and the intrinsics that kernels use.

Nothing else in the package imports numba. With ``NUMBA_DISABLE_JIT=1`` every intrinsic has a plain Python form, so
that the kernels can be stepped through and measured for coverage.

Flags: no ``reassoc`` (it moves outcomes), no contraction (what the compiler fuses differs between CPUs: fused
multiply-adds are written with `fma`), numpy's error model (no branch for a division by zero).
"""

import hashlib
import operator
import os
import struct
import tempfile
import warnings
from pathlib import Path
from typing import Any

KERNEL_FOLDER = Path(__file__).parent
PACKAGE_FOLDER = KERNEL_FOLDER.parent
DISABLED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


def kernel_hash() -> str:
    """Hash of every source that compiled code depends on: numba does not notice edits in imported functions."""
    digest = hashlib.sha256()
    for source in [*sorted(KERNEL_FOLDER.glob("*.py")), PACKAGE_FOLDER / "terms.py", PACKAGE_FOLDER / "outcomes.py"]:
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def cache_root() -> Path | None:
    """The user's private cache folder, made if need be; None where none can be written."""
    base = os.environ.get("BACKSTOP_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(base).expanduser() / "backstop"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None


def _compiled_folder() -> Path | None:
    root = cache_root()
    return None if root is None else root / f"kernels-{kernel_hash()}"


COMPILED_FOLDER = None if DISABLED else _compiled_folder()
if COMPILED_FOLDER is not None:
    os.environ["NUMBA_CACHE_DIR"] = str(COMPILED_FOLDER)
elif not DISABLED:
    warnings.warn("no writable cache folder: kernels compile anew at every start; set BACKSTOP_CACHE_DIR",
                  RuntimeWarning, stacklevel=1)

import llvmlite.binding as llvm  # noqa: E402
from llvmlite import ir  # noqa: E402


def _prefer_widest_vectors() -> None:
    """Ask for 512-bit vectors where the CPU has them: LLVM prefers 256 bits on many, which costs 10-15 % here."""
    features = llvm.get_host_cpu_features()
    if features.get("avx512f") and "NUMBA_CPU_FEATURES" not in os.environ:
        os.environ["NUMBA_CPU_FEATURES"] = features.flatten() + ",-prefer-256-bit"
        os.environ.setdefault("NUMBA_CPU_NAME", llvm.get_host_cpu_name())


_prefer_widest_vectors()
# numba reads its environment when it is imported
import numba  # noqa: E402
import numpy  # noqa: E402
from numba import types  # noqa: E402
from numba.core import cgutils  # noqa: E402
from numba.core.typing.templates import AbstractTemplate, infer_global  # noqa: E402
from numba.extending import NativeValue, intrinsic, lower_builtin, models, register_model, typeof_impl, unbox  # noqa: E402

_FLAGS: dict[str, Any] = {"error_model": "numpy", "boundscheck": False, "nogil": True, "fastmath": False}

jit = numba.njit(**_FLAGS)
"""A stage: compiled into whatever calls it."""

inline = numba.njit(inline="always", **_FLAGS)
"""A scalar function that must vanish into the lane loop around it."""

entry = numba.njit(cache=COMPILED_FOLDER is not None, **_FLAGS)
"""A kernel that Python calls: the only compiled code kept on disk."""


def is_compiled(kernel: Any) -> bool:
    """Whether `kernel` is ready to run, or in the disk cache, so that calling it will not compile."""
    if DISABLED or kernel.signatures:
        return True
    return COMPILED_FOLDER is not None and any(COMPILED_FOLDER.glob(f"**/*{kernel.py_func.__name__}*.nbc"))


def _bitcast(source: Any, target: Any, llvm_type: Any) -> Any:
    @intrinsic
    def cast(typingctx, x):
        if x != source:
            return None
        return target(source), lambda context, builder, signature, args: builder.bitcast(args[0], llvm_type)

    return cast


@intrinsic
def _fma(typingctx, a, b, c):
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
def _own_frame(typingctx):
    def generate(context, builder, signature, args):
        builder.function.attributes.alignstack = 64
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.none(), generate


def _python_own_frame() -> None:
    pass


def _python_bits(x: float) -> Any:
    return numpy.uint64(struct.unpack("<Q", struct.pack("<d", x))[0])


def _python_float(bits: Any) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", int(bits)))[0])


def _python_fma(a: float, b: float, c: float) -> float:
    # rounded twice, unlike the machine's: Python forms agree to tolerance, not to the bit
    return a * b + c


if DISABLED:
    bits_of, float_of, fma, own_frame = _python_bits, _python_float, _python_fma, _python_own_frame
    rint = round
else:
    bits_of = _bitcast(types.float64, types.uint64, ir.IntType(64))
    """The 64 bits of a float64 as uint64."""
    float_of = _bitcast(types.uint64, types.float64, ir.DoubleType())
    """The float64 that 64 bits stand for."""
    fma = _fma
    """``a*b + c`` rounded once."""
    rint = _rint
    """The nearest whole number, halves to even."""
    own_frame = _own_frame
    """Called first in a stage with more constants than registers: keeps it a function of its own, its stack aligned.

    Vectors that spill across cache lines cost a third, and inlined stages take the stack as they find it.
    """


Index = numpy.uint64
"""Rows and lanes are counted in uint64: signed indices cost a wraparound test in every lane loop."""

FIRST, ONE, TWO, THREE = (numpy.uint64(n) for n in range(4))


class Rows(numpy.ndarray):
    """The (row, lane) float64 array that kernel state is made of; C-contiguous, lanes last.

    To Python it is a numpy array. To compiled code it is a bare pointer and its two sizes, without numpy's strides and
    reference counts: state tuples of twenty-five fields pass as 75 machine words instead of 250, which is most of what
    compiling the stages costs.
    """


def rows(n_rows: int, lanes: int) -> Any:
    """`n_rows` zeroed rows of `lanes` lanes."""
    return numpy.zeros((n_rows, lanes)).view(Rows)


class _RowsType(types.Type):
    def __init__(self):
        super().__init__(name="Rows")


_ROWS = _RowsType()


@typeof_impl.register(Rows)
def _typeof_rows(value, context):
    if value.ndim != 2 or value.dtype != numpy.float64 or not value.flags.c_contiguous:
        raise TypeError("Rows must be a C-contiguous float64 array of two dimensions")
    return _ROWS


@register_model(_RowsType)
class _RowsModel(models.StructModel):
    def __init__(self, manager, fe_type):
        members = [("data", types.CPointer(types.float64)), ("n_rows", types.uint64), ("lanes", types.uint64)]
        super().__init__(manager, fe_type, members)


@unbox(_RowsType)
def _unbox_rows(fe_type, obj, c):
    # the caller keeps the numpy array alive for as long as the kernel runs
    array_type = types.Array(types.float64, 2, "C")
    array = c.context.make_array(array_type)(c.context, c.builder)
    pointer = c.builder.bitcast(array._getpointer(), c.pyapi.voidptr)
    failed = c.pyapi.nrt_adapt_ndarray_from_python(obj, pointer)
    native = cgutils.create_struct_proxy(fe_type)(c.context, c.builder)
    native.data = array.data
    native.n_rows, native.lanes = cgutils.unpack_tuple(c.builder, array.shape, 2)
    c.context.nrt.decref(c.builder, array_type, array._getvalue())
    return NativeValue(native._getvalue(), is_error=cgutils.is_not_null(c.builder, failed))


def _element(context, builder, signature, args):
    """Address of ``rows[row, lane]``."""
    view = cgutils.create_struct_proxy(_ROWS)(context, builder, value=args[0])
    row, lane = cgutils.unpack_tuple(builder, args[1], 2)
    return builder.gep(view.data, [builder.add(builder.mul(row, view.lanes), lane)])


@infer_global(operator.getitem)
class _GetElement(AbstractTemplate):
    def generic(self, args, kws):
        if args[0] == _ROWS and args[1] == types.UniTuple(types.uint64, 2):
            return types.float64(*args)
        return None


@infer_global(operator.setitem)
class _SetElement(AbstractTemplate):
    def generic(self, args, kws):
        if args[0] == _ROWS and args[1] == types.UniTuple(types.uint64, 2):
            return types.none(args[0], args[1], types.float64)
        return None


@lower_builtin(operator.getitem, _RowsType, types.UniTuple)
def _lower_get(context, builder, signature, args):
    return builder.load(_element(context, builder, signature, args))


@lower_builtin(operator.setitem, _RowsType, types.UniTuple, types.Float)
def _lower_set(context, builder, signature, args):
    builder.store(args[2], _element(context, builder, signature, args))
    return context.get_dummy_value()


@intrinsic
def _count_rows(typingctx, view):
    def generate(context, builder, signature, args):
        return cgutils.create_struct_proxy(_ROWS)(context, builder, value=args[0]).n_rows

    return types.uint64(view), generate


def _python_count_rows(view: Any) -> Any:
    return numpy.uint64(view.shape[0])


count_rows = _python_count_rows if DISABLED else _count_rows
"""How many rows a `Rows` has, as an index."""
