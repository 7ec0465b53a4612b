"""How likely a rare event is: the answer of ``backstop rare``, from methods that must agree."""

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate
from backstop.answers.groups import widening
from backstop.answers.rare.mixing import Mixer, Tail, together
from backstop.answers.rare.scores import scores_of
from backstop.answers.rare.splitting import Event, Repetitions, Splitter
from backstop.answers.rare.worst_day import why_not
from backstop.answers.skewness import Z
from backstop.answers.written import plain
from backstop.config.schema import Config
from backstop.errors import ConfigError, MarketExploded
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.terms import Floats

REPETITIONS = 20
FEWEST_PATHS = 20
"""Of a stage of one repetition. [ours]"""
MOST_APART = 3.0
"""Standard errors that two methods may be apart."""
SEEN_IN = 10
"""Repetitions in which the event must be seen: a mean of fewer hangs on its largest. [ours]"""
FEWEST_EFFECTIVE = 20.0
"""Paths with the event, by weights, that a mixture must have: fewer may have missed how the event comes. [ours]"""
WORST_DAY = "one worse day"


class OfMethod(NamedTuple):
    """What one method came to: splitting by a score, or a mixture that makes a day worse.

    Attributes
    ----------
    n_seen_in
        Repetitions that saw the event.
    n_events, n_ancestors
        Final paths with the event, and first paths that they descend from.
    n_effective, largest
        Kish's effective number of those paths by their weights, and the share of the largest weight.
    n_paths
        That were run, those that chose levels or a mixture left out.
    told
        Why it tells no chance; empty where it does.
    """

    method: str
    levels: tuple[float, ...]
    estimate: Estimate
    standard_error: float
    n_seen_in: int
    n_events: int
    n_ancestors: int
    n_effective: float
    largest: float
    n_paths: int
    told: str


class Rare(NamedTuple):
    """The chance of an event; None, and why, where methods do not tell it.

    Attributes
    ----------
    no_mixture
        Why no day was made worse; empty where one was.
    crude_paths
        Paths whose crude share would be known as well.
    tail
        Of the metric that the event lies in the tail of, by the mixture; None without it.
    """

    arm: str
    event: str
    n_days: int
    n_repetitions: int
    methods: tuple[OfMethod, ...]
    no_mixture: str
    estimate: Estimate | None
    refusal: str
    crude_paths: float | None
    tail: Tail | None

    def as_json(self) -> dict[str, Any]:
        """Plain dicts and lists."""
        tree: dict[str, Any] = plain(self)
        return tree


def rare(request: RunRequest, config: Config, event: Event, threads: int, on_progress: OnProgress = quiet) -> Rare:
    """The chance of `event`; a stage of all repetitions has as many paths as `request`.

    Raises
    ------
    ConfigError
        No such metric; too few paths; paths that hang on more than seed, number and day.
    AccountingError, NotFinite
        Outcomes that must not be used.
    """
    _refuse(request, config)
    number, n, no_mixture = request.terms.names.arms.index(event.arm), request.n_paths // REPETITIONS, why_not(
        request.terms)
    found, first = list[tuple[OfMethod, Floats]](), 0
    for score in scores_of(request.terms, number):
        splitter = Splitter(request, event, score, threads, first, on_progress)
        levels = splitter.levels(request.n_paths)
        found.append(_of_method(score.name, levels, splitter.repeat(levels, REPETITIONS, n)))
        first = splitter.number
    tail = None
    if not no_mixture:
        # as many paths as splitting took
        effort = sum(method.n_paths for method, _ in found) // (len(found) * REPETITIONS)
        try:
            mixer = Mixer(request, event, threads, first, on_progress)
            mixed = mixer.repeat(mixer.mixture(request.n_paths), REPETITIONS, effort)
            found.append(_of_method(WORST_DAY, [], mixed.found))
            tail = mixer.tail(mixed)
        except MarketExploded as exploded:
            no_mixture = f"the market cannot bear it: {exploded}"
    methods = tuple(method for method, _ in found)
    refusal = refusal_of(methods)
    telling = np.array([estimates for method, estimates in found if not method.told])
    value, error = (0.0, 0.0) if refusal else together(telling)
    estimate = None if refusal else _interval(value, error, REPETITIONS)
    crude = None if refusal else value * (1.0 - value) / error**2
    name = event.what if isinstance(event.what, str) else event.what.text
    return Rare(event.arm, name, request.terms.n_days, REPETITIONS, methods, no_mixture, estimate, refusal, crude, tail)


def refusal_of(found: Sequence[OfMethod]) -> str:
    """Why no chance is given; empty where one is."""
    telling = [one for one in found if not one.told]
    if len(telling) < 2:
        first = next(one for one in found if one.told)
        return f"two methods must tell it: {first.method}: {first.told}; give more --paths, or a milder event"
    for one, other in itertools.combinations(telling, 2):
        apart, error = abs(one.estimate.value - other.estimate.value), math.hypot(one.standard_error,
                                                                                  other.standard_error)
        if apart > MOST_APART * error:
            return (f"{one.method} and {other.method} are {apart / error:.1f} standard errors apart, and "
                    f"{MOST_APART:g} is the most: one of them misses how it happens; give more --paths")
    return ""


def _refuse(request: RunRequest, config: Config) -> None:
    lines = []
    # the config that comes here is that of one model
    if request.terms.mixture.models or request.drawn is not None:
        lines.append("market: groups of paths share a model or parameters, and paths that branch do not; leave "
                     "models and parameter_uncertainty out")
    if config.market.paths is not None:
        lines.append("market.paths: paths that are given cannot branch; leave the key out")
    if any((arm.admission.take_up_frac < 1.0).any() for arm in request.terms.arms):
        lines.append("take_up_frac: who claims is drawn by the number of a path, which no branch shares; write 1")
    if request.n_paths < REPETITIONS * FEWEST_PATHS:
        lines.append(f"run.paths: {request.n_paths} are fewer than {FEWEST_PATHS} for each of {REPETITIONS} "
                     f"repetitions; write {REPETITIONS * FEWEST_PATHS} or more")
    if lines:
        raise ConfigError(lines)


def _of_method(method: str, levels: list[float], found: Repetitions) -> tuple[OfMethod, Floats]:
    """With its estimates by repetition."""
    value, error = float(found.estimates.mean()), float(np.std(found.estimates, ddof=1) / math.sqrt(REPETITIONS))
    total, squares = float(found.weights.sum()), float((found.weights**2).sum())
    n_seen, n_effective = int(np.count_nonzero(found.estimates)), total**2 / squares if squares else 0.0
    told = ""
    if n_seen < SEEN_IN:
        told = f"{n_seen} of {REPETITIONS} repetitions saw it, and {SEEN_IN} are needed"
    elif method == WORST_DAY and n_effective < FEWEST_EFFECTIVE:
        told = (f"its paths with the event are worth {n_effective:.0f} by weights, and {FEWEST_EFFECTIVE:.0f} are "
                "needed")
    return OfMethod(method, tuple(levels), _interval(value, error, REPETITIONS), error, n_seen, len(found.weights),
                    len(set(found.ancestors.tolist())), n_effective,
                    float(found.weights.max() / total) if total else 0.0, found.n_paths, told), found.estimates


def _interval(value: float, error: float, n: int) -> Estimate:
    """By Student's t of so many repetitions."""
    reach = Z * widening(n) * error
    return Estimate(value, max(value - reach, 0.0), value + reach)
