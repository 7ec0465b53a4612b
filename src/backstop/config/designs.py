"""``design = "india-cdmdf"``: facilities, pool and arms after a real facility, in place of the config's own.

A design is a file of presets/facilities. It knows no asset by name: where terms differ by asset it writes one for a
class of assets, ``"@risky"``, ``"@technology"`` (which goes before) or ``"@safe"``.
"""

import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from backstop.config.base import Place
from backstop.config.overrides import with_setting
from backstop.config.presets import FOLDER
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
    classes = _classes(tree)
    return tree | {key: _spelled_out(design(name)[key], classes) for key in REPLACED if key in design(name)}


def lines_with_design(lines: Mapping[Place, int], tree: Mapping[str, Any]) -> Mapping[Place, int]:
    """Lines of a config by place, where what a design brought stands on the line that names it."""
    if KEY not in tree:
        return lines
    own = {place: line for place, line in lines.items() if not place or place[0] not in REPLACED}
    return own | {(key,): lines.get((KEY,), 1) for key in REPLACED}


def _classes(tree: Mapping[str, Any]) -> dict[str, list[str]]:
    """Names of the assets of each class, the narrower class last."""
    market = tree.get("market")
    listed = market.get("assets") if isinstance(market, Mapping) else None
    assets = [asset for asset in listed or () if isinstance(asset, Mapping) and isinstance(asset.get("name"), str)]
    return {
        "@risky": [asset["name"] for asset in assets if asset.get("is_risky", True)],
        "@safe": [asset["name"] for asset in assets if not asset.get("is_risky", True)],
        "@technology": [asset["name"] for asset in assets if asset.get("is_technology", False)],
    }


def _spelled_out(value: Any, classes: Mapping[str, Sequence[str]]) -> Any:
    """`value` with the names of assets in place of their class, all the way down."""
    if isinstance(value, list):
        return [_spelled_out(item, classes) for item in value]
    if not isinstance(value, Mapping):
        return value
    plain = {key: _spelled_out(item, classes) for key, item in value.items() if key not in classes}
    return plain | {name: value[key] for key, names in classes.items() if key in value for name in names}
