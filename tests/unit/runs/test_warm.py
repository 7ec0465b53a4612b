import subprocess
import sys

import pytest

from backstop.kernels.market.tile import _market_tile
from backstop.kernels.step import PARTS
from backstop.runs import warm
from backstop.runs.warm import APART, HERE, compile_here, compile_market, compiled_apart
from toy_run import toy_arm

ARM = toy_arm(1)


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    """Whatever the machine has."""
    monkeypatch.setattr(warm.os, "sched_getaffinity", lambda process: {0, 1})


def child_that(runs):
    return subprocess.Popen([sys.executable, "-c", runs], stdin=subprocess.PIPE)


def sleeping():
    return child_that("import time; time.sleep(60)")


def test_where_no_process_can_be_started_the_body_runs_alone(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nothing/python")
    with compiled_apart(ARM):
        pass


def test_a_process_that_fails_is_not_missed(monkeypatch):
    monkeypatch.setattr(warm, "_start", lambda: child_that("raise SystemExit(3)"))
    with compiled_apart(ARM):
        pass


def test_a_process_that_hangs_is_ended(monkeypatch):
    child = sleeping()
    monkeypatch.setattr(warm, "_start", lambda: child)
    monkeypatch.setattr(warm, "LONGEST_SECONDS", 0.1)
    with compiled_apart(ARM):
        pass
    assert child.poll() is not None


def test_an_interruption_ends_the_process_too(monkeypatch):
    child = sleeping()
    monkeypatch.setattr(warm, "_start", lambda: child)
    with pytest.raises(KeyboardInterrupt), compiled_apart(ARM):
        raise KeyboardInterrupt
    assert child.poll() is not None


def test_the_smallest_market_compiles_the_form_that_every_market_has():
    compile_market()
    assert len(_market_tile.signatures) == 1


def test_each_part_of_a_day_is_compiled_in_one_of_the_two_processes():
    assert sorted(part.__name__ for part in (*HERE, *APART)) == sorted(part.__name__ for part in PARTS)


def test_parts_are_compiled_without_a_run():
    compile_here(ARM)
    assert all(len(part.signatures) == 1 for part in HERE)
