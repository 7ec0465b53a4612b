"""What breaks a facility: the answer of ``backstop reverse``."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate, probability
from backstop.answers.reverse.boxes import FailureBox, failure_box
from backstop.answers.reverse.failures import FAILURES, failing
from backstop.answers.reverse.market import Features, Shocks, market_of
from backstop.answers.reverse.prim import Flags
from backstop.answers.samples import Sample
from backstop.answers.sweeping.objectives import Limit
from backstop.answers.written import plain
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.workers import Workers
from backstop.terms import Floats

FEWEST_FOR_BOXES = 20
"""Failing paths without which a box would be a story. [ours]"""
REGION = (0.1, 0.9)


class Scenario(NamedTuple):
    """A path that fails, to be replayed.

    Attributes
    ----------
    likelihood_rank, distance_rank
        Share of all paths whose shocks are likelier, and share whose shocks are smaller.
    features
        By name.
    """

    kind: str
    path: int
    log_likelihood: float
    likelihood_rank: float
    distance: float
    distance_rank: float
    features: dict[str, float]


class Region(NamedTuple):
    """A feature over failing paths and over all: mean, and where the middle 80 % lie."""

    feature: str
    mean: float
    low: float
    high: float
    mean_of_all: float


class Broken(NamedTuple):
    """One failure.

    Attributes
    ----------
    scenarios
        The modal, the typical and the smallest; none where no path fails.
    early_box, box
        From features known early alone, and from all; None where too few paths fail, or too few do not.
    """

    failure: str
    meaning: str
    n_failing: int
    chance: Estimate
    scenarios: tuple[Scenario, ...]
    region: tuple[Region, ...]
    early_box: FailureBox | None
    box: FailureBox | None


class Reversed(NamedTuple):
    """All failures that were asked for."""

    arm: str
    n_paths: int
    n_days: int
    broken: tuple[Broken, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain dicts and lists."""
        tree: dict[str, Any] = plain(self)
        return tree


def reverse(request: RunRequest, arm: str, asked: Sequence[str | Limit], workers: Workers,
            on_progress: OnProgress = quiet) -> Reversed:
    """Which paths break `arm`, how plausible their shocks are, and where failure is dense.

    Raises
    ------
    ConfigError
        No such metric.
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    flags, weight = failing(request, arm, asked, workers, on_progress)
    shocks, features = market_of(request, on_progress)
    broken = tuple(_broken(failure, own, weight, shocks, features) for failure, own in zip(asked, flags, strict=True))
    return Reversed(arm, request.n_paths, request.terms.n_days, broken)


def _broken(failure: str | Limit, is_failure: Flags, weight: Floats, shocks: Shocks, features: Features) -> Broken:
    name = failure if isinstance(failure, str) else failure.text
    n_failing, chance = int(is_failure.sum()), probability(Sample(is_failure.astype(float), weight))
    early, whole = _boxes(is_failure, weight, features)
    scenarios = _scenarios(is_failure, shocks, features) if n_failing else ()
    region = _region(is_failure, features) if n_failing else ()
    return Broken(name, FAILURES.get(name, f"{name}, as asked"), n_failing, chance, scenarios, region, early, whole)


def _boxes(is_failure: Flags, weight: Floats, features: Features) -> tuple[FailureBox | None, FailureBox | None]:
    n_failing = int(is_failure.sum())
    if min(n_failing, len(is_failure) - n_failing) < FEWEST_FOR_BOXES:
        return None, None
    early = [k for k, name in enumerate(features.names) if name.startswith("early.")]
    return (failure_box([features.names[k] for k in early], features.values[:, early], is_failure, weight),
            failure_box(features.names, features.values, is_failure, weight))


def _scenarios(is_failure: Flags, shocks: Shocks, features: Features) -> tuple[Scenario, ...]:
    """The likeliest, the one nearest to the mean of all that fail, and the one with the smallest shocks."""
    paths = np.flatnonzero(is_failure)
    spread = features.values.std(axis=0)
    scaled = features.values / np.where(spread > 0.0, spread, 1.0)
    off = ((scaled[paths] - scaled[paths].mean(axis=0)) ** 2).sum(axis=1)
    chosen = {"modal": paths[np.argmax(shocks.log_likelihood[paths])], "typical": paths[np.argmin(off)],
              "smallest": paths[np.argmin(shocks.distance[paths])]}
    return tuple(_scenario(kind, int(path), shocks, features) for kind, path in chosen.items())


def _scenario(kind: str, path: int, shocks: Shocks, features: Features) -> Scenario:
    likelihood, distance = shocks.log_likelihood, shocks.distance
    own = dict(zip(features.names, features.values[path].tolist(), strict=True))
    return Scenario(kind, path, float(likelihood[path]), float((likelihood > likelihood[path]).mean()),
                    float(distance[path]), float((distance < distance[path]).mean()), own)


def _region(is_failure: Flags, features: Features) -> tuple[Region, ...]:
    found = []
    for name, values in zip(features.names, features.values.T, strict=True):
        low, high = np.quantile(values[is_failure], REGION)
        found.append(Region(name, float(values[is_failure].mean()), float(low), float(high), float(values.mean())))
    return tuple(found)
