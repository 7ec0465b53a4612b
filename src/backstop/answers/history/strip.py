"""A strip: which episodes turn the key at which threshold of a condition, all else as it is."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backstop.answers.history.episodes import Episode
from backstop.answers.history.near_misses import critical_threshold
from backstop.answers.history.signals import KeySignals


class StripRow(NamedTuple):
    """One condition in one episode."""

    design: str
    arm: str
    facility: str
    condition: str
    shipped: float
    episode: str
    fires_at: float | None
    """The strictest threshold that turns the key in the episode; None where none does, and, with `fires` true, where
    every one does."""
    fires: bool
    """At the shipped threshold."""


def strip_of(design: str, signals: KeySignals, episodes: Sequence[Episode]) -> Iterator[StripRow]:
    """Rows by condition, then from the episode that takes the strictest threshold to the one that takes the mildest."""
    for number, reading in enumerate(signals.readings):
        condition = reading.condition
        found = []
        for episode in episodes:
            at = critical_threshold(signals, number, episode)
            strictness = float("-inf") if at is None else at if condition.is_at_least else -at
            shipped = condition.threshold if condition.is_at_least else -condition.threshold
            at = None if at is None or abs(at) == float("inf") else at
            row = StripRow(design, signals.arm, signals.facility, reading.title, condition.threshold, episode.name, at,
                           strictness >= shipped)
            found.append((strictness, row))
        yield from (row for _, row in sorted(found, key=lambda pair: -pair[0]))
