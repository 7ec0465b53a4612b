"""Compensation for losses: parts of steps 7 and 11 of docs/model.md."""

import math
from collections.abc import Callable

from oracle import rationing
from oracle.fund_side import worth_at_close
from oracle.gauge import NEAR_QUANTA
from oracle.ledger import FUND, POOL
from oracle.state import Path
from oracle.state_facilities import Facility, Loan
from oracle.state_funds import Fund


def value_per_share(path: Path, fund: Fund) -> float:
    """NAV per share at closing prices, before today's payments."""
    owed = fund.lent + sum(other.loans[fund.index].liability for other in path.facilities)
    holdings = math.fsum(worth_at_close(fund, path.assets, j) for j in range(len(path.assets)))
    return (fund.cash + fund.receivable + holdings - owed) / max(fund.shares, 1.0)


def covered_loss(path: Path, facility: Facility, fund: Fund, loan: Loan) -> int:
    """What the layer pays for today's value without what it has paid already."""
    rules, shares = facility.compensation, max(fund.shares, 1.0)
    if loan.paid_reference <= 0.0:
        return 0
    fall = 1.0 - (value_per_share(path, fund) - loan.held / shares) / loan.paid_reference
    part = min(max(fall, rules.attach), rules.exhaust) - rules.attach
    path.gauge.fire("loss exhausts the layer", fall > rules.exhaust)
    return math.floor(rules.share_frac * part * loan.paid_reference * shares)


def compensate(path: Path, facility: Facility, t: int) -> bool:
    """Step 11 for one facility; whether the pool cut a claim."""
    for fund, loan in zip(path.funds, facility.loans, strict=True):
        if loan.watch > 0:
            claw_back(path, facility, fund, loan)
    if t % facility.compensation.period_days:
        return False
    for fund, loan in zip(path.funds, facility.loans, strict=True):
        loan.claim = claim(path, facility, fund, loan) if loan.is_eligible else 0
        loan.qualifies = False
    cut_to_limits(path, facility)
    return pay(path, facility)


def claw_back(path: Path, facility: Facility, fund: Fund, loan: Loan) -> None:
    """What a recovered loss was paid comes back, as far as there is cash."""
    loan.watch -= 1
    back = min(max(0, loan.held - covered_loss(path, facility, fund, loan)), fund.cash)
    if back == 0:
        return
    loan.held -= back
    loan.compensated -= back
    loan.reference -= back / max(fund.shares, 1.0)
    fund.cash -= back
    fund.clawed_back += back
    pool = path.pool
    pool.cash += fund.count * back
    pool.cash_in += fund.count * back
    pool.income += fund.count * back
    path.ledger.transfer((FUND, fund.index), (POOL, 0), fund.count * back)
    path.gauge.fire("clawed back")


def claim(path: Path, facility: Facility, fund: Fund, loan: Loan) -> int:
    """The loss of the period that is covered; the next period's reference is set."""
    rules, value = facility.compensation, value_per_share(path, fund)
    if rules.is_from_peak:
        peak = max(fund.peak, value)
        loan.held = loan.held if peak <= loan.paid_reference else 0
        loan.paid_reference = peak
    else:
        loan.paid_reference, loan.reference, loan.held = loan.reference, value, 0
    due = covered_loss(path, facility, fund, loan) - loan.held
    room = rules.most_per_fund[fund.index] - loan.compensated
    path.gauge.fire("fund's limit", loan.qualifies and due > room)
    return max(0, int(min(due, room))) if loan.qualifies else 0


def cut_to_limits(path: Path, facility: Facility) -> None:
    """Sponsor by sponsor, then all together."""
    rules = facility.compensation
    for sponsor in sorted({fund.sponsor for fund in path.funds if fund.sponsor >= 0}):
        cut(path, facility, rules.most_per_sponsor, lambda fund, of=sponsor: fund.sponsor == of, "sponsor's limit")
    cut(path, facility, rules.most_per_period, lambda fund: True, "period's limit")


def cut(path: Path, facility: Facility, most: float, is_member: Callable[[Fund], bool], rule: str) -> None:
    """Claims of some funds within `most`, pro rata with a cumulative remainder."""
    claims = [(fund, loan) for fund, loan in zip(path.funds, facility.loans, strict=True) if is_member(fund)]
    total = sum(fund.count * loan.claim for fund, loan in claims)
    if total <= most:
        return
    path.gauge.fire(rule)
    claimed, allotted = 0, 0
    for fund, loan in claims:
        claimed += fund.count * loan.claim
        bound = claimed * int(most) // total
        loan.claim = min(loan.claim, (bound - allotted) // fund.count)
        allotted = bound


def pay(path: Path, facility: Facility) -> bool:
    """Grants, as far as the pool has money; whether a claim was cut."""
    pool, claims = path.pool, list(zip(path.funds, facility.loans, strict=True))
    shares = rationing.share(path, facility, claims, rationing.money(path))
    for (fund, loan), granted in zip(claims, shares, strict=True):
        pool.unmet_claims += fund.count * (loan.claim - granted)
        grant(path, facility, fund, loan, granted)
    rationing.borrow(path)
    return any(granted < loan.claim for (_, loan), granted in zip(claims, shares, strict=True))


def grant(path: Path, facility: Facility, fund: Fund, loan: Loan, granted: int) -> None:
    """Cash for good, unless the loss is recovered in time: a loss of the pool, though none of principal."""
    loan.held += granted
    loan.compensated += granted
    loan.reference += granted / max(fund.shares, 1.0)
    loan.watch = facility.compensation.clawback_days if granted else 0
    fund.cash += granted
    fund.compensated += granted
    path.gauge.note_near(loan.claim > 0 and granted < NEAR_QUANTA)
    pool = path.pool
    pool.cash -= fund.count * granted
    pool.cash_out += fund.count * granted
    pool.loss += fund.count * granted
    pool.granted += fund.count * granted
    path.ledger.transfer((POOL, 0), (FUND, fund.index), fund.count * granted)
    path.gauge.fire("compensated", granted > 0)
