"""[[funds]]: what a fund holds, how it sells, when it has failed; a file of funds that are run alike."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from backstop.config.base import (
    Frac,
    Label,
    Name,
    PositiveAmount,
    PositiveCount,
    PositiveFrac,
    Problem,
    Section,
    Switch,
    not_one,
    refuse,
    repeated_names,
)
from backstop.config.choices import Unit
from backstop.config.funds.evaluation import Evaluation
from backstop.config.funds.investors import InvestorClass, Swing
from backstop.config.funds.leverage import Exposure, Leverage, holding_problems
from backstop.config.funds.solvency import Solvency

MOST_FUNDS = 2000


class Pace(Section):
    """How fast holdings are sold."""

    participation_frac: PositiveFrac = Field(
        description="share of an asset's daily volume that all `count` funds may sell"
    )


class Ordered(Pace):
    """A selling order."""

    order: tuple[Name, ...] = Field(description="every asset held, the first to be sold first")


class Waterfall(Ordered):
    """Sells held assets one after the other in a stated order."""

    rule: Literal["waterfall"] = Field(description="sell one asset after the other, in `order`")


class Mixed(Ordered):
    """Sells a part in proportion to value, the rest one asset after the other."""

    rule: Literal["mixed"] = Field(description="sell a part in proportion to value, the rest in `order`")
    pro_rata_frac: Frac = Field(description="share of what is to be raised that is sold in proportion to value")


class ProRata(Pace):
    """Sells held assets in proportion to their values."""

    rule: Literal["pro-rata"] = Field(description="sell in proportion to value")


Liquidation = Annotated[Waterfall | ProRata | Mixed, Field(discriminator="rule")]


class Failure(Section):
    """When a fund counts as failed; it stays in every average."""

    nav_floor_frac: Frac = Field(description="NAV per share, opening 1, below which the fund has failed")
    unpaid_days: Annotated[int, Field(strict=True, ge=0, le=100_000)] = Field(
        description="trading days in a row with redemptions unpaid, beyond which the fund has failed"
    )


Sponsor = Annotated[str, Field(strict=True, min_length=1, max_length=80)]
RiskWeight = Annotated[float, Field(strict=True, ge=0.0, le=100.0)]
_OPEN = "of this fund; without it, what the entry says"


class Standing(Section):
    """What funds may share: an entry with a file says it for all rows that do not."""

    count: PositiveCount = Field(default=1, description="how many funds like it this one stands for")
    long_term: Switch = Field(default=False, description="invests for the long term: eligibility may ask for it")
    sponsor: Sponsor | None = Field(
        default=None, description="who stands behind the fund: eligibility and caps may ask for it"
    )
    risk_weight: RiskWeight = Field(default=1.0, description="how many times the pool's premium the fund pays")


class Holder(Section):
    """What no two funds share."""

    name: Label = Field(description="what the fund is called")
    nav: PositiveAmount = Field(description="net asset value of one fund at the opening, currency")
    holdings: dict[Name, Exposure] = Field(description="share of NAV by asset; what is left, debt included, is cash")


class Listed(Holder):
    """A row of a file; what it leaves open is the entry's to say."""

    count: PositiveCount | None = Field(default=None, description=_OPEN)
    long_term: Switch | None = Field(default=None, description=_OPEN)
    sponsor: Sponsor | None = Field(default=None, description=_OPEN)
    risk_weight: RiskWeight | None = Field(default=None, description=_OPEN)


class Conduct(Section):
    """How a fund is run, and by whom it is owned."""

    cash_buffer_frac: Frac = Field(description="cash that the fund keeps for itself, share of NAV")
    history: Literal["data", "flat"] = Field(
        default="flat",
        description='"data": scores and trailing returns start from the past of what the fund holds now, an asset '
        "without prices moving by beta times its factor and by its drift; "
        '"flat": as if no price had ever moved',
    )
    risk_multiplier: Annotated[float, Field(strict=True, ge=0.0, le=100.0)] = Field(
        default=1.0, description="risky holdings at the opening, times what `holdings` say; safe assets and cash make "
        "way, then debt: how a manager answers cover, as an override of an arm"
    )
    liquidation: Liquidation = Field(description="what is sold, and how fast")
    investors: tuple[InvestorClass, ...] = Field(
        default=(), max_length=32, description="classes of investors; none: nobody asks money back"
    )
    invest_frac: Frac = Field(
        default=0.0, description="share of new money that buys more of what the fund holds; the rest stays in cash"
    )
    gate_per_day_frac: PositiveFrac | None = Field(
        default=None, description="most that a fund pays out a day, share of NAV: the rest waits; without it no gate"
    )
    swing: Swing | None = Field(default=None, description="swing pricing; none: all leave at NAV")
    evaluation: Evaluation | None = Field(default=None, description="how managers are judged; none: they are not")
    solvency: Solvency | None = Field(default=None, description="capital an insurer must have; none: it is no insurer")
    leverage: Leverage | None = Field(default=None, description="debt to outside lenders; none: no debt")
    failure: Failure = Field(description="when the fund counts as failed")

    @model_validator(mode="after")
    def _check_investors(self) -> Self:
        owned = sum(c.share_frac for c in self.investors)
        problems = repeated_names([c.name for c in self.investors], ("investors",))
        if self.investors and not_one(owned):
            problems.append(Problem(("investors",), f"share_frac of the classes adds up to {owned:g}; make it 1"))
        refuse(problems)
        return self


