"""What a block of paths carries from day to day, and how it opens (docs/model.md, 0)."""

from dataclasses import dataclass, fields
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from backstop.outcomes import DAILY_METRICS, N_BINS, PATH_OUTCOMES, FundTally, PathTally
from backstop.terms import NEVER, ArmTerms, Floats, Integers, MarketSignal

T = TypeVar("T")
Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass
class Prices:
    """Axes (J, P)."""

    log_fundamental: Floats
    log_close: Floats
    log_pre: Floats
    lower: Floats
    upper: Floats
    price: Floats
    execution: Floats
    close: Floats
    log_calm: Floats
    calm: Floats
    """The price had nobody ever sold."""
    volume: Floats
    permanent: Floats
    transient: Floats
    dislocation: Floats
    volatility: Floats
    adv: Floats
    depth: Floats
    """ADV to sell into, 0 at limit-down."""
    sold: Floats
    """Value sold today at pre-trade prices, times count."""
    high: Floats
    others_left: Floats
    impact_volatility: Floats
    """s, the volatility that the impact law reads."""
    k: Floats
    room: Floats
    """Of Cont and Schaanning's law."""


@dataclass
class Funds:
    """Axes (F, P); of units, their values and sales (F, J, P), which are worked on in place."""

    units: Floats
    value: Floats
    limit: Floats
    sold: Floats
    to_sell: Floats
    cash: Floats
    cash_yield: Floats
    shares: Floats
    holdings: Floats
    risky: Floats
    debt: Floats
    nav: Floats
    navps: Floats
    peak: Floats
    drawdown: Floats
    buffer: Floats
    inflow: Floats
    netted: Floats
    """New money of the day, and what of it pays ordinary dues."""
    due: Floats
    ripe: Floats
    """Due before gates."""
    exit_price: Floats
    late: Floats
    requested_shares: Floats
    called: Floats
    owed: Floats
    is_raising: Floats
    """Whether payments make it sell."""
    injection: Floats
    sale_cost: Floats
    """What today's sales cost."""
    unpaid_days: Floats
    closes: Floats
    """(H + T, F, P) closing NAV per share, at least 1e-6; row H - 1 is the opening."""


@dataclass
class Lenders:
    """Axes (F, P): what is owed to outside lenders, interest added so far, what is asked for, and whether it was."""

    debt: Floats
    interest: Floats
    recalled: Floats
    is_recalled: Floats


@dataclass
class Investors:
    """Axes (F, C, P); the queue (N, F, C, P) is a ring over notice days."""

    shares: Floats
    queued: Floats
    overdue: Floats
    due: Floats
    queue: Floats


@dataclass
class Causes:
    """Axes (X, F, P), stressed and gains: shares overdue, money due; the queue (N, X, F, P) is a ring."""

    overdue: Floats
    due: Floats
    queue: Floats


@dataclass
class Evaluation:
    """Axes (F, P); samples (S + T // 21, F, P), row S - 1 the opening, of the index (1 + T // 21, P), row 0."""

    score: Floats
    pressure: Floats
    intended: Floats
    planned: Floats
    """Sales for pressure of this round."""
    theta: Floats
    samples: Floats
    index_samples: Floats
    first_sample: Floats
    """Number of the manager's first own sample."""


@dataclass
class Keys:
    """Phase 0 idle, 1 pending, 2 active; axes (K, P), of fund keys (K, F, P)."""

    phase: Floats
    breach_days: Floats
    exit_days: Floats
    wait: Floats


@dataclass
class Index:
    """Windows on the index asset: closes and squared log returns (H + T, P), suffix maxima (M, H, P), prefix (M, P)."""

    closes: Floats
    squares: Floats
    suffix_peak: Floats
    prefix_peak: Floats


@dataclass
class Loans:
    """Axes (K, F, P); approvals (N, K, F, P) are a ring over cash lag."""

    drawn: Floats
    interest_due: Floats
    pending: Floats
    age: Floats
    rollovers: Floats
    called: Floats
    shadow_peak: Floats
    unmet: Floats
    approvals: Floats


@dataclass
class Pool:
    """Axis P; losses by layer (Y, P), seized assets and their cost (K, J, P)."""

    cash: Floats
    committed: Floats
    cash_out: Floats
    cash_in: Floats
    income: Floats
    loss: Floats
    surplus: Floats
    taxpayer: Floats
    layer_loss: Floats
    inventory: Floats
    inventory_cost: Floats
    inventory_sale: Floats


@dataclass
class Judging:
    """Axis P, sales so far (F, P): what triggers are judged by."""

    sold_before: Floats
    was_on: Floats
    high: Floats
    deepest: Floats


@dataclass
class State:
    """Everything of one arm on a block of paths; the tallies and daily counts are what leaves it."""

    prices: Prices
    funds: Funds
    lenders: Lenders
    investors: Investors
    causes: Causes
    evaluation: Evaluation
    index: Index
    system_keys: Keys
    fund_keys: Keys
    loans: Loans
    pool: Pool
    judging: Judging
    path_tally: PathTally
    fund_tally: FundTally
    daily: Integers
    """(T, M, N_BINS) counts."""


