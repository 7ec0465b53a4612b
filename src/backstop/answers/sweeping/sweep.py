"""Many designs on the same shocks: the answer of ``backstop sweep``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate
from backstop.answers.sweeping.batches import batches_of
from backstop.answers.sweeping.factors import Factor
from backstop.answers.sweeping.figures import estimate, rate, resamples
from backstop.answers.sweeping.halving import dropped, rounds
from backstop.answers.sweeping.indices import Index, indices
from backstop.answers.sweeping.judging import Judge
from backstop.answers.sweeping.measure import Span, measured
from backstop.answers.sweeping.objectives import Limit, Quantity, quantity_of
from backstop.answers.sweeping.plans import Plan
from backstop.answers.sweeping.store import Store, identity_of, opened
from backstop.answers.sweeping.worlds import Design, Refused, worlds
from backstop.config.text.sweeps import design_of
from backstop.config.text.toml_files import ConfigText
from backstop.errors import ConfigError
from backstop.runs.assemble import assemble_text
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.terms import Floats

CONFIG = Design("config", {})
"""What the config says, which is always among the designs."""


class Question(NamedTuple):
    """What is swept and what it is judged by.

    Attributes
    ----------
    objectives
        ``METRIC``, ``METRIC=max`` or ``METRIC=min``.
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
    """

    design: Design
    n_paths: int
    objectives: tuple[Estimate | None, ...]
    kept: tuple[Estimate | None, ...]
    per: Estimate | None
    is_on: bool
    chance: float


class Answer(NamedTuple):
    """All designs in the order of the plan, the config's own first."""

    question: Question
    currency: str
    n_paths: int
    quantities: tuple[Quantity, ...]
    zone: tuple[float, ...]
    designs: tuple[Swept, ...]
    refused: tuple[Refused, ...]
    indices: tuple[Index, ...]


def sweep(question: Question, folder: Path | None, threads: int, on_progress: OnProgress = quiet) -> Answer:
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
    found = assemble_text(question.config, question.settings)
    design_of(found.config, question.arm)
    request, spans = found.request, rounds(found.request.n_paths, question.is_halving)
    batches = batches_of(request, spans[0].last)
    quantities = _quantities(question, request)
    n_objectives = len(question.objectives)
    judge = Judge(quantities, n_objectives, question.limits,
                  [question.zones.get(one.metric) for one in quantities[:n_objectives]], batches)
    metrics = tuple(one.metric for one in quantities)
    shape = len(metrics), 2, batches.n
    with opened(folder, identity_of(request, question.arm, metrics, batches.n), shape) as store:
        study = _Study(question, metrics, spans, store, judge, threads)
        refused = study.run(on_progress)
    return study.answer(request, refused)


def _quantities(question: Question, request: RunRequest) -> tuple[Quantity, ...]:
    """Objectives first, then what limits and rates also ask for."""
    more = [*(limit.metric for limit in question.limits), *(question.per or ())]
    found = {one.metric: one for one in (quantity_of(request.terms.names, text) for text in question.objectives)}
    if len(found) < len(question.objectives):
        raise ConfigError(["--objective: one metric is given twice; leave one out"])
    for metric in more:
        found.setdefault(metric, quantity_of(request.terms.names, metric))
    return tuple(found.values())


class _Study:
    """Rounds of designs, each on paths that follow those of the round before."""

    def __init__(self, question: Question, metrics: tuple[str, ...], spans: Sequence[Span], store: Store, judge: Judge,
                 threads: int) -> None:
        self.question, self.metrics, self.spans, self.store, self.judge = question, metrics, spans, store, judge
        self.threads = threads
        self.alive = list(dict.fromkeys([CONFIG.name, *(design.name for design in question.plan.designs)]))
        self.designs = {design.name: design for design in (CONFIG, *question.plan.designs)}
        self.last_round: dict[str, int] = {}

    def run(self, on_progress: OnProgress) -> list[Refused]:
        """All rounds."""
        refused: list[Refused] = []
        for number in range(len(self.spans)):
            refused += self._round(number, on_progress)
            names = {one.design.name for one in refused}
            self.alive = [name for name in self.alive if name not in names]
            self.last_round.update(dict.fromkeys(self.alive, number))
            if number + 1 < len(self.spans):
                self._drop(number)
        return refused

    def _round(self, number: int, on_progress: OnProgress) -> list[Refused]:
        span, designs = self.spans[number], [self.designs[name] for name in self.alive]
        refused, meter = list[Refused](), Meter("sweeping", len(designs), on_progress)
        missing = self.store.missing(designs, span)
        meter.add(len(designs) - len(missing))
        for world, nonsense in worlds(self.question.config, self.question.settings, self.question.arm, missing):
            refused += nonsense
            meter.add(len(nonsense))
            if world is not None:
                for batch in measured(world, self.metrics, span, self.judge.batches, self.threads):
                    self.store.add(batch, span)
                    meter.add(len(batch))
        return refused

    def _drop(self, number: int) -> None:
        """Of those that are left; the config's own stays."""
        others = [name for name in self.alive if name != CONFIG.name]
        chance = self.judge.judge(self._sums(others, number)).chance
        gone = {name for name, is_dropped in zip(others, dropped(chance, len(self.spans)), strict=True) if is_dropped}
        self.alive = [name for name in self.alive if name not in gone]

    def _sums(self, names: Sequence[str], last_round: int) -> Floats:
        """(D, M, 2, B)."""
        return np.array([self.store.sums(self.designs[name], self.spans[: last_round + 1]) for name in names])

    def answer(self, request: RunRequest, refused: Sequence[Refused]) -> Answer:
        """What the rounds came to."""
        judged = self.judge.judge(self._sums(self.alive, len(self.spans) - 1))
        places, draws = {name: n for n, name in enumerate(self.alive)}, resamples(self.judge.batches)
        designs = [self._swept(name, draws, judged.is_on[places[name]] if name in places else False,
                               judged.chance[places[name]] if name in places else 0.0)
                   for name in self.designs if name in self.last_round]
        return Answer(self.question, request.currency, request.n_paths, tuple(self.judge.quantities),
                      tuple(float(one) for one in judged.zone), tuple(designs), tuple(refused),
                      tuple(self._indices(refused)))

    def _swept(self, name: str, draws: Floats, is_on: bool, chance: float) -> Swept:
        last = self.last_round[name]
        sums, quantities = self.store.sums(self.designs[name], self.spans[: last + 1]), self.judge.quantities
        objectives = tuple(estimate(sums[n], quantities[n].unit, draws) for n in range(self.judge.n_objectives))
        kept = tuple(self.judge.worst(sums, limit, draws) for limit in self.question.limits)
        per = self.question.per
        found = None if per is None else rate(sums[self.metrics.index(per[0])], sums[self.metrics.index(per[1])], draws)
        return Swept(self.designs[name], self.spans[last].last, objectives, kept, found, bool(is_on), float(chance))

    def _indices(self, refused: Sequence[Refused]) -> list[Index]:
        plan = self.question.plan
        if plan.kind != "indices":
            return []
        if refused:
            raise ConfigError([f"--design indices: needs every design, and the config refuses some, as: "
                               f"{refused[0].reason}; take narrower ranges"])
        sums = self._sums([design.name for design in plan.designs], 0)
        keys = [factor.key for factor in self.question.factors]
        return [index for n in range(self.judge.n_objectives)
                for index in indices(self.metrics[n], keys, sums[:, n], plan.n_points)]
