"""The summary of a run: estimates with intervals of every outcome and metric, each arm against its counterfactual.

Columns are read one at a time, so that memory holds one column of all paths, or a slab of fund columns.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np

from backstop.answers.accounts import metrics_of
from backstop.answers.comparisons import Comparison, comparisons_of
from backstop.answers.estimators import FEW, Estimate, ratio
from backstop.answers.groups import Groups
from backstop.answers.metrics import Columns, Metric
from backstop.answers.samples import Column, Sample
from backstop.answers.separation import separate
from backstop.answers.statistics import statistics_of
from backstop.answers.values import Sums, fund_columns, has_sense, metric_called, metric_values, shared_columns
from backstop.outcomes import FUND_OUTCOMES, Outcome, path_columns
from backstop.runs.parts import Parts
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.terms import Floats

_NOT_SEPARATE: tuple[None, None, None] = (None, None, None)
_NO_DIFFERENCE: tuple[float | None, float | None, float | None, str | None] = (None, None, None, None)


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
    against: str | None
    comparison: str | None
    """See `answers.comparisons`; None for what compares nothing."""
    effect: float | None
    effect_lower: float | None
    effect_upper: float | None
    effect_note: str | None
    """Of the effect's interval, as `note` is of the estimate's."""
    n_paths: int
    """Paths that have it: what is null on the others is left out."""
    note: str | None
    standard_error: float | None
    """Of means and probabilities, from paths and parameters together; of a run over models, from each model's own."""
    sampling_error: float | None
    parameter_deviation: float | None
    parameter_frac: float | None
    """Of means and probabilities, where parameters are drawn (`answers.separation.Separation`)."""
    model_low: float | None = None
    model_high: float | None = None
    effect_model_low: float | None = None
    effect_model_high: float | None = None
    """Range of the estimate and of the effect over the run's market models, where it has several."""
    model_deviation: float | None = None
    """Of means and probabilities: the standard deviation between models (`answers.models`)."""
    hangs_on_model: str | None = None
    """Whether models differ by more than sampling explains, and how (`answers.models`); empty where they do not."""


class _Subject(NamedTuple):
    """What a row is about."""

    arm: str
    fund: str | None
    metric: str
    unit: str
    worst: str


class _Effect(NamedTuple):
    """What a row compares; without columns where the metric is a difference itself."""

    against: str | None
    comparison: str | None
    one: Column | None = None
    other: Column | None = None

    def paired(self) -> tuple[Sample, Sample] | None:
        """Both on the paths that have both values, if any."""
        return None if self.one is None or self.other is None else self.one.paired(self.other)


_NO_EFFECT = _Effect(None, None)


def summarise(parts: Parts, on_progress: OnProgress = quiet) -> list[Row]:
    """Rows of the summary but for those of funds: pool and market, then metrics.

    Raises
    ------
    NotFinite
        A value is infinite or not a number.
    RunIncomplete
        A part is damaged or missing.
    """
    steps = steps_of(parts)
    meter = Meter("summarising", len(steps), on_progress)
    rows: list[Row] = []
    for step in steps:
        rows += step(parts)
        meter.add(1)
    return rows


def summarise_funds(parts: Parts, on_progress: OnProgress = quiet) -> Iterator[list[Row]]:
    """Rows of all funds, an outcome at a time: of thousands of funds they are more than memory should hold."""
    meter = Meter("summarising", len(FUND_OUTCOMES), on_progress)
    for outcome in FUND_OUTCOMES:
        yield _fund_rows(outcome, parts)
        meter.add(1)


def summarise_one(parts: Parts, name: str) -> list[Row]:
    """Rows of one metric of the paths, or of one of their columns; none where no arm has it.

    Raises
    ------
    ConfigError
        There is no such metric.
    """
    columns = dict(path_columns(parts.layers, parts.resolved["names"]["assets"]))
    if name in columns:
        return _outcome_rows(parts, None, name, columns[name], parts.path_column(name))
    return _metric_rows(metric_called(parts.layers, parts.resolved["names"]["assets"], name), parts)


Step: TypeAlias = Callable[[Parts], list[Row]]
"""Makes the rows of one column, or of one metric, from the parts of a run."""


def steps_of(parts: Parts) -> list[Step]:
    """Columns of paths, then metrics."""
    columns = path_columns(parts.resolved["names"]["layers"], parts.resolved["names"]["assets"])
    return [*(partial(_path_rows, name, outcome) for name, outcome in columns),
            *(partial(_metric_rows, metric) for metric in metrics_of(parts.layers))]


