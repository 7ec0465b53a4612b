"""Prices before trade, the impact of sales, prices at the close (docs/model.md, 1 and 9).

The impact state is a volume, not a price, so that no round trip earns money (Alfonsi, Fruth and Schied 2010; a
decaying price with a concave law would let one earn: Gatheral 2010).
"""

import numpy as np

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, fma, jit, rule
from backstop.kernels.machine.vecmath import exp, log, power
from backstop.kernels.prices.replays import is_replayed, learn_fundamental, limits
from backstop.kernels.prices.scales import permanent_scales, transient_scales
from backstop.kernels.prices.two_sided import displace_both_ways, quote_average, quote_close, take_volume_both_ways
from backstop.terms import Execution, ImpactLaw
from backstop.terms.declare import covers


@jit
def _open_volume(terms, prices, j, log_return, volatility, day, lanes):
    """``log_fundamental += x; E *= decay; adv(t) = adv * max(stress_adv_frac, min(1, calm_volatility / sigma))``."""
    decay, adv, calm, least = terms.decay[j], terms.adv[j], terms.calm_volatility[j], terms.stress_adv_frac[j]
    for i in range(FIRST, lanes):
        prices.log_fundamental[j, i] += log_return[day, j, i]
        prices.volume[j, i] = decay * prices.volume_after[j, i]
        prices.adv[j, i] = adv * max(least, min(1.0, calm / volatility[day, j, i]))
        prices.sold[j, i] = 0.0


@jit
def _find_room(prices, j, floor, lanes):
    """``room = max(0, 1 - B / S)`` of today, with ``S = exp(log_fundamental - G)``."""
    for i in range(FIRST, lanes):
        prices.room[j, i] = max(0.0, fma(-floor, exp(prices.permanent[j, i] - prices.log_fundamental[j, i]), 1.0))


@jit
def _displace(terms, prices, j, transient, volume, volatility, day, lanes):
    """``F(E) = k E**exponent``; Cont and Schaanning's ``-log(1 - room (1 - exp(-k E / (1 - floor))))``."""
    law, exponent = terms.impact_law[j], terms.exponent[j]
    slope, level = transient_scales(terms, j)
    if slope == 0.0 and level == 0.0:
        return
    if terms.buy_ratio[j] > 0.0:
        displace_both_ways(terms, j, transient, volume, volatility, day, lanes)
    elif law == ImpactLaw.LINEAR:
        for i in range(FIRST, lanes):
            transient[j, i] = fma(slope, volatility[day, j, i], level) * volume[j, i]
    elif law == ImpactLaw.SQUARE_ROOT:
        for i in range(FIRST, lanes):
            transient[j, i] = fma(slope, volatility[day, j, i], level) * np.sqrt(volume[j, i])
    elif law == ImpactLaw.CONT_SCHAANNING:
        for i in range(FIRST, lanes):
            x, room = fma(slope, volatility[day, j, i], level) * volume[j, i], prices.room[j, i]
            transient[j, i] = -log(fma(-room, 1.0 - exp(-x), 1.0))
    elif law == ImpactLaw.POWER:
        for i in range(FIRST, lanes):
            transient[j, i] = fma(slope, volatility[day, j, i], level) * power(volume[j, i], exponent)


covers(ImpactLaw, _displace)


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


@rule
def open_market(terms, prices, log_return, volatility, day, lanes):
    """Step 1: pre-trade prices of the day from the seam, both (T, J, L)."""
    for j in range(count_rows(terms.adv)):
        _open_volume(terms, prices, j, log_return, volatility, day, lanes)
        if terms.impact_law[j] == ImpactLaw.CONT_SCHAANNING:
            _find_room(prices, j, terms.price_floor[j], lanes)
        _displace(terms, prices, j, prices.transient, prices.volume, volatility, day, lanes)
        _price_before_trade(prices, j, terms.log_limit_down[j], terms.log_limit_up[j], lanes)


@jit
def _take_volume(prices, j, lanes):
    """``q = sold / adv(t); E += q``."""
    for i in range(FIRST, lanes):
        q = prices.sold[j, i] / prices.adv[j, i]
        prices.traded[j, i] = q
        prices.volume_after[j, i] = prices.volume[j, i] + q


@rule
def _execute(terms, prices, j, volatility, day, lanes):
    """``log X = clip(log_fundamental - G - g s q / 2 - A - spread, lower, upper)``; A is F averaged over the trade.

    ``A = ((E + q) F(E + q) - E F(E)) / ((e + 1) q)``, the integral of a power law, kept within [F(E), F(E + q)].
    """
    slope, level = permanent_scales(terms, j)
    down, up = limits(terms, j, day)
    exponent, spread = terms.exponent[j], terms.half_spread[j]
    for i in range(FIRST, lanes):
        q = prices.traded[j, i]
        before, after = prices.transient[j, i], prices.transient_after[j, i]
        area = fma(prices.volume_after[j, i], after, -(prices.volume[j, i] * before))
        mean = area / ((exponent + 1.0) * q) if q > 0.0 else before
        mean = min(max(mean, before), after)
        permanent = fma(0.5 * fma(slope, volatility[day, j, i], level), q, prices.permanent[j, i])
        target = prices.log_fundamental[j, i] - permanent - mean - spread
        lower, upper = prices.log_close[j, i] + down, prices.log_close[j, i] + up
        prices.execution[j, i] = exp(min(max(target, lower), upper))


