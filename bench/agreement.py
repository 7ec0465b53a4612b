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
    "coverage_min", "days_active", "distress_days", "first_breach_day", "first_cash_day", "market_end_by_asset",
    "n_activations", "trough_day", "defaulted", "failed", "first_active_day",
    "days_suspended_by_asset", "first_dry_day", "fixed_point_gap", "limit_down_days_by_asset", "managers_replaced",
    "market_trough_by_asset", "n_injections", "shortfall_days", "technology_kept", "worst_dislocation",
    "worst_dislocation_by_asset",
}
NOT_OF_PEERS = {
    "shares_end", "unrecovered_end", "need", "bottom_cost", "bottom_regret", "funding_cost_by_layer",
    *(name for name in (*PathTally._fields, *FundTally._fields) if name.startswith(("gain_", "cut_")) and
      name != "gain_returned"),
}
"""Accounts that peers do not keep: what is made of other outcomes at the horizon, and what bound claims. The oracle and
the identities of the tests hold them."""
PER_SHARE = {"nav_per_share_end", "max_drawdown", "score_min", "score_cover_peak"}


PRESSED_DAYS = 1e4
"""Days under pressure add up the rounding of scores over narrow ranges, for hundreds of days."""


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
    for mine, theirs, n_funds in zip(ours, peers, (terms.funds.count.sum(), 1.0), strict=True):
        for name in (name for name in mine._fields if name not in NOT_OF_PEERS):
            a, b = np.asarray(getattr(mine, name)), np.asarray(getattr(theirs, name))
            tolerance = RELATIVE * np.maximum(np.abs(a), np.abs(b)) + _slack(name, n_funds, shares)
            for path in np.flatnonzero(~(np.abs(a - b) <= tolerance).all(axis=0)):
                differing.setdefault(int(path), []).append(name)
    return Agreement(shares.shape[1], differing)


def _slack(name: str, n_funds: float, shares: Floats) -> Floats:
    """Absolute tolerance beside the relative one, of an amount that sums over `n_funds` funds."""
    if name == "money_created":
        return np.zeros(1)
    if name in PURE_NUMBERS:
        return np.full(1, RELATIVE)
    if name == "days_under_pressure":
        return PRESSED_DAYS * STEEPEST * QUANTA / np.maximum(shares, 1.0) + RELATIVE
    if name in PER_SHARE:
        return STEEPEST * QUANTA / np.maximum(shares, 1.0) + RELATIVE
    return np.full(1, QUANTA * n_funds)
