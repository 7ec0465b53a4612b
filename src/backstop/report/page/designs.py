"""Chapters of designs: what `sweep` and `optimise` answered, from the folders they wrote."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backstop.report.amounts import BILLION
from backstop.report.language.numbers import range_text, value_text
from backstop.report.page.charts import Range, ranges, scatter
from backstop.report.page.others import metric_name
from backstop.report.page.subject import Chapter, Subject

_MOST_DESIGNS = 200
_MOST_BEST = 12


def frontier(subject: Subject) -> Chapter | None:
    """Designs by their first two objectives."""
    told = subject.others.get("sweep")
    if told is None:
        return None
    texts, wanted = subject.texts, told["objectives"]
    if len(wanted) < 2:
        return Chapter("frontier", texts("frontier.heading"), [texts("frontier.one", designs=len(told["designs"]) - 1)])
    designs = [one for one in told["designs"] if all(one[_column(axis)] is not None for axis in wanted[:2])]
    words = (texts("frontier.on"), texts("frontier.off"))
    rows = [{"x": _value(one, wanted[1]), "y": _value(one, wanted[0]), "text": one["design"],
             "group": words[0] if one["is_on_frontier"] else words[1]} for one in designs]
    axes = [(_title(subject, axis), axis["unit"]) for axis in wanted[:2]]
    head = [texts("column.design"), *(title for title, _ in axes), texts("column.chance_on")]
    body = [list(_design(subject, one, wanted[:2])) for one in designs[:_MOST_DESIGNS]]
    figure = subject.figure("frontier", texts("frontier.alt"), lambda screen: scatter(
        rows, words, screen, axes[1], axes[0]), head, body)
    return Chapter("frontier", texts("frontier.heading"), [texts("frontier.lead", designs=len(designs) - 1)], [figure])


def _column(axis: Mapping[str, Any]) -> str:
    """Of an objective: a metric, or one over another."""
    return f"{axis['metric']}/{axis['over']}" if axis.get("over") else str(axis["metric"])


def _title(subject: Subject, axis: Mapping[str, Any]) -> str:
    one = metric_name(subject, axis["metric"])
    if not axis.get("over"):
        return one
    key = "best.per_billion" if _scale(axis) == BILLION else "best.per"
    return subject.texts(key, one=one, other=metric_name(subject, axis["over"]))


def _scale(axis: Mapping[str, Any]) -> float:
    """What a value is shown for: a billion where it is over money."""
    return BILLION if axis.get("over_unit") == "currency" else 1.0


def _value(one: Mapping[str, Any], axis: Mapping[str, Any], end: str = "") -> float | None:
    """Of a design, or an `end` of the value's interval."""
    value = one[_column(axis) + end]
    return None if value is None else float(value) * _scale(axis)


def _design(subject: Subject, one: Mapping[str, Any], axes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield one["design"]
    yield from (value_text(_value(one, axis), axis["unit"], subject.texts) for axis in axes)
    yield value_text(one["chance_of_frontier"], "frac", subject.texts)


def best(subject: Subject) -> Chapter | None:
    """Designs that may be the best within limits, the likeliest first, and which limit binds."""
    told = subject.others.get("optimise")
    if told is None:
        return None
    texts, axis = subject.texts, told["objectives"][0]
    left = sorted((one for one in told["designs"] if one["stands"]), key=lambda one: -one["chance_of_best"])
    sentences = list(_said(subject, told, axis, len(left)))
    shown = [one for one in left if _value(one, axis) is not None][:_MOST_BEST]
    if not shown:
        return Chapter("best", texts("best.heading"), sentences, [])
    rows = [_range(subject, one, axis) for one in shown]
    head = [texts("column.design"), *told["vary"], _title(subject, axis), texts("column.interval"),
            texts("column.chance_best")]
    body = [list(_row(subject, one, axis, told["vary"])) for one in shown]
    figure = subject.figure("best", texts("best.alt"), lambda screen: ranges(
        rows, screen, ".2%" if axis["unit"] == "frac" else ",.3~s"), head, body)
    return Chapter("best", texts("best.heading"), sentences, [figure])


def _said(subject: Subject, told: Mapping[str, Any], axis: Mapping[str, Any], n_left: int) -> Iterator[str]:
    texts, n_designs = subject.texts, len(told["designs"]) - 1
    yield texts("best.lead", objective=_title(subject, axis), designs=f"{n_designs:,}", paths=f"{told['n_paths']:,}")
    if n_left:
        yield texts("best.left", left=f"{n_left:,}", likely=f"{len(told['likely_best']):,}")
    else:
        yield texts("best.none_left")
    for limit, found in zip(told["limits"], told["budgets"], strict=True):
        yield texts("best.limit", limit=limit, binds=value_text(found["binds"], "frac", texts))


def _range(subject: Subject, one: Mapping[str, Any], axis: Mapping[str, Any]) -> Range:
    value = _value(one, axis)
    assert value is not None
    return Range(one["design"], "", value, _value(one, axis, "_lower"), _value(one, axis, "_upper"),
                 value_text(value, axis["unit"], subject.texts))


def _row(subject: Subject, one: Mapping[str, Any], axis: Mapping[str, Any], keys: Sequence[str]) -> Iterator[str]:
    yield one["design"]
    yield from ("" if one[key] is None else str(one[key]) for key in keys)
    yield value_text(_value(one, axis), axis["unit"], subject.texts)
    yield range_text(_value(one, axis, "_lower"), _value(one, axis, "_upper"), axis["unit"], subject.texts)
    yield value_text(one["chance_of_best"], "frac", subject.texts)
