"""Specifications of the page's charts, each for a wide and for a narrow screen; data and words come from outside."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

Spec: TypeAlias = dict[str, Any]
COLOURS = ("#3f84c6", "#d27d1f", "#2f9e77", "#c4525a", "#9270c0", "#8a8a3a", "#3fa3b5", "#b0629a", "#7f7f7f", "#a67c52")
"""Seen on white and on black alike: contrast of three to one at least with both."""
RED, AMBER = "#d0413c", "#d9922e"
_INK = "currentColor"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


class Screen(NamedTuple):
    """How wide a chart is drawn, and how long a label may be."""

    width: int
    is_narrow: bool


WIDE, NARROW = Screen(700, False), Screen(330, True)


class Range(NamedTuple):
    """A row of a chart of ranges; ends are None where the sample cannot give them."""

    label: str
    group: str
    estimate: float
    lower: float | None
    upper: float | None
    text: str
    model_low: float | None = None
    model_high: float | None = None


def ranges(rows: Sequence[Range], screen: Screen, number: str, axis: str = "") -> Spec:
    """Estimates with intervals, a row each, groups side by side; `number` is the format of the axis."""
    groups = list(dict.fromkeys(row.group for row in rows))
    x = {"type": "quantitative", "axis": _bottom(number, axis, screen), "scale": {"nice": True}}
    offset = {"yOffset": {"field": "group", "sort": groups}} if len(groups) > 1 else {}
    colour = {"color": _colours("group", groups, len(groups) > 1)}
    y = {"y": _rows("label", list(dict.fromkeys(row.label for row in rows)), screen)}
    values = [row._asdict() for row in rows]
    layer: list[Spec] = [
        {"mark": {"type": "rule", "color": _INK, "opacity": 0.5}, "encoding": {"x": {"datum": 0}}},
        {"mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.55},
         "encoding": {"x": {"field": "lower", **x}, "x2": {"field": "upper"}, **y, **offset, **colour}},
        {"mark": {"type": "rule", "strokeWidth": 1.5, "strokeDash": [3, 3]},
         "encoding": {"x": {"field": "model_low", **x}, "x2": {"field": "model_high"}, **y, **offset, **colour}},
        {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
         "encoding": {"x": {"field": "estimate", **x}, **y, **offset, **colour}},
        {"mark": {"type": "text", "dy": -10, "fontSize": 12, "color": _INK},
         "encoding": {"x": {"field": "estimate", **x}, **y, **offset, "text": {"field": "text"}}},
    ]
    step = (34 if not screen.is_narrow else 26) * max(len(groups), 1) + (22 if screen.is_narrow else 4)
    return _chart({"data": {"values": values}, "layer": layer, "width": _inner(screen, rows), "height": {"step": step}},
                  screen)


def stacks(rows: Sequence[Spec], items: Sequence[str], screen: Screen, axis: str, number: str = ",.3~g") -> Spec:
    """Bars of `value` by `label`, stacked by `item` in the order of `items`; left of zero what is negative."""
    labels = list(dict.fromkeys(str(row["label"]) for row in rows))
    chart = {
        "data": {"values": [row | {"order": items.index(str(row["item"]))} for row in rows]},
        "mark": {"type": "bar", "height": {"band": 0.72} if not screen.is_narrow else 14},
        "encoding": {"y": _rows("label", labels, screen),
                     "x": {"field": "value", "type": "quantitative", "stack": True,
                           "axis": _bottom(number, axis, screen)},
                     "order": {"field": "order"}, "color": _colours("item", list(items), True)},
        "width": screen.width if screen.is_narrow else screen.width - 190,
        "height": {"step": 40 if screen.is_narrow else 30},
    }
    return _chart(chart, screen)


def lines(rows: Sequence[Spec], groups: Sequence[str], screen: Screen, x: Spec, y: Spec, rules: Sequence[Spec] = (),
          height: int = 240) -> Spec:
    """Lines of `y` over `x` by `group`, in the shade from `low` to `high`; `rules` are layers that lie on top."""
    colour = _colours("group", list(groups), len(groups) > 1)
    bottom = {"field": "x", "type": "quantitative", **x, "axis": _bottom("", "", screen) | x.get("axis", {})}
    left = {"type": "quantitative", **y, "axis": _left(screen) | y.get("axis", {})}
    layer = [
        {"mark": {"type": "area", "opacity": 0.22, "interpolate": "step-after" if x.get("is_step") else "linear"},
         "encoding": {"x": bottom, "y": {"field": "low", **left}, "y2": {"field": "high"}, "color": colour}},
        {"mark": {"type": "line", "strokeWidth": 2, "interpolate": "step-after" if x.get("is_step") else "linear"},
         "encoding": {"x": bottom, "y": {"field": "y", **left}, "color": colour}},
        *rules,
    ]
    for one in layer[:2]:
        one["encoding"]["x"] = {key: value for key, value in bottom.items() if key != "is_step"}
    return _chart({"data": {"values": list(rows)}, "layer": layer, "width": screen.width - 60, "height": height}, screen)


def ticks(values: Sequence[float], title: str) -> list[Spec]:
    """Ticks on the horizontal axis."""
    return [{"data": {"values": [{"x": value} for value in values]},
             "mark": {"type": "tick", "thickness": 3, "size": 16, "color": _INK, "opacity": 0.8, "yOffset": -8},
             "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": {"value": "height"},
                          "description": {"value": title}}}]


def level(value: float, text: str, screen: Screen) -> list[Spec]:
    """A dashed horizontal line with its words."""
    return [{"data": {"values": [{"y": value, "text": text}]},
             "layer": [{"mark": {"type": "rule", "strokeDash": [5, 4], "color": _INK, "opacity": 0.7},
                        "encoding": {"y": {"field": "y", "type": "quantitative"}}},
                       {"mark": {"type": "text", "align": "right", "dy": -6, "fontSize": 12, "color": _INK},
                        "encoding": {"y": {"field": "y", "type": "quantitative"}, "x": {"value": screen.width - 64},
                                     "text": {"field": "text"}}}]}]


def timeline(days: Sequence[Spec], marks: Sequence[Spec], words: Sequence[str], screen: Screen, axis: str) -> Spec:
    """`y` by `date` on a logarithmic scale, over bars from `first` to `last` coloured by `state`, one of two words."""
    when = {"type": "temporal", "axis": {**_bottom("%Y", "", screen), "tickCount": 5 if screen.is_narrow else 10}}
    bars = {"data": {"values": list(marks)}, "mark": {"type": "rect", "opacity": 0.55},
            "encoding": {"x": {"field": "first", **when}, "x2": {"field": "last"}, "y": {"value": 0},
                         "y2": {"value": 260}, "color": {
                             "field": "state", "type": "nominal", "sort": list(words), "legend": _legend(),
                             "scale": {"domain": list(words), "range": [RED, AMBER]}, "title": None}}}
    line = {"data": {"values": list(days)}, "mark": {"type": "line", "strokeWidth": 1.3, "color": _INK},
            "encoding": {"x": {"field": "date", **when},
                         "y": {"field": "y", "type": "quantitative", "scale": {"type": "log", "zero": False},
                               "axis": _left(screen) | {"title": axis, "format": ",.0f"}}}}
    return _chart({"layer": [bars, line], "width": screen.width - 60, "height": 260}, screen)


def _inner(screen: Screen, rows: Sequence[Range]) -> int:
    """The room that long labels leave."""
    longest = min(max(sum(2 if ord(letter) > 0x2E80 else 1 for letter in row.label) for row in rows), 48)
    return screen.width if screen.is_narrow else screen.width - 7 * longest - 14


def _rows(field: str, labels: list[str], screen: Screen) -> Spec:
    """Labels to the left; above the row where there is no room."""
    axis: Spec = {"title": None, "ticks": False, "domain": False, "labelLimit": 340}
    if screen.is_narrow:
        axis |= {"labelAlign": "left", "labelPadding": 0, "labelOffset": -17, "labelLimit": screen.width,
                 "offset": 0, "zindex": 1}
    return {"field": field, "type": "nominal", "sort": labels, "axis": axis}


def _bottom(number: str, title: str, screen: Screen) -> Spec:
    return {"format": number or ",~g", "title": title or None, "tickCount": 4 if screen.is_narrow else 7, "grid": True,
            "labelOverlap": True}


def _left(screen: Screen) -> Spec:
    return {"title": None, "tickCount": 5, "grid": True, "titleAlign": "left", "titleAngle": 0, "titleX": -40,
            "titleY": -10, "titleAnchor": "start"}


def _colours(field: str, names: list[str], has_legend: bool) -> Spec:
    colours = [COLOURS[n % len(COLOURS)] for n in range(len(names))]
    return {"field": field, "type": "nominal", "sort": names, "scale": {"domain": names, "range": colours},
            "legend": _legend() if has_legend else None, "title": None}


def _legend() -> Spec:
    return {"orient": "top", "direction": "horizontal", "labelLimit": 200, "symbolType": "square"}


def _chart(chart: Spec, screen: Screen) -> Spec:
    ink = {"labelColor": _INK, "titleColor": _INK, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    return {"$schema": _SCHEMA, "background": None, "padding": 4, **chart, "config": {
        "aria": False, "font": "system-ui, sans-serif", "view": {"stroke": None},
        "axis": ink | {"domainColor": _INK, "tickColor": _INK, "gridColor": _INK, "gridOpacity": 0.15},
        "legend": ink | {"columns": 2 if screen.is_narrow else 4, "rowPadding": 2, "columnPadding": 14},
        "text": {"color": _INK}}}
