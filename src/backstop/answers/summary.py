"""The summary of a run: estimates with intervals of every outcome and metric, each arm against arm none.

Columns are read one at a time, so that memory holds one column of all paths, or a slab of fund columns.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import FEW, ratio
from backstop.answers.groups import Groups, separate
from backstop.answers.metrics import METRICS, Columns, Metric
from backstop.answers.quality import FUND_SUMS, FundSum
from backstop.answers.samples import Column
from backstop.answers.statistics import statistics_of
from backstop.outcomes import FUND_OUTCOMES, Outcome, path_columns
from backstop.runs.parts import Parts
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.terms import Floats

SLAB_BYTES = 64 * 2**20
"""Most that fund columns take in memory at a time."""
_NOT_SEPARATE: tuple[None, None, None] = (None, None, None)
_NO_DIFFERENCE: tuple[float | None, float | None, float | None] = (None, None, None)
NONE = 0
"""Number of the arm without a facility."""


class Row(NamedTuple):
    """One line of the summary; a bound that the sample cannot give, a difference without sense, is None."""

    arm: str
    fund: str | None
    metric: str
    unit: str
    statistic: str
    estimate: float
    lower: float | None
    upper: float | None
    vs_none: float | None
    vs_none_lower: float | None
    vs_none_upper: float | None
    n_paths: int
    """Paths that have it: what is null on the others is left out."""
    note: str | None
    sampling_error: float | None
    parameter_deviation: float | None
    parameter_frac: float | None
    """Of means and probabilities, where parameters are drawn (`answers.groups.Separation`)."""


class _Subject(NamedTuple):
    """What a row is about."""

    arm: str
    fund: str | None
    metric: str
    unit: str
    worst: str


def summarise(parts: Parts, on_progress: OnProgress = quiet) -> list[Row]:
    """All rows of the summary, pool and market first (`fund` None), then metrics, then funds.

    Raises
    ------
    NotFinite
        A value is infinite or not a number.
    RunIncomplete
        A part is damaged or missing.
    """
    columns = path_columns(parts.resolved["names"]["layers"], parts.resolved["names"]["assets"])
    meter = Meter("summarising", len(columns) + len(METRICS) + len(FUND_OUTCOMES), on_progress)
    rows: list[Row] = []
    for name, outcome in columns:
        rows += _outcome_rows(parts, None, name, outcome, parts.path_column(name))
        meter.add(1)
    for metric in METRICS:
        rows += _metric_rows(parts, metric)
        meter.add(1)
    for outcome in FUND_OUTCOMES:
        for fund, values in _fund_columns(parts, outcome.name):
            rows += _outcome_rows(parts, fund, outcome.name, outcome, values)
        meter.add(1)
    return rows


def _fund_columns(parts: Parts, name: str) -> Iterator[tuple[str, Floats]]:
    """Each fund with its (A, N) values, read a slab of funds at a time."""
    size = max(SLAB_BYTES // (8 * len(parts.arms) * parts.n_paths), 1)
    for first in range(0, len(parts.funds), size):
        slab = slice(first, first + size)
        values = parts.fund_column(name, slab)
        for number, fund in enumerate(parts.funds[slab]):
            yield fund, values[:, number]


def _outcome_rows(parts: Parts, fund: str | None, name: str, outcome: Outcome, values: Floats) -> list[Row]:
    """Rows of one column, (A, N), over all arms."""
    rows, none = [], Column(values[NONE], parts.weight, parts.group)
    for number, arm in enumerate(parts.arms):
        subject = _Subject(arm, fund, name, outcome.unit, outcome.worst)
        if number == NONE:
            rows += _rows(subject, none, None)
        else:
            rows += _rows(subject, Column(values[number], parts.weight, parts.group), none)
    return rows


def _metric_rows(parts: Parts, metric: Metric) -> list[Row]:
    """Rows of one metric, over all arms but none."""
    columns = {name: parts.path_column(name) for name in metric.path_columns}
    columns |= {name: _mean_over_assets(parts, name) for name in metric.fund_columns}
    columns |= {total.name: _sum_over_funds(parts, total) for total in FUND_SUMS if total.name in metric.fund_sums}
    active = parts.path_column("days_active") > 0.0 if metric.only_active else None
    rows = []
    for number, arm in enumerate(parts.arms):
        if number != NONE and (parts.pool_sizes[number] > 0.0 or not metric.of_pool):
            of_arm, of_none = ({name: values[n] for name, values in columns.items()} for n in (number, NONE))
            of_arm["pool_size"] = np.array(parts.pool_sizes[number])
            x = np.asarray(metric.value(of_arm, of_none), dtype=np.float64)
            x = x if active is None else np.where(active[number], x, np.nan)
            subject = _Subject(arm, None, metric.name, metric.unit, metric.worst)
            if metric.over:
                rows += _ratio_rows(subject, x, of_arm[metric.over], parts)
            else:
                rows += _rows(subject, Column(x, parts.weight, parts.group), None)
    return rows


def _ratio_rows(subject: _Subject, x: Floats, of: Floats, parts: Parts) -> list[Row]:
    """The one row of a share of sums; none where there is nothing to have a share of."""
    estimate = ratio(x, of, parts.weight, parts.group)
    if estimate is None:
        return []
    groups = None if parts.group is None else Groups(parts.group[of > 0.0])
    return [Row(subject.arm, None, subject.metric, subject.unit, "ratio", *estimate[:3], *_NO_DIFFERENCE,
                int(np.count_nonzero(of)), _note(estimate.note, groups), *_NOT_SEPARATE)]


def _mean_over_assets(parts: Parts, name: str) -> Floats:
    """(A, N) mean of a fund column over funds, weighted by ``count * nav`` at the opening in arm none."""
    total = np.zeros((len(parts.arms), parts.n_paths))
    shares = parts.opening_assets / parts.opening_assets.sum()
    for share, (_, values) in zip(shares, _fund_columns(parts, name), strict=True):
        total += share * values
    return total


def _sum_over_funds(parts: Parts, total: FundSum) -> Floats:
    """(A, N) sum over funds, times count."""
    sums = np.zeros((len(parts.arms), parts.n_paths))
    columns = [_fund_columns(parts, name) for name in total.columns]
    for count, *found in zip(parts.counts, *columns, strict=True):
        values: Columns = {name: of_fund for name, (_, of_fund) in zip(total.columns, found, strict=True)}
        none = {name: of_fund[NONE] for name, of_fund in values.items()}
        for number in range(len(parts.arms)):
            sums[number] += count * total.of_fund({name: v[number] for name, v in values.items()}, none)
    return sums


def _rows(subject: _Subject, column: Column, none: Column | None) -> list[Row]:
    """Rows of one arm's values; `none` are those of arm none, where a difference to them has sense."""
    if column.sample is None:
        return []
    pair = none and column.paired(none)
    n_paths = int(column.known.sum())
    rows = []
    separation = separate(column.sample) or _NOT_SEPARATE
    for statistic in statistics_of(subject.unit, subject.worst):
        estimate = statistic.of(column.sample)
        versus = statistic.difference(*pair)[:3] if pair else _NO_DIFFERENCE
        spread = separation if statistic.name in ("mean", "prob") else _NOT_SEPARATE
        rows.append(Row(subject.arm, subject.fund, subject.metric, subject.unit, statistic.name,
                        estimate.value, estimate.lower, estimate.upper, *versus, n_paths,
                        _note(estimate.note, column.sample.groups), *spread))
    return rows


def _note(note: str, groups: Groups | None) -> str | None:
    """What the interval rests on, with the draws of parameters where they are few."""
    few = f"few: {groups.count} draws of parameters" if groups and groups.count < FEW else ""
    return "; ".join(filter(None, (note, few))) or None
