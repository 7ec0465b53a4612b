"""What is noted at the close of a day and at the horizon (docs/model.md, 12)."""

from typing import Annotated, NamedTuple

import numpy as np

from backstop.kernels.declare import State
from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, Index, fma, jit, over_lanes, rule
from backstop.kernels.machine.packs import zero
from backstop.kernels.machine.vecmath import exp
from backstop.outcomes import DAILY_METRICS, N_BINS
from backstop.terms import NEVER, NO_LIMIT, Floats
from backstop.terms.declare import declared

LOWEST = tuple(metric.lowest for metric in DAILY_METRICS)
BINS_PER_UNIT = tuple(N_BINS / (metric.highest - metric.lowest) for metric in DAILY_METRICS)
LAST_BIN = N_BINS - 1.0


@declared
class Sums(NamedTuple):
    """Sums over funds or assets on their way into a tally."""

    band: Annotated[Floats, State("1", "of all funds, to be counted in a daily band", is_traced=False)]
    dislocated: Annotated[Floats, State("quanta", "of a fund's value that dislocation takes", is_traced=False)]
    technology: Annotated[Floats, State("units", "of technology assets of a fund", is_traced=False)]
    stock_loss: Annotated[
        Floats, State("quanta", "cost of a facility's assets less their worth at the close", is_traced=False)]
    market_units: Annotated[Floats, State("units", "of an asset that the market has bought", is_traced=False)]
    market_paid: Annotated[Floats, State("quanta", "by the market to funds and pool, net", is_traced=False)]
    unbooked: Annotated[Floats, State(
        "quanta", "of what the pool is owed and holds, not in its books", is_traced=False)]


@jit
def _market_extremes(prices, j, tally, lanes):
    """Trough of the price, worst dislocation."""
    for i in range(FIRST, lanes):
        tally.market_trough_by_asset[j, i] = min(tally.market_trough_by_asset[j, i], prices.close[j, i])
        worst = tally.worst_dislocation_by_asset[j, i]
        tally.worst_dislocation_by_asset[j, i] = max(worst, prices.dislocation[j, i])


@jit
def _count_closed(prices, j, tally, lanes):
    """A day at limit-down: no depth."""
    for i in range(FIRST, lanes):
        tally.limit_down_days_by_asset[j, i] += 1.0 if prices.depth[j, i] == 0.0 else 0.0


@jit
def _count_suspended(prices, j, is_limited, tally, lanes):
    """A suspended day has no depth either: it is counted apart, and not as a day at limit-down."""
    for i in range(FIRST, lanes):
        tally.days_suspended_by_asset[j, i] += prices.suspended[j, i]
        tally.limit_down_days_by_asset[j, i] -= is_limited * prices.suspended[j, i]


@jit
def record_limits(terms, prices, tally, lanes):
    """Before trade: assets that stand at their daily limit, or are suspended."""
    for j in range(count_rows(prices.close)):
        if terms.log_limit_down[j] > NO_LIMIT:
            _count_closed(prices, j, tally, lanes)
    for j in range(count_rows(prices.suspended)):
        _count_suspended(prices, j, 1.0 if terms.log_limit_down[j] > NO_LIMIT else 0.0, tally, lanes)


@rule
def record_market(prices, tally, lanes):
    """Extremes of every asset at the close."""
    for j in range(count_rows(prices.close)):
        _market_extremes(prices, j, tally, lanes)


@jit
def _count(daily, day, metric, values, row, scale, lanes):
    """One more in the bin of ``scale * value``: the histogram is the point of this scattered write."""
    lowest, per_unit = LOWEST[metric], BINS_PER_UNIT[metric]
    for i in range(FIRST, lanes):
        position = min(max((scale * values[row, i] - lowest) * per_unit, 0.0), LAST_BIN)
        daily[day, Index(metric), Index(np.int64(position))] += 1


@over_lanes
def _sum_funds(rows, weights, total, i):
    """``total = sum_f weight_f * rows_f``."""
    of_all = zero(i)
    for f in range(count_rows(weights)):
        of_all = fma(weights[f], rows[f, i], of_all)
    total[FIRST, i] = of_all


@over_lanes
def _sum_pressed(pressure, weights, opening, total, i):
    """``total = sum_f weight_f * nav_f(0) * pressure_f``."""
    of_all = zero(i)
    for f in range(count_rows(weights)):
        of_all = fma(weights[f] * opening[f], pressure[f, i], of_all)
    total[FIRST, i] = of_all


@jit
def _sum(values):
    total = 0.0
    for y in range(count_rows(values)):
        total += values[y]
    return total


