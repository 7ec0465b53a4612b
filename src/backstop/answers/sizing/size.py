"""How large the pool of a design must be: the answer of ``backstop size``."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from backstop.answers.estimators import Estimate
from backstop.answers.looks import Precision
from backstop.answers.sizing.costs import Cost, Money, Ruin, cost_of, ruin_by_year
from backstop.answers.sizing.curves import Curve
from backstop.answers.sizing.evidence import Evidence, ModelDistance, evidence_of
from backstop.answers.sizing.hanging import Hanging, hanging_terms
from backstop.answers.sizing.question import Question
from backstop.answers.sizing.resize import with_sizes
from backstop.answers.sizing.trial import Trial, Worth
from backstop.answers.sizing.uses import CRISES, collect
from backstop.answers.written import plain
from backstop.errors import ConfigError
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.workers import Workers
from backstop.terms import TRADING_DAYS_PER_YEAR


class Sized(NamedTuple):
    """The answer for one arm; amounts in currency.

    Attributes
    ----------
    size
        Of the config.
    advised
        What the curve given a crisis asks for; None where the paths cannot tell.
    hanging
        Terms that hang on the size: where there are any, every size of the curves was run.
    layers
        Which all sizes scale, by one factor.
    crisis, crisis_chance
        What is called a crisis, in words, and its chance.
    outside
        Share of paths without a crisis among those that a pool next to nothing leaves dry.
    curves
        Given a crisis first, then over all paths; with several market models, each of them after all together.
    distance
        Between the two market models that are farthest apart; None where there is one.
    n_checked
        Paths times sizes on which an actual pool ran dry just where the curve says so; 0 with hanging terms.
    precision
        What the goal of the question came to, if it has one.
    worths, costs, ruin
        Of the pool of the config, and of the one advised.
    nav_left
        Mean of eligible funds' value at the horizon, times the opening.
    """

    arm: str
    currency: str
    n_paths: int
    n_days: int
    question: Question
    size: float
    advised: float | None
    hanging: tuple[Hanging, ...]
    layers: tuple[str, ...]
    crisis: str
    crisis_chance: Estimate
    outside: float
    curves: tuple[Curve, ...]
    distance: ModelDistance | None
    n_checked: int
    precision: Precision | None
    worths: tuple[Worth, ...]
    costs: tuple[Cost, ...]
    ruin: tuple[Ruin, ...]
    nav_left: float

    def as_json(self) -> dict[str, Any]:
        """Plain dicts and lists."""
        tree: dict[str, Any] = plain(self)
        return tree


def size(request: RunRequest, arm: str, question: Question, workers: Workers, on_progress: OnProgress = quiet) -> Sized:
    """How large the pool of `arm` must be.

    An arm whose terms do not hang on the size runs once with an unlimited pool; any other runs with pool after pool.
    Then the pool of the config and the one advised run, each beside one that is a little larger.

    Raises
    ------
    ConfigError
        The arm has no facility, its pool no money, or no path a crisis.
    AccountingError, BeyondMoney, NotFinite
        Outcomes that must not be summarised; a pool that ran dry where the curve says that it does not.
    """
    number, own = _arm_of(request, arm)
    terms = request.terms
    found, precision = evidence_of(request, number, question, workers, on_progress)
    request = replace(request, n_paths=len(found.is_in_crisis))
    curves = tuple(found.curves(question.target))
    trial = _tried(request, number, [own, *([curves[0].size / terms.quantum] if curves[0].size else [])], workers,
                   on_progress)
    return Sized(
        arm, request.currency, request.n_paths, terms.n_days, question, own * terms.quantum, curves[0].size,
        hanging_terms(terms.arms[number]), terms.names.layers, CRISES[question.crisis], found.chance,
        found.dry_outside(), curves, found.distance(), trial.check(found), precision,
        **_of_pools(trial, found, terms.n_days, terms.names.layers))


def _of_pools(trial: Trial, found: Evidence, n_days: int, layers: Sequence[str]) -> dict[str, Any]:
    """What is said of each pool that was tried."""
    money = Money(trial.quantum, n_days / TRADING_DAYS_PER_YEAR)
    tried = range(trial.n_pools)
    return {
        "worths": tuple(trial.worth(n, found) for n in tried),
        "costs": tuple(cost_of(trial.uses, 2 * n, trial.terms[2 * n], layers, money) for n in tried),
        "ruin": tuple(row for n in tried for row in ruin_by_year(trial.uses, 2 * n, trial.size(n), n_days)),
        "nav_left": trial.nav_left(),
    }


def _tried(request: RunRequest, arm: int, pools: Sequence[float], workers: Workers, on_progress: OnProgress) -> Trial:
    sizes = Trial.sizes_of(pools)
    run = with_sizes(request, arm, sizes)
    uses = collect(run, len(sizes), workers, on_progress)
    return Trial(uses, sizes, run.terms.arms[-len(sizes):], request.terms.quantum)


def _arm_of(request: RunRequest, name: str) -> tuple[int, float]:
    """Number of an arm with a facility, and the quanta of its pool."""
    terms = request.terms
    number = terms.names.arms.index(name)
    own = float(terms.arms[number].pool.layer_size.sum())
    if not terms.names.facilities[number]:
        raise ConfigError([f"--arm {name}: has no facility, so that nothing is asked of a pool; name one that has"])
    if own == 0.0:
        raise ConfigError(["pool.layers: hold nothing that could be scaled; write sizes above 0"])
    return number, own
