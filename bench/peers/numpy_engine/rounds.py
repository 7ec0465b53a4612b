"""Steps 8 and 9: sales, impact and settlement, in one round a day or in several."""

import numpy as np

from backstop.terms import SETTLED_SHARE, ArmTerms, Floats, ImpactLaw
from bench.peers.numpy_engine.funds import plan_sales, settle_sales
from bench.peers.numpy_engine.investors import pay
from bench.peers.numpy_engine.lenders import pay_lenders, recall_debt
from bench.peers.numpy_engine.pool import plan_inventory_sales, settle_inventory_sales
from bench.peers.numpy_engine.prices import add_sales_of_others, move_prices, price_without_sales
from bench.peers.numpy_engine.state import State


def trade(terms: ArmTerms, state: State) -> None:
    """A first round of sales, and more where the run allows them and prices force them."""
    sold_today, counted_at = np.zeros_like(state.funds.units), state.prices.price.copy()
    is_live, day_sales = np.ones(state.pool.cash.shape, dtype=bool), np.zeros_like(state.pool.cash)
    for number in range(terms.prices.rounds):
        if number > 0:
            _reopen(terms, state, is_live)
            by_value = terms.prices.impact_law == ImpactLaw.CONT_SCHAANNING
            counted_at[by_value] = state.prices.price[by_value]
        _sell(terms, state, sold_today, counted_at, is_first=number == 0)
        sales = state.prices.sold.sum(axis=0)
        day_sales += sales
        is_live &= sales > np.maximum(SETTLED_SHARE * day_sales, 1.0)
        if not is_live.any():
            break
    if terms.prices.rounds > 1:
        state.path_tally.n_unsettled_days[0] += is_live


def _sell(terms: ArmTerms, state: State, sold_today: Floats, counted_at: Floats, is_first: bool) -> None:
    """One round; investors, other sellers and the facility's stock have their turn in the first."""
    prices, funds, tally = state.prices, state.funds, state.fund_tally
    plan_sales(terms.funds, terms.prices.is_risky, prices, funds, state.evaluation, tally)
    if terms.prices.rounds > 1:
        _keep_within_day(terms, state, sold_today, counted_at)
    if is_first:
        plan_inventory_sales(terms.facilities, state.pool, prices)
        add_sales_of_others(terms.prices, prices, state.path_tally)
    move_prices(terms.prices, prices)
    if is_first:
        price_without_sales(terms.prices, prices)
    settle_sales(state)
    pay_lenders(funds, state.lenders, tally)
    if is_first:
        pay(funds, state.investors, state.causes, tally)
        settle_inventory_sales(state.pool, prices, state.path_tally)


def _keep_within_day(terms: ArmTerms, state: State, sold_today: Floats, counted_at: Floats) -> None:
    """The participation limit is one of the day, at prices before its first round."""
    prices, funds, count = state.prices, state.funds, terms.funds.count
    limit = (terms.funds.participation_frac / count)[:, None, None] * prices.depth
    room = np.maximum(0.0, limit - sold_today)
    np.minimum(funds.to_sell, room / counted_at, out=funds.to_sell)
    sold_today += funds.to_sell * counted_at
    prices.sold = np.tensordot(count, funds.to_sell, axes=1) * counted_at


def _reopen(terms: ArmTerms, state: State, is_live: Floats) -> None:
    """Before a later round: prices and funds as the last one left them; only live paths owe anything."""
    prices, funds, lenders = state.prices, state.funds, state.lenders
    prices.price = prices.close.copy()
    target = prices.log_fundamental - prices.dislocation
    prices.depth = np.where(target > prices.lower, prices.adv, 0.0)
    np.multiply(funds.units, prices.price, out=funds.value)
    funds.holdings = funds.value.sum(axis=1)
    funds.nav = funds.cash + funds.holdings - funds.debt
    funds.injection = np.zeros_like(funds.cash)
    state.evaluation.intended = np.zeros_like(funds.cash)
    recall_debt(terms.leverage, prices, funds, lenders, funds.called)
    funds.owed *= is_live
    lenders.recalled *= is_live
