"""Terms of an advance, a loan against collateral, under the headings central banks publish."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from backstop.config.base import Frac, Name, Place, PositiveDays, PositiveFrac, Problem, Section, refuse

LONGEST_CASH_LAG_DAYS = 252


class Sizing(Section):
    """How much of a fund's loss may be drawn."""

    coverage_frac: Frac = Field(description="share of the fund loss beyond the deductible that may be drawn")
    deductible_frac: Frac = Field(
        description="fall of NAV per share from its peak that the fund bears alone, share of the peak"
    )


class Caps(Section):
    """Limits on what one fund may draw."""

    fund_cap_frac: Frac = Field(description="most that one fund may have drawn, share of its NAV")


class Collateral(Section):
    """What a fund pledges."""

    haircut_frac: dict[Name, Frac] = Field(
        min_length=1,
        description="share of value not lent against, by asset; assets not named are no collateral",
    )

    @model_validator(mode="after")
    def _check_collateral(self) -> Self:
        if not self.takes:
            message = "nothing is lent against any asset; write a haircut below 1"
            refuse([Problem(("haircut_frac",), message)])
        return self

    @property
    def takes(self) -> frozenset[str] | None:
        """The assets that are lent against, of which a fund must hold one."""
        return frozenset(name for name, haircut in self.haircut_frac.items() if haircut < 1.0)

    @property
    def named_assets(self) -> list[tuple[Place, str]]:
        """Assets by the place that names them."""
        return [(("haircut_frac", name), name) for name in self.haircut_frac]


class Seized(Section):
    """How seized assets are sold."""

    inventory_participation_frac: PositiveFrac = Field(
        description="share of daily volume at which seized assets are sold"
    )


class Pricing(Section):
    """What a draw costs."""

    rate_ann_frac: Frac = Field(description="simple annual interest on what is drawn, decimal")


class Tenor(Section):
    """How long a draw may last. Debt out at the horizon is marked there: a tenor may outlast the run."""

    tenor_days: PositiveDays = Field(description="trading days from the first drawing to maturity")
    n_rollovers: Annotated[int, Field(strict=True, ge=0, le=1000)] = Field(
        description="times a maturing draw is extended by another tenor while the system key is active"
    )


class Delivery(Section):
    """How fast the money comes."""

    cash_lag_days: int = Field(
        strict=True,
        ge=0,
        le=LONGEST_CASH_LAG_DAYS,
        description="trading days from an approved claim to its cash",
    )


class Sweep(Section):
    """How fast the money goes back."""

    sweep_frac: Frac = Field(
        description="share of cash above the buffer that repays each day once the system key is off"
    )


class ScoreRelief(Section):
    """What a draw counts for when managers are judged."""

    score_relief_frac: Frac = Field(
        default=0.0,
        description="share of what is drawn that counts as the fund's own in its evaluation score, from the next day "
        "until it is repaid; never in NAV",
    )


class Advance(Sizing, Caps, Collateral, Seized, Pricing, Tenor, Delivery, Sweep, ScoreRelief):
    """A loan against collateral, drawn as needed and repaid when the crisis is over."""
