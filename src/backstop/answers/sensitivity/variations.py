"""What each number is varied to: the range that its tag gives, else half and double, within what the config takes."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from backstop.config.base import Place
from backstop.config.text.load import checked
from backstop.config.text.problems import written
from backstop.config.text.tags import Tagged
from backstop.config.text.toml_files import ConfigText
from backstop.errors import ConfigError

Side: TypeAlias = Literal["low", "high"]
FACTORS = (2.0, 1.5, 1.25, 1.1, 1.02)
"""A number is halved and doubled; where the config refuses that, the next factor is tried. [ours]"""
OF_ZERO = (("_days", 10), ("_per_day", 0.001), ("_ann_frac", 0.05), ("_frac", 0.1), ("n_rollovers", 1))
"""How far a number that is 0 is moved, by the end of its key. [ours]"""
NO_ASSUMPTIONS = (("run", "paths"), ("run", "seed"))
"""How a config is worked out, not what it says."""
_SHARES = {"share_frac": "investors", "weight": "ladder"}
"""Parts of a whole in a list: the others make up for one that is varied."""


class Variation(NamedTuple):
    """A number, moved.

    Attributes
    ----------
    values
        By key: the number, and others that must move with it.
    is_stated
        Whether its tag gives the range.
    """

    key: str
    number: Tagged
    side: Side
    value: float
    values: Mapping[str, Any]
    is_stated: bool


class LeftOut(NamedTuple):
    """A side of a number that cannot be moved by itself, and why."""

    key: str
    side: Side
    reason: str


def variations(tree: Mapping[str, Any], numbers: Sequence[Tagged], config: ConfigText, settings: Sequence[str]
               ) -> Iterator[Variation | LeftOut]:
    """Each number low and high, as the config takes it."""
    for number in numbers:
        if number.place not in NO_ASSUMPTIONS:
            yield from (_moved(tree, number, side, config, settings) for side in ("low", "high"))


def _moved(tree: Mapping[str, Any], number: Tagged, side: Side, config: ConfigText, settings: Sequence[str]
           ) -> Variation | LeftOut:
    key, reason = written(tree, number.place), "is 0, and nothing says how far it may lie: write its range in the tag"
    for value in _candidates(number, side):
        values = {key: value} | _made_up(tree, number, value)
        try:
            checked(config, [*settings, *(f"{own}={moved!r}" for own, moved in values.items())])
        except ConfigError as error:
            reason = error.lines[0]
            continue
        return Variation(key, number, side, value, values, number.low is not None)
    return LeftOut(key, side, reason)


def _candidates(number: Tagged, side: Side) -> Iterator[float]:
    """Values on one side, the farthest first; whole where the number is."""
    stated = number.low if side == "low" else number.high
    if stated is not None:
        yield int(stated) if isinstance(number.value, int) else stated
        return
    known: list[float] = []
    for value in _by_default(number, -1 if side == "low" else 1):
        moved = (math.floor(value) if side == "low" else math.ceil(value)) if isinstance(number.value, int) else value
        if moved != number.value and moved not in known:
            known.append(moved)
            yield moved


def _by_default(number: Tagged, sign: int) -> Iterator[float]:
    if number.value == 0:
        name = next((str(step) for step in reversed(number.place) if isinstance(step, str)), "")
        yield from (sign * step for end, step in OF_ZERO if name.endswith(end))
        return
    outward = (number.value > 0) == (sign > 0)
    for factor in FACTORS:
        yield float(f"{number.value * factor if outward else number.value / factor:.12g}")


def _made_up(tree: Mapping[str, Any], number: Tagged, value: float) -> dict[str, float]:
    """The other parts of a whole, scaled so that all add up to 1."""
    *_, last = number.place
    if _SHARES.get(str(last)) not in number.place:
        return {}
    items, position = _at(tree, number.place[:-2]), number.place[-2]
    left = 1.0 - number.value
    return {written(tree, (*number.place[:-2], n, last)): item[last] * (1.0 - value) / left
            for n, item in enumerate(items) if n != position and left > 0.0}


def _at(tree: Any, place: Place) -> Any:
    for step in place:
        tree = tree[step]
    return tree
