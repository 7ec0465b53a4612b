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


@pytest.mark.parametrize(("number", "code", "word"), [
    (signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")])
def test_a_run_stopped_on_its_way_goes_on_to_the_same_bytes(undisturbed, tmp_path, number, code, word):
    folder = tmp_path / "run"
    running = subprocess.Popen(command_line("run", SMALL, "-o", folder, *SIZE), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    noted, deadline = folder / "journal" / "block-000000.json", time.monotonic() + 120
    while not noted.exists() and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (code, "", f"backstop: {word}; the same command goes on from here\n")
    assert not (folder / "manifest.json").exists()
    assert not list(folder.rglob("*.tmp"))
    first = folder / "paths" / "part-000000.parquet"
    kept = first.stat().st_mtime_ns
    assert run_here("run", SMALL, "-o", folder, *SIZE).code == 0
    assert first.stat().st_mtime_ns == kept
    assert content(folder) == undisturbed
