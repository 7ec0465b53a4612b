"""Who makes blocks: threads of this process, or workers elsewhere whose blocks are brought here."""

from collections.abc import Generator, Sequence
from typing import Protocol, TypeAlias

from backstop.runs.engine import compile_kernels, run_blocks
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.request import RunRequest
from backstop.runs.tables import BlockTables
from backstop.runs.tiles import Block, Layout


class Elsewhere(Protocol):
    """Workers of other processes.

    Attributes
    ----------
    threads
        Of this process, for what they cannot do.
    """

    threads: int

    def blocks(self, request: RunRequest, wanted: Sequence[Block], layout: Layout, on_progress: OnProgress = quiet, *,
               has_bands: bool = False) -> Generator[BlockTables, None, None]:
        """See `made_blocks`."""


Workers: TypeAlias = int | Elsewhere
"""So many threads of this process, or workers elsewhere."""


def made_blocks(workers: Workers, request: RunRequest, wanted: Sequence[Block], layout: Layout,
                on_progress: OnProgress = quiet, *, has_bands: bool = False) -> Generator[BlockTables, None, None]:
    """Some blocks of a run one by one, in order, and the same bits whoever makes them; perhaps with daily bands.

    A few blocks are made ahead. Closing the iterator ends that, so close it (`contextlib.closing`).

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    EnvironmentFailure, RunIncomplete
        Of workers elsewhere: see `backstop.runs.on_dask.run_on_dask`.
    """
    if not isinstance(workers, int):
        yield from workers.blocks(request, wanted, layout, on_progress, has_bands=has_bands)
        return
    make_ready(workers, request, on_progress)
    yield from run_blocks(request.terms, request.seed, wanted, workers, layout, request.market, on_progress,
                          has_bands=has_bands)


def make_ready(workers: Workers, request: RunRequest, on_progress: OnProgress = quiet) -> None:
    """Compile or load what threads of this process need; workers elsewhere see to it themselves."""
    if isinstance(workers, int):
        compile_kernels(request.terms, request.market, on_progress)


def threads_of(workers: Workers) -> int:
    """Threads of this process, for what only they can do."""
    return workers if isinstance(workers, int) else workers.threads
