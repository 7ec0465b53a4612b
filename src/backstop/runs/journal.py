"""The journal of a run: which blocks are finished, with the hashes of what was written, for a resume."""

import json
from typing import Any, NamedTuple

import numpy as np

from backstop.kernels.state import Counts
from backstop.runs.directory import TABLES, RunDirectory
from backstop.runs.files import hash_of, write_whole
from backstop.runs.tables import BlockTables
from backstop.runs.tallies import counts_shape
from backstop.runs.tiles import Block
from backstop.terms import RunTerms


class BlockRecord(NamedTuple):
    """A finished block."""

    block: int
    first_path: int
    n_paths: int
    hashes: dict[str, str]
    """sha256 (hex) of its part of each table and of its counts."""


def begin(directory: RunDirectory, identity: dict[str, Any]) -> None:
    """Note which run the directory holds."""
    write_whole(directory.request, to_json(identity))


def to_json(content: Any, indent: int | None = 1) -> bytes:
    """JSON with sorted keys and no NaN, a line feed at its end; on one line without `indent`, ten times as fast."""
    return (json.dumps(content, indent=indent, sort_keys=True, allow_nan=False) + "\n").encode()


def note(directory: RunDirectory, tables: BlockTables, hashes: dict[str, str]) -> BlockRecord:
    """Note a block whose parts are on the disk; its counts go beside the note."""
    import pyarrow as pa

    block = tables.block
    packed = pa.Codec("zstd").compress(tables.counts.astype("<u2").tobytes(), asbytes=True)
    hashes["counts"] = write_whole(directory.counts(block.number), packed)
    record = BlockRecord(block.number, block.first_path, block.n_paths, hashes)
    write_whole(directory.note(block.number), to_json(record._asdict()))
    return record


def finished(directory: RunDirectory, block: Block) -> BlockRecord | None:
    """The note of a block whose files are all there and as they were written."""
    try:
        content = json.loads((directory.note(block.number)).read_bytes())
        record = BlockRecord(**content)
    except (OSError, ValueError, TypeError):
        return None
    is_same = (record.block, record.first_path, record.n_paths) == tuple(block)
    return record if is_same and _are_whole(directory, record) else None


def _are_whole(directory: RunDirectory, record: BlockRecord) -> bool:
    files = {name: directory.part(name, record.block) for name in TABLES}
    files["counts"] = directory.counts(record.block)
    return all(hash_of(path) == record.hashes.get(name) for name, path in files.items())


def read_counts(directory: RunDirectory, terms: RunTerms, record: BlockRecord) -> Counts:
    """(A, T, M, N_BINS) counts of a finished block."""
    import pyarrow as pa

    shape = counts_shape(terms)
    packed = directory.counts(record.block).read_bytes()
    raw = pa.Codec("zstd").decompress(packed, decompressed_size=2 * int(np.prod(shape)), asbytes=True)
    return np.frombuffer(raw, dtype="<u2").reshape(shape)
