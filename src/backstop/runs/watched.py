"""A run whose arms are looked at at the close of every day, for what an outcome at the horizon does not tell."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any, Protocol

from backstop.kernels.state import ArmState, Counts
from backstop.runs.engine import Workspace, compile_kernels, run_blocks
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.tables import BlockTables
from backstop.runs.tallies import Tallies
from backstop.runs.tiles import MAX_LANES, Tile, blocks_of, layout_of


class Watcher(Protocol):
    """Who looks."""

    def see(self, arm: int, day: int, tile: Tile, state: ArmState) -> None:
        """The state of an arm at the close of `day`, from 1; its first ``tile.n_lanes`` lanes are paths.

        Days of a tile come in order; tiles come from several threads at once.
        """


def watched_blocks(request: RunRequest, threads: int, watcher: Watcher, on_progress: OnProgress = quiet
                   ) -> Iterator[BlockTables]:
    """The blocks of `request`, in order; all days of a block have been seen when it comes.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    layout = layout_of(request.terms)
    # what Python does between two days costs more than a state that leaves the cache
    layout = layout._replace(lanes=max(layout.lanes, MAX_LANES), days_per_call=1)
    compile_kernels(request.terms, request.market, on_progress)
    blocks = blocks_of(request.n_paths, layout)

    def opened(*given: Any) -> Workspace:
        return _Watched(watcher, *given)

    with closing(run_blocks(request.terms, request.seed, blocks, threads, layout, request.market, on_progress,
                            opened)) as finished:
        yield from finished


class _Watched(Workspace):
    """A workspace that shows each day."""

    def __init__(self, watcher: Watcher, *given: Any) -> None:
        super().__init__(*given)
        self._watcher = watcher
        self._tile: Tile | None = None

    def simulate(self, seed: int, tile: Tile, tallies: Tallies, counts: Counts) -> None:
        """All arms of one tile."""
        self._tile = tile
        super().simulate(seed, tile, tallies, counts)

    def watch(self, arm: int, day: int, state: ArmState) -> None:
        """Show the day."""
        if self._tile is not None:
            self._watcher.see(arm, day, self._tile, state)
