"""``python -m docs.figures [PAGE...] [--keep DIR] [--only FIGURE...] [--loose]``: make figures anew."""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from docs.figures import pages
from docs.figures.registry import FIGURES
from docs.figures.workshop import ROOT, Workshop


def main() -> None:
    """Fill the pages."""
    given = _arguments()
    with tempfile.TemporaryDirectory() as made:
        shop = Workshop(given.keep or Path(made))
        for page in given.pages or FIGURES:
            if not given.loose:
                fill(page, shop, given.only)
            for line, number in pages.loose_numbers((ROOT / page).read_text(encoding="utf-8")):
                print(f"{page}:{line}: {number} is in no figure of the page")


def fill(page: str, shop: Workshop, only: Sequence[str] = ()) -> None:
    """Make the figures of a page anew, or those of `only`; the page is written once all are made."""
    file = ROOT / page
    make: dict[str, Callable[[], str]] = {name: partial(figure, shop) for name, figure in FIGURES[page].items()}
    file.write_text(pages.filled(file.read_text(encoding="utf-8"), make, only), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m docs.figures",
                                     description="Make figures of pages anew; of all pages where none is named.")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"of {', '.join(FIGURES)}")
    parser.add_argument("--keep", type=Path, help="folder for runs and answers, taken again if they are there")
    parser.add_argument("--only", nargs="+", default=(), metavar="FIGURE", help="of the pages, these figures alone")
    parser.add_argument("--loose", action="store_true", help="make nothing; list numbers of sentences in no figure")
    given = parser.parse_args()
    if unknown := set(given.pages) - set(FIGURES):
        parser.error(f"{', '.join(sorted(unknown))}: has no figures; write {', '.join(FIGURES)}")
    return given


if __name__ == "__main__":
    main()
