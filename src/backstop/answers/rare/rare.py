"""How likely a rare event is: the answer of ``backstop rare``, from two scores that must agree."""

import math
from typing import Any, NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate
from backstop.answers.groups import widening
from backstop.answers.rare.scores import Score, scores_of
from backstop.answers.rare.splitting import Event, Repetitions, Splitter
from backstop.answers.skewness import Z
from backstop.answers.written import plain
from backstop.config.schema import Config
from backstop.errors import ConfigError
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest

REPETITIONS = 20
FEWEST_PATHS = 20
"""Of a stage of one repetition. [ours]"""
MOST_APART = 3.0
"""Standard errors that two scores may be apart."""
SEEN_IN = 10
"""Repetitions in which the event must be seen: a mean of fewer hangs on its largest. [ours]"""


class OfScore(NamedTuple):
    """What splitting by one score came to.

    Attributes
    ----------
    n_seen_in
        Repetitions that saw the event.
    n_events, n_ancestors
        Final paths with the event, and first paths that they descend from.
    n_effective, largest
        Kish's effective number of those paths by their weights, and the share of the largest weight.
    n_paths
        That were run, those that chose the levels left out.
    """

    score: str
    levels: tuple[float, ...]
    estimate: Estimate
    standard_error: float
    n_seen_in: int
    n_events: int
    n_ancestors: int
    n_effective: float
    largest: float
    n_paths: int


class Rare(NamedTuple):
    """The chance of an event; None, and why, where the scores do not tell it.

    Attributes
    ----------
    crude_paths
        Paths whose crude share would be known as well.
    """

    arm: str
    event: str
    n_days: int
    n_repetitions: int
    scores: tuple[OfScore, ...]
    estimate: Estimate | None
    refusal: str
    crude_paths: float | None

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
    number, n = request.terms.names.arms.index(event.arm), request.n_paths // REPETITIONS
    found, first = [], 0
    for score in scores_of(request.terms, number):
        splitter = Splitter(request, event, score, threads, first, on_progress)
        levels = splitter.levels(request.n_paths)
        found.append(_of_score(score, levels, splitter.repeat(levels, REPETITIONS, n)))
        first = splitter.number
    name = event.what if isinstance(event.what, str) else event.what.text
    refusal = refusal_of(found)
    estimate = None if refusal else _together(found)
    return Rare(event.arm, name, request.terms.n_days, REPETITIONS, tuple(found), estimate, refusal,
                None if estimate is None else _crude_paths(found))


def refusal_of(found: list[OfScore]) -> str:
    """Why no chance is given; empty where one is."""
    for one in found:
        if one.n_seen_in < SEEN_IN:
            return (f"split by {one.score}, {one.n_seen_in} of {REPETITIONS} repetitions saw it, and {SEEN_IN} are "
                    "needed: give more --paths, or a milder event")
    apart = abs(found[0].estimate.value - found[1].estimate.value)
    error = math.hypot(*(one.standard_error for one in found))
    if apart > MOST_APART * error:
        return (f"the two scores are {apart / error:.1f} standard errors apart, and {MOST_APART:g} is the most: one of "
                "them leads away from how it happens; give more --paths")
    return ""


def _refuse(request: RunRequest, config: Config) -> None:
    lines = []
    if config.market.models or config.market.parameter_uncertainty:
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


def _of_score(score: Score, levels: list[float], found: Repetitions) -> OfScore:
    value, error = float(found.estimates.mean()), float(np.std(found.estimates, ddof=1) / math.sqrt(REPETITIONS))
    total, squares = float(found.weights.sum()), float((found.weights**2).sum())
    return OfScore(score.name, tuple(levels), _interval(value, error, REPETITIONS), error,
                   int(np.count_nonzero(found.estimates)), len(found.weights), len(set(found.ancestors.tolist())),
                   total**2 / squares if squares else 0.0, float(found.weights.max() / total) if total else 0.0,
                   found.n_paths)


def _interval(value: float, error: float, n: int) -> Estimate:
    """By Student's t of so many repetitions."""
    reach = Z * widening(n) * error
    return Estimate(value, max(value - reach, 0.0), value + reach)


def _together(found: list[OfScore]) -> Estimate:
    """The mean over scores: weights by their errors would favour whichever is low by chance."""
    error = math.hypot(*(one.standard_error for one in found)) / len(found)
    return _interval(sum(one.estimate.value for one in found) / len(found), error, REPETITIONS)


def _crude_paths(found: list[OfScore]) -> float:
    p = sum(one.estimate.value for one in found) / len(found)
    error = math.hypot(*(one.standard_error for one in found)) / len(found)
    return p * (1.0 - p) / error**2
