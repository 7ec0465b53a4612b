"""Steps 1 and 9 of docs/model.md: prices before trade, and what sales do to them."""

import math

from oracle.gauge import Gauge
from oracle.state import Path
from oracle.state_assets import Asset


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
    if volume < 0.0:
        return -asset.buy_ratio * scale(asset) * (-volume) ** asset.exponent
    return scale(asset) * volume**asset.exponent


def average_price_distance(asset: Asset, q: float) -> float:
    """Log distance of the average price over a trade of `q`, Cont and Schaanning's law: Psi integrated."""
    width = q / depth(asset)
    if width == 0.0:
        return transient(asset, asset.volume)
    room = max(0.0, 1.0 - asset.price_floor / asset.before_impact)
    survives = math.exp(-asset.volume / depth(asset)) * -math.expm1(-width) / width
    return -math.log1p(-room * (1.0 - survives))


def average_to(asset: Asset, low: float, width: float) -> float:
    """``E**e`` averaged over a stretch of volume from `low` >= 0."""
    p = asset.exponent + 1.0
    if low == 0.0:
        return width**asset.exponent / p
    return low**p * math.expm1(p * math.log1p(width / low)) / (p * width)


def average_both_ways(asset: Asset, q: float) -> float:
    """F averaged over a trade where volume may be negative."""
    before, after = asset.volume, asset.volume + q
    if q == 0.0:
        return transient(asset, before)
    if min(before, after) >= 0.0:
        mean = scale(asset) * average_to(asset, min(before, after), abs(q))
    elif max(before, after) <= 0.0:
        mean = -asset.buy_ratio * scale(asset) * average_to(asset, min(-before, -after), abs(q))
    else:
        low, high = min(before, after), max(before, after)
        sales, purchases = average_to(asset, 0.0, high) * high, average_to(asset, 0.0, -low) * -low
        mean = scale(asset) * (sales - asset.buy_ratio * purchases) / abs(q)
    ends = transient(asset, before), transient(asset, after)
    return min(max(mean, min(ends)), max(ends))


def average_transient(asset: Asset, q: float) -> float:
    """F averaged over a trade of `q`, by ``((E+q)^p - E^p) / (p q)``, in a form that keeps its digits for small q."""
    if asset.buy_ratio > 0.0:
        return average_both_ways(asset, q)
    before, after = transient(asset, asset.volume), transient(asset, asset.volume + q)
    if q == 0.0:
        return before
    if asset.has_floor_law:
        return min(max(average_price_distance(asset, q), before), after)
    p, volume = asset.exponent + 1.0, asset.volume
    if volume == 0.0:
        return scale(asset) * q**asset.exponent / p
    average = scale(asset) * volume**p * math.expm1(p * math.log1p(q / volume)) / (p * q)
    return min(max(average, before), after)


def weighed(path: Path, j: int, e: float) -> float:
    """What a residual gives to tomorrow's level."""
    terms = path.feedback
    return float(terms.up[j] if e >= 0.0 else terms.down[j]) * abs(e) ** float(terms.power[j])


def feed(path: Path, t: int, returns: list[float], sigmas: list[float]) -> None:
    """Rewrite the day's returns and volatilities at the arm's own levels."""
    terms = path.feedback
    for j, asset in enumerate(path.assets[: len(terms.is_fed)]):
        x, sigma = returns[j], sigmas[j]
        if terms.is_fed[j]:
            drift, scale, shock = (float(row[t - 1, j]) for row in (terms.drift, terms.scale, terms.shock))
            power = float(terms.power[j])
            own = scale * max(0.0, (sigma / scale) ** power + asset.excess) ** (1.0 / power)
            asset.return_change = (own / sigma - 1.0) * (x - drift - scale * shock) if sigma > 0.0 else 0.0
            asset.variance_change = own**2 - sigma**2
            asset.excess = float(terms.beta[j]) * asset.excess - weighed(path, j, (x - drift) / scale)
            sigmas[j] = own
            path.gauge.fire("variance fed", abs(asset.variance_change) > 1e-3 * sigma**2)
        elif terms.factor[j] >= 0:
            factor, beta = path.assets[terms.factor[j]], float(terms.factor_beta[j])
            asset.return_change, asset.variance_change = beta * factor.return_change, beta**2 * factor.variance_change
            sigmas[j] = math.sqrt(max(0.0, sigma**2 + asset.variance_change))
        returns[j] += asset.return_change


