"""Blocks of a run as tasks of Dask: a worker puts its blocks where all are to lie, and answers with a receipt.

No array passes between processes: client and scheduler hold a few hundred bytes of each task.
"""

import logging
import math
import os
import pickle
import platform
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from backstop.errors import EnvironmentFailure, RunIncomplete
from backstop.kernels.machine.fingerprint import kernel_hash
from backstop.runs.engine import compile_kernels
from backstop.runs.progress import Meter, OnProgress, quiet
from backstop.runs.request import RunRequest, versions
from backstop.runs.shards import TASK_SECONDS, Command, make_blocks, missing_of, opened_shards, storage_of
from backstop.runs.tiles import Block, Layout, blocks_of, layout_of

if TYPE_CHECKING:
    from distributed import Client, Future

TASKS_AHEAD = 2
"""Tasks that are handed out for each thread of a worker."""
ASK_SECONDS = 1.0
"""Between questions to the scheduler how many threads there are."""
WAIT_SECONDS = 60
"""For a scheduler, and for its first worker."""
ENVIRONMENT = {"MALLOC_TRIM_THRESHOLD_": "65536", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
               "MKL_NUM_THREADS": "1"}
"""Of workers from their start on: memory goes back to the system, and libraries add no threads to ours."""

SETTINGS = {"distributed.worker.profile.enabled": False, "distributed.admin.system-monitor.gil.enabled": False,
            "distributed.admin.system-monitor.disk": False, "distributed.admin.system-monitor.interval": "5s",
            **{f"distributed.nanny.pre-spawn-environ.{name}": value for name, value in ENVIRONMENT.items()}}
"""Of Dask, for workers of this machine: it looks at what they do a hundred times a second unless told otherwise."""


class Job(NamedTuple):
    """What is the same for all tasks of a run."""

    request: RunRequest
    layout: Layout
    place: str
    code: dict[str, str]
    """Of the client; see `code_here`."""


class Receipt(NamedTuple):
    """What a task answers with."""

    n_blocks: int
    n_paths: int
    seconds: float
    """Once its kernels were there."""
    worker: str
    """See `worker_name`."""
    cpu: str


