"""Memory as kernels take it: where rows begin, and what a frame refuses."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from backstop.kernels.machine.frames import aligned, as_rows, bare, frame, rows
from backstop.kernels.machine.mode import DISABLED
from backstop.terms import Floats, Integers

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


class Typed(NamedTuple):
    """Fields that say what they are."""

    amounts: Floats
    counts: Integers
    share: float = 0.0
    days: int = 0


class Nested(NamedTuple):
    """A tuple in a tuple."""

    inside: Any
    beside: Any


AMOUNTS, COUNTS = np.ones(3), np.ones(3, dtype=np.int64)


@pytest.mark.parametrize("one", [np.ones((4, 4)).T[:, :2], np.ones(8)[::2], np.ones((3, 5))[:, 1:]])
def test_what_would_have_to_be_copied_is_refused(one):
    with pytest.raises(ValueError, match=r"Pair\.one is not C-contiguous"):
        frame(Pair(one, AMOUNTS))
    with pytest.raises(ValueError, match="is not C-contiguous"):
        bare(one)


@pytest.mark.parametrize("one", [np.ones(3, dtype=np.float32), np.ones(3, dtype=np.int32), np.ones(3, dtype=bool)])
def test_an_array_of_a_type_that_kernels_do_not_know_is_refused(one):
    with pytest.raises(TypeError, match=rf"Pair\.one is an array of {one.dtype}"):
        frame(Pair(one, AMOUNTS))


@pytest.mark.parametrize(("wrong", "says"), [
    ({"amounts": np.ones(3, dtype=np.int64)}, r"Typed\.amounts is an array of int64; kernels take float64"),
    ({"counts": np.ones(3)}, r"Typed\.counts is an array of float64; kernels take int64"),
    ({"days": 1.0}, r"Typed\.days is 1\.0; kernels take a whole number"),
    ({"share": None}, r"Typed\.share is None; kernels take a number"),
    ({"share": "1"}, r"Typed\.share is '1'; kernels take a number"),
])
def test_a_field_of_another_type_than_its_tuple_says_is_refused(wrong, says):
    with pytest.raises(TypeError, match=says):
        frame(Typed(AMOUNTS, COUNTS)._replace(**wrong))


@pytest.mark.skipif(DISABLED, reason="there are no frames")
def test_a_whole_number_in_a_field_of_decimals_compiles_nothing_anew():
    whole, decimal = frame(Typed(AMOUNTS, COUNTS, share=1)), frame(Typed(AMOUNTS, COUNTS, share=1.0))
    assert whole.layout is decimal.layout


def test_memory_that_kernels_write_is_no_other_fields_too_however_deep_it_lies():
    memory = rows(4, 8)
    for shared in (Pair(memory, memory), Pair(memory[:3], memory[2:]), Nested(Pair(AMOUNTS, memory), memory[1]),
                   Nested(frame(Pair(AMOUNTS, memory)), memory[1:2]), Pair(np.asarray(memory), memory[3:])):
        with pytest.raises(ValueError, match=r"Pair\.\w+ and \w+\.\w+ share memory"):
            frame(shared)


def test_the_longest_of_those_before_counts_not_the_last():
    memory = rows(4, 8)
    plain = np.asarray(memory)
    with pytest.raises(ValueError, match=r"Pair\.one and Nested\.beside share memory"):
        frame(Nested(Pair(plain, plain[:1]), memory[3:]))


def test_plain_arrays_which_are_read_alone_may_be_the_same():
    frame(Pair(AMOUNTS, AMOUNTS))


def test_neighbours_in_one_memory_and_arrays_of_nothing_share_none():
    memory = rows(4, 8)
    frame(Nested(Pair(memory[:2], memory[2:]), memory[:0]))
