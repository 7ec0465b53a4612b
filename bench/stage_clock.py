"""The cycles of each stage of an arm's day, read inside the kernel: days run in order, on the state as it is then."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from backstop.kernels import step
from backstop.kernels.frames import frame
from backstop.kernels.jit import Index
from backstop.kernels.state import ArmState, Seam
from backstop.terms import ArmTerms

Cycles = npt.NDArray[np.int64]


@intrinsic
def _now(typingctx: Any) -> Any:
    """The CPU's time-stamp counter."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        counter = ir.FunctionType(ir.IntType(64), ())
        return builder.call(builder.module.declare_intrinsic("llvm.readcyclecounter", fnty=counter), ())

    return types.int64(), generate


def _timed_day() -> tuple[str, list[str]]:
    """Source of `step.step_day` with the counter read after each of its calls, and what is called."""
    source = textwrap.dedent(inspect.getsource(step.step_day.py_func))
    day = ast.parse(source).body[0]
    assert isinstance(day, ast.FunctionDef)
    stages: list[str] = []
    body = [*ast.parse("before = _now()").body]
    for statement in day.body[1:]:
        body.append(statement)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            body += ast.parse(f"after = _now(); cycles[day, {len(stages)}] = after - before; before = after").body
            stages.append(ast.unparse(statement.value.func))
    day.decorator_list, day.body = [], body
    day.args.args.append(ast.arg("cycles"))
    return ast.unparse(day), stages


class StageClock:
    """A compiled arm that counts; making one takes as long as compiling the kernels."""

    def __init__(self) -> None:
        source, self.stages = _timed_day()
        names = vars(step) | {"_now": _now}
        exec(compile(source, "<step_day, timed>", "exec"), names)
        flags: dict[str, Any] = {"error_model": "numpy", "boundscheck": False, "nogil": True}
        day = numba.njit(inline="always", **flags)(names["step_day"])
        self._run: Callable[..., None] = numba.njit(**flags)(_days(day))

    def count(self, terms: ArmTerms, state: ArmState, seam: Seam) -> Cycles:
        """(T, stages) cycles of all days from the opening, at which `state` must stand."""
        n_days, _, lanes = seam.log_return.shape
        cycles = np.zeros((n_days, len(self.stages)), dtype=np.int64)
        self._run(frame(terms), frame(state), frame(seam), Index(n_days), Index(lanes), cycles)
        return cycles


def _days(day: Callable[..., None]) -> Callable[..., None]:
    def run(terms: Any, state: Any, seam: Any, n_days: Any, lanes: Any, cycles: Any) -> None:
        for t in range(Index(0), n_days):
            day(terms, state, seam, t, lanes, cycles)

    return run
