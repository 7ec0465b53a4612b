"""Outcomes of a block as tables: rows by arm, then fund, then path; amounts in currency units."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backstop.kernels.state import Counts
from backstop.runs.schema import fund_schema, path_schema
from backstop.runs.tallies import Tallies
from backstop.runs.tiles import Block
from backstop.terms import NEVER, Floats, Integers, Mixture, RunTerms

if TYPE_CHECKING:
    import pyarrow as pa


_DTYPES = {"double": np.float64, "int64": np.int64, "int32": np.int32, "bool": np.bool_}
"""By name of Arrow."""


class BlockTables(NamedTuple):
    """A finished block: what is written of it."""

    block: Block
    paths: "pa.Table"
    funds: "pa.Table"
    counts: Counts
    """(A, T, M, N_BINS), for the daily bands."""


def block_tables(terms: RunTerms, block: Block, tallies: Tallies, counts: Counts) -> BlockTables:
    """Tables with the types, units and meanings of the registry."""
    return BlockTables(block, _path_table(terms, block, tallies), _fund_table(terms, block, tallies), counts)


def _path_table(terms: RunTerms, block: Block, tallies: Tallies) -> "pa.Table":
    import pyarrow as pa

    names, mixture = terms.names, terms.mixture
    schema, n_arms = path_schema(names, bool(mixture.models)), len(names.arms)
    models = [_models(mixture, block, n_arms)] if mixture.models else []
    keys = [_paths(block, n_arms), _labels(names.arms, block.n_paths), *models, _weights(mixture, block, n_arms)]
    rows = [tally[:, row] for tally in tallies.paths for row in range(tally.shape[1])]
    columns = _columns(rows, schema, len(keys), terms.quantum)
    return pa.Table.from_arrays(keys + columns, schema=schema)


def _fund_table(terms: RunTerms, block: Block, tallies: Tallies) -> "pa.Table":
    import pyarrow as pa

    schema, names = fund_schema(), terms.names
    n_arms, n_funds = len(names.arms), len(names.funds)
    keys = [_paths(block, n_arms * n_funds), _labels(names.arms, n_funds * block.n_paths),
            _labels(names.funds * n_arms, block.n_paths), _weights(terms.mixture, block, n_arms * n_funds)]
    columns = _columns(list(tallies.funds), schema, len(keys), terms.quantum)
    return pa.Table.from_arrays(keys + columns, schema=schema)


def _columns(rows: list[Floats], schema: "pa.Schema", n_keys: int, quantum: float) -> list["pa.Array"]:
    return [_column(values.reshape(-1), schema.field(n_keys + i), quantum) for i, values in enumerate(rows)]


def _column(values: Floats, field: "pa.Field", quantum: float) -> "pa.Array":
    """One outcome in its unit; a day that never came, and what never was, are null."""
    import pyarrow as pa

    unit = field.metadata[b"unit"].decode()
    if unit == "day":
        return pa.array(values.astype(np.int32), mask=values == 0.0)
    is_missing = values == NEVER
    known = np.where(is_missing, 0.0, values)
    if unit == "currency":
        known *= quantum
    return pa.array(known.astype(_DTYPES[str(field.type)]), mask=is_missing)


def _paths(block: Block, times: int) -> "pa.Array":
    import pyarrow as pa

    return pa.array(np.tile(_numbers(block), times))


def _numbers(block: Block) -> Integers:
    return np.arange(block.first_path, block.first_path + block.n_paths, dtype=np.int64)


def _models(mixture: Mixture, block: Block, times: int) -> "pa.Array":
    import pyarrow as pa

    return pa.array(mixture.models).take(np.tile(mixture.model_of(_numbers(block)), times))


def _weights(mixture: Mixture, block: Block, times: int) -> "pa.Array":
    import pyarrow as pa

    if not mixture.models:
        return pa.array(np.ones(times * block.n_paths))
    return pa.array(np.tile(np.array(mixture.weights)[mixture.model_of(_numbers(block))], times))


def _labels(labels: tuple[str, ...], repeat: int) -> "pa.Array":
    """Each label `repeat` times over."""
    import pyarrow as pa

    codes = np.repeat(np.arange(len(labels), dtype=np.int32), repeat)
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(labels))).cast(pa.string())
