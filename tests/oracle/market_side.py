"""Steps 1 and 9 of docs/model.md: prices before trade, and what sales do to them."""

import math

from oracle.gauge import Gauge
from oracle.opening import Asset, Path


def law_volatility(asset: Asset) -> float:
    """s: fixed by the impact law, or the day's."""
    return asset.impact_volatility or asset.sigma


def scale(asset: Asset) -> float:
    """k: ``(1 - permanent_frac) * kappa * s``."""
    return (1.0 - asset.permanent_frac) * asset.kappa * law_volatility(asset)


def depth(asset: Asset) -> float:
    """delta over ADV, Cont and Schaanning's."""
    return (1.0 - asset.price_floor) / scale(asset) if scale(asset) > 0.0 else math.inf


def fall(asset: Asset, volume: float) -> float:
    """Psi, the share by which Cont and Schaanning's law lowers the price."""
    return max(0.0, 1.0 - asset.price_floor / asset.before_impact) * -math.expm1(-volume / depth(asset))


def transient(asset: Asset, volume: float) -> float:
    """F(E)."""
    if asset.has_floor_law:
        return -math.log1p(-fall(asset, volume))
    return math.copysign(scale(asset) * abs(volume)**asset.exponent, volume)


def average_price_distance(asset: Asset, q: float) -> float:
    """Log distance of the average price over a trade of `q`, Cont and Schaanning's law: Psi integrated."""
    width = q / depth(asset)
    if width == 0.0:
        return transient(asset, asset.volume)
    room = max(0.0, 1.0 - asset.price_floor / asset.before_impact)
    survives = math.exp(-asset.volume / depth(asset)) * -math.expm1(-width) / width
    return -math.log1p(-room * (1.0 - survives))


def average_transient(asset: Asset, q: float) -> float:
    """F averaged over a trade of `q`, by ``((E+q)^p - E^p) / (p q)``, in a form that keeps its digits for small q."""
    before, after = transient(asset, asset.volume), transient(asset, asset.volume + q)
    if q == 0.0:
        return before
    if asset.has_floor_law:
        return min(max(average_price_distance(asset, q), before), after)
    p, volume = asset.exponent + 1.0, asset.volume
    if volume == 0.0:
        return scale(asset) * q**asset.exponent / p
    if q / volume <= -1.0:
        average = scale(asset) * (abs(volume + q)**p - abs(volume)**p) / (p * q)
    else:
        average = scale(asset) * abs(volume)**p * math.expm1(p * math.log1p(q / volume)) / (p * q)
    return min(max(average, before), after)


def suspend(asset: Asset, t: int, gauge: Gauge) -> None:
    """Whether the asset trades today: if not, its price and its limits are yesterday's close."""
    is_dated = any(first <= t <= last for first, last in asset.windows)
    asset.is_suspended = is_dated or t <= asset.suspended_until
    if asset.is_suspended:
        asset.lower = asset.upper = asset.log_close
        asset.days_suspended += 1
        gauge.fire("suspended")


def watch(asset: Asset, t: int, gauge: Gauge) -> None:
    """What suspends the asset from tomorrow on."""
    if asset.is_suspended:
        asset.limit_downs_in_a_row, asset.top = 0, asset.price
        return
    asset.limit_downs_in_a_row = 0 if asset.is_open else asset.limit_downs_in_a_row + 1
    asset.top = max(asset.top, asset.price)
    is_down = asset.limit_downs_in_a_row >= asset.suspend_limit_downs
    has_fallen = asset.suspend_fall < 1.0 and gauge.at_least(1.0 - asset.price / asset.top, asset.suspend_fall)
    if asset.suspend_days > 0 and (is_down or has_fallen):
        asset.suspended_until = t + int(asset.suspend_days)
        gauge.fire("suspended after limit-downs", is_down)
        gauge.fire("suspended after a fall", has_fallen)


def prices_before_trade(asset: Asset, log_return: float, sigma: float, t: int, gauge: Gauge) -> None:
    """Step 1 for one asset."""
    asset.log_fundamental += log_return
    asset.sigma = sigma
    asset.volume *= asset.decay
    asset.before_impact = math.exp(asset.log_fundamental - asset.permanent)
    asset.dislocation = asset.permanent + transient(asset, asset.volume)
    asset.lower = asset.log_close + asset.log_limit_down
    asset.upper = asset.log_close + asset.log_limit_up
    target = asset.log_fundamental - asset.dislocation
    suspend(asset, t, gauge)
    asset.log_pre = min(max(target, asset.lower), asset.upper)
    asset.price = math.exp(asset.log_pre)
    asset.high = max(asset.high, asset.price)
    asset.is_open = not asset.is_suspended and not gauge.at_least(asset.lower, target)
    watch(asset, t, gauge)
    calm = min(1.0, asset.calm_volatility / sigma) if sigma > 0.0 else 1.0
    asset.adv_today = asset.adv * max(asset.stress_adv_frac, calm)
    gauge.fire("below the floor", asset.has_floor_law and asset.before_impact < asset.price_floor)
    is_limit_down = not asset.is_open and not asset.is_suspended
    asset.limit_down_days += is_limit_down
    gauge.fire("limit-down", is_limit_down)
    gauge.fire("limit-up", target > asset.upper and not asset.is_suspended)
    gauge.fire("thin volume", calm < 1.0)


def reopen(asset: Asset, gauge: Gauge) -> None:
    """Before another round: the close is the price to trade from, the limits are those of the day."""
    asset.price = asset.close
    target = asset.log_fundamental - asset.dislocation
    asset.is_open = not asset.is_suspended and not gauge.at_least(asset.lower, target)
    asset.others_sell = 0


def trade(path: Path, j: int) -> float:
    """Step 9 for the price of asset j: execution and close; the value sold."""
    asset = path.assets[j]
    units = sum(fund.count * fund.sold_units[j] for fund in path.funds)
    units += sum(facility.to_sell[j] for facility in path.facilities)
    bought = sum(facility.planned[j] for facility in path.facilities)
    q = (asset.price * units + asset.others_sell - bought) / asset.adv_today
    permanent = asset.permanent_frac * asset.kappa * law_volatility(asset) * q
    distance = asset.permanent + permanent / 2.0 + average_transient(asset, q) if q >= 0.0 else 0.0
    asset.permanent += permanent
    asset.volume += q
    asset.dislocation = asset.permanent + transient(asset, asset.volume)
    middle = asset.log_fundamental - (asset.dislocation if asset.sells_at_close or q < 0.0 else distance)
    asset.execution = math.exp(min(max(middle - asset.half_spread, asset.lower), asset.upper))
    path.gauge.fire("sold under a floor", asset.has_floor_law and q > 0.0)
    path.gauge.fire("sold at the close", asset.sells_at_close and q > 0.0)
    path.gauge.fire("spread paid", asset.half_spread > 0.0 and q > 0.0)
    path.gauge.fire("volatility fixed", asset.impact_volatility > 0.0 and q > 0.0)
    asset.log_close = min(max(asset.log_fundamental - asset.dislocation, asset.lower), asset.upper)
    asset.close = math.exp(asset.log_close)
    path.gauge.fire("pushed up", asset.volume < 0.0)
    return max(q, 0.0) * asset.adv_today
