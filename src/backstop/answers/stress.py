"""A stress run from terms to a complete run directory: simulate, summarise, then the manifest."""

import json
import time
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from backstop.answers.bands import daily_table
from backstop.answers.models import summarise_with_models
from backstop.answers.summary import Row, summarise, summarise_funds
from backstop.errors import RunIncomplete
from backstop.runs.directory import MODELS, RunDirectory
from backstop.runs.files import read_bounded, write_whole
from backstop.runs.journal import read_counts, to_json
from backstop.runs.parts import Parts, read_part
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.schema import described
from backstop.runs.storage import Folder
from backstop.runs.store import StoredRun, finish_run, joined_bytes, simulated_run, table_bytes
from backstop.runs.tallies import counts_shape
from backstop.runs.workers import Workers
from backstop.terms import Integers

if TYPE_CHECKING:
    import pyarrow as pa


def stress(request: RunRequest, folder: Path, workers: Workers, overwrite: bool = False,
           on_progress: OnProgress = quiet) -> list[Row]:
    """Run, store and summarise; the rows of the summary.

    Raises
    ------
    DirectoryRefused, EnvironmentFailure, AccountingError, NotFinite
        See `simulated_run`.
    """
    with simulated_run(request, folder, workers, overwrite, on_progress=on_progress) as run:
        return complete(run, on_progress)


def read_rows(folder: Path) -> list[Row] | None:
    """The summary of the complete run in `folder`, but for rows of funds; None where there is none.

    Raises
    ------
    RunIncomplete
        A summary that is not as this version writes it.
    """
    directory = RunDirectory(folder)
    if not directory.manifest.exists():
        return None
    try:
        return [Row(**row) for row in json.loads(read_bounded(directory.summary_json))]
    except (OSError, TypeError, ValueError):
        raise RunIncomplete(f"{directory.summary_json}: is not as this version writes it; run it anew") from None


