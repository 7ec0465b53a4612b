"""Prices where somebody buys: one volume state for sales and purchases, a bid and an ask (docs/model.md, 9).

Volume is counted at the price without sales, which both directions share, and F is odd but for `buy_ratio`, so that E
is a potential: no round trip earns money while volatility and ADV stand still. ``exp(-A)`` is the bid, and Hoeffding's
(1963) bound ``w**2 / 8`` on how far the average of a price lies above it makes the ask.
"""

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, fma, jit
from backstop.kernels.machine.vecmath import exp, power


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


@jit
def find_supply(terms, prices, lanes):
    """Step 1: what may be bought of each asset today."""
    for j in range(count_rows(prices.supply)):
        _find_supply(prices, j, terms.log_limit_up[j], lanes)
    for j in range(min(count_rows(prices.supply), count_rows(prices.suspended))):
        _supply_nothing(prices, j, lanes)


@jit
def count_at_fundamental(prices, j, lanes):
    """``sold *= S / P``, ``S = exp(log_fundamental)``."""
    for i in range(FIRST, lanes):
        prices.sold[j, i] *= exp(prices.log_fundamental[j, i]) * prices.inverse[j, i]


@jit
def displace_both_ways(transient, volume, j, volatility, day, slope, level, exponent, buy_ratio, lanes):
    """``F(E) = k E**exponent``, and ``-buy_ratio k (-E)**exponent`` below 0."""
    for i in range(FIRST, lanes):
        net = volume[j, i]
        side = 1.0 if net >= 0.0 else -buy_ratio
        transient[j, i] = side * fma(slope, volatility[day, j, i], level) * power(abs(net), exponent)


@jit
def average_both_ways(prices, j, exponent, lanes):
    """``A = ((E + q) F(E + q) - E F(E)) / ((e + 1) q)`` between F(E) and F(E + q), into `execution`."""
    for i in range(FIRST, lanes):
        q = prices.sold[j, i]
        before, after = prices.transient[j, i], prices.transient_after[j, i]
        area = fma(prices.volume_after[j, i], after, -(prices.volume[j, i] * before))
        mean = area / ((exponent + 1.0) * q) if q != 0.0 else before
        prices.execution[j, i] = min(max(mean, min(before, after)), max(before, after))


@jit
def _find_width(prices, j, volatility, day, slope, level, lanes):
    """``w = |g s q + F(E + q) - F(E)|``, into `ask`."""
    for i in range(FIRST, lanes):
        move = prices.transient_after[j, i] - prices.transient[j, i]
        prices.ask[j, i] = abs(fma(fma(slope, volatility[day, j, i], level), prices.sold[j, i], move))


@jit
def _quote(prices, j, volatility, day, slope, level, spread, down, up, lanes):
    """Bid and ask of a trade at its average price, A in `execution` and w in `ask` so far."""
    for i in range(FIRST, lanes):
        half = 0.5 * fma(slope, volatility[day, j, i], level)
        permanent = fma(half, prices.sold[j, i], prices.permanent[j, i])
        middle = prices.log_fundamental[j, i] - permanent - prices.execution[j, i]
        above = 0.125 * prices.ask[j, i] * prices.ask[j, i] + spread
        lower, upper = prices.log_close[j, i] + down, prices.log_close[j, i] + up
        prices.execution[j, i] = exp(min(max(middle - spread, lower), upper))
        prices.ask[j, i] = exp(min(max(middle + above, lower), upper))


@jit
def quote_average(prices, j, volatility, day, slope, level, exponent, spread, down, up, lanes):
    """Bid and ask where a trade takes place at its average price; slope and level are those of permanent impact."""
    average_both_ways(prices, j, exponent, lanes)
    _find_width(prices, j, volatility, day, slope, level, lanes)
    _quote(prices, j, volatility, day, slope, level, spread, down, up, lanes)


@jit
def quote_close(prices, j, volatility, day, slope, level, spread, down, up, lanes):
    """Bid and ask around the price after the trade."""
    for i in range(FIRST, lanes):
        permanent = fma(fma(slope, volatility[day, j, i], level), prices.sold[j, i], prices.permanent[j, i])
        middle = prices.log_fundamental[j, i] - permanent - prices.transient_after[j, i]
        lower, upper = prices.log_close[j, i] + down, prices.log_close[j, i] + up
        prices.execution[j, i] = exp(min(max(middle - spread, lower), upper))
        prices.ask[j, i] = exp(min(max(middle + spread, lower), upper))
