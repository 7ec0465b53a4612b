"""Terms of funds, their investors, lenders and managers."""

from typing import NamedTuple

from backstop.terms.codes import Floats, Integers


class FundTerms(NamedTuple):
    """Funds at the opening and how they trade; axes F, (F, J), (F, H)."""

    count: Floats  # type: ignore[assignment]  # the field's word; nobody calls the tuple's method
    """How many funds like it this one stands for (whole)."""
    units_open: Floats
    """(F, J) units of each asset, each worth one quantum at the opening."""
    cash_open: Floats
    nav_open: Floats
    """(F,) value of a fund at the opening: its cash and units."""
    cash_rate_per_day: float
    buffer_frac: Floats
    participation_frac: Floats
    """Share of an asset's ADV that the whole cohort may sell in a day."""
    liquidation_rule: Integers
    pro_rata_frac: Floats
    """Share of what is to be raised that the mixed rule sells in proportion to value."""
    liquidation_order: Integers
    """(F, J) assets in the order a waterfall sells them."""
    invest_frac: Floats
    """(F,) share of new money that buys what the fund holds."""
    ahead_days: Integers
    """(F,) days ahead that a fund sells for what falls due: the longest settlement of what it holds."""
    nav_floor: Floats
    """NAV per share (1 at the opening) below which a fund has failed."""
    unpaid_days_limit: Floats
    nav_history: Floats
    """(F, H) closing NAV per share of the H days before day 1, oldest first; the last is 1."""


class LeverageTerms(NamedTuple):
    """What funds owe to outside lenders, and when they must pay it back; axes F, (F, J)."""

    debt_open: Floats
    """(F,) quanta; 0 for a fund without lenders."""
    rate_per_day: Floats
    cap: Floats
    """(F,) assets over NAV above which a fund sells back to `target`; 0 where no rule asks for it."""
    target: Floats
    has_margin: Integers
    """(F,) 1 where lenders ask for a margin, the haircuts."""
    haircut: Floats
    """(F, J) share of value not lent against while the price is at its high."""
    haircut_rise: Floats
    """(F,) added to every haircut for a price that has fallen to nothing."""


class InvestorTerms(NamedTuple):
    """Investor classes; axes (F, C), unused classes hold no shares."""

    n_classes: Integers
    """(F,) classes in use."""
    share_frac: Floats
    horizon_days: Integers
    tolerance: Floats
    bear_slope: Floats
    bear_power: Floats
    """Power of the trailing loss that answers it; 1 is a straight line."""
    illiquidity_slope: Floats
    """Growth of the bear slope per unit of the index's dislocation."""
    bull_slope: Floats
    """New money per unit of trailing gain, share of the class's shares a day."""
    base_rate: Floats
    gain_slope: Floats
    """Shares asked back per unit of trailing gain."""
    base_inflow: Floats
    """New money in any market, shares a day of those that nobody asked back."""
    queue_open: Floats
    """Share of the class that falls due on each day of the notice at the opening."""
    daily_cap: Floats
    notice_days: Integers
    swing_threshold: Floats
    """(F,) net outflow of a day, share of NAV, above which the price swings; `NO_GATE` where it never does."""
    swing_frac: Floats
    """(F,) share of NAV per share that those who leave then give up."""
    gate_frac: Floats
    """(F,) most that a fund pays a day, share of NAV; `NO_GATE` where nothing holds payments back."""


class EvaluationTerms(NamedTuple):
    """Evaluation of managers; axes F, (F, R), (F, S)."""

    is_on: Integers
    rung_weight: Floats
    rung_samples: Integers
    """(F, R) window of each rung in samples of SCORE_SAMPLE_DAYS."""
    threshold: Floats
    floor: Floats
    derisk_per_day: Floats
    derisk_cap: Floats
    """Quanta of value that pressure may make a fund sell over the whole run."""
    n_history: Integers
    """(F,) samples known before the run, besides the opening one."""
    log_nav_history: Floats
    """(F, S) log NAV per share at samples 1-S .. 0 (the opening, 0.0); unknown ones are 0.0."""
    benchmark_frac: Floats
    """Share of the index's return over a rung that the fund's is net of; 0 is an absolute score."""
    log_index_history: Floats
    """(F, S) log price of the index at samples 1-S .. 0, as far as the fund's own are known."""
    replace_below: Floats
    """Score below which a manager is replaced; `NEVER_REPLACED` where none is."""
