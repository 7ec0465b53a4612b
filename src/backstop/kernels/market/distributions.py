"""Standardised innovations (mean 0, variance 1) from blocks of random words, without rejection.

A shock row is a day of one asset. Half a block, 64 bits, gives a radius (40 bits) and an angle (24 bits): a
pair of normals, or one Student-t. A call fills the rows of as many days as its block is good for.
"""

import numpy as np

from backstop.kernels.machine.jit import (
    FIRST,
    ONE,
    THREE,
    TWO,
    apart,
    bits_of,
    float_of,
    fma,
    inline,
    jit,
    rule,
)
from backstop.kernels.machine.vecmath import cosine_of_quarters, exp2, log2, sine_of_quarters
from backstop.kernels.market.philox import draw_words, quarters, radius_uniform, sign_bit, uniform

_MINUS_TWO_LN2 = -1.3862943611198906


@jit
def normal_pair(x, y):
    """Two independent normals (Box and Muller 1958): ``sqrt(-2 ln U) (sin, cos)(angle)``."""
    radius = np.sqrt(_MINUS_TWO_LN2 * log2(radius_uniform(x, y)))
    w = quarters(y)
    cosine = float_of(bits_of(radius * cosine_of_quarters(w)) ^ sign_bit(y))
    return radius * sine_of_quarters(w), cosine


@jit
def student_t(x, y, scale, exponent):
    """A Student-t of unit variance: ``sqrt((nu - 2) (U**(-2/nu) - 1)) cos(2 pi V)`` (Bailey 1994).

    `scale` is ``nu - 2``, `exponent` is ``-2/nu``.
    """
    square = scale * max(exp2(exponent * log2(radius_uniform(x, y))) - 1.0, 0.0)
    return np.sqrt(square) * sine_of_quarters(quarters(y))


@apart
def _normals(words, half, shock, row, lanes):
    for i in range(FIRST, lanes):
        shock[row, i], shock[row + ONE, i] = normal_pair(words[half, i], words[half + ONE, i])


@inline
def draw_normals(words, shock, row, seed, first_path, day, counter, lanes):
    """Normals into rows `row` to `row` + 3."""
    draw_words(words, seed, first_path, day, counter, lanes)
    _normals(words, FIRST, shock, row, lanes)
    _normals(words, TWO, shock, row + TWO, lanes)


@apart
def _student_t(words, half, shock, row, nu, lanes):
    scale, exponent = nu - 2.0, -2.0 / nu
    for i in range(FIRST, lanes):
        shock[row, i] = student_t(words[half, i], words[half + ONE, i], scale, exponent)


@inline
def student_ts(words, shock, row, nu, lanes):
    """Random words to Student-t of unit variance, into rows `row` and `row` + 1."""
    _student_t(words, FIRST, shock, row, nu, lanes)
    _student_t(words, TWO, shock, row + ONE, nu, lanes)


@jit
def _skewed(t, u, skew, shift, spread):
    """Hansen's skew-t (1994): ``(s |t| - a) / b``, s = -(1 - lambda) with chance (1 - lambda)/2, else 1 + lambda."""
    side = skew - 1.0 if u < 0.5 * (1.0 - skew) else skew + 1.0
    return fma(side, abs(t), -shift) / spread


@rule
def skew_student_ts(words, shock, row, skew, shift, spread, lanes):
    """Turns the Student-t of rows `row` to `row` + 3 into skew-t, by the sides that random words choose."""
    for i in range(FIRST, lanes):
        shock[row, i] = _skewed(shock[row, i], uniform(words[FIRST, i]), skew, shift, spread)
        shock[row + ONE, i] = _skewed(shock[row + ONE, i], uniform(words[ONE, i]), skew, shift, spread)
        shock[row + TWO, i] = _skewed(shock[row + TWO, i], uniform(words[TWO, i]), skew, shift, spread)
        shock[row + THREE, i] = _skewed(shock[row + THREE, i], uniform(words[THREE, i]), skew, shift, spread)
