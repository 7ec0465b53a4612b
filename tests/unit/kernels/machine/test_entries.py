"""Kernels compiled by other processes, kept as object code, loaded without numba."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import toy_kernels
from backstop.errors import EnvironmentFailure
from backstop.kernels.machine import crew
from backstop.kernels.machine.cache import compiled_folder
from backstop.kernels.machine.entries import Entry, file_name, make_ready, work_of
from backstop.kernels.machine.frames import bare, frame
from backstop.kernels.machine.jit import FIRST, Index
from backstop.kernels.machine.layouts import from_plain, name_of, to_plain
from backstop.kernels.machine.mode import DISABLED
from backstop.kernels.machine.objects import ObjectCode, from_bytes, to_bytes
from backstop.kernels.pool.state import Pool

pytestmark = pytest.mark.skipif(DISABLED, reason="nothing is compiled")


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


def fresh(entry):
    """The same kernel, with nothing loaded."""
    return Entry(entry.py_func)


def doubled(kernel):
    numbers = np.arange(3.0)
    kernel(bare(numbers), Index(2))
    return numbers.tolist()


def kept(kernel):
    return compiled_folder() / file_name(work_of(kernel, bare(np.zeros(1)), FIRST))


def test_a_kernel_is_compiled_once_and_then_loaded(monkeypatch):
    assert doubled(fresh(toy_kernels.double)) == [0.0, 2.0, 2.0]
    monkeypatch.setattr(crew.subprocess, "Popen", None)
    assert doubled(fresh(toy_kernels.double)) == [0.0, 2.0, 2.0]


@pytest.mark.parametrize("lanes", [2, 2.0, np.int64(2)])
def test_lanes_are_an_index(lanes):
    with pytest.raises(TypeError, match="double: lanes come last, as uint64, not "):
        fresh(toy_kernels.double)(bare(np.zeros(2)), lanes)


@pytest.mark.parametrize("spoil", [lambda code: code[:-1], lambda code: b"", lambda code: b"\xde\xad" * 500,
                                   lambda code: code[:-1] + bytes([code[-1] ^ 1])])
def test_what_is_not_whole_is_compiled_again(spoil):
    doubled(fresh(toy_kernels.double))
    file = kept(toy_kernels.double)
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    assert doubled(fresh(toy_kernels.double)) == [0.0, 2.0, 2.0]
    assert file.read_bytes() == whole


def test_without_a_cache_a_kernel_runs_too(monkeypatch):
    monkeypatch.setenv("BACKSTOP_CACHE_DIR", "/dev/null/nowhere")
    with pytest.warns(RuntimeWarning, match="no writable cache folder"):
        assert doubled(fresh(toy_kernels.double)) == [0.0, 2.0, 2.0]


def test_what_does_not_compile_says_so():
    with pytest.raises(RuntimeError, match=r"toy_kernels\.wrong does not compile: TypingError"):
        toy_kernels.wrong(bare(np.zeros(1)), FIRST)


def test_an_argument_that_kernels_do_not_take_is_refused():
    with pytest.raises(TypeError, match="not int"):
        toy_kernels.double_or_triple(bare(np.zeros(1)), 1, FIRST)


def test_where_no_process_can_be_started_it_says_so(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nothing/python")
    kept(toy_kernels.double).unlink(missing_ok=True)
    with pytest.raises(EnvironmentFailure, match="/nothing/python: cannot be started to compile kernels"):
        doubled(fresh(toy_kernels.double))


@pytest.mark.parametrize("helper", ["import time; time.sleep(60)", "raise SystemExit(3)"])
def test_a_helper_that_is_killed_or_fails_is_the_environments_fault(monkeypatch, helper):
    started = subprocess.Popen
    helpers = []

    def start(command, **options):
        helpers.append(started([sys.executable, "-c", helper], **options))
        return helpers[-1]

    monkeypatch.setattr(crew.subprocess, "Popen", start)
    kept(toy_kernels.double).unlink(missing_ok=True)
    kernel = fresh(toy_kernels.double)
    with pytest.raises(EnvironmentFailure, match="ended before its time"):
        make_ready(lambda: kernel(bare(np.zeros(1)), FIRST), lambda done, total: helpers[0].send_signal(signal.SIGKILL))
    assert helpers[0].poll() is not None


def test_an_interruption_ends_the_helpers(monkeypatch):
    started, helpers = subprocess.Popen, []

    def start(command, **options):
        helpers.append(started(command, **options))
        return helpers[-1]

    def interrupt(done, total):
        raise KeyboardInterrupt

    monkeypatch.setattr(crew.subprocess, "Popen", start)
    kept(toy_kernels.double).unlink(missing_ok=True)
    kernel = fresh(toy_kernels.double)
    with pytest.raises(KeyboardInterrupt):
        make_ready(lambda: kernel(bare(np.zeros(1)), FIRST), interrupt)
    assert [helper.poll() for helper in helpers] == [-signal.SIGKILL]


def test_a_helper_ends_with_the_process_that_started_it():
    code = ("import subprocess, sys\n"
            f"one = subprocess.Popen([sys.executable, '-m', {crew.HELPER!r}], stdin=subprocess.PIPE)\n"
            "print(one.pid, flush=True)\nimport time; time.sleep(60)\n")
    starter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE,
                               env=os.environ | {"BACKSTOP_KERNELS": "compiler"})
    helper = int(starter.stdout.readline())
    starter.kill()
    starter.communicate()
    deadline = time.monotonic() + 60
    while _is_running(helper) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(helper)


def _is_running(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_object_code_comes_back_as_it_went():
    found = ObjectCode("name", b"\n\x00code\n")
    assert from_bytes(to_bytes(found)) == found


def test_a_signature_comes_back_as_the_same_object_and_has_one_name():
    pool = frame(Pool(*(bare(np.zeros((1, 8))) for _ in Pool._fields)))
    assert from_plain(to_plain(pool.layout)) is pool.layout
    assert name_of((pool.layout,)) != name_of((pool.layout, "index"))
