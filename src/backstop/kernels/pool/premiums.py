"""What funds pay to the pool for being covered, and what they get back (docs/model.md, 2 and 11)."""

import numpy as np

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, Index, fma, jit, rule
from backstop.terms import ProfitTo
from backstop.terms.declare import covers


@jit
def _pay_premium(funds, f, premium_frac, tally, pool, lanes):
    """``p = min(cash, floor(premium_frac * max(nav, 0)))``, unless failed or defaulted."""
    for i in range(FIRST, lanes):
        cash, owed = funds.cash[f, i], np.floor(premium_frac * max(funds.nav[f, i], 0.0))
        is_sound = tally.failed[f, i] + tally.defaulted[f, i] == 0.0
        paid = min(cash, owed) if is_sound else 0.0
        funds.cash[f, i] = cash - paid
        funds.other_cash_in[f, i] -= paid
        tally.premium_paid[f, i] += paid
        pool.premium[FIRST, i] = paid


@jit
def _book_premium(pool, count, tally, lanes):
    """The premium times count is cash and income of the pool."""
    for i in range(FIRST, lanes):
        amount = count * pool.premium[FIRST, i]
        pool.cash[FIRST, i] += amount
        pool.income[FIRST, i] += amount
        tally.premiums[FIRST, i] += amount


@rule
def collect_premiums(premium_days, members, counts, state, day, lanes):
    """Step 2, before funds are marked: premiums of the period that begins today."""
    if premium_days == 0 or day % Index(premium_days) > FIRST:
        return
    for f in range(count_rows(counts)):
        if members.premium_frac[f] > 0.0:
            _pay_premium(state.funds, f, members.premium_frac[f], state.fund_tally, state.pool, lanes)
            _book_premium(state.pool, counts[f], state.path_tally, lanes)


@jit
def _open_profit(pool, reserve, frac, lanes):
    """``s = min(floor(frac * max(0, surplus - reserve)), max(0, cash - committed))``; nobody has got any of it."""
    for i in range(FIRST, lanes):
        free = max(0.0, pool.cash[FIRST, i] - pool.committed[FIRST, i])
        pool.profit[FIRST, i] = min(np.floor(frac * max(0.0, pool.surplus[FIRST, i] - reserve)), free)
        pool.premiums[FIRST, i] = 0.0
        pool.claimed_so_far[FIRST, i] = 0.0
        pool.allotted_so_far[FIRST, i] = 0.0
        pool.profit_of_funds[FIRST, i] = 0.0


@jit
def _pay_out(pool, profit, tally, lanes):
    """`profit` leaves the pool and its surplus."""
    for i in range(FIRST, lanes):
        amount = profit[FIRST, i]
        pool.cash[FIRST, i] -= amount
        pool.surplus[FIRST, i] -= amount
        tally.profit_shared[FIRST, i] += amount


@jit
def _add_premiums(pool, tally, f, count, lanes):
    """``premiums += count * premium_paid``."""
    for i in range(FIRST, lanes):
        pool.premiums[FIRST, i] = fma(count, tally.premium_paid[f, i], pool.premiums[FIRST, i])


@jit
def _profit_of_fund(pool, funds, f, count, tally, lanes):
    """``A = min(floor(s * so far / total), s); s_f = floor((A - A before) / count)``."""
    for i in range(FIRST, lanes):
        shared, total = pool.profit[FIRST, i], pool.premiums[FIRST, i]
        so_far = pool.claimed_so_far[FIRST, i] + count * tally.premium_paid[f, i]
        part = min(np.floor(shared * (so_far / total)), shared) if total > 0.0 else 0.0
        amount = np.floor((part - pool.allotted_so_far[FIRST, i]) / count)
        pool.claimed_so_far[FIRST, i] = so_far
        pool.allotted_so_far[FIRST, i] = part
        pool.profit_of_funds[FIRST, i] += count * amount
        funds.cash[f, i] += amount
        funds.other_cash_in[f, i] += amount


@rule
def share_profit(terms, counts, state, lanes):
    """Step 11 at a year's end: part of the surplus beyond the reserve, to owners or to funds."""
    pool = state.pool
    _open_profit(pool, terms.profit_reserve, terms.profit_frac, lanes)
    if terms.profit_to == ProfitTo.OWNERS:
        _pay_out(pool, pool.profit, state.path_tally, lanes)
    elif terms.profit_to == ProfitTo.FUNDS:
        for f in range(count_rows(counts)):
            _add_premiums(pool, state.fund_tally, f, counts[f], lanes)
        for f in range(count_rows(counts)):
            _profit_of_fund(pool, state.funds, f, counts[f], state.fund_tally, lanes)
        _pay_out(pool, pool.profit_of_funds, state.path_tally, lanes)


covers(ProfitTo, share_profit)
