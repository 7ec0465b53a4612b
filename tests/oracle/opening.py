"""The state of one path in plain Python, and its opening (step 0 of docs/model.md)."""

import itertools
import math
from dataclasses import dataclass, field

from backstop.terms import EXECUTE_AT_CLOSE, IMPACT_CONT_SCHAANNING, ArmTerms, FeedbackTerms
from oracle.gauge import Gauge
from oracle.keys import Key, Tree, system_tree
from oracle.ledger import CAPITAL, FUND, INVESTORS, LENDERS_CLAIM, LENDERS_DEBT, POOL, Ledger


@dataclass
class Asset:
    """One asset: its rules, its state, and its day."""

    kappa: float
    exponent: float
    decay: float
    permanent_frac: float
    adv: float
    calm_volatility: float
    stress_adv_frac: float
    log_limit_down: float
    log_limit_up: float
    impact_volatility: float
    price_floor: float
    half_spread: float
    others_drawdown: float
    others_frac: float
    others_left: float
    suspend_limit_downs: float
    suspend_fall: float
    suspend_days: float
    is_risky: bool
    is_technology: bool
    has_floor_law: bool
    sells_at_close: bool
    log_fundamental: float = 0.0
    log_close: float = 0.0
    volume: float = 0.0
    permanent: float = 0.0
    close: float = 1.0
    trough: float = 1.0
    high: float = 1.0
    others_sell: int = 0
    others_sold: int = 0
    worst_dislocation: float = 0.0
    limit_down_days: int = 0
    settlement_days: int = 0
    buy_ratio: float = 0.0
    excess: float = 0.0
    return_change: float = 0.0
    variance_change: float = 0.0
    yesterday: float = 0.0
    """Log close."""
    ask: float = 1.0
    windows: list[tuple[float, float]] = field(default_factory=list)
    """First and last days on which it does not trade."""
    is_suspended: bool = False
    suspended_until: int = 0
    days_suspended: int = 0
    limit_downs_in_a_row: int = 0
    top: float = 1.0
    sigma: float = 0.0
    before_impact: float = 1.0
    """The price without transient impact that Cont and Schaanning's law takes for the day."""
    lower: float = 0.0
    upper: float = 0.0
    log_pre: float = 0.0
    price: float = 1.0
    execution: float = 1.0
    is_open: bool = True
    adv_today: float = 0.0
    dislocation: float = 0.0


@dataclass
class InvestorClass:
    """One class of investors of a fund."""

    shares: float
    horizon_days: int
    tolerance: float
    bear_slope: float
    bear_power: float
    illiquidity_slope: float
    bull_slope: float
    base_rate: float
    daily_cap: float
    notice_days: int
    queue: dict[int, float] = field(default_factory=dict)
    """Shares by the day they fall due."""
    queued: float = 0.0
    overdue: float = 0.0
    due: int = 0


