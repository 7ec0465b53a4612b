"""What each lever does where it matters: the leading design again, one key of it moved at a time."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from backstop.answers.estimators import Estimate
from backstop.answers.sweeping.factors import Factor
from backstop.answers.sweeping.worlds import Design

Does: TypeAlias = Literal["matters", "nothing", "not told"]


class Lever(NamedTuple):
    """A key of the leading design.

    Attributes
    ----------
    at
        Its value there.
    moved_to
        The value that moves the objective most.
    change
        Of the objective, from the leading design to the one so moved, on the same paths.
    does
        ``nothing`` where all of the interval of every move lies within the zone, ``matters`` where that of one move
        lies outside of it.
    n_refused
        Moves that the config takes for nonsense.
    """

    key: str
    at: Any
    moved_to: Any
    change: Estimate | None
    does: Does
    n_refused: int


class Move(NamedTuple):
    """A design that is the leading one with another value of a key."""

    key: str
    value: Any
    design: Design


def moves_of(leader: Design, factors: Sequence[Factor], known: Sequence[Design], n_designs: int) -> list[Move]:
    """Every key to the ends and the middle of its range, or to each of its values.

    What is among `known` is that design, others are designs after `n_designs`.
    """
    moves, n_new = list[Move](), 0
    for factor in factors:
        for value in _values(factor):
            if value == leader.values.get(factor.key):
                continue
            values = dict(leader.values) | {factor.key: value}
            design = next((one for one in known if one.values == values), None)
            n_new += design is None
            moves.append(Move(factor.key, value, design or Design(f"design-{n_designs + n_new}", values)))
    return moves


def _values(factor: Factor) -> tuple[Any, ...]:
    if factor.span is None:
        return factor.values
    low, high = factor.span
    middle = factor.at(0.5)
    return (int(low), middle, int(high)) if factor.is_whole else (low, middle, high)


def lever(leader: Design, key: str, moves: Sequence[Move], change_to: Callable[[Design], Estimate | None],
          zone: float) -> Lever:
    """What a key does, from the `moves` of it that were run; `change_to` is None of one that the config refuses."""
    found = [(move, change_to(move.design)) for move in moves]
    known = [(move, change) for move, change in found if change is not None]
    n_refused, at = len(found) - len(known), leader.values.get(key)
    if not known:
        return Lever(key, at, None, None, "not told", n_refused)
    move, change = max(known, key=lambda one: abs(one[1].value))
    ends = [(one.lower or 0.0, one.upper or 0.0) for _, one in known]
    does: Does = "not told"
    if any(low > zone or high < -zone for low, high in ends):
        does = "matters"
    elif all(-zone <= low and high <= zone for low, high in ends):
        does = "nothing"
    return Lever(key, at, move.value, change, does, n_refused)
