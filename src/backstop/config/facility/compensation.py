"""Terms of a compensation: a grant for a layer of a fund's realised loss, paid at the end of a period."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from backstop.config.base import Days, Frac, Place, PositiveAmount, PositiveDays, PositiveFrac, Problem, Section, refuse
from backstop.terms import Instrument


class LossLayer(Section):
    """Which losses count."""

    reference: Literal["period-start", "peak"] = Field(
        description="what a loss is a fall from, NAV per share: that at the start of the period, or the highest so far"
    )
    attach_frac: Frac = Field(description="fall of NAV per share that the fund bears alone, share of the reference")
    exhaust_frac: PositiveFrac = Field(description="fall beyond which nothing more is paid, share of the reference")
    share_frac: PositiveFrac = Field(description="share of the loss between the two that is paid")

    @model_validator(mode="after")
    def _check_layer(self) -> Self:
        if self.exhaust_frac <= self.attach_frac:
            message = f"{self.exhaust_frac:g} leaves no layer beyond {self.attach_frac:g}; write more than attach_frac"
            refuse([Problem(("exhaust_frac",), message)])
        return self


class Limits(Section):
    """Most that is paid."""

    fund_cap_frac: PositiveFrac | None = Field(
        default=None, description="most that one fund has of it at any time, share of its opening NAV; none: no limit"
    )
    sponsor_limit: PositiveAmount | None = Field(
        default=None, description="most that all funds of one sponsor get a period, currency; none: no limit"
    )
    period_limit: PositiveAmount | None = Field(
        default=None, description="most that all funds get a period, currency; none: no limit but the pool's cash"
    )


class Compensation(LossLayer, Limits):
    """A share of a realised loss, in cash: no debt, and no liquidity before the period is over."""

    kind: ClassVar[Instrument] = Instrument.COMPENSATION
    period_days: PositiveDays | None = Field(
        default=None, description="trading days of a period, at whose end it is paid; none: the whole run"
    )
    clawback_days: Days = Field(
        default=0, description="trading days after a payment in which a loss that is recovered is paid back"
    )

    @model_validator(mode="after")
    def _check_clawback(self) -> Self:
        if self.period_days is None and self.clawback_days > 0:
            message = "nothing is left of the run once its one period is over; write period_days, or no clawback_days"
            refuse([Problem(("clawback_days",), message)])
        if self.period_days is not None and self.clawback_days > self.period_days:
            message = f"reaches into the period after the next; write at most period_days, {self.period_days}"
            refuse([Problem(("clawback_days",), message)])
        return self

    @property
    def takes(self) -> frozenset[str] | None:
        """No fund needs to hold anything."""
        return None

    @property
    def named_assets(self) -> list[tuple[Place, str]]:
        """It names no asset."""
        return []
