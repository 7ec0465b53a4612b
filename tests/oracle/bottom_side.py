"""Step 13 of docs/model.md: sales near the bottom of windows, and what they would have brought later."""

import math

from oracle.state import Path
from oracle.state_funds import Fund
from oracle.window_side import windows


def bottom_cost(path: Path, fund: Fund) -> int | None:
    """What sales in windows brought less than a part of the mean price before."""
    judge, found = path.judge, windows(path)
    total = 0
    for days in found:
        first = max(0, days.start + 1 - judge.bottom_days)
        before = slice(first, days.start + 1)
        references = [math.fsum(asset.calms[before]) / len(asset.calms[before]) for asset in path.assets]
        for day in days:
            for j, (units, got) in fund.sales_by_day[day].items():
                total += max(0, math.floor(judge.bottom_frac * references[j] * units) - got)
    path.gauge.fire("sold near the bottom", total > 0)
    return total if found else None


def bottom_regret(path: Path, fund: Fund) -> int | None:
    """What the same units would be worth some time after a window, less what they brought."""
    judge, found = path.judge, windows(path)
    if not found:
        return None
    total, waiting = 0, []
    for number, days in enumerate(found):
        waiting += [fund.sales_by_day[day] for day in days]
        later = days.stop - 1 + judge.after_window_days
        is_followed = number + 1 < len(found) and found[number + 1].start <= later
        if is_followed:
            continue
        # a window that reaches the horizon is cut, or has no day after it
        if later >= len(judge.ages):
            return None
        for j, asset in enumerate(path.assets):
            units = math.fsum(sales[j][0] for sales in waiting if j in sales)
            total += math.floor(units * asset.closes[later + 1]) - sum(sales[j][1] for sales in waiting if j in sales)
        waiting = []
    path.gauge.fire("regretted", total != 0)
    return total


def fund_outcomes(path: Path, fund: Fund) -> dict[str, int | None]:
    """Of one fund."""
    if not path.judge.bottom_days:
        path.gauge.fire("bottoms not looked at", bool(windows(path)))
        return {"bottom_cost": None, "bottom_regret": None}
    return {"bottom_cost": bottom_cost(path, fund), "bottom_regret": bottom_regret(path, fund)}


def outcomes(path: Path) -> dict[str, int | None]:
    """Of all funds."""
    found = [(fund.count, fund_outcomes(path, fund)) for fund in path.funds]

    def total(name: str) -> int | None:
        if any(own[name] is None for _, own in found):
            return None
        return sum(count * (own[name] or 0) for count, own in found)

    return {name: total(name) for name in ("bottom_cost", "bottom_regret")}
