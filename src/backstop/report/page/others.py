"""Answers that other commands wrote into folders, and the chapters of history, reverse and sensitivity."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from backstop.errors import ConfigError
from backstop.report.language.numbers import range_text, scale_of, value_text
from backstop.report.page.charts import Range, Screen, Spec, ranges, stacks
from backstop.report.page.subject import Chapter, Figure, Subject
from backstop.runs.files import read_bounded

ANSWERS = ("history", "reverse", "sweep", "optimise", "sensitivity")
"""Commands whose answer, ``<command>.json`` of its folder, has a chapter."""
_MOST_ASSUMPTIONS = 12
_EPISODE = ("episode", "arm", "peak", "fall", "decision", "cash", "paid", "averted")


def answers_in(folders: Sequence[Path]) -> dict[str, Any]:
    """Answers by command.

    Raises
    ------
    ConfigError
        A folder has none.
    """
    found: dict[str, Any] = {}
    for folder in folders:
        there = [name for name in ANSWERS if (folder / f"{name}.json").is_file()]
        if not there:
            raise ConfigError([f"{folder}: holds no answer of {', '.join(ANSWERS)}; make one, say by `backstop history "
                               f"CONFIG -o {folder}`"])
        for name in there:
            found[name] = _read(folder / f"{name}.json")
    return found


def _read(file: Path) -> Any:
    try:
        return json.loads(read_bounded(file))
    except (OSError, ValueError) as error:
        raise ConfigError([f"{file}: is no answer of ours ({error}); make it again"]) from None


def history(subject: Subject) -> Chapter | None:
    """What would have been paid in each episode of the real history."""
    told = subject.others.get("history")
    if told is None:
        return None
    texts, rows = subject.texts, told["rows"]
    scale, unit = scale_of(max((_paid(row) for row in rows), default=0.0), texts, told["currency"])
    many = len({(row["design"], row["arm"]) for row in rows}) > 1
    bars = [{"label": row["episode"], "item": _named(row, many), "value": _paid(row) / scale} for row in rows]
    items = list(dict.fromkeys(bar["item"] for bar in bars))
    head, body = [texts(f"column.{name}") for name in _EPISODE], [list(_episode(subject, row, many)) for row in rows]
    figure = subject.figure("history", texts("history.alt"), lambda screen: stacks(
        bars, items, screen, texts("history.axis", unit=unit)), head, body)
    sentences = [texts("history.lead", first=told["first"], last=told["last"])]
    sentences += [texts("history.burn", arm=_named(burn, many), fired=burn["n_fired"], episodes=burn["n_episodes"],
                        paid=value_text(burn["paid"], "currency", texts)) for burn in told["burn"]]
    return Chapter("history", texts("history.heading"), sentences, [figure])


def _named(row: Mapping[str, Any], many: bool) -> str:
    return f"{row['design']} {row['arm']}" if many else str(row["arm"])


def _paid(row: Mapping[str, Any]) -> float:
    return float(row["figures"]["paid"]["value"])


def _episode(subject: Subject, row: Mapping[str, Any], many: bool) -> Iterator[str]:
    yield from (row["episode"], _named(row, many), row["peak"], value_text(row["index_loss"], "frac", subject.texts))
    yield from (when["date"] if when else "-" for when in (row["decision"], row["cash"]))
    money = (row["figures"][name]["value"] for name in ("paid", "sales_averted"))
    yield from (value_text(value, "currency", subject.texts) for value in money)


def broken(subject: Subject) -> Chapter | None:
    """How often it fails, and by which paths."""
    told = subject.others.get("reverse")
    if told is None:
        return None
    texts = subject.texts
    rows = [_chance(subject, one, told["arm"]) for one in told["broken"]]
    head = [texts(f"column.{name}") for name in ("failure", "scenario", "path", "likelier")]
    body = [[one["meaning"], found["kind"], str(found["path"]), value_text(found["likelihood_rank"], "frac", texts)]
            for one in told["broken"] for found in one["scenarios"]]
    figure = subject.figure("broken", texts("broken.alt"), lambda screen: ranges(rows, screen, ".1%"), head, body)
    return Chapter("broken", texts("broken.heading"), [texts("broken.lead", paths=f"{told['n_paths']:,}")], [figure])


def _chance(subject: Subject, one: Mapping[str, Any], arm: str) -> Range:
    chance = one["chance"]
    return Range(one["meaning"], arm, chance["value"], chance["lower"], chance["upper"],
                 value_text(chance["value"], "frac", subject.texts))


def metric_name(subject: Subject, metric: str) -> str:
    """As the summary's screen calls it, else by its key."""
    key = next((key for key in (f"metric.{metric}_mean", f"metric.{metric}_ratio", f"metric.{metric}_prob")
                if key in subject.texts), None)
    return metric if key is None else subject.texts(key)


def tornado(subject: Subject) -> Chapter | None:
    """The assumptions that move the headline most, each by itself."""
    told = subject.others.get("sensitivity")
    if told is None:
        return None
    texts, unit = subject.texts, told["headline"]["unit"]
    keys = list(dict.fromkeys(one["key"] for one in told["moved"]))[:_MOST_ASSUMPTIONS]
    moved = [one for one in told["moved"] if one["key"] in keys]
    rows = [_move(subject, one, unit) for one in moved]
    head = [texts(f"column.{name}") for name in ("number", "moved_to", "estimate", "interval")]
    body = [[one["key"], f"{one['value']:g}", value_text(one["effect"]["value"], unit, texts),
             range_text(one["effect"]["lower"], one["effect"]["upper"], unit, texts)] for one in moved]
    turning = sorted({one["key"] for one in told["moved"] if one["turns"]})
    sentences = [texts("tornado.lead", headline=metric_name(subject, told["headline"]["metric"]), numbers=len(
        {one["key"] for one in told["moved"]})), texts("tornado.turns", keys=", ".join(turning)) if turning
        else texts("tornado.none_turns")]
    return Chapter("tornado", texts("tornado.heading"), sentences, [_tornado(subject, rows, unit, head, body)])


def _move(subject: Subject, one: Mapping[str, Any], unit: str) -> Range:
    effect = one["effect"]
    return Range(one["key"], subject.texts(f"tornado.{one['side']}"), effect["value"], effect["lower"], effect["upper"],
                 value_text(effect["value"], unit, subject.texts))


def _tornado(subject: Subject, rows: Sequence[Range], unit: str, head: Sequence[str], body: Sequence[Sequence[str]]
             ) -> Figure:
    def spec(screen: Screen) -> Spec:
        return ranges(rows, screen, ".1%" if unit == "frac" else ",.3~s")

    return subject.figure("tornado", subject.texts("tornado.alt"), spec, head, body)
