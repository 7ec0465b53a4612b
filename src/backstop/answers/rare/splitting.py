"""Splitting with fixed effort: paths that reach a level go on many times from there, the others are kept as they are.

Every stage has as many paths as the first. Of those a share reaches the next level; the others are final, with the
weight of their stage. A child has its parent's path up to the day on which that reached the level, and shocks of its
own from then on. So weights of all final paths add up to 1, and the weighted mean of anything, over paths of all
stages, is unbiased whatever the score: an event may happen on a path that reached no level (Glasserman, Heidelberger,
Shahabuddin and Zajic 1999, Operations Research 47). Levels are fixed before, on paths of their own. Paths share
ancestors, so errors come from independent repetitions of the whole.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstop.answers.held import Held
from backstop.answers.rare.lineages import Lineage, LineageMarket, Stretch, branched
from backstop.answers.rare.scores import Heights, Score
from backstop.answers.reverse.failures import failure_of_block
from backstop.answers.sweeping.objectives import Limit
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.watched import watched_blocks
from backstop.terms import Floats, Integers

Flags = npt.NDArray[np.bool_]
SHARE = 0.2
"""Of the paths of a stage that are to reach the next level. [ours]"""
OFTEN = 0.25
"""No further level once the event comes so often in a stage. [ours]"""
MOST_LEVELS = 20
SEED = 1999


class Event(NamedTuple):
    """What is rare, in which arm: a name of `reverse.failures.FAILURES`, or a limit that is broken."""

    arm: str
    what: str | Limit


class Stage(NamedTuple):
    """What the N paths of a stage came to; heights (N, T) are the highest of the score so far."""

    heights: Floats
    is_event: Flags


class Repetitions(NamedTuple):
    """Of R repetitions: (R,) estimates of the chance, and final paths with the event.

    Attributes
    ----------
    weights, ancestors, lineages
        Of the paths with the event, over all repetitions: weight, number of the first path that each descends from.
    n_paths
        Paths that were run.
    total
        (R,) weights of all final paths.
    """

    estimates: Floats
    total: Floats
    weights: Floats
    ancestors: Integers
    lineages: tuple[Lineage, ...]
    n_paths: int


class Splitter:
    """Runs stages of one request; numbers of paths are used once."""

    def __init__(self, request: RunRequest, event: Event, score: Score, threads: int, first_number: int,
                 on_progress: OnProgress = quiet) -> None:
        self.request, self.event, self.score, self.threads = request, event, score, threads
        self.on_progress, self.number = on_progress, first_number
        self.rng = np.random.default_rng([SEED, request.seed & 0xFFFFFFFF, first_number])

    def levels(self, n: int) -> list[float]:
        """Levels that `SHARE` of the paths reach each, until the event comes often or the score rises no more."""
        found: list[float] = []
        lineages = self._first(n)
        while len(found) < MOST_LEVELS:
            stage = self._run(lineages)
            if stage.is_event.mean() >= OFTEN:
                break
            level = float(np.quantile(stage.heights[:, -1], 1.0 - SHARE))
            reached = np.flatnonzero(stage.heights[:, -1] >= level)
            if level <= (found[-1] if found else 0.0) or len(reached) == n:
                break
            found.append(level)
            lineages = [self._child(lineages[p], stage.heights[p], level) for p in self._parents(reached, n).tolist()]
        return found

    def repeat(self, levels: Sequence[float], n_repetitions: int, n: int) -> Repetitions:
        """`n_repetitions` times all stages with `n` paths each; a repetition ends where none reaches a level."""
        estimates, total, n_run = np.zeros(n_repetitions), np.zeros(n_repetitions), 0
        kept = _Kept()
        lineages, own = self._first(n_repetitions * n), np.repeat(np.arange(n_repetitions), n)
        weight = np.full(n_repetitions, 1.0 / n)
        for level in (*levels, np.inf):
            if not lineages:
                break
            stage = self._run(lineages)
            n_run += len(lineages)
            goes_on = stage.heights[:, -1] >= level
            for r in np.unique(own):
                total[r] += weight[r] * np.count_nonzero(~goes_on[own == r])
                estimates[r] += weight[r] * np.count_nonzero(stage.is_event[own == r] & ~goes_on[own == r])
            kept.add(lineages, weight[own], stage.is_event & ~goes_on)
            children, of = list[Lineage](), list[int]()
            for r in np.unique(own):
                reached = np.flatnonzero(goes_on & (own == r))
                weight[r] *= len(reached) / n
                parents = self._parents(reached, n).tolist()
                children += [self._child(lineages[p], stage.heights[p], level) for p in parents]
                of += [int(r)] * (n if len(reached) else 0)
            lineages, own = children, np.array(of, dtype=np.int64)
        return Repetitions(estimates, total, np.array(kept.weights), np.array(kept.ancestors, dtype=np.int64),
                           tuple(kept.lineages), n_run)

    def _first(self, n: int) -> list[Lineage]:
        return [(Stretch(0, self._next()),) for _ in range(n)]

    def _next(self) -> int:
        self.number += 1
        return self.number - 1

    def _parents(self, reached: Integers, n: int) -> Integers:
        """(n,) of those that reached a level, each as often as any other, the rest drawn; none of none."""
        if not len(reached):
            return reached
        often, rest = divmod(n, len(reached))
        return np.concatenate([np.repeat(reached, often), self.rng.choice(reached, rest, replace=False)])

    def _child(self, parent: Lineage, heights: Floats, level: float) -> Lineage:
        """What follows the close at which `parent` reached the level is the child's own."""
        return branched(parent, int(np.argmax(heights >= level)) + 1, self._next())

    def _run(self, lineages: Sequence[Lineage]) -> Stage:
        n_days = self.request.terms.n_days
        market = LineageMarket(self.request.market, lineages, n_days)
        request = replace(self.request, n_paths=len(lineages), market=market)
        heights, is_event = Heights(self.score, len(lineages), n_days), np.zeros(len(lineages), dtype=np.bool_)
        for tables in watched_blocks(request, self.threads, heights, self.on_progress):
            first = tables.block.first_path
            is_event[first : first + tables.block.n_paths] = failure_of_block(
                Held(request, tables), self.event.arm, self.event.what)
        return Stage(heights.values, is_event)


class _Kept:
    """Final paths with the event."""

    def __init__(self) -> None:
        self.weights: list[float] = []
        self.ancestors: list[int] = []
        self.lineages: list[Lineage] = []

    def add(self, lineages: Sequence[Lineage], weight: Floats, chosen: Flags) -> None:
        """Of the paths of a stage, those that are `chosen`."""
        for p in np.flatnonzero(chosen).tolist():
            self.weights.append(float(weight[p]))
            self.ancestors.append(lineages[p][0].path)
            self.lineages.append(lineages[p])
