"""[market.assets.trading]: the market an asset trades in, and how sales move its price."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from backstop.config.base import Frac, PositiveAmount, PositiveFrac, Problem, Section, Switch, refuse
from backstop.config.choices import ExecutionWord
from backstop.config.prices.suspension import Suspension

PositiveDaysFrac = Annotated[float, Field(strict=True, gt=0.0, le=1e12)]
"""Trading days that may be broken."""


class _Impact(Section):
    """What every impact law has; E is the decaying net volume sold over ADV."""

    half_life_days: PositiveDaysFrac = Field(description="trading days in which half of the volume state fades")
    permanent_frac: Frac = Field(description="share of the impact that stays")
    feeds_variance: Switch = Field(
        default=False, description="later volatility reads the price as sales have moved it, not the market's alone"
    )
    volatility_ann_frac: Annotated[float, Field(strict=True, gt=0.0, le=100.0)] | None = Field(
        default=None, description="volatility a year that the law reads; none: the conditional one of the day"
    )


class PowerImpact(_Impact):
    """How sales move the price: F(E) = kappa sigma E**exponent."""

    law: Literal["linear", "power"] = Field(description="linear (exponent 1) or power")
    kappa: Annotated[float, Field(strict=True, ge=0.0, le=100.0)] = Field(
        description="daily volatilities that a day's whole volume costs; 0 is no impact"
    )
    exponent: Annotated[float, Field(strict=True, gt=0.0, le=1.0)] | None = Field(
        default=None, description="of the power law"
    )
    buy_ratio: Annotated[float, Field(strict=True, gt=0.0, le=10.0)] = Field(
        default=1.0, description="impact of purchases where they prevail, over that of sales"
    )

    @model_validator(mode="after")
    def _check_exponent(self) -> Self:
        if self.law == "power" and self.exponent is None:
            refuse([Problem(("exponent",), "a power law needs one; write exponent = 0.5, say")])
        if self.law == "linear" and self.exponent not in (None, 1.0):
            refuse([Problem(("exponent",), 'a linear law has exponent 1; drop it, or write law = "power"')])
        return self


class ContSchaanningImpact(_Impact):
    """How sales move the price (Cont and Schaanning 2017): ``Psi(q) = (1 - B/S)(1 - exp(-q/delta))``.

    ``delta = (1 - B/S_0) c (ADV / sigma) sqrt(tau)``: the price falls by the share Psi, and never below B.
    """

    law: Literal["cont_schaanning"] = Field(description="exponential depth above a floor")
    c: Annotated[float, Field(strict=True, gt=0.0, le=100.0)] = Field(description="scale of the market's depth")
    tau_days: PositiveDaysFrac = Field(description="trading days that a liquidation takes")
    floor_frac: Annotated[float, Field(strict=True, ge=0.0, lt=1.0)] = Field(
        description="price that sales alone never break, share of the opening price"
    )


Impact = Annotated[PowerImpact | ContSchaanningImpact, Field(discriminator="law")]


class Others(Section):
    """Sellers outside the funds whom a fall forces to sell: margin finance, holders of pledged shares."""

    drawdown_frac: PositiveFrac = Field(description="fall of the price, from its high since the opening, to start at")
    adv_frac_per_day: PositiveFrac = Field(description="what they sell a day, share of the day's volume")
    stock_adv_days: PositiveDaysFrac = Field(description="what they have to sell in all, days of average volume")


class Buyers(Section):
    """Buyers outside the funds who come at low prices, with money that is no facility's: long-term investors."""

    drawdown_frac: PositiveFrac = Field(description="fall of the price, from its high since the opening, to come at")
    adv_frac_per_day: PositiveFrac = Field(description="what they buy a day, share of the day's volume")
    stock_adv_days: PositiveDaysFrac = Field(description="what they have to spend in all, days of average volume")


class Trading(Section):
    """The market an asset trades in."""

    adv: PositiveAmount = Field(description="average daily volume in calm markets, currency")
    stress_adv_frac: PositiveFrac = Field(default=1.0, description="least share of `adv` that stress leaves")
    calm_volatility_ann_frac: Annotated[float, Field(strict=True, gt=0.0, le=100.0)] | None = Field(
        default=None, description="conditional volatility a year above which volume falls in proportion"
    )
    price_limit_frac: Annotated[float, Field(strict=True, gt=0.0, lt=1.0)] | None = Field(
        default=None, description="most that a price moves in a day, share of yesterday's close"
    )
    half_spread_bps: Annotated[float, Field(strict=True, ge=0.0, le=5000.0)] = Field(
        default=0.0, description="what a seller gets less than the middle of bid and ask, basis points"
    )
    execution: ExecutionWord = Field(
        default="average",
        description="the price of a day's sales: the average of the impact over the trade, or the price after it",
    )
    impact: Impact | None = Field(default=None, description="how sales move the price; none without it")
    others: Others | None = Field(default=None, description="sellers outside the funds; none without it")
    buyers: Buyers | None = Field(default=None, description="buyers outside the funds; none without it")
    settlement_days: Annotated[int, Field(strict=True, ge=0, le=10)] = Field(
        default=0, description="trading days from a sale to its cash; 1 is T+1"
    )
    suspension: Suspension | None = Field(default=None, description="when it does not trade; never without it")

    @model_validator(mode="after")
    def _check_suspension(self) -> Self:
        if self.suspension and self.suspension.is_empty:
            refuse([Problem(("suspension",), "suspends nothing; write windows, or days with limit_down_days or "
                                             "fall_frac, or drop it")])
        if self.suspension and self.suspension.limit_down_days and self.price_limit_frac is None:
            message = "without price_limit_frac there is no limit-down; drop it, or write a limit"
            refuse([Problem(("suspension", "limit_down_days"), message)])
        return self

    @model_validator(mode="after")
    def _check_buyers(self) -> Self:
        if self.buyers and isinstance(self.impact, ContSchaanningImpact):
            refuse([Problem(("buyers",), "the law cont_schaanning knows no purchases; drop it, or write another law")])
        return self

    @model_validator(mode="after")
    def _check_stress(self) -> Self:
        if self.stress_adv_frac < 1.0 and self.calm_volatility_ann_frac is None:
            refuse(
                [
                    Problem(
                        ("calm_volatility_ann_frac",),
                        "volume that falls in stress needs a level; write calm_volatility_ann_frac",
                    )
                ]
            )
        return self