class Waves:
    """Hands out blocks in tasks of about `TASK_SECONDS`, by what blocks took so far: one block until one is back."""

    def __init__(self, blocks: Sequence[Block], task_seconds: float = TASK_SECONDS) -> None:
        self._waiting, self._task_seconds = deque(blocks), task_seconds
        self._seconds, self._n_done = 0.0, 0

    def __bool__(self) -> bool:
        """Whether blocks are waiting."""
        return bool(self._waiting)

    def next_task(self, n_slots: int) -> list[Block]:
        """The next blocks; towards the end fewer, so that all of `n_slots` threads end at about the same time."""
        size = 1
        if self._n_done:
            size = max(int(self._task_seconds * self._n_done / max(self._seconds, 1e-9)), 1)
        size = min(size, max(len(self._waiting) // (TASKS_AHEAD * n_slots), 1))
        return [self._waiting.popleft() for _ in range(min(size, len(self._waiting)))]

    def note(self, receipt: Receipt) -> None:
        """What a task took."""
        self._seconds += receipt.seconds
        self._n_done += receipt.n_blocks


def run_on_dask(request: RunRequest, command: Command, place: str, scheduler: str | None, n_workers: int,
                layout: Layout | None = None, on_progress: OnProgress = quiet) -> None:
    """Make the blocks of a run that are not in `place` yet; `backstop.runs.merge` makes them a run.

    Parameters
    ----------
    place
        A folder that all workers see under this name, or a URL.
    scheduler
        Address of one that runs; without it, `n_workers` processes of this machine.

    Raises
    ------
    EnvironmentFailure
        dask is not installed, no scheduler or worker answers, or some blocks end one worker after another.
    RunIncomplete
        A worker has other versions, kernels, or another kind of CPU; by name.
    DirectoryRefused, AccountingError, NotFinite
        See `backstop.runs.shards.make_shard`.
    """
    layout, storage = layout or layout_of(request.terms), storage_of(place)
    with opened_shards(request, command, storage, layout):
        missing = missing_of(storage, blocks_of(request.n_paths, layout))
        if not missing:
            return
        if scheduler is None:
            # else each worker of this machine would compile the same
            compile_kernels(request.terms, request.market, on_progress)
        with connected(scheduler, min(n_workers, len(missing))) as client:
            _drive(client, Job(request, layout, place, code_here()), Waves(missing),
                   Meter("simulating", sum(block.n_paths for block in missing), on_progress))


def code_here() -> dict[str, str]:
    """Versions and kernels of this process: but for the CPU, those of every worker."""
    return {**versions(), "kernels": kernel_hash()}


@contextmanager
def connected(scheduler: str | None, n_workers: int) -> "Iterator[Client]":
    """A client of the scheduler, or of one with workers of its own, which end with it; there is a worker.

    Raises
    ------
    EnvironmentFailure
        dask is not installed, no scheduler or worker answers.
    """
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise EnvironmentFailure("--engine dask: needs the package distributed; pip install 'backstop[cluster]'"
                                 ) from None
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=WAIT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise EnvironmentFailure(f"--scheduler {scheduler}: does not answer ({error}); start it with `dask "
                                     "scheduler`, and give its address") from error
        with client:
            _wait_for_a_worker(client)
            yield client
        return
    with (dask.config.set(SETTINGS),
          LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address=None,
                       silence_logs=logging.CRITICAL) as cluster,
          Client(cluster, set_as_default=False) as client):
        _wait_for_a_worker(client)
        yield client


def _drive(client: "Client", job: Job, waves: Waves, meter: Meter) -> None:
    """Hand out all blocks; see `hand_out`."""
    held = sent(client, job)
    hand_out(client, lambda blocks: client.submit(_make, held, blocks, pure=False), waves, meter)


def sent(client: "Client", job: Any) -> "Future":
    """What all tasks need, once for all: a task, not data that was put there, so that none dies with a worker."""
    return client.submit(pickle.loads, pickle.dumps(job), pure=False)


def hand_out(client: "Client", submit: "Callable[[list[tuple[int, ...]]], Future]", waves: Waves, meter: Meter) -> None:
    """Hand out blocks, and forget each task once it is done; see `receipts`."""
    for _, receipt in receipts(client, submit, waves):
        meter.add(receipt.n_paths)


def receipts(client: "Client", submit: "Callable[[list[tuple[int, ...]]], Future]", waves: Waves,
             is_far_ahead: Callable[[int], bool] = lambda n_slots: False) -> Iterator[tuple[list[Block], Receipt]]:
    """Blocks of each task and its receipt, as they are done; a few tasks ahead of each thread that there is.

    Parameters
    ----------
    submit
        From the blocks of a task to what will be its receipt.
    is_far_ahead
        Whether no more is to be handed out for the moment, given the number of threads.

    Raises
    ------
    EnvironmentFailure, RunIncomplete
        See `run_on_dask`.
    """
    from distributed import KilledWorker, as_completed

    running, cpu, n_slots, asked = as_completed([], loop=client.loop), None, 1, -math.inf
    tasks: dict[Future, list[Block]] = {}
    try:
        while True:
            if time.monotonic() - asked > ASK_SECONDS:
                n_slots, asked = slots_of(client), time.monotonic()
            while waves and running.count() < TASKS_AHEAD * n_slots and not is_far_ahead(n_slots):
                blocks = waves.next_task(n_slots)
                future = submit([tuple(block) for block in blocks])
                tasks[future] = blocks
                running.add(future)
            if running.is_empty():
                return
            future = next(running)
            try:
                receipt = future.result()
            except KilledWorker as error:
                raise EnvironmentFailure(
                    f"--engine dask: {error.allowed_failures + 1} workers died on the same blocks; give workers more "
                    "memory, then the same command goes on") from error
            future.release()
            cpu = cpu or receipt.cpu
            if receipt.cpu != cpu:
                raise RunIncomplete(f"worker {receipt.worker}: cpu {receipt.cpu}, not {cpu} as of another worker; take "
                                    "workers of one kind, or set NUMBA_CPU_NAME for all")
            waves.note(receipt)
            yield tasks.pop(future), receipt
    finally:
        # who gives up wants no more of them
        for future in tasks:
            future.release()


def slots_of(client: "Client") -> int:
    """Threads of all workers that there are; one, where there is none."""
    return max(int(sum(client.ncores().values())), 1)


def _wait_for_a_worker(client: "Client") -> None:
    try:
        client.wait_for_workers(1, timeout=WAIT_SECONDS)
    except TimeoutError as error:
        raise EnvironmentFailure("--engine dask: the scheduler has no workers; start some with `dask worker ADDRESS`"
                                 ) from error


_COMPILING = threading.Lock()


def _make(job: Job, blocks: Sequence[Sequence[int]]) -> Receipt:
    """What a worker does; blocks that another put there before it died are not made again."""
    storage = storage_of(job.place)

    def make(wanted: Sequence[Block]) -> None:
        """Those that are not there."""
        make_blocks(job.request, storage, missing_of(storage, wanted), 1, job.layout)

    return received(job.request, job.code, blocks, make)


def received(request: RunRequest, code: Mapping[str, Any], blocks: Sequence[Sequence[int]],
             make: Callable[[Sequence[Block]], None]) -> Receipt:
    """The receipt of a worker, which lets `make` make blocks once it has the kernels, and only if they are `code`'s.

    Raises
    ------
    RunIncomplete
        They are not; or `make` does.
    """
    name = worker_name()
    _refuse_other_code(name, code)
    with _COMPILING:
        compile_kernels(request.terms, request.market)
    started, wanted = time.perf_counter(), [Block(*block) for block in blocks]
    make(wanted)
    return Receipt(len(wanted), sum(block.n_paths for block in wanted), time.perf_counter() - started, name,
                   versions()["cpu"])


def worker_name() -> str:
    """Host and process."""
    return f"{platform.node()}:{os.getpid()}"


def _refuse_other_code(worker: str, expected: Mapping[str, Any]) -> None:
    """Refuse to make blocks that would not be the client's."""
    own = _own_code()
    other = ", ".join(f"{name} {own.get(name)}, not {value}" for name, value in expected.items()
                      if name != "cpu" and own.get(name) != value)
    if other:
        raise RunIncomplete(f"worker {worker}: has {other}; install the same on all workers")


@cache
def _own_code() -> dict[str, str]:
    return code_here()
