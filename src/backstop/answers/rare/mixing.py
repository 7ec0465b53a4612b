"""Runs paths of a mixture that makes one day worse: how often an event comes, and the tail that it lies in."""

import contextlib
import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate
from backstop.answers.gather import stream
from backstop.answers.held import Held
from backstop.answers.rare.splitting import Event, Flags, Repetitions
from backstop.answers.rare.worst_day import DEEPEST, WorstDayMarket, even, learnt, planned, tails_of, weights_of
from backstop.answers.reverse.failures import failure_of_block
from backstop.answers.samples import Sample
from backstop.answers.shortfalls import shortfall
from backstop.answers.skewness import Z
from backstop.answers.values import values_of
from backstop.errors import MarketExploded
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.tables import BlockTables
from backstop.terms import Floats

SEED = 1995
BEYOND = (1e-2, 1e-3, 1e-4)
"""Shares of paths that lie beyond the quantiles that are told."""
_FEWEST = 30
"""Paths beyond a quantile, or it is not told. [ours]"""


class Beyond(NamedTuple):
    """The value of a metric that a share of paths is worse than, and their mean; by weights."""

    share: float
    quantile: Estimate
    shortfall: Estimate
    n_paths: int


class Tail(NamedTuple):
    """The bad tail of a metric of one arm."""

    metric: str
    is_low: bool
    mean: Estimate
    beyond: tuple[Beyond, ...]


class Mixed(NamedTuple):
    """Repetitions, and values and weights of all their paths (R n,)."""

    found: Repetitions
    values: Floats
    weights: Floats


class Mixer:
    """Runs paths of one request, whose numbers are used once."""

    def __init__(self, request: RunRequest, event: Event, threads: int, first_number: int,
                 on_progress: OnProgress = quiet) -> None:
        self.request, self.event, self.threads, self.on_progress = request, event, threads, on_progress
        self.number, self.tails = first_number, tails_of(request.terms)
        self._rng = np.random.default_rng([SEED, request.seed & 0xFFFFFFFF, first_number])
        self.metric, self.is_low = _tail_of(event)

    def mixture(self, n: int) -> Floats:
        """Chances of the mixture, from `n` paths that are not used again."""
        for deepest in DEEPEST[:-1]:
            with contextlib.suppress(MarketExploded):
                return self._learn(n, deepest)
        return self._learn(n, DEEPEST[-1])

    def _learn(self, n: int, deepest: float) -> Floats:
        self.tails = tails_of(self.request.terms, deepest)
        first = even(self.tails)
        densities, is_event, _ = self._run(n, first)
        return learnt(first, densities[is_event], weights_of(first, densities[is_event]))

    def repeat(self, mixture: Floats, n_repetitions: int, n: int) -> Mixed:
        """`n_repetitions` times `n` paths."""
        first = self.number
        densities, is_event, values = self._run(n_repetitions * n, mixture)
        weight = weights_of(mixture, densities)
        each = (weight / n).reshape(n_repetitions, n)
        estimates = (each * is_event.reshape(n_repetitions, n)).sum(axis=1)
        chosen = np.flatnonzero(is_event)
        found = Repetitions(estimates, each.sum(axis=1), each.ravel()[chosen], first + chosen, (), len(weight))
        return Mixed(found, values, weight)

    def tail(self, mixed: Mixed) -> Tail:
        """By weights; quantiles that too few paths lie beyond are left out."""
        known = ~np.isnan(mixed.values)
        x, w = mixed.values[known], mixed.weights[known]
        sample = Sample(x, w)
        own = sample.own_average
        mean = Estimate(own.value, own.value - Z * own.error, own.value + Z * own.error)
        beyond = (_beyond(sample, share, self.is_low) for share in BEYOND)
        return Tail(self.metric, self.is_low, mean, tuple(one for one in beyond if one.n_paths >= _FEWEST))

    def _run(self, n: int, mixture: Floats) -> tuple[Floats, Flags, Floats]:
        """Densities (n, 1 + K), the event and the metric (n,)."""
        plan = planned(self.tails, mixture, n, self._rng)
        market = WorstDayMarket(self.request.market, self.tails, plan, self.number, self.request.terms.n_days)
        request = replace(self.request, n_paths=n, market=market)
        is_event, values = np.zeros(n, dtype=np.bool_), np.zeros(n)
        self.number += n

        def add(tables: BlockTables) -> None:
            """Whether each path of a block has the event, and its metric."""
            parts, first = Held(request, tables), tables.block.first_path
            own = slice(first, first + parts.n_paths)
            is_event[own] = failure_of_block(parts, self.event.arm, self.event.what)
            values[own] = values_of(parts, self.metric)[self.event.arm][0]

        stream(request, self.threads, add, self.on_progress)
        return market.densities, is_event, values


def _tail_of(event: Event) -> tuple[str, bool]:
    """The metric whose tail an event lies in, and whether low is bad."""
    if not isinstance(event.what, str):
        return event.what.metric, event.what.is_most
    return ("relief", True) if event.what == "relief_negative" else ("pool_peak_use", False)


def _beyond(sample: Sample, share: float, is_low: bool) -> Beyond:
    p = share if is_low else 1.0 - share
    value = sample.value_at(p)
    n_paths = int(np.count_nonzero(sample.x <= value if is_low else sample.x >= value))
    return Beyond(share, weighted_quantile(sample, p), shortfall(sample, p), n_paths)


def weighted_quantile(sample: Sample, p: float) -> Estimate:
    """The p-quantile, between values whose shares of weight differ from p by 1.96 of their own standard errors.

    The error is that of the weight beyond a value, which a mixture knows far better than its number of paths says.
    """
    value = sample.value_at(p)
    error = sample.error_of_mean((sample.x <= value).astype(float))
    low, high = p - Z * error, p + Z * error
    return Estimate(value, sample.value_at(low) if low > 0.0 else None,
                    sample.value_at(high) if high < 1.0 else None)


def together(estimates: Floats) -> tuple[float, float]:
    """The mean of methods (S, R) by repetition, and its standard error; weights of each half come from the other.

    Weights by errors of the same repetitions would favour the method that is low by chance.
    """
    half = estimates.shape[1] // 2
    halves = [estimates[:, :half], estimates[:, half:]]
    each = np.concatenate([_shares(other) @ own for own, other in zip(halves, halves[::-1], strict=True)])
    return float(each.mean()), float(np.std(each, ddof=1) / math.sqrt(len(each)))


def _shares(estimates: Floats) -> Floats:
    """(S,) of each method, by the variance of its repetitions; equal where one has none."""
    variance = np.var(estimates, axis=1, ddof=1)
    if (variance <= 0.0).any():
        return np.full(len(variance), 1.0 / len(variance))
    return np.asarray((1.0 / variance) / (1.0 / variance).sum())
