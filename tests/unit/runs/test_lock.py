import errno
import fcntl
import os
import subprocess
import sys

import pytest

from backstop.errors import DirectoryRefused, EnvironmentFailure
from backstop.runs import lock
from backstop.runs.lock import sole_writer

HOLD = """
import sys
from pathlib import Path
from backstop.runs.lock import sole_writer

with sole_writer(Path("run"), Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_another_process_is_refused_by_one_line_that_names_the_folder(tmp_path, holder):
    with pytest.raises(DirectoryRefused) as caught, sole_writer(tmp_path, tmp_path / "lock"):
        pytest.fail("two processes write at once")
    assert str(caught.value) == (
        f"{tmp_path}: another process is writing to it; wait for it to end, or name another folder with --out")


def test_a_killed_process_leaves_no_lock_behind(tmp_path, holder):
    holder.kill()
    holder.wait()
    with sole_writer(tmp_path, tmp_path / "lock"):
        assert (tmp_path / "lock").exists()


def test_an_error_of_the_writer_lets_go(tmp_path):
    with pytest.raises(ZeroDivisionError), sole_writer(tmp_path, tmp_path / "lock"):
        raise ZeroDivisionError
    with sole_writer(tmp_path, tmp_path / "lock"):
        pass


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK])
def test_a_file_system_without_locks_is_written_to_with_a_warning(tmp_path, monkeypatch, code):
    monkeypatch.setattr(lock.fcntl, "flock", refuse(code))
    warned = pytest.warns(UserWarning, match=f"{tmp_path.name}: its file system has no locks")
    with warned, sole_writer(tmp_path, tmp_path / "lock"):
        pass


def test_what_else_the_system_refuses_is_the_environments_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(lock.fcntl, "flock", refuse(errno.EIO))
    with pytest.raises(EnvironmentFailure, match=tmp_path.name), sole_writer(tmp_path, tmp_path / "lock"):
        pass


def refuse(code):
    def flock(handle, operation):
        assert operation == fcntl.LOCK_EX | fcntl.LOCK_NB
        raise OSError(code, os.strerror(code))

    return flock
