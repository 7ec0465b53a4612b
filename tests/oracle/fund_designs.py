"""Random funds: what they hold and owe, their investors and how their managers are scored."""

import numpy as np

from backstop.terms import (
    NEVER_REPLACED,
    NO_GATE,
    EvaluationTerms,
    Floats,
    FundTerms,
    InvestorTerms,
    LeverageTerms,
    LiquidationRule,
)
from oracle.design_sizes import Sizes


def random_funds(rng: np.random.Generator, sizes: Sizes) -> FundTerms:
    n, j = sizes.funds, sizes.assets
    nav = np.floor(10.0 ** rng.uniform(10.5, 12.5, n))
    shares = rng.dirichlet(np.ones(j + 1), n)
    shares[:, -1] *= rng.choice([0.03, 0.1, 0.5], n)
    units = np.floor(nav[:, None] * shares[:, :j] / shares.sum(axis=1, keepdims=True))
    closes = np.exp(np.cumsum(rng.normal(0.0, 0.01, (n, sizes.history)), axis=1))
    return FundTerms(
        count=rng.choice([1.0, 1.0, 3.0, 40.0], n), units_open=units, cash_open=nav - units.sum(axis=1), nav_open=nav,
        cash_rate_per_day=float(rng.choice([0.0, 6e-5])), buffer_frac=rng.choice([0.005, 0.02, 0.05, 0.2], n),
        participation_frac=rng.choice([0.02, 0.2, 1.0], n), liquidation_rule=rng.integers(0, 2, n),
        pro_rata_frac=np.zeros(n), liquidation_order=np.stack([rng.permutation(j) for _ in range(n)]).astype(np.int64),
        invest_frac=np.zeros(n), ahead_days=np.zeros(n, dtype=np.int64), nav_floor=rng.choice([0.05, 0.3, 0.7], n),
        unpaid_days_limit=rng.choice([3.0, 10.0, 1e9], n),
        nav_history=np.ascontiguousarray(closes / closes[:, -1:]))


def with_mixed_sales(more: np.random.Generator, funds: FundTerms) -> FundTerms:
    """Some funds of each rule sell by the mixed one instead."""
    n = len(funds.count)
    rule = np.where(more.random(n) < 0.2, LiquidationRule.MIXED, funds.liquidation_rule)
    return funds._replace(liquidation_rule=rule, pro_rata_frac=more.choice([0.0, 0.3, 0.8, 1.0], n))


def with_purchases(latest: np.random.Generator, funds: FundTerms, n_assets: int) -> tuple[FundTerms, Floats]:
    """In three designs of ten some funds invest new money, and prices know purchases."""
    n, buys = len(funds.count), int(latest.random() < 0.3)
    invest_frac = buys * latest.choice([0.0, 0.5, 1.0], n)
    buffer_frac = np.where(invest_frac == 1.0, 0.0, funds.buffer_frac)
    buy_ratio = buys * latest.choice([0.5, 1.0, 3.0], n_assets)
    return funds._replace(invest_frac=invest_frac, buffer_frac=buffer_frac), buy_ratio


def random_leverage(rng: np.random.Generator, funds: FundTerms, n_assets: int) -> LeverageTerms:
    """Two funds in five owe something, many of them near their cap or their margin."""
    n = len(funds.count)
    debt = np.floor(funds.nav_open * rng.choice([0.0, 0.2, 1.0, 4.0], n, p=[0.6, 0.1, 0.2, 0.1]))
    leverage = 1.0 + debt / funds.nav_open
    cap = leverage * rng.choice([0.99, 1.05, 1.3], n) * rng.choice([0.0, 1.0], n, p=[0.2, 0.8])
    return LeverageTerms(
        debt_open=debt, rate_per_day=rng.choice([0.0, 2e-4], n), cap=cap,
        target=np.maximum(np.minimum(cap, leverage) * rng.choice([0.95, 1.0], n), 1.0),
        has_margin=rng.choice([0, 1], n), haircut=rng.choice([0.05, 0.2, 1.0], (n, n_assets), p=[0.5, 0.4, 0.1]),
        haircut_rise=rng.choice([0.0, 0.5, 3.0], n))


def with_debt(funds: FundTerms, debt: Floats) -> FundTerms:
    """The funds after they have borrowed: half of it is invested as the rest is, half is cash."""
    units = np.floor(funds.units_open * (1.0 + 0.5 * debt / funds.nav_open)[:, None])
    return funds._replace(units_open=units, cash_open=funds.nav_open + debt - units.sum(axis=1))


