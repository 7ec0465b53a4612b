"""What one arm carries from day to day, all parts together, and how it opens; parts are in the rooms ``state_*``.

Every field is a C-contiguous float64 array whose last axis is lanes (paths side by side). Rows that belong to pairs are
flattened with the first letter slowest: row ``f*J + j`` for fund f and asset j, ``f*C + c``, ``k*F + f``, ``k*J + j``;
rings put their own slot last: ``f*H + slot``. Truth values are 0.0 and 1.0. Symbols are those of docs/model.md.
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backstop.kernels.facility.state_instruments import Grants, Guarantees, Purchases
from backstop.kernels.facility.state_keys import Foresight, Judging, Keys, Signals
from backstop.kernels.funds.state import Evaluation, Funds, Investors, Lenders
from backstop.kernels.machine.frames import Bare, rows
from backstop.kernels.optional_rows import (
    rows_of_capital,
    rows_of_funds,
    rows_of_loans,
    rows_of_prices,
    rows_of_rounds,
    rows_of_scores,
)
from backstop.kernels.pool.state import Loans, Pool
from backstop.kernels.prices.state import Prices, Rounds
from backstop.outcomes import DAILY_METRICS, N_BINS, PATH_OUTCOMES, FundTally, PathTally
from backstop.terms import COMPENSATION, GUARANTEE, MARKET_DRAWDOWN, MARKET_PURCHASE, NEVER, PURCHASE, ArmTerms, Floats

Counts: TypeAlias = npt.NDArray[np.uint16]


class Seam(NamedTuple):
    """What every arm reads of the market, (T, J, L)."""

    log_return: Floats
    volatility: Floats


class ArmState(NamedTuple):
    """Everything of one arm on one tile; the tallies are what leaves it."""

    prices: Prices
    funds: Funds
    lenders: Lenders
    rounds: Rounds
    investors: Investors
    evaluation: Evaluation
    signals: Signals
    system_keys: Keys
    fund_keys: Keys
    latches: Keys
    """Row ``n*F + f``: latch n, of fund f where it is one of a fund key."""
    loans: Loans
    purchases: Purchases
    grants: Grants
    guarantees: Guarantees
    pool: Pool
    judging: Judging
    path_tally: PathTally
    fund_tally: FundTally
    foresight: Foresight
    """What arms of a tile share; no rows where nobody judges."""
    daily: Counts
    """(T, M, N_BINS) paths by bin, at most 65,535 in all; no days where bands are not wanted."""


def _zeros(kind, n_rows, lanes, **special):
    """A state tuple of zeroed (row, lane) arrays; `special` gives other row counts by field."""
    return kind(*(rows(special.get(field, n_rows), lanes) for field in kind._fields))


def _rows_by_axis(**lengths: int) -> dict[str, int]:
    """Rows of the path outcomes that repeat along an axis."""
    return {f"{o.name}_by_{o.axis}": lengths[o.axis] for o in PATH_OUTCOMES if o.axis}


def _of_funds(terms: ArmTerms, lanes: int) -> dict[str, Any]:
    """What funds and those who deal with them carry, by part of the state."""
    n_funds, n_classes = terms.investors.share_frac.shape
    n_notice = int(terms.investors.notice_days.max(initial=0)) + 1
    return {
        "funds": _zeros(Funds, n_funds, lanes, **rows_of_funds(terms)),
        "lenders": _zeros(Lenders, n_funds * bool(np.any(terms.leverage.debt_open)), lanes),
        "investors": _zeros(Investors, n_funds * n_classes, lanes, queue=n_funds * n_classes * n_notice),
        "evaluation": _zeros(Evaluation, n_funds, lanes, **rows_of_scores(terms)),
    }


def _of_triggers(terms: ArmTerms, lanes: int) -> dict[str, Any]:
    """What keys are turned by, by part of the state."""
    triggers, (n_facilities, n_funds) = terms.triggers, terms.facilities.is_eligible.shape
    n_market, n_index = len(triggers.market_kind), len(triggers.index_history)
    return {
        "signals": _zeros(Signals, n_market, lanes, fund=len(triggers.fund_kind), node=len(triggers.node_signal),
                          closes=n_index, squares=n_index, suffix_peak=n_market * n_index),
        "system_keys": _zeros(Keys, n_facilities, lanes),
        "fund_keys": _zeros(Keys, n_facilities * n_funds, lanes),
        "latches": _zeros(Keys, len(triggers.latch_days) * n_funds, lanes),
    }


def _of_instruments(terms: ArmTerms, lanes: int) -> dict[str, Any]:
    """What facilities other than advances carry, by part of the state; no rows where an arm has none of a kind."""
    instrument, n_assets, n_funds = terms.facilities.instrument, len(terms.prices.adv), len(terms.funds.count)
    n_buyers, n_payers, n_guarantors = (
        len(instrument) * bool(np.isin(instrument, kinds).any())
        for kinds in ([PURCHASE, MARKET_PURCHASE], [COMPENSATION], [GUARANTEE]))
    return {
        "purchases": _zeros(Purchases, n_buyers, lanes, planned=n_buyers * n_assets, bought=n_buyers * n_funds),
        "grants": _zeros(Grants, n_payers * n_funds, lanes),
        "guarantees": _zeros(Guarantees, n_guarantors * n_funds, lanes),
    }


def _of_pool(terms: ArmTerms, lanes: int) -> dict[str, Any]:
    """What facilities have lent, and the pool behind them, by part of the state."""
    n_facilities, n_funds = terms.facilities.is_eligible.shape
    loans, stock = n_facilities * n_funds, n_facilities * len(terms.prices.adv)
    n_lag = int(terms.facilities.cash_lag_days.max(initial=0)) + 1
    return {
        "loans": _zeros(Loans, loans, lanes, approvals=loans * n_lag, **rows_of_loans(terms)),
        "pool": _zeros(Pool, 1, lanes, inventory=stock, inventory_cost=stock, inventory_sale=stock,
                       realised=n_facilities, scratch=4, **rows_of_capital(terms)),
    }


def allocate_arm(terms: ArmTerms, lanes: int, n_days: int) -> ArmState:
    """Memory for one arm on a tile of `lanes` paths; `n_days` days of daily bands (0: none)."""
    n_assets, n_funds, n_layers = len(terms.prices.adv), len(terms.funds.count), len(terms.pool.layer_size)
    return ArmState(
        prices=_zeros(Prices, n_assets, lanes, **rows_of_prices(terms)),
        rounds=_zeros(Rounds, int(terms.prices.rounds > 1), lanes, **rows_of_rounds(terms)),
        **_of_funds(terms, lanes),
        **_of_triggers(terms, lanes),
        **_of_instruments(terms, lanes),
        **_of_pool(terms, lanes),
        judging=_zeros(Judging, 1, lanes, sold_before=n_funds),
        path_tally=_zeros(PathTally, 1, lanes, **_rows_by_axis(layer=n_layers, asset=n_assets)),
        fund_tally=_zeros(FundTally, n_funds, lanes),
        foresight=_zeros(Foresight, 0, lanes),
        daily=np.zeros((n_days, len(DAILY_METRICS), N_BINS), dtype=np.uint16).view(Bare),
    )


def _spread(rows: Floats) -> Floats:
    """(row,) values as a column to fill (row, lane) arrays."""
    return rows.reshape(-1, 1)


def _reset_funds(terms: ArmTerms, state: ArmState) -> None:
    funds, investors = state.funds, state.investors
    funds.units[:] = _spread(terms.funds.units_open)
    funds.cash[:] = _spread(terms.funds.cash_open)
    funds.shares[:] = funds.nav[:] = _spread(terms.funds.nav_open)
    funds.navps[:] = funds.peak[:] = 1.0
    if len(state.lenders.debt):
        funds.net_debt[:] = state.lenders.debt[:] = _spread(terms.leverage.debt_open)
    # the close of day s stands in slot s mod H, and history ends with day 0
    funds.nav_history[:] = _spread(np.roll(terms.funds.nav_history, 1, axis=1))
    investors.shares[:] = _spread(terms.investors.share_frac * terms.funds.nav_open[:, None])
    state.evaluation.first_sample[:] = -NEVER
    state.evaluation.samples[:] = _spread(np.roll(terms.evaluation.log_nav_history, 1, axis=1))
    state.fund_tally.score_min[:] = state.fund_tally.coverage_min[:] = NEVER


def _reset_signals(terms: ArmTerms, state: ArmState) -> None:
    signals, triggers = state.signals, terms.triggers
    history = triggers.index_history
    squares = np.concatenate([[0.0], np.diff(np.log(history)) ** 2])
    signals.closes[:] = _spread(np.roll(history, 1))
    signals.squares[:] = _spread(np.roll(squares, 1))
    n_index = len(history)
    for m, (kind, window) in enumerate(zip(triggers.market_kind, triggers.market_window, strict=True)):
        signals.square_sum[m] = squares[n_index - window + 1 :].sum() if window > 1 else 0.0
        if kind == MARKET_DRAWDOWN:
            block = np.maximum.accumulate(history[n_index - window :][::-1])[::-1]
            signals.suffix_peak[m * n_index : m * n_index + window] = _spread(block)


def reset_arm(terms: ArmTerms, state: ArmState) -> None:
    """Put `state` back to the opening, in place; daily counts, which add up over tiles, and what arms share stay."""
    for part in state[:-2]:
        for field in part:
            field[:] = 0.0
    state.prices.price[:] = state.prices.close[:] = state.prices.high[:] = state.prices.top[:] = 1.0
    state.judging.high[:] = 1.0
    if len(state.prices.others_left):
        state.prices.others_left[:] = _spread(terms.prices.others_stock)
    _reset_funds(terms, state)
    _reset_signals(terms, state)
    state.grants.reference[:] = 1.0
    state.pool.cash[:] = state.pool.paid_in[:] = terms.pool.paid_in.sum()
    state.path_tally.called_by_layer[:] = _spread(terms.pool.paid_in)
    state.path_tally.pool_min_available[:] = terms.pool.paid_in.sum()
    state.path_tally.market_trough_by_asset[:] = 1.0


def foresights(n_days: int, lanes: int) -> tuple[Foresight, Foresight]:
    """For a counterfactual, which writes down its distress, and for its arms, which come next and read it."""
    distress, nothing = rows(n_days, lanes), rows(0, lanes)
    return Foresight(distress, nothing), Foresight(nothing, distress)


def open_arm(terms: ArmTerms, lanes: int, n_days: int = 0) -> ArmState:
    """One arm at its opening; see `allocate_arm`."""
    state = allocate_arm(terms, lanes, n_days)
    reset_arm(terms, state)
    return state
