"""Known answers as a table: expected, got, how far apart they may be, and the verdict."""

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Protocol

from rich.table import Table
from rich.text import Text

from backstop.report.terminal import console

_STYLES = {"pass": "green", "fail": "bold red", "skipped": "yellow"}


class _Judged(Protocol):
    """What the table shows of a figure (`backstop.validation.known.Result`)."""

    @property
    def case(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def expected(self) -> float | str | None: ...
    @property
    def got(self) -> float | str | None: ...
    @property
    def tolerance(self) -> float | None: ...
    @property
    def standard_error(self) -> float | None: ...
    @property
    def verdict(self) -> str: ...
    @property
    def note(self) -> str: ...
    def _asdict(self) -> dict[str, Any]: ...


def print_validation(results: Sequence[_Judged]) -> None:
    """Case by case, then the count of verdicts."""
    out = console()
    for _, group in groupby(results, key=lambda result: result.case):
        figures = list(group)
        first = figures[0]
        out.print(Text.assemble((first.case, "bold"), f": {first.about}"))
        out.print(Text(f"  {first.kind}: {first.source}", style="dim"))
        out.print(_figures(figures))
    out.print(Text(tally(results), style="bold"))


def json_rows(results: Sequence[_Judged]) -> list[dict[str, Any]]:
    """A dict a figure; JSON has no NaN, so that a figure that is none is a text."""
    return [{name: str(value) if isinstance(value, float) and not math.isfinite(value) else value
             for name, value in result._asdict().items()} for result in results]


def _figures(results: Sequence[_Judged]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", width=52)
    for column in ("expected", "got", "tolerance", "s.e."):
        table.add_column(column, justify="right", width=12)
    table.add_column("", width=8)
    for result in results:
        numbers = (result.expected, result.got, result.tolerance, result.standard_error)
        table.add_row(Text(f"  {result.label} {result.note}"), *(Text(_shown(number)) for number in numbers),
                      Text(result.verdict, style=_STYLES[result.verdict]))
    return table


def _shown(value: float | str | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:.6g}"


def tally(results: Sequence[_Judged]) -> str:
    """How many figures passed, failed, were skipped."""
    count = {verdict: sum(result.verdict == verdict for result in results) for verdict in _STYLES}
    skipped = f", {count['skipped']} skipped" if count["skipped"] else ""
    return f"{count['pass']} of {count['pass'] + count['fail']} figures as expected{skipped}"
