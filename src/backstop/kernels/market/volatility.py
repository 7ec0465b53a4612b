"""One day of an asset's own risk: its volatility, its return, what the return does to later volatility.

Every model is one recursion in a *level* s, whose unit is its kind's:

    s(t) = omega + sum_i [ push(t-i) >= 0 ? up_i : down_i ] * |push(t-i)| + beta_i * s(t-i)

with sigma and push of a residual e as in the table. `backstop.config.market.recursion` turns arch's parameters into
these (Bollerslev 1986; Glosten, Jagannathan and Runkle 1993; Zakoian 1994; Ding, Granger and Engle 1993;
Nelson 1991).

    kind        models                     sigma            |push|
    SQUARES     constant, EWMA, GARCH,     sqrt(s)          e**2
                GJR, HARCH
    ABSOLUTES   TARCH                      s                |e|
    POWERS      any other power, APARCH    s**(1/power)     |e|**power
    LOGS        EGARCH                     exp(s/2)         |e|/sigma

Levels stand in a ring of one row more than there are lags: a day reads its own row and gives to those of
later days, of which the furthest takes omega too.
"""

from typing import NamedTuple

import numpy as np

from backstop.kernels.machine.frames import count_columns
from backstop.kernels.machine.jit import FIRST, ONE, Index, fma, inline, jit
from backstop.kernels.machine.vecmath import exp, power
from backstop.terms import VolatilityLevel
from backstop.terms.declare import covers

DRAW_DAYS = 4
"""Days whose shocks an asset draws at once: what one block of random words gives of normals."""


class Carry(NamedTuple):
    """How a day's push and level go into a later level, which keeps 0 or 1 times what it holds."""

    kept: float
    omega: float
    up: float
    down: float
    beta: float


class Overlay(NamedTuple):
    """A scenario's numbers for one asset and day: ``x = drift + scale (sigma z + extra)``."""

    drift: float
    scale: float
    extra: float


class At(NamedTuple):
    """Where a day of asset j stands: rows of its level, of tomorrow's, of its z, and its row of the seam."""

    today: int
    later: int
    z_row: int
    row: int
    j: int


@inline
def shock_row(j, day):
    """Row of asset j's shock of `day`: its z, and once the day is over its push."""
    return j * Index(DRAW_DAYS) + day % Index(DRAW_DAYS)


@jit
def volatility_of_level(terms, levels, day, scale, volatility, row, j, lanes):
    """``volatility = scale * sigma(s)``: for assets whose z must be known from their return."""
    ring, kind, inverse_power = count_columns(terms.up) + ONE, terms.kind[j], 1.0 / terms.power[j]
    today = j * ring + day % ring
    if kind == VolatilityLevel.SQUARES:
        for i in range(FIRST, lanes):
            volatility[row, j, i] = scale * np.sqrt(levels[today, i])
    elif kind == VolatilityLevel.ABSOLUTES:
        for i in range(FIRST, lanes):
            volatility[row, j, i] = scale * levels[today, i]
    elif kind == VolatilityLevel.POWERS:
        for i in range(FIRST, lanes):
            volatility[row, j, i] = scale * power(levels[today, i], inverse_power)
    elif kind == VolatilityLevel.LOGS:
        for i in range(FIRST, lanes):
            volatility[row, j, i] = scale * exp(0.5 * levels[today, i])


@inline
def _next_level(push, s, carry, level):
    """``kept * level + omega + weight * |push| + beta * s``."""
    weight = carry.up if push >= 0.0 else -carry.down
    return fma(push, weight, fma(carry.beta, s, fma(carry.kept, level, carry.omega)))


@jit
def _realise_squares(state, seam, at, lay, carry, lanes):
    levels, shock, log_return, volatility = state.level, state.shock, seam.log_return, seam.volatility
    for i in range(FIRST, lanes):
        s = levels[at.today, i]
        sigma = np.sqrt(s)
        e = fma(sigma, shock[at.z_row, i], lay.extra)
        log_return[at.row, at.j, i] = fma(lay.scale, e, lay.drift)
        volatility[at.row, at.j, i] = lay.scale * sigma
        push = e * abs(e)
        shock[at.z_row, i] = push
        levels[at.later, i] = _next_level(push, s, carry, levels[at.later, i])


