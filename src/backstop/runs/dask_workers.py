"""Workers of Dask that make blocks for a command of this process: each is put where both see it, read, and taken away.

Tasks are pieces of blocks, so that few blocks keep many workers busy. They are read in the order of their paths, and
only so many are made ahead, so that neither memory nor scratch space grows with the run.
"""

import secrets
import tempfile
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from backstop.errors import EnvironmentFailure, RunIncomplete
from backstop.kernels.state import Counts
from backstop.runs.directory import TABLES
from backstop.runs.engine import compile_kernels, run_blocks
from backstop.runs.files import environment_failures
from backstop.runs.journal import packed_counts, unpacked_counts
from backstop.runs.on_dask import (
    TASKS_AHEAD,
    Receipt,
    Waves,
    code_here,
    connected,
    receipts,
    received,
    sent,
    slots_of,
    worker_name,
)
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.shards import is_url, storage_of
from backstop.runs.storage import Folder, Storage
from backstop.runs.store import part_bytes
from backstop.runs.tables import BlockTables
from backstop.runs.tallies import open_counts
from backstop.runs.tiles import MAX_LANES, Block, Layout

if TYPE_CHECKING:
    import pyarrow as pa
    from distributed import Client, Future

PIECES_A_SLOT = 4
"""Pieces that all blocks are cut into for each thread of a worker, if they are fewer; none is below a tile."""
LEAD = 3
"""Tasks of which something is not yet read, over those handed out at a time: what one slow task may hold up."""
_FILES = "parts"


class Batch(NamedTuple):
    """What is the same for all tasks of some blocks of one request."""

    request: RunRequest
    layout: Layout
    place: str
    number: int
    """Of the command's batches."""
    has_bands: bool
    code: Mapping[str, Any]
    """Of the client."""

    def names_of(self, piece: Block) -> list[str]:
        """Of the files of a piece, in the order of `packed`."""
        kinds = (*TABLES, "counts") if self.has_bands else TABLES
        return [f"{_FILES}/{self.number}-{piece.number:06}-{kind}" for kind in kinds]

    def packed(self, tables: BlockTables) -> Iterator[bytes | memoryview]:
        """A piece as it is sent: tables as parts of a run have them, exact and with checksums."""
        yield part_bytes(tables.paths, self.request)
        yield part_bytes(tables.funds, self.request)
        if self.has_bands:
            yield packed_counts(tables.counts)

    def unpacked(self, piece: Block, files: Sequence[bytes]) -> BlockTables:
        """A piece as it was before."""
        paths, funds, *counts = files
        terms = self.request.terms
        return BlockTables(piece, _table(paths), _table(funds),
                           unpacked_counts(counts[0], terms) if counts else open_counts(terms, 0))


class DaskWorkers:
    """See `backstop.runs.workers.Elsewhere`; open with `dask_workers`."""

    def __init__(self, client: "Client", place: str, threads: int, are_here: bool) -> None:
        self.threads = threads
        self._client, self._place, self._are_here = client, place, are_here
        self._n_batches = 0

    def blocks(self, request: RunRequest, wanted: Sequence[Block], layout: Layout, on_progress: OnProgress = quiet, *,
               has_bands: bool = False) -> Generator[BlockTables, None, None]:
        """See `backstop.runs.workers.made_blocks`."""
        if self._are_here:
            # else each of them would compile the same
            compile_kernels(request.terms, request.market, on_progress)
        batch = Batch(request, layout, self._place, self._n_batches, has_bands, code_here())
        self._n_batches += 1
        order = _Order(cut(wanted, slots_of(self._client)))
        storage = storage_of(batch.place)
        meter = Meter("simulating", sum(block.n_paths for block in wanted), on_progress)
        with closing(self._receipts(batch, order)) as done:
            for block, pieces in zip(wanted, order.pieces, strict=True):
                while not order.has(pieces):
                    made, receipt = next(done)
                    if has_bands:
                        _refuse_other_cpu(receipt, batch.code)
                    order.note(made)
                    meter.add(receipt.n_paths)
                yield _joined(request, block, [_brought(storage, batch, piece) for piece in pieces])
                order.taken(pieces)

    def _receipts(self, batch: Batch, order: "_Order") -> Generator[tuple[list[Block], Receipt], None, None]:
        held = sent(self._client, batch)

        def submit(pieces: list[tuple[int, ...]]) -> "Future":
            order.handed_out(pieces)
            return self._client.submit(_send, held, pieces, pure=False)

        yield from receipts(self._client, submit, Waves([piece for pieces in order.pieces for piece in pieces]),
                            order.is_far_ahead)


class _Order:
    """Which pieces are handed out, made, and taken; pieces by block."""

    def __init__(self, pieces: list[list[Block]]) -> None:
        self.pieces = pieces
        self._made, self._n_taken = set[int](), 0
        self._tasks: deque[int] = deque()
        """Of the tasks that are not wholly taken, the last piece."""

    def handed_out(self, pieces: Sequence[Sequence[int]]) -> None:
        """The next task."""
        self._tasks.append(pieces[-1][0])

    def note(self, pieces: Sequence[Block]) -> None:
        """They are made."""
        self._made.update(piece.number for piece in pieces)

    def has(self, pieces: Sequence[Block]) -> bool:
        """Whether all are made."""
        return self._made.issuperset(piece.number for piece in pieces)

    def taken(self, pieces: Sequence[Block]) -> None:
        """They are read: the next ones."""
        self._made.difference_update(piece.number for piece in pieces)
        while self._tasks and self._tasks[0] <= pieces[-1].number:
            self._tasks.popleft()

    def is_far_ahead(self, n_slots: int) -> bool:
        """Whether many are made or handed out, and not taken."""
        return len(self._tasks) >= LEAD * TASKS_AHEAD * n_slots


