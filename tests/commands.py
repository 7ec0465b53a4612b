"""Commands of `backstop`, run in this process or in one of their own: output, errors and exit code apart."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from typer.testing import CliRunner

from backstop.cli.app import app

SMALL = Path(__file__).parent / "cli" / "small.toml"
"""A config that runs in a second."""


def pinned(text, folder):
    """A config pinned to a rise and a fall, prices of which are put into `folder`: something for a history to find."""
    moves = [0.002, -0.001] * 60 + [-0.035] * 12 + [0.012] * 40
    closes = 100.0 * np.exp(np.concatenate([[0.0], np.cumsum(moves)]))
    days = np.busday_offset("2019-12-31", np.arange(len(closes)), roll="forward")
    pl.DataFrame({"date": days.astype("datetime64[D]"), "close": closes}).write_csv(folder / "made-up.csv")
    pin = f'pins = [{{ asset = "index", prices = "made-up.csv", first = "{days[1]}", last = "{days[40]}" }}]'
    return text.replace("drift_ann_frac = { index = -1.0 }", pin)


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
