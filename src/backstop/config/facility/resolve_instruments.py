"""What instruments besides the advance have of their own, into terms; 0 for facilities that have another."""

from collections.abc import Sequence

import numpy as np

from backstop.config.facility.compensation import Compensation
from backstop.config.facility.guarantee import Guarantee
from backstop.config.facility.purchase import FundPurchase, MarketPurchase
from backstop.config.facility.section import Facility
from backstop.config.numbers import codes, column, share_of, whole_quanta
from backstop.config.schema import Config
from backstop.terms import (
    NEVER,
    NO_BUDGET,
    TRADING_DAYS_PER_YEAR,
    CompensationTerms,
    Floats,
    GuaranteeTerms,
    PurchaseTerms,
)

Bought = Sequence[FundPurchase | MarketPurchase | None]


def resolve_purchases(facilities: Sequence[Facility], design: Config) -> PurchaseTerms:
    """Terms of purchases, a row for each facility of an arm."""
    bought: Bought = [f.terms if isinstance(f.terms, FundPurchase | MarketPurchase) else None for f in facilities]
    from_funds = [p if isinstance(p, FundPurchase) else None for p in bought]
    quantum = design.money.quantum
    return PurchaseTerms(
        weight=_weights(bought, [asset.name for asset in design.market.assets]),
        need_frac=column([p.need_frac if p else 0.0 for p in from_funds]),
        daily_budget=column([_budget(p.daily_budget, quantum) if p else 0.0 for p in bought]),
        total_budget=column([_budget(p.total_budget, quantum) if p else 0.0 for p in bought]),
        adv_frac=column([p.adv_frac if p else 0.0 for p in bought]),
        resale_adv_frac=column([p.resale_adv_frac if p else 0.0 for p in bought]),
        resale_lag_days=column([p.resale_lag_days if p else 0.0 for p in bought]),
        hold_days=column([p.hold_days if p else 0.0 for p in bought]),
        margin_frac=column([p.margin_frac if p else 0.0 for p in bought]),
        wind_up_day=column([(p.wind_up_day or NEVER) if p else 0.0 for p in bought]),
        gain_share_frac=column([p.gain_share_frac if p else 0.0 for p in bought]),
    )


def resolve_compensations(facilities: Sequence[Facility], design: Config, nav_open: Floats) -> CompensationTerms:
    """Terms of compensations, a row for each facility of an arm; `nav_open` (F,) in quanta."""
    paid = [f.terms if isinstance(f.terms, Compensation) else None for f in facilities]
    quantum = design.money.quantum
    caps = [_caps(p, nav_open) for p in paid]
    return CompensationTerms(
        share_frac=column([p.share_frac if p else 0.0 for p in paid]),
        attach=column([p.attach_frac if p else 0.0 for p in paid]),
        exhaust=column([p.exhaust_frac if p else 0.0 for p in paid]),
        is_from_peak=codes([int(p.reference == "peak") if p else 0 for p in paid]),
        most_per_fund=np.array(caps).reshape(len(paid), len(nav_open)),
        most_per_sponsor=column([_budget(p.sponsor_limit, quantum) if p else 0.0 for p in paid]),
        most_per_period=column([_budget(p.period_limit, quantum) if p else 0.0 for p in paid]),
        period_days=column([(p.period_days or design.run.days) if p else 0.0 for p in paid]),
        clawback_days=column([p.clawback_days if p else 0.0 for p in paid]),
    )


def resolve_guarantees(facilities: Sequence[Facility]) -> GuaranteeTerms:
    """Terms of guarantees, a row for each facility of an arm."""
    given = [facility.terms if isinstance(facility.terms, Guarantee) else None for facility in facilities]
    return GuaranteeTerms(
        guaranteed_frac=column([g.guaranteed_frac if g else 0.0 for g in given]),
        upfront_frac=column([g.upfront_bps / 1e4 if g else 0.0 for g in given]),
        premium_per_day=column([g.premium_ann_frac / TRADING_DAYS_PER_YEAR if g else 0.0 for g in given]),
    )


def _caps(paid: Compensation | None, nav_open: Floats) -> list[float]:
    """(F,) most that each fund may have."""
    if paid is None:
        return [0.0] * len(nav_open)
    return [NO_BUDGET if paid.fund_cap_frac is None else share_of(paid.fund_cap_frac, nav) for nav in nav_open]


def _weights(bought: Bought, assets: Sequence[str]) -> Floats:
    """(K, J)."""
    rows = [[p.weights.get(name, 0.0) if p else 0.0 for name in assets] for p in bought]
    return np.array(rows).reshape(len(bought), len(assets))


def _budget(amount: float | None, quantum: float) -> float:
    return NO_BUDGET if amount is None else whole_quanta(amount, quantum)
