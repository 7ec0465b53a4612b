"""Burn: what was paid and lost a year over the history, beside what the model expects.

The sum over episodes over the years of the history. What makes it uncertain is not the paths but how few events there
are: the rate of events has an exact Poisson interval (Garwood 1936).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import TAIL, Estimate, mean
from backstop.answers.gather import gather
from backstop.answers.history.figures import Arm, cost, paid
from backstop.answers.history.replays import FUND_COLUMNS, PATH_COLUMNS, Replayed
from backstop.answers.history.rows import EpisodeRow
from backstop.answers.samples import Column
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.workers import Workers
from backstop.terms import TRADING_DAYS_PER_YEAR, Floats


class Expected(NamedTuple):
    """What the model expects of an arm a year, over the horizon of the config."""

    activations: Estimate
    paid: Estimate
    cost: Estimate


class Burn(NamedTuple):
    """One arm over the history; amounts a year."""

    design: str
    arm: str
    years: float
    n_episodes: int
    n_fired: int
    fired_a_year: Estimate
    """Episodes in which the key was on; the interval is that of a Poisson number."""
    paid: float
    cost: float
    """Losses, grants net of clawbacks, and what selling all on the last days would lose."""
    expected: Expected


def burn(rows: Sequence[EpisodeRow], years: float, expected: Expected) -> Burn:
    """Of the rows of one arm over so many years."""
    n_fired = sum(row.has_fired for row in rows)
    lower, upper = poisson_interval(n_fired)
    rate = Estimate(n_fired / years, lower / years, upper / years, f"few: {n_fired} of {len(rows)} episodes")
    total_paid, total_cost = (sum(row.value(name) or 0.0 for row in rows) for name in ("paid", "cost"))
    return Burn(rows[0].design, rows[0].arm, years, len(rows), n_fired, rate, total_paid / years, total_cost / years,
                expected)


def poisson_interval(n: int) -> tuple[float, float]:
    """Exact 95 % interval of the mean of a Poisson number that came out as n."""
    from scipy.stats import chi2

    return float(chi2.ppf(TAIL, 2 * n)) / 2.0 if n else 0.0, float(chi2.ppf(1.0 - TAIL, 2 * n + 2)) / 2.0


def expected_of(request: RunRequest, workers: Workers, on_progress: OnProgress = quiet) -> Mapping[str, Expected]:
    """By arm, what the market model of `request` expects a year.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    found = gather(request, workers, [*PATH_COLUMNS, "n_activations"], FUND_COLUMNS, on_progress)
    replayed = Replayed(request, found.paths, found.funds, found.weight, found.count)
    years = request.terms.n_days / TRADING_DAYS_PER_YEAR
    expected = {}
    for number, name in enumerate(request.terms.names.arms):
        arm = Arm(replayed, number)
        values = arm.path("n_activations"), paid(arm), cost(arm)
        expected[name] = Expected(*(_mean(column / years, found.weight, found.group) for column in values))
    return expected


def _mean(values: Floats, weight: Floats, group: "np.ndarray[tuple[int], np.dtype[np.int64]] | None") -> Estimate:
    sample = Column(values, weight, group).sample
    assert sample is not None
    return mean(sample)
