"""Successive halving: many designs on few paths, those hardly on the frontier dropped, the rest on twice as many.

A design is dropped for its chance of being on the frontier, on the paths that all designs share. What is dropped in a
round has together a chance of at most `WRONG` over the number of rounds, so that all rounds drop no more than `WRONG`
designs of the frontier, on average.
"""

import numpy as np

from backstop.answers.sweeping.frontier import Flags
from backstop.answers.sweeping.measure import Span
from backstop.terms import Floats

WRONG = 0.05
"""Designs of the frontier that are dropped, on average, at most. [ours]"""
FEWEST_PATHS = 128
"""Of the first round. [ours]"""


def rounds(n_paths: int, is_halving: bool) -> list[Span]:
    """Paths of each round, from the first on; one round of all without halving."""
    ends = [n_paths]
    while is_halving and ends[0] >= 2 * FEWEST_PATHS:
        ends.insert(0, ends[0] // 2)
    return [Span(first, last) for first, last in zip([0, *ends[:-1]], ends, strict=True)]


def dropped(chances: Floats, n_rounds: int) -> Flags:
    """(D,) designs to drop after one of `n_rounds` - 1 rounds, by their chance of being on the frontier."""
    order = np.argsort(chances, kind="stable")
    is_dropped = np.zeros(len(chances), dtype=np.bool_)
    is_dropped[order] = np.cumsum(chances[order]) <= WRONG / max(n_rounds - 1, 1)
    return is_dropped
