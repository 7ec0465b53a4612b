"""The summary of a run: estimates with intervals of every outcome and metric, each arm against its counterfactual.

Columns are read one at a time, so that memory holds one column of all paths, or a slab of fund columns.
"""

import difflib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from backstop.answers.accounts import SUMS_OF_FUNDS, metrics_of
from backstop.answers.comparisons import Comparison, comparisons_of
from backstop.answers.estimators import FEW, Estimate, ratio
from backstop.answers.groups import Groups
from backstop.answers.metrics import OF_LAYERS, OTHERS, Columns, Metric
from backstop.answers.quality import FundSum
from backstop.answers.samples import Column, Sample
from backstop.answers.separation import separate
from backstop.answers.statistics import statistics_of
from backstop.errors import ConfigError
from backstop.outcomes import FUND_OUTCOMES, Outcome, path_columns
from backstop.runs.parts import Parts
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.terms import Floats

SLAB_BYTES = 64 * 2**20
"""Most that fund columns take in memory at a time."""
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


def summarise(parts: Parts, on_progress: OnProgress = quiet, has_funds: bool = True) -> list[Row]:
    """All rows of the summary, pool and market first (`fund` None), then metrics, then funds if they are wanted.

    Raises
    ------
    NotFinite
        A value is infinite or not a number.
    RunIncomplete
        A part is damaged or missing.
    """
    steps = steps_of(parts, has_funds)
    meter = Meter("summarising", len(steps), on_progress)
    rows: list[Row] = []
    for step in steps:
        rows += step(parts)
        meter.add(1)
    return rows


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
    for metric in metrics_of(parts.layers):
        if metric.name == name:
            return _metric_rows(metric, parts)
    near = difflib.get_close_matches(name, [*columns, *(metric.name for metric in metrics_of(parts.layers))], n=1)
    hint = f"did you mean {near[0]}?" if near else "summary.parquet has those there are"
    raise ConfigError([f"{name}: is no metric of a run; {hint}"])


def steps_of(parts: Parts, has_funds: bool) -> list[Callable[[Parts], list[Row]]]:
    """What makes the rows of a column, or of a metric, in order."""
    columns = path_columns(parts.resolved["names"]["layers"], parts.resolved["names"]["assets"])
    return [*(partial(_path_rows, name, outcome) for name, outcome in columns),
            *(partial(_metric_rows, metric) for metric in metrics_of(parts.layers)),
            *(partial(_fund_rows, outcome) for outcome in (FUND_OUTCOMES if has_funds else ()))]


def _path_rows(name: str, outcome: Outcome, parts: Parts) -> list[Row]:
    return _outcome_rows(parts, None, name, outcome, parts.path_column(name))


def _fund_rows(outcome: Outcome, parts: Parts) -> list[Row]:
    return [row for fund, values in _fund_columns(parts, outcome.name)
            for row in _outcome_rows(parts, fund, outcome.name, outcome, values)]


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
    columns = [Column(x, parts.weight, parts.group) for x in values]
    rows = []
    for number, arm in enumerate(parts.arms):
        subject = _Subject(arm, fund, name, outcome.unit, outcome.worst)
        effects = [_Effect(parts.arms[one.against], one.name, columns[one.arm], columns[one.against])
                   for one in comparisons_of(number, parts.counterfactuals)]
        rows += _rows(subject, columns[number], effects)
    return rows


def path_values(parts: Parts, name: str) -> dict[str, Column]:
    """By arm, one metric or column path by path, against the arm's counterfactual; of arms that it has sense for.

    Raises
    ------
    StopIteration
        There is no such metric.
    """
    if name in dict(path_columns(parts.layers, parts.resolved["names"]["assets"])):
        return {arm: Column(x, parts.weight, parts.group)
                for arm, x in zip(parts.arms, parts.path_column(name), strict=True)}
    metric = next(metric for metric in metrics_of(parts.layers) if metric.name == name)
    columns, sums, found = _shared_columns(parts, metric), _Sums(parts), {}
    for number, arm in enumerate(parts.arms):
        comparisons = comparisons_of(number, parts.counterfactuals)
        if comparisons and _has_sense(parts, number, metric):
            x, _ = _metric_values(parts, metric, number, comparisons[0],
                                  columns | sums.of(metric, parts.eligible[number]))
            found[arm] = Column(x, parts.weight, parts.group)
    return found


