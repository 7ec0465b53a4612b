"""Lengths of the axes of a random design."""

from typing import NamedTuple

import numpy as np


class Sizes(NamedTuple):
    """Lengths of the axes of one design."""

    days: int
    funds: int
    assets: int
    classes: int
    facilities: int
    history: int


def random_sizes(rng: np.random.Generator) -> Sizes:
    return Sizes(
        days=int(rng.integers(60, 301)), funds=int(rng.integers(1, 6)), assets=int(rng.integers(1, 5)),
        classes=int(rng.integers(1, 4)), facilities=int(rng.choice([0, 1, 2, 3], p=[0.1, 0.3, 0.3, 0.3])),
        history=int(rng.integers(5, 40)))
