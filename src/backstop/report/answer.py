"""The answer of a run in lines: what a facility or a reform changes, against what, and what it draws and loses."""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from backstop.answers.comparisons import BOTH, FACILITY, REFORM
from backstop.answers.summary import Row
from backstop.report.amounts import interval, percent, shown


class Line(NamedTuple):
    """A line of the answer."""

    label: str
    metric: str
    statistic: str
    without: bool = False
    """Of the arm that it is compared with instead."""
    is_rare: bool = False
    """Left out where it is 0: of an instrument that the arm does without, or of what should not happen."""
    comparison: str = FACILITY
    """Which effect it tells, where it tells one."""


_Key: TypeAlias = tuple[str, str, str, str | None]


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
    models: str
    """Least and largest of the market models; empty where there is one."""
    note: str
    hangs_on_model: str
    """``range`` or ``sign`` where the market models tell different things; empty where they do not."""
    is_nothing: bool = False
    """0 on every path, so that a line says nothing."""


CHAPTERS = (
    Chapter("Does it act?", (
        Line("probability of activation", "activated", "prob"),
        Line("days active, mean over all paths", "days_active", "mean"),
    )),
    Chapter("What does it draw?", (
        Line("cash injected, mean over all paths", "injected", "mean"),
        Line("cash injected, mean where it acts", "injected_if_active", "mean"),
        Line("cash injected, mean of the worst 5 % where it acts", "injected_if_active", "es95"),
        Line("assets bought, mean over all paths", "purchased", "mean", is_rare=True),
        Line("grants for realised losses, net, mean", "compensation_net", "mean", is_rare=True),
        Line("lent by banks under guarantee, mean", "bank_lent", "mean", is_rare=True),
        Line("peak use of the pool, mean where it acts", "utilisation_if_active", "mean"),
        Line("peak use of the pool, 99th percentile where it acts", "utilisation_if_active", "p99"),
        Line("probability of running dry", "dry", "prob"),
        Line("still lent at the horizon, mean", "outstanding_end", "mean"),
    )),
    Chapter("How good is the trigger? (judged on what happens without the facility)", (
        Line("activations with no distress at hand or ahead (false), share of all", "false_activations", "ratio"),
        Line("episodes of distress missed, share of all", "missed_episodes", "ratio"),
        Line("false alarm days: on with no distress at hand or ahead, share of such days", "false_alarm_days", "ratio"),
        Line("days from the breach to cash, mean", "breach_to_cash", "mean"),
        Line("days from the trough to cash, mean", "trough_to_cash", "mean"),
        Line("cash to funds that would have been fine, share", "injected_to_unharmed_share", "ratio"),
        Line("cash that paid leavers straight away, share", "injected_to_leavers_share", "ratio"),
        Line("cash to funds that failed or stood below their floor, share", "injected_to_failing_share", "ratio"),
    )),
    Chapter("Who bears the loss?", (
        Line("probability of a loss before income", "has_loss", "prob"),
        Line("loss before income, mean over all paths", "loss", "mean"),
        Line("loss before income, mean of the worst 5 %", "loss", "es95"),
        Line("loss and grants that income made good, mean", "made_good", "mean"),
        Line("loss of layer {layer}, mean", "loss_{layer}", "mean"),
        Line("loss beyond all layers (taxpayer), mean", "loss_taxpayer", "mean"),
        Line("loss if all were sold at the horizon, mean", "marked_loss_end", "mean"),
        Line("losses, grants and marks, before income, mean over all paths", "cost", "mean"),
    )),
    Chapter("What does the pool cost a year? (funding as [pool] states it, income and marks counted)", (
        Line("layer {layer}: its funding and losses, mean", "cost_a_year_{layer}", "mean"),
        Line("taxpayer, mean", "cost_a_year_taxpayer", "mean", is_rare=True),
        Line("less income that owners keep, mean", "income_a_year", "mean"),
        Line("in all, with what a sale would not recover, mean", "cost_a_year", "mean"),
    )),
    Chapter("Who gains from it? (at the horizon, against what happens without it; marks at closing prices)", (
        Line("investors of all funds, mean", "investors_gain", "mean"),
        Line("  of them, those who stay, mean", "stayers_gain", "mean"),
        Line("  of them, those who leave, mean", "leavers_gain", "mean"),
        Line("outside lenders, mean", "lenders_gain", "mean", is_rare=True),
        Line("banks under guarantees, mean", "banks_gain", "mean", is_rare=True),
        Line("the pool: layers, owners and taxpayer, mean", "pool_gain", "mean"),
        Line("those who trade with funds and pool, mean", "market_gain", "mean"),
    )),
    Chapter("What binds claims? (shares of what funds that might claim needed, day by day)", (
        Line("approved", "approved_share", "ratio"),
        *(Line(f"cut: {label}", f"cut_{name}_share", "ratio", is_rare=True) for name, label in {
            "coverage": "coverage and deductible", "collateral": "collateral after haircuts",
            "fund_cap": "cap of the fund", "covenant": "exposure cap", "take_up": "take-up",
            "solvency": "solvency test", "sponsor": "cap of the sponsor", "facility": "caps and budgets of facilities",
            "pool": "pool money"}.items()),
    )),
)
"""What a minister's adviser reads of a facility, after what it changes; all else is in the files of the run."""


