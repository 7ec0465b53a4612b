"""Steps 2 and 12 of docs/model.md for a fund: what arrives, what it is worth, and what it ends as."""

import math

from oracle.evaluation_side import SAMPLE_DAYS, SMALLEST_NAVPS, log_navps
from oracle.gauge import Gauge
from oracle.ledger import FUND, MARKET, SETTLING
from oracle.state import Path
from oracle.state_assets import Asset
from oracle.state_funds import Fund


def receive_interest_on_cash(path: Path, fund: Fund) -> None:
    """Interest on cash, paid by market counterparties."""
    interest = math.floor(fund.cash * path.cash_rate_per_day)
    fund.cash += interest
    fund.cash_interest += interest
    path.ledger.transfer((MARKET, 0), (FUND, fund.index), fund.count * interest)


def receive_proceeds(path: Path, fund: Fund, t: int) -> None:
    """What settles today."""
    arriving = fund.settling.pop(t, 0)
    fund.cash += arriving
    path.ledger.transfer((SETTLING, fund.index), (FUND, fund.index), fund.count * arriving)
    path.gauge.fire("settled later", arriving > 0)


def mark(fund: Fund, prices: list[float], owed: int, gauge: Gauge) -> None:
    """Step 2 at the given prices (and again at the close)."""
    fund.holdings = math.fsum(units * price for units, price in zip(fund.units, prices, strict=True))
    fund.nav = fund.cash + fund.receivable + fund.holdings - owed
    if gauge.at_least(fund.shares, 1.0):
        fund.navps = fund.nav / fund.shares
        fund.least_shares = min(fund.least_shares, fund.shares)
    gauge.fire("shares gone", fund.shares < 1.0)
    fund.peak = max(fund.peak, fund.navps)
    fund.drawdown = 1.0 - fund.navps / fund.peak
    fund.max_drawdown = max(fund.max_drawdown, fund.drawdown)


def debt(path: Path, fund: Fund) -> int:
    """What a fund owes outside lenders, facilities and banks."""
    return fund.lent + sum(facility.loans[fund.index].liability for facility in path.facilities)


def mark_before_trade(path: Path, fund: Fund) -> None:
    """Step 2, once proceeds are in and premiums paid."""
    receive_interest_on_cash(path, fund)
    mark(fund, [asset.price for asset in path.assets], debt(path, fund), path.gauge)
    fund.risky = math.fsum(fund.units[j] * a.price for j, a in enumerate(path.assets) if a.is_risky)
    fund.buffer = fund.buffer_frac * max(fund.nav, 0.0)
    fund.sale_cost = 0
    fund.sold_today = [0.0] * len(fund.units)


def value_again(path: Path, fund: Fund) -> None:
    """Before another round: NAV at the closes of the last; whom to pay but lenders has been paid."""
    fund.holdings = math.fsum(units * asset.price for units, asset in zip(fund.units, path.assets, strict=True))
    fund.risky = math.fsum(fund.units[j] * a.price for j, a in enumerate(path.assets) if a.is_risky)
    fund.nav = fund.cash + fund.receivable + fund.holdings - debt(path, fund)
    fund.due, fund.intended, fund.injection = 0, 0.0, 0


def free_cash(fund: Fund) -> float:
    """Cash above the buffer, and what arrived today in any case."""
    return fund.injection + max(fund.cash - fund.injection - fund.buffer, 0.0)


def close_fund(path: Path, fund: Fund, t: int) -> None:
    """Step 12 for one fund."""
    mark(fund, [asset.close for asset in path.assets], debt(path, fund), path.gauge)
    below, late = not path.gauge.at_least(fund.navps, fund.nav_floor), fund.unpaid_days > fund.unpaid_days_limit
    path.gauge.fire("failed by value", below and not fund.is_failed)
    path.gauge.fire("failed by arrears", late and not fund.is_failed)
    fund.is_failed = fund.is_failed or below or late
    fund.closes.append(max(fund.navps, SMALLEST_NAVPS))
    if t % SAMPLE_DAYS == 0:
        fund.samples[t // SAMPLE_DAYS] = log_navps(fund)


def worth_at_close(fund: Fund, assets: list[Asset], j: int) -> float:
    """Value of asset j in the fund at the closing price."""
    return fund.units[j] * assets[j].close


def technology_units(path: Path, units: list[float]) -> float:
    """Units of technology assets among `units`."""
    return math.fsum(u for u, asset in zip(units, path.assets, strict=True) if asset.is_technology)


def technology_kept(path: Path, funds: list[Fund]) -> float | None:
    """Share of their technology units that funds hold at the horizon, all cohorts together."""
    opened = math.fsum(fund.count * technology_units(path, fund.units_open) for fund in funds)
    kept = math.fsum(fund.count * technology_units(path, fund.units) for fund in funds)
    return kept / opened if opened > 0.0 else None


def sales_losses(path: Path, fund: Fund) -> int:
    """What impact took from a fund's sales, and what the dislocation of its holdings is worth at the close."""
    dislocated = math.fsum(units * asset.close * math.expm1(max(asset.dislocation, 0.0))
                           for units, asset in zip(fund.units, path.assets, strict=True))
    return fund.slippage + math.floor(dislocated)
