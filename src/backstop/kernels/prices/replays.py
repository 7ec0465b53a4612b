"""Real windows, whose closes contain the impact of the funds' own sales (docs/model.md, 1 and 9).

Arm none alone defines what the fundamental was: the observed close and its own dislocation, known only once it has
traded. Other arms take that dislocation from it; what they differ by is by how much they sell more or less.
"""

from backstop.kernels.machine.frames import count_rows
from backstop.kernels.machine.jit import FIRST, ONE, Index, fma, inline, jit, rule
from backstop.kernels.machine.vecmath import exp
from backstop.kernels.prices.scales import permanent_scales
from backstop.terms import SAME_FALL


@inline
def is_replayed(replay, j, day):
    """Whether the close of asset j on day `day` (from 0) is one of a real window."""
    return j < count_rows(replay.days) and day < Index(replay.days[j])


@inline
def observed_return(replay, j, day):
    """Log return of the observed closes."""
    return replay.log_close[day, j] - (replay.log_close[day - ONE, j] if day > FIRST else 0.0)


@inline
def limits(terms, j, day):
    """The day's limits as log distances from the last close, wide enough for what was observed."""
    down, up = terms.log_limit_down[j], terms.log_limit_up[j]
    if is_replayed(terms.replay, j, day):
        observed = observed_return(terms.replay, j, day)
        return min(down, observed), max(up, observed)
    return down, up


@jit
def _take_own(rows, row, dislocation, j, lanes):
    """Arm none's, for the arms that come after it."""
    for i in range(FIRST, lanes):
        rows[row, i] = dislocation[j, i]


@jit
def _price_replayed(terms, prices, j, day, contained, row, lanes):
    """``log_fundamental = c + D_0; log P = clip(log_fundamental - D, lower, upper)``; a price at its limit is shut."""
    down, up = limits(terms, j, day)
    shut, log_close = terms.log_limit_down[j] + SAME_FALL, terms.replay.log_close[day, j]
    for i in range(FIRST, lanes):
        before, adv, dislocation = prices.log_close[j, i], prices.adv[j, i], prices.dislocation[j, i]
        fundamental = log_close + contained[row, i]
        target = fundamental - dislocation
        log_pre = min(max(target, before + down), before + up)
        price = exp(log_pre)
        prices.log_fundamental[j, i] = fundamental
        prices.log_pre[j, i] = log_pre
        prices.price[j, i] = price
        prices.inverse[j, i] = 1.0 / price
        prices.depth[j, i] = adv if target - before > shut else 0.0


@rule
def replay_prices(terms, prices, replay, day, lanes):
    """Step 1: prices before trade of the assets whose close is given."""
    n_assets = count_rows(terms.adv)
    for j in range(count_rows(terms.replay.days)):
        if is_replayed(terms.replay, j, day):
            row, contained = day * n_assets + j, prices.dislocation
            if count_rows(replay.before_ahead) > FIRST:
                _price_replayed(terms, prices, j, day, replay.before_ahead, row, lanes)
            else:
                if count_rows(replay.before) > FIRST:
                    _take_own(replay.before, row, contained, j, lanes)
                _price_replayed(terms, prices, j, day, contained, j, lanes)


@jit
def _shut_supply(prices, j, shut, lanes):
    for i in range(FIRST, lanes):
        move = prices.log_fundamental[j, i] - prices.dislocation[j, i] - prices.log_close[j, i]
        prices.supply[j, i] *= 1.0 if move < shut else 0.0


@rule
def shut_replayed(terms, prices, day, lanes):
    """Step 1: nothing is bought of an asset that was observed at its upper limit."""
    for j in range(min(count_rows(prices.supply), count_rows(terms.replay.days))):
        if is_replayed(terms.replay, j, day):
            _shut_supply(prices, j, terms.log_limit_up[j] - SAME_FALL, lanes)


@jit
def _find_own(terms, prices, j, after, row, volatility, day, lanes):
    """``D`` at the close, ``G + g s q + F(E + q)``."""
    slope, level = permanent_scales(terms, j)
    for i in range(FIRST, lanes):
        permanent = fma(fma(slope, volatility[day, j, i], level), prices.traded[j, i], prices.permanent[j, i])
        after[row, i] = permanent + prices.transient_after[j, i]


@jit
def _learn(prices, j, log_close, after, row, down, up, lanes):
    """``log_fundamental = c + D_0`` at the close, and the price before trade that it makes."""
    for i in range(FIRST, lanes):
        before, fundamental = prices.log_close[j, i], log_close + after[row, i]
        price = exp(min(max(fundamental - prices.dislocation[j, i], before + down), before + up))
        prices.log_fundamental[j, i] = fundamental
        prices.price[j, i] = price
        prices.inverse[j, i] = 1.0 / price


@jit
def _carry_over(prices, j, lanes):
    """A suspended asset keeps its price."""
    for i in range(FIRST, lanes):
        is_suspended, price, carried = prices.suspended[j, i] > 0.0, prices.price[j, i], exp(prices.log_pre[j, i])
        price = carried if is_suspended else price
        prices.price[j, i] = price
        prices.inverse[j, i] = 1.0 / price


@rule
def learn_fundamental(terms, prices, replay, j, volatility, day, lanes):
    """Step 9, once it is known what was sold of asset j."""
    row = day * count_rows(terms.adv) + j
    down, up = limits(terms, j, day)
    if count_rows(replay.after_ahead) > FIRST:
        _learn(prices, j, terms.replay.log_close[day, j], replay.after_ahead, row, down, up, lanes)
    else:
        _find_own(terms, prices, j, replay.after, row, volatility, day, lanes)
        _learn(prices, j, terms.replay.log_close[day, j], replay.after, row, down, up, lanes)
    if count_rows(prices.suspended) > FIRST:
        _carry_over(prices, j, lanes)
