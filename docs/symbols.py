"""The terms and the state that docs/model.md mentions, with unit and meaning, from where they are declared.

``python docs/symbols.py`` prints what stands at the end of the page; ``--write`` puts it there.
"""

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

from backstop.kernels.state import ArmState
from backstop.terms import ArmTerms
from backstop.terms.declare import AXES, fields_of

PAGE = Path(__file__).parent / "model.md"
HEADING = "## Symbols\n"
LETTERS = {
    "t": "day", "f": "fund", "j": "asset", "c": "class", "k": "facility", "y": "layer", "r": "rung", "x": "cause",
}
"""What the page writes for an axis."""


class Symbol(NamedTuple):
    """A declared name."""

    part: str
    name: str
    unit: str
    meaning: str


def declared_in(kind: Any, part: str = "") -> Iterator[Symbol]:
    """Every field below a declared NamedTuple, but of state what lives within a stage, which the page defines."""
    for name, (base, said) in fields_of(kind).items():
        inner = next((one for one in (base, *get_args(base)) if hasattr(one, "_fields") and one.__annotations__), None)
        if inner is not None:
            yield from declared_in(inner, f"{part}.{name}" if part else name)
        elif hasattr(said, "unit") and getattr(said, "is_traced", True):
            yield Symbol(part, name, said.unit, said.meaning)


def names_in(text: str) -> set[str]:
    """Names in the code of a page, with and without the letters that they are indexed by."""
    code = "\n".join([*re.findall(r"`([^`]+)`", text), *re.findall(r"^    .*$", text, re.MULTILINE)])
    names = set(re.findall(r"[A-Za-z][A-Za-z_]+\b", code))
    return names | {re.sub(rf"_[{''.join(LETTERS)}]+$", "", name) for name in names}


def table(title: str, symbols: Iterator[Symbol], names: set[str]) -> Iterator[str]:
    """The rows of those that are mentioned, part by part."""
    yield from (f"| {title} | unit | meaning |", "|---|---|---|")
    for part, name, unit, meaning in symbols:
        if name in names:
            yield f"| `{part}.{name}` | {unit} | {meaning.replace('|', '/')} |"


def symbols_of(text: str) -> str:
    """The end of the page, for what stands before it."""
    names = names_in(text)
    letters = "; ".join(f"`{letter}` {AXES[axis]}" for letter, axis in LETTERS.items())
    return "\n".join([
        HEADING, textwrap.fill(f"Letters: {letters}.", 120), "",
        "Terms and state that this page names, by the part of the code that holds them. What is not here is defined",
        "where it stands. `python docs/symbols.py` makes these tables from the declarations.", "",
        *table("term", declared_in(ArmTerms), names), "", *table("state", declared_in(ArmState), names)]) + "\n"


if __name__ == "__main__":
    body = PAGE.read_text(encoding="utf-8").split(HEADING)[0]
    if "--write" in sys.argv[1:]:
        PAGE.write_text(body.rstrip("\n") + "\n\n" + symbols_of(body), encoding="utf-8")
    else:
        print(symbols_of(body), end="")
