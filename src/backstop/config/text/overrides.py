"""One value in another's place, by dotted key: for ``--set key=value`` and for the overrides of an arm.

A key goes down through tables by name, and through lists by the name of an item, or by its position from 0
where items have no names: ``funds.insurers.nav``, ``funds.insurers.evaluation.ladder.0.weight``.
"""

import difflib
import json
import os
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from backstop.config.base import Place
from backstop.config.facility.advance import KEYS_BY_REPAYMENT
from backstop.config.text.presets import presets_of

_PART = r"""(?:[\w-]+|"[^"\\\n]+"|'[^'\n]+')"""
_KEY = re.compile(rf"{_PART}(?:\.{_PART})*")
_PARTS = re.compile(_PART)
_BARE_TEXT = re.compile(r"([A-Za-z/]|\.{1,2}/)[\w:./#+-]*")
LONGEST_KEY = 400
_PRESETS = {"investors": "investors", "evaluation": "ladders", "system_key": "system_keys",
            "fund_key": "fund_keys"}
"""Sections that have presets, and the file of these."""
_IN_A_FILE = ("nav", "holdings")
"""Keys of a fund that its file has for each row."""
POOL_SIZE: Place = ("pool", "size")


class OverrideError(ValueError):
    """An override that names nothing; the message is what is wrong and what to write instead."""


def settings_of(sets: Sequence[str] = (), *, paths: int | None = None, seed: int | None = None,
                market: str | Path | None = None, models: Sequence[str] | None = None, design: str | None = None
                ) -> list[str]:
    """``key=value`` for all that has a word of its own, after `sets`; `market` starts where the call is made."""
    own = [f"run.{key}={value}" for key, value in (("paths", paths), ("seed", seed)) if value is not None]
    if market is not None:
        own.append(f"market.include={json.dumps(os.path.abspath(market))}")
    if models is not None:
        own.append(f"market.models={json.dumps(list(models))}")
    if design is not None:
        own.append(f"design={json.dumps(design)}")
    return [*sets, *own]


def split_key(key: str) -> tuple[str, ...]:
    """The parts of a dotted key; a part with a dot of its own, such as a fund's code, stands in quotes."""
    if len(key) > LONGEST_KEY or not _KEY.fullmatch(key):
        raise OverrideError("is no dotted key; write names joined by dots, such as funds.insurers.nav, or "
                            "funds.industry.rows.'000001.OF'.nav")
    return tuple(part.strip("'\"") for part in _PARTS.findall(key))


def parse_setting(setting: str) -> tuple[str, Any]:
    """``key=value`` as key and TOML value; a word that is no TOML value is text: its quotes may be left out.

    Raises
    ------
    OverrideError
        No ``=``, or a value that is neither.
    """
    key, equals, text = setting.partition("=")
    key, text = key.strip(), text.strip()
    if not equals:
        raise OverrideError("has no value; write key=value, such as run.paths=1000")
    split_key(key)
    try:
        values = tomllib.loads(f"value = {text}")
        if list(values) == ["value"]:
            return key, values["value"]
    except (ValueError, RecursionError):
        if _BARE_TEXT.fullmatch(text):
            return key, text
    raise OverrideError('is no TOML value; write a number, true, "text", [list] or { table }')


def place_of(tree: Any, key: str) -> Place:
    """Where `key` leads in `tree`, with the positions of named items.

    Raises
    ------
    OverrideError
        A list has no such item, or a value on the way is no table.
    """
    place: Place = ()
    node, found = tree, ""
    for part in split_key(key):
        step = _step(node, part, found)
        place, found = (*place, step), f"{found}.{part}".lstrip(".")
        node = node.get(step, {}) if isinstance(node, Mapping) else node[step]
    return place


