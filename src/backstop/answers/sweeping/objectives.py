"""What designs are judged by: metrics of a run, each better high or low, and limits that a design must keep."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from backstop.answers.values import metric_called
from backstop.errors import ConfigError
from backstop.outcomes import path_columns
from backstop.terms import Names

_LIMIT = re.compile(r"(\w+)\s*(<|>)\s*([-+.\deE]+)")


POOL_SIZE = "pool_size"
"""All layers of a design's pool together: known, so that no path is needed to tell it."""


class Quantity(NamedTuple):
    """A metric, or a column of paths; or so much of one for each unit of another.

    Attributes
    ----------
    is_share
        Of sums over paths; any other is a mean, of an event its probability.
    over
        The metric that `metric` is divided by, mean by mean; empty for none.
    """

    metric: str
    unit: str
    is_share: bool
    is_better_high: bool
    over: str = ""

    @property
    def name(self) -> str:
        """As it is asked for."""
        return f"{self.metric}/{self.over}" if self.over else self.metric


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
    """``METRIC`` or ``METRIC/METRIC``, then ``=max`` or ``=min``; without a word, as the summary knows what is worse.

    Raises
    ------
    ConfigError
        No such metric, or another word.
    """
    name, _, word = text.partition("=")
    if word not in ("", "max", "min"):
        raise ConfigError([f"{text}: is no objective; write METRIC, METRIC=max or METRIC=min"])
    one, slash, over = name.partition("/")
    if slash:
        quantity_of(names, over)
        return quantity_of(names, f"{one}={word}" if word else one)._replace(over=over)
    if name == POOL_SIZE:
        return Quantity(name, "currency", False, word == "max")
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
