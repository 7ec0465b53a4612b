"""The exogenous market of a tile of paths, written into the seam that every arm reads.

A path depends on (seed, path) alone: any number of lanes and any split of the days gives the same bits, as
long as the days of one state follow each other.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from backstop.kernels.machine.frames import Bare, aligned, bare, count_rows, frame, rows
from backstop.kernels.machine.jit import FIRST, Index, entry, fma, inline, jit
from backstop.kernels.market.jumps import add_jumps
from backstop.kernels.market.shocks import draw_shocks
from backstop.kernels.market.volatility import DRAW_DAYS, realise_shock
from backstop.kernels.state import Seam
from backstop.terms import Floats, MarketTerms


class MarketState(NamedTuple):
    """What a market carries from day to day."""

    level: Floats
    """(J * (lags + 1)) rings of levels, `kernels.volatility`."""
    shock: Floats
    """(J * DRAW_DAYS) shocks z of the days drawn; a day that is over leaves its push there."""
    eps: Floats
    """(G + 4) uncorrelated scores of assets drawn together; for a moment, those of an asset's four days."""
    score: Floats
    """(G) their scores."""
    mixing: Floats
    """(1) S of a joint Student-t."""
    q: Floats
    cholesky: Floats
    """(G (G + 1) / 2) lower triangles of a correlation that moves, and of its factor."""
    day_drawn: Floats
    """(1) first day, in the residuals, of a bootstrap's block."""
    words: npt.NDArray[np.uint64]
    """(4) random words, until they are shocks."""


def open_market(terms: MarketTerms, lanes: int) -> MarketState:
    """The state of `lanes` paths before day 1."""
    n_assets, ring = terms.volatility.opening.shape
    n_members = len(terms.dependence.member)
    n_pairs = n_members * (n_members + 1) // 2 if terms.dependence.dynamics.is_on else 0
    state = MarketState(
        level=rows(n_assets * ring, lanes),
        shock=rows(n_assets * DRAW_DAYS, lanes),
        eps=rows(n_members + 4, lanes),
        score=rows(n_members, lanes),
        mixing=rows(1, lanes),
        q=rows(n_pairs, lanes),
        cholesky=rows(n_pairs, lanes),
        day_drawn=rows(1, lanes),
        words=aligned((4, lanes), np.uint64).view(Bare),
    )
    reset_market(terms, state)
    return state


def reset_market(terms: MarketTerms, state: MarketState) -> None:
    """Put `state` back to before day 1."""
    state.level[:] = terms.volatility.opening.reshape(-1, 1)
    if terms.dependence.dynamics.is_on:
        opening = terms.dependence.dynamics.opening
        state.q[:] = opening[np.tril_indices(len(opening))].reshape(-1, 1)


@jit
def _follow(beta, f, j, log_return, volatility, row, lanes):
    """``x += beta x_f; sigma = sqrt(sigma**2 + beta**2 sigma_f**2)``, the asset's whole volatility."""
    for i in range(FIRST, lanes):
        log_return[row, j, i] = fma(beta, log_return[row, f, i], log_return[row, j, i])
        own, common = volatility[row, j, i], beta * volatility[row, f, i]
        volatility[row, j, i] = np.sqrt(fma(own, own, common * common))


@inline
def _jump(terms, seam, row, j, seed, first_path, day, lanes):
    """Asset j's jumps of the day, if it has any and its path is not given."""
    for m in range(count_rows(terms.jumps.asset)):
        if Index(terms.jumps.asset[m]) == j and Index(terms.overlay.n_pinned[j]) <= day:
            add_jumps(terms.jumps, m, seam, row, seed, first_path, day, lanes)


class MarketWork(NamedTuple):
    """All that the kernel reads and fills."""

    terms: MarketTerms
    state: MarketState
    seam: Seam


def market_work(terms: Any, state: Any, log_return: Floats, volatility: Floats) -> Any:
    """What `market_tile` works on, as it takes it; making it costs as much as some thousand path-days.

    Parameters
    ----------
    terms, state : MarketTerms and MarketState, or their frames
    log_return, volatility : (T, J, L) float64, C-contiguous
        To be filled; row 0 is the first day of a call.
    """
    return frame(MarketWork(terms, state, Seam(bare(log_return), bare(volatility))))


@entry
def _market_tile(work, seed, first_path, first_day, last_day, lanes):
    terms, state, seam = work.terms, work.state, work.seam
    for day in range(first_day, last_day):
        row = day - first_day
        draw_shocks(terms, state, seed, first_path, day, seam.volatility, row, lanes)
        for j in range(count_rows(terms.factor.asset)):
            realise_shock(terms.volatility, state, day, terms.overlay, seam, row, j, lanes)
            _jump(terms, seam, row, j, seed, first_path, day, lanes)
            if terms.factor.asset[j] >= 0:
                f = Index(terms.factor.asset[j])
                _follow(terms.factor.beta[j], f, j, seam.log_return, seam.volatility, row, lanes)


def market_tile(work: Any, seed: int, first_path: int, first_day: int, last_day: int, lanes: int) -> None:
    """Days `first_day` to `last_day` - 1 (from 0) of paths `first_path` to `first_path` + `lanes` - 1.

    Fills each asset's return and its conditional volatility a day. The state of `work` must be as `open_market` gives
    it, or as an earlier call for the days before left it.
    """
    _market_tile(work, Index(seed), Index(first_path), Index(first_day), Index(last_day), Index(lanes))


def rehearse_market(terms: MarketTerms) -> None:
    """Days of every kind in no lanes, so that what `market_tile` calls is known; see `machine.jit.make_ready`."""
    n_assets, n_days = len(terms.volatility.kind), int(max(terms.overlay.n_pinned, default=0)) + DRAW_DAYS
    rows = np.empty((2, n_days, n_assets, 0))
    market_tile(market_work(terms, open_market(terms, 0), rows[0], rows[1]), 0, 0, 0, n_days, 0)