def read_fund_rows(folder: Path, metric: str | None = None, statistic: str | None = None) -> list[Row]:
    """Rows of funds of the summary of a complete run: all, or those of one metric and statistic.

    Raises
    ------
    RunIncomplete
        A summary that is damaged, or not as this version writes it.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    wanted = pc.field("fund").is_valid()
    for name, value in (("metric", metric), ("statistic", statistic)):
        wanted = wanted if value is None else wanted & (pc.field(name) == value)
    table = read_part(RunDirectory(folder).summary, lambda path: pq.read_table(path, filters=wanted))
    if table.column_names != list(Row._fields):
        raise RunIncomplete(f"{RunDirectory(folder).summary}: is not as this version writes it; run it anew")
    return [Row(**row) for row in table.to_pylist()]


def complete(run: StoredRun, on_progress: OnProgress = quiet) -> list[Row]:
    """What follows from the blocks of a run: bands, summary, manifest."""
    started = time.perf_counter()
    write_whole(run.directory.daily, _bands(run.request, run.counts))
    rows, files = _summaries(run.directory, on_progress)
    for name, content in files.items():
        write_whole(run.directory.folder / name, content)
    run.timings["summarising"] = time.perf_counter() - started
    finish_run(run)
    return rows


def remade(directory: RunDirectory, request: RunRequest) -> dict[str, bytes | memoryview]:
    """Bands and summaries of a run, by the name of their file, from what its blocks hold.

    Raises
    ------
    RunIncomplete, NotFinite
        A part that cannot be read.
    """
    storage, counts = Folder(directory.folder), np.zeros(counts_shape(request.terms), dtype=np.int64)
    for number in range(len(directory.parts("paths"))):
        np.add(counts, read_counts(storage, request.terms, number), out=counts)
    return {"daily.parquet": _bands(request, counts)} | _summaries(directory, quiet)[1]


def _bands(request: RunRequest, counts: Integers) -> memoryview:
    return table_bytes(daily_table(counts, request.terms.names.arms, request.dates))


def _summaries(directory: RunDirectory, on_progress: OnProgress) -> tuple[list[Row], dict[str, bytes | memoryview]]:
    """Rows that are about no fund, and files by name: each market model's alone come first, where there are several.

    Rows of funds are in the parquet file alone.
    """
    parts, files = Parts(directory), dict[str, bytes | memoryview]()
    if parts.mixture.models:
        rows, apart = summarise_with_models(parts, on_progress)
        files[MODELS] = table_bytes(models_table(apart))
    else:
        rows = summarise(parts, on_progress)
    pieces = chain([rows], summarise_funds(parts, on_progress))
    of_all = joined_bytes(summary_schema(), (summary_table(piece) for piece in pieces if piece))
    return rows, files | {"summary.parquet": of_all, "summary.json": _lines(rows)}


def _lines(rows: Sequence[Row]) -> bytes:
    """JSON, a row a line: indented it would take ten times as long."""
    return b"[\n" + b",\n".join(to_json(row._asdict(), indent=None).rstrip() for row in rows) + b"\n]\n"


_MEANINGS = {
    "arm": "name of the arm", "fund": "name of the fund; null for pool and market",
    "metric": "column of the run's tables, or a metric of the summary", "unit": "unit of the metric",
    "statistic": "mean; pNN, a quantile; esNN, mean of the paths beyond it; prob, share of paths; ratio, "
                 "share of sums over paths",
    "estimate": "of this arm", "lower": "end of its 95 % interval", "upper": "end of its 95 % interval",
    "against": "what the arm is compared with: its counterfactual (facility), arm none (reform, both)",
    "comparison": "facility: arm less its counterfactual; reform: counterfactual less arm none; both: arm less arm "
                  "none. An arm whose funds are as they are has facility alone, one without facilities reform alone. "
                  "Averted and the like are differences themselves; null for what compares nothing",
    "effect": "difference, paired by path; of quantiles, the difference of quantiles",
    "effect_lower": "end of its 95 % interval", "effect_upper": "end of its 95 % interval",
    "effect_note": "what the interval of the effect rests on, where it is little",
    "n_paths": "paths that have a value; it is null on the others",
    "note": "what an interval rests on, where it is little",
    "standard_error": "of means and probabilities, from paths and parameters together",
    "sampling_error": "standard error from the number of paths alone; of means and shares where parameters are drawn",
    "parameter_deviation": "standard deviation over draws of parameters, which no number of paths makes smaller",
    "parameter_frac": "share of the variance of a path's value that the parameters explain",
    "model_low": "least estimate of the run's market models, each by itself; null where there is one model",
    "model_high": "largest estimate of the models", "effect_model_low": "least effect of the models",
    "effect_model_high": "largest effect of the models",
    "model_deviation": "standard deviation between the models' means, less what sampling adds",
    "hangs_on_model": "range: models differ by more than sampling explains; sign: and have different signs",
}
_TEXTS = {"arm", "fund", "metric", "unit", "statistic", "against", "comparison", "effect_note", "note",
          "hangs_on_model"}


def models_table(apart: Mapping[str, list[Row]]) -> "pa.Table":
    """Rows of each market model's paths alone, with its name before them."""
    import pyarrow as pa

    rows = [row for own in apart.values() for row in own]
    models = pa.array([model for model, own in apart.items() for _ in own])
    field = described("model", pa.string(), "", "name of the volatility model that made the paths")
    return summary_table(rows).add_column(0, field, models)


def summary_schema() -> "pa.Schema":
    """Columns of the summary."""
    import pyarrow as pa

    types = dict.fromkeys(_TEXTS, (pa.string(), "")) | {"n_paths": (pa.int64(), "count")}
    return pa.schema([described(name, *types.get(name, (pa.float64(), "of the metric")), meaning)
                      for name, meaning in _MEANINGS.items()])


def summary_table(rows: list[Row]) -> "pa.Table":
    """Rows of the summary as a table."""
    import pyarrow as pa

    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=summary_schema())