def feel(path: Path, t: int) -> None:
    """Step 12: the day's return at closing prices is what volatility reads."""
    terms = path.feedback
    for j, asset in enumerate(path.assets[: len(terms.is_fed)]):
        if terms.is_fed[j]:
            e = (asset.log_close - asset.yesterday - float(terms.drift[t - 1, j])) / float(terms.scale[t - 1, j])
            asset.excess += weighed(path, j, e)


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
    has_fallen = asset.suspend_fall < 1.0 and gauge.at_least(1.0 - asset.price / asset.top, asset.suspend_fall - 1e-9)
    if asset.suspend_days > 0 and (is_down or has_fallen):
        asset.suspended_until = t + int(asset.suspend_days)
        gauge.fire("suspended after limit-downs", is_down)
        gauge.fire("suspended after a fall", has_fallen)


def observed_move(asset: Asset, t: int) -> float:
    """Log return of the closes of a real window; 0 outside."""
    if asset.close_observed is None:
        return 0.0
    return asset.close_observed - (asset.observed[t - 2] if t > 1 else 0.0)


def replay(asset: Asset, t: int) -> None:
    """The fundamental before trade that the close of a real window makes."""
    asset.close_observed = asset.observed[t - 1] if t <= len(asset.observed) else None
    asset.contained_close = asset.contained_after[t - 1] if asset.close_observed is not None and asset.contained_after \
        else None
    if asset.close_observed is not None:
        contained = asset.contained_before[t - 1] if asset.contained_before else asset.dislocation
        asset.log_fundamental = asset.close_observed + contained


def is_shut_below(asset: Asset, target: float, gauge: Gauge) -> bool:
    """Whether nothing can be sold: at the limit, in a real window by what it was."""
    if asset.close_observed is None:
        return gauge.at_least(asset.lower, target)
    return gauge.at_least(asset.log_limit_down + 1e-9, target - asset.log_close)


def is_shut_above(asset: Asset, gauge: Gauge) -> bool:
    """Whether nothing can be bought."""
    target = asset.log_fundamental - asset.dislocation
    if asset.close_observed is None:
        return gauge.at_least(target, asset.upper)
    return gauge.at_least(target - asset.log_close, asset.log_limit_up - 1e-9)


def prices_before_trade(asset: Asset, log_return: float, sigma: float, t: int, gauge: Gauge) -> None:
    """Step 1 for one asset."""
    asset.log_fundamental += log_return
    asset.yesterday, asset.calm_before = asset.log_close, asset.log_calm
    asset.sigma = sigma
    asset.volume *= asset.decay
    asset.before_impact = math.exp(asset.log_fundamental - asset.permanent)
    asset.dislocation = asset.permanent + transient(asset, asset.volume)
    replay(asset, t)
    moved = observed_move(asset, t)
    asset.lower = asset.log_close + min(asset.log_limit_down, moved)
    asset.upper = asset.log_close + max(asset.log_limit_up, moved)
    target = asset.log_fundamental - asset.dislocation
    suspend(asset, t, gauge)
    asset.log_pre = min(max(target, asset.lower), asset.upper)
    asset.price = math.exp(asset.log_pre)
    asset.high = max(asset.high, asset.price)
    asset.is_open = not asset.is_suspended and not is_shut_below(asset, target, gauge)
    watch(asset, t, gauge)
    calm = min(1.0, asset.calm_volatility / sigma) if sigma > 0.0 else 1.0
    asset.adv_today = asset.adv * max(asset.stress_adv_frac, calm)
    gauge.fire("below the floor", asset.has_floor_law and asset.before_impact < asset.price_floor)
    is_limit_down = not asset.is_open and not asset.is_suspended
    asset.limit_down_days += is_limit_down
    gauge.fire("limit-down", is_limit_down)
    gauge.fire("limit-up", target > asset.upper and not asset.is_suspended)
    gauge.fire("thin volume", calm < 1.0)


