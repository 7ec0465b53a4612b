"""The day's shocks z of every asset, each by its own law, jointly, or as its given return implies."""

from backstop.kernels.machine.frames import count_columns, count_rows
from backstop.kernels.machine.jit import FIRST, ONE, TWO, Index, inline, jit
from backstop.kernels.market.bootstrap import draw_first_days, take_residuals
from backstop.kernels.market.dependence import draw_jointly
from backstop.kernels.market.distributions import draw_normals, skew_student_ts, student_ts
from backstop.kernels.market.philox import SHOCKS, draw_words
from backstop.kernels.market.transform import map_row
from backstop.kernels.market.volatility import DRAW_DAYS, shock_row, volatility_of_level
from backstop.terms import Draw
from backstop.terms.declare import covers

_DAYS = Index(DRAW_DAYS)
_BLOCKS = Index(4)
"""Counters kept for each asset in a group of days."""


@inline
def _draw_apart(terms, words, shock, scores, seed, first_path, day, lanes):
    """Shocks of the four days from `day` on, of each asset that is drawn by itself."""
    for j in range(count_rows(terms.draw)):
        row, counter = j * _DAYS, SHOCKS + j * _BLOCKS
        if terms.draw[j] == Draw.NORMAL:
            draw_normals(words, shock, row, seed, first_path, day, counter, lanes)
        elif terms.draw[j] == Draw.GED:
            draw_normals(words, scores, FIRST, seed, first_path, day, counter, lanes)
            for slot in range(_DAYS):
                map_row(terms.to_shock, Index(terms.map[j]), scores, slot, shock, row + slot, lanes)
        elif terms.draw[j] == Draw.STUDENT_T or terms.draw[j] == Draw.SKEW_T:
            draw_words(words, seed, first_path, day, counter, lanes)
            student_ts(words, shock, row, terms.nu[j], lanes)
            draw_words(words, seed, first_path, day, counter + ONE, lanes)
            student_ts(words, shock, row + TWO, terms.nu[j], lanes)
            if terms.draw[j] == Draw.SKEW_T:
                draw_words(words, seed, first_path, day, counter + TWO, lanes)
                skew_student_ts(words, shock, row, terms.skew[j], terms.shift[j], terms.spread[j], lanes)


@inline
def _draw_residuals(terms, state, seed, first_path, day, lanes):
    """Shocks of `day` of the assets that draw fitted residuals."""
    if count_columns(terms.residuals) > FIRST:
        draw_first_days(terms, state.day_drawn, seed, first_path, day, lanes)
        for j in range(count_rows(terms.draw)):
            if terms.draw[j] == Draw.RESIDUALS:
                take_residuals(terms, j, state.day_drawn, day, state.shock, shock_row(j, day), lanes)


@jit
def _z_of_residual(shock, z_row, e, volatility, row, j, lanes):
    for i in range(FIRST, lanes):
        shock[z_row, i] = e / volatility[row, j, i]


@inline
def _pin(terms, state, z_row, day, volatility, row, j, lanes):
    """The z that makes asset j's own return of the day the given one."""
    overlay = terms.overlay
    volatility_of_level(terms.volatility, state.level, day, overlay.scale[day, j], volatility, row, j, lanes)
    _z_of_residual(state.shock, z_row, overlay.pinned[day, j], volatility, row, j, lanes)


@inline
def draw_shocks(terms, state, seed, first_path, day, volatility, row, lanes):
    """Sets z of every asset for `day`, those of pinned assets as their returns imply."""
    overlay = terms.overlay
    if day % _DAYS == FIRST:
        _draw_apart(terms.innovation, state.words, state.shock, state.eps, seed, first_path, day, lanes)
    _draw_residuals(terms.innovation, state, seed, first_path, day, lanes)
    for j in range(count_rows(overlay.n_pinned)):
        if Index(overlay.n_pinned[j]) > day:
            _pin(terms, state, shock_row(j, day), day, volatility, row, j, lanes)
    if count_rows(terms.dependence.member) > FIRST:
        draw_jointly(terms.dependence, terms.innovation, overlay.n_pinned, state, seed, first_path, day, lanes)


covers(Draw, _draw_apart, _draw_residuals, elsewhere=[Draw.JOINTLY])