@dataclass
class Fund:
    """One fund of a cohort; amounts are per fund."""

    index: int
    count: int
    units: list[float]
    units_open: list[float]
    cash: int
    shares: float
    buffer_frac: float
    participation_frac: float
    rule: int
    pro_rata_frac: float
    order: list[int]
    invest_frac: float
    ahead_days: int
    nav_floor: float
    unpaid_days_limit: float
    closes: list[float]
    classes: list[InvestorClass]
    gate_frac: float
    swing_threshold: float
    swing_frac: float
    is_evaluated: bool
    rungs: list[tuple[float, int]]
    threshold: float
    floor: float
    derisk_per_day: float
    derisk_cap: float
    n_history: int
    samples: dict[int, float]
    benchmark_frac: float
    index_samples: dict[int, float]
    """Log price of the index at samples up to the opening."""
    replace_below: float
    first_sample: int
    lent: int
    lending_rate: float
    cap: float
    target: float
    has_margin: bool
    haircut: list[float]
    haircut_rise: float
    lent_open: int = 0
    lenders_interest: int = 0
    recalled: int = 0
    is_recalled: bool = False
    deleveraged: int = 0
    days_recalled: int = 0
    cash_open: int = 0
    least_shares: float = math.inf
    """The fewest shares, of one or more, over the days: how much a quantum moves a share."""
    settling: dict[int, int] = field(default_factory=dict)
    """Proceeds by the day they arrive."""
    ahead: float = 0.0
    holdings: float = 0.0
    risky: float = 0.0
    nav: float = 0.0
    navps: float = 1.0
    peak: float = 1.0
    drawdown: float = 0.0
    buffer: float = 0.0
    score: float | None = None
    score_cover: float = 0.0
    score_cover_peak: float = 0.0
    managers_replaced: int = 0
    coverage_min: float | None = None
    shortfall_days: int = 0
    shortfall_peak: int = 0
    pressure: float = 0.0
    intended: float = 0.0
    due: int = 0
    ripe: int = 0
    exit_price: float = 1.0
    new_money: int = 0
    days_swung: int = 0
    late: int = 0
    called: int = 0
    redemption_rate: float = 0.0
    injection: int = 0
    sold_units: list[float] = field(default_factory=list)
    sold_today: list[float] = field(default_factory=list)
    """Value by asset, at the prices before each round."""
    sale_cost: int = 0
    paid: int = 0
    unpaid_days: int = 0
    is_failed: bool = False
    is_defaulted: bool = False
    max_drawdown: float = 0.0
    days_under_pressure: int = 0
    score_min: float | None = None
    requested: int = 0
    subscribed: int = 0
    bought: int = 0
    to_buy: list[float] = field(default_factory=list)
    gate_today: float = math.inf
    """The least of its own gate and of what covenants let it pay."""
    days_gated: int = 0
    redeemed: int = 0
    cash_interest: int = 0
    forced_sales: int = 0
    forced_sale_cost: int = 0
    derisked: float = 0.0
    injected: int = 0
    repaid: int = 0
    interest_paid: int = 0
    drawn_peak: int = 0
    sold_to_facilities: int = 0
    bank_lent: int = 0
    bank_repaid: int = 0
    guarantee_premium: int = 0
    compensated: int = 0
    clawed_back: int = 0
    gain_returned: int = 0
    sponsor: int = -1
    premium_frac: float = 0.0
    premium_paid: int = 0
    profit_received: int = 0
    assets: int = 0
    """Opening value of all funds of the cohort."""
    material_sale: int = 0
    sold_before: int = 0
    distress_days: int = 0
    injected_to_leavers: int = 0
    injected_insolvent: int = 0


    @property
    def receivable(self) -> int:
        """Proceeds on their way."""
        return sum(self.settling.values())


@dataclass
class Loan:
    """What facility k and fund f owe each other; amounts are per fund."""

    is_eligible: bool
    fund_key: Key
    drawn: int = 0
    interest_due: int = 0
    approved: dict[int, int] = field(default_factory=dict)
    """Approvals by the day they arrive."""
    pending: int = 0
    age: int = 0
    rollovers_used: int = 0
    called: int = 0
    demand: int = 0
    rate: float = 0.0
    refused: int = 0
    shadow_peak: float = 0.0
    claim: int = 0
    unmet: int = 0
    bought: int = 0
    """Paid for assets so far."""
    reference: float = 1.0
    """NAV per share at the start of the period."""
    qualifies: bool = False
    paid_reference: float = 0.0
    """What the loss that was paid last was a fall from."""
    held: int = 0
    """Paid for it and not clawed back."""
    watch: int = 0
    """Days of clawback to go."""
    compensated: int = 0
    """In all, what was clawed back deducted."""
    cover: int = 0
    """What the pool has set aside for a bank's loan."""
    premium_due: int = 0

    @property
    def owed(self) -> int:
        """Principal and interest due."""
        return self.drawn + self.interest_due

    @property
    def liability(self) -> int:
        """All that the fund owes on it."""
        return self.owed + self.premium_due


