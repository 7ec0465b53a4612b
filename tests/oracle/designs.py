"""Random valid designs and markets, violent enough that every rule of the model takes effect.

Everything is a function of one seed. Amounts are large (10^10.5 quanta a fund or more), so that a quantum is below the
tolerance of the comparison.
"""

from typing import NamedTuple

import numpy as np

from backstop.config.resolve_feedback import NO_FEEDBACK
from backstop.terms import (
    ADVANCE,
    EXECUTE_AT_CLOSE,
    EXECUTE_ON_AVERAGE,
    IMPACT_CONT_SCHAANNING,
    IMPACT_LINEAR,
    IMPACT_POWER,
    IMPACT_SQUARE_ROOT,
    MIXED,
    NEVER,
    NEVER_REPLACED,
    NO_GATE,
    AdmissionTerms,
    AdvanceTerms,
    ArmTerms,
    CovenantTerms,
    EvaluationTerms,
    FacilityTerms,
    FeedbackTerms,
    Floats,
    FundTerms,
    InvestorTerms,
    JudgingTerms,
    LeverageTerms,
    PoolTerms,
    PriceTerms,
)
from oracle.arms import plain_loans
from oracle.instruments import no_compensation, no_guarantees, no_purchases, with_instruments
from oracle.pool_designs import with_pool_rules
from oracle.trees import random_triggers
from plain_pool import member_terms, pool_terms, rationing_terms


class Design(NamedTuple):
    """One arm and the market it meets."""

    arm: ArmTerms
    log_return: Floats
    """(T, J, L)."""
    volatility: Floats
    ahead: Floats
    """(T, L) days of episodes, as arm none might have had them."""

    @property
    def take_up(self) -> Floats:
        """(F, L) u of each fund and path: the rows for one fund, shifted by a path for the next."""
        grid = np.add.outer(np.arange(len(self.arm.funds.count)), np.arange(self.log_return.shape[2]))
        return 0.25 + 0.5 * (grid % 2)


class Sizes(NamedTuple):
    """Lengths of the axes of one design."""

    days: int
    funds: int
    assets: int
    classes: int
    facilities: int
    history: int


def _sizes(rng: np.random.Generator) -> Sizes:
    return Sizes(
        days=int(rng.integers(60, 301)), funds=int(rng.integers(1, 6)), assets=int(rng.integers(1, 5)),
        classes=int(rng.integers(1, 4)), facilities=int(rng.choice([0, 1, 2, 3], p=[0.1, 0.3, 0.3, 0.3])),
        history=int(rng.integers(5, 40)))


def random_design(seed: int, lanes: int, kind: str = "advances") -> Design:
    """Design number `seed`, with a market of `lanes` paths; `kind` as in `with_instruments`."""
    # rules that came later draw from a stream of their own, so that the rest of a design stays what it is
    rng, rules = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    sizes = _sizes(rng)
    funds = _funds(rng, sizes)
    more, latest = np.random.default_rng([seed, 2]), np.random.default_rng([seed, 41])
    contract = np.random.default_rng([seed, 55])
    funds = _with_mixed_sales(more, funds)
    leverage = _leverage(rules, funds, sizes.assets)
    funds = _with_debt(funds, leverage.debt_open)
    settlement_days = latest.choice([0, 1, 3], sizes.assets) * int(latest.random() < 0.3)
    funds = funds._replace(ahead_days=np.max(settlement_days * (funds.units_open > 0.0), axis=1))
    funds, buy_ratio = _with_purchases(np.random.default_rng([seed, 42]), funds, sizes.assets)
    total = funds.count @ funds.nav_open
    arm = ArmTerms(
        prices=_with_suspensions(latest, _add_price_rules(rules, _prices(rng, more, sizes, total)), sizes.days)
        ._replace(settlement_days=settlement_days),
        funds=funds, leverage=leverage,
        investors=_without_floods(_investors(rng, more, sizes), leverage),
        evaluation=_evaluation(rng, more, sizes, funds),
        triggers=random_triggers(rng, contract, sizes.facilities, sizes.history),
        facilities=_announced(latest, _facilities(rng, more, sizes)), advances=_advances(contract, sizes, total),
        admission=_admission(contract, sizes.facilities), covenants=_covenants(contract, sizes.facilities),
        rationing=rationing_terms(sizes.facilities), members=member_terms(sizes.funds),
        purchase=no_purchases(sizes.facilities, sizes.assets),
        compensation=no_compensation(sizes.facilities, sizes.funds), guarantee=no_guarantees(sizes.facilities),
        pool=_pool(rng, total), judging=_judging(np.random.default_rng([seed, 5]), funds))
    arm = with_pool_rules(np.random.default_rng([seed, 3]), arm, total)
    feedback = _feedback(np.random.default_rng([seed, 43]), sizes)
    seeks = int(np.random.default_rng([seed, 44]).random() < 0.4)
    prices = _both_ways(arm.prices, buy_ratio)._replace(feedback=feedback, seeks_both_ends=seeks)
    arm = arm._replace(prices=prices)
    # losses beyond collateral are rare where covenants bind: a third of the designs do without
    arm = plain_loans(arm) if seed % 3 == 2 else arm
    arm = with_instruments(seed, arm, sizes.days, kind)
    market = random_market(rng, sizes.days, sizes.assets, lanes)
    return Design(arm, *market, _foresight(np.random.default_rng([seed, 6]), sizes.days, lanes))


