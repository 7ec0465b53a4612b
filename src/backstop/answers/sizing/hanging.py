"""Terms of an arm that hang on the size of its pool, so that one unlimited run cannot tell who runs dry with less.

Before its first dry day a pool of S has free cash of S less what is out, whatever S is: the same claims, the same
paths, up to the first claim that is cut. What is named here breaks that.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from backstop.terms import ArmTerms, Instrument


class Hanging(NamedTuple):
    """A term that hangs on the size."""

    key: str
    """Of the config."""
    why: str


class _Rule(NamedTuple):
    key: str
    why: str
    is_on: Callable[[ArmTerms], bool]


_RULES = (
    _Rule("facilities.NAME.advance.use_slope_ann_frac", "the price of a loan rises with the share of the pool in use",
          lambda arm: bool(arm.advances.use_slope.any())),
    _Rule("facilities.NAME.limits.capital_frac", "a cap is a multiple of the capital paid in",
          lambda arm: bool(arm.rationing.capital_frac.any())),
    _Rule("pool.layers.NAME.paid_in_frac", "what is not paid in is called, and comes later",
          lambda arm: bool((arm.pool.paid_in < arm.pool.layer_size).any())),
    _Rule("pool.layers.NAME.refill", "what a layer lost is put back, as far as there is a layer",
          lambda arm: bool(arm.pool.refill_times.any())),
    _Rule("pool.borrowing", "what may be borrowed is a multiple of the capital paid in",
          lambda arm: arm.pool.borrow_multiple > 0.0),
    _Rule("pool.idle_yield_ann_frac", "a larger pool earns more",
          lambda arm: arm.pool.idle_rate_per_day > 0.0),
    _Rule("pool.premium", "premiums add to what is paid in",
          lambda arm: arm.pool.premium_days > 0 and bool(arm.members.premium_frac.any())),
    _Rule("pool.profit", "what is paid out of surplus is bounded by free cash",
          lambda arm: arm.pool.profit_frac > 0.0),
)


def hanging_terms(arm: ArmTerms) -> tuple[Hanging, ...]:
    """What of an arm hangs on the size of its pool; nothing where one unlimited run tells all."""
    return tuple(Hanging(rule.key, rule.why) for rule in _RULES if rule.is_on(arm))


def rounding(arm: ArmTerms) -> float:
    """Quanta by which peak use may fall short of what a dry pool lacked: guarantees set aside rounded parts."""
    is_guarantee = arm.facilities.instrument == Instrument.GUARANTEE
    return float(np.sum(arm.funds.count)) if is_guarantee.any() else 0.0
