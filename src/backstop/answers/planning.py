"""What a run would do, before it does it: time, memory and disk, from a small sample that is thrown away."""

import math
import os
import time
from pathlib import Path
from typing import NamedTuple

from backstop.answers import rates
from backstop.answers.accounts import metrics_of
from backstop.answers.views import MOST_READS, SLAB_BYTES
from backstop.outcomes import DAILY_METRICS, FUND_OUTCOMES, path_columns
from backstop.runs.engine import compile_kernels, simulate_block
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest, identity_of
from backstop.runs.shards import TASK_SECONDS
from backstop.runs.store import head_of, part_bytes
from backstop.runs.tables import BlockTables
from backstop.runs.tallies import counts_shape
from backstop.runs.tiles import Block, Layout, arm_bytes, blocks_of, layout_of, outcome_bytes, seam_bytes
from backstop.terms import RunTerms

SAMPLE_SECONDS = 1.5
"""What a sample should take: a longer one is nearer to the run, in time and in how well its parts are packed."""
FILES_A_BLOCK = 4
"""A part of each table, counts, the note."""
BAND_BYTES = 40
"""On the disk, of an arm, day and metric. [ours: seen]"""


class Plan(NamedTuple):
    """An estimate; sizes in bytes."""

    n_paths: int
    n_days: int
    n_arms: int
    n_blocks: int
    n_tiles: int
    lanes: int
    sample_paths: int
    """Paths that the estimate was measured on, on one thread, after compiling."""
    sample_seconds: float
    """Of CPU."""
    seconds: float
    """From start to end, if each thread has a core of its own, and all is compiled and fitted."""
    summary_seconds: float
    """Of them, for the summary, on one core."""
    memory_bytes: int
    """At the peak, the program and its libraries in it."""
    disk_bytes: int


class _Sample(NamedTuple):
    """Paths that were simulated and packed."""

    n_paths: int
    seconds: float
    """Of CPU, to simulate them."""
    pack_seconds: float
    n_bytes: int


def plan_run(request: RunRequest, threads: int, on_progress: OnProgress = quiet) -> Plan:
    """Measure a sample of the run and scale it up; nothing is written."""
    terms, layout = request.terms, layout_of(request.terms)
    compile_kernels(terms, request.market, on_progress)
    program = resident_bytes()
    first = _sampled(request, layout, min(layout.lanes, request.n_paths))
    sample = _sampled(request, layout, _sample_paths(request, layout, first))
    blocks = blocks_of(request.n_paths, layout)
    n_tiles = sum(math.ceil(block.n_paths / layout.lanes) for block in blocks)
    # the last tile of a thread is waited for
    share = math.ceil(n_tiles / threads) * min(layout.lanes, request.n_paths) / sample.n_paths
    summary, packing = summary_seconds(terms, request.n_paths), sample.pack_seconds * request.n_paths / sample.n_paths
    return Plan(
        n_paths=request.n_paths, n_days=terms.n_days, n_arms=len(terms.arms), n_blocks=len(blocks),
        n_tiles=n_tiles, lanes=layout.lanes, sample_paths=sample.n_paths, sample_seconds=sample.seconds,
        seconds=rates.START_SECONDS + share * sample.seconds + packing + summary, summary_seconds=summary,
        memory_bytes=int(program + rates.LIBRARY_BYTES + max(
            simulation_bytes(request, threads), _summary_bytes(terms, request.n_paths))),
        disk_bytes=_disk_bytes(request, first, sample, len(blocks)))


