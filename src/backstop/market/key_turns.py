"""When a key turns over a history of days, from what its expressions say on each of them (docs/model.md, 6)."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstop.terms import ACTIVE, IDLE, PENDING

Truths = npt.NDArray[np.bool_]
Phases = npt.NDArray[np.int8]


class Waits(NamedTuple):
    """Days that a key, or a condition with a past, takes to turn."""

    entry: int
    """In a row on which the entry must hold."""
    exit: int
    """In a row on which the exit must hold."""
    cooldown: int
    lag: int


class Spell(NamedTuple):
    """A run of days on which a key was on, as positions of days."""

    breach: int
    """First day of the breach that led to it."""
    first: int
    last: int
    is_open: bool
    """The history ends with the key on."""


class _Key:
    """Idle, pending, active: one move a day."""

    def __init__(self, waits: Waits) -> None:
        self.waits = waits
        self.phase, self.days, self.wait = IDLE, 0, 0

    def move(self, enters: bool, leaves: bool) -> float:
        """The phase after a day on which the entry, and the exit, hold or not."""
        if self.phase == IDLE:
            self._idle(enters)
        elif self.phase == PENDING:
            self.wait -= 1
            self.phase = PENDING if self.wait > 0 else ACTIVE
        else:
            self._active(leaves)
        return self.phase

    def _idle(self, enters: bool) -> None:
        self.days = self.days + 1 if enters and self.wait == 0 else 0
        self.wait = max(self.wait - 1, 0)
        if self.days >= self.waits.entry:
            self.days, self.wait = 0, self.waits.lag
            self.phase = PENDING if self.wait > 0 else ACTIVE

    def _active(self, leaves: bool) -> None:
        self.days = self.days + 1 if leaves else 0
        if self.days >= self.waits.exit:
            self.phase, self.days, self.wait = IDLE, 0, self.waits.cooldown


def phases(enters: Truths, leaves: Truths, waits: Waits) -> Phases:
    """(n,) phase at the close of each day, of a key that is idle before the first; `enters`, `leaves` are (n,)."""
    key = _Key(waits)
    moves = [key.move(bool(enter), bool(leave)) for enter, leave in zip(enters, leaves, strict=True)]
    return np.array(moves, dtype=np.int8)


def spells(phase: Phases, waits: Waits) -> tuple[Spell, ...]:
    """Runs of days (n,) on which a key is active, in order."""
    is_on = np.concatenate([[False], phase == ACTIVE, [False]]).astype(np.int8)
    firsts, ends = np.flatnonzero(np.diff(is_on) == 1), np.flatnonzero(np.diff(is_on) == -1)
    before = waits.lag + waits.entry - 1
    return tuple(Spell(int(first) - before, int(first), int(end) - 1, int(end) == len(phase))
                 for first, end in zip(firsts, ends, strict=True))
