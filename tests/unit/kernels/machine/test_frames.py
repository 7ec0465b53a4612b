"""Memory as kernels take it: where rows begin, and what a frame refuses."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from backstop.kernels.machine.compiler import DISABLED
from backstop.kernels.machine.frames import aligned, as_rows, frame, rows

LINE = 64


class Pair(NamedTuple):
    """Two arrays."""

    one: Any
    other: Any


@pytest.mark.parametrize(("n_rows", "lanes"), [(1, 3), (7, 264), (200, 264)])
def test_rows_are_zero_and_begin_at_a_cache_line(n_rows, lanes):
    made = rows(n_rows, lanes)
    assert made.shape == (n_rows, lanes)
    assert made.flags.c_contiguous
    assert made.ctypes.data % LINE == 0
    assert not made.any()


def test_all_rows_of_whole_vectors_begin_at_a_cache_line():
    made = rows(5, 24)
    assert [made[row].ctypes.data % LINE for row in range(5)] == [0] * 5


def test_other_memory_is_aligned_too():
    words = aligned((4, 24), np.uint64)
    assert words.dtype == np.uint64
    assert words.ctypes.data % LINE == 0


def test_a_copy_as_rows_keeps_its_numbers_and_no_memory_of_the_original():
    values = np.arange(6.0).reshape(2, 3)
    copied = as_rows(values[:, 1:])
    values[:] = 0.0
    np.testing.assert_array_equal(copied, [[1.0, 2.0], [4.0, 5.0]])


@pytest.mark.skipif(DISABLED, reason="there are no frames")
def test_rows_of_one_frame_have_the_same_lanes():
    frame(Pair(rows(2, 8), rows(0, 8)))
    frame(Pair(rows(2, 8), np.zeros((2, 5))))
    with pytest.raises(ValueError, match=r"same lanes; these have \[8, 16\]"):
        frame(Pair(rows(2, 8), rows(2, 16)))
