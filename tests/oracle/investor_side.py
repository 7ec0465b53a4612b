"""Steps 4 and 9 of docs/model.md: what investors bring, ask for and are paid."""

import math

from backstop.terms import NO_GATE
from oracle import causes_side
from oracle.gauge import Gauge
from oracle.ledger import FUND, INVESTORS
from oracle.state import Path
from oracle.state_funds import Fund, InvestorClass

STEEP_LOSS = 1e-6
"""Below it the slope of a square root is above 500."""


def trailing_return(fund: Fund, holder: InvestorClass) -> float:
    """r of a class, from the close `horizon_days` ago."""
    return fund.navps / fund.closes[-holder.horizon_days] - 1.0


def gain(fund: Fund, holder: InvestorClass) -> float:
    """Trailing gain of a class beyond its tolerance."""
    return max(0.0, trailing_return(fund, holder) - holder.tolerance)


def subscribe(path: Path, fund: Fund) -> None:
    """Step 4: new money."""
    fund.inflow = 0
    for holder in fund.classes:
        holder.free = holder.shares - holder.queued
        at_base = min(holder.daily_cap, holder.base_inflow)
        dry = holder.inflow_dry * max(0.0, -trailing_return(fund, holder) - holder.tolerance)
        path.gauge.fire("inflow dries up", at_base > 0.0 and dry > 0.0)
        beyond = min(holder.daily_cap - at_base, holder.bull_slope * gain(fund, holder))
        brought = at_base * max(0.0, 1.0 - dry) * max(holder.free, 0.0) + beyond * max(holder.shares, 0.0)
        money = math.floor(brought * max(fund.navps, 0.0))
        if money == 0:
            continue
        path.gauge.fire("base inflow", at_base > 0.0 and dry < 1.0)
        holder.shares += money / fund.navps
        fund.shares += money / fund.navps
        fund.cash += money
        fund.nav += money
        fund.subscribed += money
        fund.inflow += money
        path.ledger.transfer((INVESTORS, 0), (FUND, fund.index), fund.count * money)
        path.gauge.fire("new money", beyond > 0.0)


def fall_due(fund: Fund, t: int, payout_limit: float, gauge: Gauge) -> None:
    """Step 4: what falls due today, and what a gate or a covenant holds back of it."""
    value = max(fund.navps, 0.0)
    late = sum(math.floor(holder.overdue * value) for holder in fund.classes)
    for holder in fund.classes:
        holder.overdue += holder.queue.pop(t, 0.0)
    outflow = sum(math.floor(holder.overdue * value) for holder in fund.classes) - fund.inflow
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
        beyond = -trailing_return(fund, holder) - holder.tolerance
        loss = max(0.0, beyond)
        # a root is so steep at 0 that it shows the rounding of a share's value
        path.gauge.note_near(holder.bear_power < 1.0 and abs(beyond) < STEEP_LOSS)
        growth = 1.0 + holder.illiquidity_slope * max(path.assets[path.index].dislocation, 0.0)
        answer = holder.bear_slope * growth * loss**holder.bear_power
        ordinary = min(holder.daily_cap, holder.base_rate)
        path.gauge.fire("redemption capped", holder.base_rate + answer > holder.daily_cap)
        path.gauge.fire("curved response", holder.bear_power != 1.0 and answer > 0.0)
        path.gauge.fire("illiquid market", growth > 1.0 and answer > 0.0)
        path.gauge.fire("announced", cut > 0.0 and answer > 0.0)
        stressed = min(holder.daily_cap - ordinary, answer) * (1.0 - cut)
        taken = min(holder.daily_cap - ordinary, holder.gain_slope * gain(fund, holder))
        asked = {"loss": (ordinary + stressed) * holder.free, "gain": taken * holder.free}
        day = t + holder.notice_days
        for cause, part in (("stressed", stressed * holder.free), ("gains", taken * holder.free)):
            queue = fund.queue_by_cause[cause]
            queue[day] = queue.get(day, 0.0) + part
        for shares in asked.values():
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
    fund.ahead = uncut = waiting + max(fund.navps, 0.0) * shares
    if fund.gate_today < NO_GATE:
        fund.ahead = min(fund.ahead, fund.ahead_days * fund.gate_today * max(fund.nav, 0.0))
    path.gauge.fire("sold ahead", fund.ahead > 0.0)
    causes_side.look_ahead(fund, t, uncut)


def pay_redemptions(path: Path, fund: Fund) -> None:
    """Step 9: payment, class by class with a cumulative remainder."""
    causes_side.release(fund)
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
    causes_side.pay(fund)
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
