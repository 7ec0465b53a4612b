"""Steps 7 and 10 of docs/model.md: claims, injections; interest, repayment, maturity, default."""

import math
from collections.abc import Callable
from itertools import pairwise

from backstop.terms import Instrument
from backstop.terms.declare import covers
from oracle import capital_side, compensation_side, guarantee_side, purchase_side, rationing
from oracle.contract_side import admitted, charge_fee, collect_fees, grade
from oracle.fund_side import free_cash, worth_at_close
from oracle.gauge import NEAR_QUANTA
from oracle.ledger import COLLATERAL, DEBT, FUND, INVENTORY, POOL, RECEIVABLE
from oracle.state import Path
from oracle.state_facilities import Facility, Loan
from oracle.state_funds import Fund


def claims_and_injections(path: Path, t: int) -> None:
    """Step 7."""
    for fund in path.funds:
        fund.injection = 0
    is_dry = False
    capital_side.receive_calls(path, t)
    for facility in path.facilities:
        if facility.instrument == Instrument.MARKET_PURCHASE:
            is_dry |= purchase_side.order_in_market(path, facility, t)
        elif facility.instrument == Instrument.PURCHASE:
            is_dry |= buy_from_funds(path, facility, t)
        elif facility.instrument == Instrument.COMPENSATION:
            note_losers(path, facility)
        elif facility.instrument in (Instrument.ADVANCE, Instrument.GUARANTEE):
            is_dry |= lend(path, facility, t)
        rationing.borrow(path)
    record_use(path, t, is_dry)
    collect_fees(path)
    if path.facilities:
        capital_side.call_capital(path, t)


covers(Instrument, claims_and_injections)


def lend(path: Path, facility: Facility, t: int) -> bool:
    """An advance, or a bank's loan: arrivals, claims; whether a claim was cut."""
    if facility.cash_lag_days > 0:
        arrive(path, facility, t)
    is_dry = share_out(path, facility, t, heard)
    if facility.cash_lag_days == 0:
        arrive(path, facility, t)
    return is_dry


def heard(path: Path, facility: Facility, fund: Fund, loan: Loan) -> int:
    """A claim, or nothing where the fund is not admitted."""
    refused_before, loan.refused = loan.refused, 0
    amount = admitted(path, facility, fund, loan, claim(path, facility, fund, loan))
    path.pool.misdirected_claims += fund.count * max(0, loan.refused - refused_before)
    return amount


def buy_from_funds(path: Path, facility: Facility, t: int) -> bool:
    """Purchases from funds; whether the pool cut one."""
    def sale(path: Path, facility: Facility, fund: Fund, loan: Loan) -> int:
        is_entitled = purchase_side.is_buying(facility, t) and may_claim(path, facility, fund, loan)
        if not is_entitled:
            return 0
        lack, amount = lack_of(path, fund), purchase_side.claim(path, facility, fund, lack_of(path, fund))
        may_sell = math.floor(max(0.0, facility.purchase.need_frac * lack))
        note_cuts(path, fund, [("need", math.floor(max(0.0, lack))), ("coverage", may_sell), ("collateral", amount)])
        return amount

    purchase_side.count_days(facility)
    is_dry = share_out(path, facility, t, sale)
    purchase_side.settle(path, facility, t)
    return is_dry


def note_losers(path: Path, facility: Facility) -> None:
    """Who may be paid for this period's loss: whoever could claim on some day of it."""
    for fund, loan in zip(path.funds, facility.loans, strict=True):
        loan.qualifies |= may_claim(path, facility, fund, loan)


def compensate(path: Path, t: int) -> None:
    """Step 11, before the day's losses are borne."""
    for facility in path.facilities:
        if facility.instrument == Instrument.COMPENSATION:
            is_dry = compensation_side.compensate(path, facility, t)
            if t % facility.compensation.period_days == 0:
                note_use(path, t, is_dry)


def share_out(path: Path, facility: Facility, t: int, claim_of: Callable[[Path, Facility, Fund, Loan], int]) -> bool:
    """Claims of all funds, rationed; whether one was cut."""
    unmet_before = [loan.unmet for loan in facility.loans]
    for fund, loan in zip(path.funds, facility.loans, strict=True):
        loan.claim = claim_of(path, facility, fund, loan)
    if facility.instrument == Instrument.PURCHASE:
        purchase_side.cut_to_budget(path, facility)
    if facility.instrument == Instrument.GUARANTEE:
        guarantee_side.lend_by_bank(path, facility)
    else:
        rationing.ration(path, facility, t)
    for fund, loan, before in zip(path.funds, facility.loans, unmet_before, strict=True):
        path.pool.unmet_claims += fund.count * max(0, loan.unmet - before)
        path.pool.cuts["pool"] += fund.count * loan.unmet
    return any(loan.unmet > 0 for loan in facility.loans)


