"""Figures as Markdown."""

from collections.abc import Iterable, Sequence

from bench.figures import OURS, Figure, spread
from bench.results import Change, Results


def markdown(results: Results) -> str:
    """The machine, then one table a workload."""
    parts = [_machine(results.machine)]
    for workload in dict.fromkeys(figure.workload for figure in results.figures):
        rows = [_row(figure) for figure in results.figures if figure.workload == workload]
        head = ("case", "who", "unit", "median", "min - max", "backstop over it", "spread")
        parts.append(f"## {workload}\n\n{_table(head, rows)}")
    return "\n\n".join(parts)


def comparison(changes: Sequence[Change], machine: dict[str, str], earlier: dict[str, str]) -> str:
    """This run against an earlier one, by ratio; below 1 is less than it was."""
    differing = [f"{key}: {earlier.get(key)} then, {machine[key]} now" for key in machine
                 if key != "load" and earlier.get(key) != machine[key]]
    head = ("workload", "case", "who", "unit", "now over earlier", "spread")
    rows = [(c.figure.workload, c.figure.case, c.figure.who, c.figure.unit, f"{c.ratio:.3f}",
             f"{c.least:.2f} - {c.most:.2f}") for c in changes]
    return "\n\n".join(["## against the earlier run", *(f"- {line}" for line in differing), _table(head, rows)])


def _machine(machine: dict[str, str]) -> str:
    return "\n".join(f"- {key}: {value}" for key, value in machine.items())


def _row(figure: Figure) -> tuple[str, ...]:
    least, middle, most = spread(figure.samples)
    row = (figure.case, figure.who, figure.unit, number(middle), f"{number(least)} - {number(most)}")
    if figure.who == OURS or not figure.ratios:
        return (*row, "", "")
    low, ratio, high = spread(figure.ratios)
    return (*row, times(ratio), f"{times(low)} - {times(high)}")


def number(value: float) -> str:
    """Three digits, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def count(n: int, noun: str) -> str:
    """``1 thread``, ``2 threads``."""
    return f"{n} {noun}{'s' * (n != 1)}"


def times(ratio: float) -> str:
    """A ratio below a half is read the other way round."""
    return f"{ratio:.2f}" if ratio >= 0.5 else f"1/{1 / ratio:.3g}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