def _changes(comparison: str) -> tuple[Line, ...]:
    """What a facility, a reform or both change."""
    return tuple(line._replace(comparison=comparison) for line in (
        Line("eligible funds' forced sales averted in windows, share", "window_sales_averted_share", "ratio"),
        Line("eligible funds' forced sales averted in windows, mean", "window_sales_averted", "mean"),
        Line("most that any facility could avert in windows, mean", "most_avertable", "mean"),
        Line("eligible funds' sales later instead, mean", "sold_later", "mean"),
        Line("other funds' forced sales averted in windows, mean", "others_window_sales_averted", "mean"),
        Line("all funds' forced sales averted in windows, mean", "all_window_sales_averted", "mean"),
        Line("technology saved from sale, at windows' end, share", "technology_saved_window_end", "mean"),
        Line("technology saved from sale, some time after it", "technology_saved_after_window", "mean"),
        Line("technology saved from sale, at the horizon", "technology_saved", "mean"),
        Line("days of pressure averted in windows, mean", "window_pressure_days_averted", "mean"),
        Line("days of pressure averted over the run, mean", "pressure_days_averted", "mean"),
        Line("all funds' forced sales without it, over the run, mean", "forced_sales", "mean", without=True),
        Line("all funds' forced sales averted over the run, mean", "sales_averted", "mean"),
        Line("eligible funds' purchases forgone over the run, mean", "purchases_forgone", "mean", is_rare=True),
        Line("relief: forced sales averted less those put off beyond the horizon, mean", "relief", "mean"),
        Line("relief where it acts, mean", "relief_if_active", "mean"),
        Line("probability that relief is negative: more put off than averted", "relief_negative", "prob"),
        Line("drawdown averted, mean over assets", "drawdown_averted", "mean"),
        Line("fire-sale cost averted, mean", "fire_sale_cost_averted", "mean"),
        Line("fire-sale cost and markdowns averted, mean", "system_losses_averted", "mean"),
        Line("failures averted, share of assets", "failures_averted", "mean"),
        Line("days whose rounds of sales did not settle without it, mean", "n_unsettled_days", "mean",
             without=True, is_rare=True),
        Line("days whose rounds of sales did not settle, mean", "n_unsettled_days", "mean", is_rare=True),
    ))


_WINDOWS = "(windows of stress: [judging] says what they are)"
FACILITY_CHANGES = Chapter(f"What does the facility change? {_WINDOWS}", _changes(FACILITY))
REFORM_CHANGES = Chapter(f"What does the reform change? {_WINDOWS}", _changes(REFORM))
"""Of an arm without facilities."""
_HEADLINES = ("window_sales_averted", "all_window_sales_averted", "sales_averted", "relief", "technology_saved",
              "drawdown_averted")
BESIDE = (
    Chapter("And the reform alone, the same funds without the facility, against none?",
            tuple(line for line in _changes(REFORM) if line.metric in _HEADLINES)),
    Chapter("And both together, against none?", tuple(line for line in _changes(BOTH) if line.metric in _HEADLINES)),
)
"""Of an arm that changes funds as well: its two effects add up to both."""

NO_FACILITY_CHAPTERS = (
    Chapter("What happens without a facility?", (
        Line("forced sales, mean over all paths", "forced_sales", "mean"),
        Line("forced sales, mean of the worst 5 %", "forced_sales", "es95"),
        Line("forced sales in windows of stress, mean", "forced_sales_in_window", "mean"),
        Line("what sales cost all funds, mean", "system_losses", "mean"),
        Line("largest dislocation of a price, mean", "worst_dislocation", "mean"),
        Line("days whose rounds of sales did not settle, mean", "n_unsettled_days", "mean"),
    )),
)
"""Of a run without any arm to compare."""

