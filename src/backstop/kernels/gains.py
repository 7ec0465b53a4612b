"""Who has gained by the horizon, in sums that close (docs/model.md, 12).

All together gain what the assets that funds held at the opening have gained since: every other movement has two sides.
"""

from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, ONE, fma, jit, rule
from backstop.kernels.machine.lanes import clear
from backstop.terms import Instrument, ProfitTo


@jit
def _gain_of_fund(nav_open, debt_open, tally, f, lanes):
    """``nav_T - nav_0 + redeemed - subscribed``, and ``lent_T - lent_0 + deleveraged``."""
    for i in range(FIRST, lanes):
        flows = tally.redemption_paid[f, i] - tally.subscribed[f, i]
        tally.gain_investors[f, i] = tally.nav_end[f, i] - nav_open + flows
        tally.gain_lenders[f, i] = tally.lender_debt_end[f, i] - debt_open + tally.deleveraged[f, i]


@jit
def _sum_fund(tally, f, count, path, lanes):
    """Over funds; of banks what they are owed and got back, less what they lent."""
    for i in range(FIRST, lanes):
        of_bank = tally.bank_debt_end[f, i] - tally.bank_lent[f, i] + tally.bank_repaid[f, i]
        path.gain_investors[FIRST, i] = fma(count, tally.gain_investors[f, i], path.gain_investors[FIRST, i])
        path.gain_lenders[FIRST, i] += count * tally.gain_lenders[f, i]
        path.gain_banks[FIRST, i] += count * of_bank


@jit
def _paid_to_fund(funds, tally, f, cash_open, count, sums, lanes):
    """Cash that came from the market: all there is, less what came from others; the pool's side cancels below."""
    for i in range(FIRST, lanes):
        of_others = tally.subscribed[f, i] - tally.redemption_paid[f, i] - tally.deleveraged[f, i]
        of_banks = tally.bank_lent[f, i] - tally.bank_repaid[f, i]
        sums.market_paid[FIRST, i] += count * (funds.cash[f, i] - cash_open - of_others - of_banks)


@jit
def _paid_to_pool(pool, tally, owners_part, sums, lanes):
    """So for the pool; what passed between pool and funds is in both, with opposite signs."""
    for i in range(FIRST, lanes):
        paid_out = tally.guarantee_paid[FIRST, i] + owners_part * tally.profit_shared[FIRST, i]
        sums.market_paid[FIRST, i] += pool.cash[FIRST, i] - pool.paid_in[FIRST, i] + paid_out
        tally.gain_banks[FIRST, i] += tally.guarantee_paid[FIRST, i]


@jit
def _paid_by_lenders(pool, tally, sums, lanes):
    """Of a pool that borrows: lenders' money, the guarantor's, and interest, which is the lenders' gain."""
    for i in range(FIRST, lanes):
        interest = tally.borrowing_cost[FIRST, i]
        sums.market_paid[FIRST, i] += interest - pool.borrowed[FIRST, i] - pool.guaranteed[FIRST, i]
        tally.gain_lenders[FIRST, i] += interest


@jit
def _paid_by_owner(tally, y, sums, lanes):
    for i in range(FIRST, lanes):
        sums.market_paid[FIRST, i] -= tally.refilled_by_layer[y, i]


@jit
def _add_units(sums, opened, lanes):
    for i in range(FIRST, lanes):
        sums.market_units[FIRST, i] += opened


@jit
def _less_units(sums, rows, row, count, lanes):
    """``units -= count * rows``: what somebody else holds at the horizon, the market has not bought."""
    for i in range(FIRST, lanes):
        sums.market_units[FIRST, i] = fma(-count, rows[row, i], sums.market_units[FIRST, i])


@jit
def _value_of_banks(taken, j, prices, tally, lanes):
    """What banks seized, at the close."""
    for i in range(FIRST, lanes):
        tally.gain_banks[FIRST, i] = fma(taken[j, i], prices.close[j, i], tally.gain_banks[FIRST, i])


@jit
def _value_of_market(sums, j, prices, tally, lanes):
    """What the market bought, at the close."""
    for i in range(FIRST, lanes):
        units = sums.market_units[FIRST, i]
        tally.gain_market[FIRST, i] = fma(units, prices.close[j, i], tally.gain_market[FIRST, i])


