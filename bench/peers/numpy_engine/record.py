"""Step 12: extremes, daily bands, and the outcomes that only the horizon shows."""

import numpy as np

from backstop.outcomes import DAILY_METRICS, N_BINS, NULL_WITHOUT_WINDOW, PathTally
from backstop.terms import NEVER, ArmTerms, Floats
from bench.peers.numpy_engine.state import Prices, State

SALES = ("gross_sales", "forced_sales", "sales_ordinary", "sales_gains", "sales_stressed", "sales_pressure",
         "sales_solvency", "sales_lenders", "sales_facilities")


def record_limits(prices: Prices, tally: PathTally) -> None:
    """Step 1: days at limit-down."""
    tally.limit_down_days_by_asset[:] += prices.depth == 0.0


def record_market(prices: Prices, tally: PathTally) -> None:
    """Troughs and the worst dislocations."""
    np.minimum(tally.market_trough_by_asset, prices.close, out=tally.market_trough_by_asset)
    np.maximum(tally.worst_dislocation_by_asset, prices.dislocation, out=tally.worst_dislocation_by_asset)


def record_bands(terms: ArmTerms, state: State, t: int) -> None:
    """One more in a bin of each daily metric, for each path."""
    count, opening, size = terms.funds.count, terms.funds.nav_open, terms.pool.layer_size.sum()
    assets, j = count @ opening, terms.prices.index
    metrics = (
        state.prices.close[j],
        state.prices.dislocation[j],
        count @ state.loans.drawn.sum(axis=0) * (1.0 / size if size > 0.0 else 0.0),
        count @ state.fund_tally.forced_sales * (1.0 / assets),
        (count * opening) @ state.evaluation.pressure * (1.0 / assets),
    )
    for m, (metric, values) in enumerate(zip(DAILY_METRICS, metrics, strict=True)):
        position = (values - metric.lowest) * (N_BINS / (metric.highest - metric.lowest))
        bins = np.minimum(np.maximum(position, 0.0), N_BINS - 1.0).astype(np.int64)
        state.daily[t - 1, m] += np.bincount(bins, minlength=N_BINS)


def close_outcomes(terms: ArmTerms, state: State) -> None:
    """Outcomes at the horizon, of funds and of paths."""
    funds, tally, count = state.funds, state.fund_tally, terms.funds.count
    drawn = state.loans.drawn.sum(axis=0)
    overdue = state.investors.overdue.sum(axis=1)
    tally.nav_end[:], tally.nav_per_share_end[:] = funds.nav, funds.navps
    tally.redemption_unpaid[:] = np.floor(overdue * np.maximum(funds.navps, 0.0))
    tally.drawn_end[:] = drawn
    free = np.maximum(funds.cash - funds.buffer, 0.0)
    tally.lender_debt_end[:] = state.lenders.debt
    tally.sales_postponed[:] = np.maximum(0.0, funds.debt - state.lenders.debt - np.floor(free))
    path = state.path_tally
    path.market_end_by_asset[:] = state.prices.close
    path.outstanding_end[0] = count @ drawn
    for name in SALES:
        getattr(path, name)[0] = count @ getattr(tally, name)
    path.fire_sale_cost[0] = count @ tally.fire_sale_cost
    path.injected_to_failed[0] = count @ (tally.injected * (tally.failed > 0.0))
    path.sales_postponed[0] = count @ tally.sales_postponed
    path.marked_loss_end[0] = _marked_loss(terms, state, drawn)
    path.loss_by_layer[:], path.loss_taxpayer[0] = state.pool.layer_loss, state.pool.taxpayer
    path.called_by_layer[:] = terms.pool.paid_in[:, None]
    path.surplus_end[0] = state.pool.surplus
    path.stock_cost_end[0] = state.pool.inventory_cost.sum(axis=(0, 1))
    path.worst_dislocation[0] = np.maximum(path.worst_dislocation_by_asset.max(axis=0), 0.0)
    _close_holdings(terms, state)
    for tally_of in (path, tally):
        for name in NULL_WITHOUT_WINDOW & set(tally_of._fields):
            getattr(tally_of, name)[:] = NEVER


def _close_holdings(terms: ArmTerms, state: State) -> None:
    """What sales cost the system, and the technology units that are left."""
    count, prices, is_technology = terms.funds.count, state.prices, terms.prices.is_technology > 0
    loss = prices.close * (np.exp(np.maximum(prices.dislocation, 0.0)) - 1.0)
    dislocated = np.floor(np.einsum("fjp,jp->fp", state.funds.units, loss))
    state.path_tally.system_losses[0] = count @ (state.fund_tally.slippage + dislocated)
    kept = state.funds.units[:, is_technology].sum(axis=1)
    opened = terms.funds.units_open[:, is_technology].sum(axis=1, keepdims=True)
    state.fund_tally.technology_kept[:] = np.divide(kept, opened, out=np.full_like(kept, NEVER), where=opened > 0.0)
    total = float(count @ opened[:, 0])
    state.path_tally.technology_kept[0] = count @ kept / total if total > 0.0 else NEVER


def _marked_loss(terms: ArmTerms, state: State, drawn: Floats) -> Floats:
    """What a sale at closing prices would leave unrecovered of loans and seized assets."""
    worth = np.floor(np.maximum(0.0, state.funds.cash + state.funds.holdings - state.lenders.debt))
    of_loans = terms.funds.count @ np.maximum(0.0, drawn - worth)
    stock = state.pool.inventory_cost - np.floor(state.pool.inventory * state.prices.close)
    return np.asarray(of_loans + np.maximum(0.0, stock.sum(axis=1)).sum(axis=0))
