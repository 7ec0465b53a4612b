"""Philox4x32-10: random numbers as a function of a counter and a key (Salmon and others, SC 2011).

The counter is (path low, path high, day, stream << 16 | index) and the key is the seed, so that what a path
draws on a day depends on (seed, path) alone. A block is four words of 32 bits, held in uint64: a product of
two words is then one vector instruction, and what stands above a word's 32 bits is left there until it is
masked off.
"""

import numpy as np

from backstop.kernels.machine.jit import FIRST, ONE, THREE, TWO, float_of, jit, rule

SHOCKS, JOINT_SHOCKS, BOOTSTRAP, JUMPS, TAKE_UP = (np.uint64(stream << 16) for stream in range(5))
"""Streams: shocks of one asset, of assets drawn together, rows of a bootstrap, jumps, who takes a facility up."""

WORD, WORD_BITS = np.uint64(0xFFFFFFFF), np.uint64(32)
_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)

_ONE_TO_TWO, _TWO_TO_FOUR = np.uint64(0x3FF0000000000000), np.uint64(0x4000000000000000)
"""Bits of 1.0 and 2.0: or-ed with a mantissa they are numbers in [1, 2) and [2, 4)."""
_RADIUS_HIGH, _RADIUS_LOW = np.uint64(0xFFFFFFFF00000), np.uint64(0xFF000)
_RADIUS_HALF = np.uint64(1 << 11)
_ANGLE, _ANGLE_HALF = np.uint64(0xFFFFFE0000000), np.uint64(1 << 28)
_UNIFORM_HALF = np.uint64(1 << 19)
_SHIFT_RADIUS, _SHIFT_REST, _SHIFT_ANGLE, _SHIFT_SIGN = (np.uint64(n) for n in (20, 12, 28, 63))


@jit
def philox(x0, x1, x2, x3, key_low, key_high):
    """The block of four words at counter (x0, x1, x2, x3), each a uint64 whose upper half means nothing."""
    for _ in range(10):
        p0 = (x0 & WORD) * _MULTIPLIER_0
        p1 = (x2 & WORD) * _MULTIPLIER_1
        x0 = (p1 >> WORD_BITS) ^ x1 ^ key_low
        x1 = p1
        x2 = (p0 >> WORD_BITS) ^ x3 ^ key_high
        x3 = p0
        key_low = (key_low + _WEYL_0) & WORD
        key_high = (key_high + _WEYL_1) & WORD
    return x0, x1, x2, x3


@jit
def block(seed, path, day, counter):
    """The block of `path` on `day`; `counter` is a stream of this module plus an index below 65536."""
    return philox(path, path >> WORD_BITS, day, counter, seed & WORD, seed >> WORD_BITS)


@rule
def draw_words(words, seed, first_path, day, counter, lanes):
    """The blocks of a tile's paths into the four rows of `words`.

    Words and what becomes of them are two stages: in one, the chain of operations of a lane is longer than what a CPU
    looks ahead, and it waits.
    """
    for i in range(FIRST, lanes):
        words[FIRST, i], words[ONE, i], words[TWO, i], words[THREE, i] = block(seed, first_path + i, day, counter)


@jit
def uniform(x):
    """A number in (0, 1) from one word: the middles of 2**32 equal cells."""
    return float_of(((x << _SHIFT_RADIUS) & _RADIUS_HIGH) | _UNIFORM_HALF | _ONE_TO_TWO) - 1.0


@jit
def radius_uniform(x, y):
    """A number in (0, 1) from a word and the upper 8 bits of the next: the middles of 2**40 equal cells.

    Forty bits let tails reach 2**-41 in probability; 32 would end a normal law at 6.7 standard deviations.
    """
    bits = ((x << _SHIFT_RADIUS) & _RADIUS_HIGH) | ((y >> _SHIFT_REST) & _RADIUS_LOW)
    return float_of(bits | _RADIUS_HALF | _ONE_TO_TWO) - 1.0


@jit
def quarters(y):
    """An angle in (-1, 1) quarter turns from bits 1 to 23 of a word: the middles of 2**23 equal cells."""
    return float_of(((y << _SHIFT_ANGLE) & _ANGLE) | _ANGLE_HALF | _TWO_TO_FOUR) - 3.0


@jit
def sign_bit(y):
    """Bit 0 of a word in the place where a float64 keeps its sign."""
    return y << _SHIFT_SIGN
