"""Shocks of several assets at once: ``z = L eps``, with the assets whose returns are given first in L.

A given z fixes the eps of its row (forward substitution); the other eps are drawn from their law given those,
which makes the z exact draws from the conditional law. Normal, or Student-t with one nu, where one mixing
variable joins all assets: with S opening at ``nu - 2``, each pair k of eps takes

    S' = S U**(-2 / (nu + 2k)),  (eps, eps') = sqrt(S' - S) (cos, sin)(2 pi V),  S <- S'

(Bailey 1994, pair by pair). Given m of them, S opens at ``nu - 2 + sum eps**2`` and nu counts for ``nu + m``.
"""

import numpy as np

from backstop.kernels.distributions import draw_normals
from backstop.kernels.frames import count_rows
from backstop.kernels.jit import FIRST, ONE, THREE, TWO, Index, apart, bits_of, float_of, fma, inline, jit, own_frame
from backstop.kernels.philox import JOINT_SHOCKS, block, quarters, radius_uniform, sign_bit
from backstop.kernels.vecmath import cosine_of_quarters, exp2, log2, sine_of_quarters

_FOUR = Index(4)


@jit
def _set_weighted(target, row, source, source_row, weight, lanes):
    for i in range(FIRST, lanes):
        target[row, i] = weight * source[source_row, i]


@jit
def _add_weighted(target, row, source, source_row, weight, lanes):
    for i in range(FIRST, lanes):
        target[row, i] = fma(weight, source[source_row, i], target[row, i])


@jit
def _divide(target, row, divisor, lanes):
    for i in range(FIRST, lanes):
        target[row, i] /= divisor


@jit
def _add_square(target, source, row, lanes):
    for i in range(FIRST, lanes):
        target[FIRST, i] = fma(source[row, i], source[row, i], target[FIRST, i])


@jit
def _fill(target, value, lanes):
    for i in range(FIRST, lanes):
        target[FIRST, i] = value


@inline
def _student_t_pair(x, y, mixing, exponent):
    """The next two eps, and S after them."""
    after = mixing * max(exp2(exponent * log2(radius_uniform(x, y))), 1.0)
    radius, w = np.sqrt(after - mixing), quarters(y)
    cosine = float_of(bits_of(radius * cosine_of_quarters(w)) ^ sign_bit(y))
    return radius * sine_of_quarters(w), cosine, after


@apart
def _draw_student_t(eps, mixing, row, seed, first_path, day, counter, nu, lanes):
    own_frame()
    for i in range(FIRST, lanes):
        a, b, c, d = block(seed, first_path + i, day, counter)
        eps[row, i], eps[row + ONE, i], middle = _student_t_pair(a, b, mixing[FIRST, i], -2.0 / nu)
        eps[row + TWO, i], eps[row + THREE, i], after = _student_t_pair(c, d, middle, -2.0 / (nu + 2.0))
        mixing[FIRST, i] = after


@jit
def _substitute(terms, eps, shock, slot, n_pinned, lanes):
    """The eps of the first `n_pinned` members from their given z: ``L eps = z``, row by row."""
    for g in range(n_pinned):
        _set_weighted(eps, g, shock, Index(terms.member[g]) * _FOUR + slot, 1.0, lanes)
        for h in range(g):
            _add_weighted(eps, g, eps, h, -terms.cholesky[g, h], lanes)
        _divide(eps, g, terms.cholesky[g, g], lanes)


@jit
def _draw_eps(terms, eps, mixing, seed, first_path, day, n_pinned, lanes):
    """The eps of the other members, four a block; up to three rows too many are drawn and never read."""
    if terms.nu > 0.0:
        _fill(mixing, terms.nu - 2.0, lanes)
        for g in range(n_pinned):
            _add_square(mixing, eps, g, lanes)
    for row in range(n_pinned, count_rows(terms.member), _FOUR):
        if terms.nu > 0.0:
            _draw_student_t(
                eps, mixing, row, seed, first_path, day, JOINT_SHOCKS + row, terms.nu + row, lanes
            )
        else:
            draw_normals(eps, row, seed, first_path, day, JOINT_SHOCKS + row, lanes)


@jit
def draw_jointly(terms, n_pinned_of, state, seed, first_path, day, slot, lanes):
    """Draws z of every member on `day` into its shock row, given those of members pinned today."""
    n_members, n_pinned = count_rows(terms.member), FIRST
    for g in range(n_members):
        if Index(n_pinned_of[terms.member[g]]) > day:
            n_pinned = g + ONE
    eps, shock = state.eps, state.shock
    _substitute(terms, eps, shock, slot, n_pinned, lanes)
    _draw_eps(terms, eps, state.mixing, seed, first_path, day, n_pinned, lanes)
    for g in range(n_pinned, n_members):
        z_row = Index(terms.member[g]) * _FOUR + slot
        _set_weighted(shock, z_row, eps, FIRST, terms.cholesky[g, 0], lanes)
        for h in range(ONE, g + ONE):
            _add_weighted(shock, z_row, eps, h, terms.cholesky[g, h], lanes)
