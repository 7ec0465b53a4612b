"""What each channel contributes to what a facility averts, in no order of channels.

On one path, v(S) is what an arm averts against its counterfactual, a reform against arm none, when only the channels S
are on, in both, on the same shocks. A channel's contribution is its Shapley value (answers/shapley.py), path by path,
so that contributions add up to what is averted and their means have intervals paired by path. A channel that changes no
term of any arm is left out: it would be worth nothing, and its absence changes no other's value.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backstop.answers.comparisons import comparisons_of
from backstop.answers.estimators import mean
from backstop.answers.gather import numbers
from backstop.answers.metrics import METRICS, Columns
from backstop.answers.samples import Sample
from backstop.answers.shapley import Game, game_of
from backstop.config.channels import CHANNELS, without
from backstop.config.study import WITHOUT
from backstop.runs.directory import RunDirectory
from backstop.runs.files import read_bounded, write_whole
from backstop.runs.journal import to_json
from backstop.runs.lock import sole_writer
from backstop.runs.progress import OnProgress, Progress, quiet
from backstop.runs.request import RunRequest, terms_hash
from backstop.runs.tables import BlockTables
from backstop.runs.tiles import Layout, blocks_of, layout_of
from backstop.runs.workers import Workers, made_blocks
from backstop.terms import Floats, RunTerms

MEASURES = tuple(
    metric
    for metric in METRICS
    if metric.name in ("relief", "sales_averted", "all_window_sales_averted", "drawdown_averted",
                       "pressure_days_averted", "window_pressure_days_averted", "failures_averted")
)
"""What is decomposed: differences of two arms, over the whole run and in its windows of stress."""
NO_CHANNEL, TOGETHER = "no channel", "together"
"""What is averted without any channel, and with all of them."""
ALL_CHANNELS = "none, all channels"
"""Arm none as the run has it, where it says what real closes contain."""


class Contribution(NamedTuple):
    """What one channel contributes to one measure of one arm, mean over paths, with its 95 % interval."""

    arm: str
    against: str
    """The arm without its facility; of a reform, arm none."""
    measure: str
    unit: str
    channel: str
    """A channel, `NO_CHANNEL` or `TOGETHER`."""
    estimate: float
    lower: float | None
    upper: float | None
    note: str | None


def channels_at_work(terms: RunTerms) -> tuple[str, ...]:
    """Channels that make a difference to the terms of some arm."""
    return tuple(
        channel
        for channel in CHANNELS
        if any(terms_hash(without(arm, [channel])) != terms_hash(arm) for arm in terms.arms)
    )


def decompose(request: RunRequest, workers: Workers, on_progress: OnProgress = quiet, layout: Layout | None = None
              ) -> list[Contribution]:
    """Run every set of channels on the paths of `request`, and share out what each arm averts.

    Takes ``2**n`` times as long as the run, n the channels at work; keeps n + 2 numbers a path, arm and measure.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    terms, game = request.terms, game_of(channels_at_work(request.terms))
    layout, n_sets = layout or layout_of(terms), len(game.coalitions)
    blocks = blocks_of(request.n_paths, layout)
    shares = _Shares(terms, game, request)
    for number, coalition in enumerate(game.coalitions):
        variant = replace(request, terms=_with_only(coalition, terms))
        tell = _part_of(on_progress, number, n_sets)
        with closing(made_blocks(workers, variant, blocks, layout, tell)) as finished:
            for tables in finished:
                shares.add(tables, game.weights[number])
    return list(shares.contributions())


def decompose_run(request: RunRequest, folder: Path, workers: Workers, on_progress: OnProgress = quiet
                  ) -> list[Contribution]:
    """The decomposition of the run in `folder`: read if it was made before, else made and kept beside the run.

    Raises
    ------
    AccountingError, NotFinite
        See `decompose`.
    DirectoryRefused
        Another process is writing to the folder.
    EnvironmentFailure
        The file cannot be written.
    """
    directory = RunDirectory(folder)
    path = directory.decomposition
    if path.exists():
        return [Contribution(**row) for row in json.loads(read_bounded(path))]
    with sole_writer(folder, directory.lock):
        rows = decompose(request, workers, on_progress)
        write_whole(path, to_json([row._asdict() for row in rows]))
    return rows


