"""Steps 8, 9 and 11 of docs/model.md for the pool: seized assets, the capital stack, and books that close."""

import math

from backstop.terms import Instrument
from oracle import capital_side
from oracle.ledger import (
    CAPITAL,
    DEBT,
    FUND,
    INVENTORY,
    LENDERS_CLAIM,
    MARKET,
    POOL,
    POOL_DEBT,
    POOL_LENDERS_CLAIM,
    RECEIVABLE,
    SETTLING,
    TAXPAYER,
)
from oracle.state import Path
from oracle.state_facilities import Facility


def choose_inventory_sales(path: Path, facility: Facility) -> None:
    """Step 8 for what was seized on earlier days."""
    facility.to_sell = [
        min(units, facility.inventory_participation_frac * asset.adv_today / asset.price) if asset.is_open else 0.0
        for units, asset in zip(facility.inventory, path.assets, strict=True)]


def settle_inventory(path: Path, facility: Facility) -> None:
    """Step 9 for the pool: receipts, cost relieved, gain or loss."""
    for j, asset in enumerate(path.assets):
        units, held = facility.to_sell[j], facility.inventory[j]
        if units == 0.0:
            continue
        cost = facility.inventory_cost[j]
        relieved = cost if units == held else math.floor(cost * units / held)
        receipt = math.floor(units * asset.execution)
        facility.inventory[j] -= units
        asset.bought_by_market += units
        facility.inventory_cost[j] -= relieved
        path.pool.cash += receipt
        path.pool.cash_in += receipt
        facility.realised += receipt - relieved
        path.pool.income += max(receipt - relieved, 0)
        path.pool.loss += max(relieved - receipt, 0)
        path.ledger.transfer((MARKET, 0), (POOL, 0), receipt)
        path.ledger.transfer((INVENTORY, facility.index), (MARKET, 0), relieved)
        path.gauge.fire("inventory sold")
        path.gauge.fire("inventory gain", receipt > relieved)
        path.gauge.fire("inventory loss", receipt < relieved)


def bear_the_day(path: Path, t: int) -> None:
    """Step 11: income and losses of the day, net, through the capital stack."""
    pool = path.pool
    for layer in pool.layers:
        layer.called_days += layer.called if path.facilities else 0
    capital_side.earn_and_owe(path)
    net = pool.loss - pool.income
    pool.total_loss += pool.loss - pool.granted
    pool.loss, pool.income, pool.granted = 0, 0, 0
    if net > 0:
        _absorb(path, net)
    elif net < 0:
        _restore(path, -net)
    capital_side.after_losses(path, t)


def _absorb(path: Path, loss: int) -> None:
    """Surplus first, then layers as listed, then the taxpayer."""
    pool = path.pool
    from_surplus = min(pool.surplus, loss)
    pool.surplus -= from_surplus
    loss -= from_surplus
    path.gauge.fire("surplus used", from_surplus > 0)
    for layer in pool.layers:
        borne = min(layer.size - layer.loss, loss)
        layer.loss += borne
        loss -= borne
        path.gauge.fire("layer loss", borne > 0)
    pool.taxpayer += loss
    path.gauge.fire("taxpayer's loss", loss > 0)


def _restore(path: Path, income: int) -> None:
    """The taxpayer first, then layers in reverse order; what is left is surplus."""
    pool = path.pool
    to_taxpayer = min(pool.taxpayer, income)
    pool.taxpayer -= to_taxpayer
    income -= to_taxpayer
    for layer in reversed(pool.layers):
        back = min(layer.loss, income)
        layer.loss -= back
        income -= back
        path.gauge.fire("layer restored", back > 0)
    pool.surplus += income
    path.gauge.fire("surplus", income > 0)


def check_books(path: Path) -> None:
    """Every day: the ledger agrees with the state, and both sides of the pool's books are equal."""
    _check_ledger(path)
    pool = path.pool
    receivable = sum(fund.count * facility.loans[fund.index].drawn for facility in path.facilities
                     for fund in path.funds if facility.instrument == Instrument.ADVANCE)
    inventory = sum(sum(facility.inventory_cost) for facility in path.facilities)
    capital = pool.paid_in - sum(layer.loss for layer in pool.layers) - pool.taxpayer + pool.surplus
    imbalances = [pool.cash + receivable + inventory - capital - pool.borrowed - pool.guaranteed]
    for fund in path.funds:
        came = fund.cash_open + fund.cash_interest + fund.subscribed + fund.injected + fund.profit_received
        came += fund.gross_sales - fund.slippage - fund.bought + fund.gain_returned
        came += fund.compensated - fund.clawed_back + fund.bank_lent - fund.bank_repaid - fund.guarantee_premium
        went = fund.redeemed + fund.repaid + fund.interest_paid + fund.deleveraged + fund.premium_paid
        imbalances.append(came - went - fund.cash - fund.receivable)
        imbalances.append(fund.lent_open + fund.lenders_interest - fund.deleveraged - fund.lent)
    path.money_created = max(path.money_created, *map(abs, imbalances))
    assert path.money_created == 0
    # without guaranteed debt no more can be lost than the layers have
    assert pool.taxpayer == 0 or pool.rules.borrow_multiple > 0.0
    assert all(0 <= layer.loss <= layer.size for layer in pool.layers)
    assert all(layer.loss <= layer.called <= layer.size for layer in pool.layers)
    assert all(layer.refilled <= layer.refill_most for layer in pool.layers)


def _check_ledger(path: Path) -> None:
    """The transfers of the day lead to the balances that the state holds."""
    ledger, pool = path.ledger, path.pool
    ledger.assert_solvent()
    assert ledger.total(POOL) == pool.cash >= pool.committed >= 0
    assert ledger.total(POOL_LENDERS_CLAIM) == pool.borrowed == -ledger.total(POOL_DEBT)
    assert -ledger.total(TAXPAYER) == pool.guaranteed
    for y, layer in enumerate(pool.layers):
        in_flight = sum(amount for calls in pool.calls.values() for at, amount in calls if at == y)
        assert -ledger.balance[CAPITAL, y] == layer.called - in_flight + layer.refilled
    for fund in path.funds:
        assert ledger.balance[FUND, fund.index] == fund.count * fund.cash >= 0
        assert ledger.balance[SETTLING, fund.index] == fund.count * fund.receivable
        loans = [(facility.instrument, facility.loans[fund.index]) for facility in path.facilities]
        drawn = sum(loan.drawn for instrument, loan in loans if instrument == Instrument.ADVANCE)
        of_banks = sum(loan.owed for instrument, loan in loans if instrument == Instrument.GUARANTEE)
        assert -ledger.balance[DEBT, fund.index] == fund.count * drawn
        assert ledger.balance[LENDERS_CLAIM, fund.index] == fund.count * (fund.lent + of_banks)
    assert ledger.total(RECEIVABLE) == -ledger.total(DEBT)
    pairs = [(fund, facility.loans[fund.index]) for facility in path.facilities for fund in path.funds]
    assert pool.committed == sum(fund.count * (loan.cover + loan.pending) for fund, loan in pairs)
    for facility in path.facilities:
        assert ledger.balance[INVENTORY, facility.index] == sum(facility.inventory_cost)
