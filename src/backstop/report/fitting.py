"""Tables that are wider than the screen: some of their columns at a time, so that no number is cut or broken."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table

_MOST_KEYS = 2
"""Columns that say what a row is."""


class Screen(Console):
    """A console on which every table fits."""

    def print(self, *objects: Any, **how: Any) -> None:
        """As `Console.print`, a wide table in pieces one below the other."""
        super().print(*(part for one in objects for part in fitted(one, self)), **how)


def fitted(one: Any, screen: Console) -> list[Any]:
    """A table as pieces that are as wide as `screen` at most; each begins with the columns that name its rows."""
    if not isinstance(one, Table):
        return [one]
    widths = [_width(column, screen) for column in one.columns]
    if _total(one, [width.most for width in widths]) <= screen.width:
        return [one]
    least = [width.least for width in widths]
    groups = list(_groups(one, least, _count_keys(one.columns, least, screen.width), screen.width))
    return [_piece(one, group, _shared(one, [widths[n] for n in group], screen.width), n == 0)
            for n, group in enumerate(groups)]


class _Width(NamedTuple):
    """What a column must have, and what it would take."""

    least: int
    """Its longest number, or word where texts may go on in the next line."""
    most: int


def _width(column: Column, screen: Console) -> _Width:
    cells = [Measurement.get(screen, screen.options, cell) for cell in column.cells]
    head = Measurement.get(screen, screen.options, column.header)
    is_whole = column.justify == "right" or column.no_wrap
    least = max((cell.maximum if is_whole else cell.minimum for cell in cells), default=0)
    most = max((cell.maximum for cell in cells), default=0)
    return _Width(max(least, head.maximum if column.no_wrap else head.minimum), max(most, head.maximum))


def _shared(table: Table, widths: Sequence[_Width], most: int) -> list[int]:
    """Widths of the columns of a piece: what is left goes to the first that would take more."""
    given = [width.least for width in widths]
    for n, width in enumerate(widths):
        given[n] += max(0, min(width.most - width.least, most - _total(table, given)))
    return given


def _count_keys(columns: Sequence[Column], widths: Sequence[int], most: int) -> int:
    """Leading columns of texts, as far as they leave half of the screen; the first in any case."""
    n = 1
    while (n < min(_MOST_KEYS, len(columns)) and columns[n - 1].justify == columns[n].justify == "left"
           and 2 * sum(widths[: n + 1]) <= most):
        n += 1
    return n


def _groups(table: Table, widths: Sequence[int], n_keys: int, most: int) -> Iterator[list[int]]:
    """Numbers of the columns of each piece."""
    keys = list(range(n_keys))
    group = list(keys)
    for n in range(n_keys, len(widths)):
        if len(group) > n_keys and _total(table, [widths[k] for k in [*group, n]]) > most:
            yield group
            group = list(keys)
        group.append(n)
    yield group


def _total(table: Table, widths: Sequence[int]) -> int:
    """With what stands between columns and beside them; rich counts the padding of edges that it leaves out too."""
    _, right, _, left = table.padding
    lines = 0 if table.box is None else len(widths) - 1 + 2 * table.show_edge
    return sum(widths) + len(widths) * (left + right) + lines


def _piece(table: Table, group: Sequence[int], widths: Sequence[int], is_first: bool) -> Table:
    """Some of the columns of a table, so wide; the title stands above the first piece."""
    piece = Table(title=table.title if is_first else None, title_justify=table.title_justify,
                  title_style=table.title_style, box=table.box, show_edge=table.show_edge, pad_edge=table.pad_edge,
                  padding=table.padding, header_style=table.header_style, show_header=table.show_header)
    chosen = [table.columns[n] for n in group]
    for column, width in zip(chosen, widths, strict=True):
        piece.add_column(column.header, justify=column.justify, no_wrap=column.no_wrap, overflow=column.overflow,
                         style=column.style, width=width)
    cells = zip(*(list(column.cells) for column in chosen), strict=True)
    for row, texts in zip(table.rows, cells, strict=True):
        piece.add_row(*texts, style=row.style, end_section=row.end_section)
    return piece
