"""The state of one path in plain Python, all parts together; parts are in the rooms ``state_*``."""

import math
from dataclasses import dataclass, field

from backstop.terms import FeedbackTerms
from oracle.gauge import Gauge
from oracle.ledger import Ledger
from oracle.state_assets import Asset
from oracle.state_facilities import Facility
from oracle.state_funds import Fund
from oracle.state_pool import Pool


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
    window_drawdown: float = 0.2
    window_days: int = 60
    after_window_days: int = 60
    index_history: list[float] = field(default_factory=list)
    """Closes before day 1."""
    ages: list[float] = field(default_factory=list)
    """By day, days since the last breach of stress; given for all days where arm none has found them."""
    age_open: float = math.inf
    bottom_days: int = 60
    bottom_frac: float = 0.8
    finds_windows: bool = False
    """Whether this arm finds them itself."""
    technology: list[float] = field(default_factory=list)
    """By day, units of technology assets of all funds."""
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
    year_starts: list[int] = field(default_factory=list)
    index_year_ends: dict[int, float] = field(default_factory=dict)
    """Log price of the index at the last close of a calendar year, by the day on which the next one begins."""
    judge: Judge = field(default_factory=Judge)
