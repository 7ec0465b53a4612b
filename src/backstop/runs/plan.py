"""What a run would do, before it does it: time, memory and disk, from a small sample that is thrown away."""

import math
import time
from typing import NamedTuple

from backstop.runs.engine import compile_kernels, simulate_block
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.store import part_bytes
from backstop.runs.tallies import counts_shape
from backstop.runs.tiles import Block, arm_bytes, blocks_of, layout_of, outcome_bytes, seam_bytes, tiles_of

SAMPLE_TILES = 2


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
    n_tiles = sum(1 for block in blocks for _ in tiles_of(block, layout))
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
