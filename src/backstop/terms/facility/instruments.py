"""Terms of what facilities give; rows of facilities with another instrument are 0."""

from typing import Annotated, NamedTuple

from backstop.terms.declare import Term, declared
from backstop.terms.kinds import Instrument
from backstop.terms.numbers import NEVER, NO_BUDGET, Floats, Integers


@declared
class FacilityTerms(NamedTuple):
    """Facilities as contracts; there may be none.

    Terms of loans are 0 for the instruments that lend nothing; a guarantee's are those of the bank's loan.
    """

    instrument: Annotated[Integers, Term("facility", "code", "what it gives", kinds=Instrument)]
    is_eligible: Annotated[Floats, Term("facility fund", "0 or 1", "whether a fund may claim")]
    coverage_frac: Annotated[Floats, Term("facility", "share of loss beyond the deductible", "that may be drawn")]
    deductible_frac: Annotated[Floats, Term("facility", "share of peak NAV per share", "loss that is the fund's own")]
    fund_cap_frac: Annotated[Floats, Term("facility", "share of NAV", "most that a fund may have drawn")]
    score_relief_frac: Annotated[Floats, Term(
        "facility", "share of what is drawn", "that counts as the fund's own in its score, and nowhere else")]
    advance_rate: Annotated[Floats, Term(
        "facility asset", "share of value", "lent against: 1 less the haircut; 0 for assets that are not collateral")]
    rate_per_day: Annotated[Floats, Term("facility", "rate a day", "interest on what is drawn")]
    tenor_days: Annotated[Floats, Term("facility", "trading days", "from a drawing to its maturity")]
    n_rollovers: Annotated[Floats, Term("facility", "count", "how often a drawing is renewed while the key is active")]
    sweep_frac: Annotated[Floats, Term("facility", "share of cash above the buffer", "that repays every day")]
    cash_lag_days: Annotated[Integers, Term("facility", "trading days", "from approval to cash")]
    inventory_participation_frac: Annotated[Floats, Term(
        "facility", "share of ADV a day", "at which seized collateral is sold")]
    announcement_cut: Annotated[Floats, Term(
        "facility", "share of redemption requests of eligible funds", "that its announcement holds back; 0 for none")]
    is_announced_at_opening: Annotated[Integers, Term(
        "facility", "0 or 1", "1: announced all the time; 0: while its system key is active")]


@declared
class PurchaseTerms(NamedTuple):
    """What facilities buy and when they sell it again."""

    weight: Annotated[Floats, Term(
        "facility asset", "share of the price before trade, or in the market of the budget",
        "what is paid for an asset, or spent on it; 0 for what is not bought")]
    need_frac: Annotated[Floats, Term(
        "facility", "share of what a fund needs", "that it may sell to the facility; 0 in the market")]
    daily_budget: Annotated[Floats, Term("facility", "quanta a day", "most that is spent", none=NO_BUDGET)]
    total_budget: Annotated[Floats, Term("facility", "quanta", "most that is spent in all", none=NO_BUDGET)]
    adv_frac: Annotated[Floats, Term(
        "facility", "share of ADV a day", "most that is bought of an asset, of each cohort or in the market")]
    resale_adv_frac: Annotated[Floats, Term("facility", "share of ADV a day", "at which it is sold")]
    resale_lag_days: Annotated[Floats, Term(
        "facility", "trading days", "after the system key closed before anything is sold")]
    hold_days: Annotated[Floats, Term("facility", "trading days", "after the last purchase before anything is sold")]
    margin_frac: Annotated[Floats, Term(
        "facility", "share of cost", "above cost, below which nothing is sold; -1 for any price")]
    wind_up_day: Annotated[Floats, Term(
        "facility", "day", "from which nothing is bought and all is sold at any price", none=NEVER)]
    gain_share_frac: Annotated[Floats, Term(
        "facility", "share of what sales earned over cost", "that goes to the funds it bought from")]


@declared
class CompensationTerms(NamedTuple):
    """What facilities pay for losses."""

    share_frac: Annotated[Floats, Term("facility", "share of losses", "that is paid")]
    attach: Annotated[Floats, Term(
        "facility", "share of the reference", "fall of NAV per share from which losses count")]
    exhaust: Annotated[Floats, Term("facility", "share of the reference", "fall beyond which they count no more")]
    is_from_peak: Annotated[Integers, Term(
        "facility", "0 or 1", "1: the reference is the highest NAV per share; 0: that at the start of the period")]
    most_per_fund: Annotated[Floats, Term("facility fund", "quanta", "most that a fund may have of it", none=NO_BUDGET)]
    most_per_sponsor: Annotated[Floats, Term(
        "facility", "quanta a period", "most over all funds of a sponsor", none=NO_BUDGET)]
    most_per_period: Annotated[Floats, Term("facility", "quanta a period", "most over all funds", none=NO_BUDGET)]
    period_days: Annotated[Floats, Term("facility", "trading days", "of a period, at whose end losses are paid")]
    clawback_days: Annotated[Floats, Term(
        "facility", "trading days", "after a payment in which recovered losses are given back")]


@declared
class GuaranteeTerms(NamedTuple):
    """What the pool answers for of bank loans, whose own terms are those of `FacilityTerms`."""

    guaranteed_frac: Annotated[Floats, Term(
        "facility", "share of unrecovered principal", "that the pool pays the bank")]
    upfront_frac: Annotated[Floats, Term("facility", "share of a drawing", "premium paid at once")]
    premium_per_day: Annotated[Floats, Term("facility", "rate a day", "premium on what is drawn")]
