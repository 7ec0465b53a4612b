"""What stages and those who call kernels need of frames; see `frame_tables`, and `frame_types` for compiled code."""

from typing import Any

import numpy as np

from backstop.kernels.machine.frame_tables import Bare, Frame, Rows, aligned, as_rows, bare, frame, rows
from backstop.kernels.machine.mode import MODE

__all__ = ["Bare", "Frame", "Rows", "aligned", "as_rows", "bare", "count_columns", "count_rows", "frame", "rows"]


def _python_size_along(axis):
    def size(view):
        return np.uint64(view.shape[axis])

    return size


count_rows: Any
count_columns: Any
if MODE == "compiler":
    from backstop.kernels.machine.frame_types import count_columns, count_rows
elif MODE == "numba":
    from backstop.kernels.machine.plain_forms import count_columns, count_rows
else:
    count_rows, count_columns = (_python_size_along(axis) for axis in (0, 1))
    """Length of an array along its first and second axis, as an index."""