def _with_only(channels: frozenset[str], terms: RunTerms) -> RunTerms:
    """`terms` with all other channels off, in every arm.

    What real closes contain is what arm none sold with all channels on: there it goes ahead of them, unchanged.
    """
    others = [channel for channel in CHANNELS if channel not in channels]
    arms = tuple(without(arm, others) for arm in terms.arms)
    if not _n_ahead(terms):
        return terms._replace(arms=arms)
    names = terms.names._replace(arms=(ALL_CHANNELS, *terms.names.arms), facilities=((), *terms.names.facilities))
    return terms._replace(arms=(terms.arms[0], *arms), names=names,
                          counterfactuals=(0, *(number + 1 for number in terms.counterfactuals)))


def _n_ahead(terms: RunTerms) -> int:
    """Arms ahead of those of the run: one, where closes contain sales."""
    return int(terms.arms[0].prices.replay.days.any())


def _part_of(on_progress: OnProgress, number: int, total: int) -> OnProgress:
    """Progress of one of `total` runs as that of all."""
    return lambda step: on_progress(Progress("decomposing", number * step.total + step.done, total * step.total))


class _Shares:
    """Path by path, what has been added up for each row: the channels, `NO_CHANNEL` and `TOGETHER`."""

    def __init__(self, terms: RunTerms, game: Game, request: RunRequest) -> None:
        n_paths = request.n_paths
        self.arms, self.rows = terms.names.arms, (*game.players, NO_CHANNEL, TOGETHER)
        self.n_ahead = _n_ahead(terms)
        self.effects = [effects[0] for arm, name in enumerate(self.arms)
                        if not name.startswith(WITHOUT) and (effects := comparisons_of(arm, terms.counterfactuals))]
        assets = np.array([arm.funds.count * arm.funds.nav_open for arm in terms.arms])
        self.asset_share = assets / assets.sum(axis=1, keepdims=True)
        self.values = np.zeros((len(MEASURES), len(self.effects), len(self.rows), n_paths))
        self.weight = np.ones(n_paths)
        self.group = None if request.drawn is None else np.arange(n_paths) // request.drawn.paths_per_group

    def add(self, tables: BlockTables, weights: Floats) -> None:
        """Add v of one set of channels on the paths of one block, `weights` (rows,) times."""
        paths = slice(tables.block.first_path, tables.block.first_path + tables.block.n_paths)
        self.weight[paths] = self._of_paths(tables, "weight")[0]
        for values, measure in zip(self.values, MEASURES, strict=True):
            columns = {name: self._of_paths(tables, name) for name in measure.path_columns}
            columns |= {name: self._of_funds(tables, name) for name in measure.fund_columns}
            for of_effect, (_, arm, against) in zip(values, self.effects, strict=True):
                averted = measure.value(_of_arm(columns, arm), _of_arm(columns, against))
                # on a path without a window of stress nothing is averted in one
                of_effect[:, paths] += np.multiply.outer(weights, np.nan_to_num(averted, nan=0.0))

    def contributions(self) -> Iterator[Contribution]:
        """Means over paths."""
        for measure, of_measure in zip(MEASURES, self.values, strict=True):
            for (_, arm, against), of_effect in zip(self.effects, of_measure, strict=True):
                for channel, x in zip(self.rows, of_effect, strict=True):
                    found = mean(Sample(x, self.weight, self.group))
                    yield Contribution(self.arms[arm], self.arms[against], measure.name, measure.unit, channel,
                                       *found[:3], found.note or None)

    def _of_paths(self, tables: BlockTables, name: str) -> Floats:
        """(A, N) of a block."""
        return numbers(tables.paths, name).reshape(self.n_ahead + len(self.arms), -1)[self.n_ahead :]

    def _of_funds(self, tables: BlockTables, name: str) -> Floats:
        """(A, N) mean over funds, weighted by ``count * nav`` at the arm's own opening."""
        n_arms = self.n_ahead + len(self.arms)
        by_fund = numbers(tables.funds, name).reshape(n_arms, self.asset_share.shape[1], -1)[self.n_ahead :]
        total = np.zeros((len(self.arms), by_fund.shape[2]))
        for number, share in enumerate(self.asset_share.T):
            total += share[:, None] * by_fund[:, number]
        return total


def _of_arm(columns: Columns, number: int) -> Columns:
    return {name: values[number] for name, values in columns.items()}
