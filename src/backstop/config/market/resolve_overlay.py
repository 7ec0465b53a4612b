"""A scenario as one number for each day and asset: drift, scale, shocks, given returns."""

import itertools
import math

import numpy as np

from backstop.config.market.inputs import MarketInputs
from backstop.config.market.scenario import Pin, ScenarioConfig
from backstop.config.market.section import MarketConfig
from backstop.config.numbers import codes, column
from backstop.errors import ConfigError
from backstop.terms import MOST_JUMPS, TRADING_DAYS_PER_YEAR, Floats, Integers, JumpTerms, OverlayTerms


def resolve_overlay(market: MarketConfig, overlay: ScenarioConfig, inputs: MarketInputs, n_days: int) -> OverlayTerms:
    """What `overlay` (a scenario in full) lays over each of `n_days` days."""
    positions = {asset.name: position for position, asset in enumerate(market.assets)}
    added = [asset.drift_ann_frac + overlay.drift_ann_frac.get(asset.name, 0.0) for asset in market.assets]
    drift = np.tile(np.array(added) / TRADING_DAYS_PER_YEAR, (n_days, 1))
    scale = np.full(drift.shape, market.volatility_multiplier * overlay.volatility_multiplier)
    for window in overlay.volatility_windows:
        assets = slice(None) if window.asset is None else positions[window.asset]
        scale[window.first_day - 1 : window.last_day, assets] *= window.multiplier
    shock = np.zeros_like(scale)
    given = {pin.asset: _given(pin, inputs)[:n_days] for pin in overlay.pins}
    _refuse_shocks_on_pinned_days(overlay, given)
    for hit in overlay.shocks:
        if hit.day <= n_days:
            at = hit.day - 1, positions[hit.asset]
            size = float(np.log1p(hit.return_frac))
            if hit.feeds_variance and scale[at] > 0.0:
                shock[at] += size / scale[at]
            else:
                drift[at] += size
    n_pinned, pinned = _pinned(market, given, drift, scale)
    return OverlayTerms(drift, scale, shock, n_pinned, pinned)


def _refuse_shocks_on_pinned_days(overlay: ScenarioConfig, given: dict[str, Floats]) -> None:
    """A pinned asset takes its given return whatever else is to happen that day."""
    lost = [hit for hit in overlay.shocks if hit.day <= len(given.get(hit.asset, ()))]
    if lost:
        raise ConfigError(
            [
                f"scenario.shocks: {hit.asset} is pinned on day {hit.day} and takes the given return; write a day "
                f"after {len(given[hit.asset])}, or drop one of the two"
                for hit in lost
            ]
        )


def _given(pin: Pin, inputs: MarketInputs) -> Floats:
    """(n,) log returns of a pinned asset."""
    if pin.log_returns:
        return np.array(pin.log_returns)
    if pin.asset not in inputs.pinned:
        raise ConfigError([f"scenario.pins: the window of {pin.asset} was not read; prepare the config first"])
    return inputs.pinned[pin.asset]


def _pinned(
    market: MarketConfig, given: dict[str, Floats], drift: Floats, scale: Floats
) -> tuple[Integers, Floats]:
    """(J,) days pinned and (days, J) own residuals: given returns less drift and the factor's part."""
    days = np.array([len(given.get(asset.name, ())) for asset in market.assets], dtype=np.int64)
    pinned = np.zeros((int(days.max()), len(market.assets)))
    for j, asset in enumerate(market.assets):
        if days[j] == 0:
            continue
        is_still = asset.volatility is not None and asset.volatility.long_run_volatility_ann_frac == 0.0
        if is_still or (scale[: days[j], j] == 0.0).any():
            raise ConfigError([f"scenario.pins: {asset.name} has no volatility to explain its path; give it some"])
        own = given[asset.name] - drift[: days[j], j]
        if asset.factor is not None:
            factor = given[asset.factor.asset]
            if len(factor) < len(own):
                raise ConfigError(
                    [
                        f"scenario.pins: {asset.factor.asset} is pinned for fewer days than {asset.name}, "
                        "which follows it; pin it for as many"
                    ]
                )
            own = own - asset.factor.beta * factor[: days[j]]
        pinned[: days[j], j] = own
    return days, pinned


def resolve_jumps(market: MarketConfig, overlay: ScenarioConfig) -> JumpTerms:
    """Jumps as chances of their number a day, `MOST_JUMPS` at most, and the law of their size."""
    positions = {asset.name: position for position, asset in enumerate(market.assets)}
    daily = [jump.per_year / TRADING_DAYS_PER_YEAR for jump in overlay.jumps]
    squares = [jump.mean_log_return**2 + jump.deviation_log_return**2 for jump in overlay.jumps]
    return JumpTerms(
        asset=codes([positions[jump.asset] for jump in overlay.jumps]),
        at_most=np.array([_poisson_at_most(rate) for rate in daily]).reshape(-1, MOST_JUMPS),
        size_mean=column([jump.mean_log_return for jump in overlay.jumps]),
        size_deviation=column([jump.deviation_log_return for jump in overlay.jumps]),
        variance=column([rate * square for rate, square in zip(daily, squares, strict=True)]),
    )


def _poisson_at_most(rate: float) -> list[float]:
    """P(N <= 0), P(N <= 1), ... of a Poisson number."""
    chances = [math.exp(-rate) * rate**n / math.factorial(n) for n in range(MOST_JUMPS)]
    return list(itertools.accumulate(chances))
