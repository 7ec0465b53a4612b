"""What a path comes to does not depend on the paths beside it, whatever the rules: random designs, cut into tiles."""

from itertools import pairwise

import numpy as np
import pytest

from backstop.kernels.step import close_arm, run_arm
from oracle.compare import opened
from oracle.designs import random_design

LANES = 20
CUTS = ((0, 20), (0, 8, 20), (0, 1, 2, 7, 19, 20))
"""Packs with what follows them, a pack alone, paths alone."""
DESIGNS = (*((seed, "advances") for seed in range(24)), *((seed, "mixed") for seed in (*range(36, 60), 1362)),
           *((seed, "guaranteed") for seed in range(7, 15)))


def outcomes(design, first, last):
    """Both tallies of lanes `first` to `last` - 1, as arrays by name."""
    chosen = slice(first, last)
    state = opened(design, chosen)
    seam = [rows[:, :, chosen].copy() for rows in (design.log_return, design.volatility)]
    run_arm(design.arm, state, *seam, 0, len(seam[0]), last - first)
    close_arm(design.arm, state, last - first)
    return state.path_tally._asdict() | {f"fund {name}": rows for name, rows in state.fund_tally._asdict().items()}


def in_tiles(design, cuts):
    """The outcomes of all lanes, each tile run by itself."""
    tiles = [outcomes(design, first, last) for first, last in pairwise(cuts)]
    return {name: np.concatenate([tile[name] for tile in tiles], axis=1) for name in tiles[0]}


@pytest.mark.parametrize(("seed", "kind"), DESIGNS)
def test_a_path_does_not_know_its_tile(seed, kind):
    design = random_design(seed, LANES, kind)
    together, *others = (in_tiles(design, cuts) for cuts in CUTS)
    for apart in others:
        assert [name for name in together if not np.array_equal(together[name], apart[name], equal_nan=True)] == []


@pytest.mark.long
def test_no_path_of_many_designs_knows_its_tile():
    for seed in range(1000, 2000):
        test_a_path_does_not_know_its_tile(seed, ("advances", "mixed", "guaranteed")[seed % 3])
