"""A market with the numbers of fits in place of its `calibrate` tables."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from backstop.config.base import Section
from backstop.config.market.dependence import Dependence
from backstop.config.market.section import AssetConfig, MarketConfig
from backstop.errors import ConfigError
from backstop.market.dependence_fit import DependenceFit
from backstop.market.fitted import Calibration
from backstop.terms import Floats

_Section = TypeVar("_Section", bound=Section)

BOOTSTRAP: Final = "filtered-historical"
"""Its model is fitted with the normal likelihood, which is consistent whatever the law of the shocks.

Barone-Adesi, Giannopoulos and Vosper (1999), Journal of Futures Markets 19.
"""


def explicit_market(market: MarketConfig, fits: Mapping[str, Calibration], first_days: Mapping[str, str | None],
                    dependence: DependenceFit | None = None,
                    estimates: Mapping[str, Floats] | None = None) -> MarketConfig:
    """`market` with explicit ``volatility`` and ``innovation`` of every asset, and an explicit dependence.

    Parameters
    ----------
    market
        As written.
    fits
        By asset name, of the assets that have a ``calibrate`` table.
    first_days
        Day 1 by asset; None is the day after the data.
    dependence
        What the ``calibrate`` table of ``[market.dependence]`` led to, if there is one.
    estimates
        Other parameters (k,) of the same models by asset, instead of those of the fits.

    Raises
    ------
    ConfigError
        A fit that does not suit the rest of the config.
    """
    others = estimates or {}
    assets = tuple(_explicit(asset, fits[asset.name], first_days[asset.name], others.get(asset.name))
                   if asset.name in fits else asset for asset in market.assets)
    joint = {} if dependence is None else {"dependence": _joint(market, dependence)}
    return _checked(MarketConfig, "market", _written(market) | {"assets": assets} | joint)


def _joint(market: MarketConfig, fit: DependenceFit) -> Dependence:
    """The dependence with what the fit found in place of its ``calibrate`` table."""
    assert market.dependence is not None
    assert market.dependence.calibrate is not None
    return _checked(Dependence, "market.dependence", fit.section(market.dependence.calibrate.start))


def _explicit(asset: AssetConfig, fit: Calibration, day: str | None, estimates: Floats | None) -> AssetConfig:
    """The asset with what the fit found in place of its ``calibrate`` table."""
    assert asset.calibrate is not None
    section = fit.market_section(asset.calibrate.start, day, asset.calibrate.long_run, estimates)
    if asset.calibrate.distribution == BOOTSTRAP:
        section["innovation"] = {"distribution": BOOTSTRAP, "block_days": asset.calibrate.block_days}
    kept = {key: value for key, value in _written(asset).items() if key != "calibrate"}
    return _checked(AssetConfig, f"market.assets.{asset.name}", kept | section)


def _written(section: Section) -> dict[str, Any]:
    """What of a section was written, its tables as they are."""
    return {key: getattr(section, key) for key in section.model_fields_set}


def _checked(section: type[_Section], where: str, values: dict[str, Any]) -> _Section:
    try:
        return section.model_validate(values)
    except ValidationError as error:
        raise ConfigError([f"{where}.{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
                           for problem in error.errors()]) from None
