"""Stand-ins for the market part of the config."""

import sys
import types
from typing import Any

import numpy as np
from pydantic import Field

from backstop.config.base import Name, Section
from backstop.terms import MarketTerms, PriceTerms


class Factor(Section):
    asset: Name
    beta: float


class AssetConfig(Section):
    name: Name
    is_risky: bool
    factor: Factor | None = None
    drift_ann_frac: float = 0.0
    calibrate: dict[str, Any] | None = None
    volatility: dict[str, Any] | None = None
    innovation: dict[str, Any] | None = None
    trading: dict[str, Any]


class MarketConfig(Section):
    index: Name
    cash_rate_ann_frac: float
    volatility_multiplier: float = 1.0
    assets: tuple[AssetConfig, ...] = Field(min_length=1)


class ScenarioConfig(Section):
    preset: str = "none"


def resolve_market(config, inputs):
    return MarketTerms(np.array([a.drift_ann_frac / 252 for a in config.market.assets]))


def resolve_prices(config):
    n = len(config.market.assets)
    one = np.ones(n)
    names = [a.name for a in config.market.assets]
    return PriceTerms(
        np.zeros(n, dtype=np.int64),
        one,
        one,
        one * 0.9,
        one * 0.2,
        one * 1e9,
        one,
        one,
        -1e3 * one,
        1e3 * one,
        np.array([int(a.is_risky) for a in config.market.assets]),
        names.index(config.market.index),
    )


def _install():
    for name, things in {
        "market": (AssetConfig, MarketConfig, ScenarioConfig),
        "resolve_market": (resolve_market, resolve_prices),
    }.items():
        module = types.ModuleType(f"backstop.config.{name}")
        for thing in things:
            setattr(module, thing.__name__, thing)
        sys.modules[module.__name__] = module


_install()
