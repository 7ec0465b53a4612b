"""How kernels run in this process: the environment says it once, before the first of them is imported.

========  ==============================================================================================================
objects   the usual way: compiled code is kept as object files, and neither numba nor its types are imported
compiler  the same, and stages are functions of numba: what `compile` works with, and tests that look at one stage
numba     numba's own compiler on plain arrays and tuples, minutes to start: to find out whose fault a fault is
python    plain Python: to step through, and for coverage; ``NUMBA_DISABLE_JIT=1`` says the same
========  ==============================================================================================================
"""

import os

VARIABLE = "BACKSTOP_KERNELS"
MODES = ("objects", "compiler", "numba", "python")


def _mode() -> str:
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return "python"
    told = os.environ.get(VARIABLE) or "objects"
    if told not in MODES:
        raise ValueError(f"{VARIABLE} is {told!r}; it takes {', '.join(MODES)}")
    return told


MODE = _mode()
DISABLED = MODE == "python"
HAS_NUMBA = MODE in ("compiler", "numba")
HAS_FRAMES = MODE in ("objects", "compiler")
"""Whether tuples of arrays reach kernels by address."""
