"""What a sweep would take, before it does it, from one batch of designs on a few paths that are thrown away."""

import time
from dataclasses import replace
from typing import NamedTuple

from backstop.answers import rates
from backstop.answers.planning import resident_bytes, simulation_bytes
from backstop.answers.sweeping.batches import batches_of, cycle
from backstop.answers.sweeping.halving import rounds
from backstop.answers.sweeping.levers import moves_of
from backstop.answers.sweeping.measure import ARMS_AT_A_TIME
from backstop.answers.sweeping.sweep import CONFIG, Question, asked_of, base_of
from backstop.answers.sweeping.worlds import is_of_world, worlds
from backstop.runs.assemble import rearmed
from backstop.runs.engine import compile_kernels, simulate_block
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.tiles import Block, layout_of


class SweepPlan(NamedTuple):
    """An estimate; memory in bytes.

    Attributes
    ----------
    n_designs
        The config's own among them.
    n_configs
        What arms may not change makes a config of its own.
    least_seconds
        If nearly all are dropped after the first round; the same as `seconds` where there is one.
    seconds
        From start to end if none is, the moves of the best design in it, each thread with a core of its own, and all
        compiled and fitted.
    disk_bytes
        Of what is kept with ``-o``.
    sample_paths
        Of `sample_designs`, that the estimate was measured on.
    """

    n_designs: int
    n_configs: int
    n_paths: int
    n_days: int
    n_rounds: int
    least_seconds: float
    seconds: float
    memory_bytes: int
    disk_bytes: int
    sample_designs: int
    sample_paths: int


def plan_sweep(question: Question, threads: int, on_progress: OnProgress = quiet) -> SweepPlan:
    """Measure a batch of the sweep and scale it up; nothing is written.

    Raises
    ------
    ConfigError, DataError, CalibrationError
        See `sweep`.
    """
    found, designs = base_of(question), [CONFIG, *question.plan.designs]
    batch = next(world for world, _ in worlds(question.config, question.settings, question.arm,
                                              designs[:ARMS_AT_A_TIME]) if world is not None)
    request = replace(rearmed(batch.found, batch.arms).request, n_paths=found.request.n_paths)
    layout = layout_of(request.terms)
    compile_kernels(request.terms, request.market, on_progress)
    program, started = resident_bytes(), time.thread_time()
    n_sample = min(layout.lanes, request.n_paths)
    simulate_block(request.terms, request.seed, Block(0, 0, n_sample), layout, request.market)
    of_path = (time.thread_time() - started) / (n_sample * len(batch.designs))
    spans = rounds(request.n_paths, question.is_halving, cycle(request))
    n_configs = len({tuple((key, str(value)) for key, value in design.values.items() if is_of_world(key))
                     for design in designs})
    fixed = rates.START_SECONDS + rates.DESIGN_SECONDS * len(designs) + rates.CONFIG_SECONDS * n_configs
    n_moves = len(moves_of(CONFIG, question.factors, (), 0)) if question.seeks_best else 0
    least = fixed + (len(designs) * spans[0].last + n_moves * spans[-1].last) * of_path / threads
    most = fixed + (len(designs) + n_moves) * spans[-1].last * of_path / threads
    sums = 8 * len(designs) * 2 * len(asked_of(question, request).metrics) * batches_of(request, spans[0].last).n
    memory = program + rates.LIBRARY_BYTES + simulation_bytes(request, threads, has_bands=False)
    return SweepPlan(len(designs), n_configs, request.n_paths, request.terms.n_days, len(spans), least, most,
                     int(memory + rates.JUDGED_TIMES * sums), sums, len(batch.designs), n_sample)
