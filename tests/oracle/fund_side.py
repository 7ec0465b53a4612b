"""Steps 2 to 5, 8 and 9 of docs/model.md: what a fund is worth, is asked for, sells and pays."""

import math

from backstop.terms import MIXED, NEVER_REPLACED, NO_GATE, PRO_RATA, WATERFALL
from oracle.gauge import NEAR_QUANTA, Gauge
from oracle.ledger import FUND, INVESTORS, MARKET, SETTLING
from oracle.state import Path
from oracle.state_assets import Asset
from oracle.state_funds import Fund, InvestorClass

SAMPLE_DAYS = 21
RULE_NAMES = {PRO_RATA: "pro rata", WATERFALL: "waterfall", MIXED: "mixed"}
SMALLEST_NAVPS = 1e-6


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


def mark(fund: Fund, prices: list[float], debt: int, gauge: Gauge) -> None:
    """Step 2 at the given prices (and again at the close)."""
    fund.holdings = math.fsum(units * price for units, price in zip(fund.units, prices, strict=True))
    fund.nav = fund.cash + fund.receivable + fund.holdings - debt
    if gauge.at_least(fund.shares, 1.0):
        fund.navps = fund.nav / fund.shares
        fund.least_shares = min(fund.least_shares, fund.shares)
    gauge.fire("shares gone", fund.shares < 1.0)
    fund.peak = max(fund.peak, fund.navps)
    fund.drawdown = 1.0 - fund.navps / fund.peak
    fund.max_drawdown = max(fund.max_drawdown, fund.drawdown)


def mark_before_trade(path: Path, fund: Fund) -> None:
    """Step 2, once proceeds are in and premiums paid."""
    receive_interest_on_cash(path, fund)
    debt = fund.lent + sum(facility.loans[fund.index].liability for facility in path.facilities)
    mark(fund, [asset.price for asset in path.assets], debt, path.gauge)
    fund.risky = math.fsum(fund.units[j] * a.price for j, a in enumerate(path.assets) if a.is_risky)
    fund.buffer = fund.buffer_frac * max(fund.nav, 0.0)
    fund.sale_cost = 0
    fund.sold_today = [0.0] * len(fund.units)


def value_again(path: Path, fund: Fund) -> None:
    """Before another round: NAV at the closes of the last; whom to pay but lenders has been paid."""
    fund.holdings = math.fsum(units * asset.price for units, asset in zip(fund.units, path.assets, strict=True))
    fund.risky = math.fsum(fund.units[j] * a.price for j, a in enumerate(path.assets) if a.is_risky)
    owed = sum(facility.loans[fund.index].liability for facility in path.facilities)
    fund.nav = fund.cash + fund.receivable + fund.holdings - fund.lent - owed
    fund.due, fund.intended, fund.injection = 0, 0.0, 0


def log_navps(fund: Fund) -> float:
    """What score samples hold."""
    return math.log(max(fund.navps, SMALLEST_NAVPS))


def growth_over(log_ratio: float, days: int) -> float:
    """Annualised return of a log growth over some days."""
    return math.expm1(252 / days * log_ratio)


def score(path: Path, fund: Fund, t: int) -> float | None:
    """The ladder of annualised returns, over the rungs whose sample is known and the manager's own."""
    latest, index = (t - 1) // SAMPLE_DAYS, path.assets[path.index]
    drawn = math.fsum(facility.score_relief_frac * facility.loans[fund.index].drawn for facility in path.facilities)
    fund.score_cover = drawn / max(fund.shares, 1.0)
    log_value = math.log(max(fund.navps + fund.score_cover, SMALLEST_NAVPS))
    weighted, weights = 0.0, 0.0
    for weight, window in fund.rungs:
        sample = latest - window
        if sample < -fund.n_history or sample < fund.first_sample:
            path.gauge.fire("record cut short", sample >= -fund.n_history)
            continue
        of_index = fund.index_samples[sample] if sample <= 0 else path.index_samples[sample]
        days = t - SAMPLE_DAYS * sample
        growth = growth_over(log_value - fund.samples[sample], days)
        growth -= fund.benchmark_frac * growth_over(index.log_pre - of_index, days)
        weighted += weight * growth
        weights += weight
    return weighted / weights if weights > 0.0 else None


