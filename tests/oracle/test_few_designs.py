"""Thirty designs that between them show nearly every rule, a path each: what plain Python can afford."""

import pytest

from oracle.compare import differences, run_kernels, run_oracles
from oracle.designs import random_design

DESIGNS = (
    ("mixed", 155), ("advances", 294), ("mixed", 81), ("advances", 88), ("mixed", 1654), ("mixed", 74),
    ("advances", 314), ("mixed", 174), ("advances", 379), ("advances", 2954), ("advances", 39), ("advances", 1),
    ("advances", 611), ("mixed", 114), ("mixed", 213), ("mixed", 145), ("guaranteed", 135), ("advances", 13),
    ("advances", 11), ("advances", 49), ("guaranteed", 11), ("mixed", 207), ("advances", 23), ("mixed", 102),
    ("advances", 16), ("advances", 12), ("advances", 3), ("advances", 22), ("mixed", 129), ("mixed", 1362))


@pytest.mark.parametrize(("kind", "seed"), DESIGNS)
def test_a_path_of_a_random_design_agrees(kind, seed):
    design = random_design(seed, 1, kind)
    state, results = run_kernels(design), run_oracles(design)
    assert results[0].is_near or differences(design, state, results) == []
