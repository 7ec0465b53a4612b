"""What any stage may ask of a row of lanes."""

import numpy as np

from backstop.kernels.machine.jit import FIRST, jit


@jit
def clear(rows, row, lanes):
    """One row back to zero."""
    for i in range(FIRST, lanes):
        rows[row, i] = 0.0


@jit
def copy(source, target, row, lanes):
    """One row of `source` into the same row of `target`."""
    for i in range(FIRST, lanes):
        target[row, i] = source[row, i]


@jit
def is_any_at_least(rows, row, least, lanes):
    """Whether a row reaches `least` in any lane: what no lane needs is left out for the whole tile.

    Of no lanes it is true: a rehearsal leaves nothing out (`entries`).
    """
    n = np.int64(0)
    # counting to the end is a vector loop, stopping at the first is not
    for i in range(FIRST, lanes):
        n += np.int64(rows[row, i] >= least)
    return (n > 0) | (lanes == FIRST)
