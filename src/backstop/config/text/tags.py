"""Where the numbers of a config come from, as its comments say: [cited: SOURCE], [fitted] or [ours].

A tag stands in a comment on the line of its numbers. One on the line of a table's header is that of all numbers of the
table which have none. ``[ours, 0.1 to 0.5]`` also says how far a number may lie.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from backstop.config.base import Place
from backstop.config.text.source_lines import comments_of, lines_of, nearest_line

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_TAG = re.compile(r"\[(cited|fitted|ours)\b([^\]]*)\]")
_RANGE = re.compile(rf"^,\s*({_NUMBER})\s+to\s+({_NUMBER})\b")
UNTAGGED = ""


class Tagged(NamedTuple):
    """A number of the config.

    Attributes
    ----------
    tag
        ``cited``, ``fitted``, ``ours``, or nothing.
    low, high
        How far it may lie, where its tag says so.
    """

    place: Place
    value: int | float
    tag: str
    low: float | None
    high: float | None
    line: int


def tagged_numbers(text: str) -> list[Tagged]:
    """Every number of a config, in the order of its lines; `text` is TOML that tomllib accepts."""
    lines, comments = lines_of(text), comments_of(text)
    found = []
    for place, value in _numbers(tomllib.loads(text), ()):
        line = nearest_line(lines, place)
        found.append(Tagged(place, value, *_tag_of(place, line, lines, comments), line))
    return sorted(found, key=lambda number: number.line)


def _numbers(node: Any, place: Place) -> Iterator[tuple[Place, int | float]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _numbers(value, (*place, key))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from _numbers(value, (*place, position))
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield place, node


def _tag_of(place: Place, line: int, lines: Mapping[Place, int], comments: Mapping[int, str]
            ) -> tuple[str, float | None, float | None]:
    """The tag on the number's line, else that of the innermost table around it that has one on its header's."""
    around = [lines[place[:depth]] for depth in range(len(place) - 1, 0, -1) if place[:depth] in lines]
    for number in dict.fromkeys([line, *around]):
        found = _TAG.search(comments.get(number, ""))
        if found:
            span = _RANGE.match(found[2])
            return (found[1], float(span[1]), float(span[2])) if span else (found[1], None, None)
    return UNTAGGED, None, None
