"""Purchases: parts of steps 7, 8 and 9 of docs/model.md."""

import math

from oracle import rationing
from oracle.gauge import NEAR_QUANTA
from oracle.ledger import COLLATERAL, FUND, INVENTORY, MARKET, POOL
from oracle.market_side import is_shut_above
from oracle.state import Path
from oracle.state_assets import Asset
from oracle.state_facilities import Facility
from oracle.state_funds import Fund


def count_days(facility: Facility) -> None:
    """Days since the key was on, and since the last purchase."""
    facility.idle_days = 0 if facility.system_key.is_active else facility.idle_days + 1
    facility.held_days += 1


def is_buying(facility: Facility, t: int) -> bool:
    """Whether anything is bought today."""
    return facility.system_key.is_active and t < facility.purchase.wind_up_day


def offers(path: Path, facility: Facility, fund: Fund) -> list[float]:
    """Value of each asset that a fund has and that is bought, as far as it is bought in a day."""
    return [min(units * asset.price, facility.purchase.adv_frac * asset.adv_today / fund.count) if weight > 0.0 else 0.0
            for weight, units, asset in zip(facility.purchase.weight, fund.units, path.assets, strict=True)]


def prices_paid(path: Path, facility: Facility, fund: Fund) -> list[float]:
    """What all of that is worth to the facility."""
    values = offers(path, facility, fund)
    return [weight * value for weight, value in zip(facility.purchase.weight, values, strict=True)]


def claim(path: Path, facility: Facility, fund: Fund, lack: float) -> int:
    """What a fund would sell of what it lacks, at the facility's price."""
    rules = facility.purchase
    worth = math.fsum(prices_paid(path, facility, fund))
    path.gauge.fire("offer binds", 0.0 < worth < rules.need_frac * lack)
    return math.floor(max(0.0, min(rules.need_frac * lack, worth)))


