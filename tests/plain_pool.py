"""Terms of pools, of rationing and of members in which every rule is off but those that are given."""

from typing import Any

import numpy as np

from backstop.terms import NO_CAP, MemberTerms, PoolTerms, RationingTerms


def pool_terms(layers: Any, **given: Any) -> PoolTerms:
    """Layers paid in full, that borrow, earn, charge and share nothing; `given` overrides terms, arrays from lists."""
    size = np.array(layers, dtype=np.float64)
    plain: dict[str, Any] = {
        "layer_size": size, "paid_in": size, "call_delay_days": np.ones(len(size), dtype=np.int64),
        "funding_rate_per_day": np.zeros(len(size)),
        "refill_days": np.ones(len(size)), "refill_times": np.zeros(len(size)), "refill_most": np.zeros(len(size)),
        "cash_floor": 0.0, "borrow_multiple": 0.0, "borrow_rate_per_day": 0.0, "idle_rate_per_day": 0.0,
        "premium_days": 0, "profit_reserve": 0.0, "profit_frac": 0.0, "profit_to": 0}
    return PoolTerms(**(plain | {name: _like(plain[name], value) for name, value in given.items()}))


def rationing_terms(n_facilities: int, **given: Any) -> RationingTerms:
    """Claims share pro rata, without caps."""
    none = np.full(n_facilities, NO_CAP)
    plain: dict[str, Any] = {
        "share_rule": np.zeros(n_facilities, dtype=np.int64), "facility_cap": none, "sponsor_cap": none,
        "capital_frac": np.zeros(n_facilities), "pool_cap": NO_CAP}
    return RationingTerms(**(plain | {name: _like(plain[name], value) for name, value in given.items()}))


def member_terms(n_funds: int, **given: Any) -> MemberTerms:
    """Funds without sponsors, that pay no premium."""
    plain = {"sponsor": np.full(n_funds, -1), "premium_frac": np.zeros(n_funds)}
    return MemberTerms(**(plain | {name: _like(plain[name], value) for name, value in given.items()}))


def _like(plain: Any, value: Any) -> Any:
    """`value` as an array where the plain one is, one number for all."""
    return np.broadcast_to(np.array(value, dtype=plain.dtype), plain.shape).copy() if np.ndim(plain) else value
