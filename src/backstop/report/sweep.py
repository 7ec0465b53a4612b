"""The screen of a sweep: designs, what each changes, how surely nothing beats it; indices of keys."""

from collections.abc import Iterator

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.estimators import Estimate
from backstop.answers.sweeping.factors import Factor
from backstop.answers.sweeping.objectives import Quantity
from backstop.answers.sweeping.planning import SweepPlan
from backstop.answers.sweeping.surely import WRONG
from backstop.answers.sweeping.sweep import CONFIG, Answer, Swept
from backstop.answers.sweeping.worlds import changes_of
from backstop.report.amounts import BILLION, below, duration, percent, shown, size
from backstop.report.terminal import console

DESIGNS_SHOWN = 20
"""Designs that are shown, all where there are no more; the files have all."""
_SMALL_CHANCE = 0.05


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


def print_sweep_plan(plan: SweepPlan) -> None:
    """The estimate of ``--dry-run``."""
    configs = "of one config" if plan.n_configs == 1 else f"of {plan.n_configs:,} configs"
    rounds = "" if plan.n_rounds == 1 else f", in {plan.n_rounds} rounds"
    least = "" if plan.n_rounds == 1 else f", {duration(plan.least_seconds)} if nearly all drop out at first"
    print(f"{plan.n_designs:,} designs {configs}, {plan.n_paths:,} paths of {plan.n_days} days{rounds}\n"
          f"time    about {duration(plan.seconds)}{least}; measured on {plan.sample_designs} designs and "
          f"{plan.sample_paths} paths\n"
          f"memory  {size(plan.memory_bytes)} at the peak\n"
          f"disk    {size(plan.disk_bytes)} with -o")


def are_few(found: Answer) -> bool:
    """Whether all designs are shown: of three variants, who compares them wants three rows."""
    return len(found.designs) - 1 <= DESIGNS_SHOWN


def _chosen(found: Answer) -> list[Swept]:
    """Designs on the frontier, by the rate asked for or by the first objective, then others; the config's own last."""
    likely = [one for one in found.designs
              if one.design != CONFIG and (one.is_on or one.chance >= _SMALL_CHANCE or are_few(found))]
    best_high = found.question.per is not None or found.asked.objectives[0].is_better_high

    def place(one: Swept) -> tuple[bool, bool, float]:
        first = one.per if found.question.per is not None else one.objectives[0]
        height = float("-inf" if best_high else "inf") if first is None else first.value
        return not one.is_on, one.chance < _SMALL_CHANCE, -height if best_high else height

    return [*sorted(likely, key=place)[:DESIGNS_SHOWN], *(one for one in found.designs if one.design == CONFIG)]


def _frontier(found: Answer) -> Table:
    others = "all others" if are_few(found) else "those that may be such"
    table = designs_table(f"designs that nothing beats, then {others}, the best first; the config itself last", found,
                          [*_head_of_rate(found), "on it"])
    for one in _chosen(found):
        rate = [] if found.question.per is None else [_rate(one.per, *(_unit(found, n) for n in found.question.per))]
        table.add_row(*cells_of(found, one), *rate, percent(one.chance))
    return table


def designs_table(title: str, found: Answer, more: list[str]) -> Table:
    """Heads of what `cells_of` gives, and `more`."""
    return headed(title, ["", *(words(".".join(factor.key.split(".")[-2:])) for factor in found.question.factors),
                          *(f"{_head(found, one)}, {'high' if one.is_better_high else 'low'} is better"
                            for one in found.asked.objectives),
                          *(limit.text for limit in found.question.limits), *more])


def cells_of(found: Answer, one: Swept) -> list[str]:
    """Name, values, objectives and limits of a design."""
    cells = [one.design.name]
    cells += [value_text(one.design.values.get(factor.key), factor) for factor in found.question.factors]
    cells += [objective_text(found, quantity, estimate) for estimate, quantity in
              zip(one.objectives, found.asked.objectives, strict=True)]
    return cells + [_cell(estimate, _unit(found, limit.metric)) for estimate, limit in
                    zip(one.kept, found.question.limits, strict=True)]


