"""Sizes that are run where one run cannot tell: a grid on common shocks, then a finer one where the target lies."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.sizing.resize import unlimited_size, with_sizes
from backstop.answers.sizing.uses import Crisis, Flags, Paths, Uses, collect
from backstop.runs.progress import OnProgress
from backstop.runs.request import RunRequest
from backstop.runs.workers import Workers

WIDTH = 11
"""Sizes of a grid."""
MOST_GRIDS = 4
MOST_SIZES = WIDTH * MOST_GRIDS
_DOUBLINGS = 5
"""The first grid goes so many doublings below the size of the config, and above."""
_NEAR = 1.1
"""Two neighbours this near each other are near enough."""


class Reruns(NamedTuple):
    """Pools that were run: `sizes` (quanta, rising) and, (S, N), whether each ran dry.

    A path `is_in_crisis` (N,) as the pool nearest to that of the config has it.
    """

    paths: Paths
    is_in_crisis: Flags
    sizes: list[float]
    is_dry: list[Flags]


def search(request: RunRequest, arm: int, crisis: Crisis, target: float, workers: Workers, on_progress: OnProgress
           ) -> Reruns:
    """Rerun the arm with other pools until two neighbours enclose the least size that keeps to `target` in a crisis.

    Raises
    ------
    AccountingError, NotFinite
        Outcomes that must not be summarised.
    """
    own = float(request.terms.arms[arm].pool.layer_size.sum())
    dry: dict[float, Flags] = {}
    wanted = [own * 2.0**step for step in range(-_DOUBLINGS, WIDTH - _DOUBLINGS)]
    first = _collected(request, arm, wanted, dry, workers, on_progress)
    paths, is_in_crisis = first.paths, first.is_in_crisis(crisis, _DOUBLINGS)
    for _ in range(MOST_GRIDS - 1):
        rising = sorted(dry)
        chances = [paths.chance(dry[size], is_in_crisis) for size in rising]
        low, high = enclosing(rising, [chance <= target for chance in chances])
        if low is not None and high is not None and high <= _NEAR * low:
            break
        _collected(request, arm, _next_grid(low, high), dry, workers, on_progress)
    rising = sorted(dry)
    return Reruns(paths, is_in_crisis, rising, [dry[size] for size in rising])


def _collected(request: RunRequest, arm: int, wanted: Sequence[float], dry: dict[float, Flags], workers: Workers,
               on_progress: OnProgress) -> Uses:
    """Run the arm with each of `wanted` (quanta); what ran dry goes to `dry`."""
    largest = unlimited_size(request.terms.arms[arm])
    sizes = [float(np.floor(min(size, largest))) for size in wanted]
    found = collect(with_sizes(request, arm, sizes), len(sizes), workers, on_progress)
    dry |= dict(zip(sizes, found.is_dry, strict=True))
    return found


def enclosing(sizes: Sequence[float], is_met: Sequence[bool]) -> tuple[float | None, float | None]:
    """The largest of rising `sizes` that fails, and the one after it; None where there is no such size."""
    failed = [n for n, met in enumerate(is_met) if not met]
    if not failed:
        return None, sizes[0]
    return sizes[failed[-1]], sizes[failed[-1] + 1] if failed[-1] + 1 < len(sizes) else None


def _next_grid(low: float | None, high: float | None) -> list[float]:
    """Between the two; below or above all sizes where one is missing."""
    steps = np.arange(1, WIDTH + 1)
    if low is None and high is not None:
        return [float(size) for size in high * 2.0**-steps]
    if low is not None and high is None:
        return [float(size) for size in low * 2.0**steps]
    return [float(size) for size in (low or 0.0) * ((high or 0.0) / (low or 1.0)) ** (steps / (WIDTH + 1.0))]
