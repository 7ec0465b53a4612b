"""The screen of a sweep: designs that nothing beats, what each changes, how surely; indices of keys."""

from collections.abc import Iterator

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.estimators import Estimate
from backstop.answers.sweeping.halving import WRONG
from backstop.answers.sweeping.sweep import CONFIG, Answer, Swept
from backstop.report.amounts import below, percent, shown
from backstop.report.terminal import console

DESIGNS_SHOWN = 20
"""Designs that are shown; the files have all."""
_SMALL_CHANCE = 0.05
_BILLION = 1e9


def print_sweep(found: Answer) -> None:
    """The frontier, then indices if they were asked for, then what it rests on."""
    out = console()
    n = len(found.designs) - 1
    out.print(Text(f"{n:,} designs on {found.n_paths:,} paths, the same for all, amounts in {found.currency}"),
              style="bold")
    out.print(_frontier(found))
    if found.indices:
        out.print(_indices(found))
    for line in _basis(found):
        out.print(Text(line), style="dim", soft_wrap=True)


def _chosen(found: Answer) -> list[Swept]:
    """Designs on the frontier, by the rate asked for or by the first objective, those that may be; the config's own."""
    likely = [one for one in found.designs if one.design != CONFIG and (one.is_on or one.chance >= _SMALL_CHANCE)]
    best_high = found.question.per is not None or found.quantities[0].is_better_high

    def place(one: Swept) -> tuple[bool, float]:
        first = one.per if found.question.per is not None else one.objectives[0]
        return not one.is_on, float("inf") if first is None else -first.value if best_high else first.value

    return [*sorted(likely, key=place)[:DESIGNS_SHOWN], *(one for one in found.designs if one.design == CONFIG)]


def _frontier(found: Answer) -> Table:
    objectives = found.quantities[: len(found.question.objectives)]
    table = _table("designs that nothing beats, then those that may be such, the best first; the config itself last",
                   ["", *(_words(".".join(factor.key.split(".")[-2:])) for factor in found.question.factors),
                    *(f"{_words(one.metric)}, {'high' if one.is_better_high else 'low'} is better"
                      for one in objectives),
                    *(limit.text for limit in found.question.limits), *_head_of_rate(found), "on it"])
    for one in _chosen(found):
        values = [_value(one.design.values.get(factor.key)) for factor in found.question.factors]
        cells = [_cell(estimate, quantity.unit) for estimate, quantity in zip(one.objectives, objectives, strict=True)]
        units = {quantity.metric: quantity.unit for quantity in found.quantities}
        cells += [_cell(estimate, units[limit.metric]) for estimate, limit in
                  zip(one.kept, found.question.limits, strict=True)]
        if found.question.per is not None:
            cells.append(_rate(one.per, *(units[metric] for metric in found.question.per)))
        table.add_row(one.design.name, *values, *cells, percent(one.chance))
    return table


def _table(title: str, heads: list[str]) -> Table:
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for n, head in enumerate(heads):
        table.add_column(head, justify="right" if n else "left", overflow="fold")
    return table


def _value(value: object) -> str:
    return "" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)


def _cell(estimate: Estimate | None, unit: str) -> str:
    if estimate is None:
        return "-"
    return below(*estimate[:3], unit)


def _words(name: str) -> str:
    """A name that a narrow column may break between its words."""
    return name.replace("_", " ").replace(".", " ")


def _head_of_rate(found: Answer) -> list[str]:
    if found.question.per is None:
        return []
    one, over = found.question.per
    units = {quantity.metric: quantity.unit for quantity in found.quantities}
    return [f"{_words(one)} per {'bn of ' if units[over] == 'currency' else ''}{_words(over)}"]


def _rate(estimate: Estimate | None, unit: str, over: str) -> str:
    """Per billion where the other is money."""
    if estimate is None:
        return "not surely above 0"
    times = _BILLION if over == "currency" else 1.0
    lower, upper = (None if end is None else times * end for end in estimate[1:3])
    return below(times * estimate.value, lower, upper, unit)


def _indices(found: Answer) -> Table:
    table = _table("what explains an objective's variance over designs; errors of few designs, of few paths",
                   ["objective", "key", "alone", "with all others"])
    for one in found.indices:
        table.add_row(one.metric, one.key,
                      f"{one.first:.3f} ({one.first_design_error:.3f}, {one.first_path_error:.3f})",
                      f"{one.total:.3f} ({one.total_design_error:.3f}, {one.total_path_error:.3f})")
    return table


def _basis(found: Answer) -> Iterator[str]:
    zone = ", ".join(f"{shown(zone, one.unit)} of {one.metric}" for one, zone in
                     zip(found.quantities, found.zone, strict=False))
    yield ("on it: share of resamples of paths in which no other design is better; differences within "
           f"{zone} count as none")
    if found.question.limits:
        yield ("a design that breaks a limit, in any market model, is not on it; of an event that no path shows, look "
               "at the upper end")
    if found.question.is_halving:
        n = sum(one.n_paths < found.n_paths for one in found.designs)
        yield (f"halving dropped {n} designs on fewer paths; of those that belong on the frontier it drops "
               f"{WRONG:g} on average at most")
    if found.refused:
        first = found.refused[0]
        changes = ", ".join(f"{key}={value}" for key, value in first.design.values.items())
        yield f"{len(found.refused)} designs make no sense and were left out, as {changes}: {first.reason}"
