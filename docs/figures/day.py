"""The day as a picture, from the comments of `kernels/step.py`: ``python -m docs.figures.day`` writes docs/day.svg."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from docs.figures.workshop import ROOT

STEP = ROOT / "src" / "backstop" / "kernels" / "step.py"
WHO = {"open_day": "market, managers, investors", "act": "facilities", "trade": "sales and prices",
       "close_day": "debts, books, judgement"}
"""A part of the day, and who acts in it."""
WIDTH, ROW, LEFT, TOP = 720, 26, 250, 14
INK, PAPER, FRAME = "#3d444d", "#ffffff", "#b8c0c8"


def steps(source: str) -> Iterator[tuple[str, str]]:
    """Each part's function with its steps, in order: what the comments of the page of contents say."""
    for body in re.split(r"\n@(?:rule|entry)\n", source)[1:]:
        name = body.partition("(")[0].removeprefix("def ")
        yield from ((name, step) for step in re.findall(r"^ +# (\d+ .+)$", body, re.MULTILINE) if name in WHO)


def drawn(source: str) -> str:
    """The picture as SVG."""
    found = list(steps(source))
    height = 2 * TOP + ROW * len(found)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
             f'viewBox="0 0 {WIDTH} {height}" font-family="system-ui, sans-serif" font-size="14" fill="{INK}">',
             f'<rect width="100%" height="100%" fill="{PAPER}"/>', *_parts(found), *_steps(found), "</svg>"]
    return "\n".join(lines) + "\n"


def _parts(found: list[tuple[str, str]]) -> Iterator[str]:
    """A frame around the steps of each part, with its words at the left."""
    for part, who in WHO.items():
        rows = [n for n, (name, _) in enumerate(found) if name == part]
        top, high = TOP + ROW * rows[0], ROW * len(rows)
        yield (f'<rect x="8" y="{top + 2}" width="{WIDTH - 16}" height="{high - 4}" rx="6" fill="none" '
               f'stroke="{FRAME}"/>')
        yield f'<text x="20" y="{top + high / 2 + 5:g}">{escape(who)}</text>'


def _steps(found: list[tuple[str, str]]) -> Iterator[str]:
    """The steps, one below the other."""
    for row, (_, step) in enumerate(found):
        number, _, words = step.partition(" ")
        y = TOP + ROW * row + ROW / 2 + 5
        yield f'<text x="{LEFT}" y="{y:g}" text-anchor="end" font-weight="bold">{number}</text>'
        yield f'<text x="{LEFT + 12}" y="{y:g}">{escape(words)}</text>'


if __name__ == "__main__":
    Path(ROOT / "docs" / "day.svg").write_text(drawn(STEP.read_text(encoding="utf-8")), encoding="utf-8")