def _zeros(kind: type[T], shape: tuple[int, ...], **special: tuple[int, ...]) -> T:
    """A part of the state, zeroed; `special` gives other shapes by field."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: np.zeros(special.get(name, shape)) for name in names})


def open_state(terms: ArmTerms, n_days: int, n_paths: int) -> State:
    """The state of `n_paths` paths before day 1."""
    n_funds, n_assets = terms.funds.units_open.shape
    n_facilities, n_layers = len(terms.facilities.tenor_days), len(terms.pool.layer_size)
    of_fund, of_pair = (n_funds, n_paths), (n_funds, n_assets, n_paths)
    of_loan, of_stock = (n_facilities, n_funds, n_paths), (n_facilities, n_assets, n_paths)
    n_lag = int(terms.facilities.cash_lag_days.max(initial=0)) + 1
    path, assets, layers = (1, n_paths), (n_assets, n_paths), (n_layers, n_paths)
    state = State(
        prices=_zeros(Prices, assets),
        funds=_zeros(Funds, of_fund, units=of_pair, value=of_pair, limit=of_pair, sold=of_pair,
                     to_sell=of_pair, closes=(terms.funds.nav_history.shape[1] + n_days, *of_fund)),
        lenders=_zeros(Lenders, of_fund), investors=_open_investors(terms, n_paths),
        causes=_zeros(Causes, (2, *of_fund), queue=(int(terms.investors.notice_days.max(initial=0)) + 1, 2, *of_fund)),
        evaluation=_zeros(Evaluation, of_fund,
                          samples=(terms.evaluation.log_nav_history.shape[1] + n_days // 21, *of_fund),
                          index_samples=(1 + n_days // 21, n_paths)),
        index=_open_index(terms, n_days, n_paths),
        system_keys=_zeros(Keys, (n_facilities, n_paths)), fund_keys=_zeros(Keys, of_loan),
        loans=_zeros(Loans, of_loan, approvals=(n_lag, *of_loan)),
        pool=_zeros(Pool, (n_paths,), layer_loss=layers, inventory=of_stock, inventory_cost=of_stock,
                    inventory_sale=of_stock),
        judging=_zeros(Judging, path, sold_before=of_fund),
        path_tally=PathTally(*(np.zeros({"": path, "layer": layers, "asset": assets}[outcome.axis])
                               for outcome in PATH_OUTCOMES)),
        fund_tally=FundTally(*(np.zeros(of_fund) for _ in FundTally._fields)),
        daily=np.zeros((n_days, len(DAILY_METRICS), N_BINS), dtype=np.int64))
    _open_balances(terms, state)
    return state


def _open_balances(terms: ArmTerms, state: State) -> None:
    funds, size = state.funds, terms.pool.layer_size.sum()
    funds.units[:] = terms.funds.units_open[:, :, None]
    funds.cash[:], funds.shares[:] = terms.funds.cash_open[:, None], terms.funds.nav_open[:, None]
    funds.navps[:] = funds.peak[:] = 1.0
    state.prices.high[:] = state.judging.high[:] = 1.0
    funds.debt[:] = state.lenders.debt[:] = terms.leverage.debt_open[:, None]
    state.prices.others_left[:] = terms.prices.others_stock[:, None]
    n_back, n_samples = terms.funds.nav_history.shape[1], terms.evaluation.log_nav_history.shape[1]
    funds.closes[:n_back] = terms.funds.nav_history.T[:, :, None]
    state.evaluation.samples[:n_samples] = terms.evaluation.log_nav_history.T[:, :, None]
    state.pool.cash[:] = state.path_tally.pool_min_available[:] = size
    state.path_tally.market_trough_by_asset[:] = 1.0
    state.path_tally.called_by_layer[:] = terms.pool.paid_in[:, None]
    state.fund_tally.score_min[:] = state.fund_tally.coverage_min[:] = NEVER
    state.evaluation.theta[:] = 1.0
    state.evaluation.first_sample[:] = -terms.evaluation.n_history[:, None]


def _open_investors(terms: ArmTerms, n_paths: int) -> Investors:
    n_notice = int(terms.investors.notice_days.max(initial=0)) + 1
    shape = (*terms.investors.share_frac.shape, n_paths)
    investors = _zeros(Investors, shape, queue=(n_notice, *shape))
    investors.shares[:] = (terms.investors.share_frac * terms.funds.nav_open[:, None])[:, :, None]
    a_day = terms.investors.queue_open[:, :, None] * investors.shares
    for day in range(1, n_notice):
        investors.queue[day] = np.where(day <= terms.investors.notice_days[:, :, None], a_day, 0.0)
    investors.queued[:] = terms.investors.notice_days[:, :, None] * a_day
    return investors


def _open_index(terms: ArmTerms, n_days: int, n_paths: int) -> Index:
    history, triggers = terms.triggers.index_history, terms.triggers
    n_back, n_signals = len(history), len(triggers.market_kind)
    rows = (n_back + n_days, n_paths)
    index = _zeros(Index, (n_signals, n_paths), closes=rows, squares=rows, suffix_peak=(n_signals, n_back, n_paths))
    index.closes[:n_back] = history[:, None]
    index.squares[1:n_back] = (np.diff(np.log(history)) ** 2)[:, None]
    for m, (kind, window) in enumerate(zip(triggers.market_kind, triggers.market_window, strict=True)):
        if kind == MarketSignal.DRAWDOWN:
            index.suffix_peak[m, :window] = np.maximum.accumulate(history[-window:][::-1])[::-1, None]
    return index
