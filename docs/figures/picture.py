"""The picture of the README: the sizing curve of the run whose screen stands above it."""

from pathlib import Path

from backstop.report.language.catalogue import texts_in
from backstop.report.page import money
from backstop.report.page.page import subject_of
from docs.figures.screens import answer
from docs.figures.workshop import ROOT, Workshop

INK, PAPER = "#59636e", "#ffffff"
"""A picture of its own has no page to take its colour from."""
SAID = """`backstop report RUN` makes a page of it, with charts such as this one: how large must the pool be?

![Chance of running dry by size of the pool, given that the facility acts and over all paths](docs/pool.svg)"""


def answer_and_picture(shop: Workshop) -> str:
    """The screen and what draws attention to the picture; writes docs/pool.svg."""
    shown = answer(shop)
    (ROOT / "docs" / "pool.svg").write_text(drawn(shop.path("RUN")), encoding="utf-8")
    return f"{shown}\n\n{SAID}"


def drawn(run: Path) -> str:
    """The sizing curve of a run as an SVG file."""
    chapter = money.sizing(subject_of(run, texts_in("en")))
    if chapter is None:
        raise SystemExit(f"{run}: its pool ran dry or was never used: it tells no curve")
    svg = str(chapter.figures[0].wide).replace("currentColor", INK)
    box = svg.index("viewBox=") + len('viewBox="')
    _, _, width, height = svg[box:svg.index('"', box)].split()
    head, rest = svg.split(">", 1)
    size = f'width="{width}" height="{height}" font-family="system-ui, sans-serif"'
    return f'{head} {size}><rect width="100%" height="100%" fill="{PAPER}"/>{rest}\n'
