"""Swing pricing and gates: what a fund with either pays those who leave (docs/model.md, 4)."""

import numpy as np

from backstop.kernels.machine.frames import count_columns
from backstop.kernels.machine.jit import FIRST, Index, inline, jit
from backstop.terms import NO_GATE


@inline
def has_exit_rules(terms, f):
    """Whether fund f has a gate or swings its price; the others have no rows `ripe` and `exit_price`."""
    return (terms.gate_frac[f] < NO_GATE) | (terms.swing_threshold[f] < NO_GATE)


@jit
def _swing(funds, f, threshold, frac, tally, lanes):
    """``exit = max(navps, 0) * (1 - frac [due - inflow > threshold max(nav, 0)])``; late at that price."""
    for i in range(FIRST, lanes):
        outflow = funds.due[f, i] - funds.inflow[f, i]
        swing = frac if outflow > threshold * max(funds.nav[f, i], 0.0) else 0.0
        funds.exit_price[f, i] = max(funds.navps[f, i], 0.0) * (1.0 - swing)
        funds.late[f, i] = np.floor(funds.late[f, i] * (1.0 - swing))
        funds.due[f, i] = 0.0
        tally.days_swung[f, i] += 1.0 if swing > 0.0 else 0.0


@jit
def _price_exits(investors, row, funds, f, lanes):
    """``due = floor(overdue * exit)``."""
    for i in range(FIRST, lanes):
        due = np.floor(investors.overdue[row, i] * funds.exit_price[f, i])
        investors.due[row, i] = due
        funds.due[f, i] += due


@jit
def _hold_back(funds, f, gate_frac, tally, lanes):
    """``ripe = due; due = min(ripe, floor(gate_frac * max(nav, 0)))``."""
    for i in range(FIRST, lanes):
        ripe = funds.due[f, i]
        due = min(ripe, np.floor(gate_frac * max(funds.nav[f, i], 0.0)))
        funds.ripe[f, i] = ripe
        funds.due[f, i] = due
        tally.days_gated[f, i] += 1.0 if due < ripe else 0.0


@jit
def _let_go(funds, f, lanes):
    """``ripe = due``: no gate."""
    for i in range(FIRST, lanes):
        funds.ripe[f, i] = funds.due[f, i]


@jit
def apply_exit_rules(terms, funds, f, investors, tally, lanes):
    """Step 4: dues of fund f at the price that those who leave are paid, as far as its gate lets them."""
    n_classes = count_columns(terms.share_frac)
    _swing(funds, f, terms.swing_threshold[f], terms.swing_frac[f], tally, lanes)
    for c in range(Index(terms.n_classes[f])):
        _price_exits(investors, f * n_classes + c, funds, f, lanes)
    if terms.gate_frac[f] < NO_GATE:
        _hold_back(funds, f, terms.gate_frac[f], tally, lanes)
    else:
        _let_go(funds, f, lanes)
