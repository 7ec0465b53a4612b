"""What metrics come to on every path: columns of a run, read part by part, put together arm by arm.

Memory holds the columns of one part, and one number a path of what is asked for.
"""

import difflib
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from backstop.answers.accounts import SUMS_OF_FUNDS, metrics_of
from backstop.answers.comparisons import Comparison, comparisons_of
from backstop.answers.metrics import OF_LAYERS, OTHERS, Columns, Metric
from backstop.answers.quality import FundSum
from backstop.answers.samples import Column
from backstop.errors import ConfigError
from backstop.outcomes import path_columns
from backstop.runs.parts import Parts, Piece
from backstop.terms import Floats

Values: TypeAlias = tuple[Floats, Floats | None]
"""(N,) values, NaN for none, and what they are a share of, if of anything."""


def path_values(parts: Parts, name: str) -> dict[str, Column]:
    """By arm, one metric or column path by path, against the arm's counterfactual; of arms that it has sense for.

    Raises
    ------
    ConfigError
        There is no such metric.
    """
    return {arm: Column(x, parts.weight, parts.group) for arm, (x, _) in values_of(parts, name).items()}


def values_of(parts: Parts, name: str) -> dict[str, Values]:
    """By arm, the values of a metric or column.

    Raises
    ------
    ConfigError
        There is no such metric.
    """
    if name in dict(path_columns(parts.layers, parts.resolved["names"]["assets"])):
        return {arm: (x, None) for arm, x in zip(parts.arms, parts.path_column(name), strict=True)}
    metric = metric_called(parts.layers, parts.resolved["names"]["assets"], name)
    asked = [(number, comparisons[0]) for number in range(len(parts.arms))
             if (comparisons := comparisons_of(number, parts.counterfactuals)) and has_sense(parts, number, metric)]
    found = metric_values(parts, metric, asked)
    return {parts.arms[number]: values for (number, _), values in zip(asked, found, strict=True)}


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


def has_sense(parts: Parts, number: int, metric: Metric) -> bool:
    """Whether an arm has what a metric asks for: a pool with money, funds that are eligible and others, a facility."""
    eligible = parts.eligible[number]
    if metric.of_pool and parts.pool_sizes[number] == 0.0:
        return False
    if metric.whom:
        return bool(eligible.any()) and not (metric.whom == OTHERS and eligible.all())
    return metric.compares or parts.counterfactuals[number] != number


def metric_values(parts: Parts, metric: Metric, asked: Sequence[tuple[int, Comparison]]) -> list[Values]:
    """Values of a metric of arms, by number, in comparisons, each part of the run read once."""
    found: list[Values] = [(np.empty(parts.n_paths), np.empty(parts.n_paths) if metric.over else None) for _ in asked]
    arms, first = arms_read(parts, metric, asked), 0
    for piece in parts.pieces(arms, paths_read(parts, metric), funds_read(metric)):
        columns, part = OfPiece(parts, metric, piece), slice(first, first + piece.n_paths)
        for target, one in zip(found, asked, strict=True):
            for whole, values in zip(target, columns.values(*one), strict=True):
                if whole is not None:
                    whole[part] = values
        first = part.stop
    return found


def arms_read(parts: Parts, metric: Metric, asked: Sequence[tuple[int, Comparison]]) -> list[int]:
    """Arms whose columns a metric reads, of arms by number in comparisons."""
    arms = {arm for number, comparison in asked for arm in (number, *comparison[1:])}
    return sorted({*arms, *(parts.counterfactuals[arm] for arm in arms if metric.fund_sums)})


def paths_read(parts: Parts, metric: Metric) -> list[str]:
    """Path columns that a metric reads."""
    of_layers = [f"{column}_{layer}" for column in OF_LAYERS.values() for layer in parts.layers]
    active = ["days_active"] if metric.only_active else []
    return list(dict.fromkeys([*metric.path_columns, *active, *(of_layers if metric.of_layers else [])]))


def funds_read(metric: Metric) -> list[str]:
    """And fund columns."""
    of_sums = [name for total in SUMS_OF_FUNDS if total.name in metric.fund_sums for name in total.columns]
    return list(dict.fromkeys([*metric.fund_columns, *metric.sums, *of_sums]))


class OfPiece:
    """What a metric comes to on the n paths of a piece; the columns of an arm are made once for all comparisons."""

    def __init__(self, parts: Parts, metric: Metric, piece: Piece) -> None:
        self.parts, self.metric, self.piece = parts, metric, piece
        self._known: dict[tuple[int, bytes], Columns] = {}

    def values(self, number: int, comparison: Comparison) -> Values:
        """(n,) each."""
        metric, eligible = self.metric, self.parts.eligible[number]
        one, other = (dict(self._columns(arm, eligible)) for arm in comparison[1:])
        one["pool_size"], one["years"] = np.array(self.parts.pool_sizes[number]), np.array(self.parts.years)
        x = np.asarray(metric.value(one, other), dtype=np.float64)
        if metric.only_active:
            x = np.where(self.piece.path("days_active", number) > 0.0, x, np.nan)
        return x, (other if metric.of_other else one)[metric.over] if metric.over else None

    def _columns(self, arm: int, eligible: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Columns:
        """What the metric reads of an arm; `eligible` (F,) are the funds that its sums are over, or all others."""
        key = arm, eligible.tobytes() if self.metric.sums else b""
        if key not in self._known:
            self._known[key] = self._made(arm, ~eligible if self.metric.whom == OTHERS else eligible)
        return self._known[key]

    def _made(self, arm: int, chosen: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Columns:
        metric, piece, counts = self.metric, self.piece, self.parts.counts[arm]
        columns = {name: piece.path(name, arm) for name in metric.path_columns}
        assets = self.parts.opening_assets[arm] / self.parts.opening_assets[arm].sum()
        columns |= {name: _weighted(piece, name, arm, assets) for name in metric.fund_columns}
        columns |= {total.name: self._sum_over_funds(total, arm)
                    for total in SUMS_OF_FUNDS if total.name in metric.fund_sums}
        columns |= {f"{metric.whom}.{name}": _weighted(piece, name, arm, chosen * counts) for name in metric.sums}
        if metric.of_layers:
            columns |= {name: self._sum_over_layers(column, arm) for name, column in OF_LAYERS.items()}
        return columns

    def _sum_over_layers(self, column: str, arm: int) -> Floats:
        """(n,) of a column that repeats by layer."""
        total = np.zeros(self.piece.n_paths)
        for layer in self.parts.layers:
            total += self.piece.path(f"{column}_{layer}", arm)
        return total

    def _sum_over_funds(self, total: FundSum, arm: int) -> Floats:
        """(n,) sum over funds, times count, of an arm against its counterfactual."""
        own, others = ({name: self.piece.fund(name, number) for name in total.columns}
                       for number in (arm, self.parts.counterfactuals[arm]))
        sums = np.zeros(self.piece.n_paths)
        for fund, count in enumerate(self.parts.counts[arm]):
            one, other = ({name: values[fund] for name, values in of.items()} for of in (own, others))
            sums += count * total.of_fund(one, other)
        return sums


def _weighted(piece: Piece, name: str, arm: int, weights: Floats) -> Floats:
    """(n,) sum of a fund column over funds, (F,) `weights` times."""
    total = np.zeros(piece.n_paths)
    for weight, values in zip(weights, piece.fund(name, arm), strict=True):
        total += weight * values
    return total
