"""Step 9 of docs/model.md: how far the fixed points of least and of most sales lie apart, before prices move."""

import math

from oracle import leverage_side, market_side
from oracle.fund_side import free_cash
from oracle.state import Path
from oracle.state_funds import Fund


def closes_after(path: Path, shares: list[float], tried: list[float]) -> list[float]:
    """Log closes after all orders, and after a share, at the prices tried, of each levered fund beyond its own."""
    found = []
    for j, asset in enumerate(path.assets):
        units = sum(fund.count * (fund.sold_units[j] - fund.to_buy[j]) for fund in path.funds)
        units += sum(facility.to_sell[j] for facility in path.facilities)
        for fund, share in zip(path.funds, shares, strict=True):
            if fund.lent_open > 0:
                most = fund.participation_frac * asset.adv_today / fund.count / asset.price if asset.is_open else 0.0
                wanted = share * fund.units[j] * math.exp(tried[j]) / asset.price
                units += fund.count * max(0.0, min(wanted, most) - fund.sold_units[j])
        q = (asset.price * units + asset.others_sell) / asset.adv_today
        if asset.buy_ratio > 0.0:
            q *= math.exp(asset.log_fundamental) / asset.price
        permanent = asset.permanent + asset.permanent_frac * asset.kappa * market_side.law_volatility(asset) * q
        target = asset.log_fundamental - permanent - market_side.transient(asset, asset.volume + q)
        found.append(min(max(target, asset.lower), asset.upper))
    return found


def share_at(path: Path, fund: Fund, closes: list[float]) -> float:
    """Of its holdings that a fund would sell at these closes; nothing of it stays."""
    kept = [(asset, asset.price) for asset in path.assets]
    before = fund.holdings, fund.nav, fund.recalled, fund.is_recalled
    for asset, log_close in zip(path.assets, closes, strict=True):
        asset.price = math.exp(log_close)
    fund.holdings = math.fsum(units * asset.price for units, asset in zip(fund.units, path.assets, strict=True))
    fund.nav += fund.holdings - before[0]
    leverage_side.recall(path, fund)
    lack = fund.due + fund.called + fund.recalled + fund.ahead - free_cash(fund) - fund.receivable
    share = min(1.0, max(0.0, lack) / max(fund.holdings, 1.0))
    fund.holdings, fund.nav, fund.recalled, fund.is_recalled = before
    for asset, price in kept:
        asset.price = price
    return share


def end_from(path: Path, share: float) -> list[float]:
    """Log closes after as many attempts as a day has rounds, from all funds selling `share`."""
    closes = closes_after(path, [share] * len(path.funds), [math.log(asset.price) for asset in path.assets])
    for _ in range(path.rounds):
        closes = closes_after(path, [share_at(path, fund, closes) for fund in path.funds], closes)
    return closes


def find_gap(path: Path) -> None:
    """The day's distance."""
    if not path.seeks_both_ends:
        return
    least, most = end_from(path, 0.0), end_from(path, 1.0)
    gap = max(a - b for a, b in zip(least, most, strict=True))
    path.gauge.fire("two fixed points", gap > 1e-3)
    path.fixed_point_gap = max(path.fixed_point_gap, gap)
