"""Codes that stand for kinds, and numbers that stand for none: what terms and kernels agree on."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]

TRADING_DAYS_PER_YEAR = 252
MOST_JUMPS = 8
"""Most jumps of an asset in a day: with one expected, more come once in 900,000 days."""
SCORE_SAMPLE_DAYS = 21
PATHS_PER_MODEL = 64
"""Paths in a row that have the same market model, where a run has several."""
NEVER = 1e300
"""In place of a value that never was."""
NO_GATE = 1e100
NO_CAP = 1e300
"""Quanta: in place of a cap that is not there."""
NO_LIMIT = -1e3
"""Log of the lowest price over yesterday's close where there is no limit."""
SAME_FALL = 1e-9
"""Falls that differ by less are the same: one that a daily limit ends has reached it, whatever rounding makes of it."""
NEVER_REPLACED = -1e300

# liquidation rules
PRO_RATA, WATERFALL, MIXED = 0, 1, 2
# impact laws: F(E) = kappa * sigma * E**exponent; Cont and Schaanning's, whose prices have a floor
IMPACT_LINEAR, IMPACT_SQUARE_ROOT, IMPACT_POWER, IMPACT_CONT_SCHAANNING = 0, 1, 2, 3
# what a seller gets: the average over the trade, or the price after it
EXECUTE_ON_AVERAGE, EXECUTE_AT_CLOSE = 0, 1
SETTLED_SHARE = 1e-4
"""Of a day's sales: what a round sells beyond it calls for another round."""
SMALLEST_RECALL = 1e-8
"""Of the opening debt: less than this is rounding, and nobody asks for it."""
# how claims share what is too little for all; who gets a share of a pool's surplus
SHARE_PRO_RATA, SHARE_BY_CONTRIBUTION, SHARE_BY_ORDER = 0, 1, 2
PROFIT_TO_OWNERS, PROFIT_TO_FUNDS = 0, 1
# market signals
MARKET_DRAWDOWN, MARKET_RETURN, CONDITIONAL_VOLATILITY, REALISED_VOLATILITY, DISLOCATION = 0, 1, 2, 3, 4
# fund signals
FUND_DRAWDOWN, FUND_RETURN, REDEMPTION_RATE, REDEMPTION_COVERAGE, EVALUATION_SCORE = 0, 1, 2, 3, 4
# units of a model's level (kernels/market/volatility.py): variance, volatility, its power, the log of variance
SQUARES, ABSOLUTES, POWERS, LOGS = 0, 1, 2, 3
# how an asset's shocks are drawn
DRAW_JOINTLY, DRAW_NORMAL, DRAW_STUDENT_T, DRAW_SKEW_T, DRAW_GED, DRAW_RESIDUALS = 0, 1, 2, 3, 4, 5
# what a facility gives: a loan, money for assets of funds or of the market, a grant, its word for a bank's loan
ADVANCE, PURCHASE, MARKET_PURCHASE, COMPENSATION, GUARANTEE = 0, 1, 2, 3, 4
NO_BUDGET = 1e100
"""Quanta that no facility ever spends."""
