"""Bank loans that the pool guarantees: draws, premiums, release and payment (docs/model.md, 7, 10 and 12).

The loan is the bank's: its principal is no claim of the pool, which sets aside what it answers for. Rows
are ``k*F + f``.
"""

import numpy as np

from backstop.kernels.facility.cuts import count_cut_by_pool
from backstop.kernels.facility.rationing import count_unmet, cut_claims, open_money, share_out
from backstop.kernels.funds.owing import owe, owe_less
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, fma, jit, rule
from backstop.kernels.machine.lanes import is_any_at_least
from backstop.terms import Instrument


@jit
def _stretch(pool, guaranteed, lanes):
    """``available = floor(available / guaranteed)``: what banks may lend on what the pool has."""
    for i in range(FIRST, lanes):
        pool.available[FIRST, i] = np.floor(pool.available[FIRST, i] / guaranteed)


@jit
def _draw(loans, row, funds, f, upfront, tally, service, lanes):
    """``drawn += lent; cash += lent - premium``, ``premium = floor(upfront * lent)``."""
    for i in range(FIRST, lanes):
        lent = loans.approved[row, i]
        premium = np.floor(upfront * lent)
        loans.drawn[row, i] += lent
        owe(funds, f, lent, i)
        funds.cash[f, i] += lent - premium
        funds.injection[f, i] += lent - premium
        funds.other_cash_in[f, i] += lent - premium
        tally.bank_lent[f, i] += lent
        tally.guarantee_premium[f, i] += premium
        service.premium[FIRST, i] = premium
        service.lent[FIRST, i] = lent


@jit
def _set_aside(guarantees, row, service, pool, guaranteed, count, tally, lanes):
    """``cover += floor(guaranteed * lent)``, which is committed."""
    for i in range(FIRST, lanes):
        lent = service.lent[FIRST, i]
        cover = np.floor(guaranteed * lent)
        guarantees.cover[row, i] += cover
        pool.committed[FIRST, i] += count * cover
        pool.cash_out[FIRST, i] += count * cover
        tally.bank_lent[FIRST, i] += count * lent


@jit
def _charge_upfront(service, pool, count, tally, lanes):
    """The premium waits for the day's claims to be over, as fees do."""
    for i in range(FIRST, lanes):
        premium = count * service.premium[FIRST, i]
        pool.fees[FIRST, i] += premium
        tally.guarantee_premium[FIRST, i] += premium


@jit
def _earn_premium(service, pool, count, tally, lanes):
    """The premium is the pool's income."""
    for i in range(FIRST, lanes):
        premium = count * service.premium[FIRST, i]
        pool.cash[FIRST, i] += premium
        pool.cash_in[FIRST, i] += premium
        pool.income[FIRST, i] += premium
        tally.guarantee_premium[FIRST, i] += premium


@rule
def lend_by_banks(arm, state, k, lanes):
    """Step 7: claims on facility k are met by banks, as far as the pool can answer for them."""
    counts, rules, service, pool, loans = arm.funds.count, arm.guarantee, state.service, state.pool, state.loans
    n_funds = count_rows(counts)
    cut_claims(arm.rationing, arm.members, counts, state, k, lanes)
    open_money(pool, lanes)
    _stretch(pool, rules.guaranteed_frac[k], lanes)
    share_out(arm.rationing.share_rule[k], arm.members, counts, state, k, lanes)
    count_cut_by_pool(counts, loans, k, state.path_tally.cut_pool, lanes)
    for f in range(n_funds):
        row = k * n_funds + f
        count_unmet(pool, loans, row, counts[f], state.path_tally, lanes)
        if is_any_at_least(loans.approved, row, 1.0, lanes):
            _draw(loans, row, state.funds, f, rules.upfront_frac[k], state.fund_tally, service, lanes)
            _set_aside(state.guarantees, row, service, pool, rules.guaranteed_frac[k], counts[f], state.path_tally,
                       lanes)
            _charge_upfront(service, pool, counts[f], state.path_tally, lanes)


@jit
def _pay_premium(state, f, row, premium_per_day, lanes):
    """``premium_due += floor(drawn * premium)``; `premium` is what the fund's cash pays of it."""
    guarantees, loans, funds, tally, service = (
        state.guarantees, state.loans, state.funds, state.fund_tally, state.service)
    for i in range(FIRST, lanes):
        accrued = np.floor(loans.drawn[row, i] * premium_per_day)
        due = guarantees.premium_due[row, i] + accrued
        paid = min(due, max(funds.cash[f, i], 0.0))
        guarantees.premium_due[row, i] = due - paid
        owe(funds, f, accrued - paid, i)
        funds.cash[f, i] -= paid
        funds.other_cash_in[f, i] -= paid
        tally.guarantee_premium[f, i] += paid
        service.premium[FIRST, i] = paid


@rule
def charge_premium(rules, count, state, k, f, row, lanes):
    """Step 10: the pool's premium comes before the bank's interest."""
    _pay_premium(state, f, row, rules.premium_per_day[k], lanes)
    _earn_premium(state.service, state.pool, count, state.path_tally, lanes)


