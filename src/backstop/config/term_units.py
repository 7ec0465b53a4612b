"""The unit of every resolved term, and all terms with their units as a tree for ``resolved.json``."""

from typing import Any

import numpy as np

from backstop.terms import RunTerms

UNITS = {
    # prices
    "impact_law": "code",
    "kappa": "daily volatilities a day's volume",
    "exponent": "1",
    "impact_volatility": "a day, 0 for the day's own",
    "price_floor": "price, opening 1",
    "execution": "code",
    "half_spread": "log price",
    "decay": "a day",
    "permanent_frac": "share",
    "adv": "quanta a day",
    "calm_volatility": "a day",
    "stress_adv_frac": "share",
    "log_limit_down": "log price a day",
    "log_limit_up": "log price a day",
    "others_drawdown": "share of the high",
    "others_frac": "share of ADV a day",
    "others_stock": "quanta",
    "suspended_first": "day",
    "suspended_last": "day",
    "suspend_limit_downs": "trading days",
    "suspend_fall": "share of the high",
    "suspend_days": "trading days",
    "settlement_days": "trading days",
    "is_risky": "0 or 1",
    "is_technology": "0 or 1",
    "index": "asset number",
    "rounds": "a day",
    # funds
    "count": "funds",
    "units_open": "units of one quantum",
    "cash_open": "quanta",
    "nav_open": "quanta",
    "cash_rate_per_day": "a day",
    "buffer_frac": "share of NAV",
    "participation_frac": "share of ADV",
    "liquidation_rule": "code",
    "pro_rata_frac": "share of what is to be raised",
    "liquidation_order": "asset numbers",
    "ahead_days": "trading days",
    "nav_floor": "NAV per share",
    "unpaid_days_limit": "trading days",
    "nav_history": "NAV per share",
    # leverage
    "debt_open": "quanta",
    "cap": "assets over NAV, 0 for none",
    "target": "assets over NAV",
    "has_margin": "0 or 1",
    "haircut": "share of value",
    "haircut_rise": "share of value per unit of fall",
    # investors
    "n_classes": "classes",
    "share_frac": "share of shares",
    "horizon_days": "trading days",
    "tolerance": "trailing loss",
    "bear_slope": "shares a day per unit of loss",
    "bear_power": "1",
    "illiquidity_slope": "share per unit of dislocation",
    "bull_slope": "shares a day per unit of gain",
    "swing_threshold": "share of NAV a day",
    "swing_frac": "share of NAV per share",
    "gate_frac": "share of NAV a day",
    "base_rate": "shares a day",
    "daily_cap": "shares a day",
    "notice_days": "trading days",
    # evaluation
    "is_on": "0 or 1",
    "rung_weight": "share",
    "rung_samples": "samples of 21 trading days",
    "threshold": "return a year",
    "floor": "return a year",
    "derisk_per_day": "share of risky holdings a day",
    "derisk_cap": "quanta",
    "n_history": "samples of 21 trading days",
    "log_nav_history": "log NAV per share",
    "benchmark_frac": "share of the index's return",
    "log_index_history": "log price",
    "replace_below": "return a year",
    # triggers
    "market_kind": "code",
    "market_window": "trading days",
    "index_history": "price, opening 1",
    "fund_kind": "code",
    "fund_window": "trading days",
    "node_signal": "signal number",
    "node_sign": "1 at least, -1 at most",
    "node_threshold": "unit of the signal",
    "node_needed": "children",
    "node_first_child": "position",
    "node_n_children": "children",
    "children": "node number",
    "entry_first": "node number",
    "entry_root": "node number",
    "exit_first": "node number",
    "exit_root": "node number",
    "entry_days": "trading days",
    "exit_days": "trading days",
    "cooldown_days": "trading days",
    "decision_lag": "trading days",
    # facilities
    "is_eligible": "0 or 1",
    "coverage_frac": "share of loss beyond the deductible",
    "deductible_frac": "share of peak NAV per share",
    "fund_cap_frac": "share of NAV",
    "score_relief_frac": "share of what is drawn",
    "advance_rate": "share of value",
    "rate_per_day": "a day",
    "tenor_days": "trading days",
    "n_rollovers": "rollovers",
    "sweep_frac": "share of cash above the buffer",
    "cash_lag_days": "trading days",
    "inventory_participation_frac": "share of ADV",
    "instrument": "code",
    # purchases
    "weight": "share of price paid to funds, of the budget in the market",
    "need_frac": "share of need",
    "daily_budget": "quanta a day",
    "total_budget": "quanta",
    "adv_frac": "share of ADV a day",
    "resale_adv_frac": "share of ADV a day",
    "resale_lag_days": "trading days",
    "hold_days": "trading days",
    "margin_frac": "share of cost",
    "wind_up_day": "day of the run",
    "gain_share_frac": "share of gains",
    # compensations
    "attach": "share of the reference",
    "exhaust": "share of the reference",
    "is_from_peak": "0 or 1",
    "most_per_fund": "quanta",
    "most_per_sponsor": "quanta a period",
    "most_per_period": "quanta a period",
    "period_days": "trading days",
    "clawback_days": "trading days",
    "sponsor": "number, -2 for none",
    "n_sponsors": "sponsors",
    # guarantees
    "guaranteed_frac": "share of unrecovered principal",
    "upfront_frac": "share of a drawing",
    "premium_per_day": "a day",
    "announcement_cut": "share of redemption requests",
    "is_announced_at_opening": "0 or 1",
    # pool
    "layer_size": "quanta",
    # market
    "kind": "code",
    "power": "1",
    "omega": "level of the model a day",
    "n_lags": "trading days",
    "up": "level for a push",
    "down": "level for a push",
    "beta": "1",
    "opening": "level of the model",
    "draw": "code",
    "nu": "degrees of freedom or shape, 0 for none",
    "skew": "1",
    "shift": "1",
    "spread": "1",
    "map": "row of the maps, -1 for none",
    "low": "1",
    "per_step": "nodes",
    "nodes": "values and slopes",
    "residuals": "standard deviations",
    "block_days": "trading days",
    "member": "asset number",
    "cholesky": "1",
    "a": "1",
    "g": "1",
    "b": "1",
    "constant": "1",
    "stress": "share of the way to 1",
    "at_most": "probability",
    "size_mean": "log return",
    "size_deviation": "log return",
    "variance": "squared log return a day",
    "asset": "asset number",
    "drift": "log return a day",
    "scale": "1",
    "shock": "log return",
    "n_pinned": "trading days",
    "pinned": "log return a day",
    # run
    "n_days": "trading days",
    "quantum": "currency",
}
"""Unit of every term, by field."""


def as_tree(terms: RunTerms) -> dict[str, Any]:
    """Every term as ``{"value", "unit"}``, lists for arrays: ready for JSON."""
    arms = {
        name: {part: _fields(section) for part, section in arm._asdict().items()}
        for name, arm in zip(terms.names.arms, terms.arms, strict=True)
    }
    return {
        "n_days": _term("n_days", terms.n_days),
        "quantum": _term("quantum", terms.quantum),
        "names": {axis: list(names) for axis, names in terms.names._asdict().items()},
        "market": _fields(terms.market),
        "arms": arms,
    }


def _fields(section: Any) -> dict[str, Any]:
    return {
        name: _fields(value) if hasattr(value, "_asdict") else _term(name, value)
        for name, value in section._asdict().items()
    }


def _term(name: str, value: Any) -> dict[str, Any]:
    return {"value": value.tolist() if isinstance(value, np.ndarray) else value, "unit": UNITS[name]}