def _step(node: Any, part: str, found: str) -> str | int:
    """From `node`, which the key `found` led to, one part further."""
    if isinstance(node, Mapping):
        return part
    if not isinstance(node, list | tuple):
        raise OverrideError(f"{found} is a single value; leave out .{part}")
    names = [str(item["name"]) for item in node if isinstance(item, Mapping) and "name" in item]
    if part in names:
        return next(i for i, item in enumerate(node) if isinstance(item, Mapping) and str(item.get("name")) == part)
    if part.isdecimal() and int(part) < len(node):
        return int(part)
    raise OverrideError(f"{found} has no item {part!r}; {_choices(part, names, len(node))}")


def _choices(part: str, names: Sequence[str], n_items: int) -> str:
    near = difflib.get_close_matches(part, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    if names:
        return f"write one of {', '.join(names)}"
    return f"write a position from 0 to {n_items - 1}" if n_items else "it is empty"


def replaced(node: Any, place: Place, value: Any) -> Any:
    """`node` with `value` at `place`, tables on the way made where there are none; `node` stays as it is."""
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(node, Mapping):
        return {**node, str(step): replaced(node.get(step, {}), rest, value)}
    return [replaced(item, rest, value) if i == step else item for i, item in enumerate(node)]


def with_override(tree: Any, place: Place, value: Any) -> Any:
    """`replaced`, with what cannot stay beside the new value.

    A preset takes the place of what is written beside the old one, which would hide it; a repayment drops the key that
    it does not take; a file of funds has what one fund had written; the size of the pool scales its layers.
    """
    if place == POOL_SIZE:
        return replaced(_scaled(tree, value), place, value)
    node = _at(tree, place[:-1])
    hidden = _hidden(place, value) if isinstance(node, Mapping) else ()
    kept = {key: own for key, own in node.items() if key not in hidden} if hidden else None
    return replaced(tree, place, value) if kept is None else replaced(tree, place[:-1], kept | {place[-1]: value})


def _at(tree: Any, place: Place) -> Any:
    """What is written at `place`; an empty table where nothing is."""
    node = tree
    for step in place:
        node = node.get(step, {}) if isinstance(node, Mapping) else node[step]
    return node


def _hidden(place: Place, value: Any) -> Collection[str]:
    """Keys beside `place` that go once `value` is written there."""
    if not isinstance(value, str):
        return ()
    if place[0] == "funds" and len(place) == 3 and place[-1] == "file":
        return _IN_A_FILE
    if place[-1] == "repayment" and value in KEYS_BY_REPAYMENT:
        return {key for keys in KEYS_BY_REPAYMENT.values() for key in keys} - set(KEYS_BY_REPAYMENT[value])
    kind = next((kind for part, kind in _PRESETS.items() if part in place), None)
    return presets_of(kind).get(value, {}) if kind and place[-1] == "preset" else ()


def _scaled(tree: Any, size: Any) -> Any:
    """`tree` with layers of the pool that add up to `size` in the old proportions; as it is where they have none."""
    layers = _at(tree, POOL_SIZE[:1]).get("layers", ())
    sizes = [layer["size"] for layer in layers if isinstance(layer, Mapping) and _is_number(layer.get("size"))]
    total = sum(sizes)
    if len(sizes) < len(layers) or not _is_number(size) or not total > 0.0:
        return tree
    scaled = [{**layer, "size": float(layer["size"]) * size / total} for layer in layers]
    return replaced(tree, ("pool", "layers"), scaled)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def order_of(key: str) -> int:
    """Sorts overrides: what stands beside a preset or a choice replaces it in whatever order they are given.

    The size of the pool comes last: it scales layers as they then are.
    """
    if key == ".".join(map(str, POOL_SIZE)):
        return 2
    return 0 if key.endswith((".preset", ".repayment")) else 1


def with_setting(tree: dict[str, Any], settings: Sequence[str], key: str) -> dict[str, Any]:
    """`tree` with the last of `settings` that sets `key`, where that must be known before all others are made."""
    for setting in settings:
        if setting.partition("=")[0].strip() == key:
            try:
                tree = dict(replaced(tree, tuple(key.split(".")), parse_setting(setting)[1]))
            except OverrideError:
                # said with all other settings, where they are made
                continue
    return tree
