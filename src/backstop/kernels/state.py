"""What one arm carries from day to day, and how it opens.

Every field is a C-contiguous float64 array whose last axis is lanes (paths side by side). Rows that belong to pairs are
flattened with the first letter slowest: row ``f*J + j`` for fund f and asset j, ``f*C + c``, ``k*F + f``, ``k*J + j``;
rings put their own slot last: ``f*H + slot``. Truth values are 0.0 and 1.0. Symbols are those of docs/model.md.
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from backstop.kernels.frames import Bare, rows
from backstop.kernels.instruments import Grants, Guarantees, Purchases
from backstop.kernels.optional_rows import (
    rows_of_capital,
    rows_of_funds,
    rows_of_loans,
    rows_of_prices,
    rows_of_rounds,
    rows_of_scores,
)
from backstop.outcomes import DAILY_METRICS, N_BINS, PATH_OUTCOMES, FundTally, PathTally
from backstop.terms import COMPENSATION, GUARANTEE, MARKET_DRAWDOWN, MARKET_PURCHASE, NEVER, PURCHASE, ArmTerms, Floats

Counts: TypeAlias = npt.NDArray[np.uint16]



class Prices(NamedTuple):
    """Axis J."""

    log_fundamental: Floats
    log_close: Floats
    close_return: Floats
    """Log return from close to close."""
    log_pre: Floats
    price: Floats
    """Before trade."""
    inverse: Floats
    """1 / price, before trade."""
    execution: Floats
    close: Floats
    volume: Floats
    """E, decaying net volume sold over ADV."""
    volume_after: Floats
    """E with today's sales."""
    permanent: Floats
    """G."""
    transient: Floats
    """F(E)."""
    transient_after: Floats
    """F(E) with today's sales."""
    room: Floats
    """1 - B / S, by how much sales may still push a price with a floor; no rows where no law has one."""
    high: Floats
    """Highest price before trade so far; no rows where nobody reads it."""
    excess: Floats
    """By how much sales have lifted the volatility model's level; no rows, here and below, where they feed none."""
    return_change: Floats
    variance_change: Floats
    """What that changed of the day's return, and of its variance."""
    suspended: Floats
    """1 while an asset does not trade; no rows, here and below, where no asset may be suspended."""
    suspension_left: Floats
    """Days to go of a suspension."""
    limit_downs: Floats
    """Days in a row at limit-down."""
    top: Floats
    """Highest price before trade since the last suspension."""
    others_left: Floats
    """What sellers outside the funds have left, quanta of value; no rows without such sellers."""
    dislocation: Floats
    """D."""
    adv: Floats
    ask: Floats
    """What buyers pay; no rows, here and below, where nobody buys."""
    supply: Floats
    """ADV of the day to buy from; 0 at limit-up."""
    depth: Floats
    """ADV of the day to sell into; 0 at limit-down."""
    sold: Floats
    """Sold less bought today by all: value at pre-trade prices, over ADV once prices have moved."""


class Seam(NamedTuple):
    """What every arm reads of the market, (T, J, L)."""

    log_return: Floats
    volatility: Floats


class Funds(NamedTuple):
    """Axis F; units and sales (F*J), history (F*H)."""

    units: Floats
    to_sell: Floats
    """n, units to sell today."""
    to_buy: Floats
    """m, units to buy today; no rows, here and below, where no fund invests new money."""
    spare: Floats
    """What may be spent on them."""
    sale_cost: Floats
    """What impact took from today's sales."""
    cash: Floats
    other_cash_in: Floats
    """Interest on cash and new money of investors so far, less purchases and what has not settled."""
    receivable: Floats
    """Proceeds on their way; no rows, here and below, where every sale settles at once."""
    settling: Floats
    """(F*N) a ring over the days on which they arrive."""
    ahead: Floats
    """What falls due before a sale of today has settled."""
    shares: Floats
    holdings: Floats
    risky: Floats
    net_debt: Floats
    """Principal and interest due, over all facilities and outside lenders, less what is receivable."""
    principal: Floats
    pending: Floats
    """Approved by facilities, not yet arrived."""
    nav: Floats
    navps: Floats
    peak: Floats
    drawdown: Floats
    buffer: Floats
    due: Floats
    ripe: Floats
    """What investors may have today before gates; no rows where no fund has a gate or swings its price."""
    exit_price: Floats
    """What a share is paid to those who leave today; no rows where `ripe` has none."""
    late: Floats
    """The part of what is due that was due yesterday."""
    requested_shares: Floats
    stay: Floats
    """Share of requests that an announcement holds back."""
    called: Floats
    owed: Floats
    """To be paid today: to investors, on called debt, to outside lenders."""
    injection: Floats
    derisk_share: Floats
    """Of risky holdings, to sell for evaluation pressure."""
    raise_share: Floats
    """Of all holdings, to sell for payments."""
    left: Floats
    """What a waterfall still has to raise."""
    paid: Floats
    unpaid_days: Floats
    nav_history: Floats


