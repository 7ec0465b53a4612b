"""What prices carry from day to day, and through the rounds of a day (rows as in `backstop.kernels.state`)."""

from typing import NamedTuple

from backstop.terms import Floats


class Prices(NamedTuple):
    """Axis J."""

    log_fundamental: Floats
    log_close: Floats
    close_return: Floats
    """Log return from close to close."""
    log_pre: Floats
    price: Floats
    """Before trade."""
    inverse: Floats
    """1 / price, before trade."""
    execution: Floats
    close: Floats
    log_calm: Floats
    calm: Floats
    """The price of the day had nobody ever sold."""
    volume: Floats
    """E, decaying net volume sold over ADV."""
    volume_after: Floats
    """E with today's sales."""
    permanent: Floats
    """G."""
    transient: Floats
    """F(E)."""
    transient_after: Floats
    """F(E) with today's sales."""
    room: Floats
    """1 - B / S, by how much sales may still push a price with a floor; no rows where no law has one."""
    high: Floats
    """Highest price before trade so far; no rows where nobody reads it."""
    excess: Floats
    """By how much sales have lifted the volatility model's level; no rows, here and below, where they feed none."""
    return_change: Floats
    variance_change: Floats
    """What that changed of the day's return, and of its variance."""
    suspended: Floats
    """1 while an asset does not trade; no rows, here and below, where no asset may be suspended."""
    suspension_left: Floats
    """Days to go of a suspension."""
    limit_downs: Floats
    """Days in a row at limit-down."""
    top: Floats
    """Highest price before trade since the last suspension."""
    others_left: Floats
    """What sellers outside the funds have left, quanta of value; no rows without such sellers."""
    dislocation: Floats
    """D."""
    adv: Floats
    ask: Floats
    """What buyers pay; no rows, here and below, where nobody buys."""
    supply: Floats
    """ADV of the day to buy from; 0 at limit-up."""
    depth: Floats
    """ADV of the day to sell into; 0 at limit-down."""
    sold: Floats
    """Sold less bought today by all: value at pre-trade prices, over ADV once prices have moved."""


class Rounds(NamedTuple):
    """Axis 1, no rows where a day has one round."""

    log_before: Floats
    """(J, L) yesterday's close, for the limits of later rounds."""
    sold_today: Floats
    """(F*J, L) value that a fund sold today, at the prices before each round."""
    sales: Floats
    """Value sold in a round, by all sellers."""
    day_sales: Floats
    is_live: Floats
    """1 while the last round sold enough for another."""
    kept_price: Floats
    kept_sold: Floats
    log_least: Floats
    """(J, L) log close at the fixed point of least sales; no rows, here and around, where it is not looked for."""
    log_found: Floats
    kept_holdings: Floats
    kept_nav: Floats
    kept_owed: Floats
    kept_recalled: Floats
    """(F, L) what stands while other prices are tried."""
    share: Floats
    """(F, L) of its holdings that a levered fund would sell at them."""
