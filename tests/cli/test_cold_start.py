"""The first run on a machine, with nothing compiled: alone, and twice at once."""

import subprocess

import pytest

from backstop.kernels.machine.compiler import COMPILED_FOLDER
from commands import SMALL, command_line


@pytest.mark.long
@pytest.mark.skipif(COMPILED_FOLDER is None, reason="nothing is compiled to disk")
def test_two_first_runs_at_once_compile_to_the_same_cache_and_the_same_bytes(tmp_path, finished, monkeypatch):
    monkeypatch.setenv("BACKSTOP_CACHE_DIR", str(tmp_path / "cache"))
    running = [subprocess.Popen(command_line("run", SMALL, "-o", tmp_path / name), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True) for name in ("one", "other")]
    for name, process in zip(("one", "other"), running, strict=True):
        _, errors = process.communicate(timeout=1200)
        assert (process.returncode, errors) == (0, "backstop: compiling, once on this machine (under a minute)\n")
        part = "paths/part-000000.parquet"
        assert (tmp_path / name / part).read_bytes() == (finished[0] / part).read_bytes()
    compiled = [path.name.split("-")[0] for path in (tmp_path / "cache").rglob("*.nbc")]
    assert sorted(compiled) == ["market_tile._market_tile", "step._close_arm", "step._run_arm"]
