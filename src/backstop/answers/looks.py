"""When a run may stop because a figure is known well enough: fixed looks at ends of blocks, with spent alpha.

Who looks again and again, and stops where an interval is narrow enough, has looked eight times: each look is given a
part of the 5 %, so that the interval of the look that stops holds the truth with 95 % all the same (Jennison and
Turnbull 2000, Group Sequential Methods, chapters 7 and 9; parts add up by Bonferroni, however looks hang together).
"""

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TypeAlias

from backstop.answers.estimators import CONFIDENCE
from backstop.answers.groups import Groups
from backstop.answers.skewness import Z
from backstop.answers.summary import Row
from backstop.errors import ConfigError
from backstop.terms import Integers

N_LOOKS = 8
Spending: TypeAlias = Literal["equal", "late"]
"""How the 5 % are spent: the same at each look, or little before the last ones."""


def _late(t: float) -> float:
    """O'Brien and Fleming's, as a spending function (Lan and DeMets 1983)."""
    from scipy.special import ndtr

    return 2.0 - 2.0 * float(ndtr(Z / math.sqrt(t)))


SPENT: dict[Spending, Callable[[float], float]] = {"equal": lambda t: (1.0 - CONFIDENCE) * t, "late": _late}
"""Alpha that is spent once a share t of the paths is there."""


class Goal(NamedTuple):
    """A figure, and the relative error to which it is to be known."""

    metric: str
    statistic: str | None
    """None for the first that the metric has: mean, prob or ratio."""
    error: float


class Look(NamedTuple):
    """A look after so many paths: half the interval that alpha leaves it, over the estimate; None: not to be said.

    `z` is the width of that interval in standard errors, for which it has (z / 1.96)^2 times the paths.
    """

    n_paths: int
    z: float
    error: float | None

    def is_enough(self, goal: Goal) -> bool:
        """Whether a run may stop here."""
        return self.error is not None and self.error <= goal.error


class Precision(NamedTuple):
    """What a goal came to: `looks` up to the one that stopped, of `most_paths` that there might have been."""

    goal: Goal
    looks: tuple[Look, ...]
    most_paths: int

    @property
    def is_met(self) -> bool:
        """Whether the figure is known as well as was asked."""
        return self.looks[-1].is_enough(self.goal)

    @property
    def factor(self) -> float:
        """Paths that the looks cost, times those of a run of a number that was known before."""
        return (self.looks[-1].z / Z) ** 2


def parse_goal(text: str) -> Goal:
    """``METRIC=REL`` or ``METRIC.STATISTIC=REL``.

    Raises
    ------
    ConfigError
        It is not of that form.
    """
    name, _, number = text.partition("=")
    metric, _, statistic = name.partition(".")
    try:
        error = float(number)
    except ValueError:
        error = math.nan
    if not (metric and 0.0 < error < 1.0):
        raise ConfigError([f"--target-error {text}: write METRIC=REL, REL between 0 and 1, such as injected=0.05 or "
                           "injected.p95=0.1"])
    return Goal(metric, statistic or None, error)


def look_places(n_blocks: int) -> list[int]:
    """Numbers of blocks after which is looked: eight at most, as even as blocks allow; the last has all."""
    n_looks = min(N_LOOKS, n_blocks)
    return [math.ceil(n_blocks * number / n_looks) for number in range(1, n_looks + 1)]


def widths(shares: Sequence[float], spending: Spending) -> list[float]:
    """The width `z` of each look, at rising `shares` of all paths."""
    from scipy.special import ndtri

    spent = [SPENT[spending](share) for share in shares]
    return [float(-ndtri(0.5 * (now - before))) for before, now in zip([0.0, *spent[:-1]], spent, strict=True)]


def draws_of(group: Integers | None) -> int | None:
    """Draws of parameters that paths share, by the (N,) number of each path's; None where they share none."""
    return None if group is None else Groups(group).count


def wider(z: float, n_draws: int | None = None) -> float:
    """How much wider the interval of a look of width `z` is than one of 95 %.

    Where paths share `n_draws` draws of parameters, both are Student's t of so many groups less one.
    """
    from scipy.special import ndtr, stdtrit

    if n_draws is None or n_draws < 2:
        return z / Z
    return float(stdtrit(n_draws - 1, ndtr(z)) / stdtrit(n_draws - 1, ndtr(Z)))


def relative_error(rows: Sequence[Row], goal: Goal, z: float, n_draws: int | None = None) -> float | None:
    """The largest of the arms that have the figure; None where one is 0 or its interval rests on little.

    `n_draws` is the number of draws of parameters that paths share; None where they share none.

    Raises
    ------
    ConfigError
        No arm has it.
    """
    statistic = goal.statistic or next((row.statistic for row in rows), None)
    chosen = [row for row in rows if row.statistic == statistic]
    if not chosen:
        known = ", ".join(dict.fromkeys(row.statistic for row in rows)) or "nothing"
        raise ConfigError([f"--target-error {goal.metric}: no arm has {statistic or 'it'}; arms have {known} of it"])
    errors = [_of_row(row, wider(z, n_draws)) for row in chosen]
    known_errors = [error for error in errors if error is not None]
    return max(known_errors) if len(known_errors) == len(errors) else None


def _of_row(row: Row, times: float) -> float | None:
    """None for what must not stop a run: nothing seen, fewer than 30 events, an interval that may hold too little."""
    if row.estimate == 0.0 or row.note or row.lower is None or row.upper is None:
        return None
    return max(row.upper - row.estimate, row.estimate - row.lower) / abs(row.estimate) * times
