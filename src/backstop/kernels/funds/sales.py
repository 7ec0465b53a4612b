"""What funds sell, and its settlement (docs/model.md, 8 and 9). Rows of units are ``f*J + j``."""

from backstop.kernels.funds.causes import share_sales
from backstop.kernels.funds.marks import free_cash
from backstop.kernels.funds.settlement import raise_ahead, settle_later
from backstop.kernels.funds.solvency import sell_for_solvency
from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, Index, floor, fma, inline, jit, over_lanes, rule
from backstop.kernels.machine.lanes import clear, is_any_at_least
from backstop.kernels.machine.packs import zero
from backstop.terms import LiquidationRule
from backstop.terms.declare import covers

SMALLEST_SHARE = 1e-300


@jit
def _targets(funds, f, evaluation, n_floors, tally, lanes):
    """What the day's injection leaves of intended de-risking, and what payments still lack, net of floors.

    Both as shares, of risky holdings and of all holdings; what payments lack is also what a waterfall has to raise. The
    least coverage of what is owed by own cash is noted.
    """
    for i in range(FIRST, lanes):
        owed, injection = funds.owed[f, i], funds.injection[f, i]
        intended, risky, holdings = evaluation.intended[f, i], funds.risky[f, i], funds.holdings[f, i]
        free = free_cash(funds, f, i)
        to_derisk = intended - min(intended, max(0.0, injection - max(0.0, owed - (free - injection))))
        missing, covered = owed - free, tally.coverage_min[f, i]
        tally.coverage_min[f, i] = min(covered, (free - injection) / owed) if owed > 0.0 else covered
        to_raise = missing + n_floors if missing > 0.0 else 0.0
        funds.derisk_share[f, i] = to_derisk / risky if risky > 0.0 else 0.0
        funds.raise_share[f, i] = to_raise / holdings if holdings > 0.0 else 0.0
        funds.left[f, i] = to_raise


@inline
def _limit(v, participation, depth):
    """``min(v, participation * adv(t))``; the depth of an asset that does not trade is 0."""
    return min(v, participation * depth)


@over_lanes
def _plan_pro_rata(funds, f, prices, is_risky, participation, count, evaluation, i):
    """``a = min(derisk * v / risky, limit); n = min(units, min(a + raise * v / holdings, limit) / P)``.

    Pressure does not touch what is not risky: there, ``a = 0``.
    """
    n_assets = count_rows(is_risky)
    to_derisk, to_raise, planned = funds.derisk_share[f, i], funds.raise_share[f, i], zero(i)
    for j in range(n_assets):
        units, price = funds.units[f * n_assets + j, i], prices.price[j, i]
        v = units * price
        limit = _limit(v, participation, prices.depth[j, i])
        sold = to_raise * v
        if is_risky[j]:
            a = min(to_derisk * v, limit)
            sold = fma(to_raise, v, a)
            planned += a
        n = min(units, min(sold, limit) * prices.inverse[j, i])
        funds.to_sell[f * n_assets + j, i] = n
        prices.sold[j, i] = fma(count * n, price, prices.sold[j, i])
    evaluation.planned[f, i] = planned


@jit
def _plan_waterfall(terms, is_risky, prices, funds, evaluation, f, j, lanes):
    """``b = min(left, limit - a); left -= b; n = min(units, (a + b) / P)``."""
    row, count, risky_share = f * count_rows(is_risky) + j, terms.count[f], 1.0 if is_risky[j] else 0.0
    participation = terms.participation_frac[f] / count
    for i in range(FIRST, lanes):
        units, price = funds.units[row, i], prices.price[j, i]
        v = units * price
        limit = _limit(v, participation, prices.depth[j, i])
        a = min(risky_share * funds.derisk_share[f, i] * v, limit)
        b = min(funds.left[f, i], limit - a)
        n = min(units, min(a + b, limit) * prices.inverse[j, i])
        funds.left[f, i] -= b
        funds.to_sell[row, i] = n
        evaluation.planned[f, i] += a
        prices.sold[j, i] = fma(count * n, price, prices.sold[j, i])


@jit
def _keep_for_order(funds, f, share, lanes):
    """What a mixed rule raises asset by asset."""
    for i in range(FIRST, lanes):
        funds.left[f, i] *= share


