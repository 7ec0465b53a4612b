"""Terms of a purchase: the facility buys assets with the pool's cash, holds them at cost and sells them by rule."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from backstop.config.base import (
    Days,
    Frac,
    Name,
    Place,
    PositiveAmount,
    PositiveDays,
    PositiveFrac,
    Problem,
    Section,
    refuse,
)
from backstop.terms import Instrument


class Budget(Section):
    """How much is bought."""

    daily_budget: PositiveAmount | None = Field(
        default=None, description="most that is bought a day, currency; none: no limit but the pool's cash"
    )
    total_budget: PositiveAmount | None = Field(
        default=None, description="most that is bought in all, currency; none: no limit but the pool's cash"
    )
    adv_frac: PositiveFrac = Field(
        description="most of an asset's daily volume that is bought: of each entry of funds, or in the market"
    )


class Resale(Section):
    """When the facility sells again, and who has the gain."""

    resale_adv_frac: Frac = Field(description="share of daily volume at which assets are sold; 0: all is held")
    resale_lag_days: Days = Field(description="trading days after the system key closed before anything is sold")
    hold_days: Days = Field(default=0, description="trading days after the last purchase before anything is sold")
    margin_frac: Annotated[float, Field(strict=True, ge=-1.0, le=10.0)] = Field(
        default=-1.0, description="an asset is sold at a price of at least its cost times 1 plus this; -1: at any price"
    )
    wind_up_day: PositiveDays | None = Field(
        default=None,
        description="day of the run from which nothing is bought and all is sold, at any price; none: no such day",
    )
    gain_share_frac: Frac = Field(
        default=0.0, description="share of what sales earn over cost that goes to the funds it bought from"
    )


class FundPurchase(Budget, Resale):
    """Assets bought from eligible funds, of what they would otherwise have to sell."""

    kind: ClassVar[Instrument] = Instrument.PURCHASE
    buys_from: Literal["funds"] = Field(description='"funds": from eligible funds; "market": in the market')
    discount_frac: dict[Name, Annotated[float, Field(strict=True, ge=0.0, lt=1.0)]] = Field(
        min_length=1,
        description="below the price before trade, share of that price, by asset; assets not named are not bought",
    )
    need_frac: PositiveFrac = Field(
        description="share of what a fund needs beyond its free cash that it may sell to the facility"
    )

    @property
    def weights(self) -> dict[str, float]:
        """Share of the price that is paid, by asset."""
        return {name: 1.0 - discount for name, discount in self.discount_frac.items()}

    @property
    def takes(self) -> frozenset[str] | None:
        """The assets of which a fund must hold one."""
        return frozenset(self.discount_frac)

    @property
    def named_assets(self) -> list[tuple[Place, str]]:
        """Assets by the place that names them."""
        return [(("discount_frac", name), name) for name in self.discount_frac]


class MarketPurchase(Budget, Resale):
    """Assets bought in the market, with a budget a day: it moves prices up."""

    kind: ClassVar[Instrument] = Instrument.MARKET_PURCHASE
    buys_from: Literal["market"] = Field(description='"funds": from eligible funds; "market": in the market')
    daily_budget: PositiveAmount = Field(description="bought a day while the system key is active, currency")
    parts: dict[Name, PositiveAmount] = Field(
        min_length=1, description="what the budget is spent on: parts by asset, of their sum"
    )

    @model_validator(mode="after")
    def _check_sellers(self) -> Self:
        if self.gain_share_frac > 0.0:
            refuse([Problem(("gain_share_frac",), "nobody sold to it by name; leave it out")])
        return self

    @property
    def weights(self) -> dict[str, float]:
        """Shares of the budget, by asset."""
        return {name: part / sum(self.parts.values()) for name, part in self.parts.items()}

    @property
    def takes(self) -> frozenset[str] | None:
        """No fund needs to hold anything."""
        return None

    @property
    def named_assets(self) -> list[tuple[Place, str]]:
        """Assets by the place that names them."""
        return [(("parts", name), name) for name in self.parts]


Purchase = Annotated[FundPurchase | MarketPurchase, Field(discriminator="buys_from")]