@jit
def _total(weights, values):
    total = 0.0
    for f in range(count_rows(values)):
        total += weights[f] * values[f]
    return total


@rule
def record_bands(terms, state, day, lanes):
    """Daily bands: counts of each metric of `DAILY_METRICS`, in that order."""
    if count_rows(state.daily) == FIRST:
        return
    counts, total, index = terms.funds.count, state.sums.band, Index(terms.prices.index)
    opening = terms.funds.nav_open
    size = _sum(terms.pool.layer_size)
    assets = _total(counts, opening)
    _count(state.daily, day, 0, state.prices.close, index, 1.0, lanes)
    _count(state.daily, day, 1, state.prices.dislocation, index, 1.0, lanes)
    _sum_funds(state.funds.drawn, counts, total, lanes)
    _count(state.daily, day, 2, total, FIRST, 1.0 / size if size > 0.0 else 0.0, lanes)
    _sum_funds(state.fund_tally.forced_sales, counts, total, lanes)
    _count(state.daily, day, 3, total, FIRST, 1.0 / assets, lanes)
    _sum_pressed(state.evaluation.pressure, counts, opening, total, lanes)
    _count(state.daily, day, 4, total, FIRST, 1.0 / assets, lanes)


@jit
def _note_lender_debt(lenders, f, tally, lanes):
    for i in range(FIRST, lanes):
        tally.lender_debt_end[f, i] = lenders.debt[f, i]


@jit
def _close_fund(funds, f, count, fund_tally, path_tally, lanes):
    """What a fund is worth, still owes and would have to sell for it."""
    for i in range(FIRST, lanes):
        fund_tally.nav_end[f, i] = funds.nav[f, i]
        fund_tally.nav_per_share_end[f, i] = funds.navps[f, i]
        fund_tally.shares_end[f, i] = funds.shares[f, i]
        free = max(funds.cash[f, i] - funds.buffer[f, i], 0.0)
        postponed = max(0.0, funds.net_debt[f, i] - fund_tally.lender_debt_end[f, i] - np.floor(free))
        fund_tally.sales_postponed[f, i] = postponed
        fund_tally.drawn_end[f, i] = funds.drawn[f, i]
        path_tally.sales_postponed[FIRST, i] += count * postponed
        path_tally.outstanding_end[FIRST, i] += count * funds.drawn[f, i]


@jit
def _mark_loan(funds, f, count, fund_tally, path_tally, lanes):
    """``marked_loss += count * max(0, drawn - max(0, cash + holdings - lent))``, whole quanta."""
    for i in range(FIRST, lanes):
        worth = np.floor(max(0.0, funds.cash[f, i] + funds.holdings[f, i] - fund_tally.lender_debt_end[f, i]))
        lost = count * max(0.0, funds.drawn[f, i] - worth)
        path_tally.marked_loss_end[FIRST, i] += lost
        path_tally.unrecovered_end[FIRST, i] += lost


@jit
def _sum_path(fund_tally, f, count, path_tally, lanes):
    """What those who failed had drawn."""
    for i in range(FIRST, lanes):
        injected = count * fund_tally.injected[f, i]
        path_tally.injected_to_failed[FIRST, i] += injected if fund_tally.failed[f, i] > 0.0 else 0.0


@jit
def _add_times(of_funds, f, count, of_path, lanes):
    for i in range(FIRST, lanes):
        of_path[FIRST, i] += count * of_funds[f, i]


@jit
def _sum_sales(funds, f, count, path, lanes):
    """What funds sold, in all and by cause, and what it cost."""
    _add_times(funds.fire_sale_cost, f, count, path.fire_sale_cost, lanes)
    _add_times(funds.gross_sales, f, count, path.gross_sales, lanes)
    _add_times(funds.forced_sales, f, count, path.forced_sales, lanes)
    _add_times(funds.sales_ordinary, f, count, path.sales_ordinary, lanes)
    _add_times(funds.sales_gains, f, count, path.sales_gains, lanes)
    _add_times(funds.sales_stressed, f, count, path.sales_stressed, lanes)
    _add_times(funds.sales_pressure, f, count, path.sales_pressure, lanes)
    _add_times(funds.sales_solvency, f, count, path.sales_solvency, lanes)
    _add_times(funds.sales_lenders, f, count, path.sales_lenders, lanes)
    _add_times(funds.sales_facilities, f, count, path.sales_facilities, lanes)


@jit
def _add_unpaid(investors, row, navps, f, tally, lanes):
    """Shares overdue, at the last NAV per share."""
    for i in range(FIRST, lanes):
        tally.redemption_unpaid[f, i] += investors.overdue[row, i] * max(navps[f, i], 0.0)


