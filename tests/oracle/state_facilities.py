"""What the oracle knows of one facility on one path: its contract, its loans, what it bought or seized."""

from dataclasses import dataclass, field

from oracle.keys import Key


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
    raised: int = 0
    """Today, for a maturity."""
    late: int = 0
    """Days unpaid since it was called."""
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
    repay_ahead_days: int
    grace_days: int
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
