"""[[funds]]: what a fund holds, who invests in it, how it sells, how its managers are judged."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from backstop.config.base import (
    Frac,
    Name,
    PositiveAmount,
    PositiveCount,
    PositiveFrac,
    Problem,
    Section,
    SignedFrac,
    Switch,
    not_one,
    refuse,
    repeated_names,
)
from backstop.config.leverage import Exposure, Leverage, holding_problems
from backstop.config.presets import WithPreset
from backstop.terms import SCORE_SAMPLE_DAYS, TRADING_DAYS_PER_YEAR

SAMPLES_PER_YEAR = TRADING_DAYS_PER_YEAR // SCORE_SAMPLE_DAYS
LONGEST_RETURN_DAYS = 1260
"""Five years of closing NAV per share is the most that a trailing return may look back on."""
LONGEST_NOTICE_DAYS = 252
LONGEST_LADDER_YEARS = 10
MOST_FUNDS = 2000


class InvestorClass(WithPreset):
    """Investors who ask their money back by one rule.

    With r the trailing return and D the index's dislocation, a day's request is ``min(cap, base + bear_slope * (1 +
    illiquidity_slope * D) * max(0, -r - tolerance)**bear_power)`` of the class's shares, new money
    ``min(cap, bull_slope * max(0, r - tolerance))`` of their value.
    """

    PRESETS = "investors"

    name: Name = Field(description="what the class is called")
    share_frac: PositiveFrac = Field(description="share of the fund's shares that the class holds; classes add up to 1")
    notice_days: int = Field(
        strict=True, ge=1, le=LONGEST_NOTICE_DAYS, description="trading days from a request to its payment"
    )
    base_per_day_frac: Frac = Field(description="share of the class's shares asked back each day in any market")
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
    bull_slope_per_day: Annotated[float, Field(strict=True, ge=0.0, le=10.0)] = Field(
        default=0.0, description="new money a day per unit of trailing gain beyond the tolerance, share of the class"
    )
    daily_cap_frac: Frac = Field(description="most that the class asks back, or brings, in a day, share of its shares")


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


class Rung(Section):
    """One trailing return of a score ladder."""

    years: Annotated[float, Field(strict=True, gt=0.0, le=LONGEST_LADDER_YEARS)] = Field(
        description="window of the trailing annualised return, years; twelfths of a year only"
    )
    weight: PositiveFrac = Field(description="weight in the score; the rungs of a ladder add up to 1")

    @property
    def samples(self) -> int:
        """The window in score samples of 21 trading days."""
        return round(self.years * SAMPLES_PER_YEAR)

    @model_validator(mode="after")
    def _check_samples(self) -> Self:
        exact = self.years * SAMPLES_PER_YEAR
        if self.samples < 1 or abs(exact - self.samples) > 1e-6:
            refuse(
                [
                    Problem(
                        ("years",),
                        f"{self.years:g} is no whole number of {SCORE_SAMPLE_DAYS}-day samples; "
                        "write twelfths of a year, such as 0.25, 1 or 3",
                    )
                ]
            )
        return self


class Evaluation(WithPreset):
    """How managers are judged, and what pressure makes them do.

    The score is the ladder's weighted trailing annualised return; pressure grows from threshold to floor.
    """

    PRESETS = "ladders"

    is_on: Switch = Field(default=True, description="false: managers are not judged, and never sell for it")
    ladder: tuple[Rung, ...] = Field(min_length=1, max_length=8, description="trailing returns that make the score")
    benchmark_frac: Frac = Field(
        default=0.0, description="share of the index's return over each rung that the fund's is net of; 1 is relative"
    )
    threshold_ann_frac: SignedFrac = Field(description="annual return below which pressure begins")
    floor_ann_frac: SignedFrac = Field(description="annual return at which pressure is full; below the threshold")
    derisk_per_day_frac: Frac = Field(description="share of risky holdings that full pressure sells a day")
    derisk_cap_frac: Frac = Field(description="most that pressure sells over the run, share of opening risky holdings")
    replace_below_ann_frac: SignedFrac | None = Field(
        default=None, description="score below which the manager is replaced by one with no record; none: never"
    )

    @model_validator(mode="after")
    def _check_ladder(self) -> Self:
        problems = []
        total = sum(rung.weight for rung in self.ladder)
        if not_one(total):
            problems.append(Problem(("ladder",), f"weights add up to {total:g}; make them add up to 1"))
        if len({rung.samples for rung in self.ladder}) < len(self.ladder):
            problems.append(Problem(("ladder",), "two rungs have the same years; write one with both weights"))
        if self.floor_ann_frac >= self.threshold_ann_frac:
            problems.append(
                Problem(
                    ("floor_ann_frac",),
                    f"{self.floor_ann_frac:g} is not below threshold_ann_frac "
                    f"{self.threshold_ann_frac:g}; write a lower return",
                )
            )
        if self.replace_below_ann_frac is not None and self.replace_below_ann_frac >= self.threshold_ann_frac:
            problems.append(
                Problem(
                    ("replace_below_ann_frac",),
                    f"{self.replace_below_ann_frac:g} is not below threshold_ann_frac "
                    f"{self.threshold_ann_frac:g}; write a lower return",
                )
            )
        refuse(problems)
        return self


class Swing(Section):
    """Swing pricing: on days of heavy outflow leavers are paid less than NAV; the difference stays in the fund."""

    threshold_frac: Frac = Field(description="net outflow of a day, share of NAV, above which the price swings")
    factor_frac: Annotated[float, Field(strict=True, gt=0.0, lt=1.0)] = Field(
        description="share of NAV per share that those who leave then give up"
    )


class Failure(Section):
    """When a fund counts as failed; it stays in every average."""

    nav_floor_frac: Frac = Field(description="NAV per share, opening 1, below which the fund has failed")
    unpaid_days: Annotated[int, Field(strict=True, ge=0, le=100_000)] = Field(
        description="trading days in a row with redemptions unpaid, beyond which the fund has failed"
    )


class Holder(Section):
    """What no two funds share."""

    name: Name = Field(description="what the fund is called")
    count: PositiveCount = Field(description="how many funds like it this one stands for")
    nav: PositiveAmount = Field(description="net asset value of one fund at the opening, currency")
    holdings: dict[Name, Exposure] = Field(description="share of NAV by asset; what is left, debt included, is cash")
    long_term: Switch = Field(default=False, description="invests for the long term: eligibility may ask for it")
    sponsor: Annotated[str, Field(strict=True, min_length=1, max_length=80)] | None = Field(
        default=None, description="who stands behind the fund: eligibility and caps may ask for it"
    )
    risk_weight: Annotated[float, Field(strict=True, ge=0.0, le=100.0)] = Field(
        default=1.0, description="how many times the pool's premium the fund pays"
    )


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


class Fund(Conduct, Holder):
    """A fund, standing for `count` funds like it."""

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


class FundFile(Conduct):
    """Funds that a file lists, a row each, all run alike."""

    name: Name = Field(description="what the entry is called: overrides and eligibility may name it")
    file: Annotated[str, Field(strict=True, min_length=1, max_length=1000)] = Field(
        description="CSV or parquet with columns name, count, nav, holding_<asset>, "
        "and long_term, sponsor, risk_weight if need be"
    )
    rows: tuple[Holder, ...] = Field(
        min_length=1, max_length=MOST_FUNDS, description="what the file lists; never written in a config"
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
        shared = {name: getattr(self, name) for name in Conduct.model_fields} | {"source": self.name}
        return [_Listed.model_construct(**(shared | _own(row, self.liquidation))) for row in self.rows]


class _Listed(Fund):
    """A fund of a file."""

    source: str

    @property
    def entry(self) -> str:
        return self.source


def _own(row: Holder, liquidation: Liquidation) -> dict[str, Any]:
    """A fund's own values, and the selling order of what it holds."""
    own = {name: getattr(row, name) for name in Holder.model_fields}
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
