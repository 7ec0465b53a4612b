"""Commands of `backstop`, run in this process or in one of their own: output, errors and exit code apart."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from typer.testing import CliRunner

from backstop.cli.app import app

SMALL = Path(__file__).parent / "cli" / "small.toml"
"""A config that runs in a second."""


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def run_here(*arguments):
    """A command in this process."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return Ended(result.exit_code, result.stdout, result.stderr)


def command_line(*arguments):
    return [sys.executable, "-m", "backstop", *(str(argument) for argument in arguments)]


def run_apart(*arguments, timeout=300, **environment):
    """A command in a process of its own."""
    done = subprocess.run(command_line(*arguments), capture_output=True, text=True, timeout=timeout, check=False,
                          env=os.environ | environment)
    return Ended(done.returncode, done.stdout, done.stderr)
