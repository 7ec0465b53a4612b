"""A config as a tree, a message of what is wrong with it, and the tree with the message's own remedy in it."""

import copy
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ashare import EXPLICIT_TEXT
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.text.load import parse_config
from backstop.errors import ConfigError

HERE = Path(__file__).parent
GONE = object()
"""In the place of a value: the key goes."""
_PART = r'(?:"[^"]*"|[\w-])+'
_LINE = re.compile(rf"(?:c\.toml:\d+: )?(?:(?P<key>{_PART}(?:\.{_PART})*): )?(?P<said>.*)", re.DOTALL)
_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|[\w-]+')
_NUMBER = r"-?\d[\d.]*(?:e[+-]?\d+)?"


@cache
def _base(name: str) -> str:
    return EXPLICIT_TEXT if name == "ashare" else (HERE.parent / "cli" / "small.toml").read_text(encoding="utf-8")


def base(name: str) -> dict[str, Any]:
    """The tree of a config that is right."""
    return tomllib.loads(_base(name))


def as_toml(value: Any) -> str:
    """A value as TOML, on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {as_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("Infinity", "inf").replace("NaN", "nan")


def written(tree: dict[str, Any]) -> str:
    """The tree as a config."""
    return "\n".join(f"{key} = {as_toml(value)}" for key, value in tree.items()) + "\n"


def errors_of(tree: dict[str, Any]) -> list[str]:
    """What is said of it, a line each."""
    return errors_in(tree, Path())


def errors_in(tree: dict[str, Any], folder: Path) -> list[str]:
    """Likewise, where it lies in `folder`."""
    try:
        resolve(parse_config(written(tree), "c.toml", (), folder), MarketInputs())
    except ConfigError as error:
        if "prepare the config first" in str(error):
            return []
        return [re.sub(r"^c\.toml:\d+: ", "c.toml:1: ", line) for line in error.lines]
    return []


def changed(tree: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """A copy with `value` at the dotted `key`, items of lists by name or position, one beyond the last appended."""
    tree = copy.deepcopy(tree)
    node, steps = _parent(tree, key)
    if value is GONE:
        del node[steps]
    elif isinstance(node, list) and steps == len(node):
        node.append(value)
    else:
        node[steps] = value
    return tree


def _parent(tree: dict[str, Any], key: str) -> tuple[Any, Any]:
    """The table or list that holds what `key` names, and where in it."""
    node: Any = tree
    *on_the_way, last = (json.loads(part) if part[0] == '"' else part for part in _PARTS.findall(key))
    for part in on_the_way:
        node = node.setdefault(part, {}) if isinstance(node, dict) else node[_position(node, part)]
    return node, _position(node, last) if isinstance(node, list) else last


def _position(items: list[Any], part: str) -> int:
    names = [item.get("name") for item in items if isinstance(item, dict)]
    return names.index(part) if part in names else int(part)


def read_at(tree: dict[str, Any], key: str) -> Any:
    """What is written at `key`; `GONE` where nothing is."""
    node, step = _parent(copy.deepcopy(tree), key)
    try:
        return node[step]
    except (KeyError, IndexError):
        return GONE


def split(line: str) -> tuple[str, str]:
    """The key that a line is about, empty where it names none, and what it says."""
    found = _LINE.fullmatch(line)
    assert found, line
    return found["key"] or "", found["said"]


def followed(tree: dict[str, Any], line: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each thing that a message tells to do, and the tree once it is done; nothing where that takes a reader."""
    key, said = split(line)
    remedy = said.rpartition("; ")[2]
    for way in re.split(r", or | or (?=write |drop |leave |[a-z_.]+ = )", remedy):
        for value in _values(way, read_at(tree, key), said):
            yield way, changed(tree, key, value)
        for other, value in _beside(way):
            if (place := _neighbour(tree, key, other)) is not None:
                yield way, changed(tree, place, value)
        for other in _renamed(way, said):
            kept = read_at(tree, key)
            yield way, changed(changed(tree, key, GONE), _sibling(key, other), kept)


def _values(way: str, given: Any, said: str) -> Iterator[Any]:
    """What a remedy puts in the place of the value itself."""
    if re.fullmatch(r"(leave it out|drop it|leave the key out|leave [a-z_]+ out)", way):
        yield GONE
    if re.fullmatch(r"write that(?: or (?:less|more))?", way):
        yield json.loads(re.findall(_NUMBER, said.partition(";")[0])[-1])
    if found := re.fullmatch(rf"write ({_NUMBER})(?: for .*| or more| or less)?", way):
        yield json.loads(found[1])
    if found := re.fullmatch(rf"write (at most|at least|less than|more than) ({_NUMBER})", way):
        yield _within(found[1], json.loads(found[2]), given)
    if found := re.fullmatch(r"write (?:.*,? such as|a date like) (\S+)", way):
        yield _read(found[1])
    if found := re.fullmatch(r"write ('[^']*'(?:(?:, | or )'[^']*')*)", way.replace("did you mean ", "")):
        yield from re.findall(r"'([^']*)'", found[1])
    if "is no known key" not in said and (found := re.search(r"did you mean '([^']+)'\?", said)):
        yield found[1]
    if found := re.fullmatch(r'write (true|false|"[^"]*")(?: or (?:true|false))?', way):
        yield json.loads(found[1])


def _within(bound: str, limit: float, given: Any) -> Any:
    step = 1 if isinstance(limit, int) and isinstance(given, int) and abs(limit) > 1 else 1e-9 * max(1.0, abs(limit))
    return {"at most": limit, "at least": limit, "less than": limit - step, "more than": limit + step}[bound]


def _beside(way: str) -> Iterator[tuple[str, Any]]:
    """Keys and values that a remedy writes out."""
    found = re.fullmatch(r"(?:write )?([a-z_][\w.]*) = (.+?)(?:, say| or more| or less)?", way)
    if found and found[2] != "...":
        yield found[1], _read(found[2])


def _read(text: str) -> Any:
    """What a remedy shows: a TOML value, else text."""
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text


def _renamed(way: str, said: str) -> Iterator[str]:
    if "is no known key" in said and (found := re.search(r"did you mean ([\w-]+)\?", way)):
        yield found[1]


def _neighbour(tree: dict[str, Any], key: str, other: str) -> str | None:
    """Where `other` of a remedy about `key` is: whole from the top, in what `key` names, or beside it."""
    if other.partition(".")[0] in tree and "." in other:
        return other
    given = read_at(tree, key)
    if isinstance(given, dict):
        return f"{key}.{other}"
    return None if isinstance(given, list) else _sibling(key, other)


def _sibling(key: str, other: str) -> str:
    head, _, last = key.rpartition(".")
    return key if last == other else f"{head}.{other}".lstrip(".")
