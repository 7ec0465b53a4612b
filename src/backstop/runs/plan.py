"""What a run would do, before it does it: time, memory and disk, from a small sample that is thrown away."""

import math
import time
from typing import NamedTuple

from backstop.runs.engine import compile_kernels, simulate_block
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.store import part_bytes
from backstop.runs.tallies import counts_shape
from backstop.runs.tiles import Block, arm_bytes, blocks_of, layout_of, outcome_bytes, seam_bytes

SAMPLE_TILES = 2
TASK_SECONDS = 45.0
"""What a task of a cluster should take: long beside what it costs to hand it out, short beside what a death loses."""
FILES_A_BLOCK = 4
"""A part of each table, counts, the note."""
MERGE_COLUMNS = 8
"""Columns of all arms and paths that a summary holds at once [ours: seen]."""
MERGE_SECONDS = 40e-6
"""That a summary takes for an arm of a path, with few funds [ours: seen]."""


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
    seconds: float
    """Of simulation, if each thread has a core of its own."""
    memory_bytes: int
    """Of buffers, beside the two to four hundred MB of the program and its libraries [ours: seen]."""
    disk_bytes: int


def plan_run(request: RunRequest, threads: int, on_progress: OnProgress = quiet) -> Plan:
    """Measure a sample of the run and scale it up; nothing is written."""
    terms, layout = request.terms, layout_of(request.terms)
    sample = Block(0, 0, min(SAMPLE_TILES * layout.lanes, request.n_paths))
    compile_kernels(terms, request.market, on_progress)
    started = time.perf_counter()
    tables = simulate_block(terms, request.seed, sample, layout, request.market)
    seconds = time.perf_counter() - started
    written = len(part_bytes(tables.paths, request)) + len(part_bytes(tables.funds, request))
    blocks = blocks_of(request.n_paths, layout)
    n_tiles = sum(math.ceil(block.n_paths / layout.lanes) for block in blocks)
    # the last tile of a thread is waited for
    rounds = math.ceil(n_tiles / threads)
    return Plan(
        n_paths=request.n_paths, n_days=terms.n_days, n_arms=len(terms.arms), n_blocks=len(blocks),
        n_tiles=n_tiles, lanes=layout.lanes, sample_paths=sample.n_paths, sample_seconds=seconds,
        seconds=rounds * seconds * min(layout.lanes, sample.n_paths) / sample.n_paths,
        memory_bytes=_memory(request, threads), disk_bytes=written * request.n_paths // sample.n_paths)


def _memory(request: RunRequest, threads: int) -> int:
    """Seams and states of all threads, outcomes and counts of blocks in flight, tables of the one written."""
    terms, layout = request.terms, layout_of(request.terms)
    counts = 2 * math.prod(counts_shape(terms))
    outcomes = outcome_bytes(terms) * layout.block_paths
    in_flight = 1 + max(1, 2 * threads * layout.lanes // layout.block_paths)
    tiles = threads * layout.lanes * (arm_bytes(terms) + seam_bytes(terms))
    return tiles + in_flight * (outcomes + threads * counts) + 2 * outcomes + 4 * counts


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
    """That it takes on one core; more with many funds."""
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
        MERGE_COLUMNS * 8 * plan.n_arms * plan.n_paths, MERGE_SECONDS * plan.n_arms * plan.n_paths / 3600.0,
        None if core_hour_price is None else core_hour_price * hours * n_cores)
