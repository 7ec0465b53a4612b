"""The screen of a search for the best terms: the designs that may be best, which limit binds, what each lever does."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from backstop.answers.sweeping.surely import WRONG
from backstop.answers.sweeping.sweep import CONFIG, Answer, Swept
from backstop.report.amounts import percent
from backstop.report.sweep import (
    DESIGNS_SHOWN,
    cells_of,
    designs_table,
    headed,
    objective_text,
    refusals,
    value_text,
    zone_text,
)
from backstop.report.terminal import console

_DOES = {"matters": "matters", "nothing": "nothing: within the zone", "not told": "not told by these paths"}


def print_optimum(found: Answer) -> None:
    """How many designs stand, the first of them, limits, levers, and what it rests on."""
    out = console()
    out.print(Text(_said(found)), style="bold", soft_wrap=True)
    out.print(_designs(found))
    if found.budgets:
        out.print(_budgets(found))
    if found.levers:
        out.print(_levers(found))
    for line in _basis(found):
        out.print(Text(line), style="dim", soft_wrap=True)


def _standing(found: Answer) -> list[Swept]:
    """The most likely first."""
    return sorted((one for one in found.designs if one.stands), key=lambda one: (-one.best, -one.chance))


def _said(found: Answer) -> str:
    n, standing = len(found.designs), len(_standing(found))
    about = f"{found.asked.objectives[0].name}, {n:,} designs, {found.n_paths:,} paths, the same for all"
    if not standing:
        return f"{about}: none is left: each surely breaks a limit"
    if standing == 1:
        return f"{about}: one design is left, the best of them with a chance of {1.0 - WRONG:.0%} at least"
    return (f"{about}: {standing:,} designs are left, which the paths cannot tell apart; the best of them all is among "
            f"these with a chance of {1.0 - WRONG:.0%} at least")


def _designs(found: Answer) -> Table:
    table = designs_table("designs that are left, those that are most often the best first; the config itself last",
                          found, ["best", "best within the zone"])
    rows = [one for one in _standing(found) if one.design != CONFIG][:DESIGNS_SHOWN]
    for one in [*rows, *(one for one in found.designs if one.design == CONFIG)]:
        chances = (percent(one.best), percent(one.chance)) if one.stands else ("out", "out")
        table.add_row(*cells_of(found, one), *chances)
    return table


def _budgets(found: Answer) -> Table:
    table = headed("limits: share of resamples in which a design that breaks it, and keeps the others, would be better",
                   ["limit", "binds", "gain without it"])
    for one in found.budgets:
        gain = "no design keeps all" if one.gain is None else objective_text(found, found.asked.objectives[0], one.gain)
        table.add_row(one.limit.text, percent(one.binds), gain)
    return table


def _levers(found: Answer) -> Table:
    table = headed("levers: the first design again with one key moved to the ends and the middle of what it may take",
                   ["key", "at", "moved to", "changes the objective by", "does"])
    for one in found.levers:
        change = "refused" if one.change is None else objective_text(found, found.asked.objectives[0], one.change)
        table.add_row(one.key, value_text(one.at), value_text(one.moved_to), change, _DOES[one.does])
    return table


def _basis(found: Answer) -> Iterator[str]:
    zone = zone_text(found, found.asked.objectives[0], found.zone[0])
    n_fewer = sum(one.n_paths < found.n_paths for one in found.designs)
    n_hidden = max(len(_standing(found)) - DESIGNS_SHOWN, 0)
    yield (f"best: share of resamples of paths; what keeps no limit in a resample is not it; the zone is {zone}; "
           "chances of an event are drawn as its count leaves them, so that one never seen is not taken for impossible")
    if n_hidden:
        yield f"{n_hidden} more that are left are in the files of -o"
    if n_fewer:
        yield (f"{n_fewer} designs were dropped on fewer paths: surely over a limit, or worse than one that surely "
               "keeps all of them")
    yield "the set is of the designs that were run: between them, and beyond the ranges, there may be better ones"
    yield from refusals(found)
