"""What kernels read, no defaults: rates per day (scores and their bounds per year), money in whole quanta.

`backstop.config.resolve` is the only maker of these. Every field says its axes, unit and meaning where it is declared;
axes stand from slow to fast, by the names of `declare.AXES`. In formulas they are T days, A arms, F funds, J assets, C
investor classes, K facilities, Y capital layers, R rungs of a score ladder; L lanes never appear here. Arrays are
C-contiguous; codes are int64, of the tables in `kinds`. Returns are log returns as decimals.
"""

from backstop.terms.facility.contract import AdmissionTerms, AdvanceTerms, CovenantTerms
from backstop.terms.facility.instruments import CompensationTerms, FacilityTerms, GuaranteeTerms, PurchaseTerms
from backstop.terms.facility.triggers import TriggerTerms
from backstop.terms.funds import EvaluationTerms, FundTerms, InvestorTerms, LeverageTerms, SolvencyTerms
from backstop.terms.judging import JudgingTerms
from backstop.terms.kinds import (
    Draw,
    Execution,
    FundSignal,
    ImpactLaw,
    Instrument,
    LiquidationRule,
    MarketSignal,
    ProfitTo,
    ShareRule,
    VolatilityLevel,
)
from backstop.terms.market import (
    DependenceTerms,
    DynamicsTerms,
    FactorTerms,
    InnovationTerms,
    JumpTerms,
    MapTerms,
    MarketTerms,
    OverlayTerms,
    VolatilityTerms,
)
from backstop.terms.numbers import (
    ACTIVE,
    IDLE,
    MOST_JUMPS,
    NEVER,
    NEVER_REPLACED,
    NO_BUDGET,
    NO_CAP,
    NO_GATE,
    NO_LIMIT,
    NO_TARGET,
    PATHS_PER_MODEL,
    PENDING,
    SAME_FALL,
    SCORE_SAMPLE_DAYS,
    SETTLED_SHARE,
    SMALLEST_NAVPS,
    SMALLEST_RECALL,
    SOLVENCY_REVIEW_DAYS,
    TRADING_DAYS_PER_YEAR,
    Floats,
    Integers,
)
from backstop.terms.pool import MemberTerms, PoolTerms, RationingTerms
from backstop.terms.prices import FeedbackTerms, PriceTerms, ReplayTerms
from backstop.terms.run import ArmTerms, Mixture, Names, RunTerms
