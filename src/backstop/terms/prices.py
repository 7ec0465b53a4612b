"""Terms of endogenous prices."""

from typing import Annotated, NamedTuple

from backstop.terms.declare import Term, declared
from backstop.terms.kinds import Execution, ImpactLaw
from backstop.terms.numbers import NEVER, NO_LIMIT, Floats, Integers


@declared
class FeedbackTerms(NamedTuple):
    """How prices that sales have moved feed later volatility; no rows where they feed none.

    Those of the recursion are those of `VolatilityTerms`, of the one lag; those of the day, of `OverlayTerms`.
    """

    is_fed: Annotated[Integers, Term("fed_asset", "0 or 1", "whether its own recursion reads the price of the arm")]
    power: Annotated[Floats, Term("fed_asset", "1", "power of sigma of the recursion")]
    up: Annotated[Floats, Term("fed_asset", "1", "weight of yesterday's push that was up")]
    down: Annotated[Floats, Term("fed_asset", "1", "weight of one that was down")]
    beta: Annotated[Floats, Term("fed_asset", "1", "weight of yesterday's level")]
    factor: Annotated[Integers, Term("fed_asset", "number of the asset, -1 for none", "that it follows", of="asset")]
    factor_beta: Annotated[Floats, Term("fed_asset", "1", "log return for one of the factor")]
    drift: Annotated[Floats, Term("fed_day fed_asset", "log return", "of the day without shocks")]
    scale: Annotated[Floats, Term("fed_day fed_asset", "1", "factor on what the model says")]
    shock: Annotated[Floats, Term("fed_day fed_asset", "log return", "added to the drawn residual")]


@declared
class ReplayTerms(NamedTuple):
    """Closes of real windows, which contain what the funds' own sales did to them; no rows where there are none."""

    days: Annotated[Integers, Term(
        "replayed_asset", "trading days", "from the first whose close is given, 0 for an asset without a window")]
    log_close: Annotated[Floats, Term("replayed_day replayed_asset", "log price", "closes, over the opening")]


@declared
class PriceTerms(NamedTuple):
    """How sales move prices."""

    impact_law: Annotated[Integers, Term("asset", "code", "how sales move the price", kinds=ImpactLaw)]
    kappa: Annotated[Floats, Term("asset", "volatility a day for a day's volume", "what its whole volume costs")]
    exponent: Annotated[Floats, Term("asset", "1", "of volume in the law")]
    buy_ratio: Annotated[Floats, Term(
        "asset", "times the impact of sales", "impact of purchases where they prevail; 0 where nobody buys")]
    impact_volatility: Annotated[Floats, Term(
        "asset", "volatility a day", "that the law fixes; 0 where it reads the day's conditional one")]
    price_floor: Annotated[Floats, Term(
        "asset", "price", "that sales alone never break (Cont and Schaanning's law)")]
    execution: Annotated[Integers, Term("asset", "code", "what a seller gets", kinds=Execution)]
    half_spread: Annotated[Floats, Term("asset", "log price", "of the bid below the middle")]
    decay: Annotated[Floats, Term(
        "asset", "1", "factor on the volume state from one day to the next, 2**(-1/half_life)")]
    permanent_frac: Annotated[Floats, Term("asset", "share of the impact", "that stays")]
    adv: Annotated[Floats, Term("asset", "quanta a day", "average volume in calm markets")]
    calm_volatility: Annotated[Floats, Term("asset", "volatility a day", "above which volume falls")]
    stress_adv_frac: Annotated[Floats, Term("asset", "share of ADV", "least that stress leaves")]
    log_limit_down: Annotated[Floats, Term("asset", "log price", "lowest over yesterday's close", none=NO_LIMIT)]
    log_limit_up: Annotated[Floats, Term("asset", "log price", "highest over yesterday's close", none=-NO_LIMIT)]
    others_drawdown: Annotated[Floats, Term(
        "asset", "share of the high", "fall of the price at which sellers outside the funds begin")]
    others_frac: Annotated[Floats, Term("asset", "share of ADV a day", "that they sell; 0 for none")]
    others_stock: Annotated[Floats, Term("asset", "quanta", "that they have to sell")]
    buyers_drawdown: Annotated[Floats, Term(
        "asset", "share of the high", "fall of the price at which buyers outside the funds come")]
    buyers_frac: Annotated[Floats, Term("asset", "share of ADV a day", "that they buy; 0 for none")]
    buyers_stock: Annotated[Floats, Term("asset", "quanta", "that they have to spend")]
    suspended_first: Annotated[Floats, Term("asset suspension", "day", "first without trade; 0 for unused ones")]
    suspended_last: Annotated[Floats, Term("asset suspension", "day", "last without trade")]
    suspend_limit_downs: Annotated[Floats, Term(
        "asset", "trading days", "in a row at limit-down that suspend it", none=NEVER)]
    suspend_fall: Annotated[Floats, Term(
        "asset", "share of the highest price since it last traded again", "fall that suspends it", none=NEVER)]
    suspend_days: Annotated[Floats, Term("asset", "trading days", "for how long; 0 without a rule")]
    settlement_days: Annotated[Integers, Term("asset", "trading days", "from a sale to its cash")]
    is_risky: Annotated[Integers, Term("asset", "0 or 1", "whether risky holdings count it")]
    is_technology: Annotated[Integers, Term("asset", "0 or 1", "whether it is long-term technology")]
    feedback: FeedbackTerms
    replay: ReplayTerms
    # as `count` in FundTerms
    index: Annotated[int, Term(  # type: ignore[assignment]
        "", "number of the asset", "that market signals read", of="asset")]
    rounds: Annotated[int, Term("", "count a day", "most rounds of sales")]
    seeks_both_ends: Annotated[int, Term(
        "", "0 or 1", "whether the fixed points of least and of most sales are looked for")]
