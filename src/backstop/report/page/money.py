"""Chapters on money: how large the pool must be, whose money is used, where funds find cash and where it goes."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from backstop.answers.samples import Column, Sample
from backstop.answers.sizing.curves import Aim, Curve, Point, from_peak_use
from backstop.answers.sizing.hanging import hanging_terms
from backstop.config.study import NO_FACILITY
from backstop.report.amounts import percent
from backstop.report.answer import REAL_USE, REAL_USE_SAID
from backstop.report.language.numbers import amount_text, range_text, scale_of
from backstop.report.page.charts import Screen, Spec, level, lines, stacks, ticks
from backstop.report.page.subject import Chapter, Figure, Subject

TARGET = 0.01
SOURCES = ("injected", "bank_lent", "compensation_paid", "subscribed", "sales_ordinary", "sales_gains",
           "sales_stressed", "sales_pressure", "sales_solvency", "sales_lenders", "sales_facilities")
USES = ("redemption_paid", "repaid", "interest_paid", "deleveraged", "bank_repaid", "premium_paid", "bought")
_MOST_POINTS = 160


def sizing(subject: Subject) -> Chapter | None:
    """The curve that peak use tells; None where another size would change it: terms hang on it, or it ran dry."""
    arm = next(iter(subject.arms), None)
    number = subject.manifest["arms"].index(arm) if arm else 0
    size = subject.parts.pool_sizes[number]
    use = subject.parts.arm_column("pool_peak_use", number)
    dry = np.isfinite(subject.parts.arm_column("first_dry_day", number)).any()
    if arm is None or size == 0.0 or dry or not use.any():
        return None
    if subject.again is None or hanging_terms(subject.again.request.terms.arms[number]):
        return None
    curves = list(_curves(subject, number, use, size))
    texts = subject.texts
    said = [texts("sizing.lead"), *(_advice(subject, curve, size) for curve in curves)]
    said.append(texts("sizing.real", list=REAL_USE_SAID))
    return Chapter("sizing", texts("sizing.heading"), said, [_sizing_figure(subject, curves, size)])


def _curves(subject: Subject, number: int, use: Any, size: float) -> Iterator[Curve]:
    parts = subject.parts
    active = parts.arm_column("days_active", number) > 0.0
    for given, chosen in (("crisis", active), ("all", np.ones_like(active))):
        sample = Column(np.where(chosen, use, np.nan), parts.weight, parts.group).sample
        if isinstance(sample, Sample):
            yield from_peak_use(sample, [size], Aim(given, None, TARGET, 1.0))


def _advice(subject: Subject, curve: Curve, size: float) -> str:
    texts = subject.texts
    given = texts(f"sizing.{curve.given}")
    given = given[:1].upper() + given[1:]
    if curve.size is None:
        return texts("sizing.unknown", given=given, target=percent(TARGET))
    return texts("sizing.advised", given=given, target=percent(TARGET), share=percent(curve.size / size),
                 size=f"{amount_text(curve.size, texts)} {subject.currency}")


def _sizing_figure(subject: Subject, curves: list[Curve], size: float) -> Figure:
    texts = subject.texts
    names = {curve.given: texts(f"sizing.{curve.given}") for curve in curves}
    floor = 0.5 / max(curve.n_paths for curve in curves)
    rows: list[dict[str, Any]] = [{"x": point.size / size, "y": max(point.p, floor), "low": max(point.lower, floor),
             "high": max(point.upper, floor), "group": names[curve.given]}
            for curve in curves for point in _thinned(curve)]
    largest = max(row["x"] for row in rows)
    shown = [share for share in REAL_USE.values() if share <= largest * 1.5] or [min(REAL_USE.values())]
    x = {"axis": {"format": ".0%", "title": texts("sizing.axis_size")}, "is_step": True,
         "scale": {"domain": [0, max(*shown, largest)], "clamp": True}}
    y = {"scale": {"type": "log", "domain": [floor, 1], "clamp": True},
         "axis": {"format": "~%", "title": texts("sizing.axis_chance"), "values": [1, 0.1, 0.01, 0.001, 0.0001]}}
    body = [[names[curve.given], amount_text(point.size, texts), percent(point.size / size), percent(point.p),
             range_text(point.lower, point.upper, "frac", texts)]
            for curve in curves for point in _thinned(curve, 12)]

    def spec(screen: Screen) -> Spec:
        marks = [*level(TARGET, texts("sizing.target", target=percent(TARGET)), screen),
                 *ticks([share for share in shown if share <= max(*shown, largest)], "")]
        return lines(rows, list(names.values()), screen, x, y, marks)

    head = [texts(f"column.{name}") for name in ("given", "size", "share", "chance", "band")]
    return subject.figure("sizing", texts("sizing.alt"), spec, head, body)


def _thinned(curve: Curve, most: int = _MOST_POINTS) -> list[Point]:
    """Points at even steps of the chance's rank, the ends included."""
    chosen = np.unique(np.linspace(0, len(curve.points) - 1, most).round().astype(int))
    return [curve.points[n] for n in chosen]