@dataclass
class Purchase:
    """What a facility buys, and when it sells."""

    weight: list[float]
    need_frac: float
    daily_budget: float
    total_budget: float
    adv_frac: float
    resale_adv_frac: float
    resale_lag_days: float
    hold_days: float
    margin_frac: float
    wind_up_day: float
    gain_share_frac: float


@dataclass
class Compensation:
    """Which losses a facility pays for."""

    share_frac: float
    attach: float
    exhaust: float
    is_from_peak: int
    most_per_fund: list[float]
    most_per_sponsor: float
    most_per_period: float
    period_days: int
    clawback_days: int


@dataclass
class Guarantee:
    """What the pool answers for of a bank's loan, and what it takes."""

    guaranteed_frac: float
    upfront_frac: float
    premium_per_day: float


@dataclass
class Facility:
    """One facility as a contract, with the assets it has seized."""

    index: int
    coverage_frac: float
    deductible_frac: float
    fund_cap_frac: float
    score_relief_frac: float
    advance_rate: list[float]
    rate_per_day: float
    tenor_days: int
    n_rollovers: int
    sweep_frac: float
    cash_lag_days: int
    inventory_participation_frac: float
    announcement_cut: float
    is_announced_at_opening: bool
    size: float
    use_slope: float
    steps: list[tuple[float, float]]
    """Days of use, and what is added to the rate from then on."""
    fee_frac: float
    instalment_days: int
    top_up_frac: float
    claims_frac: float
    take_up_frac: float
    has_solvency_test: bool
    least_nav_frac: float
    least_navps: float
    bars_derisking: bool
    payout_frac: float
    bonus_frac: float
    exposure_cap: float
    system_key: Key
    loans: list[Loan]
    inventory: list[float]
    inventory_cost: list[int]
    share_rule: int
    facility_cap: float
    sponsor_cap: float
    capital_frac: float
    instrument: int
    purchase: Purchase
    compensation: Compensation
    guarantee: Guarantee
    to_sell: list[float] = field(default_factory=list)
    planned: list[int] = field(default_factory=list)
    """Money that buys in the market today, by asset."""
    spent: int = 0
    unmet: int = 0
    idle_days: int = 0
    held_days: int = 0
    realised: int = 0
    returned: int = 0


@dataclass
class Layer:
    """One slice of the capital stack."""

    size: int
    called: int
    """Paid in at the opening, or called since."""
    call_delay_days: int
    refill_days: int
    refill_times: int
    refill_most: int
    loss: int = 0
    refilled: int = 0
    refill_clock: int = 0
    n_refills: int = 0


@dataclass
class PoolRules:
    """What a pool earns, owes and shares."""

    cash_floor: int
    pool_cap: float
    borrow_multiple: float
    borrow_rate_per_day: float
    idle_rate_per_day: float
    premium_days: int
    profit_reserve: int
    profit_frac: float
    profit_to: int


@dataclass
class Pool:
    """The money behind the facilities."""

    layers: list[Layer]
    rules: PoolRules
    cash: int
    paid_in: int
    calls: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """What arrives by day: layer and amount."""
    awaited: int = 0
    borrowed: int = 0
    borrowed_peak: int = 0
    borrowing_cost: int = 0
    guaranteed: int = 0
    premiums: int = 0
    idle_yield: int = 0
    profit_shared: int = 0
    committed: int = 0
    cash_out: int = 0
    cash_in: int = 0
    peak_use: int = 0
    min_available: int = 0
    income: int = 0
    fees: int = 0
    loss: int = 0
    total_loss: int = 0
    granted: int = 0
    """Of the day's loss, what was a grant."""
    surplus: int = 0
    taxpayer: int = 0
    first_dry_day: int | None = None
    unmet_claims: int = 0
    misdirected_claims: int = 0
    n_injections: int = 0
    dust_shares: int = 0
    """Fund-days on which a claim was met with a few quanta or none."""
    days_active: int = 0
    first_active_day: int | None = None


