"""The line of every key of a TOML text, for messages, and the limits under which tomllib is safe to call.

The scanner knows TOML's shape, not its grammar: texts that are no TOML are tomllib's to refuse.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from backstop.config.base import Place

DEEPEST = 40
"""Parts of a dotted key, and brackets within brackets: beyond it tomllib's cost and recursion run away."""

_TOKEN = re.compile(
    r'''(?P<text>"""(?:\\.|.)*?(?:"{3,5}|\Z)|\'\'\'.*?(?:'{3,5}|\Z)|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?)'''
    r"|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<blank>[ \t\r]+)|(?P<word>[^\s\"'\#\[\]{}=,.]+)|(?P<sign>.)",
    re.DOTALL,
)


class Token(NamedTuple):
    """A piece of the text that means something: kind ``text``, ``word``, ``sign`` or ``newline``."""

    kind: str
    text: str
    line: int


def tokens(text: str) -> Iterator[Token]:
    """`text` in pieces, without blanks and comments; linear in its length, whatever it holds."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind not in ("blank", "comment"):
            yield Token(kind, match.group(), line)
        line += match.group().count("\n")


class TooDeepError(ValueError):
    """A key or a value with more levels than any config has; ``line`` is where."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def refuse_too_deep(text: str) -> None:
    """Raise `TooDeepError` where a key has more than `DEEPEST` parts, or brackets are nested deeper."""
    parts = brackets = 0
    before = ""
    for token in tokens(text):
        is_dot, is_part = token.text == ".", token.kind in ("word", "text")
        parts = parts + is_part if is_dot or before == "." else int(is_part)
        brackets = 0 if token.kind == "newline" and brackets < 0 else brackets + _opens(token)
        before = token.text
        if parts > DEEPEST or brackets > DEEPEST:
            raise TooDeepError(token.line)


def _opens(token: Token) -> int:
    if token.kind != "sign":
        return 0
    return {"[": 1, "{": 1, "]": -1, "}": -1}.get(token.text, 0)


def lines_of(text: str) -> dict[Place, int]:
    """Line of every table, key and list item of a text that tomllib accepts, by place.

    A table's line is its header's; a list's items that are tables have the lines of theirs.
    """
    return _Scanner(text).lines


class _Scanner:
    """One pass over the tokens; `here` is the table whose keys are being read."""

    def __init__(self, text: str) -> None:
        self.tokens = [*tokens(text), Token("end", "", text.count("\n") + 1)]
        self.at = 0
        self.lines: dict[Place, int] = {(): 1}
        self.lengths: dict[Place, int] = {}
        """Items seen so far of each array of tables."""
        here: Place = ()
        while self.token.kind != "end":
            if self.token.kind == "newline":
                self.at += 1
            elif self.token.text == "[":
                here = self._header()
            else:
                self._pair(here)

    @property
    def token(self) -> Token:
        """The one that is next."""
        return self.tokens[self.at]

    def _next(self) -> Token:
        token = self.token
        self.at += token.kind != "end"
        return token

    def _skip(self, *texts: str) -> None:
        """Past newlines and the given signs."""
        while self.token.kind == "newline" or self.token.text in texts:
            self.at += 1

    def _header(self) -> Place:
        """``[a.b]`` or ``[[a.b]]``: the table that the keys below belong to."""
        line = self._next().line
        is_item = self.token.text == "["
        self._skip("[")
        place: Place = ()
        key = self._key()
        for depth, part in enumerate(key, start=1):
            place = (*place, part)
            is_new_item = is_item and depth == len(key)
            self.lines.setdefault(place, line)
            if is_new_item:
                self.lengths[place] = self.lengths.get(place, 0) + 1
            if place in self.lengths:
                place = (*place, self.lengths[place] - 1)
                self.lines.setdefault(place, line)
        self._skip("]")
        return place

    def _key(self) -> list[str]:
        """A dotted key, up to what follows it."""
        parts = []
        while self.token.kind in ("word", "text"):
            parts.append(_plain(self._next()))
            if self.token.text != ".":
                break
            self.at += 1
        return parts

    def _pair(self, table: Place) -> None:
        """``a.b = value`` in `table`."""
        line, key = self.token.line, self._key()
        for depth in range(1, len(key) + 1):
            self.lines.setdefault((*table, *key[:depth]), line)
        if self._next().text == "=":
            self._value((*table, *key))

    def _value(self, place: Place) -> None:
        if self.token.text == "[":
            self._list(place)
        elif self.token.text == "{":
            self._inline_table(place)
        else:
            self._next()
            while self.token.kind not in ("newline", "end") and self.token.text not in (",", "]", "}"):
                self.at += 1

    def _list(self, place: Place) -> None:
        self.at += 1
        self._skip()
        item = 0
        while self.token.kind != "end" and self.token.text != "]":
            self.lines[(*place, item)] = self.token.line
            self._value((*place, item))
            self._skip(",")
            item += 1
        self._next()

    def _inline_table(self, place: Place) -> None:
        self.at += 1
        self._skip()
        while self.token.kind != "end" and self.token.text != "}":
            self._pair(place)
            self._skip(",")
        self._next()


def _plain(token: Token) -> str:
    """A key's part without its quotes."""
    if token.kind == "word" or token.text.startswith("'"):
        return token.text.strip("'")
    return str(tomllib.loads(f"key = {token.text}")["key"])


def nearest_line(lines: Mapping[Place, int], place: Place) -> int:
    """The line of `place`, or of the innermost table around it that has one."""
    return next(lines[place[:depth]] for depth in range(len(place), -1, -1) if place[:depth] in lines)


def comments_of(text: str) -> dict[int, str]:
    """The comment of each line that has one."""
    found, line = {}, 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "comment":
            found[line] = match.group()
        line += match.group().count("\n")
    return found