def cut_to_budget(path: Path, facility: Facility) -> None:
    """Claims within what may be spent today, pro rata with a cumulative remainder."""
    budget = min(facility.purchase.daily_budget, facility.purchase.total_budget - facility.spent)
    total = sum(fund.count * loan.claim for fund, loan in zip(path.funds, facility.loans, strict=True))
    if total <= budget:
        return
    path.gauge.fire("budget binds")
    claimed, allotted = 0, 0
    for fund, loan in zip(path.funds, facility.loans, strict=True):
        claimed += fund.count * loan.claim
        bound = claimed * int(budget) // total
        granted = min(loan.claim, (bound - allotted) // fund.count)
        path.pool.cuts["facility"] += fund.count * (loan.claim - granted)
        loan.claim = granted
        allotted = bound


def settle(path: Path, facility: Facility, t: int) -> None:
    """Cash against assets for whatever was approved."""
    for fund, loan in zip(path.funds, facility.loans, strict=True):
        paid = loan.approved.pop(t, 0)
        loan.pending -= paid
        if paid == 0:
            continue
        fund.cash += paid
        fund.injection += paid
        fund.injected += paid
        fund.sold_to_facilities += paid
        loan.bought += paid
        facility.spent += fund.count * paid
        facility.held_days = 0
        path.pool.cash -= fund.count * paid
        path.pool.committed -= fund.count * paid
        path.purchased += fund.count * paid
        path.ledger.transfer((POOL, 0), (FUND, fund.index), fund.count * paid)
        hand_over(path, facility, fund, paid)
        path.gauge.fire("bought from funds")


def hand_over(path: Path, facility: Facility, fund: Fund, paid: int) -> None:
    """The same share of all that the fund offers, at a cost in proportion."""
    values, costs = offers(path, facility, fund), prices_paid(path, facility, fund)
    worth = math.fsum(costs)
    share = paid / worth
    bought = [j for j, weight in enumerate(facility.purchase.weight) if weight > 0.0]
    so_far, allotted = 0.0, 0
    for j in bought:
        asset = path.assets[j]
        so_far += costs[j]
        bound = paid if j == bought[-1] else min(math.floor(paid * so_far / worth), paid)
        units = min(fund.units[j], share * values[j] / asset.price)
        fund.units[j] -= units
        fund.holdings -= units * asset.price
        fund.risky -= units * asset.price * asset.is_risky
        facility.inventory[j] += fund.count * units
        facility.inventory_cost[j] += fund.count * (bound - allotted)
        path.ledger.transfer((COLLATERAL, fund.index), (INVENTORY, facility.index), fund.count * (bound - allotted))
        allotted = bound


def is_closed(path: Path, asset: Asset) -> bool:
    """Nobody sells what is suspended, or at limit-up."""
    return asset.is_suspended or is_shut_above(asset, path.gauge)


def order_in_market(path: Path, facility: Facility, t: int) -> bool:
    """Step 7: money for what is bought today; whether the pool lacks some of it."""
    count_days(facility)
    facility.planned = [0] * len(path.assets)
    unmet_before, facility.unmet = facility.unmet, 0
    if not is_buying(facility, t):
        return False
    rules = facility.purchase
    budget = min(rules.daily_budget, rules.total_budget - facility.spent)
    wanted = [
        math.floor(min(weight * budget, rules.adv_frac * asset.adv_today))
        if weight > 0.0 and not is_closed(path, asset) else 0
        for weight, asset in zip(rules.weight, path.assets, strict=True)]
    total, available = sum(wanted), rationing.money(path)
    enough = path.gauge.covers(available, total) if total else True
    ordered, allotted = 0, 0
    for j, money in enumerate(wanted):
        ordered += money
        bound = ordered if enough else ordered * available // total
        facility.planned[j] = bound - allotted
        allotted = bound
    facility.spent += allotted
    path.pool.committed += allotted
    path.pool.cash_out += allotted
    facility.unmet = total - allotted
    path.pool.unmet_claims += max(0, facility.unmet - unmet_before)
    # of an empty pool, rounding decides whether a last quantum buys something, which counts as a purchase
    path.gauge.note_near(total > 0 and allotted < NEAR_QUANTA)
    path.gauge.fire("order cut", facility.unmet > 0)
    return facility.unmet > 0


def choose_resales(path: Path, facility: Facility, t: int) -> None:
    """Step 8: what is sold of what was bought."""
    rules, is_wound_up = facility.purchase, t >= facility.purchase.wind_up_day
    is_time = facility.idle_days > rules.resale_lag_days and facility.held_days >= rules.hold_days
    facility.to_sell = [0.0] * len(path.assets)
    for j, asset in enumerate(path.assets):
        held = facility.inventory[j]
        if held == 0.0 or not asset.is_open or not (is_time or is_wound_up):
            continue
        if not is_wound_up and rules.margin_frac > -1.0 and not path.gauge.covers(
                asset.price * held, facility.inventory_cost[j] * (1.0 + rules.margin_frac)):
            path.gauge.fire("below cost and margin")
            continue
        facility.to_sell[j] = min(held, rules.resale_adv_frac * asset.adv_today / asset.price)
        path.gauge.fire("resold", facility.to_sell[j] > 0.0)
        path.gauge.fire("wound up", is_wound_up and not is_time)


def fill_orders(path: Path, facility: Facility) -> None:
    """Step 9: what the market gives for the money, at the ask."""
    for j, asset in enumerate(path.assets):
        paid = facility.planned[j]
        if paid == 0:
            continue
        facility.inventory[j] += paid / max(asset.ask, asset.close)
        asset.bought_by_market -= paid / max(asset.ask, asset.close)
        facility.inventory_cost[j] += paid
        facility.held_days = 0
        path.pool.cash -= paid
        path.pool.committed -= paid
        path.purchased += paid
        path.ledger.transfer((POOL, 0), (MARKET, 0), paid)
        path.ledger.transfer((MARKET, 0), (INVENTORY, facility.index), paid)
        path.gauge.fire("bought in the market")
        facility.planned[j] = 0


def share_gains(path: Path, facility: Facility) -> None:
    """Step 9, last: what earlier sellers get of gains."""
    due = max(0, math.floor(facility.purchase.gain_share_frac * max(0, facility.realised)) - facility.returned)
    so_far, allotted = 0, 0
    for fund, loan in zip(path.funds, facility.loans, strict=True):
        so_far += fund.count * loan.bought
        bound = due * so_far // facility.spent if due else 0
        paid = (bound - allotted) // fund.count
        allotted = bound
        fund.cash += paid
        fund.gain_returned += paid
        facility.returned += fund.count * paid
        path.pool.cash -= fund.count * paid
        path.pool.cash_out += fund.count * paid
        path.pool.income -= fund.count * paid
        path.ledger.transfer((POOL, 0), (FUND, fund.index), fund.count * paid)
        path.gauge.fire("gain shared", paid > 0)
