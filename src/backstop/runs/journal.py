"""The journal of a run: which blocks are finished, with the hashes of what was written, for a resume or a merge."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from backstop.errors import RunIncomplete
from backstop.kernels.state import Counts
from backstop.runs.directory import TABLES, RunDirectory, counts_name, note_name, part_name
from backstop.runs.files import write_whole
from backstop.runs.request import in_short, versions
from backstop.runs.storage import Storage
from backstop.runs.tables import BlockTables
from backstop.runs.tallies import counts_shape
from backstop.runs.tiles import Block
from backstop.terms import RunTerms


class BlockRecord(NamedTuple):
    """A finished block: what was written, and what it was made of."""

    block: int
    first_path: int
    n_paths: int
    hashes: dict[str, str]
    """sha256 (hex) of its part of each table and of its counts."""
    run: dict[str, Any]
    """Identity of its run, in short."""
    versions: dict[str, str]

    def as_listed(self) -> dict[str, Any]:
        """As it stands in a manifest, which has the identity and versions once for all blocks."""
        return {key: value for key, value in self._asdict().items() if key not in ("run", "versions")}


def begin(directory: RunDirectory, identity: dict[str, Any]) -> None:
    """Note which run the directory holds."""
    write_whole(directory.request, to_json(identity))


def to_json(content: Any, indent: int | None = 1) -> bytes:
    """JSON with sorted keys and no NaN, a line feed at its end; on one line without `indent`, ten times as fast."""
    return (json.dumps(content, indent=indent, sort_keys=True, allow_nan=False) + "\n").encode()


def note(storage: Storage, tables: BlockTables, parts: Mapping[str, memoryview], identity: Mapping[str, Any]
         ) -> BlockRecord:
    """Write the `parts` of a block, by table, its counts, and last the note that says so."""
    block = tables.block
    files = {part_name(table, block.number): content for table, content in parts.items()}
    files[counts_name(block.number)] = memoryview(packed_counts(tables.counts))
    hashes = [hashlib.sha256(content).hexdigest() for content in files.values()]
    record = BlockRecord(block.number, block.first_path, block.n_paths,
                         dict(zip((*parts, "counts"), hashes, strict=True)), in_short(identity), versions())
    for name, content in files.items():
        storage.write(name, content)
    write_note(storage, record)
    return record


def write_note(storage: Storage, record: BlockRecord) -> None:
    """Say that a block is finished, whose files are all there."""
    storage.write(note_name(record.block), to_json(record._asdict(), indent=None))


def packed_counts(counts: Counts) -> bytes:
    """Counts as they are kept."""
    import pyarrow as pa

    packed: bytes = pa.Codec("zstd").compress(counts.astype("<u2").tobytes(), asbytes=True)
    return packed


def read_note(content: bytes | None) -> BlockRecord | None:
    """What a note says; None where it is none of ours."""
    try:
        record = BlockRecord(**json.loads(content or b""))
    except (ValueError, TypeError, RecursionError):
        return None
    are_hashes = isinstance(record.hashes, dict) and set(record.hashes) == {*TABLES, "counts"}
    are_numbers = all(type(number) is int for number in (record.block, record.first_path, record.n_paths))
    are_said = all(isinstance(said, dict) for said in (record.run, record.versions)) and "cpu" in record.versions
    return record if are_hashes and are_numbers and are_said else None


def files_of(record: BlockRecord) -> dict[str, str]:
    """By the name of each file of a block, its hash."""
    return {counts_name(record.block) if key == "counts" else part_name(key, record.block): digest
            for key, digest in record.hashes.items()}


def finished(storage: Storage, block: Block) -> BlockRecord | None:
    """The note of a block whose files are all there and as they were written."""
    record = read_note(storage.read(note_name(block.number)))
    if record is None or (record.block, record.first_path, record.n_paths) != tuple(block):
        return None
    is_whole = all(is_as_written(storage.read(name), digest) for name, digest in files_of(record).items())
    return record if is_whole else None


def is_as_written(content: bytes | None, digest: str) -> bool:
    """Whether a file is there and has this hash."""
    return content is not None and hashlib.sha256(content).hexdigest() == digest


def read_counts(storage: Storage, terms: RunTerms, block: int) -> Counts:
    """(A, T, M, N_BINS) counts of a finished block.

    Raises
    ------
    RunIncomplete
        They are gone.
    """
    packed = storage.read(counts_name(block))
    if packed is None:
        raise RunIncomplete(f"{storage.where}: the counts of block {block} are gone; give the command again")
    return unpacked_counts(packed, terms)


def unpacked_counts(packed: bytes, terms: RunTerms) -> Counts:
    """(A, T, M, N_BINS) counts as they were; see `packed_counts`."""
    import pyarrow as pa

    shape = counts_shape(terms)
    raw = pa.Codec("zstd").decompress(packed, decompressed_size=2 * int(np.prod(shape)), asbytes=True)
    return np.frombuffer(raw, dtype="<u2").reshape(shape)
