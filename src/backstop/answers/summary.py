"""The summary of a run: estimates with intervals of every outcome and metric, each arm against its counterfactual.

Memory holds the column of an arm and the one it is compared with (`answers.views`): what is worked out of them is made
in pieces (`answers.averages`).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np

from backstop.answers.accounts import metrics_of
from backstop.answers.comparisons import Comparison, comparisons_of
from backstop.answers.estimators import FEW, ratio
from backstop.answers.groups import Groups
from backstop.answers.metrics import Metric
from backstop.answers.samples import Column, Sample
from backstop.answers.separation import separate
from backstop.answers.statistics import Statistic, statistics_of
from backstop.answers.values import metric_called
from backstop.answers.views import Read, View, read_of_fund, read_of_paths, reads_of_metric
from backstop.outcomes import FUND_OUTCOMES, Outcome, path_columns
from backstop.runs.parts import Parts
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.terms import Floats

_NOT_SEPARATE: tuple[None, None, None] = (None, None, None)


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
    one: Callable[[], Column] | None = None
    other: Callable[[], Column] | None = None

    def paired(self) -> tuple[Sample, Sample] | None:
        """Both on the paths that have both values, if any."""
        return None if self.one is None or self.other is None else self.one().paired(self.other())


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
    reads, steps = steps_of(parts)
    view, meter = View(parts, reads), Meter("summarising", len(steps), on_progress)
    rows: list[Row] = []
    for step in steps:
        rows += step(view)
        meter.add(1)
    return rows


def summarise_funds(parts: Parts, on_progress: OnProgress = quiet) -> Iterator[list[Row]]:
    """Rows of all funds, an outcome at a time: of thousands of funds they are more than memory should hold."""
    reads = {outcome.name: [read_of_fund(parts, outcome.name, fund) for fund in range(len(parts.funds))]
             for outcome in FUND_OUTCOMES}
    view, meter = View(parts, [read for of_outcome in reads.values() for read in of_outcome]), Meter(
        "summarising", len(FUND_OUTCOMES), on_progress)
    for outcome in FUND_OUTCOMES:
        subjects = [_Subject(arm, fund, outcome.name, outcome.unit, outcome.worst)
                    for fund in parts.funds for arm in parts.arms]
        asked = [(read, arm) for read in reads[outcome.name] for arm in range(len(parts.arms))]
        yield [row for subject, one in zip(subjects, asked, strict=True) for row in _outcome_rows(subject, *one, view)]
        meter.add(1)


def summarise_one(parts: Parts, name: str) -> list[Row]:
    """Rows of one metric of the paths, or of one of their columns; none where no arm has it.

    Raises
    ------
    ConfigError
        There is no such metric.
    """
    assets = parts.resolved["names"]["assets"]
    columns = dict(path_columns(parts.layers, assets))
    reads, steps = (_outcome_steps(parts, name, columns[name]) if name in columns
                    else _metric_steps(parts, metric_called(parts.layers, assets, name)))
    view = View(parts, reads)
    return [row for step in steps for row in step(view)]


Step: TypeAlias = Callable[[View], list[Row]]
"""Makes the rows of one column, or of one metric, of one arm."""
_Steps: TypeAlias = tuple[list[Read], list[Step]]
"""What steps read, in their order."""


def steps_of(parts: Parts) -> _Steps:
    """Columns of paths, then metrics; arm by arm."""
    columns = path_columns(parts.resolved["names"]["layers"], parts.resolved["names"]["assets"])
    found = [*(_outcome_steps(parts, name, outcome) for name, outcome in columns),
             *(_metric_steps(parts, metric) for metric in metrics_of(parts.layers))]
    return [read for reads, _ in found for read in reads], [step for _, steps in found for step in steps]


def _outcome_steps(parts: Parts, name: str, outcome: Outcome) -> _Steps:
    read = read_of_paths(parts, name)
    return [read], [partial(_outcome_rows, _Subject(arm, None, name, outcome.unit, outcome.worst), read, number)
                    for number, arm in enumerate(parts.arms)]


def _metric_steps(parts: Parts, metric: Metric) -> _Steps:
    found = reads_of_metric(parts, metric)
    return [read for _, read in found], [partial(_metric_rows, metric, comparison, read) for comparison, read in found]


def _outcome_rows(subject: _Subject, read: Read, arm: int, view: View) -> list[Row]:
    """Rows of one column of one arm."""
    arms = view.parts.arms
    effects = [_Effect(arms[one.against], one.name, partial(view.column, read, one.arm),
                       partial(view.column, read, one.against))
               for one in comparisons_of(arm, view.parts.counterfactuals)]
    return _rows(subject, view.column(read, arm), effects)


def _metric_rows(metric: Metric, comparison: Comparison, read: Read, view: View) -> list[Row]:
    """Rows of one metric of one arm in one comparison."""
    arms, (number,) = view.parts.arms, read.arms
    subject = _Subject(arms[number], None, metric.name, metric.unit, metric.worst)
    effect = _Effect(arms[comparison.against], comparison.name) if metric.compares else _NO_EFFECT
    if read.is_share:
        return _ratio_rows(subject, *view.share(read, number), effect, view)
    return _rows(subject, view.column(read, number), [effect])


def _ratio_rows(subject: _Subject, x: Floats, of: Floats | None, effect: _Effect, view: View) -> list[Row]:
    """The one row of a share of sums; none where there is nothing to have a share of."""
    if of is None:
        return []
    has = ~(np.isnan(x) | np.isnan(of))
    x, of, group = x[has], of[has], None if view.group is None else view.group[has]
    estimate = ratio(x, of, view.weight[has], group)
    if estimate is None:
        return []
    groups = None if group is None else Groups(group[of > 0.0])
    return [Row(subject.arm, None, subject.metric, subject.unit, "ratio", *estimate[:3], effect.against,
                effect.comparison, None, None, None, None, int(np.count_nonzero(of)), _note(estimate.note, groups),
                None, *_NOT_SEPARATE)]


def _rows(subject: _Subject, column: Column, effects: Sequence[_Effect]) -> list[Row]:
    """Rows of one arm's values: for every statistic one an effect, or a single one where there is none."""
    sample = column.sample
    if sample is None:
        return []
    statistics = statistics_of(subject.unit, subject.worst)
    own = [_of_arm(statistic, sample) for statistic in statistics]
    compared = [_compared(statistics, effect) for effect in effects or (_NO_EFFECT,)]
    n_paths = len(column.x)
    return [Row(*subject[:4], statistic.name, one.value, one.lower, one.upper, other.against, other.comparison,
                other.effect, other.lower, other.upper, other.note, n_paths, one.note, one.error, *one.spread)
            for place, (statistic, one) in enumerate(zip(statistics, own, strict=True))
            for other in (differences[place] for differences in compared)]


