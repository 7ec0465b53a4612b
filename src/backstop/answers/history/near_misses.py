"""By how much a key missed an episode, and the least change of its terms that would have turned it.

An expression holds where enough of its parts do. So if each condition says by how much its threshold is short on a
day, the expression is short by the largest of them (all), the least (any), the k-th (k of n); a key that must hold for
p days in a row is short by the largest of those days; an episode by the least over its days.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backstop.answers.history.episodes import Episode
from backstop.answers.history.signals import KeySignals, Reading
from backstop.config.facility.expressions import Condition, parts_of
from backstop.market.key_days import Floats, Truths, needed_of

if TYPE_CHECKING:
    from backstop.config.choices import OfMarket
    from backstop.config.facility.expressions import Expression

Short = Callable[[int, Reading], Floats]
"""(n,) how short the condition of that number is on each day; at most 0 where it holds."""


class Change(NamedTuple):
    """One change of terms with which a key would have been turned in an episode."""

    term: str
    """The condition, ``persistence_days``, or ``all thresholds``."""
    as_shipped: float | None
    """None for all thresholds."""
    would_fire_at: float | None
    """The threshold, or number of days, that is just enough; for all thresholds their common share of change. None
    where no value is."""
    size: float | None
    """Of the change, as a share of what is shipped."""


class NearMiss(NamedTuple):
    """A key in an episode that it was not on in."""

    design: str
    arm: str
    facility: str
    episode: str
    most_extreme: dict[str, float]
    """By condition, the value furthest into the crisis that it read on any day."""
    days_in_a_row: int
    """Most days in a row on which the whole entry held."""
    changes: tuple[Change, ...]
    least: str
    """The term of the least change; empty where no one change is enough."""


def critical_threshold(signals: KeySignals, number: int, episode: Episode) -> float | None:
    """The threshold of one condition at which the key is just turned in an episode, all else as it is.

    None where no threshold is enough; infinite, of the easy side, where the key is turned whatever it is.
    """
    def short(position: int, reading: Reading) -> Floats:
        """Of this condition what it lacks; any other is met or not, whatever this one's threshold."""
        gap = _gap(reading)
        return gap if position == number else np.where(gap <= 0.0, -np.inf, np.inf)

    least = _least(signals, episode, short)
    condition = signals.readings[number].condition
    return None if least == np.inf else condition.threshold - (least if condition.is_at_least else -least)


def common_loosening(signals: KeySignals, episode: Episode) -> float:
    """The share by which all thresholds must give way for the key to be turned; negative if it is turned anyway."""
    return _least(signals, episode, lambda _, reading: _gap(reading) / _scale(reading))


def near_miss(design: str, signals: KeySignals, episode: Episode) -> NearMiss:
    """How far the key was from being turned, and what would have done it."""
    changes = [*(_of_threshold(signals, number, episode) for number in range(len(signals.readings))),
               _of_persistence(signals, episode), _of_all(signals, episode)]
    possible = [change for change in changes if change.size is not None and np.isfinite(change.size)]
    days = _days(episode)
    extremes = {reading.name: float((np.nanmax if reading.condition.is_at_least else np.nanmin)(reading.values[days]))
                for reading in signals.readings}
    return NearMiss(design, signals.arm, signals.facility, episode.name, extremes, _longest(signals.holds[days]),
                    tuple(changes), min(possible, key=lambda change: change.size or 0.0).term if possible else "")


def has_least_change(signals: KeySignals) -> bool:
    """Whether thresholds alone say what is missing: not where a condition has a past of its own, or there is none."""
    return bool(signals.readings) and not any(reading.condition.is_latched for reading in signals.readings)


def _of_threshold(signals: KeySignals, number: int, episode: Episode) -> Change:
    reading, at = signals.readings[number], critical_threshold(signals, number, episode)
    shipped = reading.condition.threshold
    return Change(reading.title, shipped, at, None if at is None else abs(at - shipped) / _scale(reading))


def _of_persistence(signals: KeySignals, episode: Episode) -> Change:
    shipped, longest = signals.key.persistence_days, _longest(signals.holds[_days(episode)])
    found = (float(longest), (shipped - longest) / shipped) if longest else (None, None)
    return Change("persistence_days", float(shipped), *found)


def _of_all(signals: KeySignals, episode: Episode) -> Change:
    share = common_loosening(signals, episode)
    return Change("all thresholds", None, share, share)


def _days(episode: Episode) -> slice:
    return slice(max(episode.peak, episode.shut_until) + 1, episode.last + 1)


def _gap(reading: Reading) -> Floats:
    """How far the signal is on the calm side of its threshold."""
    condition = reading.condition
    return condition.threshold - reading.values if condition.is_at_least else reading.values - condition.threshold


def _scale(reading: Reading) -> float:
    """What a change of the threshold is a share of: itself, or where it is 0 the usual range of the signal."""
    usual = reading.condition.rule.usual
    return abs(reading.condition.threshold) or abs(usual[1] - usual[0])


def _least(signals: KeySignals, episode: Episode, short: Short) -> float:
    """How short the key is in an episode."""
    if signals.key.entry is None:
        return np.inf
    gaps = iter([short(number, reading) for number, reading in enumerate(signals.readings)])
    by_day = _short_of(signals.key.entry, gaps)[_days(episode)]
    persistence = signals.key.persistence_days
    if len(by_day) < persistence:
        return np.inf
    return float(sliding_window_view(by_day, persistence).max(axis=1).min())


def _short_of(expression: "Expression[OfMarket]", gaps: Iterator[Floats]) -> Floats:
    """(n,) how short an expression is, from those of its conditions, which come in the order of the tree."""
    if isinstance(expression, Condition):
        return next(gaps)
    parts = np.sort([_short_of(part, gaps) for part in parts_of(expression)], axis=0)
    return np.asarray(parts[needed_of(expression) - 1])


def _longest(holds: Truths) -> int:
    longest = run = 0
    for is_true in holds:
        run = run + 1 if is_true else 0
        longest = max(longest, run)
    return longest