class Lenders(NamedTuple):
    """Axis F: outside lenders; no rows where no fund has any."""

    debt: Floats
    interest: Floats
    """Added to the debt so far."""
    lendable: Floats
    """What they lend against today's holdings."""
    recalled: Floats
    """What they, or the fund's own leverage, ask for today."""
    is_recalled: Floats
    """1 once something was asked for today."""


class Rounds(NamedTuple):
    """Axis 1, no rows where a day has one round."""

    log_before: Floats
    """(J, L) yesterday's close, for the limits of later rounds."""
    sold_today: Floats
    """(F*J, L) value that a fund sold today, at the prices before each round."""
    sales: Floats
    """Value sold in a round, by all sellers."""
    day_sales: Floats
    is_live: Floats
    """1 while the last round sold enough for another."""
    kept_price: Floats
    kept_sold: Floats
    log_least: Floats
    """(J, L) log close at the fixed point of least sales; no rows, here and around, where it is not looked for."""
    log_found: Floats
    kept_holdings: Floats
    kept_nav: Floats
    kept_owed: Floats
    kept_recalled: Floats
    """(F, L) what stands while other prices are tried."""
    share: Floats
    """(F, L) of its holdings that a levered fund would sell at them."""


class Investors(NamedTuple):
    """Axis F*C; the queue (F*C*N) is a ring over notice days."""

    shares: Floats
    queued: Floats
    overdue: Floats
    due: Floats
    queue: Floats


class Evaluation(NamedTuple):
    """Axis F; samples (F*S). Rows that only some rules need are there only where a fund has such a rule."""

    log_navps: Floats
    score: Floats
    pressure: Floats
    intended: Floats
    derisked: Floats
    samples: Floats
    rung: Floats
    """(1 or 0, L) return of one rung."""
    cover: Floats
    """Facility debt that counts as the fund's own in its score."""
    index_samples: Floats
    """(S or 0, L) ring of log prices of the index, from the first sample after the opening."""
    first_sample: Floats
    """Number of the manager's first own sample."""
    own_weight: Floats
    """Sum of the weights of the rungs that count for this manager."""
    unpressed: Floats
    """Share of pressure that bonus limits take away; no rows without them."""


class Keys(NamedTuple):
    """Phase of each key: 0 idle, 1 pending, 2 active; axis K for system keys, K*F for fund keys."""

    phase: Floats
    breach_days: Floats
    exit_days: Floats
    wait: Floats
    """Days to go: of the decision lag while pending, of the cooldown while idle."""


class Signals(NamedTuple):
    """Axis M of market signals, G of fund signals, N of tree nodes; rings of the index."""

    market: Floats
    fund: Floats
    node: Floats
    closes: Floats
    """(H, L) ring of index closes."""
    squares: Floats
    """(H, L) ring of squared log returns of the index."""
    square_sum: Floats
    """(M, L) for each realised volatility, the sum over the last w-1 closes."""
    suffix_peak: Floats
    """(M*H, L) for each drawdown: maxima from a position to the end of the last full block of w closes."""
    prefix_peak: Floats
    """(M, L) maximum of the block of closes that is filling."""


class Loans(NamedTuple):
    """Axis K*F; approvals (N*K*F) are a ring over cash lag."""

    drawn: Floats
    interest_due: Floats
    pending: Floats
    age: Floats
    rollovers: Floats
    called: Floats
    shadow_peak: Floats
    claim: Floats
    approved: Floats
    unmet: Floats
    approvals: Floats
    demand: Floats
    """What is demanded before maturity today; no rows where no facility does."""
    rate: Floats
    """Rate of the day; no rows where all rates are flat."""
    use: Floats
    """(K or 0, L) share of its size that a facility has lent."""
    refused: Floats
    """Claims the solvency test refused today; no rows without one."""
    take_up: Floats
    """(F or 0, L) u, by which a fund takes a facility up, or none."""


class Pool(NamedTuple):
    """Axis 1; layers (Y), inventory (K*J), realised (K).

    What only some rules need has no rows where terms have no such rule.
    """

    cash: Floats
    paid_in: Floats
    """Of all layers."""
    committed: Floats
    claimed: Floats
    ratio: Floats
    available: Floats
    claimed_so_far: Floats
    allotted_so_far: Floats
    cash_out: Floats
    cash_in: Floats
    fees: Floats
    """Upfront fees of today."""
    income: Floats
    loss: Floats
    surplus: Floats
    taxpayer: Floats
    is_dry: Floats
    layer_loss: Floats
    awaited: Floats
    """Called and not yet paid in."""
    calls: Floats
    """(D or 0, L) a ring of what arrives by day."""
    borrowed: Floats
    guaranteed: Floats
    """Paid in by the guarantor and not yet paid back."""
    refill_clock: Floats
    """(Y or 0, L) days with a loss since the last refill."""
    n_refills: Floats
    inventory: Floats
    inventory_cost: Floats
    inventory_sale: Floats
    realised: Floats
    """Receipts of what a facility sold less its cost, so far."""
    scratch: Floats
    """(4, L) sums within a stage pair."""


