"""What arrays of terms are, and numbers that terms and kernels agree on: those that stand for none, and bounds."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]

TRADING_DAYS_PER_YEAR = 252
PATHS_PER_MODEL = 64
"""Paths in a row that have the same market model, where a run has several."""
MOST_JUMPS = 8
"""Most jumps of an asset in a day: with one expected, more come once in 900,000 days."""
SOLVENCY_REVIEW_DAYS = 63
"""Trading days of a quarter, at whose end holdings are weighed by their age."""
SCORE_SAMPLE_DAYS = 21
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
SETTLED_SHARE = 1e-4
"""Of a day's sales: what a round sells beyond it calls for another round."""
SMALLEST_RECALL = 1e-8
"""Of the opening debt: less than this is rounding, and nobody asks for it."""
SMALLEST_NAVPS = 1e-6
"""NAV per share whose log stands for that of less: a fund may have nothing left."""
NO_TARGET = 0.0
"""Times required capital: of a fund that is no insurer."""
IDLE, PENDING, ACTIVE = 0.0, 1.0, 2.0
"""Phases of a key."""
NO_BUDGET = 1e100
"""Quanta that no facility ever spends."""
