"""The first run on a machine, with nothing compiled: alone, and twice at once."""

import subprocess

import pytest

from backstop.kernels.machine.mode import DISABLED
from commands import SMALL, command_line
from interruptions import MOST_SECONDS, interrupted


@pytest.mark.long
@pytest.mark.skipif(DISABLED, reason="nothing is compiled")
def test_two_first_runs_at_once_compile_to_the_same_cache_and_the_same_bytes(tmp_path, finished, monkeypatch):
    monkeypatch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path / "cache"))
    running = [subprocess.Popen(command_line("run", SMALL, "-o", tmp_path / name), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True) for name in ("one", "other")]
    for name, process in zip(("one", "other"), running, strict=True):
        _, errors = process.communicate(timeout=1200)
        assert process.returncode == 0
        assert errors.startswith("backstop: compiling, once on this machine: 7 parts\n")
        part = "paths/part-000000.parquet"
        assert (tmp_path / name / part).read_bytes() == (finished[0] / part).read_bytes()
    compiled = [path.name.split("-")[0] for path in (tmp_path / "cache").rglob("*.o")]
    assert len(compiled) == len(set(compiled)) == 7


@pytest.mark.long
@pytest.mark.skipif(DISABLED, reason="nothing is compiled")
@pytest.mark.parametrize("number", range(40))
def test_an_interruption_at_any_moment_of_a_first_run_is_answered(number):
    answer = interrupted(1, number, window=20.0)
    assert answer.is_right(MOST_SECONDS), answer
