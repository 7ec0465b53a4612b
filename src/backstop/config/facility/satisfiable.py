"""Whether an expression can hold at all: its ranges of signals, joined and intersected.

An expression is turned into boxes, each a range by signal, one of which must hold (disjunctive normal form).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from typing import Any, TypeAlias

from backstop.config.facility.expressions import AllOf, Condition, KOfN, parts_of

Range: TypeAlias = tuple[float, float]
Box: TypeAlias = Mapping[tuple[str, int | None], Range]
MOST_BOXES = 2000
"""Beyond it an expression is taken to be satisfiable."""


def can_hold(expression: Any) -> bool:
    """Whether some values of the signals make `expression` true; True as well where that is too much to tell."""
    boxes = _boxes(expression)
    return boxes is None or len(boxes) > 0


def _boxes(expression: Any) -> list[Box] | None:
    """The boxes of an expression; None for too many."""
    if isinstance(expression, Condition):
        return _of_condition(expression)
    parts = [_boxes(part) for part in parts_of(expression)]
    if None in parts:
        return None
    needed = len(parts) if isinstance(expression, AllOf) else expression.k_of_n if isinstance(expression, KOfN) else 1
    found: list[Box] = []
    for chosen in combinations([part for part in parts if part is not None], needed):
        joined = _all_of(chosen)
        if joined is None or len(found) + len(joined) > MOST_BOXES:
            return None
        found += joined
    return found


def _of_condition(condition: Condition[Any]) -> list[Box]:
    """One box, or none; a condition that outlasts its threshold says nothing of the signal's value today."""
    rule, threshold = condition.rule, condition.threshold
    if condition.is_latched:
        return [{}]
    low, high = (threshold, rule.highest) if condition.is_at_least else (rule.lowest, threshold)
    if rule.is_positive and high <= 0.0:
        return []
    return [{(str(condition.signal), condition.window_days): (low, high)}]


def _all_of(parts: Sequence[list[Box]]) -> list[Box] | None:
    size = 1
    for part in parts:
        size *= len(part)
    if size > MOST_BOXES:
        return None
    return [box for boxes in product(*parts) if (box := _intersection(boxes)) is not None]


def _intersection(boxes: Iterable[Box]) -> Box | None:
    """The common box, or None where some signal would have to be in two places."""
    common: dict[tuple[str, int | None], Range] = {}
    for box in boxes:
        for signal, (low, high) in box.items():
            lowest, highest = common.get(signal, (low, high))
            common[signal] = max(lowest, low), min(highest, high)
    return common if all(low <= high for low, high in common.values()) else None
