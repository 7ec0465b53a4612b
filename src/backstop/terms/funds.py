"""Terms of funds, their investors, lenders and managers."""

from typing import Annotated, NamedTuple

from backstop.terms.declare import Term, declared
from backstop.terms.kinds import LiquidationRule
from backstop.terms.numbers import NEVER, NEVER_REPLACED, NO_GATE, NO_TARGET, Floats, Integers


@declared
class FundTerms(NamedTuple):
    """Funds at the opening and how they trade."""

    # the field's word; nobody calls the tuple's method
    count: Annotated[Floats, Term("fund", "count of funds", "like it that it stands for")]  # type: ignore[assignment]
    units_open: Annotated[Floats, Term("fund asset", "units", "held at the opening")]
    cash_open: Annotated[Floats, Term("fund", "quanta", "at the opening")]
    nav_open: Annotated[Floats, Term("fund", "quanta", "value at the opening: cash and units, less debt")]
    cash_rate_per_day: Annotated[float, Term("", "rate a day", "interest on cash")]
    buffer_frac: Annotated[Floats, Term("fund", "share of NAV", "cash that it keeps")]
    participation_frac: Annotated[Floats, Term(
        "fund", "share of ADV a day", "most that the whole cohort may sell of an asset")]
    liquidation_rule: Annotated[Integers, Term("fund", "code", "which assets it sells", kinds=LiquidationRule)]
    pro_rata_frac: Annotated[Floats, Term(
        "fund", "share of what is to be raised", "that the mixed rule sells in proportion to value")]
    liquidation_order: Annotated[Integers, Term(
        "fund asset", "number of the asset", "in the order a waterfall sells them", of="asset")]
    invest_frac: Annotated[Floats, Term("fund", "share of new money", "that buys what the fund holds")]
    ahead_days: Annotated[Integers, Term(
        "fund", "trading days", "ahead that it sells for what falls due: the longest settlement of what it holds")]
    nav_floor: Annotated[Floats, Term("fund", "NAV per share", "below which it has failed")]
    unpaid_days_limit: Annotated[Floats, Term(
        "fund", "trading days", "in a row with payments late after which it has failed")]
    nav_history: Annotated[Floats, Term(
        "fund nav", "NAV per share", "closes before day 1, oldest first; the last is 1")]


@declared
class LeverageTerms(NamedTuple):
    """What funds owe to outside lenders, and when they must pay it back."""

    debt_open: Annotated[Floats, Term("fund", "quanta", "at the opening; 0 for a fund without lenders")]
    rate_per_day: Annotated[Floats, Term("fund", "rate a day", "interest on it")]
    cap: Annotated[Floats, Term("fund", "times NAV", "assets above which it sells back to `target`; 0 for no rule")]
    target: Annotated[Floats, Term("fund", "times NAV", "assets that it sells back to")]
    has_margin: Annotated[Integers, Term("fund", "0 or 1", "whether lenders ask for a margin, the haircuts")]
    haircut: Annotated[Floats, Term(
        "fund asset", "share of value", "not lent against while the price is at its high")]
    haircut_rise: Annotated[Floats, Term(
        "fund", "share of value", "added to every haircut for a price that has fallen to nothing")]


@declared
class InvestorTerms(NamedTuple):
    """Investor classes; unused classes hold no shares."""

    n_classes: Annotated[Integers, Term("fund", "count of classes", "in use")]
    is_policyholder: Annotated[Integers, Term("fund class", "0 or 1", "whether it surrenders policies, no fund shares")]
    share_frac: Annotated[Floats, Term("fund class", "share of shares", "held at the opening")]
    horizon_days: Annotated[Integers, Term("fund class", "trading days", "over which returns are looked at")]
    tolerance: Annotated[Floats, Term("fund class", "share", "trailing loss, or gain, that nothing answers")]
    bear_slope: Annotated[Floats, Term("fund class", "share of shares a day", "asked back for a loss of 1")]
    bear_power: Annotated[Floats, Term("fund class", "1", "power of the loss that answers it; 1 is a straight line")]
    illiquidity_slope: Annotated[Floats, Term(
        "fund class", "1", "growth of the bear slope for a dislocation of the index of 1")]
    bull_slope: Annotated[Floats, Term("fund class", "share of shares a day", "new money for a gain of 1")]
    base_rate: Annotated[Floats, Term("fund class", "share of shares a day", "asked back whatever happens")]
    inflow_dry: Annotated[Floats, Term(
        "fund class", "1", "part of the base inflow that stays away for a trailing loss of 1; 0 for none")]
    gain_slope: Annotated[Floats, Term("fund class", "share of shares a day", "asked back for a trailing gain of 1")]
    base_inflow: Annotated[Floats, Term(
        "fund class", "share of shares a day", "new money in any market, of shares that nobody asked back")]
    queue_open: Annotated[Floats, Term(
        "fund class", "share of shares a day", "that falls due on each day of the notice at the opening")]
    daily_cap: Annotated[Floats, Term("fund class", "share of shares a day", "most that comes or is asked back")]
    notice_days: Annotated[Integers, Term("fund class", "trading days", "from a request to its payment")]
    swing_threshold: Annotated[Floats, Term(
        "fund", "share of NAV a day", "net outflow above which the price swings", none=NO_GATE)]
    swing_frac: Annotated[Floats, Term("fund", "share of NAV per share", "that those who leave then give up")]
    gate_frac: Annotated[Floats, Term("fund", "share of NAV a day", "most that a fund pays", none=NO_GATE)]


