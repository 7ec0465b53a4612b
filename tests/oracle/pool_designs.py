"""Rules of the pool at random, laid over designs whose pool has none; half of them stay without."""

from typing import Any

import numpy as np

from backstop.terms import (
    NO_CAP,
    PROFIT_TO_FUNDS,
    PROFIT_TO_OWNERS,
    SHARE_BY_CONTRIBUTION,
    SHARE_BY_ORDER,
    SHARE_PRO_RATA,
    ArmTerms,
    PoolTerms,
    RationingTerms,
)

LARGE = 1e9
"""Quanta: caps and pools are that large or nothing, so that a quantum stays below the tolerance of comparisons."""


def with_pool_rules(rng: np.random.Generator, arm: ArmTerms, total: float) -> ArmTerms:
    """`arm` with calls, debt, premiums, refills, shared profit, caps and rules of rationing, each in some designs."""
    if rng.random() < 0.5:
        return arm
    rate = float(rng.choice([0.0, 0.0005, 0.005, 0.05])) * (len(arm.facilities.tenor_days) > 0)
    weights = rng.choice([0.0, 1.0, 2.5], len(arm.funds.count), p=[0.1, 0.5, 0.4])
    members = arm.members._replace(
        sponsor=rng.integers(-1, 2, len(arm.funds.count)), premium_frac=rate * weights)
    pool = _rules(rng, _capital(rng, arm.pool), rate > 0.0)
    rationing = _rationing(rng, arm.rationing, float(pool.layer_size.sum()), total)
    return arm._replace(members=members, pool=pool, rationing=rationing)


def _capital(rng: np.random.Generator, pool: PoolTerms) -> PoolTerms:
    """Layers paid in by halves, or hardly, and refilled."""
    n = len(pool.layer_size)
    paid = rng.choice([0.0, 0.3, 1.0], n, p=[0.3, 0.3, 0.4]) if rng.random() < 0.6 else np.ones(n)
    return pool._replace(
        paid_in=np.floor(paid * pool.layer_size), call_delay_days=rng.choice([1, 2, 5, 20], n),
        refill_days=rng.choice([1.0, 3.0, 15.0], n), refill_times=rng.choice([0.0, 1.0, 4.0], n),
        refill_most=np.floor(pool.layer_size * rng.choice([0.02, 0.3, 2.0], n)))


def _rules(rng: np.random.Generator, pool: PoolTerms, has_premium: bool) -> PoolTerms:
    size = pool.layer_size.sum()
    return pool._replace(
        cash_floor=float(np.floor(size * rng.choice([0.0, 0.1, 0.6]))),
        borrow_multiple=float(rng.choice([0.0, 0.5, 3.0, 10.0])), borrow_rate_per_day=float(rng.choice([0.0, 1e-4, 3e-3])),
        idle_rate_per_day=float(rng.choice([0.0, 1e-4])), premium_days=int(rng.choice([1, 10, 63])) * has_premium,
        profit_reserve=float(np.floor(size * rng.choice([0.0, 0.01]))), profit_frac=float(rng.choice([0.0, 0.5, 1.0])),
        profit_to=int(rng.choice([PROFIT_TO_OWNERS, PROFIT_TO_FUNDS])))


def _rationing(rng: np.random.Generator, plain: RationingTerms, size: float, total: float) -> RationingTerms:
    """Caps a part of the pool, or of what the funds are worth."""
    k = len(plain.share_rule)
    def caps(n: int) -> Any:
        of = max(min(size, 0.02 * total), LARGE)
        return np.where(rng.random(n) < 0.7, NO_CAP, np.floor(of * rng.choice([0.1, 0.5], n)))

    return RationingTerms(
        share_rule=rng.choice([SHARE_PRO_RATA, SHARE_BY_CONTRIBUTION, SHARE_BY_ORDER], k), facility_cap=caps(k),
        sponsor_cap=caps(k), capital_frac=rng.choice([0.0, 0.1, 1.0], k, p=[0.7, 0.15, 0.15]), pool_cap=float(caps(1)[0]))
