"""Steps 1 and 9 of docs/model.md: prices before trade, and what sales do to them."""

import math

from oracle.gauge import Gauge
from oracle.opening import Asset, Path


def scale(asset: Asset) -> float:
    """``(1 - permanent_frac) * kappa * sigma``."""
    return (1.0 - asset.permanent_frac) * asset.kappa * asset.sigma


def transient(asset: Asset, volume: float) -> float:
    """F(E)."""
    return scale(asset) * volume**asset.exponent


def average_transient(asset: Asset, q: float) -> float:
    """F averaged over a trade of `q`, by ``((E+q)^p - E^p) / (p q)``, in a form that keeps its digits for small q."""
    before, after = transient(asset, asset.volume), transient(asset, asset.volume + q)
    if q == 0.0:
        return before
    p, volume = asset.exponent + 1.0, asset.volume
    if volume == 0.0:
        return scale(asset) * q**asset.exponent / p
    average = scale(asset) * volume**p * math.expm1(p * math.log1p(q / volume)) / (p * q)
    return min(max(average, before), after)


def prices_before_trade(asset: Asset, log_return: float, sigma: float, gauge: Gauge) -> None:
    """Step 1 for one asset."""
    asset.log_fundamental += log_return
    asset.sigma = sigma
    asset.volume *= asset.decay
    asset.dislocation = asset.permanent + transient(asset, asset.volume)
    asset.lower = asset.log_close + asset.log_limit_down
    asset.upper = asset.log_close + asset.log_limit_up
    target = asset.log_fundamental - asset.dislocation
    asset.log_pre = min(max(target, asset.lower), asset.upper)
    asset.price = math.exp(asset.log_pre)
    asset.is_open = not gauge.at_least(asset.lower, target)
    calm = min(1.0, asset.calm_volatility / sigma) if sigma > 0.0 else 1.0
    asset.adv_today = asset.adv * max(asset.stress_adv_frac, calm)
    gauge.fire("limit-down", not asset.is_open)
    gauge.fire("limit-up", target > asset.upper)
    gauge.fire("thin volume", calm < 1.0)


def trade(path: Path, j: int) -> None:
    """Step 9 for the price of asset j: execution and close."""
    asset = path.assets[j]
    units = sum(fund.count * fund.sold_units[j] for fund in path.funds)
    units += sum(facility.to_sell[j] for facility in path.facilities)
    q = asset.price * units / asset.adv_today
    permanent = asset.permanent_frac * asset.kappa * asset.sigma * q
    target = asset.log_fundamental - asset.permanent - permanent / 2.0 - average_transient(asset, q)
    asset.execution = math.exp(min(max(target, asset.lower), asset.upper))
    asset.permanent += permanent
    asset.volume += q
    asset.dislocation = asset.permanent + transient(asset, asset.volume)
    asset.worst_dislocation = max(asset.worst_dislocation, asset.dislocation)
    asset.log_close = min(max(asset.log_fundamental - asset.dislocation, asset.lower), asset.upper)
    asset.close = math.exp(asset.log_close)
    asset.trough = min(asset.trough, asset.close)
