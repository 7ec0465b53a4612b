"""What designs are judged by: metrics of a run, each better high or low, and limits that a design must keep."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from backstop.answers.values import metric_called
from backstop.errors import ConfigError
from backstop.outcomes import path_columns
from backstop.terms import Names

_LIMIT = re.compile(r"(\w+)\s*(<|>)\s*([-+.\deE]+)")


class Quantity(NamedTuple):
    """A metric, or a column of paths.

    Attributes
    ----------
    is_share
        Of sums over paths; any other is a mean, of an event its probability.
    """

    metric: str
    unit: str
    is_share: bool
    is_better_high: bool


class Limit(NamedTuple):
    """What a design must keep: `metric` below `bound`, or above it."""

    metric: str
    is_most: bool
    bound: float

    @property
    def text(self) -> str:
        """As it is written."""
        return f"{self.metric}{'<' if self.is_most else '>'}{self.bound:g}"


def quantity_of(names: Names, text: str) -> Quantity:
    """``METRIC``, ``METRIC=max`` or ``METRIC=min``; without a word, as the summary knows what is worse.

    Raises
    ------
    ConfigError
        No such metric, or another word.
    """
    name, _, word = text.partition("=")
    if word not in ("", "max", "min"):
        raise ConfigError([f"--objective {text}: write METRIC, METRIC=max or METRIC=min"])
    columns = dict(path_columns(list(names.layers), list(names.assets)))
    if name in columns:
        unit, worst, is_share = columns[name].unit, columns[name].worst, False
    else:
        metric = metric_called(names.layers, names.assets, name)
        unit, worst, is_share = metric.unit, metric.worst, bool(metric.over)
    return Quantity(name, unit, is_share, word == "max" if word else worst == "low")


def parse_limits(texts: Sequence[str], option: str = "--keep") -> list[Limit]:
    """``METRIC<NUMBER`` or ``METRIC>NUMBER`` each.

    Raises
    ------
    ConfigError
        One is not of that form.
    """
    limits = []
    for text in texts:
        found = _LIMIT.fullmatch(text.strip())
        try:
            bound = float(found[3]) if found else None
        except ValueError:
            bound = None
        if found is None or bound is None:
            raise ConfigError([f"{option} {text}: write METRIC<NUMBER or METRIC>NUMBER in quotes, such as 'dry<0.01'"])
        limits.append(Limit(found[1], found[2] == "<", bound))
    return limits
