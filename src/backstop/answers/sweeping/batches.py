"""Sums over batches of paths: all that is kept of a design, as little for a million paths as for a thousand.

Paths, or groups of them that share a model or a draw of parameters, are independent, so that batches resample as they
do (answers/resampling.py). A batch has paths of one market model alone: draws are made model by model.
"""

from typing import NamedTuple

import numpy as np

from backstop.answers.resampling import MOST_BATCHES
from backstop.answers.values import values_of
from backstop.runs.parts import Parts
from backstop.runs.request import RunRequest
from backstop.terms import PATHS_PER_MODEL, Floats, Integers

SEED = 22


class Batches(NamedTuple):
    """How N paths are put into B batches.

    Attributes
    ----------
    of_path
        (N,) number of a path's batch.
    model
        (B,) number of the market model that made a batch; 0 where there is one.
    weight
        (N,) by which a path counts more, so that each model has its weight.
    """

    of_path: Integers
    model: Integers
    weight: Floats

    @property
    def n(self) -> int:
        """B."""
        return len(self.model)

    def draws(self, times: int) -> Floats:
        """(B, R) how often each batch is drawn, with replacement within its model; the same for all designs."""
        rng, drawn = np.random.default_rng(SEED), np.zeros((self.n, times))
        for model in np.unique(self.model):
            chosen = np.flatnonzero(self.model == model)
            drawn[chosen] = rng.multinomial(len(chosen), np.full(len(chosen), 1.0 / len(chosen)), times).T
        return drawn


def batches_of(request: RunRequest, n_first: int | None = None) -> Batches:
    """Batches of the paths of a run, each of paths from all over it; none parts a group of paths that share something.

    The first `n_first` paths have some of every batch.
    """
    mixture, paths = request.terms.mixture, np.arange(request.n_paths)
    n_models = max(len(mixture.models), 1)
    size = request.drawn.paths_per_group if request.drawn else PATHS_PER_MODEL if mixture.models else 1
    if mixture.models and request.drawn:
        size = max(size, PATHS_PER_MODEL)
    unit = paths // size
    model_of_unit = np.arange(int(unit[-1]) + 1) * size // PATHS_PER_MODEL % n_models if mixture.models else np.zeros(
        int(unit[-1]) + 1, dtype=np.int64)
    batch_of_unit, models, first = np.empty_like(model_of_unit), list[int](), 0
    for model in range(n_models):
        chosen = np.flatnonzero(model_of_unit == model)
        n_early = int(np.count_nonzero(chosen * size < (n_first or request.n_paths)))
        n = min(MOST_BATCHES // n_models or 1, n_early)
        batch_of_unit[chosen] = first + np.arange(len(chosen)) % max(n, 1)
        models, first = models + [model] * n, first + n
    return Batches(batch_of_unit[unit], np.array(models, dtype=np.int64), mixture.balance(paths))


def add_sums(sums: dict[str, Floats], parts: Parts, first_path: int, batches: Batches, metrics: tuple[str, ...]
             ) -> None:
    """Add a block's paths to `sums`: by arm (M, 2, B), of each metric what is averaged and what it is divided by."""
    chosen = slice(first_path, first_path + parts.n_paths)
    batch, weight = batches.of_path[chosen], parts.weight * batches.weight[chosen]
    for number, metric in enumerate(metrics):
        for arm, (x, of) in values_of(parts, metric).items():
            if arm in sums:
                known = ~np.isnan(x) if of is None else ~(np.isnan(x) | np.isnan(of))
                under = np.ones_like(x) if of is None else of
                for row, values in enumerate((x, under)):
                    sums[arm][number, row] += np.bincount(batch[known], (weight * values)[known], batches.n)


def ratios(sums: Floats) -> Floats:
    """Estimates (..., ) from totals (..., 2); NaN where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(sums[..., 1] == 0.0, np.nan, sums[..., 0] / sums[..., 1]))