REAL_USE = {"Taiwan 2025": 0.025, "SMCCF 2020": 0.056, "Bank of England gilts 2022": 0.30}
"""Peak use of real facilities over their size; docs/facilities.md has the sources."""
REAL_USE_SAID = ", ".join(f"{name} {percent(share)}" for name, share in REAL_USE.items())
OF_REAL_USE = (
    f"Real facilities peaked at a small share of their size ({REAL_USE_SAID}). They are the cases that came to be used "
    "at all and ended well; several calmed markets by being announced, which counts here only where a facility says "
    "so; and their size was a signal more than a need. Compare with them, never calibrate to them."
)
"""Said beside the use of the pool."""


def answer(rows: Sequence[Row], arm: str, layers: Sequence[str], n_paths: int) -> list[Answered]:
    """The lines of one arm of a run of `n_paths` paths; what the summary does not have is left out."""
    ours = [row for row in rows if row.fund is None]
    against = {row.comparison: row.against for row in ours if row.arm == arm}
    found = {(row.arm, row.metric, row.statistic, row.comparison): row for row in ours}
    answered = []
    for chapter in chapters_of(against):
        for line in _spelt_out(chapter.lines, layers):
            row = _row_of(line, arm, against, found)
            if row is not None and not (line.is_rare and row.estimate == 0.0):
                answered.append(_answered(chapter.question, line, row, n_paths))
    return answered


def same_arms(rows: Sequence[Row], arms: Sequence[str]) -> list[tuple[str, str]]:
    """Arms that come to what an arm before them comes to, in every figure: (arm, the one before)."""
    figures: dict[str, list[tuple[object, ...]]] = {arm: [] for arm in arms}
    for row in rows:
        if row.arm in figures:
            figures[row.arm].append((*row[1:5], row.comparison, row.estimate, row.lower, row.upper))
    pairs = ((arm, next((other for other in arms[:n] if figures[other] == figures[arm]), None))
             for n, arm in enumerate(arms))
    return [(arm, other) for arm, other in pairs if other is not None]


def turning(rows: Sequence[Row], arm: str) -> tuple[Row, Row] | None:
    """What is averted in windows and what is left at the horizon, means, where their signs differ."""
    means = {row.metric: row for row in rows if row.arm == arm and row.statistic == "mean" and row.fund is None
             and row.comparison == FACILITY}
    early, late = means.get("window_sales_averted"), means.get("relief")
    return (early, late) if early and late and early.estimate * late.estimate < 0.0 else None


def turn(rows: Sequence[Row], arm: str, n_days: int) -> str | None:
    """A sentence where they do."""
    if (turned := turning(rows, arm)) is None:
        return None
    early, late = turned
    return (f"The sign turns between the windows of stress ({shown(early.estimate, early.unit)} averted in them) and "
            f"the horizon of {n_days} days (relief {shown(late.estimate, late.unit)}): a loan that saves a sale costs "
            "one when it is repaid: in currency what is averted comes back later; judge liquidity by the windows")


def chapters_of(comparisons: Container[str | None]) -> tuple[Chapter, ...]:
    """What is told of an arm that has these comparisons: a facility, a reform beside it, a reform alone, nothing."""
    if FACILITY in comparisons:
        return (FACILITY_CHANGES, *(BESIDE if REFORM in comparisons else ()), *CHAPTERS)
    return (REFORM_CHANGES,) if REFORM in comparisons else NO_FACILITY_CHAPTERS


def _row_of(line: Line, arm: str, against: Mapping[str | None, str | None], found: Mapping[_Key, Row]) -> Row | None:
    """The row of a line: with its comparison, or of what compares nothing."""
    if not line.without:
        places = [(arm, line.metric, line.statistic, comparison) for comparison in (line.comparison, None)]
    else:
        # any row of that arm has the estimate, whatever it compares
        of = against[line.comparison] or ""
        places = [(of, line.metric, line.statistic, comparison) for comparison in (None, FACILITY, REFORM)]
    return next((found[place] for place in places if place in found), None)


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
    estimate, ends, note = _texts(row)
    return Answered(question, label, estimate, ends, "" if deviation is None else shown(deviation, row.unit),
                    "" if row.model_low is None else interval(row.model_low, row.model_high, row.unit), note,
                    row.hangs_on_model or "", row.estimate == row.lower == row.upper == 0.0)


def _texts(row: Row) -> tuple[str, str, str]:
    """Estimate, interval and note: what all paths share rests on all of them, what none showed has a bound."""
    note = "; ".join(part for part in (row.note or "").split("; ") if not part.startswith("few: 0 of "))
    if row.estimate == row.lower == row.upper:
        return shown(row.estimate, row.unit), "on all paths", note
    if row.statistic == "prob" and row.estimate == 0.0 and row.upper is not None:
        return f"0 of {row.n_paths:,}", f"at most {percent(row.upper)}", note
    return shown(row.estimate, row.unit), interval(row.lower, row.upper, row.unit), note
