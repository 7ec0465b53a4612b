"""The tables of ``backstop designs``: what there is, and a line for each facility in each scenario."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.designs import FIGURES, Figure
from backstop.report.amounts import shown
from backstop.report.terminal import console

_HEADS = {
    "activated": "acts", "window_sales_averted_share": "averted in\nwindows", "relief": "relief",
    "relief_negative": "P(relief\n< 0)", "drawdown_averted": "drawdown\naverted",
    "system_losses_averted": "sale losses\naverted", "cost_a_year": "cost\na year", "pool_peak_use": "peak use",
    "utilisation_if_active": "of pool", "dry": "dry",
}
_NOTE = (
    "averted in windows: share of eligible funds' forced sales in windows of stress; - for who buys in the market. "
    "cost a year: funding, losses and grants, less booked income, and what the pool holds and is owed at closing "
    "prices; negative: it earned more. of pool: of the layers' money, borrowed money on top. Relief is in currency: "
    "who holds prices up makes sales of the same units dearer, so judge purchases by drawdown and by what sales cost."
)


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
        table = Table(title=Text(f"{scenario}, amounts in {currency}"), title_justify="left", box=box.SIMPLE_HEAD,
                      show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column("", no_wrap=True)
        for metric, _ in FIGURES:
            table.add_column(_HEADS[metric], justify="right", no_wrap=True)
        of_scenario = [figure for figure in figures if figure.scenario == scenario]
        for design in dict.fromkeys(figure.design for figure in of_scenario):
            found = {figure.metric: figure for figure in of_scenario if figure.design == design}
            table.add_row(design, *(_cell(found.get(metric)) for metric, _ in FIGURES))
        out.print(table)
    out.print(Text(_NOTE), style="dim")


def _cell(figure: Figure | None) -> str:
    return "-" if figure is None else shown(figure.estimate, figure.unit)
