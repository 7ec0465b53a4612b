"""Step 13 of docs/model.md: what triggers are judged by."""

import math
from itertools import pairwise

from oracle.state import Path
from oracle.state_funds import Fund


def note_use(path: Path, t: int) -> None:
    """Step 7: whom the day's injections reach."""
    for fund in path.funds:
        if fund.injection > 0:
            path.judge.first_cash_day = path.judge.first_cash_day or t
            own = max(fund.cash - fund.injection - fund.buffer, 0.0)
            lacking = max(0.0, fund.due - max(0.0, own - fund.recalled))
            to_leavers = math.floor(min(fund.injection, lacking))
            fund.injected_to_leavers += to_leavers
            path.gauge.fire("leavers paid", to_leavers > 0)
            if not path.gauge.at_least(fund.navps, fund.nav_floor):
                fund.injected_below_floor += fund.injection


def judge_day(path: Path, t: int) -> None:
    """Distress of the day, and whether the system is on."""
    distressed = [fund for fund in path.funds if is_in_distress(path, fund)]
    value = sum(fund.assets for fund in distressed)
    path.judge.distress.append(value >= path.judge.material_assets)
    active = [facility.system_key for facility in path.facilities if facility.system_key.is_active]
    path.judge.on.append(bool(active))
    if active and path.judge.first_breach_day is None:
        path.judge.first_breach_day = min(t - key.decision_lag - (key.entry_days - 1) for key in active)


def is_in_distress(path: Path, fund: Fund) -> bool:
    """Material sales, or arrears."""
    sold = fund.forced_sales - fund.sold_before
    fund.sold_before = fund.forced_sales
    is_distressed = path.gauge.covers(sold, fund.material_sale) if sold > 0 else False
    is_distressed |= fund.unpaid_days > 1
    fund.distress_days += is_distressed
    path.gauge.fire("distress", is_distressed)
    return is_distressed


def episodes(ahead: list[bool]) -> list[range]:
    """Positions of the runs of days that are True."""
    edges = [i for i, (a, b) in enumerate(pairwise([False, *ahead, False])) if a != b]
    return [range(first, last) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def trough_day(path: Path) -> int | None:
    """Day of the index's deepest fall from its high, up to the horizon after the first activation."""
    last = math.inf if True not in path.judge.on else path.judge.on.index(True) + 1 + path.judge.horizon_days
    high, deepest, day = 1.0, 0.0, None
    closes = path.index_closes[len(path.index_closes) - len(path.judge.on) :]
    for t, close in enumerate(closes, start=1):
        high = max(high, close)
        fall = 1.0 - close / high
        path.gauge.note_near(t <= last and 0.0 < abs(fall - deepest) < 1e-9)
        if fall > deepest and t <= last:
            deepest, day = fall, t
    return day


def outcomes(path: Path) -> dict[str, int | None]:
    """Outcomes of a path that judge its triggers."""
    judge, ahead = path.judge, path.judge.ahead
    starts = [t for t, (before, today) in enumerate(pairwise([False, *judge.on])) if today and not before]
    found = episodes(ahead)
    missed = sum(not any(judge.on[i] for i in days) for days in found)
    quiet = [on for on, is_ahead in zip(judge.on, ahead, strict=True) if not is_ahead] if ahead else []
    false = sum(not ahead[i] for i in starts) if ahead else 0
    path.gauge.fire("false activation", false > 0)
    path.gauge.fire("missed episode", missed > 0)
    return {
        "n_activations": len(starts), "n_false_activations": false, "n_episodes": len(found),
        "n_missed_episodes": missed, "quiet_days": len(quiet), "false_days": sum(quiet),
        "first_breach_day": judge.first_breach_day, "first_cash_day": judge.first_cash_day,
        "trough_day": trough_day(path),
    }