def objective_text(found: Answer, quantity: Quantity, estimate: Estimate | None) -> str:
    """An objective with its interval below it; of a rate, per billion where the other is money."""
    if quantity.over:
        return _rate(estimate, quantity.unit, _unit(found, quantity.over))
    return _cell(estimate, quantity.unit)


def _unit(found: Answer, metric: str) -> str:
    return found.asked.metrics[found.asked.number(metric)].unit


def _head(found: Answer, one: Quantity) -> str:
    return _rate_head(found, one.metric, one.over) if one.over else words(one.metric)


def _rate_head(found: Answer, one: str, over: str) -> str:
    return f"{words(one)} per {'bn of ' if _unit(found, over) == 'currency' else ''}{words(over)}"


def _head_of_rate(found: Answer) -> list[str]:
    return [] if found.question.per is None else [_rate_head(found, *found.question.per)]


def headed(title: str, heads: list[str]) -> Table:
    """An empty table, its first column to the left."""
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for n, head in enumerate(heads):
        table.add_column(head, justify="right" if n else "left", overflow="fold")
    return table


def value_text(value: object, factor: Factor) -> str:
    """Of a key, empty where it is the config's; no two of a grid look the same."""
    if not isinstance(value, float):
        return "" if value is None else str(value)
    several = {value, *(one for one in factor.values if isinstance(one, float))}
    for digits in (3, 6):
        if len({f"{one:.{digits}g}" for one in several}) == len(several):
            return f"{value:.{digits}g}"
    return repr(value)


def _cell(estimate: Estimate | None, unit: str) -> str:
    if estimate is None:
        return "-"
    return below(*estimate[:3], unit)


def words(name: str) -> str:
    """A name that a narrow column may break between its words."""
    return name.replace("_", " ").replace(".", " ")


def _rate(estimate: Estimate | None, unit: str, over: str) -> str:
    """Per billion where the other is money."""
    if estimate is None:
        return "not surely above 0"
    times = BILLION if over == "currency" else 1.0
    lower, upper = (None if end is None else times * end for end in estimate[1:3])
    return below(times * estimate.value, lower, upper, unit)


def _indices(found: Answer) -> Table:
    table = headed("what explains an objective's variance over designs; errors of few designs, of few paths",
                   ["objective", "key", "alone", "with all others"])
    for one in found.indices:
        table.add_row(one.metric, one.key,
                      f"{one.first:.3f} ({one.first_design_error:.3f}, {one.first_path_error:.3f})",
                      f"{one.total:.3f} ({one.total_design_error:.3f}, {one.total_path_error:.3f})")
    return table


def _basis(found: Answer) -> Iterator[str]:
    for n, quantity in enumerate(found.asked.objectives):
        if all(one.objectives[n] is None for one in found.designs):
            yield f"no design has a value of {quantity.name}, so that none is better; name another --objective"
    zone = ", ".join(f"{zone_text(found, one, zone)} of {one.name}" for one, zone in
                     zip(found.asked.objectives, found.zone, strict=True))
    yield ("on it: share of resamples of paths in which no other design is better; differences within "
           f"{zone} count as none")
    if found.question.limits:
        yield ("a design that breaks a limit, in any market model, is not on it; of an event that no path shows, look "
               "at the upper end")
    if found.question.is_halving:
        n = sum(one.n_paths < found.n_paths for one in found.designs)
        yield (f"halving dropped {n} designs on fewer paths, each of which surely breaks a limit or is surely beaten: "
               f"one that belongs on the frontier is dropped with a chance of {WRONG:g} at most")
    yield from refusals(found)


def zone_text(found: Answer, one: Quantity, zone: float) -> str:
    """The zone of an objective, in the unit in which it is shown."""
    is_per_money = one.over and _unit(found, one.over) == "currency"
    return f"{shown(zone * BILLION, one.unit)} a bn" if is_per_money else shown(zone, one.unit)


def refusals(found: Answer) -> Iterator[str]:
    """What the config took for nonsense."""
    if found.refused:
        design, reason = found.refused[0]
        yield f"{len(found.refused)} designs make no sense and were left out, as {changes_of(design)}: {reason}"
