"""Lines of a width, in which no number and no interval is broken; Chinese may break between any two characters."""

import re
from collections.abc import Iterator

from rich.cells import cell_len

_HARD = "\u00a0"
"""A space at which no line ends."""
MOST_LINES = 24
"""Of a screen."""
_INDENT = 7
"""Of what stands beside a word of the left margin."""
_OPEN, _CLOSE, _WIDE = r"\uff08\u300a", r"\uff0c\u3002\uff1b\uff1a\u3001\uff09\u300b", r"\u2e80-\u9fff\uff00-\uffef"
_PIECE = re.compile(rf"[{_OPEN}]*(?:[^ {_WIDE}]+|(?![{_OPEN}{_CLOSE}])[{_WIDE}])?[{_CLOSE}]*")
"""A word, or one wide character; punctuation neither begins a line that it ends, nor ends one that it begins."""


def whole(text: str) -> str:
    """`text` as one word: no line ends in it."""
    return text.replace(" ", _HARD)


def padded(text: str, width: int) -> str:
    """`text` and spaces, so many columns wide."""
    return text + " " * (width - cell_len(text))


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """`text` in lines of `width` at most, those after the first behind `indent`; longer where a word is."""
    lines = [""]
    for gap, piece in _pieces(text.replace(" %", f"{_HARD}%")):
        if lines[-1].strip() and cell_len(lines[-1] + gap + piece) > width:
            lines.append(indent + piece)
        else:
            lines[-1] += (gap if lines[-1] else "") + piece
    return [line.replace(_HARD, " ") for line in lines if line]


def beside_word(word: str, text: str, width: int) -> list[str]:
    """`text` beside a word of the left margin."""
    return wrapped(f"{word}{_HARD * max(_INDENT - cell_len(word), 1)}{text}", width, " " * _INDENT)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What may stand on a line of its own, each with the space before it."""
    for gap, word in re.findall(r"([ \n]*)([^ \n]+)", text):
        yield from ((gap if n == 0 else "", piece) for n, piece in enumerate(filter(None, _PIECE.findall(word))))
