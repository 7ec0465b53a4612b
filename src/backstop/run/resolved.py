"""Terms as text: every number that kernels read, under its name, with its unit."""

from typing import Any

import numpy as np

from backstop.terms import RunTerms

_UNITS = {
    "adv": "quanta a day", "units_open": "units", "cash_open": "quanta", "nav_open": "quanta",
    "layer_size": "quanta", "derisk_cap": "quanta", "count": "funds", "decay": "factor a day",
    "calm_volatility": "log return a day", "log_limit_down": "log price", "log_limit_up": "log price",
    "nav_floor": "NAV per share at the opening", "nav_history": "NAV per share at the opening",
    "log_nav_history": "log NAV per share", "index_history": "price at the opening", "tolerance": "frac",
    "daily_cap": "frac a day", "base_rate": "frac a day", "bear_slope": "frac a day per unit of return",
    "rung_weight": "frac", "threshold": "return a year", "floor": "return a year",
    "derisk_per_day": "frac a day", "advance_rate": "frac", "unpaid_days_limit": "days",
    "market_window": "days", "fund_window": "days", "decision_lag": "days", "n_days": "days",
    "quantum": "currency", "rung_samples": "samples of 21 days", "n_history": "samples of 21 days",
}
_UNITS_BY_ENDING = {"_per_day": "a day", "_days": "days", "_frac": "frac"}


def unit_of(name: str) -> str:
    """Unit of a term; empty for codes, counts of things and pure numbers."""
    by_ending = (unit for ending, unit in _UNITS_BY_ENDING.items() if name.endswith(ending))
    return _UNITS.get(name) or next(by_ending, "")


def resolved_terms(terms: RunTerms) -> dict[str, Any]:
    """Terms as nested JSON objects, a number or array with its unit at each leaf; arms by name."""
    arms = {name: _object(arm) for name, arm in zip(terms.names.arms, terms.arms, strict=True)}
    names = {axis: list(items) for axis, items in terms.names._asdict().items()}
    return {"market": _object(terms.market), "arms": arms, "names": names,
            "n_days": _leaf("n_days", terms.n_days), "quantum": _leaf("quantum", terms.quantum)}


def _object(terms: Any) -> dict[str, Any]:
    """One NamedTuple of terms, and those within it."""
    return {name: _object(value) if hasattr(value, "_fields") else _leaf(name, value)
            for name, value in zip(terms._fields, terms, strict=True)}


def _leaf(name: str, value: Any) -> dict[str, Any]:
    return {"value": value.tolist() if isinstance(value, np.ndarray) else value, "unit": unit_of(name)}
