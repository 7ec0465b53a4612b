"""Sobol' indices of designs: what each key alone, and with all others, explains of an objective's variance.

Random indices on common paths have two errors (Hart, Alexanderian and Gremaud 2017, Efficient computation of Sobol'
indices for stochastic models): that of few designs, by the bootstrap over them, and that of few paths, by the jackknife
over batches.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.sweeping.batches import SEED, ratios
from backstop.errors import ConfigError
from backstop.terms import Floats

N_JACKKNIVES = 20
N_BOOTSTRAPS = 500


class Index(NamedTuple):
    """Of one key for one objective; errors are standard errors."""

    metric: str
    key: str
    first: float
    first_design_error: float
    first_path_error: float
    total: float
    total_design_error: float
    total_path_error: float


def sobol_indices(values: Floats, n: int) -> tuple[Floats, Floats]:
    """First-order and total indices (d,) from values (n (d + 2),) of A, B and A with each column of B.

    Raises
    ------
    ConfigError
        A value is not known, or none differs from another.
    """
    from scipy.stats import sobol_indices as indices_of

    if not np.isfinite(values).all():
        raise ConfigError(["--design indices: the objective has no value for some design; choose another one, or other "
                           "ranges"])
    if np.ptp(values) == 0.0:
        zero = np.zeros(len(values) // n - 2)
        return zero, zero
    rows = values.reshape(-1, n)
    found = indices_of(func={"f_A": rows[:1], "f_B": rows[1:2], "f_AB": rows[2:, None, :]}, n=n)
    return np.ravel(found.first_order), np.ravel(found.total_order)


def indices(metric: str, keys: Sequence[str], sums: Floats, n: int) -> list[Index]:
    """Of all keys, from sums (n (d + 2), 2, B) of one metric over batches of paths."""
    values = ratios(sums.sum(axis=-1))
    first, total = sobol_indices(values, n)
    by_design, by_path = _over_designs(values, n), _over_paths(sums, n)
    return [Index(metric, key, float(first[k]), float(by_design[0, k]), float(by_path[0, k]), float(total[k]),
                  float(by_design[1, k]), float(by_path[1, k])) for k, key in enumerate(keys)]


def _over_designs(values: Floats, n: int) -> Floats:
    """(2, d) standard errors from the bootstrap over the rows of A and B."""
    rng, rows = np.random.default_rng(SEED), values.reshape(-1, n)
    found = [sobol_indices(rows[:, rng.integers(0, n, n)].ravel(), n) for _ in range(N_BOOTSTRAPS)]
    return np.asarray(np.std(np.array(found), axis=0, ddof=1))


def _over_paths(sums: Floats, n: int) -> Floats:
    """(2, d) standard errors from the jackknife over groups of batches, each left out in turn."""
    whole, n_groups = sums.sum(axis=-1), min(N_JACKKNIVES, sums.shape[-1])
    if n_groups < 2:
        return np.full((2, len(sums) // n - 2), np.nan)
    group = np.arange(sums.shape[-1]) % n_groups
    found = np.array([sobol_indices(ratios(whole - sums[..., group == g].sum(axis=-1)), n) for g in range(n_groups)])
    return np.asarray(np.sqrt((n_groups - 1) / n_groups * ((found - found.mean(axis=0)) ** 2).sum(axis=0)))
