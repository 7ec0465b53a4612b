"""What the oracle knows of one asset on one path."""

import math
from dataclasses import dataclass, field


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
    buyers_drawdown: float
    buyers_frac: float
    buyers_left: float
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
    observed: list[float] = field(default_factory=list)
    """Log closes of a real window, by day from 1 at position day - 1."""
    contained_before: list[float] = field(default_factory=list)
    contained_after: list[float] = field(default_factory=list)
    """What they contain of arm none's dislocation, before trade and at the close; empty: it is this arm's own."""
    close_observed: float | None = None
    contained_close: float | None = None
    """Of today, at the close."""
    log_calm: float = 0.0
    calm_before: float = 0.0
    """Where the price would be had nobody ever sold, and where it would have been yesterday."""
    bought_by_market: float = 0.0
    """Units, net, of funds and pool."""
    seized_by_banks: float = 0.0
    calms: list[float] = field(default_factory=lambda: [1.0])
    """By day from 0, the price had nobody ever sold."""
    closes: list[float] = field(default_factory=lambda: [1.0])
    trough: float = 1.0
    high: float = 1.0
    others_sell: int = 0
    others_sold: int = 0
    others_buy: int = 0
    others_bought: int = 0
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
    counted_at: float = 1.0
    """The price at which what funds sell counts as volume."""
    execution: float = 1.0
    is_open: bool = True
    adv_today: float = 0.0
    dislocation: float = 0.0

    @property
    def calm(self) -> float:
        """The price without any sales."""
        return math.exp(self.log_calm)