class Judging(NamedTuple):
    """Axis 1: what triggers are judged by."""

    sold_before: Floats
    """(F, L) forced sales up to yesterday."""
    was_on: Floats
    """1 if a system key was on yesterday."""
    was_ahead: Floats
    """1 if yesterday was a day of an episode."""
    is_met: Floats
    """1 once a system key was on in the episode."""
    high: Floats
    """Highest close of the index."""
    deepest: Floats
    """Deepest fall of the index from it."""


class Foresight(NamedTuple):
    """(T, L) each, or no rows: what arm none went through, for all arms to be judged by."""

    distress: Floats
    """Written in arm none: 1 on a day of distress; from the horizon on, 1 on a day of an episode."""
    ahead: Floats
    """Read in other arms: 1 on a day of an episode in arm none."""


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


def _of_instruments(terms: ArmTerms, n_assets: int, lanes: int) -> dict[str, Any]:
    """What facilities other than advances carry, by part of the state; no rows where an arm has none of a kind."""
    instrument, n_funds = terms.facilities.instrument, len(terms.funds.count)
    n_buyers, n_payers, n_guarantors = (
        len(instrument) * bool(np.isin(instrument, kinds).any())
        for kinds in ([PURCHASE, MARKET_PURCHASE], [COMPENSATION], [GUARANTEE]))
    return {
        "purchases": _zeros(Purchases, n_buyers, lanes, planned=n_buyers * n_assets, bought=n_buyers * n_funds),
        "grants": _zeros(Grants, n_payers * n_funds, lanes),
        "guarantees": _zeros(Guarantees, n_guarantors * n_funds, lanes),
    }


def allocate_arm(terms: ArmTerms, lanes: int, n_days: int) -> ArmState:
    """Memory for one arm on a tile of `lanes` paths; `n_days` days of daily bands (0: none)."""
    n_assets, n_funds = len(terms.prices.adv), len(terms.funds.count)
    n_facilities, n_layers = len(terms.facilities.tenor_days), len(terms.pool.layer_size)
    n_classes = terms.investors.share_frac.shape[1]
    n_notice = int(terms.investors.notice_days.max(initial=0)) + 1
    n_lag = int(terms.facilities.cash_lag_days.max(initial=0)) + 1
    n_market, n_index = len(terms.triggers.market_kind), len(terms.triggers.index_history)
    n_signals, n_nodes = len(terms.triggers.fund_kind), len(terms.triggers.node_signal)
    has_rounds = int(terms.prices.rounds > 1)
    loans, stock = n_facilities * n_funds, n_facilities * n_assets
    return ArmState(
        prices=_zeros(Prices, n_assets, lanes, **rows_of_prices(terms)),
        funds=_zeros(Funds, n_funds, lanes, **rows_of_funds(terms)),
        lenders=_zeros(Lenders, n_funds * bool(np.any(terms.leverage.debt_open)), lanes),
        rounds=_zeros(Rounds, has_rounds, lanes, **rows_of_rounds(terms)),
        investors=_zeros(Investors, n_funds * n_classes, lanes, queue=n_funds * n_classes * n_notice),
        evaluation=_zeros(Evaluation, n_funds, lanes, **rows_of_scores(terms)),
        signals=_zeros(Signals, n_market, lanes, fund=n_signals, node=n_nodes, closes=n_index, squares=n_index,
                       suffix_peak=n_market * n_index),
        system_keys=_zeros(Keys, n_facilities, lanes),
        fund_keys=_zeros(Keys, loans, lanes),
        latches=_zeros(Keys, len(terms.triggers.latch_days) * n_funds, lanes),
        loans=_zeros(Loans, loans, lanes, approvals=loans * n_lag, **rows_of_loans(terms)),
        **_of_instruments(terms, n_assets, lanes),
        pool=_zeros(Pool, 1, lanes, inventory=stock, inventory_cost=stock, inventory_sale=stock, realised=n_facilities,
                    scratch=4, **rows_of_capital(terms)),
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


def foresights(n_days: int, lanes: int, n_arms: int) -> list[Foresight]:
    """What each of `n_arms` arms of a tile knows of arm none, the first, which writes what the others read."""
    distress, nothing = rows(n_days, lanes), rows(0, lanes)
    return [Foresight(distress, nothing), *[Foresight(nothing, distress)] * (n_arms - 1)]


def open_arm(terms: ArmTerms, lanes: int, n_days: int = 0) -> ArmState:
    """One arm at its opening; see `allocate_arm`."""
    state = allocate_arm(terms, lanes, n_days)
    reset_arm(terms, state)
    return state
