"""Rules of the pool at random, laid over designs whose pool has none; half of them stay without."""

from typing import Any

import numpy as np

from backstop.terms import NO_CAP, ArmTerms, FacilityTerms, PoolTerms, ProfitTo, RationingTerms, ShareRule

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
    if rng.random() < 0.5:
        arm = arm._replace(facilities=_imprudent(rng, arm.facilities))
        pool = _thin(rng, pool, total) if rng.random() < 0.5 else _unpaid_at_the_bottom(pool, total)
    rationing = _rationing(rng, arm.rationing, float(pool.layer_size.sum()), total)
    return arm._replace(members=members, pool=pool, rationing=rationing)


def _capital(rng: np.random.Generator, pool: PoolTerms) -> PoolTerms:
    """Layers paid in by halves, or hardly, and refilled."""
    n = len(pool.layer_size)
    paid = rng.choice([0.0, 0.3, 1.0], n, p=[0.3, 0.3, 0.4]) if rng.random() < 0.6 else np.ones(n)
    return pool._replace(
        paid_in=np.floor(paid * pool.layer_size), call_delay_days=rng.choice([1, 2, 5, 20], n),
        refill_days=rng.choice([1.0, 3.0, 15.0], n), refill_times=rng.choice([0.0, 1.0, 4.0], n),
        refill_most=np.floor(pool.layer_size * rng.choice([0.02, 0.3, 2.0], n)),
        funding_rate_per_day=1e-4 * np.arange(n))


def _imprudent(rng: np.random.Generator, facilities: FacilityTerms) -> FacilityTerms:
    """Loans of all that is lost against all that is left, due at once: many of them fail."""
    k = len(facilities.tenor_days)
    return facilities._replace(
        coverage_frac=np.ones(k), deductible_frac=np.zeros(k), fund_cap_frac=np.ones(k),
        advance_rate=np.where(facilities.advance_rate > 0.0, 1.0, 0.0), sweep_frac=np.zeros(k),
        tenor_days=rng.integers(1, 12, k).astype(np.float64), n_rollovers=np.zeros(k))


def _thin(rng: np.random.Generator, pool: PoolTerms, total: float) -> PoolTerms:
    """Layers that a default or two use up, behind guaranteed debt."""
    scale = total * rng.choice([1e-3, 1e-2]) / max(pool.layer_size.sum(), 1.0)
    amounts = {name: np.floor(getattr(pool, name) * scale) for name in ("layer_size", "paid_in", "refill_most")}
    return pool._replace(**amounts, borrow_multiple=float(rng.choice([0.0, 10.0, 100.0])),
                         cash_floor=float(np.floor(pool.cash_floor * scale)))


def _unpaid_at_the_bottom(pool: PoolTerms, total: float) -> PoolTerms:
    """More than enough is paid in above a first layer that is not, and nothing is called before it is lost."""
    size = np.floor(total * np.append(0.01, np.ones(len(pool.layer_size) - 1)))
    return pool._replace(layer_size=size, paid_in=np.append(0.0, size[1:]), cash_floor=0.0)


def _rules(rng: np.random.Generator, pool: PoolTerms, has_premium: bool) -> PoolTerms:
    size = pool.layer_size.sum()
    return pool._replace(
        cash_floor=float(np.floor(size * rng.choice([0.0, 0.1, 0.6]))),
        borrow_multiple=float(rng.choice([0.0, 0.5, 3.0, 10.0])),
        borrow_rate_per_day=float(rng.choice([0.0, 1e-4, 3e-3])),
        idle_rate_per_day=float(rng.choice([0.0, 1e-4])), premium_days=int(rng.choice([1, 10, 63])) * has_premium,
        profit_reserve=float(np.floor(size * rng.choice([0.0, 0.01]))), profit_frac=float(rng.choice([0.0, 0.5, 1.0])),
        profit_to=int(rng.choice([ProfitTo.OWNERS, ProfitTo.FUNDS])))


def _rationing(rng: np.random.Generator, plain: RationingTerms, size: float, total: float) -> RationingTerms:
    """Caps a part of the pool, or of what the funds are worth."""
    k = len(plain.share_rule)
    def caps(n: int) -> Any:
        of = max(min(size, 0.02 * total), LARGE)
        return np.where(rng.random(n) < 0.7, NO_CAP, np.floor(of * rng.choice([0.1, 0.5], n)))

    return RationingTerms(
        share_rule=rng.choice([ShareRule.PRO_RATA, ShareRule.BY_CONTRIBUTION, ShareRule.BY_ORDER], k),
        facility_cap=caps(k), sponsor_cap=caps(k), capital_frac=rng.choice([0.0, 0.1, 1.0], k, p=[0.7, 0.15, 0.15]),
        pool_cap=float(caps(1)[0]))