def is_scored(fund: Fund, t: int) -> bool:
    """Whether a manager with the longest possible record would have a score."""
    return fund.is_evaluated and any((t - 1) // SAMPLE_DAYS - window >= -fund.n_history for _, window in fund.rungs)


def evaluate(path: Path, fund: Fund, t: int) -> None:
    """Step 3."""
    gauge = path.gauge
    fund.score = score(path, fund, t) if fund.is_evaluated else None
    fund.pressure = 0.0
    if is_scored(fund, t):
        fund.score_cover_peak = max(fund.score_cover_peak, fund.score_cover)
        gauge.fire("cover in score", fund.score_cover > 0.0)
    if fund.score is None:
        gauge.fire("no score yet", fund.is_evaluated)
        return
    gauge.fire("benchmark", fund.benchmark_frac > 0.0)
    fund.score_min = fund.score if fund.score_min is None else min(fund.score_min, fund.score)
    if not gauge.at_least(fund.score, fund.threshold):
        fund.pressure = min(max((fund.threshold - fund.score) / (fund.threshold - fund.floor), 0.0), 1.0)
        fund.days_under_pressure += 1
        gauge.fire("pressure")
    if fund.replace_below > NEVER_REPLACED and not gauge.at_least(fund.score, fund.replace_below):
        fund.first_sample = (t - 1) // SAMPLE_DAYS + 1
        fund.managers_replaced += 1
        gauge.fire("manager replaced")


def trailing_return(fund: Fund, holder: InvestorClass) -> float:
    """r of a class, from the close `horizon_days` ago."""
    return fund.navps / fund.closes[-holder.horizon_days] - 1.0


def subscribe(path: Path, fund: Fund) -> None:
    """Step 4: new money."""
    fund.new_money = 0
    for holder in fund.classes:
        gain = max(0.0, trailing_return(fund, holder) - holder.tolerance)
        rate = min(holder.daily_cap, holder.bull_slope * gain)
        money = math.floor(rate * max(holder.shares, 0.0) * max(fund.navps, 0.0))
        if money == 0:
            continue
        holder.shares += money / fund.navps
        fund.shares += money / fund.navps
        fund.cash += money
        fund.nav += money
        fund.subscribed += money
        fund.new_money += money
        path.ledger.transfer((INVESTORS, 0), (FUND, fund.index), fund.count * money)
        path.gauge.fire("new money")


def fall_due(fund: Fund, t: int, payout_limit: float, gauge: Gauge) -> None:
    """Step 4: what falls due today, and what a gate or a covenant holds back of it."""
    value = max(fund.navps, 0.0)
    late = sum(math.floor(holder.overdue * value) for holder in fund.classes)
    for holder in fund.classes:
        holder.overdue += holder.queue.pop(t, 0.0)
    outflow = sum(math.floor(holder.overdue * value) for holder in fund.classes) - fund.new_money
    swing = swing_of(fund, outflow, gauge)
    fund.exit_price, fund.late = value * (1.0 - swing), math.floor(late * (1.0 - swing))
    for holder in fund.classes:
        holder.due = math.floor(holder.overdue * fund.exit_price)
    fund.ripe = sum(holder.due for holder in fund.classes)
    gate_frac = fund.gate_today = min(fund.gate_frac, payout_limit)
    allowed = gate_frac * max(fund.nav, 0.0)
    fund.due = fund.ripe
    if fund.ripe > 0 and gate_frac < NO_GATE and not gauge.covers(allowed, fund.ripe):
        fund.due = min(fund.ripe, math.floor(allowed))
        fund.days_gated += fund.due < fund.ripe
        gauge.fire("gate" if fund.gate_frac == gate_frac else "payout limit")


def swing_of(fund: Fund, outflow: int, gauge: Gauge) -> float:
    """Share of a share's value that those who leave today give up."""
    if fund.swing_threshold >= NO_GATE or outflow <= 0:
        return 0.0
    if gauge.covers(fund.swing_threshold * max(fund.nav, 0.0), outflow):
        return 0.0
    fund.days_swung += fund.swing_frac > 0.0
    gauge.fire("swing")
    return fund.swing_frac


def announced_cut(path: Path, fund: Fund) -> float:
    """Share of requests that the announcement of a facility holds back."""
    return max((facility.announcement_cut for facility in path.facilities
                if facility.loans[fund.index].is_eligible
                and (facility.is_announced_at_opening or facility.system_key.is_active)), default=0.0)


def request(path: Path, fund: Fund, t: int) -> None:
    """Step 4: new redemption requests."""
    new_shares, cut = 0.0, announced_cut(path, fund)
    for holder in fund.classes:
        loss = max(0.0, -trailing_return(fund, holder) - holder.tolerance)
        growth = 1.0 + holder.illiquidity_slope * max(path.assets[path.index].dislocation, 0.0)
        answer = holder.bear_slope * growth * loss**holder.bear_power
        wanted = holder.base_rate + answer
        path.gauge.fire("redemption capped", wanted > holder.daily_cap)
        path.gauge.fire("curved response", holder.bear_power != 1.0 and answer > 0.0)
        path.gauge.fire("illiquid market", growth > 1.0 and answer > 0.0)
        path.gauge.fire("announced", cut > 0.0 and wanted > 0.0)
        shares = min(holder.daily_cap, wanted) * (1.0 - cut) * (holder.shares - holder.queued)
        day = t + holder.notice_days
        holder.queue[day] = holder.queue.get(day, 0.0) + shares
        holder.queued += shares
        fund.requested += math.floor(shares * max(fund.navps, 0.0))
        new_shares += shares
    fund.redemption_rate = new_shares / max(fund.shares, 1.0)


def look_ahead(path: Path, fund: Fund, t: int) -> None:
    """Step 4: what falls due before a sale of today has settled."""
    days = range(t + 1, t + fund.ahead_days + 1)
    shares = math.fsum(holder.queue.get(day, 0.0) for holder in fund.classes for day in days)
    waiting = fund.ripe - fund.due if fund.ahead_days > 0 else 0
    fund.ahead = waiting + max(fund.navps, 0.0) * shares
    if fund.gate_today < NO_GATE:
        fund.ahead = min(fund.ahead, fund.ahead_days * fund.gate_today * max(fund.nav, 0.0))
    path.gauge.fire("sold ahead", fund.ahead > 0.0)


def intend(path: Path, fund: Fund) -> None:
    """Step 5, and the debt that must be paid today."""
    fund.called = sum(facility.loans[fund.index].called for facility in path.facilities)
    room = max(fund.derisk_cap - fund.derisked, 0.0)
    wanted = fund.pressure * fund.derisk_per_day * fund.risky
    path.gauge.fire("pressure capped", wanted > room)
    fund.intended = min(wanted, room)


def free_cash(fund: Fund) -> float:
    """Cash above the buffer, and what arrived today in any case."""
    return fund.injection + max(fund.cash - fund.injection - fund.buffer, 0.0)


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
    if fund.rule == PRO_RATA:
        return evenly
    share = fund.pro_rata_frac if fund.rule == MIXED else 0.0
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
    path.gauge.is_near |= is_sale_a_matter_of_rounding(fund, derisk)
    values = [units * asset.price for units, asset in zip(fund.units, path.assets, strict=True)]
    limits = [min(value, fund.participation_frac * asset.adv_today / fund.count) if asset.is_open else 0.0
              for value, asset in zip(values, path.assets, strict=True)]
    share = derisk / fund.risky if fund.risky > 0.0 else 0.0
    wanted = [share * value if asset.is_risky else 0.0 for value, asset in zip(values, path.assets, strict=True)]
    derisking = [min(w, limit) for w, limit in zip(wanted, limits, strict=True)]
    raising = _to_raise(fund, values, limits, derisking)
    sold = [min(a + b, limit) for a, b, limit in zip(derisking, raising, limits, strict=True)]
    room = [max(0.0, fund.participation_frac * asset.adv_today / fund.count - before)
            for before, asset in zip(fund.sold_today, path.assets, strict=True)]
    fund.sold_units = [min(units, value / asset.price, left / asset.price)
                       for units, value, left, asset in zip(fund.units, sold, room, path.assets, strict=True)]
    fund.sold_today = [before + units * asset.price
                       for before, units, asset in zip(fund.sold_today, fund.sold_units, path.assets, strict=True)]
    fund.derisked += math.fsum(derisking)
    path.gauge.fire("derisking cancelled", cancelled > 0.0)
    path.gauge.fire(RULE_NAMES[fund.rule], missing(fund) > 0.0)
    path.gauge.fire("participation binds", math.fsum(sold) < missing(fund) + derisk - 1.0)


def choose_purchases(path: Path, fund: Fund) -> None:
    """Step 9: orders with new money that nothing else needs."""
    free = free_cash(fund) - fund.due - fund.called - fund.recalled - fund.ahead
    own = free_cash(fund) - fund.injection
    cancelled = max(0.0, fund.injection - max(0.0, fund.due + fund.called + fund.recalled - own))
    spare = min(fund.invest_frac * fund.new_money, max(0.0, free)) if fund.intended <= cancelled else 0.0
    fund.to_buy = [0.0] * len(fund.units)
    for j, asset in enumerate(path.assets):
        target = asset.log_fundamental - asset.dislocation
        if asset.buy_ratio == 0.0 or spare == 0.0 or asset.is_suspended or path.gauge.at_least(target, asset.upper):
            continue
        wanted = spare * fund.units[j] * asset.price / fund.holdings if fund.holdings > 0.0 else 0.0
        fund.to_buy[j] = min(wanted, fund.participation_frac * asset.adv_today / fund.count) / asset.price


def settle_purchases(path: Path, fund: Fund) -> None:
    """Step 9: payment at the ask."""
    for j, asset in enumerate(path.assets):
        cost = math.floor(fund.to_buy[j] * asset.ask)
        paid = min(cost, max(0, fund.cash - fund.due - fund.called - fund.recalled))
        fund.units[j] += fund.to_buy[j] if paid == cost else paid / asset.ask
        fund.cash -= paid
        fund.bought += paid
        path.ledger.transfer((FUND, fund.index), (MARKET, 0), fund.count * paid)
        path.gauge.fire("bought", paid > 0)
        path.gauge.fire("bought short", paid < cost)


def settle_sales(path: Path, fund: Fund, t: int) -> None:
    """Step 9: proceeds."""
    for j, asset in enumerate(path.assets):
        units = fund.sold_units[j]
        proceeds, gross = math.floor(units * asset.execution), math.floor(units * asset.price)
        fund.units[j] -= units
        if asset.settlement_days > 0:
            day = t + asset.settlement_days
            fund.settling[day] = fund.settling.get(day, 0) + proceeds
            path.ledger.transfer((MARKET, 0), (SETTLING, fund.index), fund.count * proceeds)
        else:
            fund.cash += proceeds
            path.ledger.transfer((MARKET, 0), (FUND, fund.index), fund.count * proceeds)
        fund.forced_sales += gross
        fund.forced_sale_cost += gross - proceeds
        fund.sale_cost += gross - proceeds


def pay_redemptions(path: Path, fund: Fund) -> None:
    """Step 9: payment, class by class with a cumulative remainder."""
    in_full = fund.cash >= fund.ripe and fund.due == fund.ripe
    fund.paid = min(fund.due, fund.cash)
    cumulative_due, allotted = 0, 0
    for holder in fund.classes:
        cumulative_due += holder.due
        bound = fund.paid if in_full or cumulative_due == fund.ripe else fund.paid * cumulative_due // fund.ripe
        paid = min(bound - allotted, holder.due)
        allotted += paid
        _retire_shares(fund, holder, paid)
    fund.cash -= fund.paid
    fund.redeemed += fund.paid
    fund.ahead += fund.due - fund.paid if fund.ahead_days > 0 else 0
    fund.unpaid_days = arrears(path, fund)
    if fund.unpaid_days > 1:
        fund.shortfall_days += 1
        fund.shortfall_peak = max(fund.shortfall_peak, fund.late - fund.paid)
    path.ledger.transfer((FUND, fund.index), (INVESTORS, 0), fund.count * fund.paid)
    path.gauge.fire("arrears", fund.unpaid_days > 1)
    path.gauge.fire("partial payment", not in_full and fund.paid > 0)


def arrears(path: Path, fund: Fund) -> int:
    """Days in a row on which something late stayed unpaid; today's due alone counts as the first."""
    if fund.paid == fund.due:
        return 0
    return 1 if fund.late == 0 or path.gauge.covers(fund.paid, fund.late) else fund.unpaid_days + 1


def _retire_shares(fund: Fund, holder: InvestorClass, paid: int) -> None:
    """Take the shares that `paid` redeems from the class and the fund."""
    shares = holder.overdue if paid == holder.due else paid / fund.exit_price
    holder.overdue -= shares
    holder.queued -= shares
    holder.shares -= shares
    fund.shares -= shares


def close_fund(path: Path, fund: Fund, t: int) -> None:
    """Step 12 for one fund."""
    debt = fund.lent + sum(facility.loans[fund.index].liability for facility in path.facilities)
    mark(fund, [asset.close for asset in path.assets], debt, path.gauge)
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
    return fund.forced_sale_cost + math.floor(dislocated)
