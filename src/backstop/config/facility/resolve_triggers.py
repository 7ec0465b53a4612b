"""Keys and their expressions into flat trees in postorder, over rows of distinct signals."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backstop.config.facility.expressions import AllOf, Condition, KOfN, conditions_in, parts_of
from backstop.config.facility.keys import Key
from backstop.config.facility.section import Facility
from backstop.config.market.histories import index_closes
from backstop.config.market.inputs import MarketInputs
from backstop.config.market.section import MarketConfig
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
    ranges = _add_all(trees, keys)
    longest = max([1, *(window for _, window in trees.market)])
    return TriggerTerms(
        index_history=index_closes(market, inputs, longest + 1),
        **trees.signal_terms(),
        **trees.node_terms(),
        **trees.latch_terms(),
        **ranges,
        **_day_terms(keys),
        **_columns(("hand_key", "hand_first", "hand_last", "hand_is_on"), _hands(facilities, inputs.calendar, n_days)),
    )


def _add_all(trees: "_Trees", keys: Sequence[Key[Any]]) -> dict[str, Any]:
    """Make a tree of every expression; where in the nodes those of each key lie."""
    ranges = [(*trees.add(q, key.entry, 1), *trees.add(q, key.exit, 0)) for q, key in enumerate(keys)]
    return _columns(("entry_first", "entry_root", "exit_first", "exit_root"), ranges)


def _day_terms(keys: Sequence[Key[Any]]) -> dict[str, Any]:
    """How long each key takes to turn, either way."""
    return {
        "entry_days": column([key.persistence_days for key in keys]),
        "exit_days": column([key.exit_persistence_days for key in keys]),
        "cooldown_days": column([key.cooldown_days for key in keys]),
        "decision_lag": column([key.decision_lag_days for key in keys]),
    }


def _columns(names: Sequence[str], rows: Sequence[tuple[int, ...]]) -> dict[str, Any]:
    """Rows of whole numbers by column; there may be no row."""
    return {name: codes([row[i] for row in rows]) for i, name in enumerate(names)}


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

    def add(self, q: int, expression: Any, needed: int) -> tuple[int, int]:
        """First and last node of a new tree of key q; the last is its root.

        Without an expression it is `needed` of no parts: true if that is 0.
        """
        first = len(self.signal)
        if expression is None:
            return first, self._append(-1, 0.0, 0.0, needed, [])
        return first, self._node(q, expression)

    def signal_terms(self) -> dict[str, Any]:
        """The signals that are read, each once."""
        market = _columns(("market_kind", "market_window"), self.market)
        return market | _columns(("fund_kind", "fund_window"), self.fund)

    def node_terms(self) -> dict[str, Any]:
        """The trees."""
        return {
            "node_signal": codes(self.signal),
            "node_sign": column(self.sign),
            "node_threshold": column(self.threshold),
            "node_needed": codes(self.needed),
            "node_first_child": codes(self.first_child),
            "node_n_children": codes(self.n_children),
            "children": codes(self.children),
        }

    def latch_terms(self) -> dict[str, Any]:
        """Conditions with a past."""
        return {
            "latch_key": codes([q for q, _ in self.latches]),
            "latch_days": column([condition.persistence_days for _, condition in self.latches]),
            "latch_cooldown": column([condition.cooldown_days for _, condition in self.latches]),
            "latch_lag": column([condition.lag_days for _, condition in self.latches]),
        }

    def _node(self, q: int, expression: Any) -> int:
        if isinstance(expression, Condition):
            return self._condition(q, expression)
        below = [self._node(q, part) for part in parts_of(expression)]
        needed = (
            expression.k_of_n if isinstance(expression, KOfN) else len(below) if isinstance(expression, AllOf) else 1
        )
        return self._append(-1, 0.0, 0.0, needed, below)

    def _condition(self, q: int, condition: Condition[Any]) -> int:
        """A leaf; for a latch two, its entry and its exit, below its node."""
        # keys of funds are the odd ones
        row = _row(condition, self.fund if q % 2 else self.market)
        sign, threshold = 1.0 if condition.is_at_least else -1.0, condition.threshold
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
    signal = (int(condition.kind), condition.window_days or 0)
    if signal not in signals:
        signals.append(signal)
    return signals.index(signal)
