"""The second statement of docs/model.md: one path of one arm, in plain Python, a day at a time.

It shares with the kernels the terms it reads and the names of the outcomes, and nothing else.
"""

import math
from collections import Counter
from typing import NamedTuple

from backstop.outcomes import FUND_OUTCOMES, PATH_OUTCOMES
from backstop.terms import ArmTerms, Floats, Instrument
from oracle import (
    both_ends,
    bottom_side,
    capital_side,
    causes_side,
    contract_side,
    evaluation_side,
    facility_side,
    fund_side,
    gain_side,
    guarantee_side,
    investor_side,
    judging_side,
    leverage_side,
    market_side,
    pool_side,
    purchase_side,
    solvency_side,
    trading_side,
    window_side,
)
from oracle.keys import turn_keys
from oracle.opening import open_path
from oracle.state import Path
from oracle.state_funds import Fund

CUTS = ("coverage", "collateral", "fund_cap", "covenant", "take_up", "solvency", "sponsor", "facility", "pool")
CAUSES = ("ordinary", "gains", "stressed", "pressure", "solvency", "lenders", "facilities")
Value = float | int | bool | None | list[int] | list[float]


class OracleResult(NamedTuple):
    """Outcomes of a path; per-fund outcomes as one dict a fund."""

    path: dict[str, Value]
    funds: list[dict[str, Value]]
    near: set[str]
    """Functions in which a comparison was met within rounding: another engine may take the other branch."""
    fired: Counter[str]
    dust_shares: int
    """By how much `n_injections` may differ, because a few quanta were shared out."""
    least_shares: list[float]
    """By fund, the fewest shares it had, at least 1: figures per share move by quanta over shares."""
    debts: list[int]
    """By fund, what it owes at the end: kernels carry this number from day to day."""

    @property
    def is_near(self) -> bool:
        """Some comparison was met within rounding."""
        return bool(self.near)


def run_oracle(arm: ArmTerms, log_return: Floats, volatility: Floats, take_up: list[float], ahead: Floats,
               ages: Floats, contained: tuple[Floats, Floats] | None) -> OracleResult:
    """Take one path through all its days.

    `log_return` and `volatility` are (T, J), `take_up` is u by fund, `ahead` and `ages` (T,) or empty, `contained`
    (T*J,) before trade and at the close, or None.
    """
    path = open_path(arm, take_up)
    for j, asset in enumerate(path.assets):
        if contained is not None:
            asset.contained_before, asset.contained_after = (c[j :: len(path.assets)].tolist() for c in contained)
    path.judge.ahead = [day > 0.0 for day in ahead.tolist()]
    path.judge.ages, path.judge.finds_windows = ages.tolist(), not len(ages)
    for t, (returns, sigmas) in enumerate(zip(log_return.tolist(), volatility.tolist(), strict=True), start=1):
        day(path, t, returns, sigmas)
    return OracleResult(path_outcomes(path), [fund_outcomes(path, fund) for fund in path.funds],
                        path.gauge.near, path.gauge.fired, path.pool.dust_shares,
                        [fund.least_shares for fund in path.funds],
                        [fund_side.debt(path, fund) for fund in path.funds])


def day(path: Path, t: int, returns: list[float], sigmas: list[float]) -> None:
    """One day, in the order of docs/model.md."""
    market_side.feed(path, t, returns, sigmas)
    for asset, log_return, sigma in zip(path.assets, returns, sigmas, strict=True):
        market_side.prices_before_trade(asset, log_return, sigma, t, path.gauge)
    for fund in path.funds:
        fund.nav_before = fund.nav
        fund_side.receive_proceeds(path, fund, t)
    capital_side.collect_premiums(path, t)
    for fund in path.funds:
        fund_side.mark_before_trade(path, fund)
    for fund in path.funds:
        evaluation_side.evaluate(path, fund, t)
        contract_side.suspend_bonus(path, fund)
        investor_side.subscribe(path, fund)
        investor_side.fall_due(fund, t, contract_side.payout_limit(path, fund), path.gauge)
        investor_side.request(path, fund, t)
        causes_side.fall_due(fund, t)
        investor_side.look_ahead(path, fund, t)
        causes_side.set_aside(path, fund)
        evaluation_side.intend(path, fund)
        solvency_side.fall_short(path, fund)
        contract_side.bar_derisking(path, fund)
        contract_side.demand_payments(path, fund)
        leverage_side.recall(path, fund)
    turn_keys(path, t)
    facility_side.claims_and_injections(path, t)
    for fund in path.funds:
        contract_side.bar_derisking(path, fund)
    judging_side.note_use(path, t)
    sell_and_settle(path, t)
    facility_side.service_debt(path)
    for fund in path.funds:
        leverage_side.accrue(path, fund)
    facility_side.compensate(path, t)
    pool_side.bear_the_day(path, t)
    close_day(path, t)


