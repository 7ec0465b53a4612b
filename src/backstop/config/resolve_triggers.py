"""Keys and their expressions into flat trees in postorder, over rows of distinct signals."""

from collections.abc import Sequence
from typing import Any

from backstop.config.expressions import AllOf, Condition, KOfN, conditions_in, parts_of
from backstop.config.facility import Facility
from backstop.config.histories import index_closes
from backstop.config.inputs import MarketInputs
from backstop.config.keys import Key
from backstop.config.market import MarketConfig
from backstop.config.numbers import codes, column
from backstop.terms import TriggerTerms


def longest_fund_window(facilities: Sequence[Facility]) -> int:
    """Trading days that the fund keys look back on, at most."""
    return max([1, *(c.window_days or 0 for f in facilities for c in _conditions(f.key_of_funds))])


def resolve_triggers(facilities: Sequence[Facility], market: MarketConfig, inputs: MarketInputs) -> TriggerTerms:
    """Terms of all keys, the system and the fund key of each facility in turn."""
    trees = _Trees()
    keys = [key for facility in facilities for key in (facility.system_key, facility.key_of_funds)]
    signals = [rows for _ in facilities for rows in (trees.market, trees.fund)]
    ranges = [
        (*trees.add(key.entry, rows), *trees.add(key.exit, rows)) for key, rows in zip(keys, signals, strict=True)
    ]
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
    )


def _conditions(key: Key[Any]) -> list[Condition[Any]]:
    return [c for expression in (key.entry, key.exit) for _, c in conditions_in(expression)]


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

    def add(self, expression: Any, signals: list[tuple[int, int]]) -> tuple[int, int]:
        """First and last node of a new tree; the last is its root."""
        first = len(self.signal)
        return first, self._node(expression, signals)

    def _node(self, expression: Any, signals: list[tuple[int, int]]) -> int:
        if isinstance(expression, Condition):
            sign = 1.0 if expression.is_at_least else -1.0
            return self._append(_row(expression, signals), sign, expression.threshold, 0, [])
        below = [self._node(part, signals) for part in parts_of(expression)]
        needed = (
            expression.k_of_n if isinstance(expression, KOfN) else len(below) if isinstance(expression, AllOf) else 1
        )
        return self._append(-1, 0.0, 0.0, needed, below)

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
