"""Frames and packs in the mode `numba`: plain arrays, no packs."""

import numba
import numpy as np

_inlined = numba.njit(inline="always")


@_inlined
def count_rows(view):
    return np.uint64(view.shape[0])


@_inlined
def count_columns(view):
    return np.uint64(view.shape[1])


@_inlined
def choose(condition, a, b):
    return a if condition else b


@_inlined
def count_packs(lanes):
    return np.uint64(0)


@_inlined
def pack(n):
    return np.uint64(n)


@_inlined
def zero(i):
    return 0.0
