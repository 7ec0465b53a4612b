"""Tables of increasing functions, for laws that are reached from a score: the one place that gathers.

A function stands as values and slopes at equal steps of ``asinh`` of its argument, which is fine around 0 and reaches
far tails in few nodes; between nodes it is Hermite's cubic. Beyond its ends a table holds its last value.
"""

import numpy as np

from backstop.kernels.machine.frames import count_columns
from backstop.kernels.machine.jit import FIRST, ONE, TWO, fma, rint, rule
from backstop.kernels.machine.vecmath import index_of, log


@rule
def map_row(terms, m, source, source_row, target, row, lanes):
    """Function `m` of a row: ``target = f(source)``."""
    low, per_step = terms.low[m], terms.per_step[m]
    # the last cell is entered at its end at most
    last = float(count_columns(terms.nodes) // TWO) - 2.0
    for i in range(FIRST, lanes):
        x = source[source_row, i]
        size = abs(x)
        w = log(size + np.sqrt(fma(size, size, 1.0)))
        place = min(max(((w if x >= 0.0 else -w) - low) * per_step, 0.0), last + 1.0)
        cell = min(max(rint(place - 0.5), 0.0), last)
        t = place - cell
        node = TWO * index_of(cell)
        y0, slope0 = terms.nodes[m, node], terms.nodes[m, node + ONE]
        y1, slope1 = terms.nodes[m, node + TWO], terms.nodes[m, node + TWO + ONE]
        rise = y1 - y0
        cubic = fma(t, slope0 + slope1 - 2.0 * rise, 3.0 * rise - 2.0 * slope0 - slope1)
        target[row, i] = fma(t, fma(t, cubic, slope0), y0)
