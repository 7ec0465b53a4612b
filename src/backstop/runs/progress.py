"""What a run tells while it works."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias


class Progress(NamedTuple):
    """How far a phase has come."""

    phase: str
    """``compiling``, ``simulating`` or ``summarising``."""
    done: int
    total: int
    """In paths while simulating, else in steps."""


OnProgress: TypeAlias = Callable[[Progress], None]
"""Called on the thread that started the run, never on a worker."""


def quiet(progress: Progress) -> None:
    """Tell nobody."""


class Meter:
    """Adds up what is done of one phase and tells it."""

    def __init__(self, phase: str, total: int, on_progress: OnProgress) -> None:
        self.phase, self.total, self.done, self._tell = phase, total, 0, on_progress

    def add(self, n: int) -> None:
        """`n` more are done."""
        self.done += n
        self._tell(Progress(self.phase, self.done, self.total))
