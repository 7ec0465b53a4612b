"""The table of ``run --decompose``: what each channel contributes to what an arm averts."""

from collections.abc import Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from backstop.answers.decompose import Contribution
from backstop.report.amounts import interval, shown
from backstop.report.terminal import console

_LABELS = {
    "sales_averted": "forced sales averted",
    "all_window_sales_averted": "forced sales averted in windows of stress",
    "relief": "relief (averted less postponed)",
    "drawdown_averted": "drawdown averted, mean over assets",
    "pressure_days_averted": "days of evaluation pressure averted",
    "window_pressure_days_averted": "days of evaluation pressure averted in windows of stress",
    "failures_averted": "failures averted, share of assets",
}


def print_decomposition(rows: Sequence[Contribution], currency: str) -> None:
    """Arm by arm: each channel's share of each measure, mean over all paths."""
    out = console()
    for arm, against in dict.fromkeys((row.arm, row.against) for row in rows):
        title = f"{arm} against {against}: what each channel contributes (Shapley values; they add up to the whole)"
        table = Table(title=Text(title), title_justify="left")
        for column in ("", "mean over all paths", "95 % interval"):
            table.add_column(column, justify="right" if column else "left")
        for measure, group in groupby((row for row in rows if row.arm == arm), key=lambda row: row.measure):
            _add_measure(table, measure, list(group), currency)
        out.print(table)


def _add_measure(table: Table, measure: str, rows: Sequence[Contribution], currency: str) -> None:
    """A heading, a line for each channel, and what they add up to."""
    table.add_row(Text(_LABELS[measure], style="bold"), "", "")
    for row in rows:
        ends = interval(row.lower, row.upper, row.unit)
        table.add_row(Text(f"  {row.channel}"), shown(row.estimate, row.unit, currency), ends)
