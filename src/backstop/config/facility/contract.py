"""What stands around the instrument of a facility: the solvency test, stigma, covenants."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from backstop.config.base import Frac, PositiveFrac, Problem, Section, Switch, refuse
from backstop.config.funds.leverage import MOST_DEBT


class SolvencyTest(Section):
    """What a fund must be worth for its claim to be heard; claims refused are counted as misdirected."""

    nav_over_assets_at_least_frac: PositiveFrac | None = Field(
        default=None, description="least NAV after all debt, share of assets"
    )
    nav_per_share_at_least: PositiveFrac | None = Field(
        default=None, description="least NAV per share at the day's prices, 1 at the opening"
    )

    @model_validator(mode="after")
    def _check_any(self) -> Self:
        if not self.model_dump(exclude_none=True):
            refuse([Problem((), f"tests nothing; write {' or '.join(type(self).model_fields)}")])
        return self


class TakeUp(Section):
    """How many dare to claim: borrowing tells the market something."""

    funds_frac: Frac = Field(
        default=1.0, description="chance that a fund ever claims, drawn once for each path and fund, alike in all arms"
    )
    claims_frac: PositiveFrac = Field(
        default=1.0, description="share of each claim that is presented, on every path: of a cohort, those who dare"
    )


class Covenants(Section):
    """What binds a fund while it owes the facility anything."""

    no_forced_sales: Switch = Field(default=False, description="whether evaluation pressure may force no sales")
    payout_per_day_frac: Frac | None = Field(
        default=None, description="most that investors are paid a day, share of NAV, as by a gate; 0 bans payouts"
    )
    bonus_limit_frac: Frac = Field(
        default=0.0, description="share of the managers' pay at stake that is suspended: so much less pressure"
    )
    exposure_cap: Annotated[float, Field(strict=True, gt=0.0, le=1.0 + MOST_DEBT)] | None = Field(
        default=None, description="most of risky holdings over NAV: above it no claim, and the excess is repaid"
    )
