"""One arm with pools of several sizes, as arms of one run on common shocks."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from backstop.config.checks import LARGEST_EXACT
from backstop.runs.request import RunRequest
from backstop.terms import ArmTerms, RunTerms

_AMPLE = 1e3
"""Times all assets of funds that an unlimited pool has, if amounts stay exact."""
_ROOM = 16.0
"""Times an unlimited pool that float64 still counts exactly."""


def resized(arm: ArmTerms, size: float) -> ArmTerms:
    """`arm` with a pool of `size` quanta: every layer by the same factor, paid in and called in the same parts.

    What is an amount of its own, not a part of the pool, stays: caps, the floor of cash, the most of a refill.
    """
    pool = arm.pool
    whole = float(pool.layer_size.sum())
    ends = np.floor(np.cumsum(pool.layer_size) / whole * size)
    layers = np.diff(np.append(0.0, ends))
    with np.errstate(invalid="ignore"):
        paid = np.where(pool.layer_size > 0.0, np.floor(layers * (pool.paid_in / pool.layer_size)), 0.0)
    return arm._replace(pool=pool._replace(layer_size=layers, paid_in=paid),
                        advances=arm.advances._replace(size=np.full_like(arm.advances.size, max(size, 1.0))))


def unlimited_size(arm: ArmTerms) -> float:
    """Quanta that no claims of an arm use up."""
    held = float(np.sum(arm.funds.count * (arm.funds.units_open.sum(axis=1) + arm.funds.cash_open)))
    return float(np.floor(min(_AMPLE * held, LARGEST_EXACT / _ROOM)))


def with_sizes(request: RunRequest, arm: int, sizes: Sequence[float], n_paths: int | None = None) -> RunRequest:
    """Arm none, the counterfactual of arm number `arm`, and that arm with each of `sizes` (quanta), last, in order."""
    terms = request.terms
    before = list(dict.fromkeys((0, terms.counterfactuals[arm])))
    variants = tuple(resized(terms.arms[arm], size) for size in sizes)
    return replace(request, terms=_with_arms(terms, arm, before, variants), n_paths=n_paths or request.n_paths)


def _with_arms(terms: RunTerms, arm: int, before: Sequence[int], variants: tuple[ArmTerms, ...]) -> RunTerms:
    names = terms.names
    labels = tuple(f"{names.arms[arm]}-{number}" for number in range(1, len(variants) + 1))
    kept = names._replace(
        arms=(*(names.arms[n] for n in before), *labels),
        facilities=(*(names.facilities[n] for n in before), *[names.facilities[arm]] * len(variants)))
    return terms._replace(
        arms=(*(terms.arms[n] for n in before), *variants), names=kept,
        counterfactuals=(*range(len(before)), *[len(before) - 1] * len(variants)))