@declared
class EvaluationTerms(NamedTuple):
    """Evaluation of managers, in units of a year."""

    is_on: Annotated[Integers, Term("fund", "0 or 1", "whether its manager is evaluated")]
    rung_weight: Annotated[Floats, Term("fund rung", "share of the score", "weight of a rung of the ladder")]
    rung_samples: Annotated[Integers, Term("fund rung", "samples", "that a rung looks back on")]
    is_year_to_date: Annotated[Integers, Term(
        "fund rung", "0 or 1", "whether a rung looks back to the end of last year instead, and is not annualised")]
    year_starts: Annotated[Floats, Term(
        "year", "day", "on which a calendar year begins; before day 1 it is 0 or less")]
    is_year_known: Annotated[Integers, Term(
        "fund", "0 or 1", "whether the close is known before the year that day 1 lies in")]
    log_year_end: Annotated[Floats, Term("fund", "log NAV per share", "at that close; 0 if it is not known")]
    log_index_year_end: Annotated[Floats, Term("fund", "log price", "of the index then")]
    threshold: Annotated[Floats, Term("fund", "return a year", "score below which pressure begins")]
    floor: Annotated[Floats, Term("fund", "return a year", "score at which pressure is full")]
    dispersion: Annotated[Floats, Term(
        "fund", "return a year", "standard deviation within the cohort of a return over a year; 0: all have one score")]
    cut: Annotated[Floats, Term(
        "fund", "share of the opening's risk", "that full pressure takes away; below 0 it adds so much")]
    speed: Annotated[Floats, Term("fund", "share of what is lacking", "by which risk moves to its target a day")]
    most_risk: Annotated[Floats, Term("fund", "times the opening's risk", "that a target may be at most")]
    rebuys: Annotated[Integers, Term("fund", "0 or 1", "whether it may buy risk; else what is sold stays sold")]
    n_history: Annotated[Integers, Term("fund", "samples", "known before the run, besides the opening one")]
    log_nav_history: Annotated[Floats, Term("fund sample", "log NAV per share", "as far as known; others are 0")]
    benchmark_frac: Annotated[Floats, Term(
        "fund", "share of the benchmark's return", "that the fund's is net of; 0 is an absolute score")]
    rung_comparison: Annotated[Integers, Term(
        "fund rung", "number", "of the comparison whose mean is the benchmark; -1 where the index is")]
    is_peer: Annotated[Integers, Term("comparison fund", "0 or 1", "whether a fund is one of the peers")]
    comparison_samples: Annotated[Integers, Term("comparison", "samples", "that it looks back on")]
    is_comparison_to_date: Annotated[Integers, Term(
        "comparison", "0 or 1", "whether it looks back to the end of last year instead")]
    log_index_history: Annotated[Floats, Term(
        "fund sample", "log price", "of the index, as far as the fund's own are known")]
    replace_below: Annotated[Floats, Term(
        "fund", "return a year", "score below which a manager is replaced", none=NEVER_REPLACED)]


@declared
class SolvencyTerms(NamedTuple):
    """What an insurer's own capital must cover: required capital over risk, by what is held and for how long."""

    target: Annotated[Floats, Term(
        "fund", "times required capital", "own capital below which it sells", none=NO_TARGET)]
    liability: Annotated[Floats, Term("fund", "NAV per share", "that it owes policyholders, whatever assets are worth")]
    other_required: Annotated[Floats, Term(
        "fund", "NAV per share", "of capital that risks other than its assets require")]
    factor: Annotated[Floats, Term("fund asset", "share of value", "of capital that a holding requires")]
    held_factor: Annotated[Floats, Term(
        "fund asset", "share of value", "that it requires once it has been held for long")]
    held_days: Annotated[Floats, Term("fund asset", "trading days", "of mean age from which it has", none=NEVER)]
    most_days: Annotated[Floats, Term("fund asset", "trading days", "that the mean age counts at most", none=NEVER)]
    age_open: Annotated[Floats, Term("fund asset", "trading days", "mean age at the opening")]
