"""Assets that facilities buy, from funds or in the market, and hold at cost (docs/model.md, 7).

Rows of loans, and of what funds were paid, are ``k*F + f``; of the inventory and of orders ``k*J + j``.
"""

import numpy as np

from backstop.kernels.facility.budgets import cut_to_budget
from backstop.kernels.facility.claims import entitle, need, note_offer_cuts
from backstop.kernels.facility.cuts import add_claims
from backstop.kernels.facility.debt import book_cost, last_pledged, open_cost
from backstop.kernels.facility.rationing import ALL, add_credit, find_ratio, open_money, open_shares, ration_claims
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, ONE, fma, jit, rule
from backstop.kernels.machine.lanes import clear, is_any_at_least
from backstop.kernels.pool.moves import book_arrival
from backstop.terms import ACTIVE


@jit
def _count_days(purchases, k, keys, lanes):
    """Days since the system key was on, and since the last purchase."""
    for i in range(FIRST, lanes):
        idle = purchases.idle_days[k, i] + 1.0
        purchases.idle_days[k, i] = 0.0 if keys.phase[k, i] == ACTIVE else idle
        purchases.held_days[k, i] += 1.0


@jit
def _offer(purchases, funds, row, prices, j, weight, adv_frac, lanes):
    """``offer += weight * min(units * P, adv_frac * adv(t))``."""
    for i in range(FIRST, lanes):
        offered = min(funds.units[row, i] * prices.price[j, i], adv_frac * prices.adv[j, i])
        purchases.offer[FIRST, i] = fma(weight, offered, purchases.offer[FIRST, i])


@jit
def _offers(terms, k, f, state, adv_frac, lanes):
    """What facility k would pay for all that fund f has, as far as it buys it."""
    n_assets, purchases = count_columns(terms.weight), state.purchases
    clear(purchases.offer, FIRST, lanes)
    for j in range(n_assets):
        if terms.weight[k, j] > 0.0:
            _offer(purchases, state.funds, f * n_assets + j, state.prices, j, terms.weight[k, j], adv_frac, lanes)


@jit
def _claim(loans, row, need_frac, purchases, lanes):
    """``claim = floor(max(0, min(need_frac * need, offer)))``."""
    for i in range(FIRST, lanes):
        least = min(need_frac * purchases.need[FIRST, i], purchases.offer[FIRST, i])
        loans.claim[row, i] = np.floor(max(0.0, least))


@jit
def _open_budget(pool, purchases, k, daily, total, lanes):
    """``available = min(daily, total - spent)``."""
    for i in range(FIRST, lanes):
        pool.available[FIRST, i] = min(daily, total - purchases.spent[k, i])


@rule
def _pay(state, f, row, approval_row, count, lanes):
    """Cash for the fund, no debt."""
    loans, funds, purchases, tally = state.loans, state.funds, state.purchases, state.fund_tally
    for i in range(FIRST, lanes):
        paid = loans.approved[row, i]
        loans.approvals[approval_row, i] = 0.0
        loans.pending[row, i] -= paid
        funds.pending[f, i] -= paid
        funds.cash[f, i] += paid
        funds.injection[f, i] += paid
        tally.injected[f, i] += paid
        tally.sold_to_facilities[f, i] += paid
        purchases.paid[FIRST, i] = paid
        book_arrival(state.pool, paid, count, state.path_tally, i)


@jit
def _note_purchase(purchases, k, row, count, tally, lanes):
    """``spent += count * paid``."""
    for i in range(FIRST, lanes):
        paid = purchases.paid[FIRST, i]
        purchases.bought[row, i] += paid
        purchases.spent[k, i] += count * paid
        purchases.held_days[k, i] = 0.0 if paid > 0.0 else purchases.held_days[k, i]
        tally.purchased[FIRST, i] += count * paid