@jit
def _gain_of_market(terms, state, lanes):
    """What it bought of each asset, at closing prices, less what it paid."""
    sums, tally, pool, n_assets = state.sums, state.path_tally, state.pool, count_columns(terms.funds.units_open)
    for j in range(n_assets):
        clear(sums.market_units, FIRST, lanes)
        for f in range(count_rows(terms.funds.count)):
            _add_units(sums, terms.funds.count[f] * terms.funds.units_open[f, j], lanes)
            _less_units(sums, state.funds.units, f * n_assets + j, terms.funds.count[f], lanes)
        for k in range(count_rows(pool.inventory) // n_assets):
            _less_units(sums, pool.inventory, k * n_assets + j, 1.0, lanes)
        if count_rows(state.guarantees.taken) > FIRST:
            _less_units(sums, state.guarantees.taken, j, 1.0, lanes)
            _value_of_banks(state.guarantees.taken, j, state.prices, tally, lanes)
        _value_of_market(sums, j, state.prices, tally, lanes)
    for i in range(FIRST, lanes):
        tally.gain_market[FIRST, i] -= sums.market_paid[FIRST, i]


@jit
def _owed_to_pool(rows, row, count, sums, lanes):
    for i in range(FIRST, lanes):
        sums.unbooked[FIRST, i] = fma(count, rows[row, i], sums.unbooked[FIRST, i])


@jit
def _value_stock(pool, row, prices, j, sums, lanes):
    """``inventory * close - cost``."""
    for i in range(FIRST, lanes):
        gain = fma(pool.inventory[row, i], prices.close[j, i], 0.0 - pool.inventory_cost[row, i])
        sums.unbooked[FIRST, i] += gain


@jit
def _find_unbooked(terms, state, lanes):
    """What the pool is owed beyond principal, and its assets beyond their cost."""
    sums, n_funds, n_assets = state.sums, count_rows(terms.funds.count), count_rows(state.prices.close)
    clear(sums.unbooked, FIRST, lanes)
    for row in range(count_rows(state.loans.interest_due)):
        count = terms.funds.count[row % n_funds]
        if terms.facilities.instrument[row // n_funds] != Instrument.GUARANTEE:
            _owed_to_pool(state.loans.interest_due, row, count, sums, lanes)
        elif count_rows(state.guarantees.premium_due) > FIRST:
            _owed_to_pool(state.guarantees.premium_due, row, count, sums, lanes)
    for row in range(count_rows(state.pool.inventory)):
        _value_stock(state.pool, row, state.prices, row % n_assets, sums, lanes)


@jit
def _open_gains(pool, sums, owners_part, tally, lanes):
    """The surplus loses first, the taxpayer is made whole first; `unborne` and `unshared` are for layers."""
    for i in range(FIRST, lanes):
        unbooked, surplus, taxpayer = sums.unbooked[FIRST, i], pool.surplus[FIRST, i], pool.taxpayer[FIRST, i]
        from_surplus, to_taxpayer = min(max(-unbooked, 0.0), surplus), min(max(unbooked, 0.0), taxpayer)
        tally.gain_owners[FIRST, i] = surplus + owners_part * tally.profit_shared[FIRST, i] - from_surplus
        tally.gain_taxpayer[FIRST, i] = to_taxpayer - taxpayer
        pool.unborne[FIRST, i] = max(-unbooked, 0.0) - from_surplus
        pool.unshared[FIRST, i] = max(unbooked, 0.0) - to_taxpayer


@jit
def _lose(pool, y, size, tally, lanes):
    """Layer y has lost what it bore, and bears what it still can of the rest."""
    for i in range(FIRST, lanes):
        loss, unborne = pool.layer_loss[y, i], pool.unborne[FIRST, i]
        taken = min(unborne, size - loss)
        pool.unborne[FIRST, i] = unborne - taken
        tally.gain_pool_by_layer[y, i] = -(loss + tally.refilled_by_layer[y, i] + taken)


@jit
def _restore(pool, y, tally, lanes):
    for i in range(FIRST, lanes):
        unshared = pool.unshared[FIRST, i]
        given = min(unshared, pool.layer_loss[y, i])
        pool.unshared[FIRST, i] = unshared - given
        tally.gain_pool_by_layer[y, i] += given


@jit
def _close_gains(pool, tally, lanes):
    """What no layer bears is the taxpayer's, what none needs the owners'."""
    for i in range(FIRST, lanes):
        tally.gain_taxpayer[FIRST, i] -= pool.unborne[FIRST, i]
        tally.gain_owners[FIRST, i] += pool.unshared[FIRST, i]


@jit
def _gain_of_pool(terms, state, owners_part, lanes):
    """The books, then what is beyond them, down the layers or up as a day's loss or income."""
    pool, tally, sizes = state.pool, state.path_tally, terms.pool.layer_size
    n_layers = count_rows(sizes)
    _find_unbooked(terms, state, lanes)
    _open_gains(pool, state.sums, owners_part, tally, lanes)
    for y in range(n_layers):
        _lose(pool, y, sizes[y], tally, lanes)
    for back in range(n_layers):
        _restore(pool, n_layers - ONE - back, tally, lanes)
    _close_gains(pool, tally, lanes)


@rule
def close_gains(terms, state, lanes):
    """At the horizon, after all other tallies."""
    fund_tally, tally, sums, funds = state.fund_tally, state.path_tally, state.sums, terms.funds
    owners_part = 1.0 if terms.pool.profit_to == ProfitTo.OWNERS else 0.0
    clear(sums.market_paid, FIRST, lanes)
    for f in range(count_rows(funds.count)):
        _gain_of_fund(funds.nav_open[f], terms.leverage.debt_open[f], fund_tally, f, lanes)
        _sum_fund(fund_tally, f, funds.count[f], tally, lanes)
        _paid_to_fund(state.funds, fund_tally, f, funds.cash_open[f], funds.count[f], sums, lanes)
    _paid_to_pool(state.pool, tally, owners_part, sums, lanes)
    for _ in range(count_rows(state.pool.borrowed)):
        _paid_by_lenders(state.pool, tally, sums, lanes)
    for y in range(count_rows(tally.refilled_by_layer)):
        _paid_by_owner(tally, y, sums, lanes)
    _gain_of_pool(terms, state, owners_part, lanes)
    _gain_of_market(terms, state, lanes)
