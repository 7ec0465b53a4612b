"""Timing of work, and of contenders in turn."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

Sampler = Callable[[], float]
"""Does its work once and says what it took, in the unit of its figure."""


def nanoseconds(work: Callable[[], object], units: float, threads: int = 1) -> Sampler:
    """A sampler of ns a unit: CPU time of the process on one thread, wall time on more."""
    clock = time.process_time_ns if threads == 1 else time.perf_counter_ns

    def sample() -> float:
        started = clock()
        work()
        return (clock() - started) / units

    return sample


def together(works: Sequence[Callable[[], object]]) -> Callable[[], None]:
    """All `works` at once, each on a thread of its own; a single one on the caller's."""
    pool = ThreadPoolExecutor(len(works))

    def work() -> None:
        if len(works) == 1:
            works[0]()
        else:
            list(pool.map(lambda one: one(), works))

    return work


def alternate(contenders: Mapping[str, Sampler], reps: int) -> dict[str, tuple[float, ...]]:
    """`reps` samples of each contender, taken in turn after one round of warm-up."""
    for sample in contenders.values():
        sample()
    rounds = [{name: sample() for name, sample in contenders.items()} for _ in range(reps)]
    return {name: tuple(of_round[name] for of_round in rounds) for name in contenders}