def _judging(rng: np.random.Generator, funds: FundTerms) -> JudgingTerms:
    """Some designs call little distress, others much."""
    assets = funds.count * funds.nav_open
    return JudgingTerms(
        horizon_days=float(rng.choice([1.0, 5.0, 40.0])),
        material_sale=np.ceil(funds.nav_open * rng.choice([0.001, 0.01, 0.05])), assets=assets,
        material_assets=float(np.ceil(assets.sum() * rng.choice([0.05, 0.5, 1.0]))))


def _foresight(rng: np.random.Generator, days: int, lanes: int) -> Floats:
    """Runs of days, some long."""
    turns = rng.random((days, lanes)) < 0.05
    return np.ascontiguousarray((np.cumsum(turns, axis=0) % 2).astype(np.float64))


def with_another_contract(design: Design, rng: np.random.Generator) -> Design:
    """The same funds and market under other facilities, and a pool and rules of their own."""
    arm, total = design.arm, design.arm.funds.count @ design.arm.funds.nav_open
    (n_facilities, n_funds), n_assets = arm.facilities.is_eligible.shape, len(arm.prices.adv)
    sizes = Sizes(len(design.log_return), n_funds, n_assets, classes=0, facilities=n_facilities, history=0)
    arm = arm._replace(
        facilities=_announced(rng, _facilities(rng, rng, sizes)), rationing=rationing_terms(n_facilities),
        members=member_terms(n_funds), pool=_pool(rng, total))
    return design._replace(arm=with_pool_rules(rng, arm, total))


def random_market(rng: np.random.Generator, days: int, assets: int, lanes: int) -> tuple[Floats, Floats]:
    """Log returns and volatilities with one or two crashes a path; some assets do not move at all."""
    calm = rng.choice([0.0, 0.003, 0.01, 0.02], assets, p=[0.1, 0.2, 0.4, 0.3])[:, None]
    stress = np.ones((days, 1, lanes))
    drift = np.zeros((days, 1, lanes))
    for lane in range(lanes):
        for _ in range(rng.integers(1, 3)):
            start, length = rng.integers(0, days), rng.integers(3, 25)
            stress[start : start + 2 * length, 0, lane] = rng.uniform(1.5, 5.0)
            drift[start : start + length, 0, lane] = -rng.uniform(0.2, 1.0)
            drift[start + length : start + 2 * length, 0, lane] = rng.choice([0.0, 0.3, 0.8])
    volatility = calm * stress * np.exp(0.2 * rng.standard_normal((days, assets, lanes)))
    return volatility * (drift + rng.standard_normal((days, assets, lanes))), volatility


