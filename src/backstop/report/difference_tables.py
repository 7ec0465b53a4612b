"""Two runs side by side: what they were made of, their terms, their figures."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from backstop.answers.difference import Change, Difference, FigureChange
from backstop.answers.summary import Row
from backstop.report.amounts import interval, shown
from backstop.report.terminal import console

MOST_ROWS = 40
"""Rows of a table on a terminal; `--json` has all."""


def print_difference(found: Difference, a: str, b: str) -> None:
    """Where runs `a` and `b` part."""
    out = console()
    if found.is_none:
        out.print(Text(f"{a} and {b} are the same run: same terms, same figures"))
        return
    for title, changes in (("Made of", found.run), ("Terms", found.terms)):
        if changes:
            out.print(_changes(title, changes), _more(len(changes)))
    figures = [figure for figure in found.figures if figure.fund is None]
    if figures:
        out.print(_figures(figures), _more(len(figures)))
    n_of_funds = len(found.figures) - len(figures)
    if n_of_funds:
        out.print(Text(f"{n_of_funds} figures of single funds differ too; --json has them"), style="dim")


def _more(n_rows: int) -> Text:
    return Text(f"and {n_rows - MOST_ROWS} more; --json has them" if n_rows > MOST_ROWS else "", style="dim")


def _changes(title: str, changes: Sequence[Change]) -> Table:
    table = Table(title=Text(title), title_justify="left", title_style="bold", box=None, header_style="dim")
    for column in ("", "a", "b"):
        table.add_column(column, overflow="fold")
    for change in changes[:MOST_ROWS]:
        table.add_row(*(Text(_text(value)) for value in change))
    return table


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else str(value)


def _figures(figures: Sequence[FigureChange]) -> Table:
    table = Table(title=Text("Figures of pool and market"), title_justify="left", title_style="bold", box=None,
                  header_style="dim")
    for column in ("arm", "", ""):
        table.add_column(column)
    for column in ("a", "95 % interval", "b", "95 % interval"):
        table.add_column(column, justify="right")
    for figure in figures[:MOST_ROWS]:
        labels = (figure.arm, figure.metric, figure.statistic)
        table.add_row(*(Text(label) for label in labels), *_cells(figure.a), *_cells(figure.b))
    return table


def _cells(row: Row | None) -> tuple[str, str]:
    if row is None:
        return "", ""
    return shown(row.estimate, row.unit), interval(row.lower, row.upper, row.unit)
