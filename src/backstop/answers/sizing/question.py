"""What is asked of ``backstop size``."""

from typing import NamedTuple

from backstop.answers.looks import Goal, Spending
from backstop.answers.sizing.uses import Crisis


class Question(NamedTuple):
    """What is asked.

    Attributes
    ----------
    target
        Chance of running dry that is borne.
    crisis
        What a crisis is; see `uses.CRISES`.
    goal
        A figure of `evidence.FIGURES` and how well it is to be known; None for all paths.
    spending
        Of its looks.
    """

    target: float = 0.01
    crisis: Crisis = "key"
    goal: Goal | None = None
    spending: Spending = "equal"
