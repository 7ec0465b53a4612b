"""Random facilities as contracts, and a plain pool behind them."""

import numpy as np

from backstop.terms import NO_GATE, AdmissionTerms, AdvanceTerms, CovenantTerms, FacilityTerms, Instrument, PoolTerms
from oracle.design_sizes import Sizes
from plain_pool import pool_terms


def random_facilities(rng: np.random.Generator, more: np.random.Generator, sizes: Sizes) -> FacilityTerms:
    k, n, j = sizes.facilities, sizes.funds, sizes.assets
    is_lax = rng.random(k) < 0.5
    advance = np.where(is_lax, 1.0, rng.choice([0.02, 0.5], k))[:, None] * rng.uniform(0.9, 1.0, (k, j))
    return FacilityTerms(
        instrument=np.full(k, Instrument.ADVANCE), is_eligible=(rng.random((k, n)) < 0.9).astype(np.float64),
        coverage_frac=np.where(is_lax, 1.0, rng.choice([0.05, 0.5], k)),
        deductible_frac=np.where(is_lax, 0.0, rng.choice([0.0, 0.05], k)),
        fund_cap_frac=np.where(is_lax, 0.9, rng.choice([0.02, 0.1], k)),
        score_relief_frac=more.choice([0.0, 0.5, 1.0], k, p=[0.6, 0.2, 0.2]),
        advance_rate=advance * (rng.random((k, j)) < rng.choice([0.4, 1.0], (k, 1))),
        rate_per_day=rng.choice([0.0, 5e-4, 5e-3], k),
        tenor_days=np.where(is_lax, rng.integers(1, 8, k), rng.integers(2, 30, k)).astype(np.float64),
        n_rollovers=rng.integers(0, 4, k).astype(np.float64), sweep_frac=rng.choice([0.0, 0.3, 1.0], k),
        cash_lag_days=rng.choice([0, 0, 1, 3], k), inventory_participation_frac=rng.choice([0.005, 0.05, 0.5], k),
        announcement_cut=np.zeros(k), is_announced_at_opening=np.zeros(k, dtype=np.int64))


def announced(latest: np.random.Generator, facilities: FacilityTerms) -> FacilityTerms:
    """Some facilities make investors stay."""
    k = len(facilities.tenor_days)
    return facilities._replace(announcement_cut=latest.choice([0.0, 0.61, 1.0], k, p=[0.75, 0.2, 0.05]),
                               is_announced_at_opening=latest.choice([0, 1], k))


def random_advances(rng: np.random.Generator, later: np.random.Generator, sizes: Sizes, total: float) -> AdvanceTerms:
    """`later` draws what was added later."""
    k = sizes.facilities
    step = rng.choice([0.0, 1e-4, 1e-3], (k, 2), p=[0.7, 0.15, 0.15])
    return AdvanceTerms(
        size=np.full(k, np.floor(0.01 * total)), use_slope=rng.choice([0.0, 1e-4, 1e-3], k, p=[0.7, 0.15, 0.15]),
        step_days=np.tile([2.0, 7.0], (k, 1)), step=np.sort(step, axis=1)[:, ::-1].copy(),
        fee_frac=rng.choice([0.0, 0.001, 0.05], k, p=[0.7, 0.15, 0.15]),
        instalment_days=rng.choice([0.0, 1.0, 3.0, 10.0], k, p=[0.4, 0.25, 0.2, 0.15]),
        top_up_frac=rng.choice([0.0, 0.75, 1.0], k, p=[0.4, 0.1, 0.5]),
        repay_ahead_days=later.choice([0.0, 1.0, 3.0, 10.0], k, p=[0.7, 0.1, 0.1, 0.1]),
        grace_days=later.choice([0.0, 1.0, 3.0], k, p=[0.7, 0.15, 0.15]))


def random_admission(rng: np.random.Generator, k: int) -> AdmissionTerms:
    return AdmissionTerms(
        claims_frac=rng.choice([1.0, 0.5], k, p=[0.8, 0.2]), take_up_frac=rng.choice([1.0, 0.5], k, p=[0.8, 0.2]),
        has_solvency_test=rng.choice([0.0, 1.0], k, p=[0.7, 0.3]),
        least_nav_frac=rng.choice([-NO_GATE, 0.3, 0.8], k), least_navps=rng.choice([-NO_GATE, 0.5, 0.9], k))


def random_covenants(rng: np.random.Generator, k: int) -> CovenantTerms:
    return CovenantTerms(
        bars_derisking=rng.choice([0.0, 1.0], k, p=[0.6, 0.4]),
        payout_frac=rng.choice([NO_GATE, 0.002, 0.02], k, p=[0.6, 0.2, 0.2]),
        bonus_frac=rng.choice([0.0, 0.4, 1.0], k, p=[0.8, 0.1, 0.1]),
        exposure_cap=rng.choice([NO_GATE, 0.5, 0.9], k, p=[0.6, 0.1, 0.3]))


def random_pool(rng: np.random.Generator, total: float) -> PoolTerms:
    size = total * rng.choice([0.0002, 0.002, 0.02, 1.0])
    parts = rng.dirichlet(np.ones(rng.integers(1, 5)))
    return pool_terms(np.floor(size * parts))
