"""What kernels read: every number in per-day units and whole quanta, no defaults.

`backstop.config.resolve` is the only maker of these. Axes, in this order: T days, A arms, F funds, J assets, C investor
classes, K facilities, Y capital layers, R rungs of a score ladder; L lanes never appear here. Arrays are C-contiguous;
"code" arrays are int64 and take the constants below. Money is in quanta, returns are log returns per day as decimals.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]

TRADING_DAYS_PER_YEAR = 252
MOST_JUMPS = 8
"""Most jumps of an asset in a day: with one expected, more come once in 900,000 days."""
SCORE_SAMPLE_DAYS = 21
NEVER = 1e300
"""In place of a value that never was."""
NO_GATE = 1e100
NO_LIMIT = -1e3
"""Log of the lowest price over yesterday's close where there is no limit."""
NEVER_REPLACED = -1e300

# liquidation rules
PRO_RATA, WATERFALL, MIXED = 0, 1, 2
# impact laws: F(E) = kappa * sigma * E**exponent; Cont and Schaanning's, whose prices have a floor
IMPACT_LINEAR, IMPACT_SQUARE_ROOT, IMPACT_POWER, IMPACT_CONT_SCHAANNING = 0, 1, 2, 3
# what a seller gets: the average over the trade, or the price after it
EXECUTE_ON_AVERAGE, EXECUTE_AT_CLOSE = 0, 1
# market signals
MARKET_DRAWDOWN, MARKET_RETURN, CONDITIONAL_VOLATILITY, REALISED_VOLATILITY, DISLOCATION = 0, 1, 2, 3, 4
# fund signals
FUND_DRAWDOWN, FUND_RETURN, REDEMPTION_RATE, REDEMPTION_COVERAGE, EVALUATION_SCORE = 0, 1, 2, 3, 4
# units of a volatility model's level (kernels/volatility.py): variance, volatility, its power, the log of variance
SQUARES, ABSOLUTES, POWERS, LOGS = 0, 1, 2, 3
# how an asset's shocks are drawn
DRAW_JOINTLY, DRAW_NORMAL, DRAW_STUDENT_T, DRAW_SKEW_T, DRAW_GED, DRAW_RESIDUALS = 0, 1, 2, 3, 4, 5


class VolatilityTerms(NamedTuple):
    """The recursion of each asset's own risk (kernels/volatility.py); axes J and lags, lag 1 first."""

    kind: Integers
    power: Floats
    omega: Floats
    n_lags: Integers
    """(J,) lags in force, at least 1."""
    up: Floats
    down: Floats
    """(J, lags) weight of an earlier day's push that was up (0 or more), and of one that was down."""
    beta: Floats
    """(J, lags) weight of an earlier day's level."""
    opening: Floats
    """(J, lags + 1) levels of days 1, 2, ... as far as the days before the run settle them."""


class MapTerms(NamedTuple):
    """Increasing functions as tables in ``asinh`` of their argument, a function a row (kernels/transform.py)."""

    low: Floats
    """(M,) first node."""
    per_step: Floats
    """(M,) nodes a unit."""
    nodes: Floats
    """(M, 2 * nodes) value and slope a step, node by node."""


class InnovationTerms(NamedTuple):
    """The law of each asset's own shocks; axis J."""

    draw: Integers
    nu: Floats
    skew: Floats
    shift: Floats
    spread: Floats
    """(J,) Hansen's lambda, a and b."""
    map: Integers
    """(J,) row of the maps below; -1 where a shock is its score."""
    to_shock: MapTerms
    """From the score an asset is drawn by to its shock."""
    to_score: MapTerms
    """And back."""
    residuals: Floats
    """(J, days) standardised residuals that are drawn as joint days; 0 where an asset has none."""
    block_days: int
    """Days in a row that they are drawn by."""


class DynamicsTerms(NamedTuple):
    """How the correlation of scores s moves: ``Q' = constant + a s s' + g n n' + b Q``, n the falls in s.

    DCC (Engle 2002), with g aDCC (Cappiello, Engle and Sheppard 2006). Matrices (G, G), lower triangle used.
    """

    is_on: int
    a: float
    g: float
    b: float
    constant: Floats
    opening: Floats
    stress: float
    """How far correlations go from Q's (0) toward 1."""


class DependenceTerms(NamedTuple):
    """Assets drawn together; axis G, in the order of the Cholesky factor, the longest pinned first."""

    member: Integers
    """(G,) asset."""
    cholesky: Floats
    """(G, G) lower triangle of the correlation."""
    nu: float
    """Degrees of freedom of the joint Student-t; 0 for the normal law."""
    dynamics: DynamicsTerms


