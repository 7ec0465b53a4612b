"""The decorators as numba has them, for processes that compile."""

from typing import Any

import numba

from backstop.kernels.machine.mode import MODE
from backstop.kernels.machine.stage_code import StageCompiler

_njit: Any = numba.njit
_FLAGS: dict[str, Any] = {"error_model": "numpy", "boundscheck": False, "nogil": True, "fastmath": False}
_NO_WAY_IN: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""What only kernels call needs no way in from Python: the wrappers are half of what compiling costs."""
_STAGE = {**_NO_WAY_IN, "forceinline": True, "pipeline_class": StageCompiler} if MODE == "compiler" else {}

jit = _njit(**_FLAGS, **_STAGE)
inline = _njit(inline="always", **_FLAGS, **_STAGE)
apart = _njit(**_FLAGS, **{**_STAGE, "forceinline": False})
entry = _njit(**_FLAGS)


def compiled_entry(function: Any, argument_types: Any) -> Any:
    """What numba's compiler makes of an entry, which is kept as object code and called by address."""
    kernel = _njit(**_FLAGS, **_NO_WAY_IN, pipeline_class=StageCompiler)(function)
    kernel.compile(argument_types)
    (result,) = kernel.overloads.values()
    return result
