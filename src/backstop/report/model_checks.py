"""Checks of models against their history: which could have made it, and where the others lie."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from backstop.market.model_check import FAN_HISTORIES, LEVEL, ModelCheck
from backstop.report.terminal import console


def print_checks(checks: Sequence[ModelCheck]) -> None:
    """What fails first, then all candidates, then each statistic of each."""
    if not checks:
        return
    out, failing = console(), [one for one in checks if not one.passes]
    if failing:
        titles = ", ".join(one.title for one in failing)
        out.print(Text.assemble(("could not have made this history: ", "bold"), titles))
    out.print(_verdicts(checks), *(_fans(one) for one in checks))


def _verdicts(checks: Sequence[ModelCheck]) -> Table:
    table = Table(title=Text(f"Could the model have made this history? (it fails at a p-value up to {LEVEL:g})"),
                  title_justify="left", title_style="bold", box=None, header_style="dim")
    for name in ("", "verdict", "p-value", "of", "lies furthest out in", "exploded"):
        table.add_column(name, justify="left" if name in ("", "verdict", "lies furthest out in") else "right")
    for one in checks:
        table.add_row(Text(one.title), "passes" if one.passes else "fails", f"{one.p_value:.3f}",
                      f"{one.n_refitted - one.n_failed} refits", one.furthest.name.replace("_", " "),
                      f"{one.n_exploded} of {FAN_HISTORIES}" if one.n_exploded else "")
    return table


def _fans(check: ModelCheck) -> Table:
    """Each statistic by itself: a mark where the history lies outside of 5 to 95 %, as one in ten does anyway."""
    table = Table(title=Text(f"{check.title}: {FAN_HISTORIES} histories, each statistic by itself"),
                  title_justify="left", title_style="bold", box=None, header_style="dim")
    for name in ("", "history", "5 %", "median", "95 %", "share below"):
        table.add_column(name, justify="right" if name else "left")
    rows = zip(check.statistics, check.history, check.fan.T, check.ranks, strict=True)
    for statistic, history, fan, rank in rows:
        numbers = [f"{value:.1%}" if statistic.unit == "frac" else f"{value:.3f}" for value in (history, *fan)]
        mark = " *" if not fan[0] <= history <= fan[2] else "  "
        table.add_row(Text(statistic.name.replace("_", " ")), *numbers, f"{rank:.3f}{mark}")
    return table
