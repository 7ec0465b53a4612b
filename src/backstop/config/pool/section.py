"""[pool]: the money behind all facilities of an arm, its capital stack."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from backstop.config.base import (
    Amount,
    Frac,
    Name,
    PositiveAmount,
    PositiveCount,
    PositiveDays,
    PositiveFrac,
    Problem,
    Section,
    refuse,
    repeated_names,
)
from backstop.config.choices import Owners

LONGEST_CALL_DAYS = 252
MOST_LEVERAGE = 100.0


class Refill(Section):
    """An owner puts back what a layer lost."""

    after_days: PositiveDays = Field(description="trading days with a loss after which the owner refills the layer")
    times: PositiveCount = Field(description="how often at most")
    most: PositiveAmount = Field(description="how much at most, in all, currency")


class Layer(Section):
    """One slice of the capital stack: what its owner has committed, and how much of it is paid in at the start."""

    name: Name = Field(description="who the layer's money comes from")
    size: Amount = Field(description="money of the layer, currency; 0 is an empty layer")
    paid_in_frac: Frac = Field(default=1.0, description="share of the size that is paid in at the start")
    call_delay_days: Annotated[int, Field(strict=True, ge=1, le=LONGEST_CALL_DAYS)] | None = Field(
        default=None, description="trading days from a call of what is not paid in to its cash"
    )
    funding_rate_ann_frac: Frac | None = Field(
        default=None, description="what having the layer's money there costs its owner a year, share of what is paid "
        "in; none: the market's cash rate"
    )
    refill: Refill | None = Field(default=None, description="how losses are put back; none: only by the pool's income")

    @model_validator(mode="after")
    def _check_calls(self) -> Self:
        if self.paid_in_frac < 1.0 and self.call_delay_days is None:
            refuse([Problem(("call_delay_days",), "something is left to call; write the days that a call takes")])
        if self.paid_in_frac == 1.0 and self.call_delay_days is not None:
            refuse([Problem(("call_delay_days",), "nothing is left to call; drop it, or write a paid_in_frac below 1")])
        return self


class Borrowing(Section):
    """Guaranteed leverage: what the pool may borrow when its cash is short, repaid first from cash in."""

    multiple: Annotated[float, Field(strict=True, gt=0.0, le=MOST_LEVERAGE)] = Field(
        description="most that the pool may owe, times the capital paid in"
    )
    rate_ann_frac: Frac = Field(description="simple annual interest, added to what is owed")
    guarantor: Literal["taxpayer"] = Field(description="who pays lenders what no layer could bear")


class Premium(Section):
    """What funds that a facility of the arm admits pay for being so."""

    rate_ann_frac: PositiveFrac = Field(description="premium a year, share of NAV, times the fund's risk_weight")
    every_days: PositiveDays = Field(description="trading days from one payment to the next, the first on day 1")


class Profit(Section):
    """Sharing of surplus at the end of each year of 252 trading days."""

    reserve: Amount = Field(description="surplus that stays in the pool, currency")
    share_frac: PositiveFrac = Field(description="share of the surplus beyond the reserve that is paid out")
    to: Owners = Field(
        description="`owners` of the layers, or `funds` in proportion to the premiums they paid"
    )


class Pool(Section):
    """The money behind all facilities of an arm."""

    layers: tuple[Layer, ...] = Field(
        min_length=1, max_length=32, description="capital stack: the first listed loses first"
    )
    cash_floor: Amount = Field(default=0.0, description="free cash below which capital is called, currency")
    cap: PositiveAmount | None = Field(
        default=None, description="most that all facilities may have out, currency; none: what there is"
    )
    idle_yield_ann_frac: Frac = Field(default=0.0, description="simple annual yield of cash that is not committed")
    borrowing: Borrowing | None = Field(default=None, description="guaranteed leverage; none: the pool never owes")
    premium: Premium | None = Field(default=None, description="what funds pay; none: nothing")
    profit: Profit | None = Field(default=None, description="what is paid out of surplus; none: it stays")

    size: Amount | None = Field(default=None, description="size of the whole pool, if it is said: that of its layers")

    @model_validator(mode="after")
    def _check_stack(self) -> Self:
        refuse([*repeated_names([layer.name for layer in self.layers], ("layers",)), *self._problems()])
        return self

    def _problems(self) -> Iterator[Problem]:
        """What does not add up between the parts of the stack."""
        is_paid = any(layer.paid_in_frac > 0.0 for layer in self.layers)
        if self.borrowing is not None and not is_paid:
            yield Problem(
                ("borrowing", "multiple"), "nothing is paid in to borrow against; write a paid_in_frac above 0"
            )
        if self.cash_floor > 0.0 and all(layer.paid_in_frac == 1.0 for layer in self.layers):
            yield Problem(("cash_floor",), "nothing is left to call; drop it, or write a paid_in_frac below 1")
        total = sum(layer.size for layer in self.layers)
        if self.cash_floor > total > 0.0:
            yield Problem(("cash_floor",), f"is above what all layers hold, {total:g}; write that or less")
        if self.profit is not None and self.profit.to == "funds" and self.premium is None:
            yield Problem(("profit", "to"), 'funds share in proportion to premiums, and none are paid; write "owners"')
