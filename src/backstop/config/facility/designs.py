"""``design = "india-cdmdf-2023"``: facilities, pool and arms after a real facility, in place of the config's own.

A design is a file of presets/facilities. It knows neither assets nor currency. Where terms differ by asset it writes
one for a class of assets, ``"@risky"``, ``"@technology"`` (which goes before) or ``"@safe"``. An amount is a share of
what all funds of the config are worth, ``{ nav = 0.02 }``, or of a day's volume of its risky assets, ``{ adv = 0.5 }``.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from backstop.config.base import Place, stated
from backstop.config.funds.section import Standing
from backstop.config.market.section import AssetConfig
from backstop.config.text.overrides import with_setting
from backstop.config.text.presets import FOLDER
from backstop.errors import ConfigError

KEY = "design"
REPLACED = ("facilities", "pool", "arms")
"""Sections that a design brings."""


def design_names() -> list[str]:
    """Every design, in alphabetical order."""
    return sorted(file.stem for file in (FOLDER / "facilities").glob("*.toml"))


@cache
def design(name: str) -> dict[str, Any]:
    """The sections of the design `name`, and ``source``, which says what it follows."""
    return tomllib.loads((FOLDER / "facilities" / f"{name}.toml").read_text(encoding="utf-8"))


def with_design(tree: dict[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """The tree of a config with the design that it names, if any; a setting of `KEY` comes first.

    Raises
    ------
    ConfigError
        There is no such design.
    """
    tree = with_setting(tree, settings, KEY)
    name = tree.get(KEY)
    if not isinstance(name, str):
        return tree
    known = design_names()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        remedy = f"did you mean {near[0]!r}?" if near else f"write one of {', '.join(known)}"
        raise ConfigError([f"{KEY}: there is no design {name!r}; {remedy}"])
    return tree | {key: design(name)[key] for key in REPLACED if key in design(name)}


def spelled_out(tree: dict[str, Any]) -> dict[str, Any]:
    """The tree, fund files read, with the names and amounts of its config in the sections that its design brought.

    Raises
    ------
    ConfigError
        A facility deals in a class of assets of which the config has none.
    """
    if KEY not in tree:
        return tree
    classes, units = _classes(tree), {"nav": _total_nav(tree), "adv": _risky_volume(tree)}
    for wanted in _only_of_class([tree.get(key) for key in REPLACED]):
        if not any(classes[name] for name in wanted):
            kinds = " or ".join(name.removeprefix("@") for name in sorted(wanted))
            raise ConfigError([f"{KEY}: {tree[KEY]} deals in {kinds} assets, and the market has none; mark one by "
                               "is_risky or is_technology, or take another design"])
    return tree | {key: _spelled_out(tree[key], classes, units) for key in REPLACED if key in tree}


def lines_with_design(lines: Mapping[Place, int], tree: Mapping[str, Any]) -> Mapping[Place, int]:
    """Lines of a config by place, where what a design brought stands on the line that names it."""
    if KEY not in tree:
        return lines
    own = {place: line for place, line in lines.items() if not place or place[0] not in REPLACED}
    return own | {(key,): lines.get((KEY,), 1) for key in REPLACED}


def _only_of_class(value: Any) -> Iterator[set[str]]:
    """The classes of each table that names assets by class alone."""
    if isinstance(value, Mapping):
        names = {key for key in value if key.startswith("@")}
        if names and len(names) == len(value):
            yield names
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _only_of_class(item)


def _items(table: Any, key: str) -> list[Mapping[str, Any]]:
    """The tables of a list, as far as it is one."""
    listed = table.get(key) if isinstance(table, Mapping) else None
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list | tuple) else []


def _classes(tree: Mapping[str, Any]) -> dict[str, list[str]]:
    """Names of the assets of each class, the narrower class last."""
    assets = [asset for asset in _items(tree.get("market"), "assets") if isinstance(asset.get("name"), str)]
    return {
        "@risky": [asset["name"] for asset in assets if stated(asset, AssetConfig, "is_risky")],
        "@safe": [asset["name"] for asset in assets if not stated(asset, AssetConfig, "is_risky")],
        "@technology": [asset["name"] for asset in assets if stated(asset, AssetConfig, "is_technology")],
    }


def _number(value: Any) -> float:
    """A number as it is, 0 for what is none: that is said where the config is checked."""
    return float(value) if isinstance(value, int | float) else 0.0


def _total_nav(tree: Mapping[str, Any]) -> float:
    """What all funds are worth at the opening, those of files too."""
    funds = [{**entry, **row} for entry in _items(tree, "funds") for row in _items(entry, "rows") or [{}]]
    return sum(_number(stated(fund, Standing, "count")) * _number(fund.get("nav")) for fund in funds)


def _risky_volume(tree: Mapping[str, Any]) -> float:
    """A day's volume of all risky assets."""
    risky = [asset.get("trading") for asset in _items(tree.get("market"), "assets")
             if stated(asset, AssetConfig, "is_risky")]
    return sum(_number(trading.get("adv")) for trading in risky if isinstance(trading, Mapping))


def _spelled_out(value: Any, classes: Mapping[str, Sequence[str]], units: Mapping[str, float]) -> Any:
    """`value` with names in place of a class of assets, and amounts in place of shares, all the way down."""
    if isinstance(value, list | tuple):
        return [_spelled_out(item, classes, units) for item in value]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1 and next(iter(value)) in units:
        ((unit, share),) = value.items()
        size = _number(share) * units[unit]
        # what is infinite is said of the funds that make it so
        return float(round(size)) if math.isfinite(size) else size
    plain = {key: _spelled_out(item, classes, units) for key, item in value.items() if key not in classes}
    return {name: value[key] for key, names in classes.items() if key in value for name in names} | plain