def price_without_sales(asset: Asset, t: int) -> None:
    """Step 9: the day's price in a market in which nobody ever sold."""
    if asset.is_suspended:
        return
    moved = observed_move(asset, t)
    lower = asset.calm_before + min(asset.log_limit_down, moved)
    upper = asset.calm_before + max(asset.log_limit_up, moved)
    asset.log_calm = min(max(asset.log_fundamental, lower), upper)


def reopen(asset: Asset, gauge: Gauge) -> None:
    """Before another round: the close is the price to trade from, the limits are those of the day."""
    asset.price = asset.close
    if asset.has_floor_law or asset.buy_ratio > 0.0:
        asset.counted_at = asset.price
    target = asset.log_fundamental - asset.dislocation
    asset.is_open = not asset.is_suspended and not gauge.at_least(asset.lower, target)
    asset.others_sell = asset.others_buy = 0


def trade(path: Path, j: int) -> float:
    """Step 9 for the price of asset j: execution and close; the value sold."""
    asset = path.assets[j]
    by_funds = sum(fund.count * fund.sold_units[j] for fund in path.funds)
    units = sum(facility.to_sell[j] for facility in path.facilities)
    bought = sum(fund.count * fund.to_buy[j] for fund in path.funds)
    ordered = sum(facility.planned[j] for facility in path.facilities)
    q = (asset.counted_at * by_funds + asset.price * (units - bought) + asset.others_sell
         - asset.others_buy - ordered) / asset.adv_today
    if asset.buy_ratio > 0.0:
        q *= math.exp(asset.log_fundamental) / asset.price * asset.adv_today / asset.adv
    before = transient(asset, asset.volume)
    permanent = asset.permanent_frac * asset.kappa * law_volatility(asset) * q
    distance = asset.permanent + permanent / 2.0 + average_transient(asset, q)
    before_trade = asset.dislocation
    asset.permanent += permanent
    asset.volume += q
    asset.dislocation = asset.permanent + transient(asset, asset.volume)
    if asset.close_observed is not None:
        contained = asset.dislocation if asset.contained_close is None else asset.contained_close
        asset.log_fundamental = asset.close_observed + contained
        path.gauge.fire("replayed", contained > 0.0)
        if not asset.is_suspended:
            asset.price = math.exp(min(max(asset.log_fundamental - before_trade, asset.lower), asset.upper))
    middle = asset.log_fundamental - (asset.dislocation if asset.sells_at_close else distance)
    asset.execution = math.exp(min(max(middle - asset.half_spread, asset.lower), asset.upper))
    width = permanent + transient(asset, asset.volume) - before
    above = asset.half_spread + (0.0 if asset.sells_at_close else width * width / 8.0)
    asset.ask = math.exp(min(max(middle + above, asset.lower), asset.upper))
    path.gauge.fire("purchases prevail", asset.volume < 0.0)
    path.gauge.fire("sold under a floor", asset.has_floor_law and q > 0.0)
    path.gauge.fire("sold at the close", asset.sells_at_close and q > 0.0)
    path.gauge.fire("spread paid", asset.half_spread > 0.0 and q > 0.0)
    path.gauge.fire("volatility fixed", asset.impact_volatility > 0.0 and q > 0.0)
    asset.log_close = min(max(asset.log_fundamental - asset.dislocation, asset.lower), asset.upper)
    asset.close = math.exp(asset.log_close)
    return abs(q) * asset.adv_today