class FactorTerms(NamedTuple):
    """Assets that follow another; axis J. A factor stands before the assets that follow it."""

    asset: Integers
    """(J,) the factor; -1 for none."""
    beta: Floats


class OverlayTerms(NamedTuple):
    """What a scenario lays over the model; axes (T, J), in units of the day's return."""

    drift: Floats
    scale: Floats
    """Factor on what the model says: ``x = drift + scale (sigma z + shock)``."""
    shock: Floats
    """Added to the drawn residual, and felt by later volatility as it is."""
    n_pinned: Integers
    """(J,) days from the first on which the return is given."""
    pinned: Floats
    """(days, J) the given return less drift and the factor's part: ``scale * sigma * z``."""


class JumpTerms(NamedTuple):
    """Compound Poisson jumps; axis M, one row for each asset that jumps."""

    asset: Integers
    at_most: Floats
    """(M, MOST_JUMPS) P(N <= 0), P(N <= 1), ... of the jumps of a day."""
    size_mean: Floats
    size_deviation: Floats
    """(M,) mean and standard deviation of one jump, log return."""
    variance: Floats
    """(M,) of the jumps of a day."""


class MarketTerms(NamedTuple):
    """The exogenous market: ``x = drift + beta * x of the factor + sigma z + jumps``."""

    volatility: VolatilityTerms
    innovation: InnovationTerms
    dependence: DependenceTerms
    factor: FactorTerms
    overlay: OverlayTerms
    jumps: JumpTerms


class PriceTerms(NamedTuple):
    """How sales move prices; axis J."""

    impact_law: Integers
    kappa: Floats
    exponent: Floats
    impact_volatility: Floats
    """The volatility that an impact law fixes; 0 where it reads the day's conditional one."""
    price_floor: Floats
    """Price that sales alone never break, opening 1 (Cont and Schaanning's law)."""
    execution: Integers
    half_spread: Floats
    """Log distance of the bid below the middle."""
    decay: Floats
    """Factor on the volume state from one day to the next, ``2**(-1/half_life)``."""
    permanent_frac: Floats
    adv: Floats
    """Average daily volume, quanta of value a day, in calm markets."""
    calm_volatility: Floats
    """Daily conditional volatility above which ADV falls."""
    stress_adv_frac: Floats
    """Lowest share of `adv` that stress leaves."""
    log_limit_down: Floats
    """Log of the lowest price over yesterday's close; -1e3 where there is no limit."""
    log_limit_up: Floats
    others_drawdown: Floats
    """Fall from the price's high at which sellers outside the funds begin."""
    others_frac: Floats
    """Share of ADV that they sell a day; 0 for none."""
    others_stock: Floats
    """Quanta of value that they have to sell."""
    is_risky: Integers
    is_technology: Integers
    index: int  # type: ignore[assignment]  # as `count` in FundTerms
    """The asset that market signals read."""


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
    """Row of the signal a leaf reads; -1 for an inner node."""
    node_sign: Floats
    """+1: true at or above the threshold; -1: true at or below."""
    node_threshold: Floats
    node_needed: Integers
    node_first_child: Integers
    node_n_children: Integers
    children: Integers
    entry_first: Integers
    entry_root: Integers
    """(Q,) node range of a key's entry expression, root last (inclusive)."""
    exit_first: Integers
    exit_root: Integers
    entry_days: Floats
    """(Q,) persistence: days in a row that open the key."""
    exit_days: Floats
    cooldown_days: Floats
    decision_lag: Floats
    """(Q,) days from a met entry to an active key."""


class FacilityTerms(NamedTuple):
    """Facilities as contracts; axes K, (K, F), (K, J). K may be 0."""

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


class PoolTerms(NamedTuple):
    """The money behind the facilities; axis Y, first listed loses first."""

    layer_size: Floats


class ArmTerms(NamedTuple):
    """Everything one arm needs."""

    prices: PriceTerms
    funds: FundTerms
    leverage: LeverageTerms
    investors: InvestorTerms
    evaluation: EvaluationTerms
    triggers: TriggerTerms
    facilities: FacilityTerms
    pool: PoolTerms


class Names(NamedTuple):
    """What the rows of the axes are called, in order."""

    assets: tuple[str, ...]
    funds: tuple[str, ...]
    facilities: tuple[str, ...]
    layers: tuple[str, ...]
    arms: tuple[str, ...]
    """The first is ``none``."""


class RunTerms(NamedTuple):
    """A whole run: one market, and one arm after another on its shocks."""

    market: MarketTerms
    arms: tuple[ArmTerms, ...]
    names: Names
    n_days: int
    quantum: float
    """Currency units in one quantum: amounts leave the kernels times this."""
