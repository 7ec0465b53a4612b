"""Step 9 of docs/model.md: how far the fixed points of least and of most sales lie apart, before prices move."""

import math

from backstop.terms import LiquidationRule
from oracle import leverage_side, market_side
from oracle.fund_side import free_cash
from oracle.state import Path
from oracle.state_assets import Asset
from oracle.state_funds import Fund


def closes_after(path: Path, more: list[list[float]]) -> list[float]:
    """Log closes after all orders and, by fund and asset, so many units more."""
    found = []
    for j, asset in enumerate(path.assets):
        units = sum(fund.count * (fund.sold_units[j] - fund.to_buy[j]) for fund in path.funds)
        units += sum(facility.to_sell[j] for facility in path.facilities)
        units += sum(fund.count * beyond[j] for fund, beyond in zip(path.funds, more, strict=True))
        q = (asset.price * units + asset.others_sell - asset.others_buy) / asset.adv_today
        if asset.buy_ratio > 0.0:
            q *= math.exp(asset.log_fundamental) / asset.price * asset.adv_today / asset.adv
        permanent = asset.permanent + asset.permanent_frac * asset.kappa * market_side.law_volatility(asset) * q
        target = asset.log_fundamental - permanent - market_side.transient(asset, asset.volume + q)
        found.append(min(max(target, asset.lower), asset.upper))
    return found


def rooms(path: Path, fund: Fund) -> list[float]:
    """Units of each asset that a levered fund may sell today beyond its orders."""
    if fund.lent_open == 0:
        return [0.0] * len(path.assets)
    return [max(0.0, min(units, _most(fund, asset)) - ordered)
            for units, asset, ordered in zip(fund.units, path.assets, fund.sold_units, strict=True)]


def _most(fund: Fund, asset: Asset) -> float:
    return fund.participation_frac * asset.adv_today / fund.count / asset.price if asset.is_open else 0.0


def lack_at(path: Path, fund: Fund, tried: list[float]) -> float:
    """What a fund lacks at these prices beyond what its orders bring at them; nothing of it stays."""
    kept = [(asset, asset.price) for asset in path.assets]
    before = fund.holdings, fund.nav, fund.recalled, fund.is_recalled
    for asset, price in zip(path.assets, tried, strict=True):
        asset.price = price
    fund.holdings = math.fsum(units * price for units, price in zip(fund.units, tried, strict=True))
    fund.nav += fund.holdings - before[0]
    leverage_side.recall(path, fund)
    lack = fund.due + fund.called + fund.recalled + fund.ahead - free_cash(fund) - fund.receivable
    fund.holdings, fund.nav, fund.recalled, fund.is_recalled = before
    for asset, price in kept:
        asset.price = price
    return lack - math.fsum(units * price for units, price in zip(fund.sold_units, tried, strict=True))


def raised(path: Path, fund: Fund, lack: float, tried: list[float]) -> list[float]:
    """Units of each asset, beyond orders, that raise so much at these prices, by the fund's rule."""
    room, more = rooms(path, fund), [0.0] * len(tried)
    shares = {LiquidationRule.PRO_RATA: 1.0, LiquidationRule.WATERFALL: 0.0, LiquidationRule.MIXED: fund.pro_rata_frac}
    rest = shares[fund.rule] * lack
    for _ in tried:
        values = [units * price for units, price in zip(fund.units, tried, strict=True)]
        base = math.fsum(value for value, left in zip(values, room, strict=True) if left > 0.0)
        if rest < 1.0 or base == 0.0:
            break
        sold = [min(left, rest / base * units) for left, units in zip(room, fund.units, strict=True)]
        more = [a + b for a, b in zip(more, sold, strict=True)]
        room = [a - b for a, b in zip(room, sold, strict=True)]
        rest -= math.fsum(units * price for units, price in zip(sold, tried, strict=True))
    rest += (1.0 - shares[fund.rule]) * lack
    for j in fund.order:
        sold_j = min(room[j], max(0.0, rest) / tried[j])
        more[j] += sold_j
        rest -= sold_j * tried[j]
    return more


def end_from(path: Path, closes: list[float]) -> list[float]:
    """Log closes that move no more, found step by step from these."""
    for _ in range(200):
        tried = [math.exp(close) for close in closes]
        found = closes_after(path, [raised(path, fund, lack_at(path, fund, tried), tried) for fund in path.funds])
        if max(abs(a - b) for a, b in zip(found, closes, strict=True)) <= 1e-12:
            break
        closes = found
    return closes


def find_gap(path: Path) -> None:
    """The day's distance."""
    if not path.seeks_both_ends:
        return
    least = end_from(path, closes_after(path, [[0.0] * len(path.assets)] * len(path.funds)))
    most = end_from(path, closes_after(path, [rooms(path, fund) for fund in path.funds]))
    gap = max(a - b for a, b in zip(least, most, strict=True))
    path.gauge.fire("two fixed points", gap > 1e-3)
    path.fixed_point_gap = max(path.fixed_point_gap, gap)
