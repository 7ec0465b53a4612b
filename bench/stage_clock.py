"""The cycles of each stage of an arm's day, read inside the kernel: days run in order, on the state as it is then."""

import ast
import inspect
import textwrap
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from backstop.kernels import step
from backstop.kernels.machine.frames import bare, frame
from backstop.kernels.machine.jit import FIRST, Index, entry, inline
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


def _statements(part: Any) -> list[ast.stmt]:
    """What a part of a day does one by one; a part that loops over rounds is one call."""
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(part.py_func))).body
    assert isinstance(function, ast.FunctionDef)
    # after the docstring
    body = function.body[1:]
    whole = ast.parse(f"{function.name}(terms, state, seam, day, lanes)").body
    return whole if any(isinstance(statement, ast.For) for statement in body) else body


def _timed_day() -> tuple[str, list[str]]:
    """Source of a day with the counter read after each of its calls, and what is called."""
    stages: list[str] = []
    body = [*ast.parse("before = _now()").body]
    for statement in (statement for part in step.PARTS for statement in _statements(part)):
        body.append(statement)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            body += ast.parse(f"after = _now(); cycles[day, {len(stages)}] = after - before; before = after").body
            stages.append(ast.unparse(statement.value.func))
    (day,) = ast.parse("def timed_day(terms, state, seam, day, lanes, cycles): pass").body
    assert isinstance(day, ast.FunctionDef)
    day.body = body
    return ast.unparse(day), stages


def _compiled_day() -> tuple[Any, list[str]]:
    source, stages = _timed_day()
    names = vars(step) | {"_now": _now}
    exec(compile(source, "<timed day>", "exec"), names)
    return inline(names["timed_day"]), stages


_day, STAGES = _compiled_day()


@entry
def _timed_days(terms: Any, state: Any, seam: Any, cycles: Any, n_days: Any, lanes: Any) -> None:
    for t in range(FIRST, n_days):
        _day(terms, state, seam, t, lanes, cycles)


def count_cycles(terms: ArmTerms, state: ArmState, seam: Seam) -> Cycles:
    """(T, stages) cycles of all days from the opening, at which `state` must stand."""
    n_days, _, lanes = seam.log_return.shape
    cycles = np.zeros((n_days, len(STAGES)), dtype=np.int64)
    _timed_days(frame(terms), frame(state), frame(seam), bare(cycles), Index(n_days), Index(lanes))
    return cycles
