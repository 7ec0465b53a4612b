"""Many designs on the same shocks: the answer of ``backstop sweep``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate
from backstop.answers.sweeping.batches import batches_of, cycle
from backstop.answers.sweeping.budgets import Budget, budgets
from backstop.answers.sweeping.factors import Factor
from backstop.answers.sweeping.figures import rate, resamples
from backstop.answers.sweeping.halving import rounds
from backstop.answers.sweeping.indices import Index, indices
from backstop.answers.sweeping.judging import Asked, Judge, Judged
from backstop.answers.sweeping.levers import Lever, Move, lever, moves_of
from backstop.answers.sweeping.measure import Span, measured
from backstop.answers.sweeping.objectives import Limit, quantity_of
from backstop.answers.sweeping.plans import Plan
from backstop.answers.sweeping.store import Store, identity_of, opened
from backstop.answers.sweeping.worlds import Design, Refused, refuse_nonsense, worlds
from backstop.config.text.load import checked
from backstop.config.text.sweeps import design_of
from backstop.config.text.toml_files import ConfigText
from backstop.errors import ConfigError
from backstop.runs.assemble import Assembled, assemble_text
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.workers import Workers
from backstop.terms import Floats

LIKELY = 0.95
"""Of resamples, in which one of the likely designs is the best. [ours]"""
CONFIG = Design("config", {})
"""What the config says, which is always among the designs."""


class Question(NamedTuple):
    """What is swept and what it is judged by.

    Attributes
    ----------
    objectives
        ``METRIC`` or ``METRIC/METRIC``, then ``=max`` or ``=min`` or neither.
    zones
        By metric, the difference below which designs are as good.
    per
        Two metrics: so much of the first for each unit of the second.
    """

    config: ConfigText
    settings: tuple[str, ...]
    arm: str | None
    factors: tuple[Factor, ...]
    plan: Plan
    objectives: tuple[str, ...]
    limits: tuple[Limit, ...] = ()
    zones: Mapping[str, float] = MappingProxyType({})
    per: tuple[str, str] | None = None
    is_halving: bool = False
    seeks_best: bool = False
    """Of one objective: what moves the leading design, and which limit binds, are asked too."""


class Swept(NamedTuple):
    """One design.

    Attributes
    ----------
    n_paths
        Fewer than all where halving dropped it.
    kept
        What each limit is of, in the model that is nearest to breaking it.
    per
        None where the second metric is not surely above 0.
    stands
        Whether no limit is surely broken and no design surely better: what the paths cannot exclude.
    best
        Share of resamples in which its first objective is the best.
    """

    design: Design
    n_paths: int
    objectives: tuple[Estimate | None, ...]
    kept: tuple[Estimate | None, ...]
    per: Estimate | None
    stands: bool
    is_on: bool
    chance: float
    best: float


class Answer(NamedTuple):
    """All designs in the order of the plan, the config's own first; the one whose levers were moved, if asked."""

    question: Question
    currency: str
    n_paths: int
    asked: Asked
    zone: tuple[float, ...]
    designs: tuple[Swept, ...]
    refused: tuple[Refused, ...]
    indices: tuple[Index, ...]
    leader: Design | None
    levers: tuple[Lever, ...]
    budgets: tuple[Budget, ...]

    @property
    def standing(self) -> list[Swept]:
        """Designs that the paths cannot exclude, the one that is most often the best first."""
        return sorted((one for one in self.designs if one.stands), key=lambda one: (-one.best, -one.chance))

    @property
    def likely(self) -> list[Swept]:
        """The fewest of them that together are the best in `LIKELY` of resamples; all where they never are so often."""
        standing = self.standing
        reached = np.cumsum([one.best for one in standing])
        return standing[: int(np.searchsorted(reached, LIKELY)) + 1]


