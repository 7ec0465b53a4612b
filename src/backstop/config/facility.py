"""[[facilities]]: contracts, under the headings central banks publish."""

from typing import Literal, Self

from pydantic import Field, model_validator

from backstop.config.advance import Advance
from backstop.config.base import Name, PositiveFrac, Problem, Section, Switch, refuse
from backstop.config.contract import Covenants, SolvencyTest, TakeUp
from backstop.config.eligibility import Eligible
from backstop.config.expressions import FundSignal, MarketSignal
from backstop.config.keys import Key
from backstop.config.limits import Limits


class Announcement(Section):
    """What investors make of a facility before it has paid anything: they stay.

    Outflows of funds with more eligible assets fell by 61 % after a purchase programme was announced: Breckenfelder and
    Hoerova, on euro bond funds and open-ended purchases.
    """

    redemption_cut_frac: PositiveFrac = Field(
        description="share of the redemption requests of eligible funds that is not made; 0.61 is evidence on euro "
        "bond funds and open-ended purchases"
    )
    at_opening: Switch = Field(
        default=False,
        description="true: announced from the first day on; false: while its system key is active, from the next day",
    )


class Facility(Section):
    """A contract: who is eligible, what activates it, and the terms of its instrument."""

    name: Name = Field(description="what the facility is called")
    instrument: Literal["advance"] = Field(
        description="what the facility gives: an `advance` is a loan against collateral"
    )
    eligible: Eligible = Field(
        description="who may claim: \"all\", names of funds (or of entries with a file), or what a fund must be"
    )
    system_key: Key[MarketSignal] = Field(description="is the market in a crisis? reads market signals")
    fund_key: Key[FundSignal] = Field(
        description="does this fund need it? reads fund signals, while the system key is active"
    )
    advance: Advance = Field(description="terms of the advance")
    solvency: SolvencyTest | None = Field(default=None, description="what a fund must be worth to be heard")
    take_up: TakeUp = Field(default=TakeUp(), description="how many dare to claim")
    covenants: Covenants = Field(default=Covenants(), description="what binds a fund while it is drawn")
    limits: Limits = Field(default=Limits(), description="caps on what is out, and how what is too little is shared")
    announcement: Announcement | None = Field(
        default=None, description="what its announcement alone does to redemptions; none: nothing"
    )

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
