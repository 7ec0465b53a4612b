"""What ``backstop rare`` prints: the chance, or why there is none, and what each score came to."""

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.estimators import Estimate
from backstop.answers.rare.rare import OfScore, Rare
from backstop.report.terminal import console


def print_rare(found: Rare) -> None:
    """A sentence, a table of both scores, and what they rest on."""
    out = console()
    out.print(Text(_said(found)), style="bold")
    table = Table(title=Text("by score; 95 % intervals"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False,
                  padding=(0, 1, 0, 0))
    heads = ("split by", "chance", "interval", "levels", "seen in", "paths with it", "first paths", "effective",
             "largest weight", "paths run")
    for head in heads:
        table.add_column(head, justify="left" if head == "split by" else "right", overflow="fold")
    for one in found.scores:
        table.add_row(*_cells(one, found.n_repetitions))
    out.print(table)
    out.print(Text(f"levels are chosen on paths of their own; errors are those of {found.n_repetitions} repetitions. "
                   "first paths: how many the paths with the event descend from; effective: by weights alone"),
              style="dim")


def _said(found: Rare) -> str:
    about = f"{found.arm}, {found.event} within {found.n_days} days"
    if found.estimate is None:
        return f"{about}: no chance is given: {found.refusal}"
    crude = "" if found.crude_paths is None else f"; a crude run would need {found.crude_paths:,.0f} paths for as much"
    return f"{about}: {found.estimate.value:.3g} ({_ends(found.estimate)}){crude}"


def _cells(one: OfScore, n_repetitions: int) -> tuple[str, ...]:
    return (one.score, f"{one.estimate.value:.3g}", _ends(one.estimate), str(len(one.levels)),
            f"{one.n_seen_in} of {n_repetitions}", f"{one.n_events:,}", f"{one.n_ancestors:,}",
            f"{one.n_effective:,.0f}", f"{one.largest:.1%}", f"{one.n_paths:,}")


def _ends(estimate: Estimate) -> str:
    return f"{estimate.lower:.3g} to {estimate.upper:.3g}"
