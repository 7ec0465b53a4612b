"""Lines of a width, in which no number and no interval is broken."""

import textwrap

_HARD = "\u00a0"
"""A space at which no line ends."""
MOST_LINES = 24
"""Of a screen."""
_INDENT = 7
"""Of what stands beside a word of the left margin."""


def whole(text: str) -> str:
    """`text` as one word: no line ends in it."""
    return text.replace(" ", _HARD)


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """`text` in lines of `width` at most, those after the first behind `indent`."""
    lines = textwrap.wrap(text.replace(" %", f"{_HARD}%"), width, subsequent_indent=indent, break_long_words=False,
                          break_on_hyphens=False)
    return [line.replace(_HARD, " ") for line in lines]


def beside_word(word: str, text: str, width: int) -> list[str]:
    """`text` beside a word of the left margin."""
    return wrapped(f"{word}{_HARD * max(_INDENT - len(word), 1)}{text}", width, " " * _INDENT)