def _path_rows(name: str, outcome: Outcome, parts: Parts) -> list[Row]:
    return _outcome_rows(parts, None, name, outcome, parts.path_column(name))


def _fund_rows(outcome: Outcome, parts: Parts) -> list[Row]:
    return [row for fund, values in fund_columns(parts, outcome.name)
            for row in _outcome_rows(parts, fund, outcome.name, outcome, values)]


def _outcome_rows(parts: Parts, fund: str | None, name: str, outcome: Outcome, values: Floats) -> list[Row]:
    """Rows of one column, (A, N), over all arms."""
    columns = [Column(x, parts.weight, parts.group) for x in values]
    rows = []
    for number, arm in enumerate(parts.arms):
        subject = _Subject(arm, fund, name, outcome.unit, outcome.worst)
        effects = [_Effect(parts.arms[one.against], one.name, columns[one.arm], columns[one.against])
                   for one in comparisons_of(number, parts.counterfactuals)]
        rows += _rows(subject, columns[number], effects)
    return rows


def _metric_rows(metric: Metric, parts: Parts) -> list[Row]:
    """Rows of one metric, over the arms that it has sense for."""
    columns, rows, sums = shared_columns(parts, metric), [], Sums(parts)
    for number in range(len(parts.arms)):
        if has_sense(parts, number, metric):
            own = columns | sums.of(metric, parts.eligible[number])
            for comparison in comparisons_of(number, parts.counterfactuals)[: None if metric.compares else 1]:
                rows += _compared_rows(parts, metric, number, comparison, own)
    return rows


def _compared_rows(parts: Parts, metric: Metric, number: int, comparison: Comparison, columns: Columns) -> list[Row]:
    """Rows of one metric of one arm in one comparison; `columns` are (A, N) by name."""
    x, of = metric_values(parts, metric, number, comparison, columns)
    subject = _Subject(parts.arms[number], None, metric.name, metric.unit, metric.worst)
    effect = _Effect(parts.arms[comparison.against], comparison.name) if metric.compares else _NO_EFFECT
    if of is not None:
        return _ratio_rows(subject, x, of, effect, parts)
    return _rows(subject, Column(x, parts.weight, parts.group), [effect])


def _ratio_rows(subject: _Subject, x: Floats, of: Floats, effect: _Effect, parts: Parts) -> list[Row]:
    """The one row of a share of sums; none where there is nothing to have a share of."""
    has = ~(np.isnan(x) | np.isnan(of))
    x, of, group = x[has], of[has], None if parts.group is None else parts.group[has]
    estimate = ratio(x, of, parts.weight[has], group)
    if estimate is None:
        return []
    groups = None if group is None else Groups(group[of > 0.0])
    return [Row(subject.arm, None, subject.metric, subject.unit, "ratio", *estimate[:3], effect.against,
                effect.comparison, None, None, None, None, int(np.count_nonzero(of)), _note(estimate.note, groups),
                None, *_NOT_SEPARATE)]


def _rows(subject: _Subject, column: Column, effects: Sequence[_Effect]) -> list[Row]:
    """Rows of one arm's values: for every statistic one an effect, or a single one where there is none."""
    if column.sample is None:
        return []
    pairs = [(effect, effect.paired()) for effect in effects or (_NO_EFFECT,)]
    n_paths = int(column.known.sum())
    rows = []
    separation = separate(column.sample) or _NOT_SEPARATE
    for statistic in statistics_of(subject.unit, subject.worst):
        estimate = statistic.of(column.sample)
        is_average = statistic.name in ("mean", "prob")
        spread = separation if is_average else _NOT_SEPARATE
        for effect, pair in pairs:
            difference = _difference(statistic.difference(*pair), pair[0].groups) if pair else _NO_DIFFERENCE
            rows.append(Row(subject.arm, subject.fund, subject.metric, subject.unit, statistic.name, estimate.value,
                            estimate.lower, estimate.upper, effect.against, effect.comparison, *difference, n_paths,
                            _note(estimate.note, column.sample.groups),
                            column.sample.standard_error if is_average else None, *spread))
    return rows


def _difference(found: Estimate, groups: Groups | None
                ) -> tuple[float | None, float | None, float | None, str | None]:
    return found.value, found.lower, found.upper, _note(found.note, groups)


def _note(note: str, groups: Groups | None) -> str | None:
    """What the interval rests on, with the draws of parameters where they are few."""
    few = f"few: {groups.count} draws of parameters" if groups and groups.count < FEW else ""
    return "; ".join(filter(None, (note, few))) or None
