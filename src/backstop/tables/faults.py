"""What is wrong with a file, gathered so that all of it is said at once."""

from collections.abc import Sequence
from typing import NoReturn

from backstop.errors import DataError

MOST_ALIKE = 5
"""Faults of one kind, such as those of one key or column, that are named one by one."""
LONGEST_SHOWN = 40


class Faults:
    """Lines about one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: list[str] = []

    def add(self, text: str) -> None:
        """What is wrong with the file as a whole."""
        self.lines.append(f"{self.file}: {text}")

    def add_rows(self, where: Sequence[str], texts: Sequence[str]) -> None:
        """What is wrong with some rows in the same way: the first few, and how many more."""
        for place, text in list(zip(where, texts, strict=True))[:MOST_ALIKE]:
            self.add(f"{place}: {text}")
        if len(where) > MOST_ALIKE:
            self.add(f"{len(where) - MOST_ALIKE} more rows like these")

    def raise_any(self) -> None:
        """Refuse the file if anything is wrong with it.

        Raises
        ------
        DataError
            With all lines.
        """
        if self.lines:
            raise DataError("\n".join(self.lines))


def refuse(file: str, text: str) -> NoReturn:
    """Refuse a file for a single reason."""
    raise DataError(f"{file}: {text}")


def shown(cell: object) -> str:
    """A cell for a message."""
    text = "" if cell is None else str(cell)
    if not text.strip():
        return "empty"
    return repr(text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}...")


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names for a message."""
    some = ", ".join(name or "(no name)" for name in names[:most]) or "no columns"
    return some if len(names) <= most else f"{some} and {len(names) - most} more"
