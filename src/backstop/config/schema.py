"""`Config`: the whole of a TOML file, checked; with its sections the only home of defaults and bounds."""

from collections.abc import Set
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from backstop.config.base import Problem, Section, Switch, refuse
from backstop.config.channels import Channels
from backstop.config.checks import cross_problems
from backstop.config.facility.section import Facility
from backstop.config.funds.section import MOST_FUNDS, Fund, FundEntry, funds_of
from backstop.config.judging import Judging
from backstop.config.market.scenario import ScenarioConfig
from backstop.config.market.section import MarketConfig
from backstop.config.parts import Parts, funds_by_place, names_of_funds
from backstop.config.pool.section import Pool
from backstop.config.study import Arm, Money, Run
from backstop.config.text.overrides import OverrideError, order_of, place_of, with_override
from backstop.config.text.problems import problems_of, written


class Config(Section):
    """A stress test: a market, the funds in it, facilities, and the designs to compare."""

    design: Annotated[str, Field(strict=True)] | None = Field(
        default=None, description="a real facility by name: its facilities, pool and arms take the place of those below"
    )
    library: Switch = Field(
        default=False, description="a file to choose from: facilities that no arm has may stand in it"
    )
    run: Run = Field(description="how much to simulate")
    money: Money = Field(description="the unit of account")
    market: MarketConfig = Field(description="assets and how their prices move")
    scenario: ScenarioConfig = Field(description="what is laid over the market")
    channels: Channels = Field(default=Channels(), description="ways in which a crisis feeds on itself")
    funds: tuple[FundEntry, ...] = Field(
        min_length=1, max_length=MOST_FUNDS, description="funds, each standing for `count` like it, and files of funds"
    )
    facilities: tuple[Facility, ...] = Field(
        default=(), max_length=64, description="contracts that arms may put in force"
    )
    pool: Pool = Field(description="the money behind the facilities")
    judging: Judging = Field(default=Judging(), description="what counts as distress when triggers are judged")
    arms: tuple[Arm, ...] = Field(default=(), max_length=256, description="designs to compare with no facility")

    @model_validator(mode="after")
    def _check_as_a_whole(self) -> Self:
        problems = cross_problems(self._parts())
        known = {message for _, message in problems}
        arms = [p for position, arm in enumerate(self.arms) for p in self._arm_problems(position, arm, known)]
        refuse([*problems, *arms])
        return self

    @property
    def cohorts(self) -> tuple[Fund, ...]:
        """All funds, those of files one by one."""
        return funds_of(self.funds)

    @property
    def technology(self) -> frozenset[str]:
        """Names of the technology assets."""
        return frozenset(asset.name for asset in self.market.assets if asset.is_technology)

    def for_arm(self, arm: Arm) -> "Config":
        """The config as `arm` sees it: its overrides applied, without arms of its own.

        Raises
        ------
        OverrideError, pydantic.ValidationError
            An override that names nothing, or does not fit; never of an arm that is in a `Config`.
        """
        tree = self._tree() | {"arms": []}
        for key in sorted(arm.overrides, key=order_of):
            tree = with_override(tree, place_of(tree, key), arm.overrides[key])
        return Config.model_validate(tree)

    def _parts(self) -> Parts:
        """Its sections, which are all right in themselves."""
        return Parts(
            assets=[asset.name for asset in self.market.assets],
            fund_names=names_of_funds(self.model_dump(include={"funds"})["funds"]),
            facility_names=[facility.name for facility in self.facilities],
            arm_names=[arm.name for arm in self.arms],
            funds=funds_by_place(dict(enumerate(self.funds))),
            facilities=dict(enumerate(self.facilities)),
            arms=dict(enumerate(self.arms)),
            pool=self.pool,
            run=self.run,
            money=self.money,
            market=self.market,
            scenario=self.scenario,
            is_library=self.library,
        )

    def _tree(self) -> dict[str, Any]:
        """The config as it was written."""
        return self.model_dump(exclude_unset=True)

    def _arm_problems(self, position: int, arm: Arm, known: Set[str]) -> list[Problem]:
        """What `arm` makes wrong beyond what is wrong without it."""
        place = ("arms", position, "overrides")
        try:
            variant = self.for_arm(arm)
        except OverrideError as error:
            return [Problem(place, str(error))]
        except ValidationError as error:
            found = problems_of(error, self._tree(), Config)
            return [
                Problem(place, f"{written(self._tree(), p.place)}: {p.message}")
                for p in found
                if p.message not in known
            ]
        if [layer.name for layer in variant.pool.layers] == [layer.name for layer in self.pool.layers]:
            return []
        return [Problem(place, "pool.layers: layers have the same names in all arms; change their sizes alone")]
