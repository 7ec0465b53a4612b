"""The tables of ``backstop compare``: an arm a row, a figure a column."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.side_by_side import FIGURES, Figure, SideBySide
from backstop.report.amounts import below
from backstop.report.terminal import console

_HEADS = {
    "activated": "acts", "injected": "injected", "pool_peak_use": "peak use", "dry": "dry", "cost": "cost",
    "window_sales_averted_share": "averted in\nwindows", "window_sales_averted": "sales averted\nin windows",
    "relief": "relief", "drawdown_averted": "drawdown\naverted", "technology_saved_window_end": "technology\nsaved",
}


def print_side_by_side(found: SideBySide) -> None:
    """Each arm against its counterfactual, then against the one that was chosen."""
    out = console()
    out.print(_table("each arm against its counterfactual; 95 % intervals below", found.arms, found.own))
    if found.differences:
        others = [arm for arm in found.arms if arm != found.other]
        out.print(_table(f"less {found.other}, path by path", others, found.differences))
    notes = dict.fromkeys(figure.note for figure in (*found.own, *found.differences) if figure.note)
    if notes:
        out.print(Text(f"* rests on little: {'; '.join(notes)}"), style="dim")


def _table(title: str, arms: Sequence[str], figures: Iterable[Figure]) -> Table:
    """Figures that no arm has are left out."""
    by_place = {(figure.arm, figure.metric): figure for figure in figures}
    metrics = [metric for metric, _ in FIGURES if any((arm, metric) in by_place for arm in arms)]
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("arm", overflow="fold")
    for metric in metrics:
        table.add_column(_HEADS[metric], justify="right", no_wrap=True)
    for arm in arms:
        table.add_row(arm, *(_cell(by_place.get((arm, metric))) for metric in metrics))
    return table


def _cell(figure: Figure | None) -> str:
    return "-" if figure is None else below(figure.estimate, figure.lower, figure.upper, figure.unit, figure.note)
