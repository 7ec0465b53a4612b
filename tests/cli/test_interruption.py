"""A run that is interrupted says so, and the same command finishes it with the same bytes."""

import hashlib
import signal
import subprocess
import time

import pytest

from commands import SMALL, command_line, run_here

SIZE = ("--paths", 34_000, "--set", "run.days=120", "--threads", 1, "--quiet")
"""Five blocks, a second or two of work."""


def content(folder):
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*.parquet"))}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, finished):
    folder = tmp_path_factory.mktemp("whole") / "run"
    assert run_here("run", SMALL, "-o", folder, *SIZE).code == 0
    return content(folder)


def begun(folder):
    """A run in a process of its own, its first block on the disk."""
    running = subprocess.Popen(command_line("run", SMALL, "-o", folder, *SIZE), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    noted, deadline = folder / "journal" / "block-000000.json", time.monotonic() + 120
    while not noted.exists() and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    return running


def ended(running):
    out, err = running.communicate(timeout=60)
    return running.returncode, out, err


@pytest.mark.parametrize(("number", "code", "line"), [
    (signal.SIGINT, 130, "backstop: interrupted; the same command goes on from here\n"),
    (signal.SIGTERM, 143, "backstop: terminated; the same command goes on from here\n"),
    (signal.SIGKILL, -signal.SIGKILL, "")])
def test_a_run_stopped_on_its_way_goes_on_to_the_same_bytes(undisturbed, tmp_path, number, code, line):
    folder = tmp_path / "run"
    running = begun(folder)
    running.send_signal(number)
    assert ended(running) == (code, "", line)
    assert not (folder / "manifest.json").exists()
    # nobody cleans up after a kill
    assert number == signal.SIGKILL or not list(folder.rglob("*.tmp"))
    first = folder / "paths" / "part-000000.parquet"
    kept = first.stat().st_mtime_ns
    assert run_here("run", SMALL, "-o", folder, *SIZE).code == 0
    assert first.stat().st_mtime_ns == kept
    assert not list(folder.rglob("*.tmp"))
    assert content(folder) == undisturbed


@pytest.mark.parametrize("overwrite", [[], ["--overwrite"]])
def test_a_second_run_into_a_folder_is_refused_and_the_first_goes_on(undisturbed, tmp_path, overwrite):
    folder = tmp_path / "run"
    running = begun(folder)
    running.send_signal(signal.SIGSTOP)
    second = run_here("run", SMALL, "-o", folder, *SIZE, *overwrite)
    running.send_signal(signal.SIGCONT)
    assert second == (
        2, "", f"{folder}: another process is writing to it; wait for it to end, or name another folder with --out\n")
    code, _, err = ended(running)
    assert (code, err) == (0, "")
    assert content(folder) == undisturbed