@jit
def _realise_absolutes(state, seam, at, lay, carry, lanes):
    levels, shock, log_return, volatility = state.level, state.shock, seam.log_return, seam.volatility
    for i in range(FIRST, lanes):
        sigma = levels[at.today, i]
        e = fma(sigma, shock[at.z_row, i], lay.extra)
        log_return[at.row, at.j, i] = fma(lay.scale, e, lay.drift)
        volatility[at.row, at.j, i] = lay.scale * sigma
        shock[at.z_row, i] = e
        levels[at.later, i] = _next_level(e, sigma, carry, levels[at.later, i])


@jit
def _realise_powers(state, seam, at, exponent, lay, carry, lanes):
    levels, shock, log_return, volatility = state.level, state.shock, seam.log_return, seam.volatility
    inverse = 1.0 / exponent
    for i in range(FIRST, lanes):
        s = levels[at.today, i]
        sigma = power(s, inverse)
        e = fma(sigma, shock[at.z_row, i], lay.extra)
        log_return[at.row, at.j, i] = fma(lay.scale, e, lay.drift)
        volatility[at.row, at.j, i] = lay.scale * sigma
        size = power(abs(e), exponent)
        push = size if e >= 0.0 else -size
        shock[at.z_row, i] = push
        levels[at.later, i] = _next_level(push, s, carry, levels[at.later, i])


@jit
def _realise_logs(state, seam, at, lay, carry, lanes):
    levels, shock, log_return, volatility = state.level, state.shock, seam.log_return, seam.volatility
    for i in range(FIRST, lanes):
        s = levels[at.today, i]
        sigma = exp(0.5 * s)
        push = shock[at.z_row, i] + lay.extra / sigma
        log_return[at.row, at.j, i] = fma(lay.scale * sigma, push, lay.drift)
        volatility[at.row, at.j, i] = lay.scale * sigma
        shock[at.z_row, i] = push
        levels[at.later, i] = _next_level(push, s, carry, levels[at.later, i])


@jit
def _give_to_level(levels, today, later, shock, push_row, carry, lanes):
    """A later day's share of today's push and level, for lags beyond the first."""
    for i in range(FIRST, lanes):
        levels[later, i] = _next_level(shock[push_row, i], levels[today, i], carry, levels[later, i])


@inline
def _carry_of(terms, j, lag):
    """What lag `lag` (from 0) gives to a level; only the furthest begins it, with omega."""
    begins = lag + ONE == Index(terms.n_lags[j])
    kept, omega = (0.0, terms.omega[j]) if begins else (1.0, 0.0)
    return Carry(kept, omega, terms.up[j, lag], terms.down[j, lag], terms.beta[j, lag])


@inline
def realise_shock(terms, state, day, overlay, seam, row, j, lanes):
    """Asset j's own return and volatility of the day from its z, and the levels that follow."""
    ring, kind = count_columns(terms.up) + ONE, terms.kind[j]
    first = j * ring
    at = At(first + day % ring, first + (day + ONE) % ring, shock_row(j, day), row, j)
    carry = _carry_of(terms, j, FIRST)
    lay = Overlay(overlay.drift[day, j], overlay.scale[day, j], overlay.shock[day, j])
    if kind == VolatilityLevel.SQUARES:
        _realise_squares(state, seam, at, lay, carry, lanes)
    elif kind == VolatilityLevel.ABSOLUTES:
        _realise_absolutes(state, seam, at, lay, carry, lanes)
    elif kind == VolatilityLevel.POWERS:
        _realise_powers(state, seam, at, terms.power[j], lay, carry, lanes)
    elif kind == VolatilityLevel.LOGS:
        _realise_logs(state, seam, at, lay, carry, lanes)
    for lag in range(ONE, Index(terms.n_lags[j])):
        later = first + (day + lag + ONE) % ring
        _give_to_level(state.level, at.today, later, state.shock, at.z_row, _carry_of(terms, j, lag), lanes)


covers(VolatilityLevel, volatility_of_level)
covers(VolatilityLevel, realise_shock)
