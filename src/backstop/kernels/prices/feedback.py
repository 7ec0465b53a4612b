"""Volatility that reads the price as sales have moved it (docs/model.md, 1): the seam, rewritten a day at a time.

The level of a recursion of one lag, ``s = omega + weight(push) + beta s``, is linear in what came before, so that an
arm carries by how much its own level exceeds the seam's, and needs neither omega nor the opening.
"""

import numpy as np

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, Index, fma, inline, jit, rule
from backstop.kernels.machine.vecmath import power


@inline
def _weighed(e, exponent, up, down):
    """``weight(push(e))``: up or down times ``|e|**power``."""
    return (up if e >= 0.0 else down) * power(abs(e), exponent)


@rule
def _rewrite(terms, prices, j, log_return, volatility, day, lanes):
    """The day's x and sigma at the arm's own level, z kept."""
    exponent, inverse = terms.power[j], 1.0 / terms.power[j]
    drift, scale, shock = terms.drift[day, j], terms.scale[day, j], terms.shock[day, j]
    for i in range(FIRST, lanes):
        x, sigma = log_return[day, j, i], volatility[day, j, i]
        level = power(sigma / scale, exponent)
        own = scale * power(max(0.0, level + prices.excess[j, i]), inverse)
        drawn = x - drift - scale * shock
        change = (own / sigma - 1.0) * drawn if sigma > 0.0 else 0.0
        prices.return_change[j, i] = change
        prices.variance_change[j, i] = own * own - sigma * sigma
        log_return[day, j, i] = x + change
        volatility[day, j, i] = own


@jit
def _forget_seam(terms, prices, j, log_return, day, lanes):
    """``excess = beta excess - weight(push(e))``, e the seam's."""
    exponent, up, down, beta = terms.power[j], terms.up[j], terms.down[j], terms.beta[j]
    drift, scale = terms.drift[day, j], terms.scale[day, j]
    for i in range(FIRST, lanes):
        e = (log_return[day, j, i] - prices.return_change[j, i] - drift) / scale
        prices.excess[j, i] = fma(beta, prices.excess[j, i], -_weighed(e, exponent, up, down))


@jit
def _follow(prices, j, f, beta, log_return, volatility, day, lanes):
    """What changed of the factor moves those who follow it."""
    for i in range(FIRST, lanes):
        moved, widened = beta * prices.return_change[f, i], beta * beta * prices.variance_change[f, i]
        sigma = volatility[day, j, i]
        prices.return_change[j, i] = moved
        prices.variance_change[j, i] = widened
        log_return[day, j, i] += moved
        volatility[day, j, i] = np.sqrt(max(0.0, fma(sigma, sigma, widened)))


@rule
def feed_volatility(terms, prices, log_return, volatility, day, lanes):
    """Before step 1: the seam's row of the day becomes the arm's own; factors stand before those who follow them."""
    for j in range(count_rows(terms.is_fed)):
        if terms.is_fed[j]:
            _rewrite(terms, prices, j, log_return, volatility, day, lanes)
            _forget_seam(terms, prices, j, log_return, day, lanes)
        elif terms.factor[j] >= 0:
            _follow(prices, j, Index(terms.factor[j]), terms.factor_beta[j], log_return, volatility, day, lanes)


@jit
def _feel(terms, prices, j, day, lanes):
    """``excess += weight(push((close to close - drift) / scale))``."""
    exponent, up, down = terms.power[j], terms.up[j], terms.down[j]
    drift, scale = terms.drift[day, j], terms.scale[day, j]
    for i in range(FIRST, lanes):
        prices.excess[j, i] += _weighed((prices.close_return[j, i] - drift) / scale, exponent, up, down)


@rule
def feel_prices(terms, prices, day, lanes):
    """Step 12: the day's return at closing prices is what volatility reads from."""
    for j in range(count_rows(terms.is_fed)):
        if terms.is_fed[j]:
            _feel(terms, prices, j, day, lanes)
