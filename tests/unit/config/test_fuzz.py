"""Whatever the text, loading gives a config or lines of errors, never another exception."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstop.config.base import Place
from backstop.config.text.load import load_config, parse_config
from backstop.config.text.source_lines import lines_of
from backstop.errors import ConfigError

ASHARE = (Path(__file__).parents[3] / "configs" / "ashare.toml").read_text()
LINE = re.compile(r"c\.toml(:\d+)?: |--set ")
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
many = settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])

VALUES = st.sampled_from(
    [
        "-1",
        "0",
        "1",
        "15",
        "1e400",
        "nan",
        "-inf",
        "true",
        '""',
        '"x"',
        "[]",
        "{}",
        "[[1]]",
        "{a=1}",
        "1979-05-27",
        "07:32:00",
        "0x" + "f" * 300,
        "9" * 50,
        "'''\nx'''",
        '"\\u0000"',
        "[{}]",
        "[1.0, 2]",
        "{ all = [] }",
        "99999999999",
    ]
)
PIECES = st.sampled_from(
    ['"', "'", "[", "]", "{", "}", "=", ".", ",", "#", "\n", '"""', "'''", "\\", "[[", "a.b.c", "é"]
)


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """ashare.toml with a few values replaced, keys renamed, lines moved, signs put in or pieces cut out."""
    lines = ASHARE.split("\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.integers(0, 5))
        if kind == 0:
            value = draw(VALUES).replace("\\", r"\\")
            lines[at] = re.sub(r"= [^,}#]*", f"= {value} ", lines[at], count=1)
        elif kind == 1:
            lines[at] = re.sub(r"[a-z]+_", draw(st.sampled_from(["", "x_", "."])), lines[at], count=1)
        elif kind == 2:
            lines.insert(draw(st.integers(0, len(lines))), lines[at])
        elif kind == 3:
            del lines[at : at + draw(st.integers(1, 30))]
            lines = lines or [""]
        else:
            column = draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:column] + draw(PIECES) + lines[at][column + kind - 4 :]
    return "\n".join(lines)


def lines_said(text: str, *overrides: str) -> list[str]:
    try:
        parse_config(text, "c.toml", overrides)
    except ConfigError as error:
        return error.lines
    return []


def check_text(text: str, *overrides: str) -> None:
    for line in lines_said(text, *overrides):
        assert LINE.match(line)
        assert "\n" not in line


@few
@given(mutations())
def test_mutated_configs_give_lines(text: str) -> None:
    check_text(text)


@few
@given(st.text())
def test_any_text_gives_lines(text: str) -> None:
    check_text(text)


@few
@given(st.binary())
def test_any_bytes_give_lines(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "c.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError):
        load_config(path)


@few
@given(st.text() | st.builds("{}={}".format, st.from_regex(r"[a-z.\d]{1,30}", fullmatch=True), VALUES | st.text()))
def test_any_override_gives_lines(setting: str) -> None:
    check_text(ASHARE, setting)


KEYS = st.from_regex(r"[A-Za-z0-9_-]{1,5}", fullmatch=True) | st.text(max_size=4)
TREES = st.recursive(
    st.integers(-9, 9) | st.booleans() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def quoted(text: str) -> str:
    return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}" for c in text) + '"'


def toml_of(value: Any, newline: str) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(k)} = {toml_of(v, ' ')}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{newline}" + f",{newline}".join(toml_of(v, newline) for v in value) + "]"
    return quoted(value) if isinstance(value, str) else str(value).lower()


def places_in(value: Any, place: Place = ()) -> set[Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {place}.union(*(places_in(item, (*place, step)) for step, item in items))


@few
@given(st.dictionaries(KEYS, TREES, max_size=4), st.sampled_from(["", "\n", " # [x]\n"]))
def test_every_place_of_a_toml_text_has_a_line(tree: dict[str, Any], newline: str) -> None:
    text = "\n".join(f"{quoted(key)} = {toml_of(value, newline)}" for key, value in tree.items())
    assert tomllib.loads(text) == tree
    assert set(lines_of(text)) == places_in(tree)


@pytest.mark.long
@many
@given(mutations())
def test_mutated_configs_give_lines_at_length(text: str) -> None:
    check_text(text)