def resident_bytes() -> int:
    """Memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _sample_paths(request: RunRequest, layout: Layout, first: _Sample) -> int:
    """Whole tiles that take `SAMPLE_SECONDS`, two at least, within a block."""
    tiles = max(int(SAMPLE_SECONDS / max(first.seconds, 1e-3)), 2)
    return min(tiles * layout.lanes, layout.block_paths, request.n_paths)


def _sampled(request: RunRequest, layout: Layout, n_paths: int) -> _Sample:
    started = time.thread_time()
    tables = simulate_block(request.terms, request.seed, Block(0, 0, n_paths), layout, request.market)
    simulated = time.thread_time()
    n_bytes = _packed(tables, request)
    return _Sample(n_paths, simulated - started, time.thread_time() - simulated, n_bytes)


def _packed(tables: BlockTables, request: RunRequest) -> int:
    return len(part_bytes(tables.paths, request)) + len(part_bytes(tables.funds, request))


def n_columns(terms: RunTerms) -> tuple[int, int]:
    """Columns of all arms that a summary has statistics of: of pool, market and metrics, and of funds."""
    names = terms.names
    of_none = len(path_columns(list(names.layers), list(names.assets))) + len(metrics_of(names.layers))
    n_models = max(len(terms.mixture.models), 1)
    # each model's paths by themselves, and all of them
    times = n_models + 1 if n_models > 1 else 1
    return len(names.arms) * of_none * times, len(names.arms) * len(names.funds) * len(FUND_OUTCOMES)


def summary_seconds(terms: RunTerms, n_paths: int) -> float:
    """Of CPU; see `rates`."""
    of_none, of_funds = n_columns(terms)
    # of each model, its share of the paths
    n_values = (of_none / (2 if terms.mixture.models else 1) + of_funds) * n_paths
    n = of_none + of_funds
    return n * (rates.COLUMN_SECONDS + rates.COLUMN_ROWS * rates.ROW_SECONDS) + n_values * rates.VALUE_SECONDS


def simulation_bytes(request: RunRequest, threads: int, *, has_bands: bool = True) -> float:
    """Seams and states of all threads, outcomes and counts of blocks in flight, tables of the one written."""
    terms, layout = request.terms, layout_of(request.terms)
    counts = 2 * math.prod(counts_shape(terms)) if has_bands else 0
    outcomes = outcome_bytes(terms) * min(layout.block_paths, request.n_paths)
    n_blocks = len(blocks_of(request.n_paths, layout))
    in_flight = min(1 + max(1, 2 * threads * layout.lanes // layout.block_paths), n_blocks)
    tiles = threads * layout.lanes * (arm_bytes(terms) + seam_bytes(terms))
    return tiles + in_flight * (outcomes + threads * counts) + rates.TABLE_TIMES * outcomes + 4 * counts


def _summary_bytes(terms: RunTerms, n_paths: int) -> float:
    """Columns of an arm and what it is compared with, those read ahead, rows that are in no file yet."""
    of_none, of_funds = n_columns(terms)
    of_outcome = 8 * len(terms.arms) * len(terms.names.funds) * n_paths
    ahead = max(min(SLAB_BYTES, of_outcome * len(FUND_OUTCOMES)), of_outcome // MOST_READS)
    rows = of_none + of_funds / len(FUND_OUTCOMES)
    return _path_bytes(terms) * n_paths + ahead + rates.COLUMN_ROWS * rates.ROW_BYTES * rows


def _path_bytes(terms: RunTerms) -> int:
    """Of memory, for each path that is summarised; see `rates`."""
    return rates.SUMMARY_PATH_BYTES * (2 if terms.mixture.models else 1)


def _disk_bytes(request: RunRequest, first: _Sample, sample: _Sample, n_blocks: int) -> int:
    """Parts and counts of blocks, what is known before them, bands and summary."""
    terms = request.terms
    of_none, of_funds = n_columns(terms)
    # what a part takes for itself is no part of what a path takes
    more = sample.n_paths - first.n_paths
    of_path = (sample.n_bytes - first.n_bytes) / more if more else sample.n_bytes / sample.n_paths
    of_part = max(sample.n_bytes - of_path * sample.n_paths, 0.0) if more else 0.0
    rows = rates.COLUMN_ROWS * (rates.JSON_ROW_BYTES * of_none + rates.PARQUET_ROW_BYTES * (of_none + of_funds))
    bands = BAND_BYTES * len(terms.arms) * terms.n_days * len(DAILY_METRICS)
    head = sum(map(len, head_of(request, identity_of(request, layout_of(terms))).values()))
    return int(of_path * request.n_paths + of_part * n_blocks + rows + bands * (1 + n_blocks) + head)


class ClusterPlan(NamedTuple):
    """What a run would take on many machines, by the time that this one took for a sample."""

    n_cores: int
    n_tasks: int
    task_seconds: float
    core_hours: float
    """Of simulation."""
    hours: float
    """From the first task to the last, each core busy; nobody dies, nothing is waited for."""
    n_files: int
    merge_bytes: int
    """Memory that the command takes which brings the blocks together, at least."""
    merge_hours: float
    """That it takes on one core."""
    money: float | None
    """In the currency of the price."""


def plan_cluster(plan: Plan, n_cores: int, core_hour_price: float | None) -> ClusterPlan:
    """`plan` on `n_cores` cores, each as fast as one of this machine, at a price an hour of one."""
    block_seconds = plan.sample_seconds / plan.sample_paths * plan.n_paths / plan.n_blocks
    blocks_a_task = min(max(int(TASK_SECONDS / block_seconds), 1), max(plan.n_blocks // n_cores, 1))
    n_tasks = math.ceil(plan.n_blocks / blocks_a_task)
    core_hours, hours = (n * blocks_a_task * block_seconds / 3600.0 for n in (n_tasks, math.ceil(n_tasks / n_cores)))
    return ClusterPlan(
        n_cores, n_tasks, blocks_a_task * block_seconds, core_hours, hours, FILES_A_BLOCK * plan.n_blocks,
        rates.SUMMARY_PATH_BYTES * plan.n_paths, plan.summary_seconds / 3600.0,
        None if core_hour_price is None else core_hour_price * hours * n_cores)
