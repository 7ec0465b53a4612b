"""The page of assumptions: which of them turn the conclusion, and which move it most."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.estimators import Estimate
from backstop.answers.sensitivity.sensitivity import Moved, Sensitivity
from backstop.report.amounts import below, interval, shown
from backstop.report.terminal import console

NUMBERS_SHOWN = 20
"""Numbers that are shown; the files have all."""


def print_sensitivity(found: Sensitivity) -> None:
    """What turns the sign first, then the ranked table, then what was left out."""
    out, unit = console(), found.headline.unit
    out.print(Text(f"{found.headline.metric}: {shown(found.base.value, unit)} ({_ends(found.base, unit)}), "
                   f"{found.n_paths:,} paths"), style="bold")
    for line in _turning(found):
        out.print(Text(line), soft_wrap=True)
    out.print(_table(found))
    for line in _basis(found):
        out.print(Text(line), style="dim", soft_wrap=True)


def _turning(found: Sensitivity) -> Iterator[str]:
    """Each number that turns the sign, the sure ones first."""
    turning = sorted((one for one in found.moved if one.turns), key=lambda one: not one.is_sure)
    n = len({one.key for one in found.moved})
    if not turning:
        yield f"no one of {n} numbers, moved by itself, turns its sign"
        return
    keys = {one.key for one in turning}
    sure = {one.key for one in turning if one.is_sure}
    yield f"{len(keys)} of {n} numbers, each moved by itself, turn its sign, {len(sure)} of them surely:"
    for one in turning:
        yield (f"  {one.key} = {one.value:.6g} in place of {one.config_value:.6g}: "
               f"{shown(one.estimate.value, found.headline.unit)} ({_ends(one.estimate, found.headline.unit)})"
               f"{'' if one.is_sure else ', within the error'}")


def _table(found: Sensitivity) -> Table:
    ranked, unit = found.ranked(), found.headline.unit
    title = f"by what it does to {found.headline.metric}, against the config on the same paths"
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for n, head in enumerate(("", "number", "config", "low", "effect", "high", "effect")):
        table.add_column(head, justify="left" if n == 1 else "right", overflow="fold")
    for place, sides in enumerate(ranked[:NUMBERS_SHOWN], 1):
        by_side = {one.side: one for one in sides}
        table.add_row(str(place), f"{sides[0].key} (line {sides[0].line})", f"{sides[0].config_value:.6g}",
                      *_cells(by_side.get("low"), unit), *_cells(by_side.get("high"), unit))
    return table


def _cells(one: Moved | None, unit: str) -> Sequence[str]:
    if one is None:
        return "-", "-"
    return f"{one.value:.6g}", below(*one.effect[:3], unit)


def _ends(estimate: Estimate, unit: str) -> str:
    return interval(estimate.lower, estimate.upper, unit)


def _basis(found: Sensitivity) -> Iterator[str]:
    ranked, n_stated = found.ranked(), sum(one.is_stated for one in found.moved)
    still = sum(all(one.effect.value == 0.0 for one in sides) for sides in ranked)
    if len(ranked) > NUMBERS_SHOWN:
        yield f"{len(ranked) - NUMBERS_SHOWN} more move it less; {still} of all do nothing to it. -o keeps every row"
    yield (f"varied: numbers tagged {' or '.join(found.tags)}; {n_stated} values are ranges that tags state, others "
           "half and double, or as near to that as the config takes")
    yield ("each interval is a 95 % one: of so many, one in twenty misses. Numbers are moved one at a time: what "
           "two of them do together is not seen")
    if found.left_out:
        yield f"{len(found.left_out)} sides were left out, as {found.left_out[0].key} {found.left_out[0].side}: " + (
            found.left_out[0].reason)
    if found.untagged:
        yield f"{len(found.untagged)} numbers have no tag and were not varied, as {found.untagged[0]}"
