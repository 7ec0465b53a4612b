"""Shocks of several assets at once, through scores ``s = L eps``, with the assets whose returns are given first in L.

A shock is its score, or the quantile of its own law at its score's probability (a copula). A given score fixes the
eps of its row (forward substitution); the other eps are drawn from their law given those, which makes the scores exact
draws from the conditional law. Normal, or Student-t with one nu, where one mixing variable joins all assets: with S
opening at ``nu - 2``, each pair k of eps takes

    S' = S U**(-2 / (nu + 2k)),  (eps, eps') = sqrt(S' - S) (cos, sin)(2 pi V),  S <- S'

(Bailey 1994, pair by pair). Given m of them, S opens at ``nu - 2 + sum eps**2`` and nu counts for ``nu + m``.
"""

import numpy as np

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, TWO, Index, bits_of, float_of, fma, inline, jit, rule
from backstop.kernels.machine.lanes import clear
from backstop.kernels.machine.vecmath import cosine_of_quarters, exp2, log2, sine_of_quarters
from backstop.kernels.market.correlation import factor_correlation, move_correlation, triangle
from backstop.kernels.market.distributions import draw_normals
from backstop.kernels.market.philox import JOINT_SHOCKS, draw_words, quarters, radius_uniform, sign_bit
from backstop.kernels.market.transform import map_row
from backstop.kernels.market.volatility import shock_row

_FOUR = Index(4)


@jit
def _copy(source, source_row, target, row, lanes):
    for i in range(FIRST, lanes):
        target[row, i] = source[source_row, i]


@inline
def _convert(maps, m, source, source_row, target, row, lanes):
    """Map `m` of a row, or the row itself where there is none."""
    if m >= 0:
        map_row(maps, Index(m), source, source_row, target, row, lanes)
    else:
        _copy(source, source_row, target, row, lanes)


@jit
def _add_weighted(target, row, source, source_row, weight, lanes):
    for i in range(FIRST, lanes):
        target[row, i] = fma(weight, source[source_row, i], target[row, i])


@jit
def _add_product(target, row, left, left_row, sign, right, right_row, lanes):
    for i in range(FIRST, lanes):
        target[row, i] = fma(sign * left[left_row, i], right[right_row, i], target[row, i])


@jit
def _divide(target, row, divisor, lanes):
    for i in range(FIRST, lanes):
        target[row, i] /= divisor


@jit
def _divide_rows(target, row, divisor, divisor_row, lanes):
    for i in range(FIRST, lanes):
        target[row, i] /= divisor[divisor_row, i]


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


@rule
def _student_t_pairs(words, half, eps, row, mixing, exponent, lanes):
    for i in range(FIRST, lanes):
        x, y = words[half, i], words[half + ONE, i]
        eps[row, i], eps[row + ONE, i], mixing[FIRST, i] = _student_t_pair(x, y, mixing[FIRST, i], exponent)


@inline
def _student_ts(words, eps, mixing, row, nu, lanes):
    """From random words, the four eps from `row` on."""
    _student_t_pairs(words, FIRST, eps, row, mixing, -2.0 / nu, lanes)
    _student_t_pairs(words, TWO, eps, row + TWO, mixing, -2.0 / (nu + 2.0), lanes)


@inline
def _add_term(terms, state, target, row, sign, g, h, lanes):
    """``target += sign * L_gh eps_h``."""
    if terms.dynamics.is_on:
        _add_product(target, row, state.cholesky, triangle(g, h), sign, state.eps, h, lanes)
    else:
        _add_weighted(target, row, state.eps, h, sign * terms.cholesky[g, h], lanes)


@inline
def _substitute(terms, laws, state, day, n_pinned, lanes):
    """The eps of the first `n_pinned` members from their given shocks: ``L eps = score``, row by row."""
    for g in range(n_pinned):
        j = Index(terms.member[g])
        _convert(laws.to_score, laws.map[j], state.shock, shock_row(j, day), state.score, g, lanes)
        _copy(state.score, g, state.eps, g, lanes)
        for h in range(g):
            _add_term(terms, state, state.eps, g, -1.0, g, h, lanes)
        if terms.dynamics.is_on:
            _divide_rows(state.eps, g, state.cholesky, triangle(g, g), lanes)
        else:
            _divide(state.eps, g, terms.cholesky[g, g], lanes)


@inline
def _draw_eps(terms, state, seed, first_path, day, n_pinned, lanes):
    """The eps of the other members, four a block; up to three rows too many are drawn and never read."""
    words, eps, mixing = state.words, state.eps, state.mixing
    if terms.nu > 0.0:
        _fill(mixing, terms.nu - 2.0, lanes)
        for g in range(n_pinned):
            _add_square(mixing, eps, g, lanes)
    for row in range(n_pinned, count_rows(terms.member), _FOUR):
        if terms.nu > 0.0:
            draw_words(words, seed, first_path, day, JOINT_SHOCKS + row, lanes)
            _student_ts(words, eps, mixing, row, terms.nu + row, lanes)
        else:
            draw_normals(words, eps, row, seed, first_path, day, JOINT_SHOCKS + row, lanes)


@inline
def _join(terms, laws, state, day, n_pinned, lanes):
    """Scores of the other members, ``L eps``, and their shocks."""
    for g in range(n_pinned, count_rows(terms.member)):
        clear(state.score, g, lanes)
        for h in range(g + ONE):
            _add_term(terms, state, state.score, g, 1.0, g, h, lanes)
        j = Index(terms.member[g])
        _convert(laws.to_shock, laws.map[j], state.score, g, state.shock, shock_row(j, day), lanes)


@rule
def draw_jointly(terms, laws, n_pinned_of, state, seed, first_path, day, lanes):
    """Draws the shock of every member on `day` into its row, given those of members pinned today."""
    n_members, n_pinned = count_rows(terms.member), FIRST
    for g in range(n_members):
        if Index(n_pinned_of[terms.member[g]]) > day:
            n_pinned = g + ONE
    if terms.dynamics.is_on:
        factor_correlation(terms.dynamics, state.q, state.cholesky, n_members, lanes)
    _substitute(terms, laws, state, day, n_pinned, lanes)
    _draw_eps(terms, state, seed, first_path, day, n_pinned, lanes)
    _join(terms, laws, state, day, n_pinned, lanes)
    if terms.dynamics.is_on:
        move_correlation(terms.dynamics, state.q, state.score, n_members, lanes)