class _Own(NamedTuple):
    """What a row says of the arm itself."""

    value: float
    lower: float | None
    upper: float | None
    note: str | None
    error: float | None
    spread: tuple[float, float, float] | tuple[None, None, None]


class _Compared(NamedTuple):
    """And of what it is compared with."""

    against: str | None
    comparison: str | None
    effect: float | None = None
    lower: float | None = None
    upper: float | None = None
    note: str | None = None


def _of_arm(statistic: Statistic, sample: Sample) -> _Own:
    """The estimate; its error and where that comes from, of averages."""
    estimate = statistic.of(sample)
    note = _note(estimate.note, sample.groups)
    if statistic.name not in ("mean", "prob"):
        return _Own(*estimate[:3], note, None, _NOT_SEPARATE)
    return _Own(*estimate[:3], note, sample.standard_error, separate(sample) or _NOT_SEPARATE)


def _compared(statistics: Sequence[Statistic], effect: _Effect) -> list[_Compared]:
    """By statistic; one pair of samples is in memory at a time."""
    pair = effect.paired()
    if pair is None:
        return [_Compared(effect.against, effect.comparison)] * len(statistics)
    found = [statistic.difference(*pair) for statistic in statistics]
    return [_Compared(effect.against, effect.comparison, *one[:3], _note(one.note, pair[0].groups)) for one in found]


def _note(note: str, groups: Groups | None) -> str | None:
    """What the interval rests on, with the draws of parameters where they are few."""
    few = f"few: {groups.count} draws of parameters" if groups and groups.count < FEW else ""
    return "; ".join(filter(None, (note, few))) or None
