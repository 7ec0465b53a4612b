"""[funds.leverage]: what a fund owes to outside lenders, and when it must pay it back."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from backstop.config.base import Frac, Name, Place, Problem, Section, not_one, refuse

MOST_DEBT = 1000.0
"""Most that a fund may owe, times its NAV."""
Exposure = Annotated[float, Field(strict=True, ge=0.0, le=1.0 + MOST_DEBT)]
"""A share of NAV that debt may carry beyond 1."""
AssetsOverNav = Annotated[float, Field(strict=True, ge=1.0, le=1.0 + MOST_DEBT)]


class Leverage(Section):
    """Debt to outside lenders, who are paid before investors; facility debt is apart from it.

    Leverage is what lenders are owed over NAV, plus 1. A rule sells: `threshold` back to `target` once leverage
    exceeds `cap` (Cont and Schaanning 2017), `target` whatever exceeds `target` (Greenwood, Landier and Thesmar 2015).
    With haircuts, lenders ask for what the debt exceeds the value they lend against by.
    """

    debt_frac: Annotated[float, Field(strict=True, gt=0.0, le=MOST_DEBT)] = Field(
        description="debt at the opening, share of NAV"
    )
    rate_ann_frac: Frac = Field(default=0.0, description="simple annual interest, added to the debt")
    rule: Literal["threshold", "target"] | None = Field(
        default=None, description="when the fund sells to repay; none: when lenders ask for a margin"
    )
    cap: AssetsOverNav | None = Field(default=None, description="leverage above which the threshold rule sells")
    target: AssetsOverNav | None = Field(
        default=None, description="leverage that a rule sells back to; none: the cap, or the opening's"
    )
    haircut_frac: dict[Name, Frac] = Field(
        default={}, description="share of value not lent against, by asset; none: lenders ask for no margin"
    )
    haircut_rise: Annotated[float, Field(strict=True, ge=0.0, le=100.0)] = Field(
        default=0.0, description="added to every haircut per unit of the price's fall from its high since the opening"
    )

    @model_validator(mode="after")
    def _check_rule(self) -> Self:
        problems = []
        if self.rule == "threshold" and self.cap is None:
            problems.append(Problem(("cap",), "the threshold rule needs one; write cap = 1.5, say"))
        if self.rule != "threshold" and self.cap is not None:
            problems.append(Problem(("cap",), 'only the threshold rule has one; drop it, or write rule = "threshold"'))
        if self.rule is None and self.target is not None:
            problems.append(Problem(("target",), 'no rule sells back to it; drop it, or write rule = "target"'))
        if self.cap is not None and self.target is not None and self.target > self.cap:
            problems.append(Problem(("target",), f"{self.target:g} is above cap {self.cap:g}; write a lower leverage"))
        if self.haircut_rise > 0.0 and not self.haircut_frac:
            problems.append(Problem(("haircut_rise",), "there is no haircut to rise; write haircut_frac"))
        refuse(problems)
        return self

    def lendable(self, holdings: Mapping[str, float]) -> float:
        """What lenders lend against `holdings` at the opening, shares of NAV; assets not named are no collateral."""
        return sum(share * (1.0 - self.haircut_frac.get(name, 1.0)) for name, share in holdings.items())


def holding_problems(holdings: Mapping[str, float], leverage: Leverage | None, place: Place = ()) -> list[Problem]:
    """What is wrong with a fund's holdings, shares of NAV, given its debt; `place` is the fund's."""
    held, money = sum(holdings.values()), 1.0 + (leverage.debt_frac if leverage else 0.0)
    if held > money and not_one(held / money):
        return [Problem((*place, "holdings"), f"shares of NAV add up to {held:g}; make them {money:g} or less")]
    if leverage is None or not leverage.haircut_frac:
        return []
    lendable = leverage.lendable(holdings)
    if lendable >= leverage.debt_frac or not not_one(lendable / leverage.debt_frac):
        return []
    message = f"lenders lend {lendable:g} of NAV against the holdings; write a debt of that or less"
    return [Problem((*(place if "rows" not in place else ()), "leverage", "debt_frac"), message)]
