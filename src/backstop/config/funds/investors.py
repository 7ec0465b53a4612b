"""[[funds.investors]] and [funds.swing]: who owns a fund, and on what terms they come and go."""

from typing import Annotated

from pydantic import Field

from backstop.config.base import Frac, Name, PositiveFrac, Section, Switch
from backstop.config.text.presets import WithPreset

LONGEST_RETURN_DAYS = 1260
"""Five years of closing NAV per share is the most that a trailing return may look back on."""
LONGEST_NOTICE_DAYS = 252


class InvestorClass(WithPreset):
    """Investors who ask their money back by one rule.

    With r the trailing return and D the index's dislocation, a day's request is ``min(cap, base + bear_slope * (1 +
    illiquidity_slope * D) * max(0, -r - tolerance)**bear_power + gain_slope * max(0, r - tolerance))`` of the class's
    shares that nobody asked back yet, new money ``min(cap, base_inflow * max(0, 1 - inflow_dry_slope * max(0, -r -
    tolerance)) + bull_slope * max(0, r - tolerance))`` of their value.
    """

    PRESETS = "investors"

    surrenders: Switch = Field(
        default=False, description="policyholders: their surrender is a channel apart from redemption of fund shares"
    )
    name: Name = Field(description="what the class is called")
    share_frac: PositiveFrac = Field(description="share of the fund's shares that the class holds; classes add up to 1")
    notice_days: int = Field(
        strict=True, ge=1, le=LONGEST_NOTICE_DAYS, description="trading days from a request to its payment"
    )
    base_per_day_frac: Frac = Field(description="share of the class's shares asked back each day in any market")
    base_inflow_per_day_frac: Frac | None = Field(
        default=None,
        description="new money each day in any market, share of the class's value that nobody has asked back; what is "
        "asked back in any market if left out, so that a calm market keeps the fund's size",
    )
    inflow_dry_slope: Annotated[float, Field(strict=True, ge=0.0, le=1000.0)] = Field(
        default=0.0,
        description="part of the base inflow that stays away per unit of trailing loss beyond the tolerance, all of it "
        "at most: with 5 half of it at a loss of 10 %",
    )
    horizon_days: int = Field(
        strict=True,
        ge=1,
        le=LONGEST_RETURN_DAYS,
        description="trading days of the trailing return the class looks at",
    )
    tolerance_frac: Frac = Field(description="trailing loss or gain, as a positive share, that does not move the class")
    bear_slope_per_day: Annotated[float, Field(strict=True, ge=0.0, le=10.0)] = Field(
        description="further share asked back a day, per unit of trailing loss beyond the tolerance"
    )
    bear_power: Annotated[float, Field(strict=True, ge=0.1, le=10.0)] = Field(
        default=1.0, description="power of that loss: above 1 a convex answer, below 1 a concave one"
    )
    illiquidity_slope: Annotated[float, Field(strict=True, ge=0.0, le=1000.0)] = Field(
        default=0.0,
        description="growth of the bear slope per unit of the index's dislocation: 10 doubles it where sales pushed "
        "the index 10 % down",
    )
    gain_slope_per_day: Annotated[float, Field(strict=True, ge=0.0, le=10.0)] = Field(
        default=0.0,
        description="further share asked back a day, per unit of trailing gain beyond the tolerance: investors who "
        "take their gains, as in Lu, Xu, Xie and Chen (2008); no forced sale",
    )
    bull_slope_per_day: Annotated[float, Field(strict=True, ge=0.0, le=10.0)] = Field(
        default=0.0, description="new money a day per unit of trailing gain beyond the tolerance, share of the class"
    )
    daily_cap_frac: Frac = Field(description="most that the class asks back, or brings, in a day, share of its shares")

    @property
    def asked_at_base(self) -> float:
        """Share asked back a day in any market."""
        return min(self.base_per_day_frac, self.daily_cap_frac)

    @property
    def base_inflow(self) -> float:
        """Share brought a day in any market."""
        given = self.base_inflow_per_day_frac
        return self.base_per_day_frac if given is None else given

    @property
    def queue_open(self) -> float:
        """Share that falls due on each day of the notice where the base rate has been asked for ever: r / (1 + n r)."""
        return self.asked_at_base / (1.0 + self.notice_days * self.asked_at_base)


class Swing(Section):
    """Swing pricing: on days of heavy outflow leavers are paid less than NAV; the difference stays in the fund."""

    threshold_frac: Frac = Field(description="net outflow of a day, share of NAV, above which the price swings")
    factor_frac: Annotated[float, Field(strict=True, gt=0.0, lt=1.0)] = Field(
        description="share of NAV per share that those who leave then give up"
    )
