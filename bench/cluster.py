"""``python -m bench.cluster``: a run on a cluster, simulated: who works, who waits, what is lost when workers die.

The tasks are those that `backstop run --engine dask` would hand out (`backstop.runs.on_dask.Waves`); workers, their
deaths and the scheduler are events. ``--scheduler N`` hands N blocks of nothing to a real scheduler with two workers
instead, and says what a task costs it.
"""

import argparse
import heapq
import logging
import math
import resource
import time
from typing import NamedTuple

import numpy as np

from backstop.runs.on_dask import TASKS_AHEAD, Receipt, Waves, hand_out
from backstop.runs.progress import Meter, quiet
from backstop.runs.tiles import Block

BLOCK_PATHS = 8184
PUTS_A_BLOCK = 4


class Cluster(NamedTuple):
    """What is simulated; times in seconds."""

    paths: float = 1e9
    cores: int = 1000
    block: float = 63.0
    """Of one core, for a block."""
    spread: float = 0.2
    """Standard deviation of the log of a block's time."""
    start: float = 20.0
    """From a worker's start to its first task: imports, kernels, terms."""
    life: float = 4 * 3600.0
    """Mean time until a worker dies; another starts in its place."""
    dispatch: float = 0.012
    """Of the scheduler and the client, for a task, one after another."""
    block_bytes: float = 18e6


class Simulated(NamedTuple):
    """What it came to; times in seconds."""

    makespan: float
    n_tasks: int
    n_deaths: int
    lost: float
    """Work of workers that died in the middle of a block."""
    busy: float
    """Share of the cores' time that went into blocks that were kept."""
    scheduler_busy: float
    puts_a_second: float
    bytes_a_second: float


class Simulation:
    """Cores take tasks, work, die and come back."""

    def __init__(self, cluster: Cluster, seed: int) -> None:
        self.cluster, self.rng = cluster, np.random.default_rng(seed)
        self.n_blocks = math.ceil(cluster.paths / BLOCK_PATHS)
        self.waves = Waves([Block(number, number * BLOCK_PATHS, BLOCK_PATHS) for number in range(self.n_blocks)])
        self.free = [(cluster.start * self.rng.uniform(1.0, 2.0), core) for core in range(cluster.cores)]
        heapq.heapify(self.free)
        self.dies = self.rng.exponential(cluster.life, cluster.cores)
        self.left: list[list[Block]] = []
        """What workers that died had not done of their tasks."""
        self.done: list[tuple[float, Receipt]] = []
        self.scheduler = self.lost = self.worked = self.makespan = 0.0
        self.n_tasks = self.n_deaths = 0

    def run(self) -> Simulated:
        """Every task from its dispatch to its receipt."""
        while self.waves or self.left:
            now, core = heapq.heappop(self.free)
            while self.done and self.done[0][0] <= now:
                self.waves.note(heapq.heappop(self.done)[1])
            blocks = self.left.pop() if self.left else self.waves.next_task(self.cluster.cores)
            heapq.heappush(self.free, (self._work(core, blocks, self._dispatched(now)), core))
        rate, cores = self.n_blocks / self.makespan, self.cluster.cores
        return Simulated(self.makespan, self.n_tasks, self.n_deaths, self.lost, self.worked / (self.makespan * cores),
                         self.n_tasks * self.cluster.dispatch / self.makespan, PUTS_A_BLOCK * rate,
                         self.cluster.block_bytes * rate)

    def _dispatched(self, now: float) -> float:
        """When the next task is there: the scheduler does one after another, a few tasks ahead of each worker."""
        self.scheduler = max(self.scheduler, now - TASKS_AHEAD * self.cluster.block) + self.cluster.dispatch
        self.n_tasks += 1
        return max(now, self.scheduler)

    def _work(self, core: int, blocks: list[Block], began: float) -> float:
        """When the core is free again; a death loses the block that it was in."""
        cluster = self.cluster
        seconds = cluster.block * self.rng.lognormal(-0.5 * cluster.spread**2, cluster.spread, len(blocks))
        ends = began + np.cumsum(seconds)
        kept = int(np.searchsorted(ends, self.dies[core]))
        last = float(ends[kept - 1]) if kept else began
        self.worked += seconds[:kept].sum()
        self.makespan = max(self.makespan, last)
        if kept == len(blocks):
            heapq.heappush(self.done, (last, Receipt(len(blocks), 0, float(seconds.sum()), "", "")))
            return last
        self.n_deaths, self.lost = self.n_deaths + 1, self.lost + max(self.dies[core] - last, 0.0)
        self.left.append(blocks[kept:])
        back = max(self.dies[core], began) + cluster.start
        self.dies[core] = back + self.rng.exponential(cluster.life)
        return float(back)


def nothing(blocks: list[tuple[int, ...]]) -> Receipt:
    """A task whose blocks are made in no time."""
    return Receipt(len(blocks), 0, 1e3 * len(blocks), "worker:1", "x86-64-v3")


def through_a_scheduler(n_blocks: int) -> tuple[float, float]:
    """Seconds a task of one block, and bytes by which client and scheduler, one process, grew a task."""
    from distributed import Client, LocalCluster

    with (LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL) as own,
          Client(own, set_as_default=False) as client):
        def pass_on(n):
            blocks = [Block(number, number, 1) for number in range(n)]
            hand_out(client, lambda task: client.submit(nothing, task, pure=False), Waves(blocks),
                     Meter("simulating", n, quiet))

        pass_on(500)
        before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        pass_on(n_blocks)
        seconds = time.perf_counter() - started
        grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    return seconds / n_blocks, grown / n_blocks


def main():
    command = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__)
    for name, value in Cluster._field_defaults.items():
        command.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--scheduler", type=int, metavar="N")
    given = command.parse_args()
    if given.scheduler:
        seconds, grown = through_a_scheduler(given.scheduler)
        print(f"{given.scheduler:,} blocks through a scheduler: {1e3 * seconds:.2f} ms a task, "
              f"grown by {grown:.0f} bytes a task")
        return
    cluster = Cluster(**{name: getattr(given, name) for name in Cluster._fields})
    found = Simulation(cluster, given.seed).run()
    print(f"{cluster.paths:,.0f} paths on {cluster.cores:,} cores: {found.makespan / 3600:.2f} h, {found.n_tasks:,} "
          f"tasks, cores busy {100 * found.busy:.1f} %\n"
          f"{found.n_deaths:,} workers died, {found.lost / 3600:.2f} core-hours of their work lost\n"
          f"scheduler busy {100 * found.scheduler_busy:.1f} %, {found.puts_a_second:.0f} files and "
          f"{found.bytes_a_second / 1e6:.0f} MB a second")


if __name__ == "__main__":
    main()
