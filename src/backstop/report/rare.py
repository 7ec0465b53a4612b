"""What ``backstop rare`` prints: the chance, or why there is none, and what each score came to."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.estimators import Estimate
from backstop.answers.rare.mixing import Tail
from backstop.answers.rare.rare import OfMethod, Rare
from backstop.report.terminal import console


def print_rare(found: Rare) -> None:
    """A sentence, a table of all methods, the tail, and what they rest on."""
    out = console()
    out.print(Text(_said(found)), style="bold")
    table = _headed("by method; 95 % intervals", ("split by, or", "chance", "interval", "levels", "seen in",
                                                  "paths with it", "first paths", "effective", "largest weight",
                                                  "paths run"))
    for one in found.methods:
        table.add_row(*_cells(one, found.n_repetitions))
    out.print(table)
    if found.tail is not None and found.tail.beyond:
        out.print(_tail(found.tail))
    for line in _basis(found):
        out.print(Text(line), style="dim")


def _headed(title: str, heads: Sequence[str]) -> Table:
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for n, head in enumerate(heads):
        table.add_column(head, justify="right" if n else "left", overflow="fold")
    return table


def _tail(tail: Tail) -> Table:
    worse = "below" if tail.is_low else "above"
    table = _headed(f"{tail.metric}, by weights of the paths with one worse day",
                    ("share of paths", worse, "interval", "mean of these", "interval", "paths"))
    for one in tail.beyond:
        ends = (cell for part in (one.quantile, one.shortfall) for cell in (f"{part.value:.3g}", _ends(part)))
        table.add_row(f"{one.share:.2%}", *ends, f"{one.n_paths:,}")
    return table


def _basis(found: Rare) -> Iterator[str]:
    yield ("levels, and what days are made worse by, are chosen on paths of their own; errors are those of "
           f"{found.n_repetitions} repetitions. first paths: how many the paths with the event descend from; "
           "effective: by weights alone")
    if found.no_mixture:
        yield f"no day was made worse: {found.no_mixture}"
    for one in found.methods:
        if one.told:
            yield f"{one.method} is left out: {one.told}"


def _said(found: Rare) -> str:
    about = f"{found.arm}, {found.event} within {found.n_days} days"
    if found.estimate is None:
        return f"{about}: no chance is given: {found.refusal}"
    crude = "" if found.crude_paths is None else f"; a crude run would need {found.crude_paths:,.0f} paths for as much"
    return f"{about}: {found.estimate.value:.3g} ({_ends(found.estimate)}){crude}"


def _cells(one: OfMethod, n_repetitions: int) -> tuple[str, ...]:
    return (one.method, f"{one.estimate.value:.3g}", _ends(one.estimate), str(len(one.levels)),
            f"{one.n_seen_in} of {n_repetitions}", f"{one.n_events:,}", f"{one.n_ancestors:,}",
            f"{one.n_effective:,.0f}", f"{one.largest:.1%}", f"{one.n_paths:,}")


def _ends(estimate: Estimate) -> str:
    return " to ".join("-" if end is None else f"{end:.3g}" for end in estimate[1:3])
