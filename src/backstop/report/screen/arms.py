"""Arms side by side: how large, when, at what cost, to what end."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from backstop.answers.sizing.of_run import Enough
from backstop.answers.summary import Row
from backstop.config.study import NO_FACILITY
from backstop.report.amounts import percent
from backstop.report.language.numbers import amount_text, beside_text, plain_text
from backstop.report.screen.told import Told
from backstop.report.wrapping import padded

_GAP = "  "


class _Side(NamedTuple):
    """A line of the table, whose label is the text of its metric."""

    metric: str
    statistic: str


_SIDES = (
    _Side("activated", "prob"), _Side("dry", "prob"), _Side("injected_if_active", "mean"),
    _Side("breach_to_cash", "mean"), _Side("false_activations", "ratio"), _Side("cost_a_year", "mean"),
    _Side("window_sales_averted_share", "ratio"), _Side("window_sales_averted", "mean"), _Side("relief", "mean"),
    _Side("technology_saved_window_end", "mean"),
)


def table(told: Told, width: int, without: Sequence[str]) -> list[str]:
    """As many arms as fit, with intervals if all of them then fit."""
    sides = [side for side in _SIDES if side.metric not in without]
    wanted = [(len(told.arms), True), *((n, False) for n in range(len(told.arms), 1, -1))]
    for n, has_intervals in wanted:
        lines = _lines_of(told, sides, told.arms[:n], has_intervals)
        if max(map(cell_len, lines)) <= width:
            left = ", ".join(told.arms[n:])
            return [*lines, *([told.say("beside_them", arms=left)[:width]] if left else ())]
    return _lines_of(told, sides, told.arms[:1], True)


def _lines_of(told: Told, sides: Sequence[_Side], arms: Sequence[str], has_intervals: bool) -> list[str]:
    head = told.say("intervals" if has_intervals else "no_intervals")
    rows = [(head, list(arms)), *_cells(told, sides, arms, has_intervals)]
    widths = [max(cell_len(cells[n]) for _, cells in rows) for n in range(len(arms))]
    label = max(cell_len(text) for text, _ in rows)
    return [_GAP.join([padded(text, label), *(" " * (wide - cell_len(cell)) + cell
                                              for cell, wide in zip(cells, widths, strict=True))])
            for text, cells in rows]


def _cells(told: Told, sides: Sequence[_Side], arms: Sequence[str], has_intervals: bool
           ) -> Iterator[tuple[str, list[str]]]:
    """Labels with a cell an arm; lines that no arm has anything in, or all arms 0, are left out."""
    against = told.request.terms.counterfactual_names()
    if len(arms) > 1:
        yield told.say("against"), [NO_FACILITY if against[arm] == arm else against[arm] for arm in arms]
    pools = [told.enough.get(arm) for arm in arms]
    if any(pools):
        yield told.say("pool"), [amount_text(pool.size, told.texts) if pool else "-" for pool in pools]
        target = next(pool.target for pool in pools if pool)
        yield (told.say("enough", share=percent(1.0 - target).replace(".0 %", " %")),
               [_enough(told, pool, has_intervals) for pool in pools])
    for side in sides:
        found = [told.row(arm, side.metric, side.statistic) for arm in arms]
        if any(row is not None and (row.estimate or row.unit == "bool") for row in found):
            yield told.say(side.metric), [_cell(told, row, has_intervals) for row in found]


def _cell(told: Told, row: Row | None, has_intervals: bool) -> str:
    if row is None:
        return "-"
    if row.unit == "bool" and row.estimate == 0.0:
        return told.say("none_below" if has_intervals else "none_of", paths=f"{row.n_paths:,}",
                        share=percent(row.upper or 0.0))
    if not has_intervals:
        return plain_text(row.estimate, row.unit, told.texts)
    return beside_text(row.estimate, row.lower, row.upper, row.unit, told.texts)


def _enough(told: Told, pool: Enough | None, has_intervals: bool) -> str:
    """What keeps the pool from running dry in all but the target of crises."""
    if pool is None:
        return "-"
    if pool.hanging:
        return told.say("see_size")
    if pool.crisis.value == 0.0:
        return told.say("no_crisis")
    if pool.least is None:
        return told.say("more_than_that")
    least = amount_text(pool.least, told.texts)
    if not has_intervals:
        return least
    if pool.upper is None:
        return told.say("or_more", least=least, lower=amount_text(pool.lower or 0.0, told.texts))
    return beside_text(pool.least, pool.lower, pool.upper, "currency", told.texts)
