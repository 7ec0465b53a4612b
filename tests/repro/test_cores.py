"""A fit has the same bits on any number of cores."""

import os
import subprocess
import sys

import pytest

CORES = sorted(os.sched_getaffinity(0))


def fitted_on(cores, cache):
    """What `calibrate` prints in a process that may use these cores alone."""
    return subprocess.run(
        [sys.executable, "-m", "backstop", "calibrate", "builtin:csi300", "--model", "egarch", "--distribution",
         "student-t", "--mean", "zero", "--json", "--quiet"],
        env=os.environ | {"BACKSTOP_CACHE_DIR": str(cache)}, preexec_fn=lambda: os.sched_setaffinity(0, cores),
        check=True, capture_output=True,
    ).stdout  # fmt: skip


@pytest.mark.skipif(len(CORES) < 2, reason="one core")
def test_a_fit_is_the_same_on_any_number_of_cores(tmp_path):
    assert fitted_on(CORES[:1], tmp_path / "one") == fitted_on(CORES, tmp_path / "all")
