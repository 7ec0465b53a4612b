"""What instruments besides the advance have of their own, into terms; 0 for facilities that have another."""

from collections.abc import Sequence

import numpy as np

from backstop.config.facility import Facility
from backstop.config.numbers import column, whole_quanta
from backstop.config.purchase import FundPurchase, MarketPurchase
from backstop.config.schema import Config
from backstop.terms import NEVER, NO_BUDGET, Floats, PurchaseTerms

Bought = Sequence[FundPurchase | MarketPurchase | None]


def resolve_purchases(facilities: Sequence[Facility], design: Config) -> PurchaseTerms:
    """Terms of purchases, a row for each facility of an arm."""
    bought: Bought = [f.terms if isinstance(f.terms, FundPurchase | MarketPurchase) else None for f in facilities]
    from_funds = [p if isinstance(p, FundPurchase) else None for p in bought]
    quantum = design.money.quantum
    return PurchaseTerms(
        weight=_weights(bought, [asset.name for asset in design.market.assets]),
        discount_frac=column([p.discount_frac if p else 0.0 for p in from_funds]),
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


def _weights(bought: Bought, assets: Sequence[str]) -> Floats:
    """(K, J)."""
    rows = [[p.weights.get(name, 0.0) if p else 0.0 for name in assets] for p in bought]
    return np.array(rows).reshape(len(bought), len(assets))


def _budget(amount: float | None, quantum: float) -> float:
    return NO_BUDGET if amount is None else whole_quanta(amount, quantum)
