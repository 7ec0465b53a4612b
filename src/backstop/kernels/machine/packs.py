"""Packs: eight lanes of a row at once, for stages that take a lane through all assets before they store.

The compiler turns a loop over lanes into vector code where it is the innermost alone; a sum over assets then stores and
loads its total at every asset. ``for n in range(FIRST, count_packs(lanes))`` with ``rows[r, pack(n)]`` is vector code
as it is written: totals stay in registers, whatever is inside. What follows the packs is done lane by lane by the same
source (`jit.over_lanes` writes both loops): ``rows[r, i]`` is a number, ``rows[r, pack(n)]`` eight of them, and both
add, multiply, compare, `choose`, `fma`, `floor`, ``min`` and ``max`` alike, to the same bits.

Where kernels are plain Python, or numba's own, there are no packs, and all lanes follow.
"""

from typing import Any

import numpy as np

from backstop.kernels.machine.mode import MODE

PACK_LANES = np.uint64(8)


def _python_choose(condition: Any, a: float, b: float) -> float:
    return a if condition else b


choose: Any
pack: Any
count_packs: Any
zero: Any
if MODE == "compiler":
    from backstop.kernels.machine.pack_types import choose, count_packs, pack, zero
elif MODE == "numba":
    from backstop.kernels.machine.plain_forms import choose, count_packs, pack, zero
else:
    choose = _python_choose
    """``a if condition else b``, both worked out before."""
    pack = np.uint64
    """Lanes ``8 n`` to ``8 n + 7``, as an index."""
    count_packs = lambda lanes: np.uint64(0)  # noqa: E731
    """How many whole packs there are in some lanes."""
    zero = lambda i: 0.0  # noqa: E731
    """0.0 in the lane or lanes of an index."""
