"""[[facilities]] and [pool]: contracts under the headings central banks publish, and the money behind."""

from typing import Annotated, Generic, Literal, Self

from pydantic import Field, model_validator

from backstop.config.base import (
    Amount,
    Days,
    Frac,
    Name,
    Place,
    PositiveDays,
    PositiveFrac,
    Problem,
    Section,
    refuse,
    repeated_names,
)
from backstop.config.eligibility import Eligible
from backstop.config.expressions import (
    Condition,
    Expression,
    FundSignal,
    MarketSignal,
    Signal,
    SignalSection,
    conditions_in,
)

LONGEST_CASH_LAG_DAYS = 252


class Key(SignalSection[Signal], Generic[Signal]):
    """One of the two keys of activation: when it opens, when it closes."""

    entry: Expression[Signal] = Field(description="what must hold for the key to open")
    persistence_days: PositiveDays = Field(description="trading days in a row that `entry` must hold")
    decision_lag_days: Days = Field(description="trading days from a met entry to an active key")
    exit: Expression[Signal] = Field(description="what must hold for the key to close")
    exit_persistence_days: PositiveDays = Field(description="trading days in a row that `exit` must hold")
    cooldown_days: Days = Field(description="trading days after closing before the key may open again")

    @model_validator(mode="after")
    def _check_exit(self) -> Self:
        entries = [condition for _, condition in conditions_in(self.entry)]
        refuse(
            problem
            for place, leave in conditions_in(self.exit, ("exit",))
            for enter in entries
            for problem in _beyond_entry(enter, leave, place)
        )
        return self


def _beyond_entry(enter: Condition[Signal], leave: Condition[Signal], place: Place) -> list[Problem]:
    """Hysteresis: the exit threshold lies on the calm side of the entry threshold of the same signal."""
    if (enter.signal, enter.window_days) != (leave.signal, leave.window_days):
        return []
    calm, word = ("at_most", "or less") if enter.is_at_least else ("at_least", "or more")
    is_beyond = leave.threshold > enter.threshold if enter.is_at_least else leave.threshold < enter.threshold
    if not is_beyond and enter.is_at_least != leave.is_at_least:
        return []
    written = "at_least" if leave.is_at_least else "at_most"
    return [
        Problem(
            (*place, written),
            f"exit {leave.threshold:g} lies beyond entry {enter.threshold:g} of {leave.signal}; "
            f"write {calm} = {enter.threshold:g} {word}",
        )
    ]


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
    """What a fund pledges, and how seized assets are sold."""

    haircut_frac: dict[Name, Frac] = Field(
        min_length=1,
        description="share of value not lent against, by asset; assets not named are no collateral",
    )
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


class Repayment(Section):
    """How fast the money goes in and comes back."""

    cash_lag_days: int = Field(
        strict=True,
        ge=0,
        le=LONGEST_CASH_LAG_DAYS,
        description="trading days from an approved claim to its cash",
    )
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


class Advance(Sizing, Caps, Collateral, Pricing, Tenor, Repayment, ScoreRelief):
    """A loan against collateral, drawn as needed and repaid when the crisis is over."""


class Facility(Section):
    """A contract: who is eligible, what activates it, and the terms of its instrument."""

    name: Name = Field(description="what the facility is called")
    instrument: Literal["advance"] = Field(
        description="what the facility gives: an `advance` is a loan against collateral"
    )
    eligible: Eligible = Field(
        description="who may claim: names of funds (or of entries with a file), or what a fund must be"
    )
    system_key: Key[MarketSignal] = Field(description="is the market in a crisis? reads market signals")
    fund_key: Key[FundSignal] = Field(
        description="does this fund need it? reads fund signals, while the system key is active"
    )
    advance: Advance = Field(description="terms of the advance")

    @model_validator(mode="after")
    def _check_collateral(self) -> Self:
        if all(haircut == 1.0 for haircut in self.advance.haircut_frac.values()):
            refuse(
                [
                    Problem(
                        ("advance", "haircut_frac"),
                        "nothing is lent against any asset; write a haircut below 1",
                    )
                ]
            )
        return self


class Layer(Section):
    """One slice of the capital stack, paid in full at the start."""

    name: Name = Field(description="who the layer's money comes from")
    size: Amount = Field(description="money of the layer, currency; 0 is an empty layer")


class Pool(Section):
    """The money behind all facilities of an arm."""

    layers: tuple[Layer, ...] = Field(
        min_length=1, max_length=32, description="capital stack: the first listed loses first"
    )

    @model_validator(mode="after")
    def _check_layers(self) -> Self:
        refuse(repeated_names([layer.name for layer in self.layers], ("layers",)))
        return self
