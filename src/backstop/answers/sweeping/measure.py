"""Runs designs as arms on common shocks, a few at a time, and keeps sums over batches of paths.

A batch of designs has either buyers in the market or none: volume counts otherwise once anybody buys, so that a design
comes to what a run of it alone comes to, whatever else is swept.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import numpy as np

from backstop.answers.held import Held
from backstop.answers.sweeping.batches import Batches, add_sums
from backstop.answers.sweeping.worlds import Design, World
from backstop.config.resolve import has_buyers_in
from backstop.config.study import Arm
from backstop.runs.assemble import Assembled, rearmed
from backstop.runs.progress import OnProgress, quiet
from backstop.runs.tiles import Block, blocks_of, layout_of
from backstop.runs.workers import Workers, made_blocks
from backstop.terms import Floats

ARMS_AT_A_TIME = 32
"""Designs of a batch: the market is a thirtieth of their work, and their outcomes stay small. [ours]"""


class Span(NamedTuple):
    """Paths `first` to `last` - 1."""

    first: int
    last: int


class Measured(NamedTuple):
    """A design, and its (M, 2, B) sums over batches of the paths that were run."""

    design: Design
    sums: Floats


def measured(world: World, metrics: tuple[str, ...], span: Span, batches: Batches, workers: Workers,
             on_progress: OnProgress = quiet) -> Iterator[list[Measured]]:
    """All designs of a world on the paths of `span`, a batch of them at a time.

    Raises
    ------
    ConfigError
        No such metric.
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    for chosen in _batches_of(world):
        found = rearmed(world.found, [arm for _, arm in chosen])
        sums = {arm.name: np.zeros((len(metrics), 2, batches.n)) for _, arm in chosen}
        _run(found, span, batches, metrics, sums, workers, on_progress)
        yield [Measured(design, sums[arm.name]) for design, arm in chosen]


def _batches_of(world: World) -> Iterator[Sequence[tuple[Design, Arm]]]:
    buys = [has_buyers_in(world.found.config.for_arm(arm)) for arm in world.arms]
    order = sorted(range(len(buys)), key=lambda n: buys[n])
    for _, members in groupby(order, key=lambda n: buys[n]):
        numbers = list(members)
        for first in range(0, len(numbers), ARMS_AT_A_TIME):
            yield [(world.designs[n], world.arms[n]) for n in numbers[first : first + ARMS_AT_A_TIME]]


def _run(found: Assembled, span: Span, batches: Batches, metrics: tuple[str, ...], sums: dict[str, Floats],
         workers: Workers, on_progress: OnProgress) -> None:
    request = replace(found.request, n_paths=span.last)
    layout = layout_of(request.terms)
    blocks = [Block(number, span.first + block.first_path, block.n_paths)
              for number, block in enumerate(blocks_of(span.last - span.first, layout))]
    with closing(made_blocks(workers, request, blocks, layout, on_progress)) as finished:
        for tables in finished:
            add_sums(sums, Held(request, tables), tables.block.first_path, batches, metrics)
