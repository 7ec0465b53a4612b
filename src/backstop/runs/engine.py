"""Blocks of paths on local threads: tiles of lanes through the market, then through one arm after another.

A path's outcomes depend on (terms, seed, path) alone: the same bits for any threads, tile or block.
"""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Any, TypeAlias

import numpy as np

from backstop.kernels.facility.admission import draw_take_up
from backstop.kernels.machine.frames import aligned, frame
from backstop.kernels.machine.jit import make_ready
from backstop.kernels.state import ArmState, Counts, allocate_arm, foresights, replays, reset_arm, stresses
from backstop.kernels.step import close_arm, run_arm
from backstop.runs.progress import Meter, OnProgress, Progress, quiet
from backstop.runs.seam import Market, SimulatedMarket
from backstop.runs.tables import BlockTables, block_tables
from backstop.runs.tallies import Tallies, check_tallies, open_counts, open_tallies
from backstop.runs.tiles import Block, Layout, Tile, has_feedback, layout_of, shape_of, tiles_of
from backstop.terms import ArmTerms, Floats, RunTerms
from backstop.terms.shapes import check_terms


class Stopped(Exception):
    """A worker was told to stop between two kernel calls."""


def after_counterfactuals(counterfactuals: Sequence[int]) -> list[int]:
    """All arms, each counterfactual right before its arms, so that they read what it has just written; none first."""
    return sorted(range(len(counterfactuals)), key=lambda arm: (counterfactuals[arm], arm != counterfactuals[arm], arm))


class Workspace:
    """What one worker owns and reuses from tile to tile: market state, seam, a state a shape of arm."""

    def __init__(self, terms: RunTerms, layout: Layout, market: Market, stop: threading.Event) -> None:
        check_terms(terms)
        seam_shape = (terms.n_days, len(terms.names.assets), layout.lanes)
        self.terms, self.layout, self.market, self.stop = terms, layout, market, stop
        self.log_return, self.volatility = aligned(seam_shape), aligned(seam_shape)
        self._of_arm = self._seam_of_arm()
        self.market_state = market.open(terms.market, layout.lanes)
        self._foresights = foresights(terms.n_days, layout.lanes)
        self._replays = replays(terms.arms[0], layout.lanes)
        self._stresses = stresses(terms.arms[0], terms.n_days, layout.lanes)
        self._arms = [frame(arm) for arm in terms.arms]
        self._states: dict[tuple[int, ...], ArmState] = {}
        self._counts: Counts | None = None
        self._views: list[tuple[ArmState, Any]] = []

    def simulate(self, seed: int, tile: Tile, tallies: Tallies, counts: Counts) -> None:
        """All arms of one tile, on the same market; outcomes go to `tallies`, daily bands add to `counts`."""
        self._fill_seam(seed, tile)
        if counts is not self._counts:
            self._count_into(counts)
        for number in after_counterfactuals(self.terms.counterfactuals):
            state, of_state = self._views[number]
            reset_arm(self.terms.arms[number], state)
            draw_take_up(state.loans, seed, tile.first_path, tile.n_lanes)
            of_arm = self._arms[number]
            for target, source in zip(self._of_arm, (self.log_return, self.volatility), strict=True):
                if target is not source:
                    np.copyto(target, source)
            for first, last in self._calls():
                run_arm(of_arm, of_state, *self._of_arm, first, last, tile.n_lanes)
                self.watch(number, last, state)
            close_arm(of_arm, of_state, tile.n_lanes)
            tallies.take(number, tile, state)

    def rehearse(self) -> None:
        """All that `simulate` calls, in no lanes; see `jit.make_ready`."""
        self.market.rehearse(self.terms.market)
        if self._counts is None:
            self._count_into(open_counts(self.terms, self.terms.n_days))
        for of_arm, (state, of_state) in zip(self._arms, self._views, strict=True):
            draw_take_up(state.loans, 0, 0, 0)
            run_arm(of_arm, of_state, *self._of_arm, 0, self.terms.n_days, 0)
            close_arm(of_arm, of_state, 0)

    def _seam_of_arm(self) -> tuple[Floats, Floats]:
        """What arms run on: the seam, or a copy that they rewrite where their impact feeds variance."""
        if has_feedback(self.terms):
            return aligned(self.log_return.shape), aligned(self.volatility.shape)
        return self.log_return, self.volatility

    def watch(self, arm: int, day: int, state: ArmState) -> None:
        """For who wants to see the state of an arm at the close of `day` (from 1), after each kernel call."""

    def _fill_seam(self, seed: int, tile: Tile) -> None:
        self.market.reset(self.terms.market, self.market_state)
        for first, last in self._calls():
            self.market.fill(self.terms.market, self.market_state, seed, tile.first_path, first, last,
                             self.log_return[first:last], self.volatility[first:last], tile.n_lanes)

    def _calls(self) -> Iterator[tuple[int, int]]:
        """Runs of days short enough for an interruption to be heard in between."""
        for first in range(0, self.terms.n_days, self.layout.days_per_call):
            if self.stop.is_set():
                raise Stopped
            yield first, min(first + self.layout.days_per_call, self.terms.n_days)

    def _count_into(self, counts: Counts) -> None:
        """Each arm's state, and the frame kernels know it by, with its daily counts in `counts`: once a block."""
        states = [self._state_like(arm)._replace(replay=self._replays[int(a > 0)],
                                                 stress=self._stresses[int(a > 0)],
                                                 foresight=self._foresights[int(a != without)], daily=counts[a])
                  for a, (arm, without) in enumerate(zip(self.terms.arms, self.terms.counterfactuals, strict=True))]
        self._views = [(state, frame(state)) for state in states]
        self._counts = counts

    def _state_like(self, arm: ArmTerms) -> ArmState:
        """The state that arms of this shape share, one after another."""
        shape = shape_of(arm)
        if shape not in self._states:
            self._states[shape] = allocate_arm(arm, self.layout.lanes, 0)
        return self._states[shape]


