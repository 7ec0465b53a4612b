"""Guarantees of bank loans: parts of steps 7, 10 and 12 of docs/model.md."""

import math

from oracle import rationing
from oracle.ledger import COLLATERAL, FUND, LENDERS, LENDERS_CLAIM, LENDERS_DEBT, POOL
from oracle.state import Path
from oracle.state_facilities import Facility, Loan
from oracle.state_funds import Fund


def lend_by_bank(path: Path, facility: Facility) -> None:
    """Claims are met pro rata, as far as the pool can answer for them; with it the premium on each drawing."""
    claims = list(zip(path.funds, facility.loans, strict=True))
    rationing.cut_to_sponsors(path, facility, claims)
    rationing.cut_to_caps(path, facility, claims)
    available = math.floor((path.pool.cash - path.pool.committed) / facility.guarantee.guaranteed_frac)
    shares = rationing.share(path, facility, claims, available)
    for (fund, loan), lent in zip(claims, shares, strict=True):
        loan.unmet = loan.claim - lent
        rationing.note_dust(path, fund, loan, lent)
        path.gauge.fire("guarantees rationed", loan.unmet > 0)
        draw(path, facility, fund, loan, lent)


def draw(path: Path, facility: Facility, fund: Fund, loan: Loan, lent: int) -> None:
    """Cash from the bank; the pool sets its part aside."""
    cover = math.floor(facility.guarantee.guaranteed_frac * lent)
    premium = math.floor(facility.guarantee.upfront_frac * lent)
    loan.drawn += lent
    loan.cover += cover
    fund.cash += lent
    fund.injection += lent - premium
    fund.bank_lent += lent
    path.pool.committed += fund.count * cover
    path.pool.cash_out += fund.count * cover
    path.ledger.transfer((LENDERS, fund.index), (FUND, fund.index), fund.count * lent)
    path.ledger.transfer((LENDERS_DEBT, fund.index), (LENDERS_CLAIM, fund.index), fund.count * lent)
    fund.cash -= premium
    fund.guarantee_premium += premium
    path.pool.fees += fund.count * premium
    path.ledger.transfer((FUND, fund.index), (POOL, 0), fund.count * premium)
    path.gauge.fire("guarantee premium", premium > 0)
    path.gauge.fire("bank lends", lent > 0)


def pay_premium(path: Path, fund: Fund, premium: int) -> None:
    """From the fund's cash to the pool's income."""
    fund.cash -= premium
    fund.guarantee_premium += premium
    path.pool.cash += fund.count * premium
    path.pool.cash_in += fund.count * premium
    path.pool.income += fund.count * premium
    path.ledger.transfer((FUND, fund.index), (POOL, 0), fund.count * premium)
    path.gauge.fire("guarantee premium", premium > 0)


def charge(path: Path, facility: Facility, fund: Fund, loan: Loan, interest: int) -> None:
    """Step 10: interest is the bank's claim; the day's premium is paid as far as there is cash."""
    path.ledger.transfer((LENDERS_DEBT, fund.index), (LENDERS_CLAIM, fund.index), fund.count * interest)
    loan.premium_due += math.floor(loan.drawn * facility.guarantee.premium_per_day)
    paid = min(loan.premium_due, fund.cash)
    loan.premium_due -= paid
    pay_premium(path, fund, paid)


def repay_bank(path: Path, facility: Facility, fund: Fund, loan: Loan, interest: int, principal: int) -> None:
    """The bank has its money back; the pool answers for what is left."""
    fund.bank_repaid += interest + principal
    path.ledger.transfer((FUND, fund.index), (LENDERS, fund.index), fund.count * (interest + principal))
    path.ledger.transfer((LENDERS_CLAIM, fund.index), (LENDERS_DEBT, fund.index), fund.count * (interest + principal))
    cover = min(loan.cover, math.floor(facility.guarantee.guaranteed_frac * loan.drawn))
    set_free(path, fund, loan.cover - cover)
    loan.cover = cover


def set_free(path: Path, fund: Fund, amount: int) -> None:
    """What the pool no longer answers for."""
    path.pool.committed -= fund.count * amount
    path.pool.cash_in += fund.count * amount
    path.gauge.fire("cover set free", amount > 0)


def honour(path: Path, facility: Facility, fund: Fund, loan: Loan, share: float, seized: int) -> None:
    """The bank keeps what it seizes; the pool pays its part of the principal that is lost."""
    for j, rate in enumerate(facility.advance_rate):
        taken = share * fund.units[j] if rate > 0.0 else 0.0
        fund.units[j] -= taken
        path.assets[j].seized_by_banks += fund.count * taken
    lost = loan.drawn - min(seized, loan.drawn)
    paid = min(loan.cover, math.floor(facility.guarantee.guaranteed_frac * lost))
    pool = path.pool
    set_free(path, fund, loan.cover - paid)
    pool.committed -= fund.count * paid
    pool.cash -= fund.count * paid
    pool.loss += fund.count * paid
    path.guarantee_paid += fund.count * paid
    path.ledger.transfer((POOL, 0), (LENDERS, fund.index), fund.count * paid)
    path.ledger.transfer((COLLATERAL, fund.index), (LENDERS, fund.index), fund.count * seized)
    path.ledger.transfer((LENDERS_CLAIM, fund.index), (LENDERS_DEBT, fund.index), fund.count * loan.owed)
    path.gauge.fire("guarantee paid", paid > 0)
    loan.cover = loan.premium_due = 0


def marked_loss(path: Path, facility: Facility, fund: Fund, loan: Loan, drawn_of_pool: int) -> int:
    """What the pool would pay if all were sold at the close, its own loans first."""
    worth = math.floor(max(0.0, fund.cash + fund.receivable + fund.holdings - fund.lent))
    lost = max(0, loan.drawn - max(0, worth - drawn_of_pool))
    return fund.count * min(loan.cover, math.floor(facility.guarantee.guaranteed_frac * lost))
