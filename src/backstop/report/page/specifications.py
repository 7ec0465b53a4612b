"""Specifications of charts as JSON that a script of the page draws from."""

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

_DIGITS = 6
"""Of a number: more than a screen has room for."""


def in_script(specifications: Mapping[str, Mapping[str, Any]]) -> Markup:
    """A chart for several screens: `data` that all share, and each specification, with places in `data` as ``shared``.

    Nothing in it ends a script element or begins another.
    """
    data: list[Any] = []
    told = {name: _without_data(specification, data) for name, specification in specifications.items()}
    text = json.dumps({"data": data, **told}, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _without_data(value: Any, data: list[Any]) -> Any:
    """`value` with the place in `data` instead of rows, which are put there if need be."""
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, list | tuple):
        return [_without_data(item, data) for item in value]
    if not isinstance(value, Mapping):
        return value
    if value.keys() == {"values"}:
        rows = _without_data(value["values"], data)
        if rows not in data:
            data.append(rows)
        return {"shared": data.index(rows)}
    return {key: _without_data(item, data) for key, item in value.items()}
