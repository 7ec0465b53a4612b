"""The sections of a config that are right in themselves, whatever is wrong in others: what checks between them read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError

from backstop.config.base import Place
from backstop.config.facility.section import Facility
from backstop.config.funds.section import Fund, FundEntry, FundFile
from backstop.config.market.scenario import ScenarioConfig
from backstop.config.market.section import MarketConfig
from backstop.config.pool.section import Pool
from backstop.config.study import Arm, Money, Run


@dataclass(frozen=True)
class Parts:
    """The sections of a config that are right in themselves, by position, and the names in all of them."""

    assets: Sequence[str]
    fund_names: Mapping[Place, str]
    """Of entries, and of the funds in files."""
    facility_names: Sequence[str]
    arm_names: Sequence[str]
    funds: Mapping[Place, Fund]
    facilities: Mapping[int, Facility]
    arms: Mapping[int, Arm]
    pool: Pool | None
    run: Run | None
    money: Money | None
    market: MarketConfig | None
    scenario: ScenarioConfig | None
    is_library: bool

    @property
    def technology(self) -> frozenset[str]:
        """Names of the technology assets."""
        assets = self.market.assets if self.market else ()
        return frozenset(asset.name for asset in assets if asset.is_technology)

    @classmethod
    def salvaged(cls, tree: Mapping[str, Any]) -> Self:
        """Those of a TOML tree that may be wrong anywhere."""
        return cls(
            assets=_names(_items(tree.get("market"), "assets")),
            fund_names=names_of_funds(_items(tree, "funds")),
            facility_names=_names(_items(tree, "facilities")),
            arm_names=_names(_items(tree, "arms")),
            funds=funds_by_place(_right(FundEntry, _items(tree, "funds"))),
            facilities=_right(Facility, _items(tree, "facilities")),
            arms=_right(Arm, _items(tree, "arms")),
            run=_right(Run, [tree.get("run")]).get(0),
            pool=_right(Pool, [tree.get("pool")]).get(0),
            money=_right(Money, [tree.get("money")]).get(0),
            market=_right(MarketConfig, [tree.get("market")]).get(0),
            scenario=_right(ScenarioConfig, [tree.get("scenario")]).get(0),
            is_library=tree.get("library") is True,
        )


def _items(table: Any, key: str) -> list[Any]:
    items = table.get(key) if isinstance(table, Mapping) else None
    return items if isinstance(items, list) else []


def _names(items: Sequence[Any]) -> list[str]:
    return [str(item.get("name", "")) if isinstance(item, Mapping) else "" for item in items]


def names_of_funds(entries: Sequence[Any]) -> dict[Place, str]:
    """Names by place: those of entries, and of the rows of those with a file."""
    names: dict[Place, str] = {("funds", i): name for i, name in enumerate(_names(entries))}
    for i, entry in enumerate(entries):
        rows = entry.get("rows") if isinstance(entry, Mapping) else None
        listed = _names(rows) if isinstance(rows, list | tuple) else []
        names |= {("funds", i, "rows", row): name for row, name in enumerate(listed)}
    return names


def funds_by_place(entries: Mapping[int, Fund | FundFile]) -> dict[Place, Fund]:
    """Funds by place, those of files each at its row."""
    funds: dict[Place, Fund] = {}
    for i, entry in entries.items():
        if isinstance(entry, FundFile):
            funds |= {("funds", i, "rows", row): fund for row, fund in enumerate(entry.funds())}
        else:
            funds["funds", i] = entry
    return funds


def _right(kind: Any, items: Sequence[Any]) -> dict[int, Any]:
    """The items that are valid, by position."""
    right, adapter = {}, _adapter(kind)
    for position, item in enumerate(items):
        try:
            right[position] = adapter.validate_python(item)
        except ValidationError:
            continue
    return right


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Kept: a sweep may ask it of many configs that are wrong, and making one takes longer than all else."""
    return TypeAdapter(kind)
