"""Steps 8 and 9 of docs/model.md: what a fund sells and buys."""

import math

from backstop.terms import LiquidationRule
from oracle import causes_side
from oracle.fund_side import free_cash
from oracle.gauge import NEAR_QUANTA
from oracle.ledger import FUND, MARKET, SETTLING
from oracle.market_side import is_shut_above
from oracle.state import Path
from oracle.state_funds import Fund

RULE_NAMES = {LiquidationRule.PRO_RATA: "pro rata", LiquidationRule.WATERFALL: "waterfall",
              LiquidationRule.MIXED: "mixed"}


def missing(fund: Fund) -> float:
    """What must be paid today and free cash does not cover, with a quantum for each floor of the sales."""
    lack = fund.due + fund.called + fund.recalled + fund.ahead - free_cash(fund) - fund.receivable
    return lack + len(fund.units) if lack > 0.0 else 0.0


def is_sale_a_matter_of_rounding(fund: Fund, derisk: float) -> bool:
    """A first sale of a few quanta moves a price by far more: a concave law is steep without bound at zero."""
    owed = fund.due + fund.called + fund.ahead
    return 0.0 < derisk < NEAR_QUANTA or (owed > 0 and abs(owed - free_cash(fund) - fund.receivable) <= NEAR_QUANTA)


def _to_raise(fund: Fund, values: list[float], limits: list[float], derisking: list[float]) -> list[float]:
    """b: what is sold of each asset for cash, by the fund's liquidation rule."""
    to_raise = missing(fund)
    evenly = [to_raise * value / fund.holdings if fund.holdings > 0.0 else 0.0 for value in values]
    if fund.rule == LiquidationRule.PRO_RATA:
        return evenly
    share = fund.pro_rata_frac if fund.rule == LiquidationRule.MIXED else 0.0
    sales = [min(share * wanted, limit - a) for wanted, limit, a in zip(evenly, limits, derisking, strict=True)]
    to_raise *= 1.0 - share
    for j in fund.order:
        more = min(to_raise, limits[j] - derisking[j] - sales[j])
        sales[j] += more
        to_raise -= more
    return sales


def choose_sales(path: Path, fund: Fund) -> None:
    """Step 8 for one fund."""
    own = free_cash(fund) - fund.injection
    owed = fund.due + fund.called + fund.recalled
    if owed > 0:
        fund.coverage_min = min(own / owed, math.inf if fund.coverage_min is None else fund.coverage_min)
    beyond_payments = fund.injection - max(0.0, fund.due + fund.called + fund.recalled - own)
    cancelled = min(fund.intended, max(0.0, beyond_payments))
    derisk = fund.intended - cancelled
    path.gauge.note_near(is_sale_a_matter_of_rounding(fund, derisk))
    values = [units * asset.price for units, asset in zip(fund.units, path.assets, strict=True)]
    limits = [min(value, fund.participation_frac * asset.adv_today / fund.count) if asset.is_open else 0.0
              for value, asset in zip(values, path.assets, strict=True)]
    pressed = derisk / fund.risky if fund.risky > 0.0 else 0.0
    share = max(pressed, fund.insurer.share if fund.insurer else 0.0)
    fund.pressed_part = pressed / share if share > 0.0 else 1.0
    derisk = share * fund.risky
    wanted = [share * value if asset.is_risky else 0.0 for value, asset in zip(values, path.assets, strict=True)]
    derisking = [min(w, limit) for w, limit in zip(wanted, limits, strict=True)]
    raising = _to_raise(fund, values, limits, derisking)
    sold = [min(a + b, limit) for a, b, limit in zip(derisking, raising, limits, strict=True)]
    room = [max(0.0, fund.participation_frac * asset.adv_today / fund.count - before)
            for before, asset in zip(fund.sold_today, path.assets, strict=True)]
    fund.sold_units = [min(units, value / asset.price, left / asset.counted_at)
                       for units, value, left, asset in zip(fund.units, sold, room, path.assets, strict=True)]
    fund.sold_today = [before + units * asset.counted_at
                       for before, units, asset in zip(fund.sold_today, fund.sold_units, path.assets, strict=True)]
    fund.planned, fund.raised = math.fsum(derisking), missing(fund)
    path.gauge.fire("derisking cancelled", cancelled > 0.0)
    path.gauge.fire(RULE_NAMES[fund.rule], missing(fund) > 0.0)
    path.gauge.fire("participation binds", math.fsum(sold) < missing(fund) + derisk - 1.0)


