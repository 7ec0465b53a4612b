"""What funds pay to the pool for being covered, and what they get back (docs/model.md, 2 and 11)."""

import numpy as np

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, THREE, TWO, Index, apart, fma, jit, own_frame
from backstop.kernels.machine.lanes import clear
from backstop.terms import PROFIT_TO_FUNDS


@jit
def _pay_premium(funds, f, premium_frac, tally, scratch, lanes):
    """``p = min(cash, floor(premium_frac * max(nav, 0)))`` into scratch 0, unless failed or defaulted."""
    for i in range(FIRST, lanes):
        cash, owed = funds.cash[f, i], np.floor(premium_frac * max(funds.nav[f, i], 0.0))
        is_sound = tally.failed[f, i] + tally.defaulted[f, i] == 0.0
        paid = min(cash, owed) if is_sound else 0.0
        funds.cash[f, i] = cash - paid
        funds.other_cash_in[f, i] -= paid
        tally.premium_paid[f, i] += paid
        scratch[FIRST, i] = paid


@jit
def _book_premium(pool, count, tally, lanes):
    """Scratch 0 times count is cash and income of the pool."""
    for i in range(FIRST, lanes):
        amount = count * pool.scratch[FIRST, i]
        pool.cash[FIRST, i] += amount
        pool.income[FIRST, i] += amount
        tally.premiums[FIRST, i] += amount


@apart
def collect_premiums(premium_days, members, counts, state, day, lanes):
    """Step 2, before funds are marked: premiums of the period that begins today."""
    own_frame()
    if premium_days == 0 or day % Index(premium_days) > FIRST:
        return
    for f in range(count_rows(counts)):
        if members.premium_frac[f] > 0.0:
            _pay_premium(state.funds, f, members.premium_frac[f], state.fund_tally, state.pool.scratch, lanes)
            _book_premium(state.pool, counts[f], state.path_tally, lanes)


@jit
def _open_profit(pool, reserve, frac, lanes):
    """Scratch 0: ``s = min(floor(frac * max(0, surplus - reserve)), max(0, cash - committed))``; 1 to 3 are 0."""
    for i in range(FIRST, lanes):
        free = max(0.0, pool.cash[FIRST, i] - pool.committed[FIRST, i])
        pool.scratch[FIRST, i] = min(np.floor(frac * max(0.0, pool.surplus[FIRST, i] - reserve)), free)
        pool.scratch[ONE, i] = 0.0
        pool.scratch[TWO, i] = 0.0
        pool.scratch[THREE, i] = 0.0


@jit
def _pay_out(pool, row, tally, lanes):
    """Scratch `row` leaves the pool and its surplus."""
    for i in range(FIRST, lanes):
        amount = pool.scratch[row, i]
        pool.cash[FIRST, i] -= amount
        pool.surplus[FIRST, i] -= amount
        tally.profit_shared[FIRST, i] += amount


@jit
def _add_premiums(scratch, tally, f, count, lanes):
    """Scratch 1: ``total += count * premium_paid``."""
    for i in range(FIRST, lanes):
        scratch[ONE, i] = fma(count, tally.premium_paid[f, i], scratch[ONE, i])


@jit
def _profit_of_fund(pool, funds, f, count, tally, lanes):
    """``A = min(floor(s * so far / total), s); s_f = floor((A - A before) / count)``; scratch 3 is what funds got."""
    scratch = pool.scratch
    for i in range(FIRST, lanes):
        shared, total = scratch[FIRST, i], scratch[ONE, i]
        so_far = pool.claimed_so_far[FIRST, i] + count * tally.premium_paid[f, i]
        part = min(np.floor(shared * (so_far / total)), shared) if total > 0.0 else 0.0
        amount = np.floor((part - scratch[TWO, i]) / count)
        pool.claimed_so_far[FIRST, i] = so_far
        scratch[TWO, i] = part
        scratch[THREE, i] += count * amount
        funds.cash[f, i] += amount
        funds.other_cash_in[f, i] += amount


@jit
def share_profit(terms, counts, state, lanes):
    """Step 11 at a year's end: part of the surplus beyond the reserve, to owners or to funds."""
    pool = state.pool
    _open_profit(pool, terms.profit_reserve, terms.profit_frac, lanes)
    if terms.profit_to != PROFIT_TO_FUNDS:
        _pay_out(pool, FIRST, state.path_tally, lanes)
        return
    clear(pool.claimed_so_far, FIRST, lanes)
    for f in range(count_rows(counts)):
        _add_premiums(pool.scratch, state.fund_tally, f, counts[f], lanes)
    for f in range(count_rows(counts)):
        _profit_of_fund(pool, state.funds, f, counts[f], state.fund_tally, lanes)
    _pay_out(pool, THREE, state.path_tally, lanes)