def random_investors(rng: np.random.Generator, more: np.random.Generator, sizes: Sizes) -> InvestorTerms:
    """`more` draws what was added later, so that older designs stay what they were."""
    shape = (sizes.funds, sizes.classes)
    n_classes = rng.integers(0, sizes.classes + 1, sizes.funds)
    is_used = np.arange(sizes.classes) < n_classes[:, None]
    weights = rng.uniform(0.1, 1.0, shape) * is_used
    share = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return InvestorTerms(
        n_classes=n_classes, share_frac=share, horizon_days=rng.integers(1, sizes.history + 1, shape),
        tolerance=rng.choice([0.0, 0.02, 0.1], shape), bear_slope=rng.choice([0.0, 0.05, 0.3], shape),
        base_rate=rng.choice([0.0, 0.001, 0.01, 0.9], shape, p=[0.3, 0.3, 0.25, 0.15]),
        gain_slope=np.zeros(shape), inflow_dry=np.zeros(shape), base_inflow=np.zeros(shape), queue_open=np.zeros(shape),
        daily_cap=rng.choice([0.005, 0.05, 1.0], shape),
        notice_days=rng.integers(1, 8, shape),
        bear_power=more.choice([1.0, 0.5, 1.5, 2.0], shape, p=[0.7, 0.1, 0.1, 0.1]),
        illiquidity_slope=more.choice([0.0, 5.0, 50.0], shape, p=[0.7, 0.15, 0.15]),
        bull_slope=more.choice([0.0, 0.02, 0.2], shape, p=[0.7, 0.15, 0.15]),
        swing_threshold=more.choice([NO_GATE, 0.0, 0.01], sizes.funds, p=[0.8, 0.1, 0.1]),
        swing_frac=more.choice([0.005, 0.05], sizes.funds),
        gate_frac=more.choice([NO_GATE, 0.002, 0.02], sizes.funds, p=[0.8, 0.1, 0.1]))


def with_flows(rng: np.random.Generator, later: np.random.Generator, investors: InvestorTerms) -> InvestorTerms:
    """In half of the designs classes bring money in any market, take gains, and open with a queue.

    `later` draws what was added later: base inflow that dries up.
    """
    shape, has_flows = investors.share_frac.shape, float(rng.random() < 0.5)
    asked = np.minimum(investors.base_rate, investors.daily_cap)
    return investors._replace(
        base_inflow=has_flows * np.where(rng.random(shape) < 0.7, asked, rng.choice([0.0, 0.002, 0.02], shape)),
        inflow_dry=later.choice([0.0, 2.0, 50.0], shape, p=[0.6, 0.2, 0.2]),
        gain_slope=has_flows * rng.choice([0.0, 0.05, 0.5], shape, p=[0.6, 0.2, 0.2]),
        queue_open=has_flows * asked / (1.0 + investors.notice_days * asked))


def without_floods(investors: InvestorTerms, leverage: LeverageTerms) -> InvestorTerms:
    """New money comes slowly to levered funds: a NAV that rises from almost nothing draws more than can be counted."""
    is_fast = (leverage.debt_open[:, None] > 0.0) & (investors.bull_slope > 0.0)
    return investors._replace(daily_cap=np.where(is_fast, 0.005, investors.daily_cap))


def random_evaluation(rng: np.random.Generator, more: np.random.Generator, sizes: Sizes, funds: FundTerms
                      ) -> EvaluationTerms:
    n, n_rungs = sizes.funds, int(rng.integers(1, 4))
    windows = np.sort(rng.integers(1, 7, (n, n_rungs)), axis=1)
    weights = rng.uniform(0.1, 1.0, (n, n_rungs)) * (rng.random((n, n_rungs)) < 0.8)
    n_samples = int(windows.max()) + 1
    known = rng.integers(0, n_samples, n)
    history = np.cumsum(rng.normal(0.0, 0.03, (n, n_samples)), axis=1)
    history -= history[:, -1:]
    history[np.arange(n_samples) < n_samples - 1 - known[:, None]] = 0.0
    threshold = rng.uniform(-0.1, 0.1, n)
    of_index = np.cumsum(more.normal(0.0, 0.03, n_samples))
    of_index = np.where(history == 0.0, 0.0, of_index - of_index[-1])
    return EvaluationTerms(
        is_on=(rng.random(n) < 0.8).astype(np.int64), rung_weight=weights, rung_samples=windows, threshold=threshold,
        floor=threshold - rng.uniform(0.02, 0.5, n), derisk_per_day=rng.choice([0.002, 0.01, 0.05], n),
        dispersion=np.zeros(n),
        derisk_cap=np.floor(funds.nav_open * rng.choice([0.02, 0.1, 0.4], n)), n_history=known,
        log_nav_history=history, benchmark_frac=more.choice([0.0, 0.3, 1.0], n, p=[0.7, 0.15, 0.15]),
        log_index_history=of_index,
        replace_below=np.where(more.random(n) < 0.3, threshold - more.uniform(0.02, 0.3, n), NEVER_REPLACED))


def with_cohorts(rng: np.random.Generator, evaluation: EvaluationTerms) -> EvaluationTerms:
    """In half of the designs scores differ within some cohorts."""
    n, differ = len(evaluation.is_on), float(rng.random() < 0.5)
    return evaluation._replace(dispersion=differ * rng.choice([0.0, 0.02, 0.1, 0.3], n))