def _prices(rng: np.random.Generator, more: np.random.Generator, sizes: Sizes, total: float) -> PriceTerms:
    law = rng.choice([IMPACT_LINEAR, IMPACT_SQUARE_ROOT, IMPACT_POWER], sizes.assets)
    exponent = np.choose(law, [1.0, 0.5, rng.uniform(0.3, 0.9)])
    limit = rng.choice([0.0, 0.05, 0.1, 0.2], sizes.assets)
    return PriceTerms(
        impact_law=law.astype(np.int64), kappa=rng.uniform(0.1, 1.5, sizes.assets), exponent=exponent,
        impact_volatility=np.zeros(sizes.assets), price_floor=np.zeros(sizes.assets),
        execution=np.full(sizes.assets, EXECUTE_ON_AVERAGE), half_spread=np.zeros(sizes.assets),
        others_drawdown=np.ones(sizes.assets), others_frac=np.zeros(sizes.assets), others_stock=np.zeros(sizes.assets),
        decay=2.0 ** (-1.0 / rng.uniform(1.0, 15.0, sizes.assets)),
        permanent_frac=rng.choice([0.0, 0.2, 0.5], sizes.assets),
        adv=np.floor(total * 10.0 ** rng.uniform(-2.0, 0.5, sizes.assets)),
        calm_volatility=rng.uniform(0.005, 0.03, sizes.assets), stress_adv_frac=rng.uniform(0.2, 1.0, sizes.assets),
        log_limit_down=np.where(limit > 0.0, np.log1p(-limit), -1e3),
        log_limit_up=np.where(limit > 0.0, np.log1p(limit), 1e3),
        buy_ratio=np.zeros(sizes.assets), settlement_days=np.zeros(sizes.assets, dtype=np.int64),
        suspended_first=np.zeros((sizes.assets, 0)), suspended_last=np.zeros((sizes.assets, 0)),
        suspend_limit_downs=np.full(sizes.assets, NEVER), suspend_fall=np.full(sizes.assets, NEVER),
        suspend_days=np.zeros(sizes.assets),
        is_risky=(rng.random(sizes.assets) < 0.8).astype(np.int64),
        is_technology=(more.random(sizes.assets) < 0.4).astype(np.int64), index=int(rng.integers(sizes.assets)),
        rounds=1, seeks_both_ends=0, feedback=NO_FEEDBACK)


def _add_price_rules(rng: np.random.Generator, prices: PriceTerms) -> PriceTerms:
    """Rules that most assets do without."""
    n = len(prices.adv)
    has_floor = rng.random(n) < 0.25
    return prices._replace(
        impact_law=np.where(has_floor, IMPACT_CONT_SCHAANNING, prices.impact_law),
        exponent=np.where(has_floor, 1.0, prices.exponent),
        price_floor=np.where(has_floor, rng.choice([0.0, 0.5, 0.9], n), 0.0),
        impact_volatility=rng.choice([0.0, 0.015], n, p=[0.7, 0.3]),
        execution=rng.choice([EXECUTE_ON_AVERAGE, EXECUTE_AT_CLOSE], n, p=[0.7, 0.3]),
        half_spread=rng.choice([0.0, 0.001], n, p=[0.7, 0.3]),
        others_drawdown=rng.choice([0.02, 0.1], n), others_frac=rng.choice([0.0, 0.05], n, p=[0.6, 0.4]),
        others_stock=np.floor(prices.adv * rng.choice([0.1, 1.0], n)), rounds=int(rng.choice([1, 2, 8])))


def _with_suspensions(latest: np.random.Generator, prices: PriceTerms, days: int) -> PriceTerms:
    """Some assets do not trade on stated days, or for some days after a fall."""
    n = len(prices.adv)
    has_windows, has_rule = latest.random(n) < 0.15, latest.random(n) < 0.2
    first = np.sort(latest.integers(1, days, (n, 2)), axis=1).astype(np.float64)
    last = first + latest.integers(0, 8, (n, 2))
    streak, fall = latest.choice([1.0, 2.0, NEVER], n), latest.choice([0.05, 0.25, NEVER], n)
    n_windows = 2 if has_windows.any() else 0
    return prices._replace(
        suspended_first=np.where(has_windows[:, None], first, 0.0)[:, :n_windows],
        suspended_last=np.where(has_windows[:, None], last, 0.0)[:, :n_windows],
        suspend_limit_downs=np.where(has_rule, streak, NEVER), suspend_fall=np.where(has_rule, fall, NEVER),
        suspend_days=np.where(has_rule, latest.choice([1.0, 4.0, 20.0], n), 0.0))


def _with_purchases(latest: np.random.Generator, funds: FundTerms, n_assets: int) -> tuple[FundTerms, Floats]:
    """In three designs of ten some funds invest new money, and prices know purchases."""
    n, buys = len(funds.count), int(latest.random() < 0.3)
    invest_frac = buys * latest.choice([0.0, 0.5, 1.0], n)
    buffer_frac = np.where(invest_frac == 1.0, 0.0, funds.buffer_frac)
    buy_ratio = buys * latest.choice([0.5, 1.0, 3.0], n_assets)
    return funds._replace(invest_frac=invest_frac, buffer_frac=buffer_frac), buy_ratio


