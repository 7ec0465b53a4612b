"""What is known of who runs dry with which pool, and the curves that follow from it."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import FEW, Estimate, probability
from backstop.answers.looks import Look, Precision, draws_of, wider
from backstop.answers.sizing.curves import Aim, Curve, from_peak_use, from_reruns
from backstop.answers.sizing.hanging import hanging_terms, rounding
from backstop.answers.sizing.question import Question
from backstop.answers.sizing.resize import unlimited_size, with_sizes
from backstop.answers.sizing.robust import divergence
from backstop.answers.sizing.search import MOST_SIZES, search
from backstop.answers.sizing.uses import Crisis, Flags, Paths, Uses, collect, looked_at
from backstop.errors import BeyondMoney, ConfigError
from backstop.runs.progress import OnProgress
from backstop.runs.request import RunRequest
from backstop.runs.workers import Workers
from backstop.terms import Floats

GIVEN, ALL = "crisis", "all"


class ModelDistance(NamedTuple):
    """How far two market models of a run are from each other, in the chance of a crisis."""

    model: str
    other: str
    nats: float


class Evidence(NamedTuple):
    """Of N paths of one arm.

    Attributes
    ----------
    is_in_crisis
        (N,).
    use
        (N,) peak use of an unlimited pool, currency; None where terms hang on the size.
    sizes, is_dry
        Pools that were run, currency, rising, and (S, N) whether they ran dry; none where one run tells all.
    models
        Market models of the run, if several.
    """

    paths: Paths
    is_in_crisis: Flags
    use: Floats | None
    sizes: Sequence[float]
    is_dry: Sequence[Flags]
    models: tuple[str, ...]

    @property
    def chance(self) -> Estimate:
        """Of a crisis."""
        return probability(self.paths.of_all(self.is_in_crisis.astype(np.float64)))

    def dry_outside(self) -> float:
        """Share of paths without a crisis among those that the smallest pool leaves dry."""
        is_dry = self.use > 0.0 if self.use is not None else self.is_dry[0]
        return self.paths.chance(~self.is_in_crisis, is_dry)

    def curves(self, target: float) -> Iterator[Curve]:
        """Given a crisis, then over all paths; then both for each of several models.

        Raises
        ------
        ConfigError
            No path has a crisis.
        """
        everywhere = np.ones(len(self.is_in_crisis), dtype=bool)
        if not self.is_in_crisis.any():
            raise ConfigError(["size: no path has a crisis, so that nothing can be said of one; take more --paths or "
                               "a scenario with stress"])
        for number, model in ((None, None), *enumerate(self.models)):
            of_model = everywhere if number is None else self.paths.model == number
            share = self.paths.sample(self.is_in_crisis.astype(np.float64), of_model)
            for given, chosen in ((GIVEN, of_model & self.is_in_crisis), (ALL, of_model)):
                if chosen.any():
                    least = probability(share).lower or 0.0 if given == GIVEN else 1.0
                    yield self._curve(chosen, Aim(given, model, target, least))

    def _curve(self, chosen: Flags, aim: Aim) -> Curve:
        if self.use is not None:
            return from_peak_use(self.paths.sample(self.use, chosen), (), aim)
        dry = [self.paths.sample(is_dry.astype(np.float64), chosen) for is_dry in self.is_dry]
        return from_reruns(dry, self.sizes, MOST_SIZES, aim)

    def distance(self) -> ModelDistance | None:
        """The two market models that are farthest from each other; None where there is one."""
        shares = {model: self.paths.chance(self.is_in_crisis, self.paths.model == number)
                  for number, model in enumerate(self.models)}
        pairs = [ModelDistance(one, other, divergence(shares[one], shares[other]))
                 for one in shares for other in shares if one != other]
        # where one of them never has a crisis no number says how far the other is from it
        finite = [pair for pair in pairs if np.isfinite(pair.nats)]
        return max(finite, key=lambda pair: pair.nats, default=None)


def evidence_of(request: RunRequest, arm: int, question: Question, workers: Workers, on_progress: OnProgress
                ) -> tuple[Evidence, Precision | None]:
    """One run with an unlimited pool, or reruns where terms hang on the size; what a goal came to.

    Raises
    ------
    ConfigError
        A goal where sizes are rerun.
    BeyondMoney
        No pool that can be counted is large enough.
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    terms, models = request.terms.arms[arm], request.terms.mixture.models
    quantum = request.terms.quantum
    hanging = hanging_terms(terms)
    if hanging:
        if question.goal is not None:
            raise ConfigError([f"--target-error: {hanging[0].key} hangs on the size, so that every size is run with "
                               "the same paths; write their number with --paths"])
        found = search(request, arm, question.crisis, question.target, workers, on_progress)
        sizes = [size * quantum for size in found.sizes]
        return Evidence(found.paths, found.is_in_crisis, None, sizes, found.is_dry, models), None
    run = with_sizes(request, arm, [unlimited_size(terms)])
    slack, own = rounding(terms) * quantum, float(terms.pool.layer_size.sum()) * quantum

    def of_uses(uses: Uses) -> Evidence:
        """What the paths so far tell."""
        return _of_unlimited(uses, question.crisis, slack, models)

    if question.goal is None:
        return of_uses(collect(run, 1, workers, on_progress)), None
    return collect_until(run, Watch(question, own, of_uses), workers, on_progress)


