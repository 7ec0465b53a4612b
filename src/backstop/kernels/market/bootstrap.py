"""Filtered-historical shocks: days of fitted residuals, drawn for all such assets at once.

Whole days keep what assets did together; the volatility models put back what clusters (Barone-Adesi, Giannopoulos and
Vosper 1999).
"""


from backstop.kernels.machine.frames import count_columns
from backstop.kernels.machine.jit import FIRST, Index, inline, jit, rint
from backstop.kernels.machine.vecmath import index_of
from backstop.kernels.market.philox import BOOTSTRAP, block, uniform


@jit
def _draw_first_days(day_drawn, seed, first_path, day, n_days, lanes):
    """The first day of a block of `day` in the residuals, all days being as likely."""
    for i in range(FIRST, lanes):
        a, _b, _c, _d = block(seed, first_path + i, day, BOOTSTRAP)
        day_drawn[FIRST, i] = min(rint(uniform(a) * n_days - 0.5), n_days - 1.0)


@jit
def _take_residuals(residuals, j, day_drawn, offset, n_days, shock, row, lanes):
    """The residuals of the drawn days, which go round at the end of the data."""
    for i in range(FIRST, lanes):
        drawn = day_drawn[FIRST, i] + offset
        drawn = drawn if drawn < n_days else drawn - n_days
        shock[row, i] = residuals[j, index_of(drawn)]


@inline
def draw_first_days(terms, day_drawn, seed, first_path, day, lanes):
    """On the first day of a block: which days of the residuals the block takes."""
    if day % Index(terms.block_days) == FIRST:
        _draw_first_days(day_drawn, seed, first_path, day, float(count_columns(terms.residuals)), lanes)


@inline
def take_residuals(terms, j, day_drawn, day, shock, row, lanes):
    """Asset j's shock of `day`."""
    n_days = count_columns(terms.residuals)
    offset = day % Index(terms.block_days) % n_days
    _take_residuals(terms.residuals, j, day_drawn, float(offset), float(n_days), shock, row, lanes)
