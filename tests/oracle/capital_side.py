"""Steps 2, 7 and 11 of docs/model.md for the pool: premiums, calls, refills, guaranteed debt, profit."""

import math
from fractions import Fraction

from backstop.terms import ProfitTo
from oracle.ledger import (
    CAPITAL,
    FUND,
    MARKET,
    OWNERS,
    POOL,
    POOL_DEBT,
    POOL_LENDERS,
    POOL_LENDERS_CLAIM,
    TAXPAYER,
)
from oracle.state import Path
from oracle.state_funds import Fund
from oracle.state_pool import Layer

YEAR_DAYS = 252


def collect_premiums(path: Path, t: int) -> None:
    """Step 2, before funds are marked."""
    days = path.pool.rules.premium_days
    if days == 0 or (t - 1) % days != 0:
        return
    for fund in path.funds:
        if not fund.is_failed and not fund.is_defaulted:
            pay_premium(path, fund)


def pay_premium(path: Path, fund: Fund) -> None:
    """On the last closing NAV, as far as there is cash."""
    owed = math.floor(fund.premium_frac * max(fund.nav, 0.0))
    path.gauge.fire("premium beyond cash", owed > fund.cash)
    paid = min(fund.cash, owed)
    fund.cash -= paid
    fund.premium_paid += paid
    path.pool.cash += fund.count * paid
    path.pool.income += fund.count * paid
    path.pool.premiums += fund.count * paid
    path.ledger.transfer((FUND, fund.index), (POOL, 0), fund.count * paid)
    path.gauge.fire("premium", paid > 0)


def receive_calls(path: Path, t: int) -> None:
    """Step 7, before claims: called capital arrives."""
    for y, amount in path.pool.calls.pop(t, []):
        path.pool.cash += amount
        path.pool.paid_in += amount
        path.pool.awaited -= amount
        path.ledger.transfer((CAPITAL, y), (POOL, 0), amount)
        path.gauge.fire("call paid in", amount > 0)


def call_capital(path: Path, t: int) -> None:
    """Step 7, after claims: what the pool lacks and does not await, layer by layer."""
    pool = path.pool
    unmet = sum(fund.count * loan.unmet for facility in path.facilities
                for fund, loan in zip(path.funds, facility.loans, strict=True))
    lack = unmet + pool.rules.cash_floor + pool.borrowed - (pool.cash - pool.committed) - pool.awaited
    path.gauge.fire("called for a floor", unmet + pool.borrowed == 0 and lack > 0)
    for y, layer in enumerate(pool.layers):
        call = min(max(0, lack), layer.size - layer.called)
        lack -= call
        make_call(path, y, layer, call, t)
        path.gauge.fire("called for claims", call > 0 and unmet > 0)


def make_call(path: Path, y: int, layer: Layer, amount: int, t: int) -> None:
    """The owner of layer y owes `amount`, which arrives after the layer's delay."""
    layer.called += amount
    path.pool.awaited += amount
    path.pool.calls.setdefault(t + layer.call_delay_days, []).append((y, amount))


def earn_and_owe(path: Path) -> None:
    """Step 11, first: yield of idle cash, interest on what is borrowed."""
    pool = path.pool
    earned = math.floor(max(0, pool.cash - pool.committed) * pool.rules.idle_rate_per_day)
    pool.cash += earned
    pool.income += earned
    pool.idle_yield += earned
    path.ledger.transfer((MARKET, 0), (POOL, 0), earned)
    path.gauge.fire("idle yield", earned > 0)
    interest = math.floor(pool.borrowed * pool.rules.borrow_rate_per_day)
    pool.borrowed += interest
    pool.income -= interest
    pool.borrowing_cost += interest
    path.ledger.transfer((POOL_DEBT, 0), (POOL_LENDERS_CLAIM, 0), interest)


