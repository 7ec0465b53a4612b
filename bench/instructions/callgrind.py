"""Counts of valgrind's callgrind: what a command runs is simulated, with a first cache of 32 KiB."""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

HEADER = Path("/usr/include/valgrind/callgrind.h")
VALGRIND = ("valgrind", "--tool=callgrind", "--cache-sim=yes", "--I1=32768,8,64", "--D1=32768,8,64",
            "--LL=1048576,16,64")
_NAME = re.compile(r"^desc: Trigger: Client Request: (.+)$", re.MULTILINE)
_EVENTS = re.compile(r"^events: (.+)$", re.MULTILINE)
_TOTALS = re.compile(r"^totals: (.+)$", re.MULTILINE)


class Counts(NamedTuple):
    """Of some work."""

    instructions: float
    loads: float
    stores: float
    misses: float
    """Loads and stores that a first cache of 32 KiB does not have."""

    def less(self, other: "Counts") -> "Counts":
        """What is counted here and not there."""
        return Counts(*(a - b for a, b in zip(self, other, strict=True)))

    def over(self, units: float) -> "Counts":
        """A unit."""
        return Counts(*(n / units for n in self))


def lacking() -> str:
    """What is missing here for counting, in words; empty where nothing is."""
    missing = [program for program in ("valgrind", "g++") if shutil.which(program) is None]
    return ", ".join(missing or ([] if HEADER.exists() else [str(HEADER)]))


def counts_of_program(command: Sequence[str]) -> Counts:
    """Counts of a command from its start to its end."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        _run(command, folder, "--instr-atstart=yes", {})
        (written,) = Path(folder).iterdir()
        return _counts(written.read_text())


def counts_by_name(command: Sequence[str], environment: Mapping[str, str]) -> dict[str, Counts]:
    """Counts of what a command counts itself (`counter.cpp`), by the name that it writes them under."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        _run(command, folder, "--instr-atstart=no", environment)
        texts = [file.read_text() for file in Path(folder).iterdir()]
        return {name[1]: _counts(text) for text in texts if (name := _NAME.search(text))}


def lines_with_addresses(command: Sequence[str], environment: Mapping[str, str], name: str) -> list[str]:
    """What callgrind writes of `name`, instruction by instruction."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        _run(command, folder, "--instr-atstart=no", environment, "--dump-instr=yes", "--cache-sim=no")
        texts = [file.read_text() for file in Path(folder).iterdir()]
        return next(text for text in texts if (found := _NAME.search(text)) and found[1] == name).splitlines()


def _run(command: Sequence[str], folder: str, start: str, environment: Mapping[str, str], *more: str) -> None:
    into = f"--callgrind-out-file={folder}/counts"
    done = subprocess.run([*VALGRIND, *more, start, into, *command], capture_output=True, text=True, check=False,
                          env=os.environ | environment)
    if done.returncode != 0:
        raise RuntimeError(f"{shlex.join(command)} under valgrind: {done.stderr[-2000:]}")


def _counts(text: str) -> Counts:
    """Of one file that callgrind wrote; it leaves zeros at the end of a line out."""
    names, numbers = _found(_EVENTS, text).split(), [float(n) for n in _found(_TOTALS, text).split()]
    by_name = dict.fromkeys(names, 0.0) | dict(zip(names, numbers, strict=False))
    return Counts(by_name["Ir"], by_name["Dr"], by_name["Dw"], by_name["D1mr"] + by_name["D1mw"])


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise ValueError(f"no line of {pattern.pattern} in what callgrind wrote")
    return found[1]
