"""Who may claim on a facility: funds by name, or by what they are."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from backstop.config.base import Frac, Label, Problem, Section, Switch, refuse

if TYPE_CHECKING:
    from backstop.config.funds.section import Fund


class Eligibility(Section):
    """What a fund must be: all that is stated."""

    long_term: Switch | None = Field(default=None, description="whether it must (or must not) invest for the long term")
    sponsors: tuple[str, ...] | None = Field(
        default=None, min_length=1, max_length=1000, description="sponsors it must have one of"
    )
    technology_at_least_frac: Frac | None = Field(
        default=None, description="least share of NAV in technology assets, at the opening"
    )
    technology_at_most_frac: Frac | None = Field(
        default=None, description="largest share of NAV in technology assets, at the opening"
    )

    @model_validator(mode="after")
    def _check_any(self) -> Self:
        if not self.model_dump(exclude_none=True):
            refuse([Problem((), f"says nothing; write {', '.join(type(self).model_fields)}, or names of funds")])
        return self

    def admits(self, fund: "Fund", technology: Collection[str]) -> bool:
        """Whether `fund` is all that; `technology` names the technology assets."""
        share = technology_share(fund.holdings, technology)
        return (
            self.long_term in (None, fund.long_term)
            and (self.sponsors is None or fund.sponsor in self.sponsors)
            and (self.technology_at_least_frac is None or share >= self.technology_at_least_frac)
            and (self.technology_at_most_frac is None or share <= self.technology_at_most_frac)
        )


def _kind(eligible: Any) -> str:
    if isinstance(eligible, str):
        return "<all>"
    return "<description>" if isinstance(eligible, Mapping | Eligibility) else "<names>"


_Names = Annotated[tuple[Label, ...], Field(min_length=1)]
Eligible = Annotated[
    Annotated[Literal["all"], Tag("<all>")]
    | Annotated[_Names, Tag("<names>")]
    | Annotated[Eligibility, Tag("<description>")],
    Discriminator(_kind),
]
"""Every fund; names of funds, and of entries with a file for all funds in it; or what a fund must be."""


def technology_share(holdings: Mapping[str, float], technology: Collection[str]) -> float:
    """Share of NAV in technology assets."""
    return sum(share for name, share in holdings.items() if name in technology)


def admitted(eligible: Eligible, funds: Iterable["Fund"], technology: Collection[str]) -> frozenset[str]:
    """Names of the funds that may claim."""
    if eligible == "all":
        return frozenset(fund.name for fund in funds)
    if isinstance(eligible, Eligibility):
        return frozenset(fund.name for fund in funds if eligible.admits(fund, technology))
    return frozenset(fund.name for fund in funds if fund.name in eligible or fund.entry in eligible)
