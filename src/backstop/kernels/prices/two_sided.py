"""Prices where somebody buys: one volume state for sales and purchases, a bid and an ask (docs/model.md, 9).

Volume is counted at the price without sales, which both directions share, and F is odd but for `buy_ratio`, so that E
is a potential: no round trip earns money while volatility and ADV stand still. ``exp(-A)`` is the bid, and Hoeffding's
(1963) bound ``w**2 / 8`` on how far the average of a price lies above it makes the ask.
"""

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, fma, jit, rule
from backstop.kernels.machine.vecmath import exp, power
from backstop.kernels.prices.replays import limits
from backstop.kernels.prices.scales import permanent_scales, transient_scales


@jit
def _find_supply(prices, j, up, lanes):
    """ADV to buy from, nothing at limit-up."""
    for i in range(FIRST, lanes):
        target, adv = prices.log_fundamental[j, i] - prices.dislocation[j, i], prices.adv[j, i]
        prices.supply[j, i] = adv if target < prices.log_close[j, i] + up else 0.0


@jit
def _supply_nothing(prices, j, lanes):
    for i in range(FIRST, lanes):
        prices.supply[j, i] *= 1.0 - prices.suspended[j, i]


@rule
def find_supply(terms, prices, lanes):
    """Step 1: what may be bought of each asset today."""
    for j in range(count_rows(prices.supply)):
        _find_supply(prices, j, terms.log_limit_up[j], lanes)
    for j in range(min(count_rows(prices.supply), count_rows(prices.suspended))):
        _supply_nothing(prices, j, lanes)


@jit
def take_volume_both_ways(prices, j, adv, lanes):
    """``q = sold * S / P / adv; E += q``, ``S = exp(log_fundamental)``."""
    for i in range(FIRST, lanes):
        sold = prices.sold[j, i] * (exp(prices.log_fundamental[j, i]) * prices.inverse[j, i])
        q = sold / adv
        prices.traded[j, i] = q
        prices.volume_after[j, i] = prices.volume[j, i] + q


@jit
def displace_both_ways(terms, j, transient, volume, volatility, day, lanes):
    """``F(E) = k E**exponent``, and ``-buy_ratio k (-E)**exponent`` below 0."""
    slope, level = transient_scales(terms, j)
    exponent, buy_ratio = terms.exponent[j], terms.buy_ratio[j]
    for i in range(FIRST, lanes):
        net = volume[j, i]
        side = 1.0 if net >= 0.0 else -buy_ratio
        transient[j, i] = side * fma(slope, volatility[day, j, i], level) * power(abs(net), exponent)


@jit
def average_both_ways(prices, j, exponent, lanes):
    """``A = ((E + q) F(E + q) - E F(E)) / ((e + 1) q)`` between F(E) and F(E + q)."""
    for i in range(FIRST, lanes):
        q = prices.traded[j, i]
        before, after = prices.transient[j, i], prices.transient_after[j, i]
        area = fma(prices.volume_after[j, i], after, -(prices.volume[j, i] * before))
        mean = area / ((exponent + 1.0) * q) if q != 0.0 else before
        prices.average[j, i] = min(max(mean, min(before, after)), max(before, after))


@jit
def _find_width(terms, prices, j, volatility, day, lanes):
    """``w = |g s q + F(E + q) - F(E)|``."""
    slope, level = permanent_scales(terms, j)
    for i in range(FIRST, lanes):
        move = prices.transient_after[j, i] - prices.transient[j, i]
        prices.width[j, i] = abs(fma(fma(slope, volatility[day, j, i], level), prices.traded[j, i], move))


@rule
def _quote(terms, prices, j, volatility, day, lanes):
    """Bid and ask of a trade at its average price: ``middle - spread`` and ``middle + w**2 / 8 + spread``."""
    slope, level = permanent_scales(terms, j)
    down, up = limits(terms, j, day)
    spread = terms.half_spread[j]
    for i in range(FIRST, lanes):
        half = 0.5 * fma(slope, volatility[day, j, i], level)
        permanent = fma(half, prices.traded[j, i], prices.permanent[j, i])
        middle = prices.log_fundamental[j, i] - permanent - prices.average[j, i]
        above = 0.125 * prices.width[j, i] * prices.width[j, i] + spread
        lower, upper = prices.log_close[j, i] + down, prices.log_close[j, i] + up
        prices.execution[j, i] = exp(min(max(middle - spread, lower), upper))
        prices.ask[j, i] = exp(min(max(middle + above, lower), upper))


@jit
def quote_average(terms, prices, j, volatility, day, lanes):
    """Bid and ask where a trade takes place at its average price."""
    average_both_ways(prices, j, terms.exponent[j], lanes)
    _find_width(terms, prices, j, volatility, day, lanes)
    _quote(terms, prices, j, volatility, day, lanes)


@jit
def quote_close(terms, prices, j, volatility, day, lanes):
    """Bid and ask around the price after the trade."""
    slope, level = permanent_scales(terms, j)
    down, up = limits(terms, j, day)
    spread = terms.half_spread[j]
    for i in range(FIRST, lanes):
        permanent = fma(fma(slope, volatility[day, j, i], level), prices.traded[j, i], prices.permanent[j, i])
        middle = prices.log_fundamental[j, i] - permanent - prices.transient_after[j, i]
        lower, upper = prices.log_close[j, i] + down, prices.log_close[j, i] + up
        prices.execution[j, i] = exp(min(max(middle - spread, lower), upper))
        prices.ask[j, i] = exp(min(max(middle + spread, lower), upper))
