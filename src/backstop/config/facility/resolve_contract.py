"""Pricing, repayment, admission and covenants of facilities into terms: rates per day, whole quanta."""

from collections.abc import Sequence

from backstop.config.facility.contract import SolvencyTest
from backstop.config.facility.section import Facility
from backstop.config.numbers import column, padded_rows, whole_quanta
from backstop.config.pool.section import Pool
from backstop.terms import NO_GATE, TRADING_DAYS_PER_YEAR, AdmissionTerms, AdvanceTerms, CovenantTerms


def resolve_advances(facilities: Sequence[Facility], pool: Pool, quantum: float) -> AdvanceTerms:
    """What the facilities of an arm charge, and are paid back before maturity."""
    advances = [facility.advance for facility in facilities]
    loans = [facility.advance or facility.guarantee for facility in facilities]
    step_ups = [a.step_ups if a else () for a in advances]
    size = sum(whole_quanta(layer.size, quantum) for layer in pool.layers)
    return AdvanceTerms(
        size=column([size for _ in advances]),
        use_slope=column([a.use_slope_ann_frac / TRADING_DAYS_PER_YEAR if a else 0.0 for a in advances]),
        step_days=padded_rows([[step.after_days for step in steps] for steps in step_ups]),
        step=padded_rows([[s.spread_ann_frac / TRADING_DAYS_PER_YEAR for s in steps] for steps in step_ups]),
        fee_frac=column([a.upfront_fee_frac if a else 0.0 for a in advances]),
        instalment_days=column([(a.instalment_days or 0) if a else 0 for a in advances]),
        top_up_frac=column([a.top_up_frac if a else 0.0 for a in advances]),
        repay_ahead_days=column([loan.repay_ahead_days if loan else 0 for loan in loans]),
        grace_days=column([loan.grace_days if loan else 0 for loan in loans]),
    )


def resolve_admission(facilities: Sequence[Facility]) -> AdmissionTerms:
    """Whose claims the facilities of an arm hear."""
    tests = [facility.solvency or SolvencyTest.model_construct() for facility in facilities]
    return AdmissionTerms(
        claims_frac=column([facility.take_up.claims_frac for facility in facilities]),
        take_up_frac=column([facility.take_up.funds_frac for facility in facilities]),
        has_solvency_test=column([float(facility.solvency is not None) for facility in facilities]),
        least_nav_frac=column([_or_none(test.nav_over_assets_at_least_frac, -NO_GATE) for test in tests]),
        least_navps=column([_or_none(test.nav_per_share_at_least, -NO_GATE) for test in tests]),
    )


def resolve_covenants(facilities: Sequence[Facility]) -> CovenantTerms:
    """What binds the borrowers of an arm's facilities."""
    covenants = [facility.covenants for facility in facilities]
    return CovenantTerms(
        bars_derisking=column([float(c.no_forced_sales) for c in covenants]),
        payout_frac=column([_or_none(c.payout_per_day_frac, NO_GATE) for c in covenants]),
        bonus_frac=column([c.bonus_limit_frac for c in covenants]),
        exposure_cap=column([_or_none(c.exposure_cap, NO_GATE) for c in covenants]),
    )


def _or_none(value: float | None, none: float) -> float:
    """`value`, or what stands for none."""
    return none if value is None else value