@dataclass
class Judge:
    """What triggers of a path are judged by."""

    horizon_days: int = 0
    material_assets: int = 0
    ahead: list[bool] = field(default_factory=list)
    """By day from 1, at position day - 1, whether it is one of an episode in arm none; empty: nobody knows."""
    distress: list[bool] = field(default_factory=list)
    """By day, as this arm went."""
    on: list[bool] = field(default_factory=list)
    """By day, whether a system key was on."""
    first_breach_day: int | None = None
    first_cash_day: int | None = None


@dataclass
class Path:
    """Everything of one path of one arm."""

    assets: list[Asset]
    funds: list[Fund]
    facilities: list[Facility]
    pool: Pool
    cash_rate_per_day: float
    index: int
    index_closes: list[float]
    index_returns: list[float]
    """Closing log returns of the index up to yesterday."""
    gauge: Gauge = field(default_factory=Gauge)
    ledger: Ledger = field(default_factory=Ledger)
    take_up: list[float] = field(default_factory=list)
    """u by fund."""
    money_created: int = 0
    purchased: int = 0
    guarantee_paid: int = 0
    rounds: int = 1
    n_unsettled_days: int = 0
    seeks_both_ends: bool = False
    fixed_point_gap: float = 0.0
    feedback: FeedbackTerms | None = None
    index_samples: dict[int, float] = field(default_factory=dict)
    """Log closing price of the index at samples after the opening."""
    judge: Judge = field(default_factory=Judge)


def _open_assets(arm: ArmTerms) -> list[Asset]:
    columns = [row.tolist() for row in (
        arm.prices.kappa, arm.prices.exponent, arm.prices.decay, arm.prices.permanent_frac, arm.prices.adv,
        arm.prices.calm_volatility, arm.prices.stress_adv_frac, arm.prices.log_limit_down, arm.prices.log_limit_up,
        arm.prices.impact_volatility, arm.prices.price_floor, arm.prices.half_spread,
        arm.prices.others_drawdown, arm.prices.others_frac, arm.prices.others_stock, arm.prices.suspend_limit_downs,
        arm.prices.suspend_fall, arm.prices.suspend_days, arm.prices.is_risky, arm.prices.is_technology)]
    laws, executions = arm.prices.impact_law.tolist(), arm.prices.execution.tolist()
    windows = [list(zip(first, last, strict=True)) for first, last
               in zip(arm.prices.suspended_first.tolist(), arm.prices.suspended_last.tolist(), strict=True)]
    return [Asset(*numbers[:-2], *map(bool, numbers[-2:]), law == IMPACT_CONT_SCHAANNING, execution == EXECUTE_AT_CLOSE,
                  windows=days, settlement_days=later, buy_ratio=ratio)
            for *numbers, law, execution, days, later, ratio
            in zip(*columns, laws, executions, windows, arm.prices.settlement_days.tolist(),
                   arm.prices.buy_ratio.tolist(), strict=True)]


def _open_classes(arm: ArmTerms, f: int) -> list[InvestorClass]:
    investors, shares = arm.investors, float(arm.funds.nav_open[f])
    return [InvestorClass(
        float(investors.share_frac[f, c]) * shares, int(investors.horizon_days[f, c]), float(investors.tolerance[f, c]),
        float(investors.bear_slope[f, c]), float(investors.bear_power[f, c]), float(investors.illiquidity_slope[f, c]),
        float(investors.bull_slope[f, c]), float(investors.base_rate[f, c]), float(investors.daily_cap[f, c]),
        int(investors.notice_days[f, c])) for c in range(int(investors.n_classes[f]))]


