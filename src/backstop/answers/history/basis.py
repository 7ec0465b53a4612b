"""Basis risk: did the key turn where it was needed? By episode, for a count of days makes one crisis three hundred."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backstop.answers.history.rows import EpisodeRow


class Basis(NamedTuple):
    """Episodes of one arm, two by two."""

    design: str
    arm: str
    left_out: str
    """The episode that is left out; empty for none."""
    hits: int
    """Fired and needed."""
    misses: int
    """Needed, not fired."""
    false: int
    """Fired, not needed."""
    quiet: int

    @property
    def hit_rate(self) -> float | None:
        """Of the episodes that needed it; None without any."""
        needed = self.hits + self.misses
        return self.hits / needed if needed else None


def basis(rows: Sequence[EpisodeRow]) -> Iterator[Basis]:
    """Count the rows of one arm: over all episodes, then with each left out in turn."""
    for left_out in (None, *(range(len(rows)) if len(rows) > 1 else ())):
        kept = [row for number, row in enumerate(rows) if number != left_out]
        counts = [sum((row.has_fired, row.was_needed) == cell for row in kept)
                  for cell in ((True, True), (False, True), (True, False), (False, False))]
        yield Basis(rows[0].design, rows[0].arm, "" if left_out is None else rows[left_out].episode, *counts)
