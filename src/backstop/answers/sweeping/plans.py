"""Which designs are run: a grid, a Latin hypercube, points of Sobol', or the pairs that Sobol' indices need."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from backstop.answers.sweeping.factors import Factor
from backstop.answers.sweeping.worlds import Design
from backstop.errors import ConfigError
from backstop.terms import Floats

Kind: TypeAlias = Literal["grid", "lhs", "sobol", "indices"]
MOST_DESIGNS = 65_536


class Plan(NamedTuple):
    """Designs in order; `n_points` of A for indices: A, then B, then A with each column of B."""

    kind: Kind
    designs: tuple[Design, ...]
    n_points: int


def plan(kind: Kind, factors: Sequence[Factor], n: int, seed: int) -> Plan:
    """Designs over `factors`; `n` is not asked for in a grid.

    Raises
    ------
    ConfigError
        Too many designs; no power of two where one is needed.
    """
    if kind == "grid":
        return _grid(factors)
    if kind != "lhs" and (n < 2 or n & (n - 1)):
        raise ConfigError([f"--n {n}: points of Sobol' keep their balance in powers of two; write "
                           f"{2 ** max(round(np.log2(max(n, 2))), 1)}"])
    _refuse_many(n * (len(factors) + 2 if kind == "indices" else 1))
    points = _points(kind, n, len(factors) * (2 if kind == "indices" else 1), seed)
    rows = _saltelli(points) if kind == "indices" else points
    values = ([factor.at(share) for factor, share in zip(factors, row, strict=True)] for row in rows)
    return Plan(kind, _designs(factors, values), n)


def _grid(factors: Sequence[Factor]) -> Plan:
    size = int(np.prod([len(factor.values) for factor in factors], dtype=float))
    _refuse_many(size)
    return Plan("grid", _designs(factors, itertools.product(*(factor.values for factor in factors))), size)


def _designs(factors: Sequence[Factor], rows: Iterable[Sequence[Any]]) -> tuple[Design, ...]:
    """Rows of values as designs, numbered from 1."""
    keys = [factor.key for factor in factors]
    return tuple(Design(f"design-{n}", dict(zip(keys, row, strict=True))) for n, row in enumerate(rows, 1))


def _points(kind: Kind, n: int, n_dimensions: int, seed: int) -> Floats:
    """(n, d) in [0, 1)."""
    from scipy.stats import qmc

    rng = np.random.default_rng(seed)
    if kind == "lhs":
        return np.asarray(qmc.LatinHypercube(n_dimensions, rng=rng).random(n))
    return np.asarray(qmc.Sobol(n_dimensions, rng=rng).random(n))


def _saltelli(points: Floats) -> Floats:
    """(n (d + 2), d) rows of A, of B, and of A with column i from B, for each i, out of (n, 2 d) points."""
    a, b = np.split(points, 2, axis=1)
    mixed = []
    for column in range(a.shape[1]):
        one = a.copy()
        one[:, column] = b[:, column]
        mixed.append(one)
    return np.concatenate([a, b, *mixed])


def _refuse_many(n: int) -> None:
    if n > MOST_DESIGNS:
        raise ConfigError([f"--vary: makes {n:,} designs; {MOST_DESIGNS:,} is the most; take fewer values, or "
                           "--design lhs --n N"])
