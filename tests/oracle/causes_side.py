"""Parts of steps 4, 8 and 9 of docs/model.md: what money is owed for, and what was sold for it."""

import math

from oracle.state import Path
from oracle.state_funds import Fund

REQUESTED = ("stressed", "gains")
"""Causes of requests that are kept apart; what is left of a total is ordinary."""


def fall_due(fund: Fund, t: int) -> None:
    """Step 4: what is due by cause."""
    left = float(fund.due)
    passed = fund.due / fund.ripe if fund.ripe > 0 else 0.0
    for cause in REQUESTED:
        fund.overdue_by_cause[cause] += fund.queue_by_cause[cause].pop(t, 0.0)
        fund.due_by_cause[cause] = min(fund.overdue_by_cause[cause] * fund.exit_price * passed, left)
        left -= fund.due_by_cause[cause]


def look_ahead(fund: Fund, t: int, ahead_uncut: float) -> None:
    """Step 4: what is ahead by cause; `ahead_uncut` is before gates cut it to `fund.ahead`."""
    held = 1.0 - fund.due / fund.ripe if fund.ripe > 0 else 0.0
    days = range(t + 1, t + fund.ahead_days + 1)
    for cause in REQUESTED:
        queued = math.fsum(fund.queue_by_cause[cause].get(day, 0.0) for day in days)
        of_cause = fund.overdue_by_cause[cause] * fund.exit_price * held + max(fund.navps, 0.0) * queued
        share = min(1.0, max(0.0, of_cause) / ahead_uncut) if ahead_uncut > 0.0 else 0.0
        fund.ahead_by_cause[cause] = fund.ahead * share


def set_aside(path: Path, fund: Fund) -> None:
    """Step 4: new money pays ordinary dues."""
    ordinary = fund.due - sum(fund.due_by_cause.values())
    fund.netted = min(math.floor(ordinary), fund.inflow)
    fund.cash -= fund.netted
    fund.due -= fund.netted
    path.gauge.fire("new money pays leavers", fund.netted > 0)
    path.gauge.fire("stressed dues", fund.due_by_cause["stressed"] >= 1.0)
    path.gauge.fire("gains taken", fund.due_by_cause["gains"] >= 1.0)


def release(fund: Fund) -> None:
    """Step 9, before leavers are paid."""
    fund.cash += fund.netted
    fund.due += fund.netted


def pay(fund: Fund) -> None:
    """Step 9: what is left of each cause."""
    beyond = fund.due - fund.netted
    part = (fund.paid - fund.netted) / beyond if beyond > 0 else 1.0
    passed = fund.due / fund.ripe if fund.ripe > 0 else 0.0
    for cause in REQUESTED:
        is_whole = fund.paid == fund.ripe
        fund.overdue_by_cause[cause] *= 0.0 if is_whole else 1.0 - part * passed
        if fund.ahead_days > 0:
            fund.ahead_by_cause[cause] += (1.0 - part) * fund.due_by_cause[cause]
        fund.due_by_cause[cause] = 0.0


def share_sales(path: Path, fund: Fund, gross: int) -> None:
    """Step 9: the sales of a round by cause."""
    owing = fund.due + fund.called + fund.recalled + fund.ahead
    pressed = min(math.floor(fund.planned), gross) if fund.raised > 0.0 else gross
    for_pressure = math.floor(pressed * fund.pressed_part)
    fund.sales["pressure"] += for_pressure
    fund.sales["solvency"] += pressed - for_pressure
    path.gauge.fire("sold for solvency", pressed > for_pressure)
    rest, weight, shared = gross - pressed, 0.0, 0
    weights = {cause: fund.due_by_cause[cause] + fund.ahead_by_cause[cause] for cause in REQUESTED}
    for cause, own in (weights | {"lenders": fund.recalled, "facilities": fund.called}).items():
        weight += own
        bound = math.floor(rest * min(1.0, weight / owing)) if owing > 0.0 else 0
        fund.sales[cause] += bound - shared
        path.gauge.fire(f"sold for {cause}", bound > shared)
        shared = bound
    fund.sales["ordinary"] += rest - shared
    path.gauge.fire("sold for leavers in any market", rest - shared > len(fund.units))
    path.gauge.fire("several causes", 0 < shared < rest)
