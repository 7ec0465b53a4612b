"""The screen of a search for the best terms: the designs that may be best, which limit binds, what each lever does."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from backstop.answers.sweeping.surely import WRONG
from backstop.answers.sweeping.sweep import CONFIG, Answer, Swept
from backstop.report.amounts import percent
from backstop.report.sweep import (
    DESIGNS_SHOWN,
    are_few,
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
    for line in _said(found):
        out.print(Text(line), style="bold", soft_wrap=True)
    out.print(_designs(found))
    if found.budgets:
        out.print(_budgets(found))
    if found.levers:
        out.print(_levers(found))
    for line in _basis(found):
        out.print(Text(line), style="dim", soft_wrap=True)


def _said(found: Answer) -> Iterator[str]:
    standing, likely = found.standing, found.likely
    yield (f"{found.asked.objectives[0].name}, {len(found.designs):,} designs, {found.n_paths:,} paths, the same for "
           f"all, amounts in {found.currency}")
    if not standing:
        yield "none is left: each surely breaks a limit"
    elif len(standing) == 1:
        yield f"one design is left, the best of them with a chance of {1.0 - WRONG:.0%} at least"
    else:
        yield (f"{len(standing):,} designs are left, which the paths cannot exclude: the best of all is among these "
               f"with a chance of {1.0 - WRONG:.0%} at least")
        yield f"{len(likely):,} of them share {sum(one.best for one in likely):.0%} of the chance of being the best"


def _designs(found: Answer) -> Table:
    others = ", then all others" if are_few(found) else ""
    table = designs_table(f"designs that are the best in some resample, the likeliest first{others}; the config itself "
                          "last", found, ["best", "best within the zone"])
    for one in [*_shown(found), *(one for one in found.designs if one.design == CONFIG)]:
        chances = (percent(one.best), percent(one.chance)) if one.stands else ("out", "out")
        table.add_row(*cells_of(found, one), *chances)
    return table


def _shown(found: Answer) -> list[Swept]:
    if are_few(found):
        # what halving dropped, and the leader moved to it, is one design: on more paths comes first
        out = sorted((one for one in found.designs if not one.stands), key=lambda one: -one.n_paths)
        apart = {str(one.design.values): one for one in reversed([*found.standing, *out])}
        return [one for one in reversed(apart.values()) if one.design != CONFIG]
    return [one for one in found.standing if one.design != CONFIG and one.chance > 0.0][:DESIGNS_SHOWN]


def _budgets(found: Answer) -> Table:
    table = headed("limits: share of resamples in which a design that breaks it, and keeps the others, would be better",
                   ["limit", "binds", "gain without it"])
    for one in found.budgets:
        gain = "no design keeps all" if one.gain is None else objective_text(found, found.asked.objectives[0], one.gain)
        table.add_row(one.limit.text, percent(one.binds), gain)
    return table


def _levers(found: Answer) -> Table:
    name = found.leader.name if found.leader else ""
    table = headed(f"levers: {name}, the likeliest of those planned, with one key moved to its ends, its middle or its "
                   "other values; the largest change",
                   ["key", "at", "moved to", "changes the objective by", "does"])
    for one, factor in zip(found.levers, found.question.factors, strict=True):
        change = "refused" if one.change is None else objective_text(found, found.asked.objectives[0], one.change)
        values = value_text(one.at, factor), value_text(one.moved_to, factor)
        table.add_row(one.key, *values, change, _DOES[one.does])
    return table


def _basis(found: Answer) -> Iterator[str]:
    zone = zone_text(found, found.asked.objectives[0], found.zone[0])
    n_fewer = sum(one.n_paths < found.n_paths for one in found.designs)
    n_hidden = sum(one.design != CONFIG for one in found.standing) - sum(one.stands for one in _shown(found))
    yield (f"best: share of resamples of paths; what keeps no limit in a resample is not it; the zone is {zone}; "
           "chances of an event are drawn as its count leaves them, so that one never seen is not taken for impossible")
    yield ("these chances are too sure where designs differ by no more than their errors; the set that is left is a "
           "confidence set all the same")
    if n_hidden:
        yield f"{n_hidden} more are left, which are never or seldom the best: see the files of -o"
    if n_fewer:
        yield (f"{n_fewer} designs were dropped on fewer paths: surely over a limit, or worse than one that surely "
               "keeps all of them")
    yield "the set is of the designs that were run: between them, and beyond the ranges, there may be better ones"
    yield from refusals(found)
