"""``[market] include``: a market from a file of its own, such as `backstop calibrate` writes.

The file says how assets move, the config how they trade: an asset of the same name takes its risk from the file and
keeps what else the config says of it. Assets that the file alone has come after the config's; for the rest of the
section the config wins, except for a dependence, which belongs to the fits.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from backstop.config.base import Problem
from backstop.config.market.section import MarketConfig
from backstop.config.text.overrides import with_setting
from backstop.config.text.problems import located, problems_of
from backstop.config.text.source_lines import lines_of
from backstop.config.text.toml_files import parse, read_text
from backstop.errors import ConfigError

KEY = "market.include"
_RISK = ("drift_ann_frac", "drift_per_day", "factor", "calibrate", "volatility", "innovation")
"""What the file says of an asset, wholly or not at all."""


def with_included_market(tree: dict[str, Any], settings: Sequence[str], folder: Path) -> dict[str, Any]:
    """The tree of a config with the market of the file it includes, if any; a setting of `KEY` comes first.

    Raises
    ------
    ConfigError
        The file cannot be read, or its market cannot be run.
    """
    tree = with_setting(tree, settings, KEY)
    own = tree.get("market")
    if not isinstance(own, dict) or not isinstance(own.get("include"), str):
        return tree
    return tree | {"market": _joined(own, _market_of(folder / own["include"]))}


def _market_of(path: Path) -> dict[str, Any]:
    """The checked [market] section of an included file."""
    if not path.exists():
        raise ConfigError([f"{path}: there is no such file; `backstop calibrate PRICES -o FILE` writes one"])
    if not path.is_file():
        raise ConfigError([f"{path}: is no file, and a run reads it again by its name; write it to a file"])
    text = read_text(path)
    tree = parse(text, str(path))
    problems = [Problem((key,), "has no place in an included file; keep [market] alone")
                for key in tree if key != "market"]
    market = tree.get("market")
    if not isinstance(market, dict):
        problems.append(Problem(("market",), "is missing; `backstop calibrate` writes it"))
    elif "include" in market:
        problems.append(Problem(("market", "include"), "an included file includes no other; leave it out"))
    else:
        problems += _problems(market)
    if problems:
        raise ConfigError(located(problems, tree, (), str(path), lines_of(text)))
    return dict(market or {})


def _problems(market: dict[str, Any]) -> list[Problem]:
    try:
        MarketConfig.model_validate(market)
    except ValidationError as error:
        return [Problem(("market", *place), message) for place, message in problems_of(error, market, MarketConfig)]
    return []


def _joined(own: dict[str, Any], included: dict[str, Any]) -> dict[str, Any]:
    listed = own.get("assets", [])
    if not isinstance(listed, list):
        return own
    names = [str(asset.get("name")) if isinstance(asset, dict) else "" for asset in listed]
    by_name = {asset["name"]: asset for asset in included["assets"]}
    assets = [_with_risk(asset, by_name[name]) if name in by_name else asset
              for name, asset in zip(names, listed, strict=True)]
    assets += [asset for name, asset in by_name.items() if name not in names]
    dependence = {key: included[key] for key in ("dependence",) if key in included}
    return included | own | dependence | {"assets": assets}


def _with_risk(asset: dict[str, Any], included: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in asset.items() if key not in _RISK} | included
