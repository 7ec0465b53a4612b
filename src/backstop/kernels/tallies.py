"""The rows of tallies, which `backstop.outcomes` declares as columns, and how those open that are not 0."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from backstop.kernels.declare import Opening, State
from backstop.outcomes import FUND_OUTCOMES, PATH_OUTCOMES, FundTally, Outcome, PathTally
from backstop.terms import NEVER

_UNITS = {"currency": "quanta", "days": "trading days", "full days": "trading days", "count": "count", "frac": "1",
          "day": "day", "bool": "0 or 1"}
"""Of rows, by that of the column."""
OPENINGS: dict[str, Opening] = {
    "score_min": NEVER,
    "coverage_min": NEVER,
    "technology_kept_window_end": NEVER,
    "technology_kept_after_window": NEVER,
    "market_trough_by_asset": 1.0,
    "called_by_layer": lambda arm: arm.pool.paid_in,
    "pool_min_available": lambda arm: np.array([arm.pool.paid_in.sum()]),
}


def _rows(kind: Any, outcomes: Sequence[Outcome]) -> dict[str, State]:
    return {
        name: State(_UNITS[o.unit], o.meaning, o.axis or None, opening=OPENINGS.get(name, 0.0))
        for name, o in zip(kind._fields, outcomes, strict=True)
    }


_ROWS = {PathTally: _rows(PathTally, PATH_OUTCOMES), FundTally: _rows(FundTally, FUND_OUTCOMES)}
if unknown := OPENINGS.keys() - {name for rows in _ROWS.values() for name in rows}:
    raise TypeError(f"no outcome is called {', '.join(sorted(unknown))}")


def tally_rows(kind: Any) -> dict[str, State] | None:
    """The rows of a tally; None for any other tuple."""
    return _ROWS.get(kind)
