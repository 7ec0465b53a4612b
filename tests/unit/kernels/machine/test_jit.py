"""A kernel that is called by its address."""

import pytest

from backstop.kernels.machine.jit import FIRST, ONE, Index, code_of
from backstop.kernels.machine.mode import DISABLED
from toy_kernels import days, refuse_the_third

pytestmark = pytest.mark.skipif(DISABLED, reason="nothing is compiled")


@pytest.fixture(scope="module")
def part():
    return code_of(refuse_the_third, FIRST, FIRST, FIRST, FIRST, ONE)


def test_what_a_part_of_the_day_raises_reaches_python(part):
    with pytest.raises(RuntimeError, match="the kernel days raised an exception"):
        days(part, Index(9))


def test_a_part_that_raises_nothing_lets_the_caller_go_on(part):
    days(part, Index(2))
