"""Processes that compile, while this one waits on their pipes and stays free to be interrupted.

numba compiles one function at a time, inside a lock that no signal opens, so it is not called here. A helper ends when
its pipe does: none outlives the process that started it, however that one ends.
"""

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, NamedTuple, TypeAlias

from backstop.errors import EnvironmentFailure
from backstop.kernels.machine.layouts import Signature, to_plain
from backstop.kernels.machine.mode import VARIABLE
from backstop.kernels.machine.target import Target, as_environment

HELPER = "backstop.kernels.machine.compile"
TICK_SECONDS = 0.5
"""How often who waits is told the time, whether or not a part is done."""


class Job(NamedTuple):
    """An entry, by where it is written, and the form of its arguments."""

    module: str
    name: str
    signature: Signature


OnCompiled: TypeAlias = Callable[[int, int], None]
"""Takes how many parts are done, and how many there are; called between parts too."""


class Crew:
    """Helpers, started when there is something to compile, as many as there are cores; it ends them when it is left."""

    def __init__(self, target: Target, on_compiled: OnCompiled = lambda done, total: None) -> None:
        self._target, self._on_compiled = target, on_compiled
        self._helpers: list[_Helper] = []
        self._n_done = self._n_told = 0

    def __enter__(self) -> "Crew":
        """Nothing is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever they are at."""
        for helper in self._helpers:
            helper.kill()
        for helper in self._helpers:
            helper.communicate()

    def compile(self, jobs: Sequence[tuple[Job, Path]]) -> None:
        """Compile each job into its file.

        Raises
        ------
        EnvironmentFailure
            A helper that can't be started, or is ended from outside, as where memory is short.
        RuntimeError
            Something that does not compile.
        """
        self._n_told += len(jobs)
        waiting = [_as_line(job, file) for job, file in reversed(jobs)]
        while len(self._helpers) < min(len(os.sched_getaffinity(0)), len(jobs)):
            self._helpers.append(_start(self._target))
        with selectors.DefaultSelector() as ready:
            for helper in self._helpers[: len(jobs)]:
                ready.register(_out(helper), selectors.EVENT_READ, helper)
                _tell(helper, waiting.pop())
            self._on_compiled(self._n_done, self._n_told)
            while self._n_done < self._n_told:
                for key, _ in ready.select(TICK_SECONDS):
                    _check(key.data, _out(key.data).readline())
                    self._n_done += 1
                    if waiting:
                        _tell(key.data, waiting.pop())
                self._on_compiled(self._n_done, self._n_told)


_Helper: TypeAlias = "subprocess.Popen[bytes]"


def _as_line(job: Job, file: Path) -> bytes:
    told = {"module": job.module, "name": job.name, "signature": [to_plain(form) for form in job.signature],
            "file": str(file)}
    return json.dumps(told).encode() + b"\n"


def _start(target: Target) -> _Helper:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    environment |= as_environment(target) | {VARIABLE: "compiler", "PYTHONPATH": os.pathsep.join(sys.path)}
    # -P: a folder called backstop where the command is given is not this package
    # a group of its own: an interruption from the keyboard comes to the process that waits, and it decides
    try:
        return subprocess.Popen([sys.executable, "-P", "-m", HELPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, env=environment, process_group=0)
    except OSError as error:
        raise EnvironmentFailure(f"{sys.executable}: cannot be started to compile kernels: {error.strerror}") from None


def _out(helper: _Helper) -> IO[bytes]:
    assert helper.stdout is not None, "it was opened as a pipe"
    return helper.stdout


def _tell(helper: _Helper, line: bytes) -> None:
    assert helper.stdin is not None, "it was opened as a pipe"
    try:
        helper.stdin.write(line)
        helper.stdin.flush()
    except OSError:
        # it has ended before its time, as its own pipe will say
        pass


def _check(helper: _Helper, answer: bytes) -> None:
    if not answer:
        raise EnvironmentFailure(f"a process that compiles kernels ended before its time (code {helper.wait()}); "
                                 "is memory short? give the command again")
    told = json.loads(answer)
    if told.get("disk"):
        raise EnvironmentFailure(told["disk"])
    if told.get("error"):
        raise RuntimeError(told["error"])
