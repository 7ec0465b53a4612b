"""Whether pressure and the facility meet in five real falls: docs/behaviour.md."""

from bench.behaviour import Met, meetings
from docs.figures.pages import table
from docs.figures.workshop import Workshop

HEADS = ("window", "days", "key on, days", "cohort", "days under pressure", "injected", "of it under pressure",
         "technology sold for pressure, key on")


def windows(shop: Workshop) -> str:
    """A row a window and cohort that may claim; amounts in billions."""
    return table(HEADS, [_row(met) for met in meetings(())])


def _row(met: Met) -> tuple[str, ...]:
    amounts = (f"{value:.2f}" if value else "0" for value in (met.injected, met.to_pressed, met.sold_while_on))
    return (met.window, str(met.days), f"{met.days_on:.0f}", met.cohort, f"{met.pressure_days:.1f}", *amounts)
