"""Numbers as people write them: which mark is the decimal one is told by all cells together, or not at all."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

_SIGN = r"[+-]?"
_MONEY = r"[$€£¥]? ?"
_EXPONENT = r"(?:[eE][+-]?\d{1,4})?"
_POINT = re.compile(rf"{_SIGN}{_MONEY}(?:[1-9]\d{{0,2}}(?:,\d{{3}})+|\d+)(?:\.\d*)?{_EXPONENT}|{_SIGN}\.\d+")
_COMMA = re.compile(rf"{_SIGN}{_MONEY}(?:[1-9]\d{{0,2}}(?:[. ']\d{{3}})+|\d+)(?:,\d+)?")
_PLAIN = re.compile(rf"{_SIGN}\d+")
_ALIKE = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " ", "\u2019": "'"})
"""Minus signs, spaces and apostrophes of other widths."""


class NumbersRead(NamedTuple):
    """A column of numbers.

    Attributes
    ----------
    values
        (n,) Float64, null where a cell is empty or no number.
    is_percent
        Every cell with a number has a percent sign; values are as written, before it.
    problem
        Why the column as a whole has no certain reading, if so.
    """

    values: pl.Series
    is_percent: bool = False
    problem: str | None = None


def read_numbers(column: pl.Series, others: Sequence[pl.Series] = ()) -> NumbersRead:
    """The numbers of a column.

    Parameters
    ----------
    column
        (n,) text or numbers.
    others
        Columns of the same file, which may tell the decimal mark where this one cannot.
    """
    if column.dtype.is_numeric():
        return NumbersRead(column.cast(pl.Float64, strict=False))
    if column.dtype != pl.String:
        return NumbersRead(pl.Series([None] * len(column), dtype=pl.Float64))
    cells = [_cleaned(cell) for cell in column.to_list()]
    filled = [cell for cell in cells if cell]
    n_percent = sum(cell.endswith("%") for cell in filled)
    if n_percent and n_percent == len(filled):
        cells = [cell and cell.removesuffix("%").rstrip() for cell in cells]
    mark = decimal_mark([cells])
    if mark is None and any(not _PLAIN.fullmatch(cell) for cell in filled):
        texts = [other for other in others if other.dtype == pl.String]
        mark = decimal_mark([[_cleaned(cell) for cell in text.to_list()] for text in texts])
        if mark is None and any("," in cell for cell in filled):
            return NumbersRead(pl.Series([None] * len(cells), dtype=pl.Float64), False, _ambiguous(filled))
    values = [_number(cell, mark or ".") for cell in cells]
    return NumbersRead(pl.Series(values, dtype=pl.Float64), bool(n_percent) and n_percent == len(filled))


def decimal_mark(columns: Sequence[Sequence[str]]) -> str | None:
    """``.`` or ``,`` where cells have only that reading; None where they have both, or neither."""
    votes = {".": 0, ",": 0}
    for cells in columns:
        for cell in cells:
            as_point, as_comma = _POINT.fullmatch(cell), _COMMA.fullmatch(cell)
            votes["."] += bool(as_point and not as_comma)
            votes[","] += bool(as_comma and not as_point)
    if votes["."] == votes[","]:
        return None
    return max(votes, key=lambda mark: votes[mark])


def _cleaned(cell: str | None) -> str:
    return unicodedata.normalize("NFKC", (cell or "").translate(_ALIKE)).translate(_ALIKE).strip()


def _number(cell: str, mark: str) -> float | None:
    if mark == ".":
        plain = cell.replace(",", "") if _POINT.fullmatch(cell) else ""
    else:
        plain = re.sub(r"[. ']", "", cell).replace(",", ".") if _COMMA.fullmatch(cell) else ""
    return float(plain.replace(" ", "").translate(_NO_MONEY)) if plain else None


_NO_MONEY = str.maketrans("", "", "$€£¥")


def _ambiguous(cells: Sequence[str]) -> str:
    one = next(cell for cell in cells if "," in cell)
    return (f"{one!r} may have a decimal comma or a comma between thousands; write numbers like "
            f"{one.replace(',', '.')} or {one.replace(',', '')}")
