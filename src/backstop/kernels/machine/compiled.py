"""The decorators as numba has them, for processes that compile."""

from typing import Any

import numba

from backstop.kernels.machine.mode import MODE
from backstop.kernels.machine.stage_code import ApartCompiler, StageCompiler

_njit: Any = numba.njit
_FLAGS: dict[str, Any] = {"error_model": "numpy", "boundscheck": False, "nogil": True, "fastmath": False}
_NO_WAY_IN: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""What only kernels call needs no way in from Python: the wrappers are half of what compiling costs."""
_STAGE = {**_NO_WAY_IN, "forceinline": True, "pipeline_class": StageCompiler} if MODE == "compiler" else {}
_APART = {**_NO_WAY_IN, "pipeline_class": ApartCompiler} if MODE == "compiler" else {}

jit = _njit(**_FLAGS, **_STAGE)
inline = _njit(inline="always", **_FLAGS, **_STAGE)
apart = _njit(**_FLAGS, **_APART)
entry = _njit(**_FLAGS)


def rule(function: Any) -> Any:
    """Called through a slot; by numba's own compiler, like any other function."""
    if MODE != "compiler":
        return apart(function)
    from backstop.kernels.machine.entries import Rule
    from backstop.kernels.machine.rule_types import register

    made = Rule(function)
    register(made)
    return made


def compiled_entry(function: Any, argument_types: Any) -> Any:
    """What numba's compiler makes of an entry, which is kept as object code and called by address."""
    kernel = _njit(**_FLAGS, **_NO_WAY_IN, pipeline_class=ApartCompiler)(function)
    kernel.compile(argument_types)
    (result,) = kernel.overloads.values()
    return result