def simulate_block(terms: RunTerms, seed: int, block: Block, layout: Layout | None = None,
                   market: Market | None = None) -> BlockTables:
    """One block on the calling thread: all that a worker elsewhere has to run.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    layout = layout or layout_of(terms)
    workspace = Workspace(terms, layout, market or SimulatedMarket(), threading.Event())
    tallies, counts = open_tallies(terms, block.n_paths), open_counts(terms, terms.n_days)
    for tile in tiles_of(block, layout):
        workspace.simulate(seed, tile, tallies, counts)
    check_tallies(terms, block, tallies)
    return block_tables(terms, block, tallies, counts)


def compile_kernels(terms: RunTerms, market: Market | None = None, on_progress: OnProgress = quiet) -> None:
    """Compile, or load from the disk cache, all that a run calls, and nothing else."""
    market = market or SimulatedMarket()
    workspace = Workspace(terms, Layout(0, 0, terms.n_days), market, threading.Event())
    make_ready(workspace.rehearse, lambda *done: on_progress(Progress("compiling", *done)))


OpenWorkspace: TypeAlias = Callable[[RunTerms, Layout, Market, threading.Event], Workspace]
"""Makes what a worker owns."""


class _BlockRun:
    """A block that is being filled."""

    def __init__(self, terms: RunTerms, block: Block) -> None:
        self.block = block
        self.tallies = open_tallies(terms, block.n_paths)
        self.counts: dict[int, Counts] = {}
        """By thread: counts are added up when the block is finished."""
        self.tiles: dict[Future[None], Tile] = {}


class _Crew:
    """Threads that share the tiles of blocks; each has its own workspace."""

    def __init__(self, terms: RunTerms, seed: int, layout: Layout, market: Market, threads: int,
                 workspace: OpenWorkspace) -> None:
        self.terms, self.seed, self.layout, self.market, self._open = terms, seed, layout, market, workspace
        self.stop = threading.Event()
        self.n_band_days = terms.n_days
        """Days that daily bands are counted on; 0 for none."""
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="tiles")

    def begin(self, block: Block) -> _BlockRun:
        """Hand out the tiles of a block."""
        run = _BlockRun(self.terms, block)
        for tile in tiles_of(block, self.layout):
            run.tiles[self._pool.submit(self._simulate, run, tile)] = tile
        return run

    def _simulate(self, run: _BlockRun, tile: Tile) -> None:
        if not hasattr(self._own, "workspace"):
            self._own.workspace = self._open(self.terms, self.layout, self.market, self.stop)
        thread = threading.get_ident()
        if thread not in run.counts:
            run.counts[thread] = open_counts(self.terms, self.n_band_days)
        self._own.workspace.simulate(self.seed, tile, run.tallies, run.counts[thread])

    def finish(self, run: _BlockRun, meter: Meter) -> BlockTables:
        """Wait for the tiles of a block and make its tables."""
        for tile in as_completed(run.tiles):
            tile.result()
            meter.add(run.tiles[tile].n_lanes)
        counts, *others = run.counts.values()
        for other in others:
            counts += other
        check_tallies(self.terms, run.block, run.tallies)
        return block_tables(self.terms, run.block, run.tallies, counts)

    def dismiss(self) -> None:
        """Stop all threads at their next kernel call and wait for them."""
        self.stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)


def run_blocks(terms: RunTerms, seed: int, blocks: Sequence[Block], threads: int,
               layout: Layout | None = None, market: Market | None = None, on_progress: OnProgress = quiet,
               workspace: OpenWorkspace = Workspace, *, has_bands: bool = True) -> Generator[BlockTables, None, None]:
    """Blocks one by one, in order, while `threads` threads work ahead on the next; perhaps without daily bands.

    At most a few blocks are in memory, however many there are; each thread opens a `workspace` of its own. Closing
    the iterator, or an exception in it, stops the threads within one kernel call.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    layout = layout or layout_of(terms)
    crew = _Crew(terms, seed, layout, market or SimulatedMarket(), threads, workspace)
    crew.n_band_days = terms.n_days if has_bands else 0
    meter = Meter("simulating", sum(block.n_paths for block in blocks), on_progress)
    ahead = max(1, 2 * threads * layout.lanes // layout.block_paths)
    running: deque[_BlockRun] = deque()
    try:
        for block in blocks:
            running.append(crew.begin(block))
            if len(running) > ahead:
                yield crew.finish(running.popleft(), meter)
        while running:
            yield crew.finish(running.popleft(), meter)
    finally:
        crew.dismiss()
