"""The rooms of `src/backstop`, two levels deep, each with the first line of its docstring: what DEVELOPERS.md holds.

``python docs/listing.py`` prints them.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "src" / "backstop"
WIDTH = 17
"""Where meanings begin."""


def meaning_of(source: Path) -> str:
    """The first line of a module's docstring."""
    said = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8")))
    if not said:
        raise SystemExit(f"{source}: has no docstring; write a line that says what the room holds")
    return said.splitlines()[0].rstrip(".").replace("``", "")


def rooms_in(folder: Path, indent: str = "") -> Iterator[str]:
    """A line for each room of a folder, with those inside of it below."""
    for room in sorted(found.parent for found in folder.glob("*/__init__.py")):
        yield f"{indent + room.name + '/':{WIDTH}}{meaning_of(room / '__init__.py')}"
        if not indent:
            yield from rooms_in(room, "    ")


def listing() -> str:
    """All rooms, and the modules that stand beside them."""
    beside = (f"{file.name:{WIDTH}}{meaning_of(file)}" for file in sorted(SOURCES.glob("[!_]*.py")))
    return "\n".join([*rooms_in(SOURCES), *beside]) + "\n"


if __name__ == "__main__":
    print(listing(), end="")
