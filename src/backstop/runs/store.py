"""Writes a run as it is simulated: one part of each table a block, then what is known only at the end."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from backstop.config.describe import as_tree
from backstop.runs import journal
from backstop.runs.directory import RunDirectory, open_directory
from backstop.runs.engine import compile_kernels, run_blocks
from backstop.runs.files import hash_of, write_whole
from backstop.runs.journal import BlockRecord, to_json
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest, identity_of, versions
from backstop.runs.tables import BlockTables
from backstop.runs.tallies import counts_shape
from backstop.runs.tiles import Block, Layout, blocks_of, layout_of
from backstop.terms import Integers

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, eq=False)
class StoredRun:
    """A run whose blocks are all on the disk.

    Attributes
    ----------
    counts
        (A, T, M, N_BINS), behind the daily bands.
    records
        One a block, in order.
    timings
        Seconds by phase; never part of a file that is compared.
    """

    request: RunRequest
    identity: dict[str, Any]
    directory: RunDirectory
    counts: Integers
    records: list[BlockRecord]
    timings: dict[str, float]


@contextmanager
def simulated_run(request: RunRequest, folder: Path, threads: int, overwrite: bool = False,
                  layout: Layout | None = None, on_progress: OnProgress = quiet) -> Iterator[StoredRun]:
    """Simulate every block that `folder` does not hold yet; nothing else writes to it until the context ends.

    Raises
    ------
    DirectoryRefused
        `folder` holds something else, or another process is writing to it.
    EnvironmentFailure
        Disk full, no permission; what is finished stays, and the same call resumes.
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    layout = layout or layout_of(request.terms)
    identity = identity_of(request, layout)
    with open_directory(folder, identity, overwrite) as directory:
        journal.begin(directory, identity)
        write_whole(directory.config, request.config_text.encode())
        write_whole(directory.resolved, to_json(as_tree(request.terms), indent=None))
        write_whole(directory.fits, to_json(request.all_fits))
        run = StoredRun(request, identity, directory, np.zeros(counts_shape(request.terms), dtype=np.int64), [], {})
        _simulate_missing(run, threads, layout, on_progress)
        yield run


def _simulate_missing(run: StoredRun, threads: int, layout: Layout, on_progress: OnProgress) -> None:
    started, market = time.perf_counter(), run.request.market
    missing = _take_finished(run, blocks_of(run.request.n_paths, layout))
    if missing:
        compile_kernels(run.request.terms, market, on_progress)
        run.timings["compiling"] = time.perf_counter() - started
        # closed at once, so that an exception here stops the threads
        with closing(run_blocks(run.request.terms, run.request.seed, missing, threads, layout, market,
                                on_progress)) as blocks:
            store_blocks(run, blocks)
    run.records.sort()
    run.timings["simulating"] = time.perf_counter() - started - run.timings.get("compiling", 0.0)


def _take_finished(run: StoredRun, blocks: list[Block]) -> list[Block]:
    """Add what finished blocks counted; the blocks that are left."""
    missing = []
    for block in blocks:
        record = journal.finished(run.directory, block)
        if record is None:
            missing.append(block)
        else:
            run.records.append(record)
            np.add(run.counts, journal.read_counts(run.directory, run.request.terms, record), out=run.counts)
    return missing


def store_blocks(run: StoredRun, blocks: Iterable[BlockTables]) -> None:
    """Write blocks as they come, in any order, from any engine."""
    for tables in blocks:
        hashes = {}
        for name, table in (("paths", tables.paths), ("funds", tables.funds)):
            path = run.directory.part(name, tables.block.number)
            hashes[name] = write_whole(path, part_bytes(table, run.request))
        run.records.append(journal.note(run.directory, tables, hashes))
        np.add(run.counts, tables.counts, out=run.counts)
        # a block must not stay in memory while the next one is waited for
        del tables


def part_bytes(table: "pa.Table", request: RunRequest) -> memoryview:
    """A part: a row group an arm, the currency of its amounts in the metadata."""
    table = table.replace_schema_metadata({"currency": request.currency, "seed": str(request.seed)})
    return table_bytes(table, table.num_rows // len(request.terms.arms))


def table_bytes(table: "pa.Table", group_rows: int | None = None) -> memoryview:
    """A table as parquet: zstd, statistics, page checksums, texts in dictionaries."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    pq.write_table(table, sink, row_group_size=group_rows, compression="zstd", use_dictionary=texts,
                   write_statistics=True, write_page_checksum=True)
    return memoryview(sink.getvalue())


def finish_run(run: StoredRun) -> None:
    """Write the manifest: from now on the run is complete."""
    directory = run.directory
    files = (directory.config, directory.resolved, directory.fits, directory.daily, directory.summary,
             directory.summary_json, *((directory.models,) if run.request.terms.mixture.models else ()))
    write_whole(directory.manifest, to_json({
        **run.identity,
        "versions": versions(),
        "overrides": run.request.overrides,
        "config_folder": run.request.config_folder,
        "days": run.request.terms.n_days,
        "arms": run.request.terms.names.arms,
        "counterfactuals": run.request.terms.counterfactual_names(),
        "blocks": [record._asdict() for record in run.records],
        "files": {path.name: hash_of(path) for path in files},
        "timings": {phase: round(seconds, 3) for phase, seconds in run.timings.items()},
    }))