def _feedback(latest: np.random.Generator, sizes: Sizes) -> FeedbackTerms:
    """In two designs of ten some assets feed their own variance, and others follow them."""
    n, days = sizes.assets, sizes.days
    if latest.random() > 0.2:
        return NO_FEEDBACK
    factor = np.array([latest.integers(-1, j) if j > 0 else -1 for j in range(n)])
    is_fed = np.where(factor < 0, latest.random(n) < 0.8, False).astype(np.int64)
    return FeedbackTerms(
        is_fed=is_fed, power=latest.choice([1.0, 1.5, 2.0], n), up=latest.choice([0.0, 0.03], n),
        down=latest.choice([0.02, 0.06], n), beta=latest.choice([0.0, 0.8, 0.9], n), factor=factor,
        factor_beta=latest.choice([0.5, 1.0], n), drift=latest.choice([0.0, 1e-3], (days, n)),
        scale=latest.choice([1.0, 1.5], (days, n)), shock=latest.choice([0.0, -0.01], (days, n), p=[0.95, 0.05]))


def _both_ways(prices: PriceTerms, buy_ratio: Floats) -> PriceTerms:
    """Prices with purchases, but for the law that knows none."""
    return prices._replace(buy_ratio=np.where(prices.impact_law == IMPACT_CONT_SCHAANNING, 0.0, buy_ratio))


def _funds(rng: np.random.Generator, sizes: Sizes) -> FundTerms:
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


def _with_mixed_sales(more: np.random.Generator, funds: FundTerms) -> FundTerms:
    """Some funds of each rule sell by the mixed one instead."""
    n = len(funds.count)
    rule = np.where(more.random(n) < 0.2, MIXED, funds.liquidation_rule)
    return funds._replace(liquidation_rule=rule, pro_rata_frac=more.choice([0.0, 0.3, 0.8, 1.0], n))


def _leverage(rng: np.random.Generator, funds: FundTerms, n_assets: int) -> LeverageTerms:
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


def _with_debt(funds: FundTerms, debt: Floats) -> FundTerms:
    """The funds after they have borrowed: half of it is invested as the rest is, half is cash."""
    units = np.floor(funds.units_open * (1.0 + 0.5 * debt / funds.nav_open)[:, None])
    return funds._replace(units_open=units, cash_open=funds.nav_open + debt - units.sum(axis=1))


def _investors(rng: np.random.Generator, more: np.random.Generator, sizes: Sizes) -> InvestorTerms:
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
        daily_cap=rng.choice([0.005, 0.05, 1.0], shape),
        notice_days=rng.integers(1, 8, shape),
        bear_power=more.choice([1.0, 0.5, 1.5, 2.0], shape, p=[0.7, 0.1, 0.1, 0.1]),
        illiquidity_slope=more.choice([0.0, 5.0, 50.0], shape, p=[0.7, 0.15, 0.15]),
        bull_slope=more.choice([0.0, 0.02, 0.2], shape, p=[0.7, 0.15, 0.15]),
        swing_threshold=more.choice([NO_GATE, 0.0, 0.01], sizes.funds, p=[0.8, 0.1, 0.1]),
        swing_frac=more.choice([0.005, 0.05], sizes.funds),
        gate_frac=more.choice([NO_GATE, 0.002, 0.02], sizes.funds, p=[0.8, 0.1, 0.1]))


def _without_floods(investors: InvestorTerms, leverage: LeverageTerms) -> InvestorTerms:
    """New money comes slowly to levered funds: a NAV that rises from almost nothing draws more than can be counted."""
    is_fast = (leverage.debt_open[:, None] > 0.0) & (investors.bull_slope > 0.0)
    return investors._replace(daily_cap=np.where(is_fast, 0.005, investors.daily_cap))


def _evaluation(rng: np.random.Generator, more: np.random.Generator, sizes: Sizes, funds: FundTerms) -> EvaluationTerms:
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
        derisk_cap=np.floor(funds.nav_open * rng.choice([0.02, 0.1, 0.4], n)), n_history=known,
        log_nav_history=history, benchmark_frac=more.choice([0.0, 0.3, 1.0], n, p=[0.7, 0.15, 0.15]),
        log_index_history=of_index,
        replace_below=np.where(more.random(n) < 0.3, threshold - more.uniform(0.02, 0.3, n), NEVER_REPLACED))


