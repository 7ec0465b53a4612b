"""[funds.solvency]: the capital that an insurer's assets require, and when it sells for it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from backstop.config.base import Frac, Name, PositiveFrac, Problem, Section, refuse

Years = Annotated[float, Field(strict=True, ge=0.0, le=50.0)]


class RiskFactor(Section):
    """What a holding requires, less once it has been held for long."""

    factor_frac: Frac = Field(description="capital that a holding requires, share of its value")
    held_factor_frac: Frac | None = Field(default=None, description="the same once it has been held for long")
    after_years: Years | None = Field(default=None, description="mean age of a holding from which that is so, years")
    most_years: Years | None = Field(default=None, description="most that the mean age counts, years; none: all of it")
    age_years: Years = Field(default=0.0, description="mean age at the opening, years")

    @model_validator(mode="after")
    def _check_age(self) -> Self:
        if (self.held_factor_frac is None) != (self.after_years is None):
            refuse([Problem((), "needs both held_factor_frac and after_years, or neither")])
        if self.most_years is not None and self.most_years < (self.after_years or 0.0):
            refuse([Problem(("most_years",), "is below after_years, so nothing is ever held for long; write more")])
        return self

    @property
    def of_opening(self) -> float:
        """The factor at the opening."""
        is_held = self.after_years is not None and self.age_years >= self.after_years
        return self.held_factor_frac if is_held and self.held_factor_frac is not None else self.factor_frac


class Solvency(Section):
    """An insurer: its policyholders are owed what they were at the opening, its own capital bears what assets lose."""

    own_capital_frac: PositiveFrac = Field(description="the insurer's own capital at the opening, share of NAV")
    other_required_frac: Frac = Field(description="capital that other risks than its assets require, share of NAV")
    target_ratio: Annotated[float, Field(strict=True, gt=0.0, le=100.0)] = Field(
        description="own capital over required capital below which it sells risk; 1.5 is 150 %"
    )
    factors: dict[Name, RiskFactor] = Field(min_length=1, description="what holdings require, by risky asset")
