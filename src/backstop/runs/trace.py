"""Replays one path of a run alone and keeps every state variable of every day.

The table is long, one row an arm, day, variable and item, for any tool to filter and pivot. Values are the
kernels' own at the close of a day, amounts in quanta. Rings that repeat the past and what lives within a day are
left out.
"""

import json
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backstop.kernels.state import ArmState
from backstop.outcomes import FUND_OUTCOMES, path_columns
from backstop.runs.directory import RunDirectory
from backstop.runs.engine import Workspace
from backstop.runs.parts import Parts
from backstop.runs.schema import dates_of, trace_schema
from backstop.runs.seam import Market, SimulatedMarket
from backstop.runs.tables import BlockTables, block_tables
from backstop.runs.tallies import check_tallies, open_counts, open_tallies
from backstop.runs.tiles import Block, Layout, Tile
from backstop.runs.trace_items import items_of, variables_of
from backstop.terms import Floats, RunTerms

if TYPE_CHECKING:
    import pyarrow as pa

_ONE_PATH = Layout(lanes=1, block_paths=1, days_per_call=1)


class Trace(NamedTuple):
    """A path, day by day."""

    days: "pa.Table"
    """Columns ``arm`` (null for the market), ``day`` (from 1), ``date`` (null where unknown), ``variable``, ``item``
    (what it is of, in the config's names joined by ``/``; null where it is of nothing in particular), ``value``. The
    schema's metadata has, under ``variables``, unit and meaning of each as JSON."""
    outcomes: BlockTables
    """What the replay came to."""


class _Recorder(Workspace):
    """A workspace of one lane that keeps the state of every arm at every close."""

    def __init__(self, terms: RunTerms, market: Market) -> None:
        super().__init__(terms, _ONE_PATH, market, threading.Event())
        self.states: dict[int, ArmState] = {}
        """By arm, the last state, for the names of its rows."""
        self.days: dict[int, list[Floats]] = {}
        """By arm, for each day the values of all variables, one after another."""

    def watch(self, arm: int, day: int, state: ArmState) -> None:
        """Keep the day."""
        if day == 1:
            self.states[arm] = state
            self.days[arm] = []
        values = [field.of(state)[:, 0] for field in variables_of(state)]
        self.days[arm].append(np.concatenate(values))


def trace_path(terms: RunTerms, seed: int, path: int, market: Market | None = None, dates: Sequence[str] = ()
               ) -> Trace:
    """Path number `path` of the run, alone and a day at a time; `dates` are those of its days, as far as known.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    recorder = _Recorder(terms, market or SimulatedMarket())
    block, tallies, counts = Block(0, path, 1), open_tallies(terms, 1), open_counts(terms, terms.n_days)
    recorder.simulate(seed, Tile(path, 0, 1), tallies, counts)
    check_tallies(terms, block, tallies)
    return Trace(_days_table(terms, recorder, dates), block_tables(terms, block, tallies, counts))


def _days_table(terms: RunTerms, recorder: _Recorder, dates: Sequence[str]) -> "pa.Table":
    import pyarrow as pa

    assets = list(terms.names.assets)
    seam = np.concatenate([recorder.log_return[:, :, 0], recorder.volatility[:, :, 0]], axis=1)
    labels = [(variable, asset) for variable in ("market.log_return", "market.volatility") for asset in assets]
    of_days = dates_of(dates, terms.n_days)
    tables = [_long_table(None, labels, seam, of_days)]
    for number, state in sorted(recorder.states.items()):
        labels = [(field.path, item) for field in variables_of(state) for item in items_of(terms, number, field)]
        tables.append(_long_table(terms.names.arms[number], labels, np.stack(recorder.days[number]), of_days))
    metadata = {"amounts": f"in quanta of {terms.quantum} currency units",
                "variables": json.dumps(_dictionary(recorder))}
    return pa.concat_tables(tables).cast(trace_schema().with_metadata(metadata))


def _dictionary(recorder: _Recorder) -> dict[str, dict[str, str]]:
    """Unit and meaning of every variable of the trace."""
    seam = {"market.log_return": {"unit": "log return", "meaning": "of the market, as no arm has moved it"},
            "market.volatility": {"unit": "volatility a day", "meaning": "conditional, likewise"}}
    fields = {field.path: field.said for state in recorder.states.values() for field in variables_of(state)}
    return seam | {path: {"unit": said.unit, "meaning": said.meaning} for path, said in fields.items()}


def _long_table(arm: str | None, labels: list[tuple[str, str]], values: Floats, dates: "pa.Array") -> "pa.Table":
    """(T, n) values of n labelled rows, variable by variable."""
    import pyarrow as pa

    n_days, n_rows = values.shape
    row = np.repeat(np.arange(n_rows), n_days)
    return pa.table({
        "arm": pa.array([arm], pa.string()).take(np.zeros(n_days * n_rows, dtype=np.int32)),
        "day": pa.array(np.tile(np.arange(1, n_days + 1, dtype=np.int32), n_rows)),
        "date": dates.take(pa.array(np.tile(np.arange(n_days), n_rows))),
        "variable": pa.array([variable for variable, _ in labels]).take(row),
        "item": pa.array([item or None for _, item in labels], pa.string()).take(row),
        "value": pa.array(values.T.reshape(-1)),
    })


def differences(trace: Trace, directory: RunDirectory) -> list[str]:
    """Columns, as ``table.column``, whose stored values of the path are not the replay's bit for bit."""
    parts = Parts(directory)
    path = trace.outcomes.block.first_path
    names = parts.resolved["names"]
    found = []
    for column, _ in path_columns(names["layers"], names["assets"]):
        if not _is_same(trace.outcomes.paths, column, parts.path_column(column)[:, path]):
            found.append(f"paths.{column}")
    for outcome in FUND_OUTCOMES:
        stored = parts.fund_column(outcome.name, slice(None))[:, :, path]
        if not _is_same(trace.outcomes.funds, outcome.name, stored.ravel()):
            found.append(f"funds.{outcome.name}")
    return found


def _is_same(table: "pa.Table", column: str, stored: Floats) -> bool:
    import pyarrow as pa

    replayed = table.column(column).cast(pa.float64()).fill_null(np.nan).to_numpy()
    return bool(np.array_equal(replayed, stored, equal_nan=True))