def sell_and_settle(path: Path, t: int) -> None:
    """Steps 8 and 9, round after round."""
    before = path.assets[path.index].log_close
    for asset in path.assets:
        asset.counted_at = asset.price
    for fund in path.funds:
        trading_side.choose_sales(path, fund)
    for facility in path.facilities:
        if facility.instrument in (Instrument.PURCHASE, Instrument.MARKET_PURCHASE):
            purchase_side.choose_resales(path, facility, t)
        else:
            pool_side.choose_inventory_sales(path, facility)
    for asset in path.assets:
        leverage_side.others_sell(path, asset)
        leverage_side.others_buy(path, asset)
    for fund in path.funds:
        trading_side.choose_purchases(path, fund)
    both_ends.find_gap(path)
    day_sales = move_prices(path, t)
    for fund in path.funds:
        investor_side.pay_redemptions(path, fund)
    for facility in path.facilities:
        pool_side.settle_inventory(path, facility)
    for facility in path.facilities:
        purchase_side.fill_orders(path, facility)
        purchase_side.share_gains(path, facility)
    is_live = path.rounds > 1 and sells_on(path, day_sales, day_sales)
    for _ in range(path.rounds - 1):
        if not is_live:
            break
        sales = another_round(path, t)
        day_sales += sales
        is_live = sells_on(path, sales, day_sales)
    path.n_unsettled_days += is_live
    path.gauge.fire("unsettled", is_live)
    path.index_returns.append(path.assets[path.index].log_close - before)


def sells_on(path: Path, sales: float, day_sales: float) -> bool:
    """Whether a round sold enough for another; one without sales is no close call."""
    return sales > 0.0 and path.gauge.exceeds(sales, max(1e-4 * day_sales, 1.0))


def move_prices(path: Path, t: int) -> float:
    """Prices, proceeds and lenders of a round, and the value that all have sold in it."""
    sales = math.fsum(market_side.trade(path, j) for j in range(len(path.assets)))
    for asset in path.assets:
        market_side.price_without_sales(asset, t)
    for fund in path.funds:
        trading_side.settle_sales(path, fund, t)
        trading_side.settle_purchases(path, fund)
        leverage_side.pay_lenders(path, fund)
    return sales


def another_round(path: Path, t: int) -> float:
    """What the last round's prices force the same day."""
    for asset in path.assets:
        market_side.reopen(asset, path.gauge)
    for facility in path.facilities:
        facility.to_sell = [0.0] * len(path.assets)
    for fund in path.funds:
        fund_side.value_again(path, fund)
        fund.to_buy = fund.to_rebuy = [0.0] * len(path.assets)
        if fund.insurer:
            fund.insurer.share = 0.0
        leverage_side.recall(path, fund)
        trading_side.choose_sales(path, fund)
    sales = move_prices(path, t)
    path.gauge.fire("another round", sales > 0.0)
    return sales


