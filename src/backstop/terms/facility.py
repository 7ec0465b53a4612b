"""Terms of facilities, of what turns them on, and of the pool behind them."""

from typing import NamedTuple

from backstop.terms.codes import Floats, Integers


class TriggerTerms(NamedTuple):
    """Signals, expression trees and keys of all facilities.

    Nodes (axis N) stand in postorder within a tree: a leaf compares a signal row with a threshold, an inner node counts
    how many of its ``n_children`` children (their node numbers lie in `children` from ``first_child``) are true.
    Key ``2k`` is the system key of facility k, key ``2k+1`` its fund key; axis Q = 2K.
    """

    market_kind: Integers
    market_window: Integers
    """(M,) distinct market signals and their windows in days (0 where the signal has none)."""
    index_history: Floats
    """(H,) closing prices of the index before day 1, oldest first, relative to the opening; the last is 1."""
    fund_kind: Integers
    fund_window: Integers
    node_signal: Integers
    """Row of the signal a leaf reads; -1 for an inner node, ``-2 - n`` for latch n, true while it is active."""
    node_sign: Floats
    """+1: true at or above the threshold; -1: true at or below."""
    node_threshold: Floats
    node_needed: Integers
    node_first_child: Integers
    node_n_children: Integers
    children: Integers
    entry_first: Integers
    entry_root: Integers
    """(Q,) node range of a key's entry expression, root last (inclusive); that of its exit follows."""
    exit_first: Integers
    exit_root: Integers
    entry_days: Floats
    """(Q,) persistence: days in a row that open the key."""
    exit_days: Floats
    cooldown_days: Floats
    decision_lag: Floats
    """(Q,) days from a met entry to an active key."""
    latch_key: Integers
    latch_days: Floats
    latch_cooldown: Floats
    latch_lag: Floats
    """(N,) key, persistence, cooldown and lag of each latch; its node has two children, its entry and its exit."""
    hand_key: Integers
    hand_first: Integers
    hand_last: Integers
    """(H,) keys turned by hand, and the first and last day (from 1) of each."""
    hand_is_on: Integers
    """(H,) 1: the key is active on those days; 0: idle."""


class FacilityTerms(NamedTuple):
    """Facilities as contracts; axes K, (K, F), (K, J). K may be 0.

    Terms of loans are 0 for the instruments that lend nothing; a guarantee's are those of the bank's loan.
    """

    instrument: Integers
    is_eligible: Floats
    """(K, F) 1 or 0."""
    coverage_frac: Floats
    deductible_frac: Floats
    fund_cap_frac: Floats
    score_relief_frac: Floats
    """(K,) share of what is drawn that counts as the fund's own in its score, and nowhere else."""
    advance_rate: Floats
    """(K, J) 1 - haircut; 0 for assets that are not collateral."""
    rate_per_day: Floats
    tenor_days: Floats
    n_rollovers: Floats
    sweep_frac: Floats
    cash_lag_days: Integers
    inventory_participation_frac: Floats
    """(K,) share of ADV at which seized collateral is sold."""
    announcement_cut: Floats
    """(K,) share of redemption requests of eligible funds that its announcement holds back; 0 for none."""
    is_announced_at_opening: Integers
    """(K,) 1: announced all the time; 0: while its system key is active."""


class PurchaseTerms(NamedTuple):
    """What facilities buy and when they sell it again; axes K, (K, J). Rows of other instruments are 0."""

    weight: Floats
    """(K, J) from funds: share of the price before trade that is paid; in the market: shares of the budget, which add
    up to 1; 0 for what is not bought."""
    need_frac: Floats
    """Share of what a fund needs that it may sell to the facility; 0 in the market."""
    daily_budget: Floats
    total_budget: Floats
    """Quanta; `NO_BUDGET` where there is none."""
    adv_frac: Floats
    """Share of an asset's ADV that is bought a day, of each cohort or in the market."""
    resale_adv_frac: Floats
    """Share of ADV at which it is sold."""
    resale_lag_days: Floats
    """Days after the system key closed before anything is sold."""
    hold_days: Floats
    """Days after the last purchase before anything is sold."""
    margin_frac: Floats
    """Above cost, below which nothing is sold; -1 for any price."""
    wind_up_day: Floats
    """Day from which nothing is bought and all is sold at any price; `NEVER` where there is none."""
    gain_share_frac: Floats
    """Share of what sales earned over cost that goes to the funds it bought from."""


class CompensationTerms(NamedTuple):
    """What facilities pay for losses; axes K, F, (K, F). Rows of other instruments are 0."""

    share_frac: Floats
    attach: Floats
    exhaust: Floats
    """Falls of NAV per share, shares of the reference, between which losses count."""
    is_from_peak: Integers
    """1: the reference is the highest NAV per share; 0: that at the start of the period."""
    most_per_fund: Floats
    """(K, F) quanta that a fund may have of it; `NO_BUDGET` where there is no limit, as below."""
    most_per_sponsor: Floats
    """Quanta a period, over all funds of a sponsor."""
    most_per_period: Floats
    """Quanta a period, over all funds."""
    period_days: Floats
    clawback_days: Floats


class GuaranteeTerms(NamedTuple):
    """What the pool answers for of bank loans, whose own terms are those of `FacilityTerms`; axis K."""

    guaranteed_frac: Floats
    """Share of unrecovered principal."""
    upfront_frac: Floats
    """Of each drawing."""
    premium_per_day: Floats
    """Of what is drawn."""


class RationingTerms(NamedTuple):
    """How claims are cut to caps and to the pool's money; axis K."""

    share_rule: Integers
    """How claims share what is too little for all: a code."""
    facility_cap: Floats
    sponsor_cap: Floats
    """(K,) most that the facility may have out, in all and to the funds of one sponsor, quanta; `NO_CAP` for none."""
    capital_frac: Floats
    """(K,) own capital that a quantum out ties up; 0 for none."""
    pool_cap: float
    """Most that all facilities may have out."""


class MemberTerms(NamedTuple):
    """What funds are to the pool; axis F."""

    sponsor: Integers
    """Number of the sponsor, -1 for none."""
    premium_frac: Floats
    """Premium of a period, share of NAV; 0 for funds that no facility of the arm admits."""


class PoolTerms(NamedTuple):
    """The money behind the facilities; axis Y, first listed loses first."""

    layer_size: Floats
    paid_in: Floats
    """(Y,) what is paid in at the opening; the rest is called when it is lacking."""
    call_delay_days: Integers
    """(Y,) trading days from a call to its cash, at least 1."""
    refill_days: Floats
    """(Y,) days with a loss after which the owner refills the layer."""
    refill_times: Floats
    """(Y,) how often; 0 for never."""
    refill_most: Floats
    """(Y,) how much in all."""
    cash_floor: float
    """Free cash below which capital is called."""
    borrow_multiple: float
    """Most that may be borrowed under guarantee, times what is paid in; 0 for nothing."""
    borrow_rate_per_day: float
    idle_rate_per_day: float
    premium_days: int
    """Days from one premium to the next; 0 for no premiums."""
    profit_reserve: float
    """Surplus that is never shared."""
    profit_frac: float
    profit_to: int
    """Who gets a share of the surplus: a code."""