def lack_of(path: Path, fund: Fund) -> float:
    """The need of a fund, net of what it has been promised."""
    lack = max(0.0, fund.due + fund.called + fund.recalled + fund.intended - free_cash(fund))
    return lack - sum(other.loans[fund.index].pending for other in path.facilities)


def arrive(path: Path, facility: Facility, t: int) -> None:
    """What was approved `cash_lag_days` ago reaches the funds."""
    for fund, loan in zip(path.funds, facility.loans, strict=True):
        amount = loan.approved.pop(t, 0)
        fund.cash += amount
        fund.injection += amount
        fund.injected += amount
        loan.drawn += amount
        loan.pending -= amount
        path.pool.cash -= fund.count * amount
        path.pool.committed -= fund.count * amount
        path.ledger.transfer((POOL, 0), (FUND, fund.index), fund.count * amount)
        path.ledger.transfer((DEBT, fund.index), (RECEIVABLE, 0), fund.count * amount)
        charge_fee(path, facility, fund, amount)
        path.gauge.fire("late cash" if facility.cash_lag_days else "cash at once", amount > 0)
        fund.drawn_peak = max(fund.drawn_peak, sum(other.loans[fund.index].drawn for other in path.facilities
                                                   if other.instrument == Instrument.ADVANCE))


def may_claim(path: Path, facility: Facility, fund: Fund, loan: Loan) -> bool:
    """Eligible, not failed, not defaulted, not called, both keys active."""
    return (loan.is_eligible and not fund.is_failed and not fund.is_defaulted and fund.called == 0
            and facility.system_key.is_active and loan.fund_key.is_active)


def claim(path: Path, facility: Facility, fund: Fund, loan: Loan) -> int:
    """The least of need, cover, collateral and cap."""
    if not may_claim(path, facility, fund, loan):
        return 0
    loans = [other.loans[fund.index] for other in path.facilities]
    collateral = math.fsum(rate * units * asset.price for rate, units, asset
                           in zip(facility.advance_rate, fund.units, path.assets, strict=True))
    fall = max(0.0, loan.shadow_peak * (1.0 - facility.deductible_frac) - fund.navps)
    bounds = {
        "need binds": lack_of(path, fund) / (1.0 - facility.fee_frac - facility.guarantee.upfront_frac),
        "cover binds": facility.coverage_frac * fall * fund.shares - loan.drawn - loan.pending,
        "pledge binds": collateral - fund.lent - sum(other.liability + other.pending for other in loans),
        "cap binds": facility.fund_cap_frac * max(fund.nav, 0.0) - loan.drawn - loan.pending,
    }
    binding = min(bounds, key=bounds.__getitem__)
    path.gauge.note_near(0.5 < bounds[binding] < NEAR_QUANTA)
    amount = math.floor(facility.claims_frac * max(0.0, bounds[binding]))
    names = ("need", "coverage", "collateral", "fund_cap")
    least, levels = math.inf, []
    for name, bound in zip(names, bounds.values(), strict=True):
        least = min(least, math.floor(max(0.0, bound)))
        levels.append((name, least))
    note_cuts(path, fund, [*levels, ("take_up", amount)])
    path.gauge.fire(binding, amount > 0)
    return amount


def note_cuts(path: Path, fund: Fund, levels: list[tuple[str, int]]) -> None:
    """What is left of a need after each rule in turn; the first is the need itself."""
    path.pool.need += fund.count * levels[0][1]
    for (_, before), (rule, left) in pairwise(levels):
        path.pool.cuts[rule] += fund.count * (before - left)


def record_use(path: Path, t: int, is_dry: bool) -> None:
    """The pool after a day's approvals and before its repayments."""
    note_use(path, t, is_dry)
    path.pool.n_injections += sum(fund.count * (fund.injection > 0) for fund in path.funds)


def note_use(path: Path, t: int, is_dry: bool) -> None:
    """Extremes of what the pool has out and has left."""
    pool = path.pool
    if is_dry:
        pool.first_dry_day = pool.first_dry_day or t
        path.gauge.fire("dry pool")
    pool.peak_use = max(pool.peak_use, pool.cash_out - pool.cash_in)
    pool.min_available = min(pool.min_available, pool.cash - pool.committed)


def service_debt(path: Path) -> None:
    """Step 10."""
    for facility in path.facilities:
        grade(path, facility)
    for facility in path.facilities:
        for fund, loan in zip(path.funds, facility.loans, strict=True):
            if loan.liability > 0:
                service_loan(path, facility, fund, loan)


