"""Figures in the text of a page: where they stand, and what numbers stand outside of them."""

import re
from collections.abc import Callable, Iterator, Mapping

_FIGURE = re.compile(r"(?P<begin><!-- figure (?P<name>[\w-]+) -->\n)(?P<body>.*?)(?P<end><!-- end -->)", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.,/-])-?\d[\d,]*\.?\d*(?= ?(?:%|bn|tn|m|k)\b| ?%)")


def names_in(text: str) -> list[str]:
    """Names of the figures of a page, in its order."""
    return [found["name"] for found in _FIGURE.finditer(text)]


def filled(text: str, make: Mapping[str, Callable[[], str]]) -> str:
    """The page with each figure made anew; a figure that nothing makes is a `KeyError`."""
    return _FIGURE.sub(lambda found: f"{found['begin']}{make[found['name']]().rstrip()}\n{found['end']}", text)


def loose_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Shares and amounts of sentences that no figure of the page shows: line and number."""
    shown = {number for found in _FIGURE.finditer(text) for number in _NUMBER.findall(found["body"])}
    outside = _FIGURE.sub(lambda found: "\n" * found[0].count("\n"), text)
    for line, words in enumerate(outside.splitlines(), start=1):
        yield from ((line, number) for number in _NUMBER.findall(words) if number not in shown)


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
