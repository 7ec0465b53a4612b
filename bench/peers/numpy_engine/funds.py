"""Steps 2, 8, 9 and 12 for funds: what they are worth, what they sell, what they get for it."""

import numpy as np

from backstop.outcomes import FundTally
from backstop.terms import NEVER, Floats, FundTerms, Integers, LiquidationRule
from bench.peers.numpy_engine.causes import share_sales
from bench.peers.numpy_engine.state import Evaluation, Funds, Prices, State

SMALLEST_NAVPS = 1e-6


def mark_funds(terms: FundTerms, is_risky: Integers, prices: Prices, funds: Funds, tally: FundTally) -> None:
    """Step 2: interest on cash, then NAV, peak and drawdown at pre-trade prices."""
    earned = np.floor(funds.cash * terms.cash_rate_per_day)
    funds.cash += earned
    funds.cash_yield += earned
    np.multiply(funds.units, prices.price, out=funds.value)
    funds.holdings = funds.value.sum(axis=1)
    funds.risky = funds.holdings if is_risky.all() else funds.value[:, is_risky > 0].sum(axis=1)
    _mark(funds, tally)
    funds.injection, funds.sale_cost = np.zeros_like(funds.cash), np.zeros_like(funds.cash)
    funds.buffer = terms.buffer_frac[:, None] * np.maximum(funds.nav, 0.0)


def _mark(funds: Funds, tally: FundTally) -> None:
    funds.nav = funds.cash + funds.holdings - funds.debt
    with np.errstate(divide="ignore", invalid="ignore"):
        funds.navps = np.where(funds.shares >= 1.0, funds.nav / funds.shares, funds.navps)
    np.maximum(funds.peak, funds.navps, out=funds.peak)
    funds.drawdown = 1.0 - funds.navps / funds.peak
    np.maximum(tally.max_drawdown, funds.drawdown, out=tally.max_drawdown)


def close_funds(terms: FundTerms, prices: Prices, funds: Funds, tally: FundTally, t: int) -> None:
    """Step 12: the same at the close, and whether the fund has failed."""
    funds.holdings = np.einsum("fjp,jp->fp", funds.units, prices.close)
    _mark(funds, tally)
    np.maximum(funds.navps, SMALLEST_NAVPS, out=funds.closes[terms.nav_history.shape[1] - 1 + t])
    is_late = funds.unpaid_days > terms.unpaid_days_limit[:, None]
    tally.failed[(funds.navps < terms.nav_floor[:, None]) | is_late] = 1.0


def own_free_cash(funds: Funds) -> Floats:
    """Cash above the buffer, without what arrived from facilities today, which may be spent whatever the buffer."""
    return np.asarray(np.maximum(funds.cash - funds.injection - funds.buffer, 0.0))


def plan_sales(terms: FundTerms, is_risky: Integers, prices: Prices, funds: Funds, evaluation: Evaluation,
               tally: FundTally) -> None:
    """Step 8: units to sell, for pressure first, then for what payments lack; adds up the value sold."""
    own = own_free_cash(funds)
    _note_coverage(funds, own, tally)
    lacking = funds.owed - own
    left = np.maximum(0.0, funds.injection - np.maximum(0.0, lacking))
    derisk = evaluation.intended - np.minimum(evaluation.intended, left)
    missing = lacking - funds.injection
    to_raise = np.where(missing > 0.0, missing + len(is_risky), 0.0)
    limit, sold = funds.limit, funds.sold
    np.multiply((terms.participation_frac / terms.count)[:, None, None], prices.depth, out=limit)
    np.minimum(limit, funds.value, out=limit)
    np.multiply(_share(derisk, funds.risky)[:, None], funds.value, out=sold)
    sold[:, is_risky == 0] = 0.0
    np.minimum(sold, limit, out=sold)
    evaluation.planned = sold.sum(axis=1)
    funds.is_raising = missing > 0.0
    _add_raised(terms, funds, to_raise)
    np.minimum(sold, limit, out=sold)
    sold *= 1.0 / prices.price
    np.minimum(funds.units, sold, out=funds.to_sell)
    units = terms.count @ funds.to_sell.reshape(len(lacking), -1)
    prices.sold = units.reshape(prices.price.shape) * prices.price


def _note_coverage(funds: Funds, own: Floats, tally: FundTally) -> None:
    """The least coverage of what is owed by own free cash."""
    covered = np.divide(own, funds.owed, out=np.full_like(own, NEVER), where=funds.owed > 0.0)
    np.minimum(tally.coverage_min, covered, out=tally.coverage_min)


def _share(part: Floats, whole: Floats) -> Floats:
    """``part / whole``, 0 of nothing."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)


def _add_raised(terms: FundTerms, funds: Funds, to_raise: Floats) -> None:
    """Adds to the sales (F, J, P) those for cash: in proportion to values, one asset after another, or both."""
    limit, sold = funds.limit, funds.sold
    rule = terms.liquidation_rule
    plain = [rule == LiquidationRule.PRO_RATA, rule == LiquidationRule.WATERFALL]
    pro_rata = np.select(plain, [1.0, 0.0], terms.pro_rata_frac)
    if pro_rata.any():
        funds.value *= (pro_rata[:, None] * _share(to_raise, funds.holdings))[:, None]
        sold += funds.value
        np.minimum(sold, limit, out=sold)
    rows = np.flatnonzero(pro_rata < 1.0)
    left = (1.0 - pro_rata[rows, None]) * to_raise[rows]
    for position in range(sold.shape[1] if len(rows) else 0):
        pairs = rows, terms.liquidation_order[rows, position]
        b = np.minimum(left, limit[pairs] - sold[pairs])
        left -= b
        sold[pairs] += b


def settle_sales(state: State) -> None:
    """Step 9: proceeds at execution prices, and what impact cost."""
    prices, funds, tally = state.prices, state.funds, state.fund_tally
    if not funds.to_sell.any():
        return
    amounts = np.multiply(funds.to_sell, prices.execution, out=funds.sold)
    proceeds = np.floor(amounts, out=amounts).sum(axis=1)
    np.multiply(funds.to_sell, prices.price, out=amounts)
    gross = np.floor(amounts, out=amounts).sum(axis=1)
    funds.units -= funds.to_sell
    funds.cash += proceeds
    funds.sale_cost += gross - proceeds
    tally.slippage[:] += gross - proceeds
    np.multiply(funds.to_sell, prices.calm, out=amounts)
    tally.fire_sale_cost[:] += np.floor(amounts, out=amounts).sum(axis=1) - proceeds
    share_sales(state, gross)