def settle_sales(path: Path, fund: Fund, t: int) -> None:
    """Step 9: proceeds."""
    gross_sales = 0
    fund.theta *= 1.0 - (fund.planned * fund.pressed_part / fund.risky if fund.risky > 0.0 else 0.0)
    for j, asset in enumerate(path.assets):
        units = fund.sold_units[j]
        proceeds, gross = math.floor(units * asset.execution), math.floor(units * asset.price)
        fund.units[j] -= units
        asset.bought_by_market += fund.count * units
        sold, got = fund.sales_today.get(j, (0.0, 0))
        fund.sales_today[j] = sold + units, got + proceeds
        if asset.settlement_days > 0:
            day = t + asset.settlement_days
            fund.settling[day] = fund.settling.get(day, 0) + proceeds
            path.ledger.transfer((MARKET, 0), (SETTLING, fund.index), fund.count * proceeds)
        else:
            fund.cash += proceeds
            path.ledger.transfer((MARKET, 0), (FUND, fund.index), fund.count * proceeds)
        gross_sales += gross
        fund.slippage += gross - proceeds
        fund.fire_sale_cost += math.floor(units * asset.calm) - proceeds
        fund.sale_cost += gross - proceeds
    causes_side.share_sales(path, fund, gross_sales)


def spare_cash(path: Path, fund: Fund) -> tuple[float, float]:
    """What may be spent on all that the fund holds, and on risk."""
    owed = fund.due + fund.called + fund.recalled + fund.ahead
    own = free_cash(fund) - fund.injection
    cancelled = max(0.0, fund.injection - max(0.0, fund.due + fund.called + fund.recalled - own))
    selling = max(fund.intended - cancelled, fund.insurer.share * fund.risky if fund.insurer else 0.0)
    if selling >= 1.0:
        return 0.0, 0.0
    wanted = fund.invest_frac * (fund.inflow - fund.netted)
    spare = min(wanted, max(0.0, free_cash(fund) - owed))
    drawn = sum(facility.loans[fund.index].drawn for facility in path.facilities)
    left = fund.cash - fund.buffer - max(fund.injection, drawn) - owed - spare
    path.gauge.fire("kept from buying back", fund.rebuy > max(0.0, left))
    return spare, min(fund.rebuy, max(0.0, left))


def choose_purchases(path: Path, fund: Fund) -> None:
    """Step 9: orders with cash that nothing else needs."""
    spare, rebuy = spare_cash(path, fund)
    path.gauge.note_near(0.0 < rebuy < NEAR_QUANTA)
    fund.to_buy, fund.to_rebuy = [0.0] * len(fund.units), [0.0] * len(fund.units)
    for j, asset in enumerate(path.assets):
        if asset.buy_ratio == 0.0 or asset.is_suspended or is_shut_above(asset, path.gauge):
            continue
        value = fund.units[j] * asset.price
        back = rebuy * value / fund.risky if asset.is_risky and fund.risky > 0.0 else 0.0
        wanted = (spare * value / fund.holdings if fund.holdings > 0.0 else 0.0) + back
        fund.to_buy[j] = min(wanted, fund.participation_frac * asset.adv_today / fund.count) / asset.price
        fund.to_rebuy[j] = fund.to_buy[j] * back / wanted if wanted > 0.0 else 0.0


def settle_purchases(path: Path, fund: Fund) -> None:
    """Step 9: payment at the ask."""
    regained = 0.0
    for j, asset in enumerate(path.assets):
        cost = math.floor(fund.to_buy[j] * asset.ask)
        paid = min(cost, max(0, fund.cash - fund.due - fund.called - fund.recalled))
        bought = fund.to_buy[j] if paid == cost else paid / asset.ask
        fund.units[j] += bought
        asset.bought_by_market -= fund.count * bought
        fund.fire_sale_cost -= math.floor(bought * asset.calm) - paid
        fund.cash -= paid
        fund.bought += paid
        if fund.to_buy[j] > 0.0:
            regained += bought * fund.to_rebuy[j] / fund.to_buy[j] * asset.price
        path.ledger.transfer((FUND, fund.index), (MARKET, 0), fund.count * paid)
        path.gauge.fire("bought", paid > 0)
        path.gauge.fire("bought short", paid < cost)
    fund.theta *= 1.0 + (regained / fund.risky if fund.risky > 0.0 else 0.0)
    path.gauge.fire("bought back", regained > 0.0)
