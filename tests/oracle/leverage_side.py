"""Outside lenders and sellers outside the funds: parts of steps 1, 4, 8, 9 and 10 of docs/model.md."""

import math

from oracle.ledger import FUND, LENDERS, LENDERS_CLAIM, LENDERS_DEBT
from oracle.market_side import is_shut_above
from oracle.state import Path
from oracle.state_assets import Asset
from oracle.state_funds import Fund


def fall(asset: Asset) -> float:
    """How far the price before trade lies below its high."""
    return 1.0 - asset.price / asset.high


def lendable(path: Path, fund: Fund) -> float:
    """What lenders lend against the holdings today."""
    return math.fsum(
        (1.0 - min(1.0, haircut + fund.haircut_rise * fall(asset))) * units * asset.price
        for haircut, units, asset in zip(fund.haircut, fund.units, path.assets, strict=True))


def asked_by_rule(path: Path, fund: Fund) -> float:
    """What brings leverage back to its target, once it exceeds the cap."""
    equity = max(fund.nav, 0.0)
    bearable = (fund.cap - 1.0) * equity
    # at a cap that is the target nothing jumps: to be a little above it asks for little
    is_within = fund.lent <= bearable if fund.cap == fund.target else path.gauge.covers(bearable, fund.lent)
    if fund.lent == 0 or fund.cap == 0.0 or is_within:
        return 0.0
    path.gauge.fire("over the cap")
    return fund.lent - (fund.target - 1.0) * equity


def margin_call(path: Path, fund: Fund) -> float:
    """What restores the margin: cash first, then sales, which lower the collateral too."""
    if not fund.has_margin:
        return 0.0
    value = lendable(path, fund)
    lack = max(0.0, fund.lent - value)
    path.gauge.fire("margin call", lack > 0.0)
    from_cash = min(lack, max(fund.cash - fund.buffer, 0.0))
    return from_cash + (lack - from_cash) * math.floor(fund.holdings) / max(fund.holdings - value, 1.0)


def recall(path: Path, fund: Fund) -> None:
    """Step 4."""
    asked = min(fund.lent, max(asked_by_rule(path, fund), margin_call(path, fund)))
    fund.recalled = math.floor(asked) if asked > 0.0 and path.gauge.exceeds(asked, 1e-8 * fund.lent_open) else 0
    fund.is_recalled |= fund.recalled > 0


def pay_lenders(path: Path, fund: Fund) -> None:
    """Step 9."""
    back = min(fund.recalled, fund.cash)
    path.gauge.fire("lenders unpaid", back < fund.recalled)
    fund.cash -= back
    fund.lent -= back
    fund.deleveraged += back
    path.ledger.transfer((FUND, fund.index), (LENDERS, fund.index), fund.count * back)
    path.ledger.transfer((LENDERS_CLAIM, fund.index), (LENDERS_DEBT, fund.index), fund.count * back)


def accrue(path: Path, fund: Fund) -> None:
    """Step 10."""
    fund.days_recalled += fund.is_recalled
    fund.is_recalled = False
    interest = math.floor(fund.lent * fund.lending_rate)
    fund.lent += interest
    fund.lenders_interest += interest
    path.ledger.transfer((LENDERS_DEBT, fund.index), (LENDERS_CLAIM, fund.index), fund.count * interest)


def others_sell(path: Path, asset: Asset) -> None:
    """Step 8: sellers whom a fall forces."""
    asset.others_sell = 0
    if asset.others_frac == 0.0 or not asset.is_open:
        return
    if path.gauge.at_least(fall(asset), asset.others_drawdown - 1e-9):
        asset.others_sell = math.floor(min(asset.others_frac * asset.adv_today, asset.others_left))
        path.gauge.fire("others sell", asset.others_sell > 0)
        path.gauge.fire("others sold out", 0 < asset.others_sell == asset.others_left)
    asset.others_left -= asset.others_sell
    asset.others_sold += asset.others_sell


def others_buy(path: Path, asset: Asset) -> None:
    """Step 8: buyers who come at low prices."""
    asset.others_buy = 0
    if asset.buyers_frac == 0.0 or asset.buy_ratio == 0.0 or asset.is_suspended or is_shut_above(asset, path.gauge):
        return
    if path.gauge.at_least(fall(asset), asset.buyers_drawdown - 1e-9):
        asset.others_buy = math.floor(min(asset.buyers_frac * asset.adv_today, asset.buyers_left))
        path.gauge.fire("others buy", asset.others_buy > 0)
        path.gauge.fire("others bought all", 0 < asset.others_buy == asset.buyers_left)
    asset.buyers_left -= asset.others_buy
    asset.others_bought += asset.others_buy
