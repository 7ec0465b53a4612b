"""Rules, which compiled code calls by address: compiled when first needed, and by nobody before."""

import numba
import numpy as np
import pytest

import toy_kernels
from backstop.kernels.machine import crew
from backstop.kernels.machine.entries import Entry, loaded_works, make_ready
from backstop.kernels.machine.frames import bare
from backstop.kernels.machine.jit import FIRST, ONE, Index
from backstop.kernels.machine.mode import DISABLED
from toy_kernels import refuse_the_third

pytestmark = pytest.mark.skipif(DISABLED, reason="nothing is compiled")


@pytest.fixture(autouse=True)
def nothing_loaded(tmp_path, monkeypatch):
    """The rules of the toys as they are in a new process, and an empty cache."""
    monkeypatch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path))
    for name in ("triple", "refuse_the_third", "does_not_compile"):
        monkeypatch.setattr(toy_kernels, name, type(getattr(toy_kernels, name))(getattr(toy_kernels, name).py_func))


def fresh(entry):
    return Entry(entry.py_func)


def called(kernel, *numbers, more=()):
    rows = np.array(numbers)
    kernel(bare(rows), *more, Index(len(rows)))
    return rows.tolist()


def is_loaded(name):
    return any(work.rule is getattr(toy_kernels, name) for work in loaded_works())


def test_what_a_rule_raises_reaches_python():
    with pytest.raises(RuntimeError, match="the kernel days raised an exception"):
        fresh(toy_kernels.days)(Index(9), ONE)


@numba.njit
def _of_numba(day):
    refuse_the_third(day)


def test_code_that_numba_loads_itself_is_told_to_call_an_entry():
    with pytest.raises(RuntimeError, match="loaded by itself: call an entry"):
        _of_numba(ONE)


def test_a_rule_that_raises_nothing_lets_the_caller_go_on():
    fresh(toy_kernels.days)(Index(2), ONE)


def test_a_rule_is_compiled_where_it_is_called_and_only_there():
    kernel = fresh(toy_kernels.double_or_triple)
    assert called(kernel, 1.0, 2.0, more=(FIRST,)) == [2.0, 4.0]
    assert not is_loaded("triple")
    assert called(kernel, 1.0, 2.0, more=(ONE,)) == [3.0, 6.0]
    assert is_loaded("triple")


def test_a_rehearsal_finds_a_rule_and_changes_nothing():
    kernel, rows = fresh(toy_kernels.double_or_triple), np.array([1.0, 2.0])
    told = []
    make_ready(lambda: kernel(bare(rows), ONE, FIRST), lambda done, total: told.append((done, total)))
    assert is_loaded("triple")
    assert rows.tolist() == [1.0, 2.0]
    assert told[0] == (0, 1)
    assert told[-1] == (2, 2)


def test_a_rule_that_no_rehearsal_met_is_fetched_in_the_middle_of_a_call():
    assert called(fresh(toy_kernels.triple_if_large), 1.0, 2.0) == [1.0, 2.0]
    assert called(fresh(toy_kernels.triple_if_large), 101.0, 2.0) == [303.0, 6.0]


def test_what_goes_wrong_in_the_middle_of_a_call_reaches_python():
    with pytest.raises(RuntimeError, match=r"toy_kernels\.does_not_compile does not compile"):
        called(fresh(toy_kernels.fail_if_large), 101.0)


def test_a_rule_that_is_loaded_is_not_compiled_again(monkeypatch):
    called(fresh(toy_kernels.double_or_triple), 1.0, more=(ONE,))
    for name in ("triple",):
        monkeypatch.setattr(toy_kernels, name, type(toy_kernels.triple)(toy_kernels.triple.py_func))
    monkeypatch.setattr(crew.subprocess, "Popen", None)
    assert called(fresh(toy_kernels.double_or_triple), 1.0, more=(ONE,)) == [3.0]
