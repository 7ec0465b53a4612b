"""Step 7 of docs/model.md for the pool: caps, rules of sharing, approvals, guaranteed borrowing."""

import math
from collections.abc import Sequence
from fractions import Fraction

from backstop.terms import ShareRule
from oracle.gauge import NEAR_QUANTA
from oracle.ledger import POOL, POOL_DEBT, POOL_LENDERS, POOL_LENDERS_CLAIM
from oracle.state import Path
from oracle.state_facilities import Facility, Loan
from oracle.state_funds import Fund

Claims = Sequence[tuple[Fund, Loan]]


def ration(path: Path, facility: Facility, t: int) -> None:
    """Cut the day's claims to caps, then to the pool's money and credit."""
    claims = list(zip(path.funds, facility.loans, strict=True))
    cut_to_sponsors(path, facility, claims)
    cut_to_caps(path, facility, claims)
    available = money(path)
    path.gauge.fire("rationed", 0 < available < sum(fund.count * loan.claim for fund, loan in claims))
    shares = share(path, facility, claims, available)
    for (fund, loan), granted in zip(claims, shares, strict=True):
        loan.unmet = loan.claim - granted
        approve(path, facility, fund, loan, t, granted)


def money(path: Path) -> int:
    """What the pool has free, and may borrow."""
    pool = path.pool
    credit = max(0, math.floor(pool.rules.borrow_multiple * pool.paid_in) - pool.borrowed)
    return pool.cash - pool.committed + credit


def out(fund: Fund, loan: Loan) -> int:
    """What a facility has out to the funds of one row."""
    return fund.count * (loan.drawn + loan.pending)


def cut_to_sponsors(path: Path, facility: Facility, claims: Claims) -> None:
    """Claims of one sponsor's funds share what is left of its cap."""
    if facility.sponsor_cap == NO_BOUND:
        return
    for sponsor in sorted({fund.sponsor for fund in path.funds} - {-1}):
        own = [(fund, loan) for fund, loan in claims if fund.sponsor == sponsor]
        room = max(0, int(facility.sponsor_cap) - sum(out(fund, loan) for fund, loan in own))
        cut(path, own, pro_rata(path, own, [loan.claim for _, loan in own], room), "sponsor cap")


def cut_to_caps(path: Path, facility: Facility, claims: Claims) -> None:
    """All claims share what the caps of facility, pool and capital leave."""
    everything = [(f.capital_frac, out(fund, loan)) for f in path.facilities
                  for fund, loan in zip(path.funds, f.loans, strict=True)]
    rooms: list[float] = []
    if facility.facility_cap < NO_BOUND:
        rooms.append(facility.facility_cap - sum(out(fund, loan) for fund, loan in claims))
    if path.pool.rules.pool_cap < NO_BOUND:
        rooms.append(path.pool.rules.pool_cap - sum(amount for _, amount in everything))
    if facility.capital_frac > 0.0:
        tied = math.fsum(frac * amount for frac, amount in everything)
        rooms.append((path.pool.paid_in - tied) / facility.capital_frac)
    if rooms:
        cut(path, claims, share(path, facility, claims, math.floor(max(0.0, min(rooms)))), "cap on what is out")


def cut(path: Path, claims: Claims, shares: Sequence[int], rule: str) -> None:
    """What a claim does not get under a cap, it does not ask for."""
    for (fund, loan), granted in zip(claims, shares, strict=True):
        path.gauge.fire(rule, granted < loan.claim)
        note_dust(path, fund, loan, granted)
        path.pool.cuts[CAUSES[rule]] += fund.count * (loan.claim - granted)
        loan.claim = granted


NO_BOUND = 1e300
CAUSES = {"sponsor cap": "sponsor", "cap on what is out": "facility"}


def share(path: Path, facility: Facility, claims: Claims, available: int) -> list[int]:
    """What each claim gets of `available`, by the facility's rule."""
    if facility.share_rule == ShareRule.BY_ORDER:
        return by_order(path, claims, available)
    first = [0] * len(claims)
    if facility.share_rule == ShareRule.BY_CONTRIBUTION:
        first = by_contribution(path, claims, available)
        available -= sum(fund.count * got for (fund, _), got in zip(claims, first, strict=True))
    wanted = [loan.claim - got for (_, loan), got in zip(claims, first, strict=True)]
    return [got + more for got, more in zip(first, pro_rata(path, claims, wanted, available), strict=True)]


def pro_rata(path: Path, claims: Claims, wanted: Sequence[int], available: int) -> list[int]:
    """In proportion to what is wanted, with a cumulative remainder."""
    total = sum(fund.count * want for (fund, _), want in zip(claims, wanted, strict=True))
    enough = path.gauge.covers(available, total) if total else True
    claimed, allotted, shares = 0, 0, []
    for (fund, _), want in zip(claims, wanted, strict=True):
        claimed += fund.count * want
        bound = claimed if enough else claimed * available // total
        shares.append(min(want, (bound - allotted) // fund.count))
        allotted = bound
    return shares


def by_contribution(path: Path, claims: Claims, available: int) -> list[int]:
    """In proportion to the premiums that claimants have paid, at most the claim."""
    weights = [fund.count * fund.premium_paid * (loan.claim > 0) for fund, loan in claims]
    total = sum(weights)
    so_far, allotted, shares = 0, 0, []
    for (fund, loan), weight in zip(claims, weights, strict=True):
        so_far += weight
        bound = math.floor(Fraction(available * so_far, total)) if total else 0
        shares.append(min(loan.claim, (bound - allotted) // fund.count))
        path.gauge.fire("by contribution", 0 < shares[-1] < loan.claim)
        allotted = bound
    return shares


def by_order(path: Path, claims: Claims, available: int) -> list[int]:
    """One after the other."""
    shares = []
    for fund, loan in claims:
        shares.append(min(loan.claim, available // fund.count))
        available -= fund.count * shares[-1]
        path.gauge.fire("by order", shares[-1] < loan.claim)
    return shares


def note_dust(path: Path, fund: Fund, loan: Loan, granted: int) -> None:
    """Of an empty pool, or under a cap that is used up, rounding decides who gets a last quantum."""
    if loan.claim > 0 and granted < NEAR_QUANTA:
        path.pool.dust_shares += fund.count
        path.gauge.note_near(True)


def approve(path: Path, facility: Facility, fund: Fund, loan: Loan, t: int, granted: int) -> None:
    """Commit pool money to a fund."""
    note_dust(path, fund, loan, granted)
    loan.approved[t + facility.cash_lag_days] = granted
    loan.pending += granted
    path.pool.committed += fund.count * granted
    path.pool.cash_out += fund.count * granted


def borrow(path: Path) -> None:
    """Under guarantee, what is promised beyond the pool's own cash."""
    pool = path.pool
    amount = max(0, pool.committed - pool.cash)
    pool.cash += amount
    pool.borrowed += amount
    pool.borrowed_peak = max(pool.borrowed_peak, pool.borrowed)
    path.ledger.transfer((POOL_LENDERS, 0), (POOL, 0), amount)
    path.ledger.transfer((POOL_DEBT, 0), (POOL_LENDERS_CLAIM, 0), amount)
    path.gauge.fire("borrowed", amount > 0)