def _open_fund(arm: ArmTerms, f: int) -> Fund:
    funds, evaluation, debts = arm.funds, arm.evaluation, arm.leverage
    history = evaluation.log_nav_history[f].tolist()
    oldest = 1 - len(history)
    return Fund(
        index=f, count=int(funds.count[f]), units=funds.units_open[f].tolist(),
        units_open=funds.units_open[f].tolist(), cash=int(funds.cash_open[f]),
        cash_open=int(funds.cash_open[f]), shares=float(funds.nav_open[f]), buffer_frac=float(funds.buffer_frac[f]),
        participation_frac=float(funds.participation_frac[f]), rule=int(funds.liquidation_rule[f]),
        pro_rata_frac=float(funds.pro_rata_frac[f]),
        order=funds.liquidation_order[f].tolist(), invest_frac=float(funds.invest_frac[f]),
        ahead_days=int(funds.ahead_days[f]), nav_floor=float(funds.nav_floor[f]),
        unpaid_days_limit=float(funds.unpaid_days_limit[f]), closes=funds.nav_history[f].tolist(),
        classes=_open_classes(arm, f), gate_frac=float(arm.investors.gate_frac[f]),
        swing_threshold=float(arm.investors.swing_threshold[f]), swing_frac=float(arm.investors.swing_frac[f]),
        is_evaluated=bool(evaluation.is_on[f]),
        rungs=[(w, n) for w, n in zip(evaluation.rung_weight[f].tolist(), evaluation.rung_samples[f].tolist(),
                                      strict=True) if w > 0.0],
        threshold=float(evaluation.threshold[f]), floor=float(evaluation.floor[f]),
        derisk_per_day=float(evaluation.derisk_per_day[f]), derisk_cap=float(evaluation.derisk_cap[f]),
        n_history=int(evaluation.n_history[f]), samples={oldest + s: value for s, value in enumerate(history)},
        benchmark_frac=float(evaluation.benchmark_frac[f]),
        index_samples={oldest + s: float(value) for s, value in enumerate(evaluation.log_index_history[f])},
        replace_below=float(evaluation.replace_below[f]), first_sample=-int(evaluation.n_history[f]),
        lent=int(debts.debt_open[f]), lent_open=int(debts.debt_open[f]), lending_rate=float(debts.rate_per_day[f]),
        cap=float(debts.cap[f]), target=float(debts.target[f]), has_margin=bool(debts.has_margin[f]),
        haircut=debts.haircut[f].tolist(), haircut_rise=float(debts.haircut_rise[f]), nav=float(funds.nav_open[f]),
        sponsor=int(arm.members.sponsor[f]), premium_frac=float(arm.members.premium_frac[f]),
        assets=int(arm.judging.assets[f]), material_sale=int(arm.judging.material_sale[f]))


def _open_key(arm: ArmTerms, q: int) -> Key:
    triggers = arm.triggers
    def tree(root: int) -> Tree:
        return system_tree(triggers, root, is_market=q % 2 == 0)

    by_hand = [(int(first), int(last), bool(is_on)) for key, first, last, is_on in zip(
        triggers.hand_key, triggers.hand_first, triggers.hand_last, triggers.hand_is_on, strict=True) if key == q]

    return Key(entry=tree(int(triggers.entry_root[q])), exit=tree(int(triggers.exit_root[q])),
               entry_days=int(triggers.entry_days[q]), exit_days=int(triggers.exit_days[q]),
               cooldown_days=int(triggers.cooldown_days[q]), decision_lag=int(triggers.decision_lag[q]),
               by_hand=by_hand)


