"""What the oracle knows of one fund and its investors on one path."""

import math
from collections import Counter
from dataclasses import dataclass, field


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
    inflow_dry: float
    gain_slope: float
    base_inflow: float
    daily_cap: float
    notice_days: int
    queue: dict[int, float] = field(default_factory=dict)
    """Shares by the day they fall due."""
    queued: float = 0.0
    overdue: float = 0.0
    due: int = 0
    free: float = 0.0
    """Shares that nobody had asked back this morning."""


@dataclass
class Rung:
    """One rung of a score ladder."""

    weight: float
    samples: int
    is_to_date: bool
    peers: list[int] | None
    """The funds compared with; None for the index."""


@dataclass
class Insurer:
    """What a fund's own capital must cover; lists are by asset."""

    target: float
    liability: float
    other_required: float
    factors: list[float]
    held_factors: list[float]
    held_days: list[float]
    most_days: list[float]
    ages: list[float]
    units_before: list[float]
    counted: list[float] = field(default_factory=list)
    """The factors that hold until the end of the quarter."""
    share: float = 0.0
    """Of risk, to be sold today."""


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
    rungs: list[Rung]
    threshold: float
    floor: float
    dispersion: float
    cut: float
    speed: float
    most_risk: float
    rebuys: bool
    n_history: int
    samples: dict[int, float]
    benchmark_frac: float
    index_samples: dict[int, float]
    """Log price of the index at samples up to the opening."""
    is_year_known: bool
    year_ends: dict[int, float]
    """Log NAV per share at the last close of a calendar year, by the day on which the next one begins."""
    index_year_end: float
    """Log price of the index before the year of day 1, as the fund knows it."""
    replace_below: float
    first_sample: int
    insurer: "Insurer | None"
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
    queue_by_cause: dict[str, dict[int, float]] = field(default_factory=lambda: {"stressed": {}, "gains": {}})
    """Shares of all classes by the day they fall due; what is neither stressed nor gains is ordinary."""
    overdue_by_cause: dict[str, float] = field(default_factory=lambda: {"stressed": 0.0, "gains": 0.0})
    due_by_cause: dict[str, float] = field(default_factory=lambda: {"stressed": 0.0, "gains": 0.0})
    ahead_by_cause: dict[str, float] = field(default_factory=lambda: {"stressed": 0.0, "gains": 0.0})
    netted: int = 0
    planned: float = 0.0
    pressed_part: float = 1.0
    """Of what is sold for pressure and solvency, what pressure alone would have sold."""
    raised: float = 0.0
    sales: Counter[str] = field(default_factory=Counter)
    """Gross sales by cause."""
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
    is_replaced: bool = False
    nav_before: float = 0.0
    """At the last close."""
    coverage_min: float | None = None
    shortfall_days: int = 0
    shortfall_peak: int = 0
    pressure: float = 0.0
    intended: float = 0.0
    due: int = 0
    ripe: int = 0
    exit_price: float = 1.0
    inflow: int = 0
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
    days_under_pressure: float = 0.0
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
    slippage: int = 0
    is_admissible: bool = False
    """Whether some facility of the config admits it."""
    totals: list[tuple[int, int, float]] = field(default_factory=list)
    """By day: forced sales, fire-sale cost and days under pressure so far."""
    sales_today: dict[int, tuple[float, int]] = field(default_factory=dict)
    """Of today by asset, units and what they brought."""
    sales_by_day: list[dict[int, tuple[float, int]]] = field(default_factory=list)
    technology: list[float] = field(default_factory=list)
    """By day, units of technology assets."""
    fire_sale_cost: int = 0
    theta: float = 1.0
    """Units of risk over the opening's, as far as pressure and its absence moved them."""
    rebuy: float = 0.0
    to_rebuy: list[float] = field(default_factory=list)
    """Units of `to_buy` that are for that."""
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
    injected_below_floor: int = 0

    @property
    def gross_sales(self) -> int:
        """Sales of all causes."""
        return self.sales.total()

    @property
    def forced_sales(self) -> int:
        """Sales but for those that nobody forced."""
        return self.sales.total() - self.sales["ordinary"] - self.sales["gains"]

    @property
    def receivable(self) -> int:
        """Proceeds on their way."""
        return sum(self.settling.values())
