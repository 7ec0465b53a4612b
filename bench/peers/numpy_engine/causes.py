"""Steps 4 and 9: what is due by cause, the new money that pays ordinary dues, and what was sold for each."""

import numpy as np

from backstop.terms import Floats
from bench.peers.numpy_engine.state import Causes, Funds, State


def _ratio(part: Floats, whole: Floats, otherwise: float) -> Floats:
    """``part / whole``, `otherwise` of nothing."""
    return np.divide(part, whole, out=np.full_like(part, otherwise), where=whole > 0.0)


def split_dues(funds: Funds, causes: Causes, t: int) -> None:
    """Step 4; sets aside the new money that pays ordinary dues."""
    slot = t % len(causes.queue)
    causes.overdue += causes.queue[slot]
    causes.queue[slot] = 0.0
    left = funds.due.copy()
    if causes.overdue.any():
        to_pay = funds.exit_price * _ratio(funds.due, funds.ripe, 0.0)
        for x in range(2):
            causes.due[x] = np.minimum(causes.overdue[x] * to_pay, left)
            left -= causes.due[x]
    funds.netted = np.minimum(np.floor(left), funds.inflow)
    funds.cash -= funds.netted
    funds.due = funds.due - funds.netted


def pay_causes(funds: Funds, causes: Causes, paid: Floats) -> None:
    """Step 9: what is overdue of each cause once `paid` has been paid; nothing is due any more."""
    part = _ratio(paid - funds.netted, funds.due - funds.netted, 1.0)
    causes.overdue *= np.where(paid == funds.ripe, 0.0, 1.0 - part * _ratio(funds.due, funds.ripe, 0.0))
    causes.due[:] = 0.0


def share_sales(state: State, gross: Floats) -> None:
    """Step 9: the sales of a round, with a cumulative remainder."""
    funds, causes, tally, planned = state.funds, state.causes, state.fund_tally, state.evaluation.planned
    state.evaluation.theta *= 1.0 - _ratio(planned, funds.risky, 0.0)
    pressed = np.where(funds.is_raising, np.minimum(np.floor(planned), gross), gross)
    rest, weight, shared = gross - pressed, np.zeros_like(gross), np.zeros_like(gross)
    tally.gross_sales[:] += gross
    tally.sales_pressure[:] += pressed
    tally.forced_sales[:] += pressed
    for sales, own, is_forced in (
            (tally.sales_stressed, causes.due[0], True), (tally.sales_gains, causes.due[1], False),
            (tally.sales_lenders, state.lenders.recalled, True), (tally.sales_facilities, funds.called, True)):
        if not own.any():
            continue
        weight = weight + own
        bound = np.floor(rest * np.minimum(1.0, _ratio(weight, funds.owed, 0.0)))
        sales[:] += bound - shared
        if is_forced:
            tally.forced_sales[:] += bound - shared
        shared = bound
    tally.sales_ordinary[:] += rest - shared