def _of_unlimited(uses: Uses, crisis: Crisis, slack: float, models: tuple[str, ...]) -> Evidence:
    if uses.is_dry.any():
        raise BeyondMoney("money.quantum: is too small: what the facility lends is more than can be counted exactly; "
                          "write a larger quantum")
    use = uses.columns["pool_peak_use"][0]
    return Evidence(uses.paths, uses.is_in_crisis(crisis), np.where(use > 0.0, use + slack, 0.0), (), (), models)


class Watch(NamedTuple):
    """What a run with an unlimited pool is looked at for.

    Attributes
    ----------
    own
        Size of the config's pool, currency.
    of_uses
        What is known of so many paths.
    """

    question: Question
    own: float
    of_uses: Callable[[Uses], Evidence]

    def error(self, uses: Uses, z: float) -> float | None:
        """Half the interval of the goal's figure at the look's width, over the figure; None: not to be said."""
        goal, evidence = self.question.goal, self.of_uses(uses)
        assert goal is not None
        n_draws = draws_of(uses.paths.group)
        if not evidence.is_in_crisis.any() or (n_draws is not None and n_draws < FEW):
            return None
        known = FIGURES[goal.metric](evidence, self.question.target, self.own)
        if known is None or known.value == 0.0 or known.note or known.lower is None or known.upper is None:
            return None
        return max(known.upper - known.value, known.value - known.lower) / known.value * wider(z, n_draws)


def _of_curve(evidence: Evidence, target: float, number: int) -> Estimate | None:
    """The size that a curve asks for; None where fewer than `FEW` paths are dry with it."""
    curve = next((one for n, one in enumerate(evidence.curves(target)) if n == number), None)
    if curve is None or curve.size is None or curve.n_paths * target < FEW:
        return None
    return Estimate(curve.size, curve.size_lower, curve.size_upper)


def _dry(evidence: Evidence, target: float, own: float) -> Estimate | None:
    is_dry = evidence.paths.sample((np.asarray(evidence.use) > own).astype(np.float64), evidence.is_in_crisis)
    return probability(is_dry)


FIGURES: dict[str, Callable[[Evidence, float, float], Estimate | None]] = {
    "size": lambda evidence, target, own: _of_curve(evidence, target, 0),
    "size_over_all": lambda evidence, target, own: _of_curve(evidence, target, 1),
    "dry": _dry,
    "crisis": lambda evidence, target, own: evidence.chance,
}
"""What a goal may name: the sizes asked for, the chance that the config's pool is dry in a crisis, that of a crisis."""


def collect_until(run: RunRequest, watch: Watch, workers: Workers, on_progress: OnProgress
                  ) -> tuple[Evidence, Precision]:
    """As many blocks as the goal takes.

    Raises
    ------
    ConfigError
        It names no figure of `FIGURES`.
    """
    goal = watch.question.goal
    assert goal is not None
    if goal.metric not in FIGURES or goal.statistic is not None:
        raise ConfigError([f"--target-error {goal.metric}: write one of {', '.join(FIGURES)}"])
    looks: list[Look] = []
    for n_paths, z, uses in looked_at(run, 1, watch.question.spending, workers, on_progress):
        looks.append(Look(n_paths, z, watch.error(uses, z)))
        if looks[-1].is_enough(goal):
            break
    return watch.of_uses(uses), Precision(goal, tuple(looks), run.n_paths)
