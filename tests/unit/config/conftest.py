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


def overlay_of(scenario, market):
    return scenario


def scenario_problems(scenario, market):
    return []


def resolve_market(market, scenario, inputs, n_days):
    return MarketTerms(np.array([a.drift_ann_frac / 252 for a in market.assets]))


def resolve_prices(market, quantum):
    n = len(market.assets)
    one = np.ones(n)
    names = [a.name for a in market.assets]
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
        np.array([int(a.is_risky) for a in market.assets]),
        names.index(market.index),
    )


def _install():
    for name, things in {
        "market": (AssetConfig, MarketConfig),
        "scenario": (ScenarioConfig, overlay_of, scenario_problems),
        "resolve_market": (resolve_market, resolve_prices),
    }.items():
        module = types.ModuleType(f"backstop.config.{name}")
        for thing in things:
            setattr(module, thing.__name__, thing)
        sys.modules[module.__name__] = module


_install()
