"""Prices before trade, the impact of sales, prices at the close (docs/model.md, 1 and 9).

The impact state is a volume, not a price, so that no round trip earns money (Alfonsi, Fruth and Schied 2010; a decaying
price with a concave law would let one earn: Gatheral 2010).
"""

import numpy as np

from backstop.kernels.frames import count_rows
from backstop.kernels.jit import FIRST, fma, jit
from backstop.kernels.vecmath import exp, power
from backstop.terms import IMPACT_LINEAR, IMPACT_SQUARE_ROOT


@jit
def _fundamental(prices, j, log_return, day, decay, lanes):
    """``log_fundamental += x; E *= decay``."""
    for i in range(FIRST, lanes):
        prices.log_fundamental[j, i] += log_return[day, j, i]
        prices.volume[j, i] *= decay


@jit
def _market_depth(prices, j, volatility, day, adv, calm, least, lanes):
    """``adv(t) = adv * max(stress_adv_frac, min(1, calm_volatility / sigma))``."""
    for i in range(FIRST, lanes):
        prices.adv[j, i] = adv * max(least, min(1.0, calm / volatility[day, j, i]))
        prices.sold[j, i] = 0.0


@jit
def _transient(prices, j, volatility, day, law, scale, exponent, lanes):
    """``F(E) = scale * sigma * E**exponent`` with ``scale = (1 - permanent_frac) * kappa``."""
    if law == IMPACT_LINEAR:
        for i in range(FIRST, lanes):
            prices.transient[j, i] = scale * volatility[day, j, i] * prices.volume[j, i]
    elif law == IMPACT_SQUARE_ROOT:
        for i in range(FIRST, lanes):
            prices.transient[j, i] = scale * volatility[day, j, i] * np.sqrt(prices.volume[j, i])
    else:
        for i in range(FIRST, lanes):
            prices.transient[j, i] = scale * volatility[day, j, i] * power(prices.volume[j, i], exponent)


@jit
def _price_limits(prices, j, down, up, lanes):
    """Bounds from yesterday's close; today's dislocation ``D = G + F(E)``."""
    for i in range(FIRST, lanes):
        before = prices.log_close[j, i]
        prices.log_before[j, i] = before
        prices.lower[j, i] = before + down
        prices.upper[j, i] = before + up
        prices.dislocation[j, i] = prices.permanent[j, i] + prices.transient[j, i]


@jit
def _price_before_trade(prices, j, lanes):
    """``log P = clip(log_fundamental - D, lower, upper)``; nothing sells at limit-down."""
    for i in range(FIRST, lanes):
        target = prices.log_fundamental[j, i] - prices.dislocation[j, i]
        prices.is_open[j, i] = 1.0 if target > prices.lower[j, i] else 0.0
        bounded = min(max(target, prices.lower[j, i]), prices.upper[j, i])
        prices.log_pre[j, i] = bounded
        prices.price[j, i] = exp(bounded)


@jit
def open_market(terms, prices, log_return, volatility, day, lanes):
    """Step 1: pre-trade prices of the day from the seam, both (T, J, L)."""
    for j in range(count_rows(terms.adv)):
        scale = (1.0 - terms.permanent_frac[j]) * terms.kappa[j]
        _fundamental(prices, j, log_return, day, terms.decay[j], lanes)
        calm, least = terms.calm_volatility[j], terms.stress_adv_frac[j]
        _market_depth(prices, j, volatility, day, terms.adv[j], calm, least, lanes)
        _transient(prices, j, volatility, day, terms.impact_law[j], scale, terms.exponent[j], lanes)
        _price_limits(prices, j, terms.log_limit_down[j], terms.log_limit_up[j], lanes)
        _price_before_trade(prices, j, lanes)


@jit
def _take_volume(prices, j, lanes):
    """``q = sold / adv(t)``; keeps E and F(E) from before the trade."""
    for i in range(FIRST, lanes):
        prices.volume_before[j, i] = prices.volume[j, i]
        prices.transient_before[j, i] = prices.transient[j, i]
        prices.sold[j, i] /= prices.adv[j, i]
        prices.volume[j, i] += prices.sold[j, i]


@jit
def _execution_price(prices, j, volatility, day, permanent_scale, exponent, lanes):
    """``log X = clip(log_fundamental - G - g sigma q / 2 - A, lower, upper)``; A is F averaged over the trade.

    ``A = ((E + q) F(E + q) - E F(E)) / ((e + 1) q)``, the integral of a power law, kept within [F(E), F(E + q)].
    """
    for i in range(FIRST, lanes):
        q = prices.sold[j, i]
        before, after = prices.transient_before[j, i], prices.transient[j, i]
        area = fma(prices.volume[j, i], after, -(prices.volume_before[j, i] * before))
        mean = area / ((exponent + 1.0) * q) if q > 0.0 else before
        mean = min(max(mean, before), after)
        permanent = fma(0.5 * permanent_scale * volatility[day, j, i], q, prices.permanent[j, i])
        prices.execution[j, i] = prices.log_fundamental[j, i] - permanent - mean


@jit
def _closing_price(prices, j, volatility, day, permanent_scale, lanes):
    """``G += g sigma q; D = G + F(E); log close = clip(log_fundamental - D, lower, upper)``."""
    for i in range(FIRST, lanes):
        moved = fma(permanent_scale * volatility[day, j, i], prices.sold[j, i], prices.permanent[j, i])
        prices.permanent[j, i] = moved
        prices.dislocation[j, i] = moved + prices.transient[j, i]


@jit
def _bound_and_level(prices, j, lanes):
    """Both prices within the day's limits, and as levels."""
    for i in range(FIRST, lanes):
        lower, upper = prices.lower[j, i], prices.upper[j, i]
        prices.execution[j, i] = exp(min(max(prices.execution[j, i], lower), upper))
        closing = min(max(prices.log_fundamental[j, i] - prices.dislocation[j, i], lower), upper)
        prices.log_close[j, i] = closing
        prices.close[j, i] = exp(closing)


@jit
def move_prices(terms, prices, volatility, day, lanes):
    """Step 9: what the day's sales (`prices.sold`, value) did to execution and closing prices."""
    for j in range(count_rows(terms.adv)):
        scale = (1.0 - terms.permanent_frac[j]) * terms.kappa[j]
        permanent_scale = terms.permanent_frac[j] * terms.kappa[j]
        _take_volume(prices, j, lanes)
        _transient(prices, j, volatility, day, terms.impact_law[j], scale, terms.exponent[j], lanes)
        _execution_price(prices, j, volatility, day, permanent_scale, terms.exponent[j], lanes)
        _closing_price(prices, j, volatility, day, permanent_scale, lanes)
        _bound_and_level(prices, j, lanes)
