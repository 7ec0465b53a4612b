"""Terms of an advance, a loan against collateral, under the headings central banks publish."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from backstop.config.base import Days, Frac, Name, Place, PositiveDays, PositiveFrac, Problem, Section, refuse
from backstop.terms import Instrument

LONGEST_CASH_LAG_DAYS = 252
HIGHEST_RATE = 0.5
"""A year: a higher rate of a facility is percent taken for decimals. [ours]"""
HIGHEST_FEE = 0.1
"""Of what arrives: likewise. [ours]"""
MOST_STEPS = 8


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
    top_up_frac: Frac = Field(
        default=0.0,
        description="margin is called once collateral after haircuts falls below this share of debt; 0 for never",
    )


class StepUp(Section):
    """What is added to the rate of a loan that has been out for long."""

    after_days: PositiveDays = Field(description="trading days of use from which it is added, rollovers included")
    spread_ann_frac: PositiveFrac = Field(description="added to the annual rate, on top of earlier steps")


class Rate(Section):
    """What a draw costs a year."""

    rate_ann_frac: Frac = Field(description="simple annual interest on what is drawn, decimal")


class Pricing(Rate):
    """What a draw costs, and what is added for use and time."""

    use_slope_ann_frac: Frac = Field(
        default=0.0, description="added to the annual rate when all of the pool is drawn from it, pro rata below"
    )
    step_ups: tuple[StepUp, ...] = Field(
        default=(), max_length=MOST_STEPS, description="what long use adds to the rate, in the order of days"
    )
    upfront_fee_frac: Frac = Field(default=0.0, description="share of what arrives that is paid back at once, as a fee")

    @model_validator(mode="after")
    def _check_prices(self) -> Self:
        rates: list[tuple[Place, float]] = [
            (("rate_ann_frac",), self.rate_ann_frac),
            (("use_slope_ann_frac",), self.use_slope_ann_frac),
        ]
        rates += [(("step_ups", s, "spread_ann_frac"), step.spread_ann_frac) for s, step in enumerate(self.step_ups)]
        problems = [
            Problem(place, f"{rate:g} is {100 * rate:g} % a year; write {rate / 100:g} for {rate:g} %")
            for place, rate in rates
            if rate > HIGHEST_RATE
        ]
        if self.upfront_fee_frac > HIGHEST_FEE:
            fee = self.upfront_fee_frac
            message = f"{fee:g} is {100 * fee:g} % of each draw; write {fee / 100:g} for {fee:g} %"
            problems.append(Problem(("upfront_fee_frac",), message))
        days = [step.after_days for step in self.step_ups]
        problems += [
            Problem(("step_ups", s, "after_days"), f"{days[s]} is not after {days[s - 1]}; write the steps in order")
            for s in range(1, len(days))
            if days[s] <= days[s - 1]
        ]
        refuse(problems)
        return self


class Tenor(Section):
    """How long a draw may last."""

    tenor_days: PositiveDays = Field(description="trading days from the first drawing to maturity")
    n_rollovers: Annotated[int, Field(strict=True, ge=0, le=1000)] = Field(
        description="times a maturing draw is extended by another tenor while the system key is active"
    )
    repay_ahead_days: Days = Field(
        default=0,
        description="trading days before a maturity over which the fund raises and repays equal parts; 0: it raises "
        "nothing before the loan is due",
    )
    grace_days: Days = Field(
        default=0, description="trading days that a loan which is called may stay unpaid before the fund defaults"
    )
    at_horizon: Literal["mark"] | None = Field(
        default=None,
        description="what becomes of debt that a tenor beyond the run leaves: marked at what selling would leave",
    )

    @model_validator(mode="after")
    def _check_ahead(self) -> Self:
        if self.repay_ahead_days >= self.tenor_days:
            message = f"the loan lasts {self.tenor_days} days; write less"
            refuse([Problem(("repay_ahead_days",), message)])
        return self


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


KEYS_BY_REPAYMENT: dict[str, tuple[str, ...]] = {
    "sweep": ("sweep_frac",), "amortising": ("instalment_days",), "bullet": ()
}
"""What each rule of repayment takes."""
_EXAMPLES = {"sweep_frac": "0.5", "instalment_days": "21"}


class Repayment(Section):
    """How fast the money goes back, and by what rule."""

    repayment: Literal["sweep", "amortising", "bullet"] = Field(
        default="sweep", description="before maturity: from free cash, in equal instalments, or nothing"
    )
    sweep_frac: Frac | None = Field(
        default=None,
        description="of a sweep: share of cash above the buffer that repays each day once the system key is off",
    )
    instalment_days: PositiveDays | None = Field(
        default=None, description="of an amortising loan: trading days from one instalment to the next"
    )

    @model_validator(mode="after")
    def _check_repayment(self) -> Self:
        keys = [(kind, key) for kind, keys in KEYS_BY_REPAYMENT.items() for key in keys]
        refuse(problem for kind, key in keys for problem in self._key_of(kind, key))
        return self

    def _key_of(self, kind: str, key: str) -> list[Problem]:
        """What is wrong with a key that one kind of repayment has, and no other."""
        is_given, is_meant = getattr(self, key) is not None, self.repayment == kind
        if is_meant and not is_given:
            return [Problem((key,), f'repayment = "{kind}" needs it; write {key} = {_EXAMPLES[key]}, say')]
        if is_given and not is_meant:
            return [Problem((key,), f'repayment = "{self.repayment}" has none; drop it, or write repayment = "{kind}"')]
        return []


class ScoreRelief(Section):
    """What a draw counts for when managers are judged."""

    score_relief_frac: Frac = Field(
        default=0.0,
        description="share of what is drawn that counts as the fund's own in its evaluation score, from the next day "
        "until it is repaid; never in NAV",
    )


class Advance(Sizing, Caps, Collateral, Seized, Pricing, Tenor, Delivery, Repayment, ScoreRelief):
    """A loan against collateral, drawn as needed and repaid when the crisis is over."""

    kind: ClassVar[Instrument] = Instrument.ADVANCE
    @model_validator(mode="after")
    def _check_terms(self) -> Self:
        longest = self.tenor_days * (1 + self.n_rollovers)
        problems = [
            Problem(
                ("step_ups", s, "after_days"), f"no loan lasts {step.after_days} days; write less than {longest}"
            )
            for s, step in enumerate(self.step_ups)
            if step.after_days >= longest
        ]
        if self.instalment_days is not None and self.instalment_days >= self.tenor_days:
            message = f"the loan is due after {self.tenor_days} days, before any instalment; write fewer days"
            problems.append(Problem(("instalment_days",), message))
        refuse(problems)
        return self