def sweep(question: Question, folder: Path | None, workers: Workers, on_progress: OnProgress = quiet) -> Answer:
    """Run all designs, in rounds where it is halving, and judge them.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend.
    DirectoryRefused, EnvironmentFailure
        The folder holds something else, or cannot be written.
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    request = base_of(question).request
    spans = rounds(request.n_paths, question.is_halving, cycle(request))
    batches, asked = batches_of(request, spans[0].last), asked_of(question, request)
    metrics = tuple(one.metric for one in asked.metrics)
    shape = len(metrics), 2, batches.n
    with opened(folder, identity_of(request, question.arm, metrics, batches.n), shape) as store:
        study = _Study(question, metrics, spans, store, Judge(asked, batches), workers)
        study.run(on_progress)
    return study.answer(request)


def base_of(question: Question) -> Assembled:
    """The config that designs vary, once it is clear that some make sense.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend.
    """
    design_of(checked(question.config, question.settings), question.arm)
    refuse_nonsense(question.config, question.settings, question.arm, question.plan.designs)
    return assemble_text(question.config, question.settings)


def asked_of(question: Question, request: RunRequest) -> Asked:
    """Metrics of objectives first, then what limits and rates also ask for."""
    names = request.terms.names
    objectives = tuple(quantity_of(names, text) for text in question.objectives)
    if len({one.name for one in objectives}) < len(objectives):
        raise ConfigError(["--objective: one metric is given twice; leave one out"])
    found = {one.metric: one._replace(over="") for one in objectives}
    for metric in (*(one.over for one in objectives if one.over), *(limit.metric for limit in question.limits),
                   *(question.per or ())):
        found.setdefault(metric, quantity_of(names, metric))
    return Asked(tuple(found.values()), objectives, question.limits,
                 tuple(question.zones.get(one.name) for one in objectives))


class _Study:
    """Rounds of designs, each on paths that follow those of the round before."""

    def __init__(self, question: Question, metrics: tuple[str, ...], spans: Sequence[Span], store: Store, judge: Judge,
                 workers: Workers) -> None:
        self.question, self.metrics, self.spans, self.store, self.judge = question, metrics, spans, store, judge
        self.workers, self.zone = workers, np.zeros(len(judge.asked.objectives))
        self.alive = list(dict.fromkeys([CONFIG.name, *(design.name for design in question.plan.designs)]))
        self.designs = {design.name: design for design in (CONFIG, *question.plan.designs)}
        self.last_round: dict[str, int] = {}
        self.refused: list[Refused] = []
        self.leader: Design | None = None
        self.moves: list[Move] = []

    def run(self, on_progress: OnProgress) -> None:
        """All rounds, then what moves the leading design if that is asked."""
        for number in range(len(self.spans)):
            self._round(number, self.alive, on_progress)
            if number == 0:
                self.zone = self.judge.zone(self._sums(self.alive))
            if number + 1 < len(self.spans):
                lost = self._lost()
                self.alive = [name for name in self.alive if name == CONFIG.name or name not in lost]
        if self.question.seeks_best:
            self._move_leader(on_progress)

    def _round(self, number: int, names: Sequence[str], on_progress: OnProgress) -> None:
        span, designs = self.spans[number], [self.designs[name] for name in names]
        meter, refused = Meter("sweeping", len(designs), on_progress), list[Refused]()
        missing = self.store.missing(designs, span)
        meter.add(len(designs) - len(missing))
        for world, nonsense in worlds(self.question.config, self.question.settings, self.question.arm, missing):
            refused += nonsense
            meter.add(len(nonsense))
            if world is not None:
                for batch in measured(world, self.metrics, span, self.judge.batches, self.workers):
                    self.store.add(batch, span)
                    meter.add(len(batch))
        self.refused += refused
        gone = {one.design.name for one in refused}
        self.alive = [name for name in self.alive if name not in gone]
        self.last_round.update({name: number for name in names if name not in gone})

    def _lost(self) -> set[str]:
        """Names of those alive that surely do not belong."""
        is_lost = self.judge.lost(self._sums(self.alive), self.zone, len(self.designs), len(self.spans))
        return {name for name, lost in zip(self.alive, is_lost, strict=True) if lost}

    def _leader(self) -> Design | None:
        """The design that is most often the best, if any ever is."""
        best = self.judge.judge(self._sums(self.alive), self.zone).best
        return self.designs[self.alive[int(np.argmax(best))]] if best.max() > 0.0 else None

    def _move_leader(self, on_progress: OnProgress) -> None:
        """Run the leading design's neighbours on all paths, those that were not: they are designs as the others are."""
        self.leader = self._leader()
        if self.leader is None:
            return
        known = [self.designs[name] for name in self.alive]
        self.moves = moves_of(self.leader, self.question.factors, known, len(self.question.plan.designs))
        new = [move.design.name for move in self.moves if move.design.name not in self.designs]
        self.designs |= {move.design.name: move.design for move in self.moves}
        self.alive += new
        for number in range(len(self.spans)):
            self._round(number, [name for name in new if name in self.alive], on_progress)

    def _sums(self, names: Sequence[str]) -> Floats:
        """(D, M, 2, B), each over the paths that it was run on."""
        return np.array([self._sums_of(name) for name in names])

    def _sums_of(self, name: str) -> Floats:
        return self.store.sums(self.designs[name], self.spans[: self.last_round[name] + 1])

    def answer(self, request: RunRequest) -> Answer:
        """What the rounds came to."""
        judged, lost = self.judge.judge(self._sums(self.alive), self.zone), self._lost()
        draws = resamples(self.judge.batches)
        designs = [self._swept(name, draws, judged, lost) for name in self.designs if name in self.last_round]
        return Answer(self.question, request.currency, request.n_paths, self.judge.asked,
                      tuple(float(one) for one in self.zone), tuple(designs), tuple(self.refused),
                      tuple(self._indices()), self.leader, tuple(self._levers(draws)), tuple(self._budgets()))

    def _swept(self, name: str, draws: Floats, judged: Judged, lost: set[str]) -> Swept:
        sums, asked = self._sums_of(name), self.judge.asked
        objectives = tuple(self.judge.figure(sums, one, draws) for one in asked.objectives)
        kept = tuple(self.judge.worst(sums, limit, draws) for limit in asked.limits)
        per = self.question.per and rate(sums[asked.number(self.question.per[0])],
                                         sums[asked.number(self.question.per[1])], draws)
        n_paths, design = self.spans[self.last_round[name]].last, self.designs[name]
        if name not in self.alive:
            return Swept(design, n_paths, objectives, kept, per, False, False, 0.0, 0.0)
        place = self.alive.index(name)
        return Swept(design, n_paths, objectives, kept, per, name not in lost, bool(judged.is_on[place]),
                     float(judged.chance[place]), float(judged.best[place]))

    def _levers(self, draws: Floats) -> list[Lever]:
        if self.leader is None:
            return []
        own = self._sums_of(self.leader.name)

        def change_to(design: Design) -> Estimate | None:
            """From the leading design to this one; None where it was not run on all paths."""
            known = design.name in self.last_round
            return self.judge.change(self._sums_of(design.name), own, draws) if known else None

        leader = self.leader
        return [lever(leader, factor.key, [move for move in self.moves if move.key == factor.key], change_to,
                      float(self.zone[0])) for factor in self.question.factors]

    def _budgets(self) -> list[Budget]:
        if not self.question.seeks_best:
            return []
        sums = self._sums([name for name in self.alive if self.last_round[name] == len(self.spans) - 1])
        return budgets(self.judge.asked.limits, self.judge.resamples(sums), float(self.zone[0]))

    def _indices(self) -> list[Index]:
        plan = self.question.plan
        if plan.kind != "indices":
            return []
        if self.refused:
            raise ConfigError([f"--design indices: needs every design, and the config refuses some, as: "
                               f"{self.refused[0].reason}; take narrower ranges"])
        sums = self._sums([design.name for design in plan.designs])
        keys = [factor.key for factor in self.question.factors]
        return [index for one in self.judge.asked.objectives
                for index in indices(one.metric, keys, sums[:, self.judge.asked.number(one.metric)], plan.n_points)]