def use(subject: Subject) -> Chapter | None:
    """Use of the pool by arm, stacked by layer."""
    texts, rows = subject.texts, []
    found = [pair for arm in subject.arms for pair in _uses(subject, arm)]
    if not found:
        return None
    scale, unit = scale_of(max(sum(split) for _, split in found), texts, subject.currency)
    for label, split in found:
        rows += [{"label": label, "item": layer, "value": part / scale}
                 for layer, part in zip(subject.parts.layers, split, strict=True)]
    head = [texts("column.statistic"), *subject.parts.layers]
    body = [[label, *(amount_text(part, texts) for part in split)] for label, split in found]
    figure = subject.figure("use", texts("use.alt"), lambda screen: stacks(
        rows, subject.parts.layers, screen, texts("use.axis", unit=unit)), head, body)
    said = [texts("use.losses", loss=subject.shown(arm, "loss", "mean"),
                  taxpayer=subject.shown(arm, "loss_taxpayer", "mean")) for arm in subject.arms[:1]]
    return Chapter("use", texts("use.heading"), [texts("use.lead"), *said], [figure])


def _uses(subject: Subject, arm: str) -> Iterator[tuple[str, list[float]]]:
    """Of an arm whose pool has money: a row's label, and what each layer has of it."""
    number = subject.manifest["arms"].index(arm)
    pool = subject.parts.resolved["arms"][arm]["pool"]["layer_size"]["value"]
    sizes = np.array(pool) * subject.parts.resolved["quantum"]["value"]
    if not sizes.sum():
        return
    use = subject.parts.arm_column("pool_peak_use", number)
    prefix = f"{arm}: " if len(subject.arms) > 1 else ""
    below = np.concatenate([[0.0], np.cumsum(sizes)[:-1]])

    def split(peaks: Any) -> list[float]:
        shares = np.clip(np.atleast_1d(peaks)[:, None] - below, 0.0, sizes)
        return [float(part) for part in np.average(shares, axis=0, weights=_weights(subject, peaks))]

    yield prefix + subject.texts("use.mean"), split(use)
    for name in ("p95", "p99"):
        row = subject.row(arm, "pool_peak_use", name)
        if row is not None:
            yield prefix + subject.texts(f"use.{name}"), split(row.estimate)
    yield prefix + subject.texts("use.most"), split(use.max())
    yield prefix + subject.texts("use.pool"), [float(size) for size in sizes]


def _weights(subject: Subject, peaks: Any) -> Any:
    return subject.parts.weight if np.ndim(peaks) else None


def liquidity(subject: Subject) -> Chapter | None:
    """Sources and uses of cash by cohort, each arm beside its counterfactual, and what it changes."""
    texts, parts = subject.texts, subject.parts
    values = {name: _shares_of_assets(subject, name) for name in (*SOURCES, *USES)}
    items = [name for name in (*SOURCES, *USES) if np.abs(values[name]).max() > 1e-5]
    if not items:
        return None
    rows = [(fund, arm, name, float(values[name][parts.arms.index(arm), f]))
            for f, fund in enumerate(parts.funds) for arm in (NO_FACILITY, *subject.arms) for name in items]
    without = {arm: parts.counterfactuals[parts.arms.index(arm)] for arm in subject.arms}
    changes = [(fund, arm, name, value - float(values[name][without[arm], parts.funds.index(fund)]))
               for fund, arm, name, value in rows if arm != NO_FACILITY]
    figures = [_flows(subject, "liquidity", rows, items, texts("liquidity.alt"))]
    if any(abs(change) > 1e-6 for *_, change in changes):
        figures.append(_flows(subject, "change", changes, items, texts("liquidity.change")))
    return Chapter("liquidity", texts("liquidity.heading"), [texts("liquidity.lead", none=NO_FACILITY)], figures)


def _flows(subject: Subject, key: str, rows: list[tuple[str, str, str, float]], items: list[str], said: str) -> Figure:
    """Bars by cohort and arm: what comes in to the right, what goes out to the left."""
    texts = subject.texts
    names = {name: texts(f"liquidity.{name}") for name in items}
    sides = {name: texts("liquidity.use" if name in USES else "liquidity.source") for name in items}
    bars = [{"label": f"{fund} · {arm}", "item": names[name], "value": -value if name in USES else value}
            for fund, arm, name, value in rows]
    body = [[fund, arm, f"{sides[name]}: {names[name]}", percent(value)] for fund, arm, name, value in rows]
    head = [texts(f"column.{name}") for name in ("cohort", "arm", "item", "per_nav")]
    return subject.figure(key, said, lambda screen: stacks(bars, list(names.values()), screen, texts("liquidity.axis"),
                                                           "~%"), head, body)


def _shares_of_assets(subject: Subject, name: str) -> Any:
    """(A, F) mean over paths of a fund column, over the cohort's opening assets of one fund."""
    parts = subject.parts
    opening = parts.opening_assets / parts.counts * parts.resolved["quantum"]["value"]
    return np.average(parts.fund_column(name, slice(None)), axis=2, weights=parts.weight) / opening
