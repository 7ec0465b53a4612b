"""The screen of what breaks a facility."""

from collections.abc import Iterator

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.reverse.boxes import FailureBox
from backstop.answers.reverse.reverse import FEWEST_FOR_BOXES, Broken, Reversed
from backstop.report.amounts import interval, percent
from backstop.report.terminal import console

_SHOWN = ("whole.largest_fall", "whole.worst_20_days", "whole.volatility_ann", "whole.trough_day", "whole.recovery",
          "early.largest_fall")


def print_reverse(found: Reversed, trace: str) -> None:
    """Each failure; `trace` is the command that replays a path, but for its number."""
    out = console()
    out.print(Text(f"{found.arm}: {found.n_paths:,} paths of {found.n_days} days"), style="bold")
    for broken in found.broken:
        out.print(Text(f"{broken.meaning}: on {percent(broken.chance.value)} of paths "
                       f"({interval(broken.chance.lower, broken.chance.upper, 'frac')})"), style="bold")
        if not broken.scenarios:
            out.print(Text(f"no path of {found.n_paths:,} fails so: take more, or a harder market"))
            continue
        out.print(_scenarios(broken))
        for line in _boxes(broken):
            out.print(Text(line), soft_wrap=True)
        out.print(Text(f"to see the likeliest day by day: {trace} --path {broken.scenarios[0].path} -o trace.parquet"),
                  soft_wrap=True)
    for line in _basis():
        out.print(Text(line), style="dim", soft_wrap=True)


def _scenarios(broken: Broken) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    heads = ("", "path", "likelier are", "smaller are", *(name.replace(".", "\n").replace("_", " ") for name in _SHOWN))
    for n, head in enumerate(heads):
        table.add_column(head, justify="right" if n else "left")
    for one in broken.scenarios:
        table.add_row(one.kind, str(one.path), percent(one.likelihood_rank), percent(one.distance_rank),
                      *(_shown(name, one.features[name]) for name in _SHOWN))
    regions = {region.feature: region for region in broken.region}
    for label, field in (("mean of failing", "mean"), ("10 % of them below", "low"), ("10 % above", "high"),
                         ("mean of all", "mean_of_all")):
        table.add_row(label, "", "", "", *(_shown(name, getattr(regions[name], field)) for name in _SHOWN))
    return table


def _shown(feature: str, value: float) -> str:
    return f"{value:.0f}" if feature.endswith("_day") else percent(value)


def _boxes(broken: Broken) -> Iterator[str]:
    if broken.box is None or broken.early_box is None:
        yield f"fewer than {FEWEST_FOR_BOXES} paths fail, or do not: no box is looked for"
        return
    yield from _box("by what is known after a quarter of the horizon, failure is dense", broken.early_box)
    yield from _box("by all that is known at the end", broken.box)


def _box(head: str, found: FailureBox) -> Iterator[str]:
    if not found.bounds:
        yield f"{head}: nowhere in particular"
        return
    yield (f"{head} where (coverage {percent(found.coverage)}, density {percent(found.density)}, "
           f"{percent(found.mass)} of paths; boxes of half the paths overlap by {percent(found.overlap)}):")
    for bound in found.bounds:
        ends = " and ".join(filter(None, (f">= {bound.low:.4g}" if bound.low is not None else "",
                                          f"<= {bound.high:.4g}" if bound.high is not None else "")))
        yield f"  {bound.feature} {ends}   quasi-p {bound.quasi_p:.2g}, in {percent(bound.returns)} of half-samples"


def _basis() -> Iterator[str]:
    yield ("modal: of the paths that fail, the one with the likeliest shocks; typical: the nearest to the mean of "
           "failing paths in all features; smallest: the least sum of squared normal scores of shocks")
    yield ("likelier, smaller: share of all paths whose shocks are that. Coverage: share of failures in the box; "
           "density: chance of failure in it; quasi-p: chance of as many failures if the bound did nothing")
