"""The decorators, the flags and the operations that kernels use.

`mode` says how kernels run. In the usual mode nothing here imports numba: a stage is left as it is written, for another
process to compile (`crew`), and an entry is called by the address of its compiled code (`entries`), as are rules by
compiled code (`slots`).

Flags: no ``reassoc`` (it moves outcomes), no contraction (what the compiler fuses differs between CPUs: fused
multiply-adds are written with `fma`), numpy's error model (no branch for a division by zero).
"""

import inspect
import struct
from collections.abc import Callable
from typing import Any

import numpy

from backstop.kernels.machine.entries import Entry, Rule, make_ready
from backstop.kernels.machine.mode import HAS_FRAMES, HAS_NUMBA, MODE
from backstop.kernels.machine.packs import PACK_LANES, count_packs, pack

__all__ = ["FIRST", "ONE", "THREE", "TWO", "Index", "apart", "bits_of", "entry", "float_of", "floor", "fma", "inline",
           "jit", "make_ready", "over_lanes", "rint", "rule"]

Index = numpy.uint64
"""Rows and lanes are counted in uint64: signed indices cost a wraparound test in every lane loop."""
FIRST, ONE, TWO, THREE = (Index(n) for n in range(4))


def _as_written(function: Any) -> Any:
    return function


def _python_bits(x: float) -> Any:
    return numpy.uint64(struct.unpack("<Q", struct.pack("<d", x))[0])


def _python_float(bits: Any) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", int(bits)))[0])


def _python_fma(a: float, b: float, c: float) -> float:
    # rounded twice, unlike the machine's: Python forms agree to tolerance, not to the bit
    return a * b + c


jit: Any
inline: Any
apart: Any
entry: Any
bits_of: Any
float_of: Any
floor: Any
fma: Any
rint: Any
rule: Any
if HAS_NUMBA:
    from backstop.kernels.machine.compiled import apart, inline, jit
    from backstop.kernels.machine.intrinsics import bits_of, float_of, floor, fma, rint
else:
    jit = inline = apart = _as_written
    """A stage: compiled into whatever calls it; a scalar function that must vanish into the lane loop around it; a
    stage with more constants than registers, or a large one, as a function of its own."""
    bits_of, float_of = _python_bits, _python_float
    """The 64 bits of a float64 as uint64, and back."""
    floor, rint = numpy.floor, round
    """The largest whole number that is not above; the nearest, halves to even."""
    fma = _python_fma
    """``a*b + c`` rounded once."""
if MODE == "numba":
    from backstop.kernels.machine.compiled import entry, rule
elif MODE == "compiler":
    from backstop.kernels.machine.compiled import rule
    entry = Entry
elif HAS_FRAMES:
    entry, rule = Entry, Rule
    """A kernel that Python calls; a stage that is compiled by itself, when a config first needs it."""
else:
    entry = rule = _as_written


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
