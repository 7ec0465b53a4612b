"""The answer of a run as lines to be read: what the facility did, drew, lost and changed, against none."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backstop.answers.summary import Row
from backstop.config.study import NO_FACILITY
from backstop.report.amounts import interval, shown


class Line(NamedTuple):
    """A line of the answer."""

    label: str
    metric: str
    statistic: str
    without: bool = False
    """Of arm none instead."""
    is_rare: bool = False
    """Left out where it is 0: of an instrument that the arm does without, or of what should not happen."""


class Chapter(NamedTuple):
    """A question and the lines that answer it."""

    question: str
    lines: tuple[Line, ...]


class Answered(NamedTuple):
    """A line with its texts."""

    question: str
    label: str
    estimate: str
    interval: str
    parameters: str
    """How far the figure moves with the parameters, one standard deviation; empty where they are not drawn."""
    note: str


CHAPTERS = (
    Chapter("Does it act?", (
        Line("probability of activation", "activated", "prob"),
        Line("days active, mean over all paths", "days_active", "mean"),
    )),
    Chapter("What does it draw?", (
        Line("cash injected, mean over all paths", "injected", "mean"),
        Line("cash injected, mean where it acts", "injected_if_active", "mean"),
        Line("cash injected, mean of the worst 5 %", "injected", "es95"),
        Line("assets bought, mean over all paths", "purchased", "mean", is_rare=True),
        Line("grants for realised losses, net, mean", "compensation_net", "mean", is_rare=True),
        Line("lent by banks under guarantee, mean", "bank_lent", "mean", is_rare=True),
        Line("peak use of the pool, mean where it acts", "utilisation_if_active", "mean"),
        Line("peak use of the pool, 99th percentile", "utilisation", "p99"),
        Line("probability of running dry", "dry", "prob"),
        Line("still lent at the horizon, mean", "outstanding_end", "mean"),
    )),
    Chapter("How good is the trigger? (judged on what happens without a facility)", (
        Line("false activations, share of all", "false_activations", "ratio"),
        Line("episodes of distress missed, share of all", "missed_episodes", "ratio"),
        Line("days on without distress ahead, share of calm days", "false_alarm_days", "ratio"),
        Line("days from the breach to cash, mean", "breach_to_cash", "mean"),
        Line("days from the trough to cash, mean", "trough_to_cash", "mean"),
        Line("cash to funds that would have been fine, share", "injected_to_unharmed_share", "ratio"),
        Line("cash that paid leavers straight away, share", "injected_to_leavers_share", "ratio"),
        Line("cash to the insolvent, share", "injected_to_failed_share", "ratio"),
    )),
    Chapter("Who bears the loss?", (
        Line("probability of a loss", "has_loss", "prob"),
        Line("loss, mean over all paths", "loss", "mean"),
        Line("loss, mean of the worst 5 %", "loss", "es95"),
        Line("losses and grants, mean over all paths", "cost", "mean"),
        Line("loss of layer {layer}, mean", "loss_{layer}", "mean"),
        Line("loss beyond all layers (taxpayer), mean", "loss_taxpayer", "mean"),
        Line("loss if all were sold at the horizon, mean", "marked_loss_end", "mean"),
    )),
    Chapter("What does it change?", (
        Line("forced sales with no facility, mean", "forced_sales", "mean", without=True),
        Line("forced sales averted, mean", "sales_averted", "mean"),
        Line("relief: averted less postponed, mean", "relief", "mean"),
        Line("relief, mean where it acts", "relief_if_active", "mean"),
        Line("probability that relief is negative", "relief_negative", "prob"),
        Line("drawdown averted, mean over assets", "drawdown_averted", "mean"),
        Line("technology holdings saved from sale, share, mean", "technology_saved", "mean"),
        Line("losses to fire sales averted, mean", "system_losses_averted", "mean"),
        Line("days of pressure on managers averted, mean", "pressure_days_averted", "mean"),
        Line("failures averted, share of assets", "failures_averted", "mean"),
        Line("days whose rounds of sales did not settle with no facility, mean", "n_unsettled_days", "mean",
             without=True, is_rare=True),
        Line("days whose rounds of sales did not settle, mean", "n_unsettled_days", "mean", is_rare=True),
    )),
)
"""What a minister's adviser reads first; all else is in the files of the run."""

NO_FACILITY_CHAPTERS = (
    Chapter("What happens without a facility?", (
        Line("forced sales, mean over all paths", "forced_sales", "mean"),
        Line("forced sales, mean of the worst 5 %", "forced_sales", "es95"),
        Line("what sales cost all funds, mean", "system_losses", "mean"),
        Line("largest dislocation of a price, mean", "worst_dislocation", "mean"),
        Line("days whose rounds of sales did not settle, mean", "n_unsettled_days", "mean"),
    )),
)
"""Of a run without any arm to compare."""

REAL_USE = (
    "Real facilities peaked at a small share of their size (Taiwan 2025 2.5 %, SMCCF 2020 5.6 %, Bank of England gilts "
    "2022 30 %). They are the cases that came to be used at all and ended well; several calmed markets by being "
    "announced, which counts here only where a facility says so; and their size was a signal more than a need. Compare "
    "with them, never calibrate to them."
)
"""Said beside the use of the pool; sources in docs/facilities.md."""


def answer(rows: Sequence[Row], arm: str, layers: Sequence[str], n_paths: int) -> list[Answered]:
    """The lines of one arm of a run of `n_paths` paths; what the summary does not have is left out."""
    found = {(row.arm, row.metric, row.statistic): row for row in rows if row.fund is None}
    chapters = NO_FACILITY_CHAPTERS if arm == NO_FACILITY else CHAPTERS
    places = [(chapter.question, line, (NO_FACILITY if line.without else arm, line.metric, line.statistic))
              for chapter in chapters for line in _spelt_out(chapter.lines, layers)]
    return [_answered(question, line, found[place], n_paths) for question, line, place in places
            if place in found and not (line.is_rare and found[place].estimate == 0.0)]


def _spelt_out(lines: Sequence[Line], layers: Sequence[str]) -> Iterator[Line]:
    """Lines, with one for each layer where a line stands for all."""
    for line in lines:
        if "{layer}" not in line.metric:
            yield line
            continue
        for layer in layers:
            yield line._replace(label=line.label.format(layer=layer), metric=line.metric.format(layer=layer))


def _answered(question: str, line: Line, row: Row, n_paths: int) -> Answered:
    label = line.label if row.n_paths == n_paths else f"{line.label} ({row.n_paths:,} paths)"
    deviation = row.parameter_deviation
    return Answered(question, label, shown(row.estimate, row.unit), interval(row.lower, row.upper, row.unit),
                    "" if deviation is None else shown(deviation, row.unit), row.note or "")