def after_losses(path: Path, t: int) -> None:
    """Step 11, once the day's net is borne: losses are called, layers refilled, debts settled, profit shared."""
    for y, layer in enumerate(path.pool.layers):
        lost = max(0, layer.loss - layer.called)
        make_call(path, y, layer, lost, t)
        path.gauge.fire("loss called", lost > 0)
    for y, layer in enumerate(path.pool.layers):
        refill(path, y, layer)
    if path.pool.rules.borrow_multiple > 0.0:
        settle_debt(path)
    if path.pool.rules.profit_frac > 0.0 and t % YEAR_DAYS == 0:
        share_profit(path)


def refill(path: Path, y: int, layer: Layer) -> None:
    """The owner puts back what was lost, some days later."""
    layer.refill_clock = layer.refill_clock + 1 if layer.loss > 0 else 0
    if layer.loss == 0 or layer.refill_clock < layer.refill_days or layer.n_refills >= layer.refill_times:
        return
    amount = min(layer.loss, layer.refill_most - layer.refilled)
    layer.loss -= amount
    layer.refilled += amount
    layer.n_refills += 1
    layer.refill_clock = 0
    path.pool.cash += amount
    path.ledger.transfer((CAPITAL, y), (POOL, 0), amount)
    path.gauge.fire("refill", amount > 0)
    path.gauge.fire("refill used up", layer.loss > 0)


def settle_debt(path: Path) -> None:
    """The guarantor pays in, lenders are repaid, then the guarantor."""
    pool = path.pool
    paid_in = max(0, pool.taxpayer - pool.guaranteed)
    pool.guaranteed += paid_in
    pool.cash += paid_in
    path.ledger.transfer((TAXPAYER, 0), (POOL, 0), paid_in)
    path.gauge.fire("guarantor pays", paid_in > 0)
    repaid = min(pool.borrowed, max(0, pool.cash - pool.committed))
    pool.borrowed -= repaid
    pool.cash -= repaid
    path.ledger.transfer((POOL, 0), (POOL_LENDERS, 0), repaid)
    path.ledger.transfer((POOL_LENDERS_CLAIM, 0), (POOL_DEBT, 0), repaid)
    path.gauge.fire("borrowing repaid", repaid > 0)
    back = min(max(0, pool.guaranteed - pool.taxpayer), max(0, pool.cash - pool.committed))
    pool.guaranteed -= back
    pool.cash -= back
    path.ledger.transfer((POOL, 0), (TAXPAYER, 0), back)
    path.gauge.fire("guarantor paid back", back > 0)


def share_profit(path: Path) -> None:
    """Part of the surplus beyond the reserve leaves the pool."""
    pool, rules = path.pool, path.pool.rules
    amount = math.floor(rules.profit_frac * max(0, pool.surplus - rules.profit_reserve))
    amount = min(amount, max(0, pool.cash - pool.committed))
    if rules.profit_to == ProfitTo.FUNDS:
        amount = share_among_funds(path, amount)
    else:
        path.ledger.transfer((POOL, 0), (OWNERS, 0), amount)
        path.gauge.fire("profit to owners", amount > 0)
    pool.surplus -= amount
    pool.cash -= amount
    pool.profit_shared += amount


def share_among_funds(path: Path, amount: int) -> int:
    """By the premiums paid so far; what the funds got in all."""
    total = sum(fund.count * fund.premium_paid for fund in path.funds)
    so_far, allotted, given = 0, 0, 0
    for fund in path.funds:
        so_far += fund.count * fund.premium_paid
        bound = math.floor(Fraction(amount * so_far, total)) if total else 0
        given += pay_profit(path, fund, (bound - allotted) // fund.count)
        allotted = bound
    return given


def pay_profit(path: Path, fund: Fund, amount: int) -> int:
    """To each fund of a row."""
    fund.cash += amount
    fund.profit_received += amount
    path.ledger.transfer((POOL, 0), (FUND, fund.index), fund.count * amount)
    path.gauge.fire("profit to funds", amount > 0)
    return fund.count * amount
