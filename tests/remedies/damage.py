"""Every key of a config damaged in each customary way: a slip of the hand, another unit, another type, nothing."""

import json
import re
from collections.abc import Iterator
from typing import Any

from remedies.following import GONE


def damaged_keys(tree: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Key and what stands in its place; of list items of one kind the first alone."""
    seen = set()
    for key, value in _keys(tree, ""):
        shape = re.sub(r"\.\d+(?=\.|$)", ".0", key)
        if shape not in seen:
            seen.add(shape)
            yield from ((key, wrong) for wrong in _damages(value))


def _keys(node: Any, key: str) -> Iterator[tuple[str, Any]]:
    if key:
        yield key, node
    if isinstance(node, dict):
        for name, value in node.items():
            part = name if re.fullmatch(r"[\w-]+", name) else json.dumps(name)
            yield from _keys(value, f"{key}.{part}".lstrip("."))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            name = value.get("name", position) if isinstance(value, dict) else position
            yield from _keys(value, f"{key}.{name}")


def _damages(value: Any) -> Iterator[Any]:
    yield GONE
    if isinstance(value, bool):
        yield "yes"
    elif isinstance(value, int | float):
        yield from (-5, 1e12, 30, 0.5, float("inf"))
    elif isinstance(value, str):
        yield from (3, f"{value}x")
    elif isinstance(value, dict):
        yield {**value, "zzz": 1}
    else:
        yield from (3, [])
