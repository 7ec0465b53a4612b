"""What metrics come to on every path: columns of a run, read one at a time, put together arm by arm.

Memory holds one column of all paths, or a slab of fund columns.
"""

import difflib
from collections.abc import Iterator, Sequence

import numpy as np

from backstop.answers.accounts import SUMS_OF_FUNDS, metrics_of
from backstop.answers.comparisons import Comparison, comparisons_of
from backstop.answers.metrics import OF_LAYERS, OTHERS, Columns, Metric
from backstop.answers.quality import FundSum
from backstop.answers.samples import Column
from backstop.errors import ConfigError
from backstop.outcomes import path_columns
from backstop.runs.parts import Parts
from backstop.terms import Floats

SLAB_BYTES = 64 * 2**20
"""Most that fund columns take in memory at a time."""


def path_values(parts: Parts, name: str) -> dict[str, Column]:
    """By arm, one metric or column path by path, against the arm's counterfactual; of arms that it has sense for.

    Raises
    ------
    ConfigError
        There is no such metric.
    """
    return {arm: Column(x, parts.weight, parts.group) for arm, (x, _) in values_of(parts, name).items()}


def values_of(parts: Parts, name: str) -> dict[str, tuple[Floats, Floats | None]]:
    """By arm, (N,) values of a metric or column, NaN for none, and what they are a share of, if of anything.

    Raises
    ------
    ConfigError
        There is no such metric.
    """
    if name in dict(path_columns(parts.layers, parts.resolved["names"]["assets"])):
        return {arm: (x, None) for arm, x in zip(parts.arms, parts.path_column(name), strict=True)}
    metric = metric_called(parts.layers, parts.resolved["names"]["assets"], name)
    columns, sums, found = shared_columns(parts, metric), Sums(parts), {}
    for number, arm in enumerate(parts.arms):
        comparisons = comparisons_of(number, parts.counterfactuals)
        if comparisons and has_sense(parts, number, metric):
            found[arm] = metric_values(parts, metric, number, comparisons[0],
                                       columns | sums.of(metric, parts.eligible[number]))
    return found


def metric_called(layers: Sequence[str], assets: Sequence[str], name: str) -> Metric:
    """The metric of that name.

    Raises
    ------
    ConfigError
        There is none, nor a column of paths.
    """
    metrics = {metric.name: metric for metric in metrics_of(layers)}
    if name in metrics:
        return metrics[name]
    columns = dict(path_columns(list(layers), list(assets)))
    near = difflib.get_close_matches(name, [*columns, *metrics], n=1)
    hint = f"did you mean {near[0]}?" if near else "summary.parquet has those there are"
    raise ConfigError([f"{name}: is no metric of a run; {hint}"])


def shared_columns(parts: Parts, metric: Metric) -> Columns:
    """(A, N) by name of what a metric reads of all arms alike."""
    columns = {name: parts.path_column(name) for name in metric.path_columns}
    columns |= {name: _mean_over_assets(parts, name) for name in metric.fund_columns}
    columns |= {total.name: _sum_over_funds(parts, total) for total in SUMS_OF_FUNDS if total.name in metric.fund_sums}
    if metric.only_active:
        columns["days_active"] = parts.path_column("days_active")
    if metric.of_layers:
        columns |= {name: _sum_over_layers(parts, column) for name, column in OF_LAYERS.items()}
    return columns


def has_sense(parts: Parts, number: int, metric: Metric) -> bool:
    """Whether an arm has what a metric asks for: a pool with money, funds that are eligible and others, a facility."""
    eligible = parts.eligible[number]
    if metric.of_pool and parts.pool_sizes[number] == 0.0:
        return False
    if metric.whom:
        return bool(eligible.any()) and not (metric.whom == OTHERS and eligible.all())
    return metric.compares or parts.counterfactuals[number] != number


class Sums:
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
            weights = (chosen * self.parts.counts).T
            for weight, (_, values) in zip(weights, fund_columns(self.parts, name), strict=True):
                total += weight[:, None] * values
            self._known[key] = total
        return self._known[key]


def metric_values(parts: Parts, metric: Metric, number: int, comparison: Comparison, columns: Columns
                   ) -> tuple[Floats, Floats | None]:
    """(N,) values, NaN for none, and what they are a share of, if of anything."""
    one, other = ({name: values[n] for name, values in columns.items()} for n in comparison[1:])
    one["pool_size"], one["years"] = np.array(parts.pool_sizes[number]), np.array(parts.years)
    x = np.asarray(metric.value(one, other), dtype=np.float64)
    if metric.only_active:
        x = np.where(columns["days_active"][number] > 0.0, x, np.nan)
    return x, (other if metric.of_other else one)[metric.over] if metric.over else None


def fund_columns(parts: Parts, name: str) -> Iterator[tuple[str, Floats]]:
    """Each fund with its (A, N) values, read a slab of funds at a time."""
    size = max(SLAB_BYTES // (8 * len(parts.arms) * parts.n_paths), 1)
    for first in range(0, len(parts.funds), size):
        slab = slice(first, first + size)
        values = parts.fund_column(name, slab)
        for number, fund in enumerate(parts.funds[slab]):
            yield fund, values[:, number]


def _sum_over_layers(parts: Parts, column: str) -> Floats:
    """(A, N) of a column that repeats by layer."""
    total = np.zeros((len(parts.arms), parts.n_paths))
    for layer in parts.layers:
        total += parts.path_column(f"{column}_{layer}")
    return total


def _mean_over_assets(parts: Parts, name: str) -> Floats:
    """(A, N) mean of a fund column over funds, weighted by ``count * nav`` at the arm's own opening."""
    total = np.zeros((len(parts.arms), parts.n_paths))
    shares = parts.opening_assets / parts.opening_assets.sum(axis=1, keepdims=True)
    for share, (_, values) in zip(shares.T, fund_columns(parts, name), strict=True):
        total += share[:, None] * values
    return total


def _sum_over_funds(parts: Parts, total: FundSum) -> Floats:
    """(A, N) sum over funds, times count."""
    sums = np.zeros((len(parts.arms), parts.n_paths))
    columns = [fund_columns(parts, name) for name in total.columns]
    for counts, *found in zip(parts.counts.T, *columns, strict=True):
        values: Columns = {name: of_fund for name, (_, of_fund) in zip(total.columns, found, strict=True)}
        for number, without in enumerate(parts.counterfactuals):
            arm, other = ({name: v[n] for name, v in values.items()} for n in (number, without))
            sums[number] += counts[number] * total.of_fund(arm, other)
    return sums
