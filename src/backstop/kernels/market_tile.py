"""The exogenous market of a tile of paths, written into the seam that every arm reads.

A path depends on (seed, path) alone: any number of lanes and any split of the days gives the same bits, as
long as the days of one state follow each other.
"""

from typing import NamedTuple

import numpy as np

from backstop.kernels.dependence import draw_jointly
from backstop.kernels.distributions import draw_normals, draw_student_t
from backstop.kernels.frames import count_columns, count_rows, rows
from backstop.kernels.jit import FIRST, ONE, TWO, Index, entry, fma, jit
from backstop.kernels.philox import SHOCKS
from backstop.kernels.volatility import realise_shock, volatility_of_level
from backstop.terms import DRAW_NORMAL, DRAW_STUDENT_T, Floats, MarketTerms

DRAW_DAYS = 4
"""Days whose shocks an asset draws at once: what one block of random words gives of normals."""
_DRAW_DAYS = Index(DRAW_DAYS)
_BLOCKS = Index(4)
"""Counters kept for each asset in a group of days."""


class MarketState(NamedTuple):
    """What a market carries from day to day."""

    level: Floats
    """(J * (lags + 1)) rings of levels, `kernels.volatility`."""
    shock: Floats
    """(J * DRAW_DAYS) shocks z of the days drawn; a day that is over leaves its push there."""
    eps: Floats
    """(G + 3) uncorrelated shocks of assets drawn together."""
    mixing: Floats
    """(1) S of a joint Student-t."""


def open_market(terms: MarketTerms, lanes: int) -> MarketState:
    """The state of `lanes` paths before day 1."""
    n_assets, ring = terms.volatility.opening.shape
    state = MarketState(
        rows(n_assets * ring, lanes),
        rows(n_assets * DRAW_DAYS, lanes),
        rows(len(terms.dependence.member) + 3, lanes),
        rows(1, lanes),
    )
    reset_market(terms, state)
    return state


def reset_market(terms: MarketTerms, state: MarketState) -> None:
    """Put `state` back to before day 1."""
    state.level[:] = terms.volatility.opening.reshape(-1, 1)


@jit
def _draw_apart(terms, shock, seed, first_path, day, lanes):
    """Shocks of the four days from `day` on, of each asset that is drawn by itself."""
    for j in range(count_rows(terms.draw)):
        row, counter = j * _DRAW_DAYS, SHOCKS + j * _BLOCKS
        if terms.draw[j] == DRAW_NORMAL:
            draw_normals(shock, row, seed, first_path, day, counter, lanes)
        elif terms.draw[j] == DRAW_STUDENT_T:
            draw_student_t(shock, row, seed, first_path, day, counter, terms.nu[j], lanes)
            draw_student_t(shock, row + TWO, seed, first_path, day, counter + ONE, terms.nu[j], lanes)


@jit
def _z_of_residual(shock, z_row, e, volatility, row, j, lanes):
    for i in range(FIRST, lanes):
        shock[z_row, i] = e / volatility[row, j, i]


@jit
def _pin(terms, state, z_row, day, volatility, row, j, lanes):
    """The z that makes asset j's own return of the day the given one."""
    ring, own, overlay = count_columns(terms.volatility.up) + ONE, terms.volatility, terms.overlay
    volatility_of_level(
        state.level,
        j * ring + day % ring,
        own.kind[j],
        1.0 / own.power[j],
        overlay.scale[day, j],
        volatility,
        row,
        j,
        lanes,
    )
    _z_of_residual(state.shock, z_row, overlay.pinned[day, j], volatility, row, j, lanes)


@jit
def _draw_day(terms, state, seed, first_path, day, volatility, row, lanes):
    """Sets z of every asset for `day`, those of pinned assets as their returns imply."""
    slot, overlay = day % _DRAW_DAYS, terms.overlay
    if slot == FIRST:
        _draw_apart(terms.innovation, state.shock, seed, first_path, day, lanes)
    for j in range(count_rows(overlay.n_pinned)):
        if Index(overlay.n_pinned[j]) > day:
            _pin(terms, state, j * _DRAW_DAYS + slot, day, volatility, row, j, lanes)
    if count_rows(terms.dependence.member) > FIRST:
        draw_jointly(terms.dependence, overlay.n_pinned, state, seed, first_path, day, slot, lanes)


@jit
def _follow(beta, f, j, log_return, volatility, row, lanes):
    """``x += beta x_f; sigma = sqrt(sigma**2 + beta**2 sigma_f**2)``, the asset's whole volatility."""
    for i in range(FIRST, lanes):
        log_return[row, j, i] = fma(beta, log_return[row, f, i], log_return[row, j, i])
        own, common = volatility[row, j, i], beta * volatility[row, f, i]
        volatility[row, j, i] = np.sqrt(fma(own, own, common * common))


@entry
def market_tile(terms, state, seed, first_path, first_day, last_day, log_return, volatility, lanes):
    """Days `first_day` to `last_day` - 1 (from 0) of paths `first_path` to `first_path` + `lanes` - 1.

    Parameters
    ----------
    terms, state : frames of MarketTerms and MarketState
        The state as `open_market` gives it, or as an earlier call for the days before left it.
    seed, first_path, first_day, last_day, lanes : uint64
    log_return, volatility : (T, J, L) float64
        Filled: each asset's return and its conditional volatility a day. Row 0 is `first_day`.
    """
    for day in range(first_day, last_day):
        row, slot = day - first_day, day % _DRAW_DAYS
        _draw_day(terms, state, seed, first_path, day, volatility, row, lanes)
        for j in range(count_rows(terms.factor.asset)):
            realise_shock(
                terms.volatility,
                state,
                j * _DRAW_DAYS + slot,
                day,
                terms.overlay,
                log_return,
                volatility,
                row,
                j,
                lanes,
            )
            if terms.factor.asset[j] >= 0:
                _follow(
                    terms.factor.beta[j], Index(terms.factor.asset[j]), j, log_return, volatility, row, lanes
                )
