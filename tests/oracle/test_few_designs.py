"""Thirty designs that between them show nearly every rule, a path each: what plain Python can afford, quick first."""

import pytest

from oracle.compare import differences, run_kernels, run_oracles
from oracle.designs import random_design

DESIGNS = (
    ("advances", 49), ("advances", 11), ("guaranteed", 11), ("mixed", 1362), ("advances", 23), ("advances", 16),
    ("mixed", 207), ("mixed", 102), ("advances", 12), ("mixed", 81), ("advances", 22), ("advances", 294),
    ("advances", 3), ("mixed", 155), ("mixed", 213), ("mixed", 1654), ("mixed", 74), ("mixed", 129), ("advances", 88),
    ("mixed", 145), ("mixed", 114), ("advances", 379), ("advances", 1), ("advances", 39), ("advances", 611),
    ("mixed", 174), ("advances", 314), ("guaranteed", 135), ("advances", 2954), ("advances", 13))


@pytest.mark.parametrize(("kind", "seed"), DESIGNS)
def test_a_path_of_a_random_design_agrees(kind, seed):
    design = random_design(seed, 1, kind)
    state, results = run_kernels(design), run_oracles(design)
    assert results[0].is_near or differences(design, state, results) == []
