"""The pool's day: yield, the capital stack, calls, refills, guaranteed borrowing (docs/model.md, 7 and 11).

Rows that a rule needs are there only where terms have the rule: no rows, no stage.
"""

import numpy as np

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, fma, jit, rule
from backstop.kernels.machine.lanes import clear
from backstop.kernels.pool.premiums import share_profit
from backstop.terms import TRADING_DAYS_PER_YEAR


@jit
def _earn(pool, rate_per_day, tally, lanes):
    """``y = floor(max(0, cash - committed) * rate); cash += y; income += y``."""
    for i in range(FIRST, lanes):
        earned = np.floor(max(0.0, pool.cash[FIRST, i] - pool.committed[FIRST, i]) * rate_per_day)
        pool.cash[FIRST, i] += earned
        pool.income[FIRST, i] += earned
        tally.idle_yield[FIRST, i] += earned


@jit
def _owe_interest(pool, rate_per_day, tally, lanes):
    """``i = floor(borrowed * rate); borrowed += i; income -= i``."""
    for i in range(FIRST, lanes):
        interest = np.floor(pool.borrowed[FIRST, i] * rate_per_day)
        pool.borrowed[FIRST, i] += interest
        pool.income[FIRST, i] -= interest
        tally.borrowing_cost[FIRST, i] += interest


@jit
def _net_of_day(pool, tally, lanes):
    """The day's loss and income, netted, for layers to bear or to share; the surplus and the taxpayer come first."""
    for i in range(FIRST, lanes):
        net = pool.loss[FIRST, i] - pool.income[FIRST, i]
        tally.loss[FIRST, i] += pool.loss[FIRST, i]
        pool.loss[FIRST, i] = 0.0
        pool.income[FIRST, i] = 0.0
        from_surplus = min(max(net, 0.0), pool.surplus[FIRST, i])
        to_taxpayer = min(max(-net, 0.0), pool.taxpayer[FIRST, i])
        pool.surplus[FIRST, i] -= from_surplus
        pool.taxpayer[FIRST, i] -= to_taxpayer
        pool.unborne[FIRST, i] = max(net, 0.0) - from_surplus
        pool.unshared[FIRST, i] = max(-net, 0.0) - to_taxpayer


@jit
def _lose(pool, y, size, lanes):
    """Layer y takes what it still can."""
    for i in range(FIRST, lanes):
        taken = min(pool.unborne[FIRST, i], size - pool.layer_loss[y, i])
        pool.layer_loss[y, i] += taken
        pool.unborne[FIRST, i] -= taken


@jit
def _restore(pool, y, lanes):
    """Layer y gets back what it lost."""
    for i in range(FIRST, lanes):
        given = min(pool.unshared[FIRST, i], pool.layer_loss[y, i])
        pool.layer_loss[y, i] -= given
        pool.unshared[FIRST, i] -= given


@jit
def _book_rest(pool, lanes):
    """What no layer could bear is the taxpayer's; what none needed is surplus."""
    for i in range(FIRST, lanes):
        pool.taxpayer[FIRST, i] += pool.unborne[FIRST, i]
        pool.surplus[FIRST, i] += pool.unshared[FIRST, i]
        pool.is_dry[FIRST, i] = 0.0


@jit
def _receive(pool, slot, lanes):
    """What was called is paid in."""
    for i in range(FIRST, lanes):
        paid = pool.calls[slot, i]
        pool.cash[FIRST, i] += paid
        pool.paid_in[FIRST, i] += paid
        pool.awaited[FIRST, i] -= paid
        pool.calls[slot, i] = 0.0


@jit
def receive_calls(pool, day, lanes):
    """Step 7, before claims: called capital arrives."""
    n_slots = count_rows(pool.calls)
    if n_slots > FIRST:
        _receive(pool, day % n_slots, lanes)


@jit
def _open_lack(pool, cash_floor, lanes):
    """``lack = cash_floor - (cash - committed) - awaited``."""
    for i in range(FIRST, lanes):
        free = pool.cash[FIRST, i] - pool.committed[FIRST, i]
        pool.lack[FIRST, i] = cash_floor - free - pool.awaited[FIRST, i]


@jit
def _add_lack(pool, rows, row, times, lanes):
    """``lack += times * rows``."""
    for i in range(FIRST, lanes):
        pool.lack[FIRST, i] = fma(times, rows[row, i], pool.lack[FIRST, i])


@jit
def _call(pool, tally, y, size, slot, lanes):
    """``call = min(max(lack, 0), size - called); called += call; awaited += call; lack -= call``."""
    for i in range(FIRST, lanes):
        call = min(max(pool.lack[FIRST, i], 0.0), size - tally.called_by_layer[y, i])
        tally.called_by_layer[y, i] += call
        pool.awaited[FIRST, i] += call
        pool.calls[slot, i] += call
        pool.lack[FIRST, i] -= call


