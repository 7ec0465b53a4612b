"""The quality of triggers side by side: the arms of a config, or one key's values; the receiver-operating curve."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate, mean, probability, ratio
from backstop.answers.gather import Gathered, gather
from backstop.answers.metrics import METRICS, Metric
from backstop.answers.quality import FUND_SUMS
from backstop.answers.resampling import bootstrap
from backstop.answers.samples import Column
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.schema import described
from backstop.runs.workers import Workers
from backstop.terms import Floats

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = ("activated", "missed_episodes", "false_activations", "false_alarm_days", "breach_to_cash", "trough_to_cash",
         "injected_to_unharmed_share", "injected_to_leavers_share", "injected_to_failing_share")
"""Metrics of a trigger's quality."""
HIT_RATE = "hit_rate"
"""Episodes that were met, share of all: 1 less those missed."""
_METRICS = [metric for metric in METRICS if metric.name in SHOWN]
_CURVE = ("n_missed_episodes", "n_episodes", "false_days", "quiet_days")
PATH_COLUMNS = tuple({*_CURVE} | {c for m in _METRICS for c in (*m.path_columns, m.over) if c})
FUND_COLUMNS = tuple(dict.fromkeys(column for total in FUND_SUMS for column in total.columns))


class Figure(NamedTuple):
    """One figure of one arm, with its 95 % interval."""

    arm: str
    values: dict[str, float]
    """What the arm has been given, by key; empty for an arm of the config."""
    metric: str
    unit: str
    estimate: float
    lower: float | None
    upper: float | None
    note: str | None


class Judged(NamedTuple):
    """An arm with a facility, and its counterfactual, by number."""

    number: int
    without: int
    name: str


class Quality(NamedTuple):
    """Figures arm by arm, and the area under the curve they make where they are steps of a sweep."""

    figures: list[Figure]
    area: Estimate | None
    does_nothing: bool = False
    """No value of the keys that are swept changes any figure, so that there is no curve."""


def judge(request: RunRequest, given: Mapping[str, dict[str, float]], workers: Workers, on_progress: OnProgress = quiet
          ) -> Quality:
    """Run all arms on the same paths and judge their triggers.

    Parameters
    ----------
    given
        By arm, the values of the keys that are swept; empty without a sweep.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    found = gather(request, workers, PATH_COLUMNS, FUND_COLUMNS, on_progress)
    judged = [Judged(number, without, arm) for number, (arm, without) in
              enumerate(zip(request.terms.names.arms, request.terms.counterfactuals, strict=True)) if number != without]
    figures = [figure for one in judged for figure in _figures(found, one, given)]
    has_episodes = bool(found.paths["n_episodes"].any()) and bool(found.paths["quiet_days"].any())
    numbers = [one.number for one in judged]
    does_nothing = len(given) > 1 and _are_same(figures)
    return Quality(figures, area_under(found, numbers) if given and has_episodes and not does_nothing else None,
                   does_nothing)


def _are_same(figures: Sequence[Figure]) -> bool:
    """Whether all arms come to the same."""
    by_arm: dict[str, list[tuple[object, ...]]] = {}
    for figure in figures:
        by_arm.setdefault(figure.arm, []).append(figure[2:])
    first, *others = by_arm.values()
    return all(other == first for other in others)


def _figures(found: Gathered, arm: Judged, given: Mapping[str, dict[str, float]]) -> list[Figure]:
    figures = []
    for metric in _METRICS:
        estimate = _estimate(found, metric, arm)
        if estimate is not None:
            name = metric.name
            if name == "missed_episodes":
                name, estimate = HIT_RATE, _complement(estimate)
            values, note = given.get(arm.name, {}), estimate.note or None
            figures.append(Figure(arm.name, values, name, metric.unit, *estimate[:3], note))
    return figures


def _complement(share: Estimate) -> Estimate:
    """``1 - share``."""
    lower, upper = (None if bound is None else 1.0 - bound for bound in (share.upper, share.lower))
    return Estimate(1.0 - share.value, lower, upper, share.note)


def _estimate(found: Gathered, metric: Metric, arm: Judged) -> Estimate | None:
    """Probability of an event, ratio of a share, mean of a number; None where no path has any."""
    columns, other = (_columns(found, number, arm.without) for number in arm[:2])
    x = np.asarray(metric.value(columns, other), dtype=np.float64)
    if metric.over:
        return ratio(x, columns[metric.over], found.weight, found.group)
    sample = Column(x, found.weight, found.group).sample
    if sample is None:
        return None
    return probability(sample) if metric.unit == "bool" else mean(sample)


def _columns(found: Gathered, number: int, without: int) -> dict[str, Floats]:
    """Path columns of an arm, and its sums over funds, judged on its counterfactual."""
    columns = {name: values[number] for name, values in found.paths.items()}
    for total in FUND_SUMS:
        arm, other = ({name: found.funds[name][n] for name in total.columns} for n in (number, without))
        columns[total.name] = found.count[number] @ total.of_fund(arm, other)
    return columns


def area_under(found: Gathered, arms: Sequence[int]) -> Estimate:
    """Area under hit rate against false alarm days, through (0, 0) and (1, 1), with its bootstrap interval."""
    return bootstrap(np.array([found.paths[name][arms] * found.weight for name in _CURVE]), found.group, _area)


def _area(totals: Floats) -> Floats:
    """(R,) from totals (4, A, R) of `_CURVE`; steps in the order of false alarms."""
    missed, episodes, false, quiet_days = totals
    x, y = false / np.maximum(quiet_days, 1e-300), 1.0 - missed / np.maximum(episodes, 1e-300)
    order = np.lexsort((y, x), axis=0)
    ends = np.zeros((1, x.shape[1])), np.ones((1, x.shape[1]))
    x, y = (np.concatenate([ends[0], np.take_along_axis(v, order, axis=0), ends[1]]) for v in (x, y))
    return np.asarray(np.trapezoid(y, x, axis=0))


_MEANINGS = {
    "arm": "name of the arm", "metric": "what is estimated", "unit": "unit of the metric", "estimate": "over all paths",
    "lower": "end of its 95 % interval", "upper": "end of its 95 % interval", "note": "what rests on little",
}


def quality_table(figures: Sequence[Figure]) -> "pa.Table":
    """Figures as a table, a column for each key that is swept."""
    import pyarrow as pa

    keys = list(dict.fromkeys(key for figure in figures for key in figure.values))
    numbers = {"estimate", "lower", "upper"}
    fields = [described(name, pa.float64(), "of the metric", meaning) if name in numbers
              else described(name, pa.string(), "", meaning) for name, meaning in _MEANINGS.items()]
    fields += [described(key, pa.float64(), "", "value of this key of the config") for key in keys]
    columns = [[getattr(figure, name) for figure in figures] for name in _MEANINGS]
    columns += [[float(figure.values[key]) for figure in figures] for key in keys]
    return pa.table(columns, schema=pa.schema(fields))
