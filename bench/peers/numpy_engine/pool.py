"""Steps 8, 9 and 11 for the pool: seized assets, the capital stack, and books that close."""

import numpy as np

from backstop.outcomes import PathTally
from backstop.terms import ArmTerms, FacilityTerms, Floats, PoolTerms
from bench.peers.numpy_engine.state import Pool, Prices, State


def plan_inventory_sales(terms: FacilityTerms, pool: Pool, prices: Prices) -> None:
    """Step 8 for what was seized on earlier days."""
    if pool.inventory.any():
        pace = terms.inventory_participation_frac[:, None, None] * prices.depth / prices.price
        pool.inventory_sale = np.minimum(pool.inventory, pace)
        prices.sold += pool.inventory_sale.sum(axis=0) * prices.price


def settle_inventory_sales(pool: Pool, prices: Prices, tally: PathTally) -> None:
    """Step 9: receipts, cost relieved, gain or loss."""
    if not pool.inventory.any():
        return
    sale, stock, cost = pool.inventory_sale, pool.inventory, pool.inventory_cost
    receipt = np.floor(sale * prices.execution)
    part = np.divide(cost * sale, stock, out=np.zeros_like(stock), where=stock > 0.0)
    relieved = np.where(sale >= stock, cost, np.floor(part))
    gain = receipt - relieved
    tally.resale_gain[0] += gain.sum(axis=(0, 1))
    stock -= sale
    cost -= relieved
    pool.cash += receipt.sum(axis=(0, 1))
    pool.cash_in += receipt.sum(axis=(0, 1))
    pool.income += np.maximum(gain, 0.0).sum(axis=(0, 1))
    pool.loss += np.maximum(-gain, 0.0).sum(axis=(0, 1))
    sale[:] = 0.0


def bear_the_day(terms: PoolTerms, pool: Pool, tally: PathTally) -> None:
    """Step 11: income and losses of the day, net, through the capital stack."""
    net = pool.loss - pool.income
    tally.loss[0] += pool.loss
    pool.loss, pool.income = np.zeros_like(net), np.zeros_like(net)
    if net.any():
        _absorb(terms, pool, np.maximum(net, 0.0))
        _restore(pool, np.maximum(-net, 0.0))


def _absorb(terms: PoolTerms, pool: Pool, loss: Floats) -> None:
    """Surplus first, then layers as listed, then the taxpayer."""
    from_surplus = np.minimum(pool.surplus, loss)
    pool.surplus -= from_surplus
    loss -= from_surplus
    for y, size in enumerate(terms.layer_size):
        borne = np.minimum(size - pool.layer_loss[y], loss)
        pool.layer_loss[y] += borne
        loss -= borne
    pool.taxpayer += loss


def _restore(pool: Pool, income: Floats) -> None:
    """The taxpayer first, then layers in reverse order; what is left is surplus."""
    to_taxpayer = np.minimum(pool.taxpayer, income)
    pool.taxpayer -= to_taxpayer
    income -= to_taxpayer
    for layer in pool.layer_loss[::-1]:
        back = np.minimum(layer, income)
        layer -= back
        income -= back
    pool.surplus += income


def check_books(terms: ArmTerms, state: State) -> None:
    """Both sides of the pool's books, and each fund's cash against all that went in and out."""
    pool, funds, tally, loans = state.pool, state.funds, state.fund_tally, state.loans
    lent = terms.funds.count @ loans.drawn.sum(axis=0)
    capital = terms.pool.layer_size.sum() - pool.layer_loss.sum(axis=0) - pool.taxpayer + pool.surplus
    of_pool = pool.cash + lent + pool.inventory_cost.sum(axis=(0, 1)) - capital
    came = terms.funds.cash_open[:, None] + funds.cash_yield + tally.gross_sales - tally.slippage
    came += tally.subscribed
    went = tally.redemption_paid + tally.repaid + tally.interest_paid
    of_funds = funds.cash - (came + tally.injected - went - tally.deleveraged)
    of_lenders = state.lenders.debt - (terms.leverage.debt_open[:, None] + state.lenders.interest - tally.deleveraged)
    created = state.path_tally.money_created[0]
    np.maximum(created, np.abs(of_lenders).max(axis=0), out=created)
    np.maximum(created, np.abs(of_pool), out=created)
    np.maximum(created, np.abs(of_funds).max(axis=0), out=created)