@jit
def _slot(terms, pool, y, day):
    """Where the ring of calls keeps what layer y pays in after its delay."""
    return (day + Index(terms.call_delay_days[y])) % count_rows(pool.calls)


@rule
def call_capital(terms, counts, state, day, lanes):
    """Step 7, after claims: what the pool lacks and does not await is called, layer by layer."""
    pool, n_funds = state.pool, count_rows(counts)
    if count_rows(pool.calls) == FIRST:
        return
    _open_lack(pool, terms.cash_floor, lanes)
    for row in range(count_rows(pool.borrowed)):
        _add_lack(pool, pool.borrowed, row, 1.0, lanes)
    for row in range(count_rows(state.loans.unmet)):
        _add_lack(pool, state.loans.unmet, row, counts[row % n_funds], lanes)
    for y in range(count_rows(terms.layer_size)):
        _call(pool, state.path_tally, y, terms.layer_size[y], _slot(terms, pool, y, day), lanes)


@jit
def _call_losses(terms, pool, tally, day, lanes):
    """What was lost of capital that was not called is called."""
    for y in range(count_rows(terms.layer_size)):
        clear(pool.lack, FIRST, lanes)
        _add_lack(pool, pool.layer_loss, y, 1.0, lanes)
        _add_lack(pool, tally.called_by_layer, y, -1.0, lanes)
        _call(pool, tally, y, terms.layer_size[y], _slot(terms, pool, y, day), lanes)


@rule
def _refill(pool, tally, y, days, times, most, lanes):
    """``r = min(loss, most - refilled)`` once the clock has run, and only so often."""
    for i in range(FIRST, lanes):
        loss, n_before = pool.layer_loss[y, i], pool.n_refills[y, i]
        room = min(loss, most - tally.refilled_by_layer[y, i])
        clock = pool.refill_clock[y, i] + 1.0 if loss > 0.0 else 0.0
        is_due = (clock >= days) & (n_before < times) & (loss > 0.0)
        paid = room if is_due else 0.0
        pool.layer_loss[y, i] = loss - paid
        pool.cash[FIRST, i] += paid
        tally.refilled_by_layer[y, i] += paid
        pool.n_refills[y, i] = n_before + (1.0 if is_due else 0.0)
        pool.refill_clock[y, i] = 0.0 if is_due else clock


@jit
def _settle_debt(pool, lanes):
    """The guarantor pays in what no layer bore; free cash repays lenders first, then the guarantor."""
    for i in range(FIRST, lanes):
        missing = pool.taxpayer[FIRST, i] - pool.guaranteed[FIRST, i]
        paid_in = max(0.0, missing)
        free = max(0.0, pool.cash[FIRST, i] + paid_in - pool.committed[FIRST, i])
        repaid = min(pool.borrowed[FIRST, i], free)
        given_back = min(max(0.0, -missing), free - repaid)
        pool.cash[FIRST, i] += paid_in - repaid - given_back
        pool.borrowed[FIRST, i] -= repaid
        pool.guaranteed[FIRST, i] += paid_in - given_back


@jit
def _bear(layer_size, pool, tally, lanes):
    """The day's net loss climbs the stack in order, net income restores it in reverse."""
    n_layers = count_rows(layer_size)
    _net_of_day(pool, tally, lanes)
    for y in range(n_layers):
        _lose(pool, y, layer_size[y], lanes)
    for back in range(n_layers):
        _restore(pool, n_layers - ONE - back, lanes)
    _book_rest(pool, lanes)


@jit
def _fund(tally, y, rate_per_day, lanes):
    """``funding_cost += rate * called``: no money moves."""
    for i in range(FIRST, lanes):
        tally.funding_cost_by_layer[y, i] += rate_per_day * tally.called_by_layer[y, i]


@rule
def close_pool(terms, counts, state, day, lanes):
    """Step 11."""
    pool, tally = state.pool, state.path_tally
    if count_rows(state.system_keys.phase) > FIRST:
        for y in range(count_rows(terms.layer_size)):
            if terms.funding_rate_per_day[y] > 0.0:
                _fund(tally, y, terms.funding_rate_per_day[y], lanes)
    if terms.idle_rate_per_day > 0.0:
        _earn(pool, terms.idle_rate_per_day, tally, lanes)
    if count_rows(pool.borrowed) > FIRST:
        _owe_interest(pool, terms.borrow_rate_per_day, tally, lanes)
    _bear(terms.layer_size, pool, tally, lanes)
    if count_rows(pool.calls) > FIRST:
        _call_losses(terms, pool, tally, day, lanes)
    for y in range(count_rows(pool.refill_clock)):
        _refill(pool, tally, y, terms.refill_days[y], terms.refill_times[y], terms.refill_most[y], lanes)
    if count_rows(pool.borrowed) > FIRST:
        _settle_debt(pool, lanes)
    if terms.profit_frac > 0.0 and (day + ONE) % Index(TRADING_DAYS_PER_YEAR) == FIRST:
        share_profit(terms, counts, state, lanes)