def _facilities(rng: np.random.Generator, more: np.random.Generator, sizes: Sizes) -> FacilityTerms:
    k, n, j = sizes.facilities, sizes.funds, sizes.assets
    is_lax = rng.random(k) < 0.5
    advance = np.where(is_lax, 1.0, rng.choice([0.02, 0.5], k))[:, None] * rng.uniform(0.9, 1.0, (k, j))
    return FacilityTerms(
        instrument=np.full(k, ADVANCE), is_eligible=(rng.random((k, n)) < 0.9).astype(np.float64),
        coverage_frac=np.where(is_lax, 1.0, rng.choice([0.05, 0.5], k)),
        deductible_frac=np.where(is_lax, 0.0, rng.choice([0.0, 0.05], k)),
        fund_cap_frac=np.where(is_lax, 0.9, rng.choice([0.02, 0.1], k)),
        score_relief_frac=more.choice([0.0, 0.5, 1.0], k, p=[0.6, 0.2, 0.2]),
        advance_rate=advance * (rng.random((k, j)) < rng.choice([0.4, 1.0], (k, 1))),
        rate_per_day=rng.choice([0.0, 5e-4, 5e-3], k),
        tenor_days=np.where(is_lax, rng.integers(1, 8, k), rng.integers(2, 30, k)).astype(np.float64),
        n_rollovers=rng.integers(0, 4, k).astype(np.float64), sweep_frac=rng.choice([0.0, 0.3, 1.0], k),
        cash_lag_days=rng.choice([0, 0, 1, 3], k), inventory_participation_frac=rng.choice([0.005, 0.05, 0.5], k),
        announcement_cut=np.zeros(k), is_announced_at_opening=np.zeros(k, dtype=np.int64))


def _announced(latest: np.random.Generator, facilities: FacilityTerms) -> FacilityTerms:
    """Some facilities make investors stay."""
    k = len(facilities.tenor_days)
    return facilities._replace(announcement_cut=latest.choice([0.0, 0.61, 1.0], k, p=[0.75, 0.2, 0.05]),
                               is_announced_at_opening=latest.choice([0, 1], k))


def _advances(rng: np.random.Generator, sizes: Sizes, total: float) -> AdvanceTerms:
    k = sizes.facilities
    step = rng.choice([0.0, 1e-4, 1e-3], (k, 2), p=[0.7, 0.15, 0.15])
    return AdvanceTerms(
        size=np.full(k, np.floor(0.01 * total)), use_slope=rng.choice([0.0, 1e-4, 1e-3], k, p=[0.7, 0.15, 0.15]),
        step_days=np.tile([2.0, 7.0], (k, 1)), step=np.sort(step, axis=1)[:, ::-1].copy(),
        fee_frac=rng.choice([0.0, 0.001, 0.05], k, p=[0.7, 0.15, 0.15]),
        instalment_days=rng.choice([0.0, 1.0, 3.0, 10.0], k, p=[0.4, 0.25, 0.2, 0.15]),
        top_up_frac=rng.choice([0.0, 0.75, 1.0], k, p=[0.4, 0.1, 0.5]))


def _admission(rng: np.random.Generator, k: int) -> AdmissionTerms:
    return AdmissionTerms(
        claims_frac=rng.choice([1.0, 0.5], k, p=[0.8, 0.2]), take_up_frac=rng.choice([1.0, 0.5], k, p=[0.8, 0.2]),
        has_solvency_test=rng.choice([0.0, 1.0], k, p=[0.7, 0.3]),
        least_nav_frac=rng.choice([-NO_GATE, 0.3, 0.8], k), least_navps=rng.choice([-NO_GATE, 0.5, 0.9], k))


def _covenants(rng: np.random.Generator, k: int) -> CovenantTerms:
    return CovenantTerms(
        bars_derisking=rng.choice([0.0, 1.0], k, p=[0.6, 0.4]),
        payout_frac=rng.choice([NO_GATE, 0.002, 0.02], k, p=[0.6, 0.2, 0.2]),
        bonus_frac=rng.choice([0.0, 0.4, 1.0], k, p=[0.8, 0.1, 0.1]),
        exposure_cap=rng.choice([NO_GATE, 0.5, 0.9], k, p=[0.6, 0.1, 0.3]))


def _pool(rng: np.random.Generator, total: float) -> PoolTerms:
    size = total * rng.choice([0.0002, 0.002, 0.02, 1.0])
    parts = rng.dirichlet(np.ones(rng.integers(1, 5)))
    return pool_terms(np.floor(size * parts))
