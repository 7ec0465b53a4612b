"""A kernel that is called by its address."""

import numba
import pytest

from backstop.kernels.machine.compiler import DISABLED
from backstop.kernels.machine.jit import FIRST, ONE, Index, call_code, code_of

pytestmark = pytest.mark.skipif(DISABLED, reason="nothing is compiled")


@numba.njit
def _refuse_the_third(terms, state, seam, day, lanes):
    if day == 2:
        raise ValueError("no third day")


@numba.njit
def _run(part, last_day):
    for day in range(FIRST, last_day):
        call_code(part, FIRST, FIRST, FIRST, day, ONE)
    return last_day


@pytest.fixture(scope="module")
def part():
    return code_of(_refuse_the_third, FIRST, FIRST, FIRST, FIRST, ONE)


def test_what_a_part_of_the_day_raises_reaches_python(part):
    with pytest.raises(ValueError, match="no third day"):
        _run(part, Index(9))


def test_a_part_that_raises_nothing_lets_the_caller_go_on(part):
    assert _run(part, Index(2)) == 2