def _open_facility(arm: ArmTerms, k: int) -> Facility:
    advances, admission, covenants = arm.advances, arm.admission, arm.covenants
    terms, n_funds, n_assets = arm.facilities, len(arm.funds.count), len(arm.prices.adv)
    loans = [Loan(bool(terms.is_eligible[k, f]), _open_key(arm, 2 * k + 1)) for f in range(n_funds)]
    return Facility(
        k, float(terms.coverage_frac[k]), float(terms.deductible_frac[k]), float(terms.fund_cap_frac[k]),
        float(terms.score_relief_frac[k]), terms.advance_rate[k].tolist(), float(terms.rate_per_day[k]),
        int(terms.tenor_days[k]),
        int(terms.n_rollovers[k]), float(terms.sweep_frac[k]), int(terms.cash_lag_days[k]),
        float(terms.inventory_participation_frac[k]), float(terms.announcement_cut[k]),
        bool(terms.is_announced_at_opening[k]),
        float(advances.size[k]), float(advances.use_slope[k]),
        list(zip(advances.step_days[k].tolist(), advances.step[k].tolist(), strict=True)),
        float(advances.fee_frac[k]), int(advances.instalment_days[k]), float(advances.top_up_frac[k]),
        float(admission.claims_frac[k]), float(admission.take_up_frac[k]), bool(admission.has_solvency_test[k]),
        float(admission.least_nav_frac[k]), float(admission.least_navps[k]),
        bool(covenants.bars_derisking[k]), float(covenants.payout_frac[k]), float(covenants.bonus_frac[k]),
        float(covenants.exposure_cap[k]), _open_key(arm, 2 * k), loans,
        [0.0] * n_assets, [0] * n_assets, int(arm.rationing.share_rule[k]), float(arm.rationing.facility_cap[k]),
        float(arm.rationing.sponsor_cap[k]), float(arm.rationing.capital_frac[k]), int(terms.instrument[k]),
        Purchase(*(column[k].tolist() for column in arm.purchase)),
        Compensation(*(column[k].tolist() for column in arm.compensation)),
        Guarantee(*(column[k].tolist() for column in arm.guarantee)), planned=[0] * n_assets)


def _open_pool(arm: ArmTerms) -> Pool:
    pool = arm.pool
    columns = [row.tolist() for row in (pool.layer_size, pool.paid_in, pool.call_delay_days, pool.refill_days,
                                        pool.refill_times, pool.refill_most)]
    layers = [Layer(*map(int, numbers)) for numbers in zip(*columns, strict=True)]
    paid_in = sum(layer.called for layer in layers)
    rules = PoolRules(
        int(pool.cash_floor), float(arm.rationing.pool_cap), float(pool.borrow_multiple),
        float(pool.borrow_rate_per_day), float(pool.idle_rate_per_day), int(pool.premium_days),
        int(pool.profit_reserve), float(pool.profit_frac), int(pool.profit_to))
    return Pool(layers, rules, cash=paid_in, paid_in=paid_in, min_available=paid_in)


def open_path(arm: ArmTerms, take_up: list[float]) -> Path:
    """One path at its opening; `take_up` is u by fund."""
    closes = arm.triggers.index_history.tolist()
    path = Path(
        _open_assets(arm), [_open_fund(arm, f) for f in range(len(arm.funds.count))],
        [_open_facility(arm, k) for k in range(len(arm.facilities.tenor_days))],
        _open_pool(arm),
        float(arm.funds.cash_rate_per_day), int(arm.prices.index), closes,
        [math.log(b / a) for a, b in itertools.pairwise(closes)])
    path.take_up = take_up
    path.rounds = int(arm.prices.rounds)
    path.seeks_both_ends = path.rounds > 1 and arm.prices.seeks_both_ends == 1 and any(f.lent for f in path.funds)
    path.judge = Judge(int(arm.judging.horizon_days), int(arm.judging.material_assets))
    path.feedback = arm.prices.feedback
    for y, layer in enumerate(path.pool.layers):
        path.ledger.transfer((CAPITAL, y), (POOL, 0), layer.called)
    for fund in path.funds:
        path.ledger.transfer((LENDERS_DEBT, fund.index), (LENDERS_CLAIM, fund.index), fund.count * fund.lent)
        path.ledger.transfer((INVESTORS, 0), (FUND, fund.index), fund.count * fund.cash_open)
    return path
