"""Real windows whose closes contain the funds' own sales, as terms (docs/model.md, 1)."""

from collections.abc import Iterator

import numpy as np

from backstop.config.base import Problem
from backstop.config.market.inputs import MarketInputs
from backstop.config.market.scenario import Pin, ScenarioConfig
from backstop.config.market.section import MarketConfig
from backstop.terms import Floats, ReplayTerms

NO_REPLAY = ReplayTerms(np.zeros(0, dtype=np.int64), np.zeros((0, 0)))
"""Paths that contain nobody's sales."""


def replayed(overlay: ScenarioConfig) -> list[Pin]:
    """The pins of `overlay` (a scenario in full) whose paths contain the impact of the funds' own sales."""
    if overlay.contains_impact is False:
        return []
    return [pin for pin in overlay.pins if pin.prices is not None or overlay.contains_impact]


def resolve_replay(market: MarketConfig, overlay: ScenarioConfig, inputs: MarketInputs, n_days: int) -> ReplayTerms:
    """Days and log closes of such paths, as far as the run goes."""
    paths = {pin.asset: _returns(pin, inputs)[:n_days] for pin in replayed(overlay)}
    if not paths:
        return NO_REPLAY
    days = np.array([len(paths.get(asset.name, ())) for asset in market.assets], dtype=np.int64)
    log_close = np.zeros((int(days.max()), len(market.assets)))
    for j, asset in enumerate(market.assets):
        log_close[: days[j], j] = np.cumsum(paths.get(asset.name, np.zeros(0)))
    return ReplayTerms(days, log_close)


def _returns(pin: Pin, inputs: MarketInputs) -> Floats:
    return np.array(pin.log_returns) if pin.log_returns else inputs.pinned[pin.asset]


def replay_problems(overlay: ScenarioConfig, market: MarketConfig) -> Iterator[Problem]:
    """What cannot stand beside closes from which the fundamental is only inferred, placed in [scenario]."""
    place, remedy = ("contains_impact",), "write contains_impact = false, or"
    pins = {pin.asset for pin in replayed(overlay)}
    if overlay.contains_impact and not overlay.pins:
        yield Problem(place, "no asset's path is given; drop it, or pin one")
    if pins and market.rounds > 1:
        yield Problem(place, f"is true of real windows, and market.rounds = {market.rounds} reads the price without "
                             f"the day's sales; {remedy} rounds = 1")
    for asset in market.assets:
        impact = asset.trading.impact if asset.trading else None
        if pins and impact is not None and impact.feeds_variance:
            fed = f"market.assets.{asset.name}.trading.impact.feeds_variance"
            yield Problem(place, f"is true of real windows, and {fed} would count impact twice; {remedy} {fed} = false")
        if asset.name in pins and impact is not None and impact.law == "cont_schaanning":
            yield Problem(place, f"is true of {asset.name}'s window, and its law cont_schaanning reads the price "
                                 f"without impact; {remedy} another law")
