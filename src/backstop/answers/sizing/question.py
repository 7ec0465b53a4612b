"""What is asked of ``backstop size``."""

from typing import NamedTuple

from backstop.answers.looks import Goal, Spending
from backstop.answers.sizing.uses import Crisis
from backstop.errors import ConfigError
from backstop.terms import TRADING_DAYS_PER_YEAR


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

    @classmethod
    def checked(cls, target: float, crisis: Crisis, goal: Goal | None = None, spending: Spending = "equal"
                ) -> "Question":
        """A question that has sense.

        Raises
        ------
        ConfigError
            The target is no chance.
        """
        if not 0.0 < target < 1.0:
            raise ConfigError([f"--target {target:g}: is no chance; write a number between 0 and 1, such as 0.01"])
        return cls(target, crisis, goal, spending)


def days_of(years: int | None) -> list[str]:
    """The setting that makes a config so many years long; none where they are not asked for."""
    return [] if years is None else [f"run.days={TRADING_DAYS_PER_YEAR * years}"]
