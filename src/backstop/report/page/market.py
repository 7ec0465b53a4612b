"""Chapters on days: the market and the pool day by day, the key on the real history, one path."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from backstop.answers.history.replays import prices_of
from backstop.answers.history.signals import KeySignals, key_signals
from backstop.config.facility.expressions import Condition, Expression, KOfN, parts_of
from backstop.config.facility.keys import Key
from backstop.config.study import NO_FACILITY
from backstop.errors import BackstopError
from backstop.market.data import PriceSeries
from backstop.report.amounts import percent
from backstop.report.language.numbers import scale_of
from backstop.report.page.charts import lines, timeline
from backstop.report.page.outcome import QUALITY, shares
from backstop.report.page.subject import Chapter, Figure, Subject
from backstop.runs.files import readable
from backstop.runs.trace import trace_path
from backstop.terms import ACTIVE, PENDING

_MOST_DAYS = 900
"""Points of a line: more are not seen."""


def daily(subject: Subject) -> Chapter | None:
    """The market that all arms face, and what is lent of the pool."""
    texts = subject.texts
    with readable(subject.directory.daily) as name:
        bands = pl.read_parquet(name, glob=False)
    index = bands.filter(metric="index_price", arm=NO_FACILITY)
    lent = bands.filter(pl.col("metric") == "utilisation", pl.col("arm").is_in(subject.arms))
    figures = [_band_figure(subject, "index", index)]
    if lent["p95"].max():
        figures.append(_band_figure(subject, "utilisation", lent))
    return Chapter("daily", texts("daily.heading"), [texts("daily.lead")], figures)


def _band_figure(subject: Subject, name: str, bands: pl.DataFrame) -> Figure:
    texts = subject.texts
    is_share = name == "utilisation"
    last = int(bands.get_column("day").to_numpy().max())
    every = max(last // 180, 1)
    rows = [{"x": row["day"], "y": row["mean"], "low": row["p05"], "high": row["p95"], "group": row["arm"]}
            for row in bands.filter(pl.col("day") % every == 0).iter_rows(named=True)]
    groups = list(dict.fromkeys(row["group"] for row in rows))
    axis = {"title": texts(f"daily.{name}"), "format": "~%" if is_share else "~g"}
    kept = bands.filter(pl.col("day") % max(last // 10, 1) == 0)
    body = [[str(row["day"]), row["arm"], *((percent(row[name]) if is_share else f"{row[name]:.3f}")
                                            for name in ("mean", "p05", "p95"))] for row in kept.iter_rows(named=True)]
    head = [texts("column.day"), texts("column.arm"), texts("daily.mean"), "5 %", "95 %"]
    return subject.figure(name, texts(f"daily.alt_{name}"), lambda screen: lines(
        rows, groups, screen, {"axis": {"title": texts("daily.axis_day")}},
        {"axis": axis, "scale": {"zero": is_share}}), head, body)


def triggers(subject: Subject) -> Chapter | None:
    """The system keys on the real history, their rules, and how good they are; None without a history."""
    config, texts = subject.config, subject.texts
    if config is None or not config.facilities:
        return None
    rules = [(texts("triggers.rule", facility=facility.name), list(_rules(subject, facility)))
             for facility in config.facilities]
    quality = list(shares(subject, "quality", QUALITY, texts("triggers.alt_quality")))
    series = index_prices(subject)
    if series is None:
        return Chapter("triggers", texts("triggers.heading"), [], quality, lists=rules)
    found = list(_keys(subject, series))
    said = [texts("triggers.lead", index=series.name, first=series.dates[0], last=series.dates[-1]),
            *(_times(subject, key) for key in found)]
    figures = [_timeline_figure(subject, series, key, number) for number, key in enumerate(found[:2])]
    return Chapter("triggers", texts("triggers.heading"), said, [*figures, *quality], lists=rules)


def index_prices(subject: Subject) -> PriceSeries | None:
    """Prices of the index, where the run rests on any that can still be read."""
    if subject.config is None:
        return None
    try:
        found = prices_of(subject.config, Path(str(subject.manifest["config_folder"])))
    except BackstopError:
        return None
    return found[subject.config.market.index][1]


def _keys(subject: Subject, series: PriceSeries) -> Iterator[KeySignals]:
    for facility in subject.config.facilities if subject.config else ():
        try:
            key = key_signals("", facility, series)
        except BackstopError:
            continue
        if key.readings:
            yield key


def _times(subject: Subject, key: KeySignals) -> str:
    days = int((key.phase == ACTIVE).sum())
    if not days:
        return subject.texts("triggers.never", facility=key.facility)
    return subject.texts("triggers.spells", facility=key.facility, times=len(key.spells), days=f"{len(key.phase):,}",
                         share=percent(days / len(key.phase)))


def _timeline_figure(subject: Subject, series: PriceSeries, key: KeySignals, number: int) -> Figure:
    texts = subject.texts
    words = (texts("triggers.red"), texts("triggers.amber"))
    every = max(len(series.dates) // _MOST_DAYS, 1)
    days = [{"date": str(day), "y": float(price)}
            for day, price in zip(series.dates[::every], np.asarray(series.prices)[::every], strict=True)]
    is_amber = (key.holds | (key.phase == PENDING)) & (key.phase != ACTIVE)
    marks = [{"first": str(key.dates[first]), "last": str(key.dates[last] + np.timedelta64(1, "D")), "state": word}
             for word, on in zip(words, (key.phase == ACTIVE, is_amber), strict=True) for first, last in _spans(on)]
    body = [[key.facility, str(key.dates[spell.breach]), str(key.dates[spell.first]), str(key.dates[spell.last]),
             str(spell.last - spell.first + 1)] for spell in key.spells]
    head = [texts(f"column.{name}") for name in ("key", "breach", "first", "last", "days")]
    return subject.figure(f"triggers{number}", texts("triggers.alt"), lambda screen: timeline(
        days, marks, words, screen, texts("triggers.axis")), head, body, f"{key.facility}: {texts('triggers.alt')}")


def _spans(on: Any) -> Iterator[tuple[int, int]]:
    """First and last position of each run of days that are on."""
    edges = np.diff(np.concatenate([[0], on.astype(int), [0]]))
    yield from zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True)


def _rules(subject: Subject, facility: Any) -> Iterator[str]:
    texts = subject.texts
    for name, key in (("system", facility.system_key), ("fund", facility.fund_key)):
        yield from (f"{texts(f'triggers.{name}')}: {line}" for line in _key_lines(subject, key) if key is not None)


def _key_lines(subject: Subject, key: "Key[Any] | None") -> Iterator[str]:
    if key is None:
        return
    texts = subject.texts
    if key.entry is None or key.exit is None:
        yield texts("triggers.by_hand")
        return
    yield texts("triggers.opens", days=key.persistence_days, rule=_rule(subject, key.entry), lag=key.decision_lag_days)
    yield texts("triggers.closes", days=key.exit_persistence_days, rule=_rule(subject, key.exit),
                cooldown=key.cooldown_days)


def _rule(subject: Subject, expression: "Expression[Any]") -> str:
    if isinstance(expression, Condition):
        window = "" if expression.window_days is None else f"({expression.window_days})"
        return f"{expression.signal}{window} {'≥' if expression.is_at_least else '≤'} {expression.threshold:g}"
    name = "some" if isinstance(expression, KOfN) else "all" if hasattr(expression, "all") else "any"
    said = subject.texts(f"triggers.{name}", k=getattr(expression, "k_of_n", ""))
    return f"{said} [{'; '.join(_rule(subject, part) for part in parts_of(expression))}]"


def one_path(subject: Subject) -> Chapter | None:
    """The path with the largest use of the pool, replayed; None where the config leads elsewhere by now."""
    arm = next(iter(subject.arms), None)
    if arm is None:
        return None
    use = subject.parts.arm_column("pool_peak_use", subject.manifest["arms"].index(arm))
    path = int(use.argmax())
    again = subject.again
    if again is None:
        return None
    request = again.request
    days = pl.DataFrame(pl.from_arrow(trace_path(request.terms, request.seed, path, request.market,
                                                 request.dates).days))
    texts = subject.texts
    close = days.filter(variable="prices.close", item=again.config.market.index).select("arm", "day", y="value")
    figures = [_path_figure(subject, "path_index", close, "~g", texts("path.index"), texts("path.alt_index"))]
    lent = _lent(days, request.terms.quantum)
    most = lent["y"].to_numpy().max()
    if most:
        scale, unit = scale_of(float(most), texts, subject.currency)
        figures.append(_path_figure(subject, "path_lent", lent.with_columns(pl.col("y") / scale), ",.4~r",
                                    texts("path.lent", unit=unit), texts("path.alt_lent")))
    return Chapter("path", texts("path.heading"), [texts("path.lead", path=f"{path:,}")], figures)


def _lent(days: pl.DataFrame, quantum: float) -> pl.DataFrame:
    """Cash out of the pool less cash back in, by day, of arms with a facility."""
    both = days.filter(pl.col("variable").is_in(["pool.cash_out", "pool.cash_in"]), pl.col("arm") != NO_FACILITY)
    signed = pl.when(pl.col("variable") == "pool.cash_out").then(1.0).otherwise(-1.0) * pl.col("value") * quantum
    return both.group_by("arm", "day", maintain_order=True).agg(y=signed.sum()).sort("arm", "day")


def _path_figure(subject: Subject, name: str, frame: pl.DataFrame, number: str, axis: str, said: str) -> Figure:
    texts = subject.texts
    rows = [{"x": row["day"], "y": row["y"], "low": row["y"], "high": row["y"], "group": row["arm"]}
            for row in frame.iter_rows(named=True)]
    groups = list(dict.fromkeys(row["group"] for row in rows))
    last = int(frame.get_column("day").to_numpy().max())
    kept = frame.filter(pl.col("day") % max(last // 10, 1) == 0)
    body = [[str(row["day"]), row["arm"], f"{row['y']:,.3g}"] for row in kept.iter_rows(named=True)]
    head = [texts("column.day"), texts("column.arm"), axis]
    return subject.figure(name, said, lambda screen: lines(
        rows, groups, screen, {"axis": {"title": texts("daily.axis_day")}},
        {"axis": {"title": axis, "format": number}, "scale": {"zero": False}}, height=180), head, body)
