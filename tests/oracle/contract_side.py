"""What a contract adds to a plain loan: parts of steps 3, 4, 5, 7 and 10 of docs/model.md."""

import math

from oracle.ledger import FUND, POOL
from oracle.state import Path
from oracle.state_facilities import Facility, Loan
from oracle.state_funds import Fund


def borrowings(path: Path, fund: Fund) -> list[tuple[Facility, Loan]]:
    """The facilities a fund owes anything, with their loans."""
    loans = [(facility, facility.loans[fund.index]) for facility in path.facilities]
    return [(facility, loan) for facility, loan in loans if loan.owed > 0]


def suspend_bonus(path: Path, fund: Fund) -> None:
    """Step 3: pay that is suspended presses no more."""
    suspended = max((facility.bonus_frac for facility, _ in borrowings(path, fund)), default=0.0)
    path.gauge.fire("bonus suspended", suspended > 0.0 and fund.pressure > 0.0)
    fund.pressure *= 1.0 - suspended


def payout_limit(path: Path, fund: Fund) -> float:
    """Step 4: the least share of NAV that the facilities a fund owes let it pay a day."""
    return min((facility.payout_frac for facility, _ in borrowings(path, fund)), default=math.inf)


def demand_payments(path: Path, fund: Fund) -> None:
    """Step 4: what facilities demand today, in order."""
    rest = fund.lent + sum(facility.loans[fund.index].owed for facility in path.facilities)
    for facility in path.facilities:
        loan = facility.loans[fund.index]
        loan.demand = loan.raised = 0
        if loan.owed > 0 and loan.called == 0:
            wanted = max(instalment(path, facility, loan), margin(path, facility, fund, rest),
                         excess(path, facility, fund))
            loan.demand = math.floor(min(loan.owed, wanted))
            loan.raised = max(0, part_for_maturity(facility, loan) - loan.demand)
            path.gauge.fire("raised for a maturity", loan.raised > 0)
        rest -= loan.demand + loan.raised
        fund.called += loan.demand + loan.raised


def part_for_maturity(facility: Facility, loan: Loan) -> int:
    """An equal part of the debt for each day that is left, in the last days of a loan that ends."""
    left = facility.tenor_days - loan.age
    goes_on = facility.system_key.is_active and loan.rollovers_used < facility.n_rollovers
    return loan.owed // left if 0 < left <= facility.repay_ahead_days and not goes_on else 0


def instalment(path: Path, facility: Facility, loan: Loan) -> int:
    """An equal part of the principal for each date that is left, and the interest due."""
    days = facility.instalment_days
    if days == 0 or loan.age == 0 or loan.age % days != 0:
        return 0
    path.gauge.fire("instalment")
    return loan.drawn // (max((facility.tenor_days - loan.age) // days, 0) + 1) + loan.interest_due


def margin(path: Path, facility: Facility, fund: Fund, rest: int) -> float:
    """What restores the collateral, once it is below the top-up line."""
    lendable = math.fsum(rate * units * asset.price for rate, units, asset
                         in zip(facility.advance_rate, fund.units, path.assets, strict=True))
    if facility.top_up_frac == 0.0 or path.gauge.covers(lendable, facility.top_up_frac * rest):
        return 0.0
    path.gauge.fire("margin topped up")
    lack = max(0.0, rest - lendable)
    fast = min(lack, max(fund.cash - fund.buffer, 0.0))
    return fast + (lack - fast) * math.floor(fund.holdings) / max(fund.holdings - lendable, 1.0)


def excess(path: Path, facility: Facility, fund: Fund) -> float:
    """Risky holdings beyond the exposure cap."""
    beyond = fund.risky - facility.exposure_cap * max(fund.nav, 0.0)
    path.gauge.fire("over exposed", beyond > 0.0)
    return max(0.0, beyond)


def bar_derisking(path: Path, fund: Fund) -> None:
    """Steps 5 and 7: no forced sales while anything is owed to who bars them."""
    is_barred = any(facility.bars_derisking for facility, _ in borrowings(path, fund))
    path.gauge.fire("derisking barred", is_barred and fund.intended > 0.0)
    fund.intended = 0.0 if is_barred else fund.intended


def charge_fee(path: Path, facility: Facility, fund: Fund, arriving: int) -> None:
    """Step 7: the upfront fee of what arrived."""
    fee = math.floor(facility.fee_frac * arriving)
    fund.cash -= fee
    fund.injection -= fee
    fund.interest_paid += fee
    path.pool.fees += fund.count * fee
    path.ledger.transfer((FUND, fund.index), (POOL, 0), fund.count * fee)
    path.gauge.fire("fee", fee > 0)


def collect_fees(path: Path) -> None:
    """Step 7: after the day's claims, their fees are the pool's."""
    pool = path.pool
    pool.cash += pool.fees
    pool.cash_in += pool.fees
    pool.income += pool.fees
    pool.fees = 0


def admitted(path: Path, facility: Facility, fund: Fund, loan: Loan, claim: int) -> int:
    """Step 7: what is left of a claim after stigma, exposure and the solvency test."""
    if claim == 0:
        return 0
    if not path.gauge.covers(facility.exposure_cap * max(fund.nav, 0.0), fund.risky):
        path.gauge.fire("too exposed to claim")
        path.pool.cuts["covenant"] += fund.count * claim
        return 0
    if path.take_up[fund.index] >= facility.take_up_frac:
        path.gauge.fire("not taken up")
        path.pool.cuts["take_up"] += fund.count * claim
        return 0
    if facility.has_solvency_test and not is_solvent(path, facility, fund):
        path.gauge.fire("insolvent claim")
        path.pool.cuts["solvency"] += fund.count * claim
        loan.refused = claim
        return 0
    return claim


def is_solvent(path: Path, facility: Facility, fund: Fund) -> bool:
    """NAV over assets and NAV per share against their levels."""
    assets = fund.nav + fund.lent + sum(other.loans[fund.index].owed for other in path.facilities)
    return (path.gauge.covers(fund.nav, facility.least_nav_frac * assets)
            and path.gauge.at_least(fund.navps, facility.least_navps))


def grade(path: Path, facility: Facility) -> None:
    """Step 10: the day's rates of one facility, before any repayment."""
    lent = sum(fund.count * loan.drawn for fund, loan in zip(path.funds, facility.loans, strict=True))
    for loan in facility.loans:
        if loan.called > 0:
            continue
        days = loan.age + facility.tenor_days * loan.rollovers_used
        steps = [step for after, step in facility.steps if days >= after and step > 0.0]
        path.gauge.fire("rate stepped up", loan.owed > 0 and bool(steps))
        path.gauge.fire("rate of use", loan.owed > 0 and facility.use_slope > 0.0)
        loan.rate = facility.rate_per_day + facility.use_slope * lent / max(facility.size, 1.0) + math.fsum(steps)
