"""Correlations that move: DCC and aDCC in the scores, lane by lane (`terms.DynamicsTerms`).

Lower triangles stand row by row: (g, h) at ``g (g + 1) / 2 + h``. Each day the correlation of Q, stressed toward 1,
is factored anew; stressed it is a mean of two positive semidefinite matrices, one of them definite.
"""

import numpy as np

from backstop.kernels.machine.jit import FIRST, ONE, TWO, fma, inline, jit


@inline
def triangle(g, h):
    """Row of element (g, h) of a lower triangle."""
    return g * (g + ONE) // TWO + h


@jit
def _correlate(q, cholesky, row, row_g, row_h, stress, lanes):
    """``(1 - stress) Q_gh / sqrt(Q_gg Q_hh) + stress``."""
    for i in range(FIRST, lanes):
        rho = q[row, i] / np.sqrt(q[row_g, i] * q[row_h, i])
        cholesky[row, i] = fma(1.0 - stress, rho, stress)


@jit
def _subtract_product(cholesky, row, left, right, lanes):
    for i in range(FIRST, lanes):
        cholesky[row, i] = fma(-cholesky[left, i], cholesky[right, i], cholesky[row, i])


@jit
def _divide(cholesky, row, divisor, lanes):
    for i in range(FIRST, lanes):
        cholesky[row, i] /= cholesky[divisor, i]


@jit
def _root(cholesky, row, lanes):
    for i in range(FIRST, lanes):
        cholesky[row, i] = np.sqrt(cholesky[row, i])


@inline
def factor_correlation(terms, q, cholesky, n_members, lanes):
    """The Cholesky factor of today's correlation, row by row."""
    for g in range(n_members):
        for h in range(g + ONE):
            row = triangle(g, h)
            _correlate(q, cholesky, row, triangle(g, g), triangle(h, h), terms.stress, lanes)
            for k in range(h):
                _subtract_product(cholesky, row, triangle(g, k), triangle(h, k), lanes)
            if h < g:
                _divide(cholesky, row, triangle(h, h), lanes)
            else:
                _root(cholesky, row, lanes)


@jit
def _move(terms, q, score, g, h, lanes):
    row, constant, a, asymmetry, b = triangle(g, h), terms.constant[g, h], terms.a, terms.g, terms.b
    for i in range(FIRST, lanes):
        left, right = score[g, i], score[h, i]
        falls = min(left, 0.0) * min(right, 0.0)
        q[row, i] = fma(b, q[row, i], fma(a, left * right, fma(asymmetry, falls, constant)))


@inline
def move_correlation(terms, q, score, n_members, lanes):
    """Q of tomorrow from today's scores."""
    for g in range(n_members):
        for h in range(g + ONE):
            _move(terms, q, score, g, h, lanes)
