"""The two keys of activation: when a facility opens, when it closes."""

from typing import Any, Generic, Self

from pydantic import Field, model_validator

from backstop.config.base import Days, Place, PositiveDays, Problem, refuse
from backstop.config.choices import OfFund, OfMarket
from backstop.config.facility.expressions import Condition, Expression, Signal, SignalSection, conditions_in
from backstop.config.facility.hands import HandTurned
from backstop.config.facility.satisfiable import can_hold
from backstop.config.text.presets import WithPreset

_PRESETS: dict[Any, str] = {OfMarket: "system_keys", OfFund: "fund_keys"}


class Key(WithPreset, SignalSection[Signal], Generic[Signal]):
    """One of the two keys of activation: when it opens, when it closes."""

    entry: Expression[Signal] | None = Field(
        default=None, description="what must hold for the key to open; none: it opens by hand alone"
    )
    persistence_days: PositiveDays = Field(default=1, description="trading days in a row that `entry` must hold")
    decision_lag_days: Days = Field(default=0, description="trading days from a met entry to an active key")
    exit: Expression[Signal] | None = Field(default=None, description="what must hold for the key to close")
    exit_persistence_days: PositiveDays = Field(default=1, description="trading days in a row that `exit` must hold")
    cooldown_days: Days = Field(default=0, description="trading days after closing before the key may open again")
    active_on: tuple[HandTurned, ...] = Field(
        default=(), max_length=100, description="days on which the key is open by hand, whatever it reads"
    )
    idle_on: tuple[HandTurned, ...] = Field(
        default=(), max_length=100, description="days on which the key is closed by hand, whatever it reads"
    )

    @classmethod
    def presets_file(cls) -> str:
        """System keys have presets of their own, and so have fund keys."""
        return _PRESETS[cls.__pydantic_generic_metadata__["args"][0]]

    @model_validator(mode="after")
    def _check_expressions(self) -> Self:
        refuse([*self._unpaired(), *self._exits_beyond_entry(), *self._impossible()])
        return self

    def _unpaired(self) -> list[Problem]:
        if self.entry is None and self.exit is None:
            if self.active_on:
                return []
            return [Problem(("entry",), "the key never opens; write entry and exit, or active_on = [{ first = 1 }]")]
        if self.entry is not None and self.exit is not None:
            return []
        missing, given = ("exit", "entry") if self.exit is None else ("entry", "exit")
        return [Problem((missing,), f"is missing; write {missing} = ... beside {given}")]

    def _exits_beyond_entry(self) -> list[Problem]:
        if self.entry is None or self.exit is None:
            return []
        entries = [condition for _, condition in conditions_in(self.entry)]
        return [
            problem
            for place, leave in conditions_in(self.exit, ("exit",))
            for enter in entries
            for problem in _beyond_entry(enter, leave, place)
        ]

    def _impossible(self) -> list[Problem]:
        """Expressions that no values of their signals make true."""
        said = {"entry": (self.entry, "opens"), "exit": (self.exit, "closes")}
        return [
            Problem(
                (side,), f"no market makes it true, so the key never {verb}; write thresholds that can be met together"
            )
            for side, (expression, verb) in said.items()
            if expression is not None and not can_hold(expression)
        ]


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
