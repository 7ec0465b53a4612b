"""When an asset does not trade: on stated days, or for some days after it has fallen."""

from typing import Self

from pydantic import Field, model_validator

from backstop.config.base import PositiveDays, PositiveFrac, Problem, Section, refuse


class Window(Section):
    """Days of the run on which an asset does not trade."""

    first_day: PositiveDays = Field(description="first of them, from 1")
    last_day: PositiveDays = Field(description="last of them")

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.last_day < self.first_day:
            refuse([Problem(("last_day",), f"{self.last_day} is before {self.first_day}; write a later day")])
        return self


class Suspension(Section):
    """When an asset does not trade: its price is carried over, and nobody sells."""

    windows: tuple[Window, ...] = Field(default=(), max_length=50, description="stated days")
    days: PositiveDays | None = Field(default=None, description="trading days that a rule suspends it for")
    limit_down_days: PositiveDays | None = Field(
        default=None, description="days in a row at limit-down after which it is suspended"
    )
    fall_frac: PositiveFrac | None = Field(
        default=None,
        description="fall from its highest price since the opening, or since it last traded again, after which it is",
    )

    @property
    def is_empty(self) -> bool:
        """Whether it never suspends."""
        return not self.windows and self.days is None

    @model_validator(mode="after")
    def _check_rule(self) -> Self:
        has_rule = self.limit_down_days is not None or self.fall_frac is not None
        if has_rule and self.days is None:
            refuse([Problem(("days",), "a rule suspends for some days; write days = 10, say")])
        if not has_rule and self.days is not None:
            refuse([Problem(("days",), "no rule suspends; drop it, or write limit_down_days or fall_frac")])
        return self
