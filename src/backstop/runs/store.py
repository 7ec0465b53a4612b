"""Writes a run as it is simulated: one part of each table a block, then what is known only at the end."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from backstop.config.describe import as_tree
from backstop.runs import journal
from backstop.runs.directory import ALWAYS, CONFIG, MODELS, RUN, TABLES, RunDirectory, open_directory
from backstop.runs.files import hash_of, write_whole
from backstop.runs.journal import BlockRecord, to_json
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest, identity_of, versions
from backstop.runs.storage import Folder, Storage
from backstop.runs.tables import BlockTables
from backstop.runs.tallies import counts_shape
from backstop.runs.tiles import Block, Layout, blocks_of, layout_of
from backstop.runs.workers import Workers, made_blocks, make_ready
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
def simulated_run(request: RunRequest, folder: Path, workers: Workers, overwrite: bool = False,
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
    with _opened(request, folder, layout, overwrite) as run:
        _simulate_missing(run, blocks_of(request.n_paths, layout), workers, layout, on_progress)
        yield run


def is_run_of(request: RunRequest, folder: Path) -> bool:
    """Whether `folder` holds the whole run that `request` asks for."""
    manifest = RunDirectory(folder).find_manifest()
    identity = identity_of(request, layout_of(request.terms))
    return manifest is not None and all(manifest.get(key) == value for key, value in identity.items())


@contextmanager
def run_until(request: RunRequest, folder: Path, workers: Workers, looks: Sequence[int],
              is_enough: Callable[[RunDirectory, int], bool], overwrite: bool = False, layout: Layout | None = None,
              on_progress: OnProgress = quiet) -> Iterator[StoredRun]:
    """`simulated_run` of as many blocks as `is_enough` of the first that says so, given the run and their number.

    What is there in the end is the run of so many paths; what an earlier attempt made beyond them is taken away.

    Parameters
    ----------
    looks
        Numbers of blocks after which is asked, rising; the last is all there are.

    Raises
    ------
    DirectoryRefused, EnvironmentFailure, AccountingError, NotFinite
        See `simulated_run`.
    """
    layout = layout or layout_of(request.terms)
    blocks = blocks_of(request.n_paths, layout)
    with _opened(request, folder, layout, overwrite) as whole:
        done = 0
        for n_blocks in looks:
            _simulate_missing(whole, blocks[done:n_blocks], workers, layout, on_progress)
            done = n_blocks
            if is_enough(whole.directory, done):
                break
        _remove_parts(whole.directory, [block.number for block in blocks[done:]])
        kept = request.of_paths(sum(block.n_paths for block in blocks[:done]))
        identity = identity_of(kept, layout)
        yield replace(whole, request=kept, identity=identity)
        # until then another attempt finds the request it makes
        journal.begin(whole.directory, identity)


def _remove_parts(directory: RunDirectory, blocks: Iterable[int]) -> None:
    for number in blocks:
        for path in (*(directory.part(name, number) for name in TABLES), directory.counts(number),
                     directory.note(number)):
            path.unlink(missing_ok=True)


@contextmanager
def _opened(request: RunRequest, folder: Path, layout: Layout, overwrite: bool) -> Iterator[StoredRun]:
    """The run with what is known before any block."""
    identity = identity_of(request, layout)
    with open_directory(folder, identity, overwrite) as directory:
        for name, content in head_of(request, identity).items():
            write_whole(folder / name, content)
        yield StoredRun(request, identity, directory, np.zeros(counts_shape(request.terms), dtype=np.int64), [], {})


def head_of(request: RunRequest, identity: Mapping[str, Any]) -> dict[str, bytes]:
    """Files of a run that are known before any block, by name: what says which run it is comes first."""
    return {RUN: to_json(identity), CONFIG: request.config_text.encode(),
            "resolved.json": to_json(as_tree(request.terms), indent=None), "fits.json": to_json(request.all_fits)}


def _simulate_missing(run: StoredRun, wanted: list[Block], workers: Workers, layout: Layout, on_progress: OnProgress
                      ) -> None:
    started = time.perf_counter()
    missing = _take_finished(run, wanted)
    if missing:
        make_ready(workers, run.request, on_progress)
        spent = time.perf_counter() - started
        run.timings["compiling"] = run.timings.get("compiling", 0.0) + spent
        started += spent
        # closed at once, so that an exception here stops them
        with closing(made_blocks(workers, run.request, missing, layout, on_progress, has_bands=True)) as blocks:
            store_blocks(run, blocks)
    run.records.sort()
    run.timings["simulating"] = run.timings.get("simulating", 0.0) + time.perf_counter() - started


def _take_finished(run: StoredRun, blocks: list[Block]) -> list[Block]:
    """Add what finished blocks counted; the blocks that are left."""
    missing, storage = [], Folder(run.directory.folder)
    for block in blocks:
        record = journal.finished(storage, block)
        if record is None:
            missing.append(block)
        else:
            run.records.append(record)
            np.add(run.counts, journal.read_counts(storage, run.request.terms, record.block), out=run.counts)
    return missing


def store_blocks(run: StoredRun, blocks: Iterable[BlockTables]) -> None:
    """Write blocks as they come, in any order, from any engine."""
    for tables in blocks:
        run.records.append(store_block(Folder(run.directory.folder), run.request, run.identity, tables))
        np.add(run.counts, tables.counts, out=run.counts)
        # a block must not stay in memory while the next one is waited for
        del tables


def store_block(storage: Storage, request: RunRequest, identity: Mapping[str, Any], tables: BlockTables) -> BlockRecord:
    """Write one block, and note it."""
    parts = {"paths": part_bytes(tables.paths, request), "funds": part_bytes(tables.funds, request)}
    return journal.note(storage, tables, parts, identity)


def part_bytes(table: "pa.Table", request: RunRequest) -> memoryview:
    """A part: a row group an arm, the currency of its amounts in the metadata."""
    table = table.replace_schema_metadata({"currency": request.currency, "seed": str(request.seed)})
    return table_bytes(table, table.num_rows // len(request.terms.arms))


def table_bytes(table: "pa.Table", group_rows: int | None = None) -> memoryview:
    """A table as parquet: zstd, statistics, page checksums, texts in dictionaries."""
    return joined_bytes(table.schema, [table], group_rows)


def joined_bytes(schema: "pa.Schema", tables: "Iterable[pa.Table]", group_rows: int | None = None) -> memoryview:
    """Tables of one schema as one file of parquet, each let go before the next is made."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    with pq.ParquetWriter(sink, schema, compression="zstd", use_dictionary=texts, write_statistics=True,
                          write_page_checksum=True) as writer:
        for table in tables:
            writer.write_table(table, group_rows)
    return memoryview(sink.getvalue())


def told_of(request: RunRequest) -> dict[str, Any]:
    """What a manifest repeats of the terms, for who reads nothing else."""
    return {"scenario": request.scenario, "models": dict(request.models), "days": request.terms.n_days,
            "arms": list(request.terms.names.arms), "counterfactuals": dict(request.terms.counterfactual_names())}


def finish_run(run: StoredRun) -> None:
    """Write the manifest: from now on the run is complete."""
    directory = run.directory
    files = (*ALWAYS, *((MODELS,) if run.request.terms.mixture.models else ()))
    write_whole(directory.manifest, to_json({
        **run.identity,
        # another CPU than that of the blocks may bring them together
        "versions": versions() | {"cpu": ", ".join(sorted({record.versions["cpu"] for record in run.records}))},
        **told_of(run.request),
        "overrides": run.request.overrides,
        "config_folder": run.request.config_folder,
        "blocks": [record.as_listed() for record in run.records],
        "files": {name: hash_of(directory.folder / name) for name in files},
        "timings": {phase: round(seconds, 3) for phase, seconds in run.timings.items()},
    }))
