"""[[facilities]]: contracts, under the headings central banks publish."""

from typing import Self, TypeAlias

from pydantic import Field, model_validator

from backstop.config.base import Name, PositiveFrac, Problem, Section, Switch, refuse
from backstop.config.choices import InstrumentTable, OfFund, OfMarket
from backstop.config.facility.advance import Advance
from backstop.config.facility.compensation import Compensation
from backstop.config.facility.contract import Covenants, SolvencyTest, TakeUp
from backstop.config.facility.eligibility import Eligible
from backstop.config.facility.guarantee import Guarantee
from backstop.config.facility.keys import Key
from backstop.config.facility.limits import Limits
from backstop.config.facility.purchase import FundPurchase, MarketPurchase, Purchase
from backstop.terms import Instrument as Kind

Instrument: TypeAlias = Advance | FundPurchase | MarketPurchase | Compensation | Guarantee
"""Terms of whatever a facility gives."""
TABLES = tuple(dict.fromkeys(kind.rule.table for kind in Kind))
NEVER_TURNED: Key[OfFund] = Key[OfFund].model_validate(
    {
        "entry": {"signal": "fund_drawdown", "at_least": 1.0},
        "persistence_days": 1,
        "decision_lag_days": 0,
        "exit": {"signal": "fund_drawdown", "at_most": 1.0},
        "exit_persistence_days": 1,
        "cooldown_days": 0,
    }
)
"""The fund key of a facility that deals with no fund: nothing reads it."""


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
    instrument: InstrumentTable = Field(
        description="what the facility gives, and the name of the table of its terms: an `advance` is a loan against "
        "collateral, a `purchase` pays funds, or the market, for assets, a `compensation` is a grant for realised "
        "losses, a `guarantee` covers a part of what a bank's loan may lose"
    )
    eligible: Eligible | None = Field(
        default=None,
        description='who may claim: "all", names of funds (or of entries with a file), or what a fund must be; none '
        "where the facility buys in the market",
    )
    system_key: Key[OfMarket] = Field(description="is the market in a crisis? reads market signals")
    fund_key: Key[OfFund] | None = Field(
        default=None,
        description="does this fund need it? reads fund signals, while the system key is active; none where the "
        "facility buys in the market",
    )
    advance: Advance | None = Field(default=None, description="terms of an advance")
    purchase: Purchase | None = Field(default=None, description="terms of a purchase")
    compensation: Compensation | None = Field(default=None, description="terms of a compensation")
    guarantee: Guarantee | None = Field(default=None, description="terms of a guarantee, and of the bank's loan")
    solvency: SolvencyTest | None = Field(default=None, description="what a fund must be worth to be heard")
    take_up: TakeUp = Field(default=TakeUp(), description="how many dare to claim")
    covenants: Covenants = Field(default=Covenants(), description="what binds a fund while it is drawn")
    limits: Limits = Field(default=Limits(), description="caps on what is out, and how what is too little is shared")
    announcement: Announcement | None = Field(
        default=None, description="what its announcement alone does to redemptions; none: nothing"
    )

    @property
    def terms(self) -> Instrument:
        """The table of its instrument."""
        found: Instrument = getattr(self, self.instrument)
        return found

    @property
    def deals_with_funds(self) -> bool:
        """Whether funds claim, each with its own key."""
        return self.terms.kind.rule.is_claimed

    @property
    def members(self) -> Eligible:
        """Who may claim; no names where nobody does."""
        return () if self.eligible is None else self.eligible

    @property
    def key_of_funds(self) -> Key[OfFund]:
        """The fund key, or one that never turns."""
        return self.fund_key or NEVER_TURNED

    def _of_others(self) -> list[Problem]:
        """Tables that say something about loans, or claims, where the instrument has none."""
        is_loan, is_claimed = self.terms.kind.rule.is_loan, self.terms.kind.rule.is_claimed
        needed = {"solvency": is_loan, "take_up": is_loan, "covenants": is_loan, "limits": is_loan or is_claimed}
        given = self.model_fields_set
        return [
            Problem((name,), f"says nothing of instrument {self.instrument!r}; leave it out")
            for name, is_read in needed.items()
            if name in given and not is_read
        ]

    @model_validator(mode="after")
    def _check_tables(self) -> Self:
        if getattr(self, self.instrument) is None:
            refuse([Problem((self.instrument,), f"is missing; write [facilities.{self.instrument}]")])
        others = [name for name in TABLES if name != self.instrument and getattr(self, name)]
        problems = [Problem((name,), f"is no table of instrument {self.instrument!r}; leave it out") for name in others]
        for key in ("eligible", "fund_key"):
            if self.deals_with_funds and getattr(self, key) is None:
                problems.append(Problem((key,), f"is missing; write {key}, which says who may claim, and when"))
            if not self.deals_with_funds and getattr(self, key) is not None:
                problems.append(Problem((key,), "no fund claims on a purchase in the market; leave it out"))
        refuse([*problems, *self._of_others()])
        return self