@rule
def _average_price(terms, prices, j, volatility, day, lanes):
    """Cont and Schaanning's A, the log distance of the average price, kept in [F(E), F(E + q)].

    ``exp(-A) = 1 - room + (exp(-F(E)) - exp(-F(E + q))) / (x q)`` with ``x = k / (1 - floor)``.
    """
    slope, level = transient_scales(terms, j)
    for i in range(FIRST, lanes):
        before, after = prices.transient[j, i], prices.transient_after[j, i]
        step = fma(slope, volatility[day, j, i], level) * prices.traded[j, i]
        mean = 1.0 - prices.room[j, i] + (exp(-before) - exp(-after)) / step
        distance = -log(mean) if step > 0.0 else before
        prices.average[j, i] = min(max(distance, before), after)


@rule
def _execute_at_average(terms, prices, j, volatility, day, lanes):
    """``log X = clip(log_fundamental - G - g s q / 2 - A - spread, lower, upper)``."""
    slope, level = permanent_scales(terms, j)
    down, up = limits(terms, j, day)
    spread = terms.half_spread[j]
    for i in range(FIRST, lanes):
        half = 0.5 * fma(slope, volatility[day, j, i], level)
        permanent = fma(half, prices.traded[j, i], prices.permanent[j, i])
        target = prices.log_fundamental[j, i] - permanent - prices.average[j, i] - spread
        lower, upper = prices.log_close[j, i] + down, prices.log_close[j, i] + up
        prices.execution[j, i] = exp(min(max(target, lower), upper))


@rule
def _execute_at_close(terms, prices, j, volatility, day, lanes):
    """``log X = clip(log_fundamental - D - spread, lower, upper)``, D after the trade."""
    slope, level = permanent_scales(terms, j)
    down, up = limits(terms, j, day)
    spread = terms.half_spread[j]
    for i in range(FIRST, lanes):
        permanent = fma(fma(slope, volatility[day, j, i], level), prices.traded[j, i], prices.permanent[j, i])
        target = prices.log_fundamental[j, i] - permanent - prices.transient_after[j, i] - spread
        lower, upper = prices.log_close[j, i] + down, prices.log_close[j, i] + up
        prices.execution[j, i] = exp(min(max(target, lower), upper))


@jit
def _close(terms, prices, j, volatility, day, lanes):
    """``G += g s q; D = G + F(E); log close = clip(log_fundamental - D, lower, upper)``."""
    slope, level = permanent_scales(terms, j)
    down, up = limits(terms, j, day)
    for i in range(FIRST, lanes):
        permanent = fma(fma(slope, volatility[day, j, i], level), prices.traded[j, i], prices.permanent[j, i])
        dislocation = permanent + prices.transient_after[j, i]
        before = prices.log_close[j, i]
        closing = min(max(prices.log_fundamental[j, i] - dislocation, before + down), before + up)
        prices.permanent[j, i] = permanent
        prices.dislocation[j, i] = dislocation
        prices.log_close[j, i] = closing
        prices.close_return[j, i] = closing - before
        prices.close[j, i] = exp(closing)


@jit
def _close_after(terms, prices, j, log_close, volatility, day, lanes):
    """``log_close = clip(log_fundamental - G - g s q - F(E + q), lower, upper)``, q in `volume_after` less E."""
    slope, level = permanent_scales(terms, j)
    down, up = terms.log_limit_down[j], terms.log_limit_up[j]
    for i in range(FIRST, lanes):
        q = prices.volume_after[j, i] - prices.volume[j, i]
        permanent = fma(fma(slope, volatility[day, j, i], level), q, prices.permanent[j, i])
        target = prices.log_fundamental[j, i] - permanent - prices.transient_after[j, i]
        lower, upper = prices.log_close[j, i] + down, prices.log_close[j, i] + up
        log_close[j, i] = min(max(target, lower), upper)


@jit
def _trade(terms, prices, j, volatility, day, lanes):
    """Volume and transient displacement after the trade."""
    if terms.buy_ratio[j] > 0.0:
        take_volume_both_ways(prices, j, terms.adv[j], lanes)
    else:
        _take_volume(prices, j, lanes)
    _displace(terms, prices, j, prices.transient_after, prices.volume_after, volatility, day, lanes)


@jit
def close_after(terms, prices, j, log_close, volatility, day, lanes):
    """The log close that sales of `prices.sold` (value) would leave; what it writes over, `move_prices` makes anew."""
    _trade(terms, prices, j, volatility, day, lanes)
    _close_after(terms, prices, j, log_close, volatility, day, lanes)


@rule
def _quote(terms, prices, j, volatility, day, lanes):
    """Bid and ask of an asset that may be bought."""
    if terms.execution[j] == Execution.CLOSE:
        quote_close(terms, prices, j, volatility, day, lanes)
    elif terms.execution[j] == Execution.AVERAGE:
        quote_average(terms, prices, j, volatility, day, lanes)


covers(Execution, _quote)


@rule
def move_prices(terms, prices, replay, volatility, day, lanes):
    """Step 9: what the day's sales (`prices.sold`, value) did to execution and closing prices."""
    for j in range(count_rows(terms.adv)):
        _trade(terms, prices, j, volatility, day, lanes)
        if is_replayed(terms.replay, j, day):
            learn_fundamental(terms, prices, replay, j, volatility, day, lanes)
        if terms.buy_ratio[j] > 0.0:
            _quote(terms, prices, j, volatility, day, lanes)
        elif terms.execution[j] == Execution.CLOSE:
            _execute_at_close(terms, prices, j, volatility, day, lanes)
        elif terms.impact_law[j] == ImpactLaw.CONT_SCHAANNING:
            _average_price(terms, prices, j, volatility, day, lanes)
            _execute_at_average(terms, prices, j, volatility, day, lanes)
        elif terms.execution[j] == Execution.AVERAGE:
            _execute(terms, prices, j, volatility, day, lanes)
        _close(terms, prices, j, volatility, day, lanes)


covers(Execution, move_prices)
