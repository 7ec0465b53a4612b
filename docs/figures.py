"""The picture of the README, from a run of the A-share example: ``python docs/figures.py RUN`` writes docs/pool.svg.

The run is `backstop run configs/ashare.toml -o RUN`; the screen beside the picture is what that prints first.
"""

import sys
from pathlib import Path

from backstop.report.page import money
from backstop.report.page.catalogue import texts_in
from backstop.report.page.page import subject_of

INK, PAPER = "#59636e", "#ffffff"
"""A picture of its own has no page to take its colour from."""


def picture(run: Path) -> str:
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


if __name__ == "__main__":
    (Path(__file__).parent / "pool.svg").write_text(picture(Path(sys.argv[1])), encoding="utf-8")
