"""Episodes: windows of a real history around every deep fall of the index, and every activation outside of those.

A day is a breach by the rule of [judging]: the index closes so far below its high of so many days. An episode goes on
for the window's days after its last breach. Positions are those of closes.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from backstop.config.judging import Judging
from backstop.market.data import PriceSeries
from backstop.market.key_days import Floats, Truths
from backstop.market.key_turns import Spell
from backstop.terms import SAME_FALL


class Episode(NamedTuple):
    """A window of history, and the days that are replayed for it."""

    name: str
    """Month in which it begins."""
    peak: int
    """The high before it: funds open at its close."""
    first: int
    """Of the window: the first breach, or that of a key which acts earlier."""
    last: int
    """Of the window: what keys do later is not of this episode."""
    trough: int
    """Lowest close from the peak to the last day."""
    end: int
    """Last day that is replayed, so that loans come due."""
    shut_until: int
    """Last day of the episode before: what keys did up to then is of that one."""
    is_cut: bool
    """The data end before the window, or the days after it, do."""


def breaches(prices: Floats, rules: Judging) -> Truths:
    """(n,) days on which the index stands deep below its high."""
    return np.asarray(1.0 - prices / highs(prices, rules.window_high_days) >= rules.window_drawdown_frac - SAME_FALL)


def highs(prices: Floats, days: int) -> Floats:
    """(n,) highest of a close and the `days` closes before it, as far as there are."""
    padded = np.concatenate([np.full(days, -np.inf), prices])
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, days + 1).max(axis=1))


def episodes_of(series: PriceSeries, rules: Judging, spells: Sequence[Spell], days_after: int,
                chosen: slice = slice(None)) -> tuple[Episode, ...]:
    """All episodes that begin on a chosen day, in order.

    Parameters
    ----------
    spells
        Times for which some key was on.
    days_after
        Trading days that are replayed after a window.
    chosen
        Positions of days.
    """
    windows = _runs(np.flatnonzero(breaches(series.prices, rules)).tolist(), rules.window_days)
    alone = [(spell.breach, spell.first + rules.window_days) for spell in spells
             if not any(first <= spell.first <= last for first, last in windows)]
    days, all_windows = range(len(series.prices))[chosen], _merged([*windows, *alone])
    before = [-1, *(last for _, last in all_windows)]
    return tuple(_episode(series, rules, window, days_after)._replace(shut_until=until)
                 for window, until in zip(all_windows, before, strict=False) if window[0] in days)


def _runs(days: Iterable[int], more: int) -> list[tuple[int, int]]:
    """Days and the `more` days after each, as runs."""
    return _merged((day, day + more) for day in days)


def _merged(windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Windows that overlap as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(windows):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found


def _episode(series: PriceSeries, rules: Judging, window: tuple[int, int], days_after: int) -> Episode:
    prices, final = series.prices, len(series.prices) - 1
    first, last = max(window[0], 0), window[1]
    back = max(first - rules.window_high_days, 0)
    peak = first - int(np.argmax(prices[back : first + 1][::-1]))
    within, end = min(last, final), min(last + days_after, final)
    trough = peak + int(np.argmin(prices[peak : within + 1]))
    return Episode(str(series.dates[first])[:7], peak, first, within, trough, end, -1, last + days_after > final)
