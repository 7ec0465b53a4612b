"""Figures as parquet, and an earlier run's beside them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from bench.figures import Figure, spread

MACHINE = b"machine"
"""Key of the schema's metadata."""


class Results(NamedTuple):
    """One run of the suite."""

    machine: dict[str, str]
    figures: list[Figure]


class Change(NamedTuple):
    """A figure that two runs have, by ratio of now to earlier."""

    figure: Figure
    least: float
    ratio: float
    """Of the medians; `least` and `most` pair the ends of the two spreads that lie furthest apart."""
    most: float


def write(results: Results, path: Path) -> None:
    """One row a figure: its key, all its samples, their spread."""
    figures = results.figures
    columns = {name: [getattr(figure, name) for figure in figures] for name in Figure._fields}
    spreads = [spread(figure.samples) for figure in figures]
    table = pa.table(columns | {name: [getattr(s, name) for s in spreads] for name in ("least", "middle", "most")})
    pq.write_table(table.replace_schema_metadata({MACHINE: json.dumps(results.machine)}), path)


def read(path: Path) -> Results:
    """What `write` wrote."""
    table = pq.read_table(path)
    rows = table.select(Figure._fields).to_pylist()
    figures = [Figure(**row | {key: tuple(row[key]) for key in ("samples", "ratios")}) for row in rows]
    return Results(json.loads(table.schema.metadata[MACHINE]), figures)


def changes(now: Sequence[Figure], earlier: Sequence[Figure]) -> list[Change]:
    """The figures that both runs have, in the order of `now`."""
    before = {figure.key: spread(figure.samples) for figure in earlier}
    return [_change(figure, before[figure.key]) for figure in now if figure.key in before]


def _change(figure: Figure, before: tuple[float, float, float]) -> Change:
    least, middle, most = spread(figure.samples)
    return Change(figure, least / before[2], middle / before[1], most / before[0])
