"""What the rows of an arm's state are called: variables of a trace, and the item that each row stands for."""

from itertools import product
from typing import get_args

import numpy as np

from backstop.config.facility.expressions import SIGNALS, MarketSignal
from backstop.kernels.state import ArmState
from backstop.outcomes import PATH_OUTCOMES
from backstop.terms import RunTerms

_AXES: dict[str, tuple[str, ...]] = {
    "prices": ("assets",), "funds": ("funds",), "funds.units": ("funds", "assets"),
    "funds.to_sell": ("funds", "assets"), "funds.to_buy": ("funds", "assets"), "funds.settling": ("funds", "slots"),
    "lenders": ("funds",), "rounds": (),
    **{f"rounds.{name}": ("assets",) for name in ("kept_price", "kept_sold", "log_least", "log_found")},
    **{f"rounds.{name}": ("funds",) for name in ("kept_holdings", "kept_nav", "kept_owed", "kept_recalled", "share")},
    "rounds.log_before": ("assets",), "rounds.sold_today": ("funds", "assets"), "investors": ("funds", "classes"),
    "investors.queue": ("funds", "classes", "slots"), "evaluation": ("funds",),
    "signals.market": ("signals",), "system_keys": ("facilities",),
    "fund_keys": ("facilities", "funds"), "latches": ("slots", "funds"), "loans": ("facilities", "funds"),
    "loans.approvals": ("slots", "facilities", "funds"), "loans.use": ("facilities",),
    "loans.take_up": ("funds",), "pool": (), "pool.layer_loss": ("layers",),
    "pool.refill_clock": ("layers",), "pool.n_refills": ("layers",), "pool.calls": ("slots",),
    "pool.inventory": ("facilities", "assets"), "pool.inventory_cost": ("facilities", "assets"),
    "pool.inventory_sale": ("facilities", "assets"), "pool.realised": ("facilities",), "purchases": ("facilities",),
    "grants": ("facilities", "funds"), "guarantees": ("facilities", "funds"),
    "purchases.planned": ("facilities", "assets"), "purchases.bought": ("facilities", "funds"), "path_tally": (),
    "fund_tally": ("funds",), "judging": (), "judging.sold_before": ("funds",),
} | {f"path_tally.{o.name}_by_{o.axis}": (f"{o.axis}s",) for o in PATH_OUTCOMES if o.axis}
"""Axes of a part of the state, and of its variables that have others."""
_LEFT_OUT = {"funds.nav_history", "evaluation.samples", "signals.fund", "signals.node", "signals.closes",
             "signals.squares", "signals.square_sum", "signals.suffix_peak", "signals.prefix_peak",
             "pool.scratch", "foresight.distress", "foresight.ahead", "evaluation.rung", "evaluation.index_samples"}


def variables_of(state: ArmState) -> list[tuple[str, str]]:
    """Part and field of every variable that a trace keeps."""
    return [(part, field) for part in ArmState._fields[:-1] for field in getattr(state, part)._fields
            if f"{part}.{field}" not in _LEFT_OUT and len(getattr(getattr(state, part), field))]


def items_of(terms: RunTerms, arm: int, state: ArmState, part: str, field: str) -> list[str]:
    """What each row of a variable stands for: names of the config, which have no ``/``, joined by it.

    Empty where there is one row for all.
    """
    axes = _AXES.get(f"{part}.{field}") or _AXES[part]
    n_rows = len(getattr(getattr(state, part), field))
    n_known = int(np.prod([len(_labels(terms, arm, axis)) for axis in axes if axis != "slots"]))
    slots = [f"slot {slot}" for slot in range(n_rows // n_known)]
    labels = [slots if axis == "slots" else _labels(terms, arm, axis) for axis in axes]
    return ["/".join(item) for item in product(*labels)]


def _labels(terms: RunTerms, arm: int, axis: str) -> list[str]:
    own = terms.arms[arm]
    if axis == "classes":
        return [f"class {number + 1}" for number in range(own.investors.share_frac.shape[1])]
    if axis == "signals":
        names_by_code = {SIGNALS[name].code: name for name in get_args(MarketSignal.__value__)}
        signals = zip(own.triggers.market_kind, own.triggers.market_window, strict=True)
        return [f"{names_by_code[kind]}({window})" for kind, window in signals]
    if axis == "facilities":
        return list(terms.names.facilities[arm])
    return list(getattr(terms.names, axis))