def _shared_columns(parts: Parts, metric: Metric) -> Columns:
    """(A, N) by name of what a metric reads of all arms alike."""
    columns = {name: parts.path_column(name) for name in metric.path_columns}
    columns |= {name: _mean_over_assets(parts, name) for name in metric.fund_columns}
    columns |= {total.name: _sum_over_funds(parts, total) for total in SUMS_OF_FUNDS if total.name in metric.fund_sums}
    if metric.only_active:
        columns["days_active"] = parts.path_column("days_active")
    if metric.of_layers:
        columns |= {name: _sum_over_layers(parts, column) for name, column in OF_LAYERS.items()}
    return columns


def _metric_rows(metric: Metric, parts: Parts) -> list[Row]:
    """Rows of one metric, over the arms that it has sense for."""
    columns, rows, sums = _shared_columns(parts, metric), [], _Sums(parts)
    for number in range(len(parts.arms)):
        if _has_sense(parts, number, metric):
            own = columns | sums.of(metric, parts.eligible[number])
            for comparison in comparisons_of(number, parts.counterfactuals)[: None if metric.compares else 1]:
                rows += _compared_rows(parts, metric, number, comparison, own)
    return rows


def _has_sense(parts: Parts, number: int, metric: Metric) -> bool:
    """Whether an arm has what a metric asks for: a pool with money, funds that are eligible and others, a facility."""
    eligible = parts.eligible[number]
    if metric.of_pool and parts.pool_sizes[number] == 0.0:
        return False
    if metric.whom:
        return bool(eligible.any()) and not (metric.whom == OTHERS and eligible.all())
    return metric.compares or parts.counterfactuals[number] != number


class _Sums:
    """Fund columns summed, times count, over the funds that arms admit, or over the others: once for all such arms."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._known: dict[tuple[str, bytes], Floats] = {}

    def of(self, metric: Metric, eligible: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Columns:
        """(A, N) by name of what `metric` reads."""
        chosen = ~eligible if metric.whom == OTHERS else eligible
        return {f"{metric.whom}.{name}": self._sum(name, chosen) for name in metric.sums}

    def _sum(self, name: str, chosen: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Floats:
        key = name, chosen.tobytes()
        if key not in self._known:
            total = np.zeros((len(self.parts.arms), self.parts.n_paths))
            for weight, (_, values) in zip(chosen * self.parts.counts, _fund_columns(self.parts, name), strict=True):
                total += weight * values
            self._known[key] = total
        return self._known[key]


def _compared_rows(parts: Parts, metric: Metric, number: int, comparison: Comparison, columns: Columns) -> list[Row]:
    """Rows of one metric of one arm in one comparison; `columns` are (A, N) by name."""
    x, of = _metric_values(parts, metric, number, comparison, columns)
    subject = _Subject(parts.arms[number], None, metric.name, metric.unit, metric.worst)
    effect = _Effect(parts.arms[comparison.against], comparison.name) if metric.compares else _NO_EFFECT
    if of is not None:
        return _ratio_rows(subject, x, of, effect, parts)
    return _rows(subject, Column(x, parts.weight, parts.group), [effect])


def _metric_values(parts: Parts, metric: Metric, number: int, comparison: Comparison, columns: Columns
                   ) -> tuple[Floats, Floats | None]:
    """(N,) values, NaN for none, and what they are a share of, if of anything."""
    one, other = ({name: values[n] for name, values in columns.items()} for n in comparison[1:])
    one["pool_size"], one["years"] = np.array(parts.pool_sizes[number]), np.array(parts.years)
    x = np.asarray(metric.value(one, other), dtype=np.float64)
    if metric.only_active:
        x = np.where(columns["days_active"][number] > 0.0, x, np.nan)
    return x, (other if metric.of_other else one)[metric.over] if metric.over else None


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


def _sum_over_layers(parts: Parts, column: str) -> Floats:
    """(A, N) of a column that repeats by layer."""
    total = np.zeros((len(parts.arms), parts.n_paths))
    for layer in parts.layers:
        total += parts.path_column(f"{column}_{layer}")
    return total


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
        for number, without in enumerate(parts.counterfactuals):
            arm, other = ({name: v[n] for name, v in values.items()} for n in (number, without))
            sums[number] += count * total.of_fund(arm, other)
    return sums


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