@jit
def _choose_units(terms, state, k, f, j, adv_frac, lanes):
    """``n = min(units, paid / offer * offered_j / P)``, kept where sales of the day come later."""
    funds, prices, purchases, pool = state.funds, state.prices, state.purchases, state.pool
    row, weight = f * count_columns(terms.weight) + j, terms.weight[k, j]
    for i in range(FIRST, lanes):
        units, price = funds.units[row, i], prices.price[j, i]
        offered, offer = min(units * price, adv_frac * prices.adv[j, i]), purchases.offer[FIRST, i]
        share = purchases.paid[FIRST, i] / offer if offer > 0.0 else 0.0
        funds.to_sell[row, i] = min(units, share * offered * prices.inverse[j, i])
        pool.claimed_so_far[FIRST, i] += weight * offered


@jit
def _hand_over(state, k, f, j, risky_share, count, lanes):
    """``inventory += count * n; units -= n``, and what the fund holds is worth less."""
    funds, prices, pool, n_assets = state.funds, state.prices, state.pool, count_rows(state.prices.price)
    row, stock_row = f * n_assets + j, k * n_assets + j
    for i in range(FIRST, lanes):
        n = funds.to_sell[row, i]
        value = n * prices.price[j, i]
        funds.units[row, i] -= n
        funds.holdings[f, i] -= value
        funds.risky[f, i] -= risky_share * value
        pool.inventory[stock_row, i] = fma(count, n, pool.inventory[stock_row, i])


@jit
def _settle_purchase(terms, state, k, f, row, approval_row, adv_frac, lanes):
    """Cash against assets, the same share of all that fund f offers."""
    purchase, pool, purchases, count = terms.purchase, state.pool, state.purchases, terms.funds.count[f]
    n_assets, last = count_columns(purchase.weight), last_pledged(purchase.weight, k)
    _pay(state, f, row, approval_row, count, lanes)
    _note_purchase(purchases, k, row, count, state.path_tally, lanes)
    _offers(purchase, k, f, state, adv_frac, lanes)
    open_cost(pool, lanes)
    for j in range(n_assets):
        if purchase.weight[k, j] > 0.0:
            _choose_units(purchase, state, k, f, j, adv_frac, lanes)
            book_cost(pool, k * n_assets + j, purchases.paid, purchases.offer, count, j == last, lanes)
            _hand_over(state, k, f, j, 1.0 if terms.prices.is_risky[j] else 0.0, count, lanes)


@jit
def _claims_of_funds(terms, state, k, lanes):
    """What funds would sell to facility k, cut to its budget."""
    purchase, loans, pool, n_funds = terms.purchase, state.loans, state.pool, count_rows(terms.funds.count)
    for f in range(n_funds):
        row = k * n_funds + f
        clear(loans.claim, row, lanes)
        if terms.facilities.is_eligible[k, f] > 0.0:
            need(state.funds, f, state.evaluation, 1.0, state.purchases.need, lanes)
            _offers(purchase, k, f, state, purchase.adv_frac[k] / terms.funds.count[f], lanes)
            _claim(loans, row, purchase.need_frac[k], state.purchases, lanes)
            entitle(state, k, f, row, lanes)
            note_offer_cuts(state.purchases, purchase.need_frac[k], terms.funds.count[f], state, k, f, row, lanes)
    add_claims(terms.funds.count, loans, k, 1.0, state.path_tally.cut_facility, lanes)
    _open_budget(pool, state.purchases, k, purchase.daily_budget[k], purchase.total_budget[k], lanes)
    cut_to_budget(terms.members, terms.funds.count, pool, loans, k, ALL, lanes)
    add_claims(terms.funds.count, loans, k, -1.0, state.path_tally.cut_facility, lanes)


@jit
def _is_buying(terms, state, k, day, lanes):
    """Whether facility k may buy in some lane today; its days are counted."""
    _count_days(state.purchases, k, state.system_keys, lanes)
    is_wound_up = float(day + ONE) >= terms.wind_up_day[k]
    return (not is_wound_up) & is_any_at_least(state.system_keys.phase, k, ACTIVE, lanes)