@jit
def _whole(rows, f, lanes):
    for i in range(FIRST, lanes):
        rows[f, i] = np.floor(rows[f, i])


@jit
def _open_system_losses(fund_tally, f, count, path_tally, sums, lanes):
    """What impact took from sales; what is lost of holdings, and units, start from nothing."""
    for i in range(FIRST, lanes):
        path_tally.system_losses[FIRST, i] += count * fund_tally.slippage[f, i]
        sums.dislocated[FIRST, i] = 0.0
        sums.technology[FIRST, i] = 0.0


@jit
def _dislocated_value(funds, row, prices, j, sums, lanes):
    """``+ units * close * (exp(max(D, 0)) - 1)``."""
    for i in range(FIRST, lanes):
        loss = prices.close[j, i] * (exp(max(prices.dislocation[j, i], 0.0)) - 1.0)
        sums.dislocated[FIRST, i] = fma(funds.units[row, i], loss, sums.dislocated[FIRST, i])


@jit
def _technology_units(funds, row, sums, lanes):
    """Units of technology assets."""
    for i in range(FIRST, lanes):
        sums.technology[FIRST, i] += funds.units[row, i]


@jit
def _close_system(f, count, opened, fund_tally, path_tally, sums, lanes):
    """A fund's part of system losses, and what it kept of `opened` units; the path's row sums up what is kept."""
    for i in range(FIRST, lanes):
        kept = sums.technology[FIRST, i]
        path_tally.system_losses[FIRST, i] += count * np.floor(sums.dislocated[FIRST, i])
        path_tally.technology_kept[FIRST, i] += count * kept
        fund_tally.technology_kept[f, i] = kept / opened if opened > 0.0 else NEVER


@jit
def _share_kept(opened, path_tally, lanes):
    """Units kept over those of the opening, or none."""
    for i in range(FIRST, lanes):
        kept = path_tally.technology_kept[FIRST, i]
        path_tally.technology_kept[FIRST, i] = kept / opened if opened > 0.0 else NEVER


@jit
def opening_technology(units_open, is_technology, f):
    """Units of technology assets of fund f at the opening."""
    total = 0.0
    for j in range(count_rows(is_technology)):
        if is_technology[j]:
            total += units_open[f, j]
    return total


@jit
def _close_holdings(terms, state, lanes):
    """System losses, technology kept."""
    is_technology, sums, everything = terms.prices.is_technology, state.sums, 0.0
    n_assets = count_rows(is_technology)
    for f in range(count_rows(terms.funds.count)):
        count, opened = terms.funds.count[f], opening_technology(terms.funds.units_open, is_technology, f)
        everything += count * opened
        _open_system_losses(state.fund_tally, f, count, state.path_tally, sums, lanes)
        for j in range(n_assets):
            _dislocated_value(state.funds, f * n_assets + j, state.prices, j, sums, lanes)
            if is_technology[j]:
                _technology_units(state.funds, f * n_assets + j, sums, lanes)
        _close_system(f, count, opened, state.fund_tally, state.path_tally, sums, lanes)
    _share_kept(everything, state.path_tally, lanes)


@jit
def _worst_of_all(tally, lanes):
    """The worst dislocation over assets."""
    for j in range(count_rows(tally.worst_dislocation_by_asset)):
        for i in range(FIRST, lanes):
            worst = tally.worst_dislocation[FIRST, i]
            tally.worst_dislocation[FIRST, i] = max(worst, tally.worst_dislocation_by_asset[j, i])


@rule
def close_fund_tallies(terms, state, lanes):
    """Horizon outcomes of funds, and their sums over cohorts."""
    n_classes = count_columns(terms.investors.share_frac)
    for f in range(count_rows(terms.funds.count)):
        count = terms.funds.count[f]
        if terms.leverage.debt_open[f] > 0.0:
            _note_lender_debt(state.lenders, f, state.fund_tally, lanes)
        _close_fund(state.funds, f, count, state.fund_tally, state.path_tally, lanes)
        _mark_loan(state.funds, f, count, state.fund_tally, state.path_tally, lanes)
        _sum_path(state.fund_tally, f, count, state.path_tally, lanes)
        _sum_sales(state.fund_tally, f, count, state.path_tally, lanes)
        for c in range(Index(terms.investors.n_classes[f])):
            _add_unpaid(state.investors, f * n_classes + c, state.funds.navps, f, state.fund_tally, lanes)
        _whole(state.fund_tally.redemption_unpaid, f, lanes)
    _close_holdings(terms, state, lanes)
    _worst_of_all(state.path_tally, lanes)
