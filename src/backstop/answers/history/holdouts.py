"""The key on days: in the market that it was written for, and in others that its thresholds never saw."""

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backstop.answers.history.episodes import episodes_of
from backstop.answers.history.signals import KeySignals, key_signals
from backstop.config.facility.section import Facility
from backstop.config.judging import Judging
from backstop.market.data import BUILTIN_NAMES, PriceSeries, load_prices
from backstop.market.key_days import Truths
from backstop.market.specification import CalibrationSpec
from backstop.terms import ACTIVE


class Market(NamedTuple):
    """Prices of a market, and the days of them that are looked at."""

    reference: str
    series: PriceSeries
    chosen: slice = slice(None)
    """Positions of closes."""


class OnSpell(NamedTuple):
    """A time for which the key was on."""

    breach: datetime.date
    decision: datetime.date
    exit: datetime.date | None
    """The day after the last with the key on; None where the data end first."""


class KeyDays(NamedTuple):
    """A key in one market, by signals alone."""

    design: str
    arm: str
    facility: str
    prices: str
    first: datetime.date
    last: datetime.date
    n_days: int
    """Returns that are looked at."""
    entry_days: int
    """On which the entry holds."""
    entry_share: float
    met_days: int
    """On which it has held for as many days in a row as the key asks for."""
    on_days: int
    n_episodes: int
    """Falls deep below the high, and activations apart from those."""
    n_fired: int
    """Of them, with the key on within the window."""
    spells: tuple[OnSpell, ...]


def held_out(reference: str) -> Iterator[Market]:
    """All markets that ship with the program, but for one."""
    for name in BUILTIN_NAMES:
        if name != reference:
            yield Market(name, load_prices(name, Path()))


def key_days(design: str, arm: str, facility: Facility, rules: Judging, market: Market,
             model: CalibrationSpec | None = None) -> KeyDays:
    """Count a key's days and episodes in a market; `model` is fitted to the days of that market.

    Raises
    ------
    ConfigError
        A signal that returns do not tell.
    """
    signals = key_signals(arm, facility, market.series, model)
    return counted(design, signals, rules, market)


def counted(design: str, signals: KeySignals, rules: Judging, market: Market) -> KeyDays:
    """The same of signals at hand."""
    series = market.series
    days = np.zeros(len(series.dates), dtype=bool)
    days[market.chosen] = True
    # the first close has no return
    days[0] = False
    met = _in_a_row(signals.holds, signals.key.persistence_days)
    episodes = episodes_of(series, rules, signals.spells, 0, market.chosen)
    fired = [episode for episode in episodes
             if any(spell.first <= episode.last and spell.last > max(episode.peak, episode.shut_until)
                    for spell in signals.spells)]
    shown = [spell for spell in signals.spells if days[spell.first]]
    n_days, entry_days = int(days.sum()), int((signals.holds & days).sum())
    dates = series.dates[days]
    return KeyDays(
        design, signals.arm, signals.facility, market.reference, dates[0].item(), dates[-1].item(), n_days, entry_days,
        entry_days / n_days, int((met & days).sum()), int(((signals.phase == ACTIVE) & days).sum()), len(episodes),
        len(fired), tuple(_on_spell(series, spell.breach, spell.first, None if spell.is_open else spell.last + 1)
                          for spell in shown))


def _on_spell(series: PriceSeries, breach: int, first: int, exit_: int | None) -> OnSpell:
    dates = series.dates
    return OnSpell(dates[breach].item(), dates[first].item(), None if exit_ is None else dates[exit_].item())


def _in_a_row(holds: Sequence[bool] | Truths, days: int) -> Truths:
    """(n,) days that end a run of `days` on which it holds."""
    run = np.convolve(np.asarray(holds, dtype=np.int64), np.ones(days, dtype=np.int64))[: len(holds)]
    return np.asarray(run == days)
