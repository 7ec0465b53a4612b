"""System keys over the whole history of the index, day by day, each day with what was known on it.

Signals alone: a day's close is the price before trade, and no fund sells anything. Axes: n days, which are closes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backstop.config.facility.expressions import Condition, conditions_in
from backstop.config.facility.keys import Key
from backstop.config.facility.section import Facility
from backstop.market.data import PriceSeries, log_returns
from backstop.market.key_days import Floats, Truths, holds, signal_of
from backstop.market.key_turns import Phases, Spell, Waits, phases, spells
from backstop.market.known_volatility import known_volatility
from backstop.market.price_files import Days
from backstop.market.specification import CalibrationSpec
from backstop.terms import MarketSignal


class Reading(NamedTuple):
    """One condition of a key's entry, and what it reads."""

    condition: "Condition[str]"
    values: Floats
    """(n,) in the unit of the signal; NaN on the first day."""

    @property
    def title(self) -> str:
        """As ``market_drawdown(250) >= 0.2``."""
        return f"{self.name} {'>=' if self.condition.is_at_least else '<='} {self.condition.threshold:g}"

    @property
    def name(self) -> str:
        """As ``market_drawdown(250)``."""
        window = self.condition.window_days
        return str(self.condition.signal) if window is None else f"{self.condition.signal}({window})"


class KeySignals(NamedTuple):
    """One system key over the history."""

    arm: str
    facility: str
    key: "Key[str]"
    dates: Days
    """(n,) of the closes."""
    readings: tuple[Reading, ...]
    """In the order of the conditions of the entry."""
    holds: Truths
    """(n,) the entry holds."""
    phase: Phases
    """(n,) at the close of each day."""
    spells: tuple[Spell, ...]


def waits_of(key: "Key[str]") -> Waits:
    """Days that a key takes to turn."""
    return Waits(key.persistence_days, key.exit_persistence_days, key.cooldown_days, key.decision_lag_days)


def key_signals(arm: str, facility: Facility, series: PriceSeries, model: CalibrationSpec | None = None) -> KeySignals:
    """The system key of a facility over all closes; idle before the first.

    Conditional volatility is that of `model`, its parameters fitted to earlier days (market/known_volatility.py).

    Raises
    ------
    ConfigError
        A signal that returns do not tell; conditional volatility without a model.
    """
    key, returns = facility.system_key, log_returns(series).values[:, None]
    if key.entry is None or key.exit is None:
        nothing = np.zeros(len(series.dates), dtype=bool)
        return KeySignals(arm, facility.name, key, series.dates, (), nothing, nothing.astype(np.int8), ())
    volatility = None
    if model is not None and reads_volatility(key):
        volatility = known_volatility(model, series)[:, None]
    enters, leaves = (_from_first_close(holds(side, returns, volatility)[:, 0]) for side in (key.entry, key.exit))
    phase = phases(enters, leaves, waits_of(key))
    readings = tuple(Reading(condition, np.concatenate([[np.nan], signal_of(condition, returns, volatility)[:, 0]]))
                     for _, condition in conditions_in(key.entry))
    return KeySignals(arm, facility.name, key, series.dates, readings, enters, phase, spells(phase, waits_of(key)))


def reads_volatility(key: "Key[str]") -> bool:
    """Whether a condition of the key reads what a volatility model says."""
    return any(condition.kind == MarketSignal.CONDITIONAL_VOLATILITY
               for side in (key.entry, key.exit) if side is not None for _, condition in conditions_in(side))


def _from_first_close(days: Truths) -> Truths:
    """On the first close nothing is known."""
    return np.concatenate([[False], days])


def is_by_hand(signals: KeySignals) -> bool:
    """Whether the key is turned by hand on some days, which no history of signals tells."""
    return bool(signals.key.entry is None or signals.key.active_on or signals.key.idle_on)


def days_until_full(signals: Sequence[KeySignals]) -> int:
    """Days of the history before all windows of the entries are full."""
    return max([0, *(reading.condition.window_days or 0 for key in signals for reading in key.readings)])
