"""``--vary``: a key of the config and what it takes: values by name, or a range."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from backstop.answers.sweeping.worlds import ARM
from backstop.config.text.overrides import OverrideError, parse_setting, place_of
from backstop.config.text.sweeps import MOST_VALUES, grid_of
from backstop.config.text.toml_files import ConfigText, parse
from backstop.errors import ConfigError

_FORM = f"write KEY=A,B,C, KEY=LOW:HIGH or KEY=LOW:HIGH:N, LOW below HIGH, N from 2 to {MOST_VALUES}"
RANGE_STEPS = 5
"""Values of a range in a grid that does not say how many. [ours]"""


class Factor(NamedTuple):
    """A key that designs differ in.

    Attributes
    ----------
    values
        What it takes in a grid, in order; all there is to choose from where it is no range.
    span
        Ends of a range; None for values by name.
    is_whole
        Whether values of the range are whole numbers.
    """

    key: str
    values: tuple[Any, ...]
    span: tuple[float, float] | None
    is_whole: bool

    def at(self, share: float) -> Any:
        """The value at a share of the way, from 0 up to but not 1."""
        if self.span is None:
            return self.values[int(share * len(self.values))]
        low, high = self.span
        if self.is_whole:
            return int(low + share * (high - low + 1))
        return float(f"{low + share * (high - low):.6g}")


def parse_factors(texts: Sequence[str], config: ConfigText) -> list[Factor]:
    """All ``--vary`` of a command.

    Raises
    ------
    ConfigError
        A line for each that is not of that form; keys given twice.
    """
    tree, factors, lines = parse(config.text, str(config.path)), list[Factor](), list[str]()
    for text in texts:
        try:
            factors.append(_factor(text, tree))
        except (OverrideError, ValueError) as error:
            said = str(error) if isinstance(error, OverrideError) else f"is no list and no range; {_FORM}"
            lines.append(f"--vary {text}: {said}")
    keys = [factor.key for factor in factors]
    lines += [f"--vary {key}: is given twice; leave one out" for key in dict.fromkeys(keys) if keys.count(key) > 1]
    if lines or not factors:
        raise ConfigError(lines or [f"--vary: names nothing; {_FORM}"])
    return factors


def _factor(text: str, tree: Mapping[str, Any]) -> Factor:
    key, _, told = text.partition("=")
    parts = told.split(":")
    if len(parts) in (2, 3) and all(_is_number(part) for part in parts):
        return _range(key.strip(), parts, tree)
    values = tuple(parse_setting(f"{key}={part}")[1] for part in told.split(",")) if told else ()
    if not values:
        raise ValueError
    for value in values:
        if values.count(value) > 1:
            raise OverrideError(f"{value} stands there twice; write each value once")
    return Factor(key.strip(), values, None, False)


def _range(key: str, parts: Sequence[str], tree: Mapping[str, Any]) -> Factor:
    low, high = float(parts[0]), float(parts[1])
    if not low < high:
        raise ValueError
    values = grid_of(low, high, int(parts[2]) if len(parts) == 3 else RANGE_STEPS)
    is_whole = _is_whole(key, parts[:2], tree)
    if is_whole:
        values = tuple(dict.fromkeys(round(value) for value in values))
    return Factor(key, values, (low, high), is_whole)


def _is_whole(key: str, ends: Sequence[str], tree: Mapping[str, Any]) -> bool:
    """Whether a key takes whole numbers: as the config has it, or else as the ends are written."""
    written = all(end.strip().lstrip("+-").isdecimal() for end in ends)
    if key == ARM:
        return written
    node: Any = tree
    for step in place_of(tree, key):
        node = node.get(step) if isinstance(node, Mapping) else node[step]
    return written and not isinstance(node, float)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
