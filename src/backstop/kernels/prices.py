"""Prices before trade, the impact of sales, prices at the close (docs/model.md, 1 and 9).

The impact state is a volume, not a price, so that no round trip earns money (Alfonsi, Fruth and Schied 2010; a
decaying price with a concave law would let one earn: Gatheral 2010).
"""

import numpy as np

from backstop.kernels.frames import count_rows
from backstop.kernels.jit import FIRST, fma, jit
from backstop.kernels.vecmath import exp, power
from backstop.terms import IMPACT_LINEAR, IMPACT_SQUARE_ROOT


@jit
def _open_volume(prices, j, log_return, volatility, day, decay, adv, calm, least, lanes):
    """``log_fundamental += x; E *= decay; adv(t) = adv * max(stress_adv_frac, min(1, calm_volatility / sigma))``."""
    for i in range(FIRST, lanes):
        prices.log_fundamental[j, i] += log_return[day, j, i]
        prices.volume[j, i] = decay * prices.volume_after[j, i]
        prices.adv[j, i] = adv * max(least, min(1.0, calm / volatility[day, j, i]))
        prices.sold[j, i] = 0.0


@jit
def _displace(transient, volume, j, volatility, day, law, scale, exponent, lanes):
    """``F(E) = scale * sigma * E**exponent`` with ``scale = (1 - permanent_frac) * kappa``."""
    if scale == 0.0:
        return
    if law == IMPACT_LINEAR:
        for i in range(FIRST, lanes):
            transient[j, i] = scale * volatility[day, j, i] * volume[j, i]
    elif law == IMPACT_SQUARE_ROOT:
        for i in range(FIRST, lanes):
            transient[j, i] = scale * volatility[day, j, i] * np.sqrt(volume[j, i])
    else:
        for i in range(FIRST, lanes):
            transient[j, i] = scale * volatility[day, j, i] * power(volume[j, i], exponent)


@jit
def _price_before_trade(prices, j, down, up, lanes):
    """``D = G + F(E); log P = clip(log_fundamental - D, lower, upper)``; at limit-down there is no depth."""
    for i in range(FIRST, lanes):
        before, adv = prices.log_close[j, i], prices.adv[j, i]
        lower, upper = before + down, before + up
        dislocation = prices.permanent[j, i] + prices.transient[j, i]
        target = prices.log_fundamental[j, i] - dislocation
        log_pre = min(max(target, lower), upper)
        price = exp(log_pre)
        prices.dislocation[j, i] = dislocation
        prices.log_pre[j, i] = log_pre
        prices.price[j, i] = price
        prices.inverse[j, i] = 1.0 / price
        prices.depth[j, i] = adv if target > lower else 0.0


@jit
def open_market(terms, prices, log_return, volatility, day, lanes):
    """Step 1: pre-trade prices of the day from the seam, both (T, J, L)."""
    for j in range(count_rows(terms.adv)):
        scale = (1.0 - terms.permanent_frac[j]) * terms.kappa[j]
        _open_volume(prices, j, log_return, volatility, day, terms.decay[j], terms.adv[j], terms.calm_volatility[j],
                     terms.stress_adv_frac[j], lanes)
        _displace(prices.transient, prices.volume, j, volatility, day, terms.impact_law[j], scale, terms.exponent[j],
                  lanes)
        _price_before_trade(prices, j, terms.log_limit_down[j], terms.log_limit_up[j], lanes)


@jit
def _take_volume(prices, j, lanes):
    """``q = sold / adv(t); E += q``."""
    for i in range(FIRST, lanes):
        q = prices.sold[j, i] / prices.adv[j, i]
        prices.sold[j, i] = q
        prices.volume_after[j, i] = prices.volume[j, i] + q


@jit
def _execute(prices, j, volatility, day, permanent_scale, exponent, down, up, lanes):
    """``log X = clip(log_fundamental - G - g sigma q / 2 - A, lower, upper)``; A is F averaged over the trade.

    ``A = ((E + q) F(E + q) - E F(E)) / ((e + 1) q)``, the integral of a power law, kept within [F(E), F(E + q)].
    """
    for i in range(FIRST, lanes):
        q = prices.sold[j, i]
        before, after = prices.transient[j, i], prices.transient_after[j, i]
        area = fma(prices.volume_after[j, i], after, -(prices.volume[j, i] * before))
        mean = area / ((exponent + 1.0) * q) if q > 0.0 else before
        mean = min(max(mean, before), after)
        permanent = fma(0.5 * permanent_scale * volatility[day, j, i], q, prices.permanent[j, i])
        target = prices.log_fundamental[j, i] - permanent - mean
        lower, upper = prices.log_close[j, i] + down, prices.log_close[j, i] + up
        prices.execution[j, i] = exp(min(max(target, lower), upper))


@jit
def _close(prices, j, volatility, day, permanent_scale, down, up, lanes):
    """``G += g sigma q; D = G + F(E); log close = clip(log_fundamental - D, lower, upper)``."""
    for i in range(FIRST, lanes):
        permanent = fma(permanent_scale * volatility[day, j, i], prices.sold[j, i], prices.permanent[j, i])
        dislocation = permanent + prices.transient_after[j, i]
        before = prices.log_close[j, i]
        closing = min(max(prices.log_fundamental[j, i] - dislocation, before + down), before + up)
        prices.permanent[j, i] = permanent
        prices.dislocation[j, i] = dislocation
        prices.log_close[j, i] = closing
        prices.close_return[j, i] = closing - before
        prices.close[j, i] = exp(closing)


@jit
def move_prices(terms, prices, volatility, day, lanes):
    """Step 9: what the day's sales (`prices.sold`, value) did to execution and closing prices."""
    for j in range(count_rows(terms.adv)):
        scale = (1.0 - terms.permanent_frac[j]) * terms.kappa[j]
        permanent_scale = terms.permanent_frac[j] * terms.kappa[j]
        down, up = terms.log_limit_down[j], terms.log_limit_up[j]
        _take_volume(prices, j, lanes)
        _displace(prices.transient_after, prices.volume_after, j, volatility, day, terms.impact_law[j], scale,
                  terms.exponent[j], lanes)
        _execute(prices, j, volatility, day, permanent_scale, terms.exponent[j], down, up, lanes)
        _close(prices, j, volatility, day, permanent_scale, down, up, lanes)
