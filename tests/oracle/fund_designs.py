"""Random funds: what they hold and owe, their investors and how their managers are scored."""

from typing import Any

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
    SolvencyTerms,
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
        n_classes=n_classes, is_policyholder=np.zeros(shape, dtype=np.int64), share_frac=share,
        horizon_days=rng.integers(1, sizes.history + 1, shape),
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


def random_evaluation(rng: np.random.Generator, more: np.random.Generator, sizes: Sizes) -> EvaluationTerms:
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
        floor=threshold - rng.uniform(0.02, 0.5, n), cut=rng.choice([0.1, 0.3, 0.8], n),
        speed=rng.choice([0.02, 0.1, 0.5], n), most_risk=np.ones(n), rebuys=np.ones(n, dtype=np.int64),
        dispersion=np.zeros(n), **without_years_and_peers(n, n_rungs), n_history=known,
        log_nav_history=history, benchmark_frac=more.choice([0.0, 0.3, 1.0], n, p=[0.7, 0.15, 0.15]),
        log_index_history=of_index,
        replace_below=np.where(more.random(n) < 0.3, threshold - more.uniform(0.02, 0.3, n), NEVER_REPLACED))


def without_years_and_peers(n_funds: int, n_rungs: int) -> dict[str, Any]:
    """Terms of rungs that all look back on samples, absolute or against the index."""
    return {"is_year_to_date": np.zeros((n_funds, n_rungs), dtype=np.int64), "year_starts": np.ones(1),
            "is_year_known": np.ones(n_funds, dtype=np.int64), "log_year_end": np.zeros(n_funds),
            "log_index_year_end": np.zeros(n_funds), "rung_comparison": np.full((n_funds, n_rungs), -1),
            "is_peer": np.zeros((0, n_funds), dtype=np.int64), "comparison_samples": np.zeros(0, dtype=np.int64),
            "is_comparison_to_date": np.zeros(0, dtype=np.int64)}


def with_cohorts(rng: np.random.Generator, evaluation: EvaluationTerms) -> EvaluationTerms:
    """In half of the designs scores differ within some cohorts."""
    n, differ = len(evaluation.is_on), float(rng.random() < 0.5)
    return evaluation._replace(dispersion=differ * rng.choice([0.0, 0.02, 0.1, 0.3], n))


def with_years(rng: np.random.Generator, evaluation: EvaluationTerms) -> EvaluationTerms:
    """In a third of the designs some rungs look back to the end of last year, which may not be known."""
    n, uses = len(evaluation.is_on), int(rng.random() < 0.33)
    starts = np.array([1 - rng.integers(0, 60), rng.integers(2, 40), rng.integers(41, 90)], dtype=np.float64)
    return evaluation._replace(
        is_year_to_date=uses * (rng.random(evaluation.rung_weight.shape) < 0.4).astype(np.int64), year_starts=starts,
        is_year_known=rng.choice([0, 1], n, p=[0.3, 0.7]), log_year_end=rng.normal(0.0, 0.05, n),
        log_index_year_end=rng.normal(0.0, 0.05, n))


def with_peers(rng: np.random.Generator, evaluation: EvaluationTerms) -> EvaluationTerms:
    """In a third of the designs of several funds some scores are against peers, of whom a fund may be one or not."""
    n, n_rungs = evaluation.rung_weight.shape
    if n == 1 or rng.random() > 0.33:
        return evaluation
    is_judged = rng.random(n) < 0.6
    members = (rng.random((n, n)) < 0.7).astype(np.int64)
    members[np.arange(n), (np.arange(n) + 1) % n] = 1
    keys = [(*members[f], evaluation.rung_samples[f, r], evaluation.is_year_to_date[f, r])
            for f in range(n) for r in range(n_rungs) if is_judged[f]]
    kept = list(dict.fromkeys(keys))
    of_rungs = iter(keys)
    comparison = [[kept.index(next(of_rungs)) if is_judged[f] else -1 for _ in range(n_rungs)] for f in range(n)]
    table = np.array(kept, dtype=np.int64).reshape(-1, n + 2)
    known = [min(evaluation.n_history[(members[f] > 0) | (np.arange(n) == f)]) if is_judged[f]
             else evaluation.n_history[f] for f in range(n)]
    year_known = [evaluation.is_year_known[(members[f] > 0) | (np.arange(n) == f)].min() if is_judged[f]
                  else evaluation.is_year_known[f] for f in range(n)]
    return evaluation._replace(
        benchmark_frac=np.where(is_judged, rng.choice([0.5, 1.0], n), evaluation.benchmark_frac),
        rung_comparison=np.array(comparison), is_peer=np.ascontiguousarray(table[:, :n]),
        comparison_samples=table[:, n].copy(), is_comparison_to_date=table[:, n + 1].copy(),
        n_history=np.array(known, dtype=np.int64), is_year_known=np.array(year_known, dtype=np.int64))


def with_responses(rng: np.random.Generator, evaluation: EvaluationTerms) -> EvaluationTerms:
    """Some managers do nothing, some gamble, within a bound or not."""
    n = len(evaluation.is_on)
    cut = np.where(evaluation.is_on > 0, rng.choice([1.0, 0.0, -1.0], n, p=[0.7, 0.1, 0.2]) * evaluation.cut, 0.0)
    most = np.where(cut < 0.0, rng.choice([1.0, 0.5], n) * -cut, 0.0) + 1.0
    return evaluation._replace(cut=cut, most_risk=most)


def with_sellers_for_good(rng: np.random.Generator, evaluation: EvaluationTerms) -> EvaluationTerms:
    """Some managers never buy back what they sold, whatever others do."""
    return evaluation._replace(rebuys=rng.choice([1, 0], len(evaluation.is_on), p=[0.7, 0.3]))


def judged_otherwise(seed: int, evaluation: EvaluationTerms) -> EvaluationTerms:
    """The ways of judging that came later."""
    for number, way in ((80, with_cohorts), (81, with_years), (82, with_peers), (83, with_responses),
                        (84, with_sellers_for_good)):
        evaluation = way(np.random.default_rng([seed, number]), evaluation)
    return evaluation


def random_solvency(rng: np.random.Generator, sizes: Sizes) -> SolvencyTerms:
    """In a fifth of the designs some funds are insurers, some of them short of capital soon."""
    n, shape, has_insurers = sizes.funds, (sizes.funds, sizes.assets), rng.random() < 0.2
    factor = rng.choice([0.0, 0.1, 0.4], shape, p=[0.2, 0.4, 0.4])
    return SolvencyTerms(
        target=has_insurers * rng.choice([0.0, 1.0, 1.5], n), liability=1.0 - rng.choice([0.1, 0.3, 0.6], n),
        other_required=rng.choice([0.0, 0.02, 0.05], n), factor=factor,
        held_factor=factor * rng.choice([0.5, 1.0], shape), held_days=rng.choice([20.0, 55.0, 1e300], shape),
        most_days=rng.choice([60.0, 1e300], shape), age_open=rng.choice([0.0, 30.0], shape))
