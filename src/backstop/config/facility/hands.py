"""Days on which a key is turned by hand, by number or, in a replayed window, by date."""

from typing import Self, TypeAlias

from pydantic import Field, model_validator

from backstop.config.base import Date, PositiveDays, Problem, Section, refuse

DayOrDate: TypeAlias = PositiveDays | Date
"""A day of the run, from 1; or a date, where the scenario replays a window of the index."""


class HandTurned(Section):
    """Days from the first to the last, both included."""

    first: DayOrDate = Field(description="first day: a day of the run, from 1, or a date of the replayed window")
    last: DayOrDate | None = Field(default=None, description="last day, as `first`; without it, to the end of the run")

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.last is not None and _is_before(self.last, self.first):
            refuse([Problem(("last",), f"{self.last} is before {self.first}; write a later day")])
        return self

    def days(self, calendar: tuple[str, ...], n_days: int) -> tuple[int, int]:
        """First and last day of the run, from 1.

        Parameters
        ----------
        calendar
            Dates of the window's trading days, the first of which is day 1.
        n_days
            Days of the run.

        Raises
        ------
        ValueError
            A date outside of the window.
        """
        last = n_days if self.last is None else day_of(self.last, calendar, is_last=True)
        return day_of(self.first, calendar, is_last=False), last


def _is_before(day: DayOrDate, other: DayOrDate) -> bool:
    """Of a day and a date nobody knows without the window."""
    if isinstance(day, int) and isinstance(other, int):
        return day < other
    return isinstance(day, str) and isinstance(other, str) and day < other


def day_of(day: int | str, calendar: tuple[str, ...], is_last: bool) -> int:
    """The day of the run: a date that is no trading day is the next one, or the one before if it is the last."""
    if isinstance(day, int):
        return day
    if not calendar:
        raise ValueError(f"{day}: no window of the index is replayed; write a day of the run, from 1")
    if not calendar[0] <= day <= calendar[-1]:
        raise ValueError(f"{day} is not within the window, {calendar[0]} to {calendar[-1]}; write a date that is")
    before = sum(date <= day for date in calendar)
    return before if is_last or calendar[before - 1] == day else before + 1
