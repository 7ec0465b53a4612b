"""Figures in the text of a page: where they stand, and what numbers stand outside of them."""

import re
from collections.abc import Callable, Container, Iterator, Mapping

_FIGURE = re.compile(r"(?P<begin><!-- figure (?P<name>[\w-]+) -->\n)(?P<body>.*?)(?P<end><!-- end -->)", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.,/-])-?\d[\d,]*\.?\d*(?= ?(?:%|bn|tn|m|k)\b| ?%)")


def names_in(text: str) -> list[str]:
    """Names of the figures of a page, in its order."""
    return [found["name"] for found in _FIGURE.finditer(text)]


def filled(text: str, make: Mapping[str, Callable[[], str]], only: Container[str] = ()) -> str:
    """The page with each figure made anew, or those of `only`; a figure that nothing makes is a `KeyError`."""
    def anew(found: re.Match[str]) -> str:
        if only and found["name"] not in only:
            return found[0]
        return f"{found['begin']}{make[found['name']]().rstrip()}\n{found['end']}"

    return _FIGURE.sub(anew, text)


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
