"""The recipes of docs/DEVELOPERS.md as diffs: read from the page, counted, applied to a copy of the sources."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "DEVELOPERS.md"


class Hunk(NamedTuple):
    """One place of a file: the lines that are there, none for a new file, and those that are to be."""

    file: str
    before: str
    after: str


def section_of(title: str, page: str) -> str:
    """The part of the page below the heading `title`."""
    return page.split(f"### {title}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]


def hunks_of(section: str) -> list[Hunk]:
    """All places of the diff of a section: ``--- file`` begins a file, ``@@`` another place of it."""
    (diff,) = re.findall(r"```diff\n(.*?)```", section, re.DOTALL)
    hunks = []
    for text in re.split(r"^--- ", diff, flags=re.MULTILINE)[1:]:
        file, places = text.split("\n", 1)
        for place in places.split("@@\n"):
            lines = place.splitlines()
            before, after = ("".join(f"{line[1:]}\n" for line in lines if line[:1] != other) for other in "+-")
            hunks.append(Hunk(file, before, after))
    return hunks


def size_of(section: str) -> str:
    """Files that a diff touches and lines that it adds, as the page says it."""
    hunks = hunks_of(section)
    n_lines = sum(line.startswith("+") for line in section.splitlines())
    return f"{len({hunk.file for hunk in hunks})} files, {n_lines} lines"


def copy_with(hunks: list[Hunk], folder: Path) -> Path:
    """A copy of sources, tests and configs in `folder`, changed."""
    for part in ("src", "tests", "configs"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file, before, after in hunks:
        is_new = before == ""
        assert is_new != (folder / file).exists(), file
        source = "" if is_new else (folder / file).read_text(encoding="utf-8")
        assert is_new or source.count(before) == 1, f"{file} has {source.count(before)} times\n{before}"
        (folder / file).write_text(after if is_new else source.replace(before, after), encoding="utf-8")
    return folder
