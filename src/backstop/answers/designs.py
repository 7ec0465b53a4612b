"""Real facilities side by side: each in the place of a config's own, on the same scenarios and shocks."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from backstop.answers.comparisons import FACILITY
from backstop.answers.stress import read_rows, stress
from backstop.answers.summary import Row
from backstop.config.text.load import checked
from backstop.config.text.toml_files import ConfigText
from backstop.errors import ConfigError
from backstop.runs.assemble import assemble_text
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.schema import described
from backstop.runs.workers import Workers

if TYPE_CHECKING:
    import pyarrow as pa

FIGURES = (
    ("activated", "prob"), ("window_sales_averted_share", "ratio"), ("relief", "mean"), ("relief_negative", "prob"),
    ("drawdown_averted", "mean"), ("system_losses_averted", "mean"), ("cost_a_year", "mean"), ("pool_peak_use", "mean"),
    ("utilisation_if_active", "mean"), ("dry", "prob"),
)
"""(metric, statistic) of the summary that are set side by side."""


class Figure(NamedTuple):
    """One figure of one design in one scenario, with its 95 % interval."""

    scenario: str
    design: str
    metric: str
    statistic: str
    unit: str
    estimate: float
    lower: float | None
    upper: float | None
    n_paths: int


def fitting_designs(config: ConfigText, designs: Sequence[str], overrides: Sequence[str]
                    ) -> tuple[list[str], list[str]]:
    """The designs that fit a config, and a line for each that does not.

    Raises
    ------
    ConfigError
        None of them does.
    """
    chosen, lines = [], []
    for name in designs:
        try:
            checked(config, [*overrides, f'design="{name}"'])
            chosen.append(name)
        except ConfigError as error:
            lines.append(f"{name} is left out: {error.lines[0]}")
    if not chosen:
        raise ConfigError(lines)
    return chosen, lines


def compare_designs(config: ConfigText, designs: Sequence[str], scenarios: Sequence[str], overrides: Sequence[str],
                    folder: Path, workers: Workers, on_progress: OnProgress = quiet) -> Iterator[Figure]:
    """Run every design in every scenario, each into a run directory of its own below `folder`.

    Parameters
    ----------
    config
        A config; its own facilities, pool and arms are left out.
    designs, scenarios
        Names of presets; scenario ``none`` lays nothing over the market.
    overrides
        ``dotted.key=value``, made in every run.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        What the user has to mend.
    DirectoryRefused, EnvironmentFailure, AccountingError, NotFinite
        See `stress`.
    """
    for scenario in scenarios:
        for design in designs:
            settings = [*overrides, f'scenario.preset="{scenario}"', f'design="{design}"']
            request = assemble_text(config, settings).request
            run = folder / request.folder_name(f"{design}-{scenario}")
            rows = read_rows(run) or stress(request, run, workers, on_progress=on_progress)
            yield from _figures(scenario, design, rows)


def _figures(scenario: str, design: str, rows: Sequence[Row]) -> Iterator[Figure]:
    found = {(row.metric, row.statistic): row for row in rows
             if row.fund is None and row.arm == design and row.comparison in (None, FACILITY)}
    for key in FIGURES:
        if key in found:
            row = found[key]
            yield Figure(scenario, design, *key, row.unit, row.estimate, row.lower, row.upper, row.n_paths)


_MEANINGS = {
    "scenario": "what was laid over the market", "design": "the real facility", "metric": "metric of the summary",
    "statistic": "mean over paths, or share of paths", "unit": "unit of the metric", "estimate": "of the design",
    "lower": "end of its 95 % interval", "upper": "end of its 95 % interval", "n_paths": "paths that have a value",
}


def designs_table(figures: Sequence[Figure]) -> "pa.Table":
    """Figures as a table."""
    import pyarrow as pa

    numbers = {"estimate": pa.float64(), "lower": pa.float64(), "upper": pa.float64(), "n_paths": pa.int64()}
    fields = [described(name, numbers.get(name, pa.string()), "of the metric" if name in numbers else "", meaning)
              for name, meaning in _MEANINGS.items()]
    return pa.table([list(column) for column in zip(*figures, strict=True)], schema=pa.schema(fields))
