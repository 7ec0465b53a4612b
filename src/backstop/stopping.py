"""How a command is stopped from outside: heard at any moment, from the first import on, and never lost.

Python raises in whatever runs when a signal comes. In the callback of a library that is swallowed, and in one that is
being imported it becomes some other error; so it is raised again until somebody has taken it.
"""

import os
import signal
from types import FrameType
from typing import NoReturn

AGAIN_SECONDS = 1.0
MOST_TIMES = 3
EXIT_INTERRUPTED, EXIT_TERMINATED = 130, 143


class StopRequested(BaseException):
    """A request to end: `code` is what the command returns."""

    def __init__(self, code: int, word: str) -> None:
        super().__init__(word)
        self.code, self.word = code, word


_SIGNALS = {signal.SIGINT: (EXIT_INTERRUPTED, "interrupted"), signal.SIGTERM: (EXIT_TERMINATED, "terminated")}
_heard: list[StopRequested] = []


def listen() -> None:
    """Hear interruptions and requests to end as `StopRequested`."""
    for number in (*_SIGNALS, signal.SIGALRM):
        signal.signal(number, _hear)


def heard() -> StopRequested | None:
    """The first request to end that came, whatever became of it."""
    return _heard[0] if _heard else None


def taken() -> None:
    """Whoever ends the command has it: it need not be raised again."""
    signal.setitimer(signal.ITIMER_REAL, 0.0)


def _hear(number: int, stack: FrameType | None) -> NoReturn:
    stop = StopRequested(*_SIGNALS[signal.Signals(number)]) if number in _SIGNALS else _heard[0]
    _heard.append(stop)
    if len(_heard) > MOST_TIMES:
        os.write(2, f"backstop: {_heard[0].word}\n".encode())
        os._exit(_heard[0].code)
    signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
    raise stop
