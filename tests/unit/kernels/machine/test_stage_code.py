"""Stages are compiled into the kernels that call them, and nowhere else."""

import numba
import pytest

from backstop.kernels.machine.jit import jit
from backstop.kernels.machine.mode import DISABLED

pytestmark = pytest.mark.skipif(DISABLED, reason="nothing is compiled")


@jit
def _squared(x):
    return x * x


@numba.njit
def _one_more(x):
    return _squared(x) + 1.0


def test_a_kernel_runs_and_its_stage_has_no_code_of_its_own():
    assert _one_more(3.0) == 10.0
    (kernel,), (stage,) = _one_more.overloads.values(), _squared.overloads.values()
    assert kernel.library.get_pointer_to_function(kernel.fndesc.llvm_func_name) != 0
    assert stage.library.get_pointer_to_function(stage.fndesc.llvm_func_name) == 0


def test_a_stage_keeps_its_listing():
    _one_more(3.0)
    (stage,) = _squared.overloads.values()
    assert "mulsd" in stage.library.get_asm_str()
