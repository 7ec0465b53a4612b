"""Commands in processes of their own: how long they take and how much memory, at their peak."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

LAUNCHER = Path(__file__).parent / "launcher.py"


class Child(NamedTuple):
    """What a process took."""

    seconds: float
    cpu_seconds: float
    """Of all its threads."""
    peak_mb: float


def run_child(arguments: list[str], environment: Mapping[str, str]) -> Child:
    """``python ARGUMENTS`` in this process's environment and `environment`.

    Raises
    ------
    RuntimeError
        It failed; with what it said.
    """
    command = [sys.executable, "-I", "-S", str(LAUNCHER), sys.executable, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip()}")
    return Child(**json.loads(done.stdout))
