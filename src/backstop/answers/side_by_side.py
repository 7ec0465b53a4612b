"""The arms of a run side by side: each against its counterfactual, and each against one of them, path by path."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from backstop.answers.comparisons import FACILITY, REFORM
from backstop.answers.estimators import mean_difference, probability_difference
from backstop.answers.stress import read_rows
from backstop.answers.summary import Row
from backstop.answers.values import path_values
from backstop.config.study import NO_FACILITY, WITHOUT
from backstop.errors import ConfigError
from backstop.runs.directory import RunDirectory
from backstop.runs.parts import Parts

FIGURES = (
    ("activated", "prob"), ("injected", "mean"), ("pool_peak_use", "mean"), ("dry", "prob"), ("cost", "mean"),
    ("window_sales_averted_share", "ratio"), ("window_sales_averted", "mean"), ("relief", "mean"),
    ("drawdown_averted", "mean"), ("technology_saved_window_end", "mean"),
)
"""(metric, statistic) that are set side by side; shares, which no path has by itself, not arm against arm."""


class Figure(NamedTuple):
    """One figure of one arm, with its 95 % interval."""

    arm: str
    against: str
    """Its counterfactual; in a difference, the other arm."""
    metric: str
    statistic: str
    unit: str
    estimate: float
    lower: float | None
    upper: float | None
    note: str | None


class SideBySide(NamedTuple):
    """The arms of a run.

    Attributes
    ----------
    own
        Of each arm, what is averted and the like against its counterfactual.
    differences
        Of each arm less arm `other`, on the paths that both have a value on.
    """

    arms: list[str]
    other: str
    own: list[Figure]
    differences: list[Figure]


def compare(folder: Path, other: str | None = None) -> SideBySide:
    """Set the arms of a complete run side by side, and each against arm `other`; without a name the first.

    Raises
    ------
    ConfigError
        There is no such arm, or no arm at all.
    RunIncomplete
        No complete run, or a part is damaged.
    """
    directory = RunDirectory(folder)
    directory.read_manifest()
    parts = Parts(directory)
    arms = [arm for arm in parts.arms if arm != NO_FACILITY and not arm.startswith(WITHOUT)]
    if not arms or (other is not None and other not in arms):
        raise ConfigError([f"--to {other or ''}: there is no such arm; the run has {', '.join(arms) or 'none'}"])
    chosen = other or arms[0]
    rows = [row for row in read_rows(folder) or [] if row.fund is None and row.arm in arms]
    own = list(_own(rows, arms))
    units = {figure.metric: figure.unit for figure in own}
    pairs = [(arm, chosen) for arm in arms if arm != chosen]
    return SideBySide(arms, chosen, own, [figure for metric, statistic in FIGURES if statistic != "ratio"
                                          for figure in _differences(parts, pairs, (metric, statistic), units)])


def _own(rows: list[Row], arms: list[str]) -> Iterator[Figure]:
    found = {(row.arm, row.metric, row.statistic): row for row in reversed(rows)
             if row.comparison in (None, FACILITY, REFORM)}
    for arm in arms:
        for key in FIGURES:
            if (arm, *key) in found:
                row = found[arm, *key]
                yield Figure(arm, row.against or "", *key, row.unit, row.estimate, row.lower, row.upper, row.note)


def _differences(parts: Parts, pairs: Sequence[tuple[str, str]], figure: tuple[str, str], units: Mapping[str, str]
                 ) -> Iterator[Figure]:
    """Of each pair of arms that both have the figure on some path."""
    metric, statistic = figure
    values = path_values(parts, metric) if metric in units else {}
    for arm, other in pairs:
        samples = values[arm].paired(values[other]) if arm in values and other in values else None
        if samples is not None:
            found = (probability_difference if statistic == "prob" else mean_difference)(*samples)
            yield Figure(arm, other, metric, statistic, units[metric], *found[:3], found.note or None)