class Fund(Conduct, Holder, Standing):
    """A fund, standing for `count` funds like it."""

    @property
    def may_buy(self) -> bool:
        """Whether it may buy in the market."""
        return self.invest_frac > 0.0 or (self.evaluation is not None and self.evaluation.may_buy)

    @model_validator(mode="after")
    def _check_holdings(self) -> Self:
        refuse(holding_problems(self.holdings, self.leverage))
        return self

    @property
    def entry(self) -> str:
        """The entry of the config that it comes from."""
        return self.name

    @property
    def assets_over_nav(self) -> float:
        """Leverage at the opening."""
        return 1.0 + (self.leverage.debt_frac if self.leverage else 0.0)


class FundFile(Conduct, Standing):
    """Funds that a file lists, a row each, all run alike."""

    name: Label = Field(description="what the entry is called: overrides and eligibility may name it")
    file: Annotated[str, Field(strict=True, min_length=1, max_length=1000)] = Field(
        description="CSV, xlsx or parquet with columns name, nav, holding_<asset>, "
        "and count, long_term, sponsor, risk_weight if need be"
    )
    unit: Unit | None = Field(
        default=None, description="what nav is counted in; without it the currency, or what the column's name says"
    )
    holdings_in: Literal["share", "percent"] = Field(
        default="share",
        description="whether holdings in the file add up to 1 or to 100; cells with a % are what they say",
    )
    rows: tuple[Listed, ...] = Field(
        min_length=1, max_length=MOST_FUNDS, description="what the file lists; never written in a config"
    )
    notes: tuple[str, ...] = Field(
        default=(), description="what is to be said of how the file was read; never written in a config"
    )

    @model_validator(mode="after")
    def _check_holdings(self) -> Self:
        refuse(
            problem
            for i, row in enumerate(self.rows)
            for problem in holding_problems(row.holdings, self.leverage, ("rows", i))
        )
        return self

    def funds(self) -> list[Fund]:
        """The funds, one by one; of a selling order what each of them holds."""
        shared = {name: getattr(self, name) for name in (*Conduct.model_fields, *Standing.model_fields)}
        shared["source"] = self.name
        return [_OfFile.model_construct(**(shared | _own(row, self.liquidation))) for row in self.rows]


class _OfFile(Fund):
    """A fund of a file."""

    source: str

    @property
    def entry(self) -> str:
        """The entry that lists it."""
        return self.source


def _own(row: Listed, liquidation: Liquidation) -> dict[str, Any]:
    """What a row says of its fund, and the selling order of what it holds."""
    own = {name: value for name in Listed.model_fields if (value := getattr(row, name)) is not None}
    if isinstance(liquidation, Ordered):
        order = tuple(name for name in liquidation.order if name in row.holdings)
        own["liquidation"] = liquidation.model_copy(update={"order": order})
    return own


def _kind(entry: Any) -> str:
    has_file = "file" in entry if isinstance(entry, Mapping) else isinstance(entry, FundFile)
    return "<file>" if has_file else "<fund>"


FundEntry = Annotated[Annotated[Fund, Tag("<fund>")] | Annotated[FundFile, Tag("<file>")], Discriminator(_kind)]
"""An item of [[funds]]."""


def funds_of(entries: Iterable[Fund | FundFile]) -> tuple[Fund, ...]:
    """All funds of the entries, in order."""
    return tuple(fund for entry in entries for fund in (entry.funds() if isinstance(entry, FundFile) else [entry]))
