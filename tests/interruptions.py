"""Ctrl-C at random moments of a cold start: answered within seconds, by exit code 130, and no helper lives on.

    PYTHONPATH=src:tests python -m interruptions 500 --seed 1 [--first 120]

Each number of a seed has its own moment: `--first` goes on where an earlier command was stopped.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from commands import SMALL, command_line

MOST_SECONDS = 3.0
"""From the signal to the end."""
LONGEST_SECONDS = 60.0


class Answer(NamedTuple):
    """How a command ended."""

    moment: float
    code: int
    seconds: float
    err: str
    survivors: int

    def is_right(self, most_seconds):
        return (self.code == 130 and self.seconds <= most_seconds and self.survivors == 0
                and self.err.rstrip().rsplit("\n", 1)[-1].startswith("backstop: interrupted"))


def interrupted(seed, number, window):
    """A first run that is interrupted at its own moment of the first `window` seconds after it hears signals."""
    moment = float(np.random.default_rng([seed, number]).uniform(0.0, window))
    with tempfile.TemporaryDirectory() as folder:
        running = subprocess.Popen(
            command_line("run", SMALL, "-o", Path(folder) / "run"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, env=os.environ | {"BACKSTOP_CACHE_DIR": folder, "INTERRUPTIONS": folder})
        _wait_until_it_hears(running.pid)
        time.sleep(moment)
        sent = time.monotonic()
        running.send_signal(signal.SIGINT)
        try:
            _, err = running.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            _, err = running.communicate()
        seconds = time.monotonic() - sent
        return Answer(moment, running.returncode, seconds, err, _survivors(folder))


def _wait_until_it_hears(process):
    """Until Python has begun to run our code: before that, nobody can answer."""
    bit = 1 << (signal.SIGALRM - 1)
    while True:
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:
            return
        caught = next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt")), 0)
        if caught & bit:
            return
        time.sleep(0.001)


def _survivors(folder, patience=2.0):
    """Processes of this start that are still there after a while."""
    deadline = time.monotonic() + patience
    while (n := _count(folder)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return n


def _count(folder):
    return sum(_is_of(process, folder) for process in Path("/proc").glob("[0-9]*"))


def _is_of(process, folder):
    try:
        return f"INTERRUPTIONS={folder}".encode() in (process / "environ").read_bytes()
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("number", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--window", type=float, default=20.0, help="seconds of a cold start")
    parser.add_argument("--seconds", type=float, default=MOST_SECONDS, help="most from the signal to the end")
    told = parser.parse_args()
    wrong, longest = 0, 0.0
    for number in range(told.first, told.number):
        answer = interrupted(told.seed, number, told.window)
        wrong += not answer.is_right(told.seconds)
        longest = max(longest, answer.seconds)
        print(number, f"{answer.moment:.2f} s: code {answer.code} after {answer.seconds:.2f} s",
              "" if answer.is_right(told.seconds) else repr(answer), flush=True)
    print(f"{told.number - told.first} interruptions, {wrong} wrong, the slowest answer {longest:.2f} s")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
