"""What the oracle knows of the pool behind the facilities on one path."""

from collections import Counter
from dataclasses import dataclass, field


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
    funding_rate_per_day: float
    called_days: int = 0
    """Sum over days of what was called."""
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
    need: int = 0
    cuts: Counter[str] = field(default_factory=Counter)
    """What each rule cut of it, all days and funds."""
    dust_shares: int = 0
    """Fund-days on which a claim was met with a few quanta or none."""
    days_active: int = 0
    first_active_day: int | None = None
