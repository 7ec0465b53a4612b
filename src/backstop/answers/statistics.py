"""Which statistics are given of what: an event has a probability, a number mean, quantiles and worst tail."""

from collections.abc import Callable
from typing import NamedTuple

from backstop.answers import estimators, quantiles, shortfalls
from backstop.answers.estimators import Estimate
from backstop.answers.samples import Sample


class Statistic(NamedTuple):
    """A statistic of one arm, and its difference to that of another on the same paths."""

    name: str
    of: Callable[[Sample], Estimate]
    difference: Callable[[Sample, Sample], Estimate]


def _quantile(p: float) -> Statistic:
    return Statistic(f"p{round(100 * p):02}", lambda sample: quantiles.quantile(sample, p),
                     lambda sample, none: quantiles.quantile_difference(sample, none, p))


def _shortfall(p: float) -> Statistic:
    return Statistic(f"es{round(100 * p):02}", lambda sample: shortfalls.shortfall(sample, p),
                     lambda sample, none: shortfalls.shortfall_difference(sample, none, p))


_MEAN = Statistic("mean", estimators.mean, estimators.mean_difference)
_PROB = Statistic("prob", estimators.probability, estimators.probability_difference)
_HIGH = (_MEAN, _quantile(0.50), _quantile(0.95), _quantile(0.99), _shortfall(0.95))
_LOW = (_MEAN, _quantile(0.01), _quantile(0.05), _quantile(0.50), _quantile(0.95), _shortfall(0.05))


def statistics_of(unit: str, worst: str) -> tuple[Statistic, ...]:
    """Statistics of a column with this unit, whose `worst` end is ``high`` or ``low``."""
    if unit == "bool":
        return (_PROB,)
    return _LOW if worst == "low" else _HIGH
