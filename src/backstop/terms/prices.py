"""Terms of endogenous prices."""

from typing import NamedTuple

from backstop.terms.codes import Floats, Integers


class FeedbackTerms(NamedTuple):
    """How prices that sales have moved feed later volatility; axes J, (T, J), no rows where they feed none."""

    is_fed: Integers
    """(J,) 1 for assets whose own recursion reads the price of the arm."""
    power: Floats
    up: Floats
    down: Floats
    beta: Floats
    """Those of `VolatilityTerms`, of the one lag."""
    factor: Integers
    factor_beta: Floats
    """The asset that one follows, -1 for none, and how."""
    drift: Floats
    scale: Floats
    shock: Floats
    """Those of `OverlayTerms`."""


class ReplayTerms(NamedTuple):
    """Closes of real windows, which contain what the funds' own sales did to them; axes J, (T, J)."""

    days: Integers
    """(J,) days from the first whose close is given, 0 for an asset without a window; no rows where none has one."""
    log_close: Floats
    """(T, J) log closes over the opening, T the most of those days."""


class PriceTerms(NamedTuple):
    """How sales move prices; axis J."""

    impact_law: Integers
    kappa: Floats
    exponent: Floats
    buy_ratio: Floats
    """Impact of purchases where they prevail, over that of sales; 0 where nobody buys."""
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
    suspended_first: Floats
    suspended_last: Floats
    """(J, W) windows of days, from 1, in which an asset does not trade."""
    suspend_limit_downs: Floats
    """Days in a row at limit-down that suspend it; `NEVER` for no such rule."""
    suspend_fall: Floats
    """Fall from the highest price since it last traded again that suspends it; `NEVER` for no such rule."""
    suspend_days: Floats
    """For how long; 0 without a rule."""
    settlement_days: Integers
    """Trading days from a sale to its cash."""
    is_risky: Integers
    is_technology: Integers
    feedback: FeedbackTerms
    replay: ReplayTerms
    index: int  # type: ignore[assignment]  # as `count` in FundTerms
    """The asset that market signals read."""
    rounds: int
    """Most rounds of sales a day."""
    seeks_both_ends: int
    """1 where the fixed points of least and of most sales are looked for."""
