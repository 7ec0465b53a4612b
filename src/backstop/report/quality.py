"""The table and the curve of ``backstop quality``."""

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from backstop.answers.estimators import Estimate
from backstop.answers.thresholds import HIT_RATE, Figure, Quality
from backstop.report.amounts import below
from backstop.report.terminal import console

_HEADS = {
    HIT_RATE: "hits", "false_alarm_days": "calm days on", "false_activations": "false acts",
    "breach_to_cash": "breach to cash", "trough_to_cash": "trough to cash", "injected_to_unharmed_share": "to unharmed",
    "injected_to_leavers_share": "to leavers", "injected_to_failing_share": "to failed",
}
_WIDTH, _HEIGHT = 61, 16


def print_quality(found: Quality) -> None:
    """A row an arm, or a value of the keys that are swept; then the curve."""
    out, rows = console(), _by_arm(found.figures)
    keys = list(dict.fromkeys(key for figure in found.figures for key in figure.values))
    for key in keys:
        out.print(Text(f"swept: {key}"), soft_wrap=True)
    title = "Triggers, judged on what happens without the facility; days, shares of cash; 95 % intervals below"
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for head in (" ".join(key.rpartition(".")[2] for key in keys) or "arm", *_HEADS.values()):
        table.add_column(head, justify="right", overflow="fold")
    if found.does_nothing:
        out.print(Text(_idle(found.figures, keys)), style="bold")
        rows = dict(list(rows.items())[:1])
    for arm, figures in rows.items():
        values = next(iter(figures.values())).values
        label = "any" if found.does_nothing else " ".join(f"{value:g}" for value in values.values()) or arm
        table.add_row(label, *(_cell(figures.get(metric)) for metric in _HEADS))
    out.print(table)
    if found.area is not None:
        out.print(_curve(list(rows.values())))
        out.print(_area(found.area))
    _print_notes(found.figures)


def _idle(figures: Sequence[Figure], keys: Sequence[str]) -> str:
    """That the keys do nothing here, and where their question has an answer."""
    values = [" ".join(f"{value:g}" for value in one.values.values()) for one in (figures[0], figures[-1])]
    where = "; `backstop size` says how large a pool must be" if any(key.startswith("pool.") for key in keys) else ""
    return f"no value from {values[0]} to {values[1]} changes anything that triggers are judged by{where}"


def _by_arm(figures: Sequence[Figure]) -> dict[str, dict[str, Figure]]:
    rows: dict[str, dict[str, Figure]] = {}
    for figure in figures:
        rows.setdefault(figure.arm, {})[figure.metric] = figure
    return rows


def _cell(figure: Figure | None) -> str:
    return "-" if figure is None else below(figure.estimate, figure.lower, figure.upper, figure.unit, figure.note)


def _area(area: Estimate) -> Text:
    ends = f"{area.lower:.3f} to {area.upper:.3f}"
    return Text(f"area under the curve {area.value:.3f} ({ends}); 0.5 is a trigger that knows nothing")


def _curve(rows: Sequence[dict[str, Figure]]) -> Text:
    """Hit rate upward against false alarm days to the right, a letter for each row in its order."""
    cells = [[" "] * _WIDTH for _ in range(_HEIGHT)]
    for x in range(_WIDTH):
        cells[_HEIGHT - 1 - round(x / (_WIDTH - 1) * (_HEIGHT - 1))][x] = "."
    for number, row in enumerate(rows):
        hit, false = row.get(HIT_RATE), row.get("false_alarm_days")
        if hit is not None and false is not None:
            x, y = round(false.estimate * (_WIDTH - 1)), round(hit.estimate * (_HEIGHT - 1))
            cells[_HEIGHT - 1 - y][x] = chr(ord("a") + number % 26)
    lines = ["| " + "".join(line) for line in cells]
    foot = "+" + "-" * _WIDTH + "> calm days on, to 100 %; rows from the top: a, b, ..."
    return Text("\n".join(["hit rate, to 100 %", *lines, foot]), no_wrap=True, overflow="ignore")


def _print_notes(figures: Sequence[Figure]) -> None:
    notes = dict.fromkeys(figure.note for figure in figures if figure.note)
    if notes:
        console().print(Text(f"* rests on little: {'; '.join(notes)}"), style="dim")
