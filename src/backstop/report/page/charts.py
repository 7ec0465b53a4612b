"""Specifications of the page's charts, each for a wide and for a narrow screen; data and words come from outside."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

Spec: TypeAlias = dict[str, Any]
COLOURS = ("#3f84c6", "#d27d1f", "#2f9e77", "#c4525a", "#9270c0", "#8a8a3a", "#3fa3b5", "#b0629a", "#7f7f7f", "#a67c52")
"""Seen on white and on black alike: contrast of three to one at least with both."""
RED, AMBER = "#d0413c", "#d9922e"
INK = "currentColor"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


class Screen(NamedTuple):
    """How wide a chart is drawn, and whether a pointer may ask it for numbers."""

    width: int
    is_narrow: bool
    has_pointer: bool = False


_VALUES = 78
"""Room for what is written beside a row."""
SCREENS = {"wide": Screen(700, False), "narrow": Screen(330, True)}


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
    x = {"type": "quantitative", "axis": _bottom(number, axis, screen), "scale": {"domain": _around(rows)}}
    offset = {"yOffset": {"field": "group", "sort": groups}} if len(groups) > 1 else {}
    y = {"y": _rows("label", list(dict.fromkeys(row.label for row in rows)), screen), **offset}
    own = {**y, "color": _colours("group", groups, len(groups) > 1)}
    layer: list[Spec] = [
        {"mark": {"type": "rule", "color": INK, "opacity": 0.5}, "encoding": {"x": {"datum": 0}}},
        {"mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.55},
         "encoding": {"x": {"field": "lower", **x}, "x2": {"field": "upper"}, **own}},
        {"mark": {"type": "rule", "strokeWidth": 1.5, "strokeDash": [3, 3]},
         "encoding": {"x": {"field": "model_low", **x}, "x2": {"field": "model_high"}, **own}},
        {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1,
                  "tooltip": {"expr": "datum.label + ', ' + datum.group + ': ' + datum.text"}},
         "encoding": {"x": {"field": "estimate", **x}, **own}},
        {"mark": {"type": "text", "align": "left", "fontSize": 12, "color": INK},
         "encoding": {"x": {"value": screen.width - _VALUES + 10}, **y, "text": {"field": "text"}}},
    ]
    return _chart({"data": {"values": [row._asdict() for row in rows]}, "layer": layer,
                   "width": screen.width - _VALUES, "height": {"step": 24 + 20 * len(groups)}}, screen)


def _span(days: Sequence[Spec]) -> list[float]:
    levels = [float(day["y"]) for day in days]
    return [0.9 * min(levels), 1.1 * max(levels)]


def _around(rows: Sequence[Range]) -> list[float]:
    """From the least to the largest end, zero included, with some room."""
    ends = [0.0, *(end for row in rows for end in (row.estimate, row.lower, row.upper, row.model_low, row.model_high)
                   if end is not None)]
    low, high = min(ends), max(ends)
    room = 0.03 * (high - low) or 1.0
    return [low - room if low < 0.0 else 0.0, high + room if high > 0.0 else 0.0]


def stacks(rows: Sequence[Spec], items: Sequence[str], screen: Screen, axis: str, number: str = ",.3~r") -> Spec:
    """Bars of `value` by `label`, stacked by `item` in the order of `items`; left of zero what is negative."""
    labels = list(dict.fromkeys(str(row["label"]) for row in rows))
    chart = {
        "data": {"values": [row | {"order": items.index(str(row["item"]))} for row in rows]},
        "mark": {"type": "bar", "height": 14, "tooltip": {
            "expr": "datum.label + ', ' + datum.item + ': ' + format(datum.value, ',.3~r')"}},
        "encoding": {"y": _rows("label", labels, screen),
                     "x": {"field": "value", "type": "quantitative", "stack": True,
                           "axis": _bottom(number, axis, screen)},
                     "order": {"field": "order"}, "color": _colours("item", list(items), True)},
        "width": screen.width - 20, "height": {"step": 38},
    }
    return _chart(chart, screen)


def lines(rows: Sequence[Spec], groups: Sequence[str], screen: Screen, x: Spec, y: Spec, rules: Sequence[Spec] = (),
          height: int = 240) -> Spec:
    """Lines of `y` over `x` by `group`, in the shade from `low` to `high`; `rules` are layers that lie on top."""
    colour = _colours("group", list(groups), len(groups) > 1)
    shape = "step-after" if x.get("is_step") else "linear"
    bottom = {"field": "x", "type": "quantitative", "scale": x.get("scale", {"nice": False}),
              "axis": _bottom("", "", screen) | x.get("axis", {})}
    left = {"type": "quantitative", **y, "axis": _left(screen) | y.get("axis", {})}
    layer = [
        {"mark": {"type": "area", "opacity": 0.22, "interpolate": shape},
         "encoding": {"x": bottom, "y": {"field": "low", **left}, "y2": {"field": "high"}, "color": colour}},
        {"mark": {"type": "line", "strokeWidth": 2, "interpolate": shape},
         "encoding": {"x": bottom, "y": {"field": "y", **left}, "color": colour}},
        *([_nearest(bottom, left, colour)] if screen.has_pointer else ()),
        *rules,
    ]
    chart = {"data": {"values": list(rows)}, "layer": layer, "width": screen.width - 60, "height": height}
    return _chart(chart, screen)


def _nearest(x: Spec, y: Spec, colour: Spec) -> Spec:
    """The point of a line that is nearest to the pointer, with its numbers."""
    select = {"type": "point", "on": "pointerover", "nearest": True, "clear": "pointerout"}
    return {"params": [{"name": "near", "select": select}],
            "mark": {"type": "point", "filled": True, "size": 60, "tooltip": {
                "expr": "(datum.group ? datum.group + ', ' : '') + format(datum.x, ',.4~r') + ': ' "
                        "+ format(datum.y, ',.3~r')"}},
            "encoding": {"x": x, "y": {"field": "y", **y}, "color": colour,
                         "opacity": {"condition": {"param": "near", "empty": False, "value": 1}, "value": 0}}}


def scatter(rows: Sequence[Spec], words: Sequence[str], screen: Screen, x: tuple[str, str], y: tuple[str, str]) -> Spec:
    """Points `x` and `y` by `group`, one of `words`, named by `text`; axes are (title, unit)."""
    formats = {"frac": ".2~%", "currency": ".3~s"}
    bottom, left = ({"type": "quantitative", "scale": {"zero": False, "nice": True}} for _ in range(2))
    bottom |= {"field": "x", "axis": _bottom(formats.get(x[1], ",.4~r"), x[0], screen)}
    left |= {"field": "y", "axis": _left(screen) | {"title": y[0], "format": formats.get(y[1], ",.4~r")}}
    chart = {"data": {"values": list(rows)}, "mark": {
        "type": "point", "filled": True, "size": 60, "opacity": 0.8, "tooltip": {"expr": "datum.text"}},
        "encoding": {"x": bottom, "y": left, "color": _colours("group", list(words), True)},
        "width": screen.width - 60, "height": 260}
    return _chart(chart, screen)


def ticks(values: Sequence[float], title: str) -> list[Spec]:
    """Ticks on the horizontal axis."""
    return [{"data": {"values": [{"x": value} for value in values]},
             "mark": {"type": "tick", "thickness": 3, "size": 16, "color": INK, "opacity": 0.8, "yOffset": -8},
             "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": {"value": "height"},
                          "description": {"value": title}}}]


def level(value: float, text: str, screen: Screen) -> list[Spec]:
    """A dashed horizontal line with its words."""
    return [{"data": {"values": [{"y": value, "text": text}]},
             "layer": [{"mark": {"type": "rule", "strokeDash": [5, 4], "color": INK, "opacity": 0.7},
                        "encoding": {"y": {"field": "y", "type": "quantitative"}}},
                       {"mark": {"type": "text", "align": "right", "dy": -6, "fontSize": 12, "color": INK},
                        "encoding": {"y": {"field": "y", "type": "quantitative"}, "x": {"value": screen.width - 64},
                                     "text": {"field": "text"}}}]}]


def timeline(days: Sequence[Spec], marks: Sequence[Spec], words: Sequence[str], screen: Screen, axis: str) -> Spec:
    """`y` by `date` on a logarithmic scale, over bars from `first` to `last` coloured by `state`, one of two words."""
    when = {"type": "temporal", "axis": {**_bottom("%Y", "", screen), "tickCount": 5 if screen.is_narrow else 10}}
    bars = {"data": {"values": list(marks)}, "mark": {"type": "rect", "opacity": 0.55, "tooltip": {
        "expr": "datum.state + ', ' + timeFormat(datum.first, '%Y-%m-%d') + '..' "
                "+ timeFormat(datum.last, '%Y-%m-%d')"}},
            "encoding": {"x": {"field": "first", **when}, "x2": {"field": "last"}, "y": {"value": 0},
                         "y2": {"value": 260}, "color": {
                             "field": "state", "type": "nominal", "sort": list(words), "legend": _legend(),
                             "scale": {"domain": list(words), "range": [RED, AMBER]}, "title": None}}}
    line = {"data": {"values": list(days)}, "mark": {"type": "line", "strokeWidth": 1.3, "color": INK},
            "encoding": {"x": {"field": "date", **when},
                         "y": {"field": "y", "type": "quantitative",
                               "scale": {"type": "log", "nice": False, "domain": _span(days)},
                               "axis": _left(screen) | {"title": axis, "format": ",.0f"}}}}
    return _chart({"layer": [bars, line], "width": screen.width - 60, "height": 260}, screen)


def _rows(field: str, labels: list[str], screen: Screen) -> Spec:
    """Labels above their rows, where they have room in any font."""
    return {"field": field, "type": "nominal", "sort": labels, "axis": {
        "title": None, "ticks": False, "domain": False, "labelAlign": "left", "labelPadding": -2, "labelOffset": -15,
        "labelLimit": screen.width - 30, "zindex": 1}}


def _bottom(number: str, title: str, screen: Screen) -> Spec:
    return {"format": number or ",.4~r", "title": title or None, "tickCount": 4 if screen.is_narrow else 7,
            "grid": True, "labelOverlap": True}


def _left(screen: Screen) -> Spec:
    return {"title": None, "tickCount": 5, "grid": True, "titleAlign": "left", "titleAngle": 0, "titleX": -44,
            "titleY": -14}


def _colours(field: str, names: list[str], has_legend: bool) -> Spec:
    colours = [COLOURS[n % len(COLOURS)] for n in range(len(names))]
    return {"field": field, "type": "nominal", "sort": names, "scale": {"domain": names, "range": colours},
            "legend": _legend() if has_legend else None, "title": None}


def _legend() -> Spec:
    return {"orient": "bottom", "direction": "horizontal", "labelLimit": 150, "symbolType": "square",
            "symbolOpacity": 1}


def _legend_columns(chart: Spec, screen: Screen) -> int:
    """As many as names of that length have room for in any font."""
    parts = (chart, *chart.get("layer", ()))
    domains = (part.get("encoding", {}).get("color", {}).get("scale", {}).get("domain", []) for part in parts)
    longest = max((len(str(name)) for names in domains for name in names), default=1)
    return max(1, min(4, int((screen.width - 40) / (8.5 * min(longest, 22) + 34))))


def _chart(chart: Spec, screen: Screen) -> Spec:
    size = 11 if screen.is_narrow else 12
    ink = {"labelColor": INK, "titleColor": INK, "labelFontSize": size, "titleFontSize": size,
           "titleFontWeight": "normal"}
    return {"$schema": _SCHEMA, "background": None, "padding": 4, **chart, "config": {
        "aria": False, "font": "system-ui, sans-serif", "view": {"stroke": None},
        "axis": ink | {"domainColor": INK, "tickColor": INK, "gridColor": INK, "gridOpacity": 0.15},
        "legend": ink | {"columns": _legend_columns(chart, screen), "rowPadding": 3, "columnPadding": 34},
        "text": {"color": INK}}}