@jit
def _repay_bank(funds, f, tally, service, lanes):
    """Interest and principal, both to the bank."""
    for i in range(FIRST, lanes):
        back = service.interest[FIRST, i] + service.principal[FIRST, i]
        owe_less(funds, f, back, i)
        funds.other_cash_in[f, i] -= back
        tally.bank_repaid[f, i] += back


@jit
def _release(guarantees, row, loans, pool, guaranteed, count, lanes):
    """``cover = min(cover, floor(guaranteed * drawn))``; the rest is free again."""
    for i in range(FIRST, lanes):
        before = guarantees.cover[row, i]
        cover = min(before, np.floor(guaranteed * loans.drawn[row, i]))
        guarantees.cover[row, i] = cover
        pool.committed[FIRST, i] -= count * (before - cover)
        pool.cash_in[FIRST, i] += count * (before - cover)


@jit
def book_bank_repayment(rules, count, state, k, f, row, lanes):
    """Step 10: what a fund paid its bank, and what the pool no longer answers for."""
    _repay_bank(state.funds, f, state.fund_tally, state.service, lanes)
    _release(state.guarantees, row, state.loans, state.pool, rules.guaranteed_frac[k], count, lanes)


@jit
def call_premium(guarantees, row, loans, premium_per_day, lanes):
    """What is called is called with the premium that comes before it tomorrow."""
    for i in range(FIRST, lanes):
        called = loans.called[row, i]
        premium = guarantees.premium_due[row, i] + np.floor(loans.drawn[row, i] * premium_per_day)
        loans.called[row, i] = called + premium if called > 0.0 else 0.0


@jit
def take_by_bank(funds, unit_row, service, guarantees, j, count, lanes):
    """``units -= share * units``: the bank keeps them, off the market."""
    for i in range(FIRST, lanes):
        taken = service.share[FIRST, i] * funds.units[unit_row, i]
        funds.units[unit_row, i] -= taken
        guarantees.taken[j, i] = fma(count, taken, guarantees.taken[j, i])


@jit
def _end_loan(guarantees, row, loans, funds, f, service, lanes):
    """The debt and what is due on it are gone; `lost` is the principal that the bank did not recover."""
    for i in range(FIRST, lanes):
        is_default = service.is_default[FIRST, i]
        drawn, interest = is_default * loans.drawn[row, i], is_default * loans.interest_due[row, i]
        premium = is_default * guarantees.premium_due[row, i]
        service.lost[FIRST, i] = drawn - min(service.seized[FIRST, i], drawn)
        loans.drawn[row, i] -= drawn
        loans.interest_due[row, i] -= interest
        guarantees.premium_due[row, i] -= premium
        owe_less(funds, f, drawn + interest + premium, i)


@jit
def _pay_guarantee(guarantees, row, service, pool, guaranteed, count, tally, lanes):
    """``paid = min(cover, floor(guaranteed * lost))``, a loss of the pool; nothing is set aside any longer."""
    for i in range(FIRST, lanes):
        cover = service.is_default[FIRST, i] * guarantees.cover[row, i]
        paid = min(cover, np.floor(guaranteed * service.lost[FIRST, i]))
        guarantees.cover[row, i] -= cover
        pool.committed[FIRST, i] -= count * cover
        pool.cash_in[FIRST, i] += count * (cover - paid)
        pool.cash[FIRST, i] -= count * paid
        pool.loss[FIRST, i] += count * paid
        tally.guarantee_paid[FIRST, i] += count * paid


@jit
def honour_guarantee(rules, count, state, k, f, row, lanes):
    """Step 10: the bank has seized what there was; the pool pays its part of the rest."""
    _end_loan(state.guarantees, row, state.loans, state.funds, f, state.service, lanes)
    _pay_guarantee(state.guarantees, row, state.service, state.pool, rules.guaranteed_frac[k], count, state.path_tally,
                   lanes)


@jit
def _close_guarantee(state, f, row, guaranteed, count, lanes):
    """What banks are owed, what the pool answers for, and ``min(cover, floor(guaranteed * (drawn - worth left)))``."""
    guarantees, loans, funds, fund_tally, path_tally = (
        state.guarantees, state.loans, state.funds, state.fund_tally, state.path_tally)
    for i in range(FIRST, lanes):
        drawn, cover = loans.drawn[row, i], guarantees.cover[row, i]
        worth = np.floor(max(0.0, funds.cash[f, i] + funds.holdings[f, i] - fund_tally.lender_debt_end[f, i]))
        lost = max(0.0, drawn - max(0.0, worth - funds.drawn[f, i]))
        fund_tally.bank_debt_end[f, i] += drawn + loans.interest_due[row, i]
        path_tally.guaranteed_end[FIRST, i] += count * cover
        to_pay = count * min(cover, np.floor(guaranteed * lost))
        path_tally.marked_loss_end[FIRST, i] += to_pay
        path_tally.unrecovered_end[FIRST, i] += to_pay


@rule
def close_guarantees(terms, state, lanes):
    """Horizon outcomes of guarantees."""
    n_funds = count_rows(terms.funds.count)
    for k in range(count_rows(terms.facilities.instrument)):
        if terms.facilities.instrument[k] == Instrument.GUARANTEE:
            for f in range(n_funds):
                _close_guarantee(state, f, k * n_funds + f, terms.guarantee.guaranteed_frac[k], terms.funds.count[f],
                                 lanes)
