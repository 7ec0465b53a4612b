"""The two keys of activation: when a facility opens, when it closes."""

from typing import Generic, Self

from pydantic import Field, model_validator

from backstop.config.base import Days, Place, PositiveDays, Problem, refuse
from backstop.config.expressions import Condition, Expression, Signal, SignalSection, conditions_in


class Key(SignalSection[Signal], Generic[Signal]):
    """One of the two keys of activation: when it opens, when it closes."""

    entry: Expression[Signal] = Field(description="what must hold for the key to open")
    persistence_days: PositiveDays = Field(description="trading days in a row that `entry` must hold")
    decision_lag_days: Days = Field(description="trading days from a met entry to an active key")
    exit: Expression[Signal] = Field(description="what must hold for the key to close")
    exit_persistence_days: PositiveDays = Field(description="trading days in a row that `exit` must hold")
    cooldown_days: Days = Field(description="trading days after closing before the key may open again")

    @model_validator(mode="after")
    def _check_exit(self) -> Self:
        entries = [condition for _, condition in conditions_in(self.entry)]
        refuse(
            problem
            for place, leave in conditions_in(self.exit, ("exit",))
            for enter in entries
            for problem in _beyond_entry(enter, leave, place)
        )
        return self


def _beyond_entry(enter: Condition[Signal], leave: Condition[Signal], place: Place) -> list[Problem]:
    """Hysteresis: the exit threshold lies on the calm side of the entry threshold of the same signal."""
    if (enter.signal, enter.window_days) != (leave.signal, leave.window_days):
        return []
    calm, word = ("at_most", "or less") if enter.is_at_least else ("at_least", "or more")
    is_beyond = leave.threshold > enter.threshold if enter.is_at_least else leave.threshold < enter.threshold
    if not is_beyond and enter.is_at_least != leave.is_at_least:
        return []
    written = "at_least" if leave.is_at_least else "at_most"
    return [
        Problem(
            (*place, written),
            f"exit {leave.threshold:g} lies beyond entry {enter.threshold:g} of {leave.signal}; "
            f"write {calm} = {enter.threshold:g} {word}",
        )
    ]
