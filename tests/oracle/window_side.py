"""Step 13 of docs/model.md: windows of stress, and what happened in them."""

from oracle.judging_side import episodes
from oracle.state import Path
from oracle.state_funds import Fund


def watch(path: Path, t: int) -> None:
    """What stands at the close of day t."""
    judge = path.judge
    if judge.finds_windows:
        closes = [*judge.index_history, *path.index_closes[len(path.index_closes) - t :]]
        high = max(closes[-len(judge.index_history) - 1 :])
        is_breach = path.gauge.at_least(1.0 - closes[-1] / high, judge.window_drawdown - 1e-9)
        before = judge.ages[-1] if judge.ages else judge.age_open
        judge.ages.append(0.0 if is_breach else before + 1.0)
    of_all = 0.0
    for fund in path.funds:
        fund.totals.append((fund.forced_sales, fund.fire_sale_cost, fund.days_under_pressure))
        held = sum(units for units, asset in zip(fund.units, path.assets, strict=True) if asset.is_technology)
        fund.technology.append(held)
        fund.sales_by_day.append(fund.sales_today)
        fund.sales_today = {}
        of_all += fund.count * held
    judge.technology.append(of_all)
    for asset in path.assets:
        asset.calms.append(asset.calm)
        asset.closes.append(asset.close)


def windows(path: Path) -> list[range]:
    """Positions of the days of each window, by day - 1."""
    return episodes([age <= path.judge.window_days for age in path.judge.ages])


def added(fund: Fund, path: Path, column: int) -> int | None:
    """What the days of all windows added to a total; None without a window."""
    if not windows(path):
        return None
    totals = [0, *(day[column] for day in fund.totals)]
    return sum(totals[i + 1] - totals[i] for days in windows(path) for i in days)


def kept(path: Path, technology: list[float], opened: float) -> dict[str, float | None]:
    """Technology kept at the end of the last window, and some time after it."""
    found = windows(path)
    end = found[-1].stop - 1 if found and opened > 0.0 else None
    # a window that reaches the horizon has its end there, or was cut
    is_whole = end is not None and path.judge.ages[end] == path.judge.window_days
    later = end + path.judge.after_window_days if end is not None and is_whole else len(technology)
    path.gauge.fire("window ends", is_whole)
    path.gauge.fire("window cut", end is not None and not is_whole)
    return {"technology_kept_window_end": None if end is None else technology[end] / opened,
            "technology_kept_after_window": technology[later] / opened if later < len(technology) else None}


def opened(path: Path, fund: Fund) -> float:
    """Units of technology assets at the opening."""
    return sum(units for units, asset in zip(fund.units_open, path.assets, strict=True) if asset.is_technology)


def fund_outcomes(path: Path, fund: Fund) -> dict[str, float | int | None]:
    """Of one fund."""
    return {"forced_sales_in_window": added(fund, path, 0), "fire_sale_cost_in_window": added(fund, path, 1),
            "pressure_days_in_window": added(fund, path, 2), **kept(path, fund.technology, opened(path, fund))}


def outcomes(path: Path) -> dict[str, float | int | bool | None]:
    """Of the path."""
    found = windows(path)
    path.gauge.fire("several windows", len(found) > 1)
    every = sum(fund.count * opened(path, fund) for fund in path.funds)

    def total(column: int, funds: list[Fund]) -> int | None:
        return sum(fund.count * (added(fund, path, column) or 0) for fund in funds) if found else None

    return {
        "n_windows": len(found), "days_in_windows": sum(len(days) for days in found),
        "first_window_day": found[0].start + 1 if found else None, "last_window_day": found[-1].stop if found else None,
        "is_window_cut": bool(found) and found[-1].stop == len(path.judge.ages),
        "forced_sales_in_window": total(0, path.funds),
        "forced_sales_in_window_eligible": total(0, [fund for fund in path.funds if fund.is_admissible]),
        "fire_sale_cost_in_window": total(1, path.funds), **kept(path, path.judge.technology, every),
    }
