"""Keys and their expressions into flat trees in postorder, over rows of distinct signals."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backstop.config.expressions import AllOf, Condition, KOfN, conditions_in, parts_of
from backstop.config.facility import Facility
from backstop.config.histories import index_closes
from backstop.config.inputs import MarketInputs
from backstop.config.keys import Key
from backstop.config.market import MarketConfig
from backstop.config.numbers import codes, column
from backstop.errors import ConfigError
from backstop.terms import TriggerTerms


def longest_fund_window(facilities: Sequence[Facility]) -> int:
    """Trading days that the fund keys look back on, at most."""
    return max([1, *(c.window_days or 0 for f in facilities for c in _conditions(f.key_of_funds))])


def resolve_triggers(
    facilities: Sequence[Facility], market: MarketConfig, inputs: MarketInputs, n_days: int
) -> TriggerTerms:
    """Terms of all keys, the system and the fund key of each facility in turn.

    Raises
    ------
    ConfigError
        A key turned by hand on a date that the run does not have.
    """
    trees = _Trees()
    keys = [key for facility in facilities for key in (facility.system_key, facility.key_of_funds)]
    signals = [rows for _ in facilities for rows in (trees.market, trees.fund)]
    ranges = [
        (*trees.add(q, key.entry, rows, 1), *trees.add(q, key.exit, rows, 0))
        for q, (key, rows) in enumerate(zip(keys, signals, strict=True))
    ]
    hands = _hands(facilities, inputs.calendar, n_days)
    longest = max([1, *(window for _, window in trees.market)])
    return TriggerTerms(
        market_kind=codes([kind for kind, _ in trees.market]),
        market_window=codes([window for _, window in trees.market]),
        index_history=index_closes(market, inputs, longest + 1),
        fund_kind=codes([kind for kind, _ in trees.fund]),
        fund_window=codes([window for _, window in trees.fund]),
        node_signal=codes(trees.signal),
        node_sign=column(trees.sign),
        node_threshold=column(trees.threshold),
        node_needed=codes(trees.needed),
        node_first_child=codes(trees.first_child),
        node_n_children=codes(trees.n_children),
        children=codes(trees.children),
        entry_first=codes([r[0] for r in ranges]),
        entry_root=codes([r[1] for r in ranges]),
        exit_first=codes([r[2] for r in ranges]),
        exit_root=codes([r[3] for r in ranges]),
        entry_days=column([key.persistence_days for key in keys]),
        exit_days=column([key.exit_persistence_days for key in keys]),
        cooldown_days=column([key.cooldown_days for key in keys]),
        decision_lag=column([key.decision_lag_days for key in keys]),
        latch_key=codes([q for q, _ in trees.latches]),
        latch_days=column([condition.persistence_days for _, condition in trees.latches]),
        latch_cooldown=column([condition.cooldown_days for _, condition in trees.latches]),
        latch_lag=column([condition.lag_days for _, condition in trees.latches]),
        hand_key=codes([hand[0] for hand in hands]),
        hand_first=codes([hand[1] for hand in hands]),
        hand_last=codes([hand[2] for hand in hands]),
        hand_is_on=codes([hand[3] for hand in hands]),
    )


def _hands(facilities: Sequence[Facility], calendar: tuple[str, ...], n_days: int) -> list[tuple[int, int, int, int]]:
    """(key, first day, last day, 1 for active) of all that is turned by hand."""
    found = []
    for k, facility in enumerate(facilities):
        sides = ((2 * k, "system_key", facility.system_key), (2 * k + 1, "fund_key", facility.key_of_funds))
        for q, side, key in sides:
            for is_on, name in ((1, "active_on"), (0, "idle_on")):
                for hand in getattr(key, name):
                    try:
                        found.append((q, *hand.days(calendar, n_days), is_on))
                    except ValueError as error:
                        raise ConfigError([f"facilities.{facility.name}.{side}.{name}: {error}"]) from None
    return found


def _conditions(key: Key[Any]) -> list[Condition[Any]]:
    return [c for expression in (key.entry, key.exit) if expression is not None for _, c in conditions_in(expression)]


class _Trees:
    """Nodes of all expressions, and the distinct (kind, window) of the signals their leaves read."""

    def __init__(self) -> None:
        self.market: list[tuple[int, int]] = []
        self.fund: list[tuple[int, int]] = []
        self.signal: list[int] = []
        self.sign: list[float] = []
        self.threshold: list[float] = []
        self.needed: list[int] = []
        self.first_child: list[int] = []
        self.n_children: list[int] = []
        self.children: list[int] = []
        self.latches: list[tuple[int, Condition[Any]]] = []
        """Conditions that are more than a comparison, each with its key."""

    def add(self, q: int, expression: Any, signals: list[tuple[int, int]], needed: int) -> tuple[int, int]:
        """First and last node of a new tree of key q; the last is its root.

        Without an expression it is `needed` of no parts: true if that is 0.
        """
        first = len(self.signal)
        if expression is None:
            return first, self._append(-1, 0.0, 0.0, needed, [])
        return first, self._node(q, expression, signals)

    def _node(self, q: int, expression: Any, signals: list[tuple[int, int]]) -> int:
        if isinstance(expression, Condition):
            return self._condition(q, expression, signals)
        below = [self._node(q, part, signals) for part in parts_of(expression)]
        needed = (
            expression.k_of_n if isinstance(expression, KOfN) else len(below) if isinstance(expression, AllOf) else 1
        )
        return self._append(-1, 0.0, 0.0, needed, below)

    def _condition(self, q: int, condition: Condition[Any], signals: list[tuple[int, int]]) -> int:
        """A leaf; for a latch two, its entry and its exit, below its node."""
        row, sign, threshold = _row(condition, signals), 1.0 if condition.is_at_least else -1.0, condition.threshold
        entry = self._append(row, sign, threshold, 0, [])
        if not condition.is_latched:
            return entry
        # without a threshold of its own it is left at the nearest number that no longer meets the other
        leave_at = condition.leave_at if condition.leave_at is not None else np.nextafter(threshold, -sign * np.inf)
        leave = self._append(row, -sign, float(leave_at), 0, [])
        self.latches.append((q, condition))
        return self._append(-1 - len(self.latches), 0.0, 0.0, 0, [entry, leave])

    def _append(self, signal: int, sign: float, threshold: float, needed: int, below: list[int]) -> int:
        self.signal.append(signal)
        self.sign.append(sign)
        self.threshold.append(threshold)
        self.needed.append(needed)
        self.first_child.append(len(self.children))
        self.n_children.append(len(below))
        self.children += below
        return len(self.signal) - 1


def _row(condition: Condition[Any], signals: list[tuple[int, int]]) -> int:
    """The row of a condition's signal, a new one if no condition before read it."""
    signal = (condition.rule.code, condition.window_days or 0)
    if signal not in signals:
        signals.append(signal)
    return signals.index(signal)
