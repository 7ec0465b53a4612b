"""Philox against Random123's published vectors, and the numbers made of its words."""

import numba
import numpy as np
import pytest

from backstop.kernels.market import philox


@numba.njit(error_model="numpy")
def _block(counter, low, high, out):
    words = philox.philox(counter[0], counter[1], counter[2], counter[3], low, high)
    for k in range(4):
        out[k] = words[k] & philox.WORD


@numba.njit(error_model="numpy")
def _numbers(x, y, out):
    for i in range(x.size):
        out[0, i] = philox.uniform(x[i])
        out[1, i] = philox.radius_uniform(x[i], y[i])
        out[2, i] = philox.quarters(y[i])
        out[3, i] = float(philox.sign_bit(y[i]) >> np.uint64(63))


def block(counter, key):
    out = np.empty(4, dtype=np.uint64)
    _block(np.array(counter, dtype=np.uint64), np.uint64(key[0]), np.uint64(key[1]), out)
    return out.tolist()


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_blocks_are_those_of_random123(counter, key, words):
    assert block(counter, key) == list(words)


def test_a_words_upper_half_means_nothing():
    garbage = 0xDEADBEEF << 32
    assert block([garbage + 1, garbage + 2, garbage + 3, garbage + 4], (5, 6)) == block([1, 2, 3, 4], (5, 6))


def test_numbers_are_the_middles_of_their_cells_and_signs_the_lowest_bit():
    x = np.array([0, 0xFFFFFFFF, 0x80000000], dtype=np.uint64)
    y = np.array([0, 0xFFFFFFFF, 0x01000000], dtype=np.uint64)
    out = np.empty((4, 3))
    _numbers(x, y, out)
    cell = 2.0**-32
    assert out[0].tolist() == [0.5 * cell, 1.0 - 0.5 * cell, 0.5 + 0.5 * cell]
    cell = 2.0**-40
    assert out[1].tolist() == [0.5 * cell, 1.0 - 0.5 * cell, 0.5 + 1.5 * cell]
    cell = 2.0**-22
    assert out[2].tolist() == [0.5 * cell - 1.0, 1.0 - 0.5 * cell, 0.5 * cell - 1.0]

    assert out[3].tolist() == [0.0, 1.0, 0.0]