@jit
def _plan_mixed(terms, is_risky, prices, funds, evaluation, f, j, lanes):
    """`_plan_waterfall` beyond ``p = min(pro_rata_frac * raise * v / holdings, limit - a)``."""
    row, count, risky_share = f * count_rows(is_risky) + j, terms.count[f], 1.0 if is_risky[j] else 0.0
    participation, pro_rata_frac = terms.participation_frac[f] / count, terms.pro_rata_frac[f]
    for i in range(FIRST, lanes):
        units, price = funds.units[row, i], prices.price[j, i]
        v = units * price
        limit = _limit(v, participation, prices.depth[j, i])
        a = min(risky_share * funds.derisk_share[f, i] * v, limit)
        p = min(pro_rata_frac * funds.raise_share[f, i] * v, limit - a)
        b = min(funds.left[f, i], limit - a - p)
        n = min(units, min(a + p + b, limit) * prices.inverse[j, i])
        funds.left[f, i] -= b
        funds.to_sell[row, i] = n
        evaluation.planned[f, i] += a
        prices.sold[j, i] = fma(count * n, price, prices.sold[j, i])


@inline
def _plan_in_order(terms, is_risky, prices, funds, evaluation, f, position, lanes):
    """Asset by asset: a waterfall, or the part of a mixed rule that is one."""
    j = Index(terms.liquidation_order[f, position])
    if terms.liquidation_rule[f] == LiquidationRule.WATERFALL:
        _plan_waterfall(terms, is_risky, prices, funds, evaluation, f, j, lanes)
    else:
        _plan_mixed(terms, is_risky, prices, funds, evaluation, f, j, lanes)


@rule
def plan_sales(terms, is_risky, prices, funds, evaluation, solvency, tally, lanes):
    """Step 8: units to sell, for pressure and solvency first, then for what payments lack."""
    n_assets = count_rows(is_risky)
    for f in range(count_rows(terms.count)):
        count, rule = terms.count[f], terms.liquidation_rule[f]
        _targets(funds, f, evaluation, float(n_assets), tally, lanes)
        if count_rows(solvency.share) > FIRST:
            sell_for_solvency(funds, f, solvency, lanes)
        if count_rows(funds.receivable) > FIRST:
            raise_ahead(funds, f, float(n_assets), lanes)
        if rule == LiquidationRule.MIXED:
            _keep_for_order(funds, f, 1.0 - terms.pro_rata_frac[f], lanes)
        if rule == LiquidationRule.WATERFALL or rule == LiquidationRule.MIXED:
            clear(evaluation.planned, f, lanes)
            for position in range(n_assets):
                _plan_in_order(terms, is_risky, prices, funds, evaluation, f, position, lanes)
        elif rule == LiquidationRule.PRO_RATA:
            _plan_pro_rata(funds, f, prices, is_risky, terms.participation_frac[f] / count, count, evaluation, lanes)


covers(LiquidationRule, plan_sales)


@over_lanes
def _settle(funds, f, prices, settlement_days, tally, causes, i):
    """``units -= n``, what it cost, and ``cash += floor(n * X)`` for what settles today, over all assets."""
    n_assets = count_rows(prices.price)
    gross, calm, proceeds, later = zero(i), zero(i), zero(i), zero(i)
    for j in range(n_assets):
        n = funds.to_sell[f * n_assets + j, i]
        of_asset = floor(n * prices.execution[j, i])
        gross += floor(n * prices.price[j, i])
        calm += floor(n * prices.calm[j, i])
        proceeds += of_asset
        if settlement_days[j] > 0:
            later += of_asset
        funds.units[f * n_assets + j, i] -= n
    # whole quanta: the order of their sums does not matter
    funds.cash[f, i] += proceeds - later
    funds.sale_cost[f, i] += gross - proceeds
    causes.gross[FIRST, i] = gross
    tally.gross_sales[f, i] += gross
    tally.slippage[f, i] += gross - proceeds
    tally.fire_sale_cost[f, i] += calm - proceeds


@jit
def _is_any_selling(funds, f, lanes):
    """Whether fund f sells in any lane."""
    return (is_any_at_least(funds.raise_share, f, SMALLEST_SHARE, lanes)
            or is_any_at_least(funds.derisk_share, f, SMALLEST_SHARE, lanes))


@rule
def settle_sales(settlement_days, state, day, lanes):
    """Step 9: proceeds at execution prices, in cash today or `settlement_days` later; `day` counts from 0."""
    prices, funds = state.prices, state.funds
    n_assets, n_funds = count_rows(prices.price), count_rows(funds.cash)
    n_slots = count_rows(funds.settling) // n_funds
    for f in range(n_funds):
        if not _is_any_selling(funds, f, lanes):
            continue
        _settle(funds, f, prices, settlement_days, state.fund_tally, state.causes, lanes)
        share_sales(state, f, lanes)
        for j in range(n_assets):
            if settlement_days[j] > 0:
                slot = (day + Index(settlement_days[j])) % n_slots
                settle_later(funds, f, f * n_assets + j, prices, j, f * n_slots + slot, lanes)
