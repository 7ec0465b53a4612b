"""Sums over batches of paths: all that is kept of a design, as little for a million paths as for a thousand.

Paths, or groups of them that share a model or a draw of parameters, are independent, so that batches resample as they
do (answers/resampling.py). A batch has paths of one market model alone: draws are made model by model.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstop.answers.resampling import MOST_BATCHES
from backstop.answers.sweeping.objectives import POOL_SIZE
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
    scale
        (B,) what a path of a batch weighs in all.
    """

    of_path: Integers
    model: Integers
    weight: Floats
    scale: Floats

    @property
    def n(self) -> int:
        """B."""
        return len(self.model)

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Batches":
        """Some of the batches; their paths are not told any more."""
        return Batches(self.of_path[:0], self.model[chosen], self.weight[:0], self.scale[chosen])

    def draws(self, times: int) -> Floats:
        """(B, R) how often each batch is drawn, with replacement within its model; the same for all designs."""
        rng, drawn = np.random.default_rng(SEED), np.zeros((self.n, times))
        for model in np.unique(self.model):
            chosen = np.flatnonzero(self.model == model)
            drawn[chosen] = rng.multinomial(len(chosen), np.full(len(chosen), 1.0 / len(chosen)), times).T
        return drawn


def cycle(request: RunRequest) -> int:
    """Paths after which each model has had its turn once, whole groups that share a draw of parameters."""
    n_models = len(request.terms.mixture.models)
    group = request.drawn.paths_per_group if request.drawn else 1
    return n_models * max(group, PATHS_PER_MODEL) if n_models else group


def batches_of(request: RunRequest, n_first: int | None = None) -> Batches:
    """Batches of the paths of a run, each of paths from all over it; none parts a group of paths that share something.

    The first `n_first` paths, a `cycle` or more, have some of every batch.
    """
    mixture, paths = request.terms.mixture, np.arange(request.n_paths)
    n_models = max(len(mixture.models), 1)
    group = cycle(request) // n_models if request.drawn else 1
    model_of_path = mixture.model_of(paths) if mixture.models else np.zeros_like(paths)
    of_path, models, first = np.empty_like(paths), list[int](), 0
    for model in range(n_models):
        own = np.flatnonzero(model_of_path == model)
        unit = np.unique(own // group, return_inverse=True)[1]
        n_early = len(np.unique(own[own < (n_first or request.n_paths)] // group))
        n = min(MOST_BATCHES // n_models or 1, n_early)
        of_path[own] = first + unit % max(n, 1)
        models, first = models + [model] * n, first + n
    made_by, balance = np.array(models, dtype=np.int64), mixture.balance(paths)
    of_model = np.array([balance[model_of_path == model][:1].sum() for model in range(n_models)])
    scale = of_model * np.array(mixture.weights or (1.0,))
    return Batches(of_path, made_by, balance, scale[made_by])


def add_sums(sums: dict[str, Floats], parts: Parts, first_path: int, batches: Batches, metrics: tuple[str, ...]
             ) -> None:
    """Add a block's paths to `sums`: by arm (M, 2, B), of each metric what is averaged and what it is divided by."""
    chosen = slice(first_path, first_path + parts.n_paths)
    batch, weight = batches.of_path[chosen], parts.weight * batches.weight[chosen]
    for number, metric in enumerate(metrics):
        for arm, (x, of) in _values(parts, metric).items():
            if arm in sums:
                known = ~np.isnan(x) if of is None else ~(np.isnan(x) | np.isnan(of))
                under = np.ones_like(x) if of is None else of
                for row, values in enumerate((x, under)):
                    sums[arm][number, row] += np.bincount(batch[known], (weight * values)[known], batches.n)


def _values(parts: Parts, metric: str) -> dict[str, tuple[Floats, Floats | None]]:
    if metric != POOL_SIZE:
        return values_of(parts, metric)
    return {arm: (np.full(parts.n_paths, size), None) for arm, size in zip(parts.arms, parts.pool_sizes, strict=True)}


def ratios(sums: Floats) -> Floats:
    """Estimates (..., ) from totals (..., 2); NaN where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(sums[..., 1] == 0.0, np.nan, sums[..., 0] / sums[..., 1]))
