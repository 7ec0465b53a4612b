"""Whether two engines agree on every outcome, but for the rounding of whole quanta."""

from typing import NamedTuple

import numpy as np

from backstop.outcomes import FundTally, PathTally
from backstop.terms import ArmTerms, Floats

RELATIVE = 1e-9
QUANTA = 64.0
"""Floors that two engines take on opposite sides of a whole number, summed over a path, for each fund."""
STEEPEST = 12.0
"""A score moves at most so many times as much as the share: it raises to the power 252 / 22 at first."""
PURE_NUMBERS = {
    "worst_dislocation", "market_trough_by_asset", "first_dry_day", "days_active", "first_active_day", "n_injections",
    "days_under_pressure", "defaulted", "failed", "money_created",
}
PER_SHARE = {"nav_per_share_end", "max_drawdown", "score_min"}


class Agreement(NamedTuple):
    """How far two engines agree."""

    n_paths: int
    differing: dict[int, list[str]]
    """By path, the outcomes on which they differ by more than rounding."""


def agreement(terms: ArmTerms, ours: tuple[PathTally, FundTally], peers: tuple[PathTally, FundTally],
              shares: Floats) -> Agreement:
    """Compare outcomes, (row, path) each; `shares` (F, path) are those left at the horizon.

    A path on which a threshold is met within rounding may take the other branch, and then differs as a whole.
    """
    differing: dict[int, list[str]] = {}
    for mine, theirs in zip(ours, peers, strict=True):
        for name in mine._fields:
            a, b = np.asarray(getattr(mine, name)), np.asarray(getattr(theirs, name))
            tolerance = RELATIVE * np.maximum(np.abs(a), np.abs(b)) + _slack(terms, name, mine, shares)
            for path in np.flatnonzero(~(np.abs(a - b) <= tolerance).all(axis=0)):
                differing.setdefault(int(path), []).append(name)
    return Agreement(shares.shape[1], differing)


def _slack(terms: ArmTerms, name: str, tally: PathTally | FundTally, shares: Floats) -> Floats:
    """Absolute tolerance beside the relative one."""
    if name in PURE_NUMBERS:
        return np.full(1, 0.0 if name == "money_created" else RELATIVE)
    if name in PER_SHARE:
        return STEEPEST * QUANTA / np.maximum(shares, 1.0) + RELATIVE
    is_of_path = tally._fields == PathTally._fields and name in PathTally._fields
    return np.full(1, QUANTA * (terms.funds.count.sum() if is_of_path else 1.0))