@rule
def buy_from_funds(terms, state, k, day, lanes):
    """Step 7: facility k buys of what funds need to sell."""
    counts, loans, n_funds = terms.funds.count, state.loans, count_rows(terms.funds.count)
    n_rows = count_rows(loans.drawn)
    slot = day % (count_rows(loans.approvals) // n_rows)
    if not _is_buying(terms.purchase, state, k, day, lanes):
        for f in range(n_funds):
            clear(loans.unmet, k * n_funds + f, lanes)
        return
    _claims_of_funds(terms, state, k, lanes)
    ration_claims(terms, state, k, slot, lanes)
    for f in range(n_funds):
        row = k * n_funds + f
        if is_any_at_least(loans.approved, row, 1.0, lanes):
            _settle_purchase(terms, state, k, f, row, slot * n_rows + row, terms.purchase.adv_frac[k] / counts[f],
                             lanes)


@jit
def _order(terms, state, k, j, lanes):
    """``wanted = floor(min(weight * min(daily, total - spent), adv_frac * supply))``."""
    purchases, prices, keys, pool = state.purchases, state.prices, state.system_keys, state.pool
    row, weight, adv_frac = k * count_columns(terms.weight) + j, terms.weight[k, j], terms.adv_frac[k]
    daily, total = terms.daily_budget[k], terms.total_budget[k]
    for i in range(FIRST, lanes):
        budget = min(daily, total - purchases.spent[k, i])
        wanted = np.floor(min(weight * budget, adv_frac * prices.supply[j, i]))
        planned = wanted if keys.phase[k, i] == ACTIVE else 0.0
        purchases.planned[row, i] = planned
        pool.claimed[FIRST, i] += planned


@jit
def _grant(purchases, row, pool, lanes):
    """``A = min(floor(C * ratio), available)``; money for an order is set aside until it is filled."""
    for i in range(FIRST, lanes):
        ordered = pool.claimed_so_far[FIRST, i] + purchases.planned[row, i]
        allotted = min(np.floor(ordered * pool.ratio[FIRST, i]), pool.available[FIRST, i])
        granted = allotted - pool.allotted_so_far[FIRST, i]
        purchases.planned[row, i] = granted
        pool.claimed_so_far[FIRST, i] = ordered
        pool.allotted_so_far[FIRST, i] = allotted
        pool.committed[FIRST, i] += granted
        pool.cash_out[FIRST, i] += granted


@jit
def _note_orders(purchases, k, pool, tally, lanes):
    """What was spent, and ``unmet_claims += max(0, unmet - unmet of the day before)``."""
    for i in range(FIRST, lanes):
        granted = pool.allotted_so_far[FIRST, i]
        unmet = pool.claimed[FIRST, i] - granted
        purchases.spent[k, i] += granted
        tally.unmet_claims[FIRST, i] += max(0.0, unmet - purchases.unmet[k, i])
        purchases.unmet[k, i] = unmet
        pool.is_dry[FIRST, i] = 1.0 if unmet > 0.0 else pool.is_dry[FIRST, i]


@rule
def order_in_market(terms, state, k, day, lanes):
    """Step 7: money for what facility k buys in the market today."""
    purchase, purchases, pool = terms.purchase, state.purchases, state.pool
    n_assets = count_columns(purchase.weight)
    if not _is_buying(purchase, state, k, day, lanes):
        clear(purchases.unmet, k, lanes)
        return
    open_money(pool, lanes)
    if count_rows(pool.borrowed) > FIRST:
        add_credit(pool, terms.pool.borrow_multiple, lanes)
    open_shares(pool, lanes)
    for j in range(n_assets):
        if purchase.weight[k, j] > 0.0:
            _order(purchase, state, k, j, lanes)
    find_ratio(pool, lanes)
    for j in range(n_assets):
        if purchase.weight[k, j] > 0.0:
            _grant(purchases, k * n_assets + j, pool, lanes)
    _note_orders(purchases, k, pool, state.path_tally, lanes)