def close_day(path: Path, t: int) -> None:
    """Step 12, and the books."""
    market_side.feel(path, t)
    for asset in path.assets:
        asset.worst_dislocation = max(asset.worst_dislocation, asset.dislocation)
        asset.trough = min(asset.trough, asset.close)
    path.index_closes.append(path.assets[path.index].close)
    if t % evaluation_side.SAMPLE_DAYS == 0:
        path.index_samples[t // evaluation_side.SAMPLE_DAYS] = path.assets[path.index].log_close
    for fund in path.funds:
        fund_side.close_fund(path, fund, t)
        solvency_side.grow_older(path, fund, t)
    evaluation_side.end_year(path, t)
    pool_side.check_books(path)
    judging_side.judge_day(path, t)
    window_side.watch(path, t)


def postponed(path: Path, fund: Fund) -> int:
    """Sales that repaying would still take."""
    owed = sum(facility.loans[fund.index].liability for facility in path.facilities)
    return max(0, owed - math.floor(max(fund.cash + fund.receivable - fund.buffer, 0.0)))


def drawn(path: Path, fund: Fund) -> int:
    """Principal a fund owes the pool."""
    return sum(facility.loans[fund.index].drawn for facility in path.facilities
               if facility.instrument == Instrument.ADVANCE)


def bank_debt(path: Path, fund: Fund) -> int:
    """What a fund owes banks under guarantees."""
    return sum(facility.loans[fund.index].owed for facility in path.facilities
               if facility.instrument == Instrument.GUARANTEE)


def worth_to_lend_on(fund: Fund) -> float:
    """What is left for facilities once outside lenders are paid."""
    return fund.cash + fund.receivable + fund.holdings - fund.lent


def unrecovered(path: Path) -> int:
    """What a sale at closing prices would leave of loans and guarantees."""
    loans = sum(fund.count * max(0, drawn(path, fund) - math.floor(max(0.0, worth_to_lend_on(fund))))
                for fund in path.funds)
    return loans + sum(guarantee_side.marked_loss(path, facility, fund, facility.loans[fund.index], drawn(path, fund))
                       for facility in path.facilities for fund in path.funds
                       if facility.instrument == Instrument.GUARANTEE)


def marked_loss(path: Path) -> int:
    """What a sale at closing prices would leave unrecovered."""
    stock = sum(
        max(0, sum(cost - math.floor(units * asset.close) for cost, units, asset
                   in zip(facility.inventory_cost, facility.inventory, path.assets, strict=True)))
        for facility in path.facilities)
    return unrecovered(path) + stock


def path_outcomes(path: Path) -> dict[str, Value]:
    """Every outcome of `PATH_OUTCOMES`; those that repeat as lists under ``<name>_by_<axis>``."""
    pool, funds = path.pool, path.funds
    outcomes: dict[str, Value] = {
        "pool_peak_use": pool.peak_use, "pool_min_available": pool.min_available, "first_dry_day": pool.first_dry_day,
        "purchased": path.purchased, "resale_gain": sum(facility.realised for facility in path.facilities),
        "gain_returned": sum(facility.returned for facility in path.facilities),
        "stock_cost_end": sum(sum(facility.inventory_cost) for facility in path.facilities),
        "compensation_paid": sum(fund.count * fund.compensated for fund in funds),
        "compensation_clawed_back": sum(fund.count * fund.clawed_back for fund in funds),
        "compensation_net": sum(fund.count * (fund.compensated - fund.clawed_back) for fund in funds),
        "bank_lent": sum(fund.count * fund.bank_lent for fund in funds),
        "guarantee_premium": sum(fund.count * fund.guarantee_premium for fund in funds),
        "guarantee_paid": path.guarantee_paid,
        "guaranteed_end": sum(fund.count * facility.loans[fund.index].cover for facility in path.facilities
                              for fund in funds),
        "n_injections": pool.n_injections, "loss": pool.total_loss,
        "loss_by_layer": [layer.loss + layer.refilled for layer in pool.layers],
        "called_by_layer": [layer.called for layer in pool.layers],
        "refilled_by_layer": [layer.refilled for layer in pool.layers], "borrowed_peak": pool.borrowed_peak,
        "borrowing_cost": pool.borrowing_cost, "premiums": pool.premiums, "idle_yield": pool.idle_yield,
        "profit_shared": pool.profit_shared,
        "loss_taxpayer": pool.taxpayer, "surplus_end": pool.surplus, "marked_loss_end": marked_loss(path),
        "unmet_claims": pool.unmet_claims, "misdirected_claims": pool.misdirected_claims,
        "injected_to_failed": sum(fund.count * fund.injected for fund in funds if fund.is_failed),
        "days_active": pool.days_active, "first_active_day": pool.first_active_day,
        "worst_dislocation_by_asset": [asset.worst_dislocation for asset in path.assets],
        "limit_down_days_by_asset": [asset.limit_down_days for asset in path.assets],
        "days_suspended_by_asset": [asset.days_suspended for asset in path.assets],
        "technology_kept": fund_side.technology_kept(path, funds),
        "system_losses": sum(fund.count * fund_side.sales_losses(path, fund) for fund in funds),
        "worst_dislocation": max(asset.worst_dislocation for asset in path.assets),
        "fixed_point_gap": path.fixed_point_gap,
        "n_unsettled_days": path.n_unsettled_days, "sold_by_others": sum(asset.others_sold for asset in path.assets),
        "bought_by_others": sum(asset.others_bought for asset in path.assets),
        "market_end_by_asset": [asset.close for asset in path.assets], **judging_side.outcomes(path),
        **window_side.outcomes(path), **bottom_side.outcomes(path), **gain_side.outcomes(path),
        "funding_cost_by_layer": [layer.funding_rate_per_day * layer.called_days for layer in pool.layers],
        "unrecovered_end": unrecovered(path), "need": pool.need, **{f"cut_{rule}": pool.cuts[rule] for rule in CUTS},
        "market_trough_by_asset": [asset.trough for asset in path.assets], "money_created": path.money_created,
        "injected": sum(fund.count * fund.injected for fund in funds),
        "repaid": sum(fund.count * fund.repaid for fund in funds),
        "interest_paid": sum(fund.count * fund.interest_paid for fund in funds),
        "outstanding_end": sum(fund.count * drawn(path, fund) for fund in funds),
        "gross_sales": sum(fund.count * fund.gross_sales for fund in funds),
        "forced_sales": sum(fund.count * fund.forced_sales for fund in funds),
        "fire_sale_cost": sum(fund.count * fund.fire_sale_cost for fund in funds),
        **{f"sales_{cause}": sum(fund.count * fund.sales[cause] for fund in funds) for cause in CAUSES},
        "sales_postponed": sum(fund.count * postponed(path, fund) for fund in funds),
    }
    assert set(outcomes) == {f"{o.name}_by_{o.axis}" if o.axis else o.name for o in PATH_OUTCOMES}
    return outcomes


def fund_outcomes(path: Path, fund: Fund) -> dict[str, Value]:
    """Every outcome of `FUND_OUTCOMES`."""
    overdue = math.fsum(holder.overdue for holder in fund.classes)
    outcomes: dict[str, Value] = {
        "nav_end": fund.nav, "nav_per_share_end": fund.navps, "max_drawdown": fund.max_drawdown,
        "days_under_pressure": fund.days_under_pressure, "score_min": fund.score_min,
        "redemption_requested": fund.requested, "redemption_paid": fund.redeemed,
        "redemption_unpaid": math.floor(overdue * max(fund.navps, 0.0)), "gross_sales": fund.gross_sales,
        "forced_sales": fund.forced_sales, **{f"sales_{cause}": fund.sales[cause] for cause in CAUSES},
        "slippage": fund.slippage, "fire_sale_cost": fund.fire_sale_cost, "injected": fund.injected,
        "sold_to_facilities": fund.sold_to_facilities, "gain_returned": fund.gain_returned,
        "bank_lent": fund.bank_lent, "bank_repaid": fund.bank_repaid, "guarantee_premium": fund.guarantee_premium,
        "bank_debt_end": bank_debt(path, fund), "compensation_paid": fund.compensated,
        "compensation_clawed_back": fund.clawed_back, "compensation_net": fund.compensated - fund.clawed_back,
        "deleveraged": fund.deleveraged, "days_recalled": fund.days_recalled, "lender_debt_end": fund.lent,
        "repaid": fund.repaid, "interest_paid": fund.interest_paid,
        "premium_paid": fund.premium_paid, "drawn_peak": fund.drawn_peak,
        "drawn_end": drawn(path, fund), "sales_postponed": postponed(path, fund), "subscribed": fund.subscribed,
        "coverage_min": fund.coverage_min, "shortfall_days": fund.shortfall_days,
        "shortfall_peak": fund.shortfall_peak, "technology_kept": fund_side.technology_kept(path, [fund]),
        "managers_replaced": fund.managers_replaced, "score_cover_peak": fund.score_cover_peak,
        "bought": fund.bought,
        "days_gated": fund.days_gated, "days_swung": fund.days_swung, "defaulted": fund.is_defaulted,
        "failed": fund.is_failed, "distress_days": fund.distress_days,
        "injected_to_leavers": fund.injected_to_leavers, "injected_below_floor": fund.injected_below_floor,
        **window_side.fund_outcomes(path, fund), **bottom_side.fund_outcomes(path, fund),
        **gain_side.fund_outcomes(fund),
    }
    assert set(outcomes) == {outcome.name for outcome in FUND_OUTCOMES}
    return outcomes
