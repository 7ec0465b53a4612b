"""The tables of ``backstop designs``: what there is, and a line for each facility in each scenario."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.designs import FIGURES, Figure
from backstop.report.amounts import interval, shown
from backstop.report.terminal import console

_HEADS = {
    "activated": "acts", "injected": "injected", "utilisation_if_active": "use of pool", "dry": "runs dry",
    "loss": "loss", "loss_taxpayer": "of it taxpayers'", "sales_averted": "sales averted", "relief": "relief",
    "relief_negative": "P(relief < 0)",
}
_WITH_INTERVAL = {"relief"}


def print_design_names(sources: Mapping[str, str]) -> None:
    """Every design with the source that it follows."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, source in sources.items():
        table.add_row(Text(name, style="bold"), Text(source))
    console().print(table)


def print_designs(figures: Sequence[Figure], currency: str) -> None:
    """One table a scenario."""
    out = console()
    for scenario in dict.fromkeys(figure.scenario for figure in figures):
        table = Table(title=Text(f"{scenario}, amounts in {currency}"), title_justify="left", box=box.SIMPLE_HEAD)
        table.add_column("")
        for metric, _ in FIGURES:
            table.add_column(_HEADS[metric], justify="right")
        of_scenario = [figure for figure in figures if figure.scenario == scenario]
        for design in dict.fromkeys(figure.design for figure in of_scenario):
            found = {figure.metric: figure for figure in of_scenario if figure.design == design}
            table.add_row(design, *(_cell(found.get(metric)) for metric, _ in FIGURES))
        out.print(table)


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    ends = interval(figure.lower, figure.upper, figure.unit) if figure.metric in _WITH_INTERVAL else ""
    return f"{shown(figure.estimate, figure.unit)}" + (f"\n{ends}" if ends else "")