def cut(blocks: Sequence[Block], n_slots: int) -> list[list[Block]]:
    """The pieces of each block, numbered through: enough of them for `n_slots` threads, none less than a tile."""
    n_paths = sum(block.n_paths for block in blocks)
    size = max(-(-n_paths // (PIECES_A_SLOT * n_slots * MAX_LANES)), 1) * MAX_LANES
    found, number = [], 0
    for block in blocks:
        offsets = range(0, block.n_paths, size)
        found.append([Block(number + n, block.first_path + offset, min(size, block.n_paths - offset))
                      for n, offset in enumerate(offsets)])
        number += len(offsets)
    return found


def _send(batch: Batch, pieces: Sequence[Sequence[int]]) -> Receipt:
    """What a worker does."""
    storage = storage_of(batch.place)
    if isinstance(storage, Folder) and not storage.path.is_dir():
        raise EnvironmentFailure(f"worker {worker_name()}: there is no {storage.where}; {_SHARED}")

    def make(wanted: Sequence[Block]) -> None:
        """Make all, and put each there."""
        request = batch.request
        with closing(run_blocks(request.terms, request.seed, wanted, 1, batch.layout, request.market,
                                has_bands=batch.has_bands)) as blocks:
            for tables in blocks:
                for name, content in zip(batch.names_of(tables.block), batch.packed(tables), strict=True):
                    storage.write(name, content)

    return received(batch.request, batch.code, pieces, make)


def _refuse_other_cpu(receipt: Receipt, code: Mapping[str, Any]) -> None:
    """Blocks of a run have a note of the CPU that they were made on, and this process writes it."""
    if receipt.cpu != code["cpu"]:
        raise RunIncomplete(f"worker {receipt.worker}: cpu {receipt.cpu}, not {code['cpu']} as of this machine; take "
                            "workers of its kind, or set NUMBA_CPU_NAME for all")


_SHARED = "name a --scratch folder that all workers and this machine see under one name, or a URL"


def _brought(storage: Storage, batch: Batch, piece: Block) -> BlockTables:
    """A piece that a worker put there, which is there no more."""
    files = []
    for name in batch.names_of(piece):
        content = storage.read(name)
        if content is None:
            raise EnvironmentFailure(f"{storage.where}: what a worker put there is not seen here; {_SHARED}")
        files.append(content)
        storage.remove(name)
    return batch.unpacked(piece, files)


def _joined(request: RunRequest, block: Block, pieces: Sequence[BlockTables]) -> BlockTables:
    """The block that was cut into these pieces."""
    if len(pieces) == 1:
        return pieces[0]._replace(block=block)
    n_arms, sizes = len(request.terms.arms), [piece.block.n_paths for piece in pieces]
    counts: Counts = sum((piece.counts for piece in pieces[1:]), start=pieces[0].counts)
    return BlockTables(block, _side_by_side([piece.paths for piece in pieces], n_arms, sizes),
                       _side_by_side([piece.funds for piece in pieces], n_arms * len(request.terms.names.funds), sizes),
                       counts)


def _side_by_side(tables: "Sequence[pa.Table]", n_groups: int, sizes: Sequence[int]) -> "pa.Table":
    """Tables whose rows are `n_groups` times so many paths each, as one whose rows are so many times all paths."""
    import pyarrow as pa

    group = np.concatenate([np.repeat(np.arange(n_groups), size) for size in sizes])
    return pa.concat_tables(tables).take(np.argsort(group, kind="stable")).combine_chunks()


def _table(content: bytes) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = pq.read_table(pa.BufferReader(content), page_checksum_verification=True)
    return found.replace_schema_metadata(None).combine_chunks()


@contextmanager
def dask_workers(scheduler: str | None, scratch: str | None, threads: int) -> Iterator[DaskWorkers]:
    """Workers of a scheduler, or `threads` processes of this machine, until the context ends.

    Parameters
    ----------
    scratch
        A folder that all workers see under this name, or a URL; a temporary folder without it.

    Raises
    ------
    EnvironmentFailure
        See `backstop.runs.on_dask.connected`; or the place cannot be written to.
    """
    with _scratch(scratch) as place, connected(scheduler, threads) as client:
        yield DaskWorkers(client, place, threads, scheduler is None)


@contextmanager
def _scratch(scratch: str | None) -> Iterator[str]:
    """A place of its own, of which nothing is left."""
    if scratch is not None and is_url(scratch):
        storage = storage_of(f"{scratch.rstrip('/')}/backstop-{secrets.token_hex(8)}")
        try:
            yield storage.where
        finally:
            for name in storage.names(_FILES):
                storage.remove(name)
        return
    parent = None if scratch is None else Path(scratch)
    with environment_failures(parent or Path(tempfile.gettempdir())):
        if parent is not None:
            parent.mkdir(parents=True, exist_ok=True)
        own = tempfile.TemporaryDirectory(prefix="backstop-", dir=parent, ignore_cleanup_errors=True)
        (Path(own.name) / _FILES).mkdir()
    with own as folder:
        yield folder
