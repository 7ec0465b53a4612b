"""The kinds that terms hold as codes, in tables: all that is said of a kind stands in its row.

The config, its checks, help and descriptions, the labels of traces, the oracle's random designs and the benches read it
here. Codes are places, so new members go last. What kernels do with a kind stands in the module of its rule, which says
that it `covers` the table and fails at import where a member is missing.
"""

from dataclasses import dataclass

from backstop.terms.declare import Kind, Rule


@dataclass(frozen=True)
class SignalRule(Rule):
    """What a condition on a signal may say.

    Attributes
    ----------
    has_window
        Whether it looks back; a condition then names its window.
    may_have_window
        Whether it looks back on a window that a condition names, and otherwise on all days since the opening.
    lowest, highest
        Thresholds outside of this range are a mistake in units.
    is_high_in_crisis
        Whether it rises as things get worse.
    usual
        Thresholds from mild to severe, or the other way round: what random designs of tests draw.
    is_positive
        Whether it is above 0 whatever happens.
    """

    unit: str
    has_window: bool
    lowest: float
    highest: float
    is_high_in_crisis: bool
    usual: tuple[float, float]
    is_positive: bool = False
    may_have_window: bool = False


class MarketSignal(Kind):
    """What system keys read of the index, before the day's trade."""

    rule: SignalRule

    DRAWDOWN = SignalRule("market_drawdown", "fall from the highest of today's price and the closes of the window",
                      "share", True, 0.0, 1.0, True, (0.01, 0.2))
    RETURN = SignalRule("market_return", "return since the close before the window",
                    "share", True, -1.0, 5.0, False, (-0.1, 0.01))
    CONDITIONAL_VOLATILITY = SignalRule("conditional_volatility", "volatility that the market's model has for today",
                                    "volatility a year", False, 0.0, 5.0, True, (0.15, 0.6), is_positive=True)
    REALISED_VOLATILITY = SignalRule("realised_volatility", "root mean square of the log returns of the window",
                                 "volatility a year", True, 0.0, 5.0, True, (0.1, 0.6), is_positive=True)
    DISLOCATION = SignalRule("dislocation", "log distance of the price below its path without sales",
                         "log price", False, 0.0, 5.0, True, (0.0005, 0.05))


class FundSignal(Kind):
    """What fund keys read of a fund, before the day's trade."""

    rule: SignalRule

    DRAWDOWN = SignalRule("fund_drawdown", "fall of NAV per share from the highest of today's and the closes of the "
                      "window, or from its highest since the opening without one",
                      "share", False, 0.0, 1.0, True, (0.005, 0.15), may_have_window=True)
    RETURN = SignalRule("fund_return", "return of NAV per share since the close before the window",
                    "share", True, -1.0, 5.0, False, (-0.1, 0.01))
    REDEMPTION_RATE = SignalRule("redemption_rate", "shares that investors ask back today",
                             "share of shares", False, 0.0, 1.0, True, (0.0002, 0.01))
    REDEMPTION_COVERAGE = SignalRule("redemption_coverage", "own cash above the buffer over what is due and to be sold",
                                 "times what is due", False, 0.0, 1e9, False, (0.5, 8.0))
    EVALUATION_SCORE = SignalRule("evaluation_score", "the manager's score; 0 while there is none",
                              "return a year", False, -1.0, 5.0, False, (-0.3, 0.05))


class VolatilityLevel(Kind):
    """The power of sigma that a volatility model runs on, which is the unit of its level."""

    SQUARES = Rule("variance", "the square: constant, EWMA, GARCH, GJR, HARCH")
    ABSOLUTES = Rule("volatility", "sigma itself: TARCH")
    POWERS = Rule("power of volatility", "any other power: APARCH")
    LOGS = Rule("log variance", "the log of the square: EGARCH")


@dataclass(frozen=True)
class ShockLaw(Rule):
    """A law of standardised shocks.

    Attributes
    ----------
    takes
        The keys of its parameters.
    is_written, is_fitted
        Whether configs name it, and whether it is fitted to data: the residuals of a fit are not.
    """

    takes: tuple[str, ...] = ()
    is_written: bool = True
    is_fitted: bool = True


class Draw(Kind):
    """How an asset's shocks are drawn: jointly with others, or by itself from its own law."""

    rule: ShockLaw

    JOINTLY = ShockLaw("joint", "from the joint law of several assets", is_written=False,
                       is_fitted=False)
    NORMAL = ShockLaw("normal", "the normal law")
    STUDENT_T = ShockLaw("student-t", "Student's t", ("nu",))
    SKEW_T = ShockLaw("skew-t", "Hansen's skewed t", ("nu", "skew"))
    GED = ShockLaw("ged", "the generalised error law", ("nu",))
    RESIDUALS = ShockLaw("filtered-historical", "days of fitted residuals, of all such assets together",
                         ("block_days",), is_fitted=False)


@dataclass(frozen=True)
class Impact(Rule):
    """A law of impact; `exponent` is that of ``F(E) = kappa sigma E**exponent`` where the law fixes it."""

    exponent: float | None = None


class ImpactLaw(Kind):
    """How sales move prices."""

    rule: Impact

    LINEAR = Impact("linear", "in proportion to volume", 1.0)
    SQUARE_ROOT = Impact("square root", "the power law of exponent 1/2", 0.5)
    POWER = Impact("power", "a power of volume")
    CONT_SCHAANNING = Impact("cont_schaanning", "exponential depth above a floor (Cont and Schaanning 2017)")


class Execution(Kind):
    """What a seller gets."""

    AVERAGE = Rule("average", "the average of the impact over the trade")
    CLOSE = Rule("close", "the price after the trade")


class LiquidationRule(Kind):
    """Which assets a fund sells."""

    PRO_RATA = Rule("pro-rata", "all in proportion to value")
    WATERFALL = Rule("waterfall", "one after the other, in its order")
    MIXED = Rule("mixed", "a part in proportion to value, the rest in its order")


class ShareRule(Kind):
    """How claims share what is too little for all."""

    PRO_RATA = Rule("pro-rata", "in proportion to claims")
    BY_CONTRIBUTION = Rule("by-contribution", "in proportion to premiums paid, then to claims")
    BY_ORDER = Rule("by-order", "one fund after the other")


class ProfitTo(Kind):
    """Who gets a share of the pool's surplus."""

    OWNERS = Rule("owners", "the owners of its layers")
    FUNDS = Rule("funds", "the funds, in proportion to premiums paid")


@dataclass(frozen=True)
class Given(Rule):
    """What a facility gives.

    Attributes
    ----------
    table
        The table of its terms in a config; also the value of the key ``instrument``.
    part
        The part of an arm's terms that only facilities with it have; empty for none.
    is_loan
        Whether a fund owes something afterwards, to the pool or to a bank.
    is_claimed
        Whether funds claim it, each with its own key.
    """

    table: str
    part: str
    is_loan: bool
    is_claimed: bool


class Instrument(Kind):
    """What a facility gives."""

    rule: Given

    ADVANCE = Given("advance", "a loan against collateral", "advance", "", True, True)
    PURCHASE = Given("purchase from funds", "money for assets of funds", "purchase", "purchase", False, True)
    MARKET_PURCHASE = Given("purchase in the market", "orders in the market", "purchase", "purchase", False, False)
    COMPENSATION = Given("compensation", "a grant for losses", "compensation", "compensation", False, True)
    GUARANTEE = Given("guarantee", "its word for a bank's loan", "guarantee", "guarantee", True, True)
