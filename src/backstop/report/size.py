"""The screen of ``backstop size``: the size first, then what it rests on."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.estimators import Estimate
from backstop.answers.sizing.costs import Cost, Ruin
from backstop.answers.sizing.curves import Curve, Point
from backstop.answers.sizing.robust import LADDER, holds_within, worst
from backstop.answers.sizing.size import Sized
from backstop.answers.sizing.trial import Worth
from backstop.report.amounts import amount, percent
from backstop.report.terminal import console

_CHANCES = (0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
"""Where the curve is shown, besides the sizes that are asked about."""
_GIVEN = {"crisis": "given a crisis", "all": "over all paths"}


def print_size(found: Sized) -> None:
    """All of the answer."""
    out = console()
    out.print(Text(f"{found.arm}: {found.n_paths:,} paths of {found.n_days} days, amounts in {found.currency}; the "
                   f"pool of the config has {amount(found.size)}"), style="bold")
    for line in _verdict(found):
        out.print(Text(line), soft_wrap=True)
    out.print(_curves(found))
    if any(curve.model for curve in found.curves):
        out.print(_models(found))
    for line in _robust(found):
        out.print(Text(line), soft_wrap=True)
    for worth in found.worths:
        out.print(Text(_worth(worth)), soft_wrap=True)
    for cost in found.costs:
        out.print(_tower(cost))
    out.print(_ruin(found.ruin))
    for line in _basis(found):
        out.print(Text(line), style="dim", soft_wrap=True)


def _verdict(found: Sized) -> Iterator[str]:
    target = percent(found.question.target)
    for curve in found.curves[:2]:
        yield f"  {_GIVEN[curve.given]}, to run dry on {target} of paths: {_sized(curve)}"
    chance = found.crisis_chance
    yield f"  a crisis ({found.crisis}) comes on {percent(chance.value)} of paths ({_ends(chance)})"


def _sized(curve: Curve) -> str:
    if curve.size is None:
        return "no size that was looked at is enough"
    low = "0" if curve.size_lower is None else amount(curve.size_lower)
    high = "more than these paths can tell" if curve.size_upper is None else amount(curve.size_upper)
    return f"{amount(curve.size)} (95 %: {low} to {high})"


def _ends(estimate: Estimate) -> str:
    return "" if estimate.lower is None or estimate.upper is None else (
        f"{percent(estimate.lower)} to {percent(estimate.upper)}")


def _table(title: str, heads: Sequence[str]) -> Table:
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for n, head in enumerate(heads):
        table.add_column(head, justify="right" if n else "left", overflow="fold")
    return table


def _curves(found: Sized) -> Table:
    """Both curves at sizes that matter, with the worst chance in models near by."""
    lead, over_all = found.curves[:2]
    table = _table("chance of running dry; below it the band that holds the whole curve with 95 %",
                   ("pool", *_GIVEN.values(), *(f"worst, {k:g} nats" for k in LADDER)))
    least = found.crisis_chance.lower or 0.0
    for point in _shown(found, lead):
        near = (percent(worst(point.upper, k, least)) for k in LADDER)
        mark = " = config" if point.size == found.size else " = asked for" if point.size == found.advised else ""
        table.add_row(f"{amount(point.size)}{mark}", _cell(point), _cell(over_all.at(point.size)), *near)
    return table


def _shown(found: Sized, curve: Curve) -> list[Point]:
    """Points at round chances, at the size asked for and, for what holds there, at that of the config."""
    sizes = {point.size: point for chance in _CHANCES
             for point in [next((p for p in curve.points if p.p <= chance), None)] if point is not None}
    if found.advised is not None:
        sizes[found.advised] = curve.at(found.advised)
    own = curve.at(found.size)._replace(size=found.size)
    return sorted({**sizes, found.size: own}.values())


def _cell(point: Point) -> str:
    return f"{percent(point.p)}\n{_bounds(point.lower, point.upper)}"


def _bounds(lower: float, upper: float) -> str:
    """``0.12..3.4``, per cent as the line above."""
    return f"{percent(lower).removesuffix(' %')}..{percent(upper).removesuffix(' %')}"


def _models(found: Sized) -> Table:
    table = _table("by market model", ("model", "given a crisis", "over all paths"))
    for model in dict.fromkeys(curve.model for curve in found.curves):
        own = {curve.given: curve for curve in found.curves if curve.model == model}
        table.add_row(model or "all together", *(_sized(own[given]) if given in own else "no crisis"
                                                 for given in _GIVEN))
    return table


def _robust(found: Sized) -> Iterator[str]:
    """How far off the model may be."""
    lead, target = found.curves[0], found.question.target
    least = found.crisis_chance.lower or 0.0
    sizes = ", ".join(f"{k:g} nats: {'more paths needed' if size is None else amount(size)}" for k, size in lead.robust)
    yield f"to keep to {percent(target)} given a crisis in every model within: {sizes}"
    for label, size in (("the pool of the config", found.size), ("the pool asked for", found.advised)):
        if size is not None:
            nats = holds_within(lead.at(size).upper, target, least)
            yield (f"{label}, {amount(size)}, holds unless the model is off by more than {nats:.2g} nats" if nats > 0.0
                   else f"{label}, {amount(size)}, does not surely hold even if the model is right")
    if found.distance is None:
        yield "models a few hundredths of a nat apart fit the same prices: --models says how far those of yours are"
    else:
        one, other, nats = found.distance
        yield f"the fitted models are up to {nats:.2g} nats apart in the chance of a crisis ({one} from {other})"


def _worth(worth: Worth) -> str:
    lack = "" if worth.lack is None or worth.lack_in_crisis is None else (
        f"; claims go beyond it by {amount(worth.lack_in_crisis.value)} given a crisis, {amount(worth.lack.value)} "
        "over all paths, mean")
    parts = [f"{what} {gain.value:.3g} ({gain.lower:.2g} to {gain.upper:.2g})"
             for what, gain in (("meets claims of", worth.claims_met), ("averts sales in windows of",
                                                                        worth.sales_averted))
             if gain is not None and gain.lower is not None and gain.upper is not None]
    return f"at {amount(worth.size)} one more unit of pool {' and '.join(parts)}, mean over paths{lack}"


def _tower(cost: Cost) -> Table:
    """The stack with the layer that loses last on top."""
    table = _table(f"a pool of {amount(cost.size)}: who bears what, the last to lose on top; costs a year",
                   ("layer", "from", "to", "bears any", "bears all", "loss", "worst 5 %, all years", "carry"))
    for layer in reversed(cost.layers):
        tail, carry = amount(layer.tail_loss.value), amount(layer.carry_a_year.value)
        table.add_row(layer.layer, amount(layer.attachment), amount(layer.exhaustion), percent(layer.attached.value),
                      percent(layer.exhausted.value), amount(layer.loss_a_year.value), tail, carry)
    for label, estimate in (("taxpayer", cost.taxpayer), ("marks at the horizon", cost.marks),
                            ("less income", cost.income), ("in all, with carry", cost.total)):
        table.add_row(label, "", "", "", "", amount(estimate.value), "", "")
    return table


def _ruin(rows: Sequence[Ruin]) -> Table:
    sizes = list(dict.fromkeys(row.size for row in rows))
    table = _table("run dry by the end of a year", ("year", *(amount(size) for size in sizes)))
    for year in dict.fromkeys(row.year for row in rows):
        cells = [f"{percent(row.estimate.value)} ({_ends(row.estimate)})" for row in rows if row.year == year]
        table.add_row(str(year), *cells)
    return table


def _basis(found: Sized) -> Iterator[str]:
    """What the answer rests on, and where it ends."""
    yield f"every size scales all layers by one factor ({', '.join(found.layers)}), what is paid in and called alike"
    for term in found.hanging:
        yield f"{term.key} hangs on the size: {term.why}; so every size of the curves was run"
    if not found.hanging:
        yield (f"no term hangs on the size: one unlimited pool tells all; held against {found.n_checked:,} paths of "
               "pools that were run, each dry just where it says")
    if not found.curves[0].is_exact:
        yield "weights or shared draws make the band approximate: it rests on the paths they are worth"
    if found.outside > 0.0:
        yield f"{percent(found.outside)} of paths that need a pool have no crisis in that sense"
    yield (f"eligible funds hold {percent(found.nav_left)} of their opening value at the horizon, mean")