def service_loan(path: Path, facility: Facility, fund: Fund, loan: Loan) -> None:
    """Interest, premium, rollover or maturity, repayment, call or default of one loan."""
    interest = math.floor(loan.drawn * loan.rate)
    loan.interest_due += interest
    loan.age += loan.owed > 0
    if facility.instrument == Instrument.GUARANTEE:
        guarantee_side.charge(path, facility, fund, loan, interest)
    was_called = loan.called > 0
    is_matured = loan.age >= facility.tenor_days and not roll_over(path, facility, loan)
    must_pay = is_matured or was_called
    paid = repay(path, facility, fund, loan, must_pay)
    unpaid, excused = loan.demand - paid, fund.sale_cost + fund.receivable
    missed = loan.demand > 0 and unpaid > 0 and not must_pay and not path.gauge.covers(excused, unpaid)
    path.gauge.fire("demand missed", missed)
    loan.called = 0
    path.gauge.fire("called and paid", was_called and loan.owed == 0)
    is_late = was_called and loan.owed > 0 and not path.gauge.covers(excused, loan.owed)
    loan.late = loan.late + is_late if loan.owed > 0 else 0
    path.gauge.fire("grace", is_late and loan.late <= facility.grace_days)
    if is_late and loan.late > facility.grace_days:
        default(path, facility, fund, loan)
    elif (must_pay or missed) and loan.owed > 0:
        loan.called = loan.owed + math.floor(loan.drawn * loan.rate)
        loan.called += loan.premium_due + math.floor(loan.drawn * facility.guarantee.premium_per_day)
        path.gauge.fire("called again" if was_called else "called")
    if loan.owed == 0:
        loan.age, loan.rollovers_used = 0, 0


def roll_over(path: Path, facility: Facility, loan: Loan) -> bool:
    """Whether the loan starts its tenor again."""
    may = facility.system_key.is_active and loan.rollovers_used < facility.n_rollovers and loan.called == 0
    if may:
        loan.age = 0
        loan.rollovers_used += 1
        path.gauge.fire("rollover")
    return may


def repay(path: Path, facility: Facility, fund: Fund, loan: Loan, must_pay: bool) -> int:
    """Pay interest, then principal, from the day's budget; what was paid."""
    if must_pay:
        budget = fund.cash
        path.gauge.covers(budget, loan.owed)
    elif facility.system_key.is_active:
        budget = min(fund.cash, loan.demand + loan.raised)
    else:
        budget = math.floor(facility.sweep_frac * max(fund.cash - fund.buffer, 0.0))
        path.gauge.fire("sweep", budget > 0)
        budget = max(budget, min(fund.cash, loan.demand + loan.raised))
        path.gauge.covers(budget, loan.owed)
    interest = min(loan.interest_due, budget)
    principal = min(loan.drawn, budget - interest)
    loan.interest_due -= interest
    loan.drawn -= principal
    fund.cash -= interest + principal
    if facility.instrument == Instrument.GUARANTEE:
        guarantee_side.repay_bank(path, facility, fund, loan, interest, principal)
        return interest + principal
    fund.interest_paid += interest
    fund.repaid += principal
    path.pool.cash += fund.count * (interest + principal)
    path.pool.cash_in += fund.count * (interest + principal)
    path.pool.income += fund.count * interest
    path.ledger.transfer((FUND, fund.index), (POOL, 0), fund.count * (interest + principal))
    path.ledger.transfer((RECEIVABLE, 0), (DEBT, fund.index), fund.count * principal)
    return interest + principal


def default(path: Path, facility: Facility, fund: Fund, loan: Loan) -> None:
    """Seize the same share of every pledged asset at closing prices; what they do not cover is lost."""
    pledged = [j for j, rate in enumerate(facility.advance_rate) if rate > 0.0]
    worth = math.fsum(worth_at_close(fund, path.assets, j) for j in pledged)
    share = min(1.0, loan.owed / worth) if worth > 0.0 else 0.0
    seized = loan.owed if worth >= loan.owed else math.floor(worth)
    if facility.instrument == Instrument.GUARANTEE:
        guarantee_side.honour(path, facility, fund, loan, share, seized)
    else:
        recovered = min(seized, loan.drawn)
        path.pool.loss += fund.count * (loan.drawn - recovered)
        path.pool.income += fund.count * (seized - recovered)
        seize(path, facility, fund, pledged, worth, share, seized)
        path.ledger.transfer((RECEIVABLE, 0), (DEBT, fund.index), fund.count * loan.drawn)
    path.gauge.fire("default")
    path.gauge.fire("default beyond collateral", seized < loan.drawn)
    loan.drawn, loan.interest_due = 0, 0
    fund.is_defaulted = True


def seize(path: Path, facility: Facility, fund: Fund, pledged: list[int], worth: float, share: float,
          seized: int) -> None:
    """Move the share of each pledged asset into the inventory, at cost."""
    worth_so_far, allotted = 0.0, 0
    for j in pledged:
        worth_so_far += worth_at_close(fund, path.assets, j)
        is_last = j == pledged[-1]
        bound = seized if is_last else math.floor(seized * worth_so_far / worth) if worth > 0.0 else 0
        units = share * fund.units[j]
        fund.units[j] -= units
        facility.inventory[j] += fund.count * units
        facility.inventory_cost[j] += fund.count * (bound - allotted)
        path.ledger.transfer((COLLATERAL, fund.index), (INVENTORY, facility.index), fund.count * (bound - allotted))
        allotted = bound
    path.gauge.fire("collateral seized", seized > 0)
