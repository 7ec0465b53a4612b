"""What prices carry from day to day, and through the rounds of a day."""

from typing import Annotated, NamedTuple

import numpy as np

from backstop.kernels.declare import State
from backstop.terms import ArmTerms, Floats, ImpactLaw
from backstop.terms.declare import declared


def has_floor(arm: ArmTerms) -> bool:
    """Some law has a price that sales alone never break."""
    return bool(np.any(arm.prices.impact_law == ImpactLaw.CONT_SCHAANNING))


def has_others(arm: ArmTerms) -> bool:
    """Somebody outside the funds sells after a fall."""
    return bool(np.any(arm.prices.others_frac))


def has_outside_buyers(arm: ArmTerms) -> bool:
    """Buyers outside the funds wait for low prices."""
    return bool(np.any(arm.prices.buyers_frac))


def reads_highs(arm: ArmTerms) -> bool:
    """Haircuts rise with falls from the high, or sellers or buyers outside the funds wait for one."""
    return bool(np.any(arm.leverage.has_margin)) or has_others(arm) or has_outside_buyers(arm)


def may_suspend(arm: ArmTerms) -> bool:
    """Some asset may be suspended."""
    return arm.prices.suspended_first.size > 0 or bool(np.any(arm.prices.suspend_days))


def has_buyers(arm: ArmTerms) -> bool:
    """Somebody buys."""
    return bool(np.any(arm.prices.buy_ratio))


def averages_apart(arm: ArmTerms) -> bool:
    """Some average price of a trade is found in a stage of its own."""
    return has_floor(arm) or has_buyers(arm)


def has_rounds(arm: ArmTerms) -> bool:
    """A day may have several rounds of sales."""
    return arm.prices.rounds > 1


def seeks_both_ends(arm: ArmTerms) -> bool:
    """The fixed points of least and of most sales are looked for, and some fund is levered."""
    return has_rounds(arm) and bool(arm.prices.seeks_both_ends) and bool(np.any(arm.leverage.debt_open))


@declared
class Prices(NamedTuple):
    """Of each asset."""

    log_fundamental: Annotated[Floats, State("log price", "without sales, of all days up to today")]
    log_close: Annotated[Floats, State("log price", "at the last close")]
    close_return: Annotated[Floats, State("log return", "from close to close")]
    log_pre: Annotated[Floats, State("log price", "before trade")]
    price: Annotated[Floats, State("price", "P, before trade", opening=1.0)]
    inverse: Annotated[Floats, State("1", "1 / P")]
    execution: Annotated[Floats, State("price", "X, what sellers receive")]
    close: Annotated[Floats, State("price", "at the last close", opening=1.0)]
    log_calm: Annotated[Floats, State("log price", "of the day had nobody ever sold")]
    calm: Annotated[Floats, State("price", "of the day had nobody ever sold")]
    volume: Annotated[Floats, State("times ADV", "E, decaying net volume sold")]
    volume_after: Annotated[Floats, State("times ADV", "E with today's sales")]
    permanent: Annotated[Floats, State("log price", "G, permanent displacement")]
    transient: Annotated[Floats, State("log price", "F(E)")]
    transient_after: Annotated[Floats, State("log price", "F(E) with today's sales")]
    room: Annotated[
        Floats, State("1", "1 - B / S, by how much sales may still push a price with a floor", when=has_floor)]
    high: Annotated[Floats, State("price", "highest before trade so far", when=reads_highs, opening=1.0)]
    excess: Annotated[Floats, State("level", "by how much sales have lifted the volatility model's level", "fed_asset")]
    return_change: Annotated[Floats, State("log return", "what that changed of the day's return", "fed_asset")]
    variance_change: Annotated[
        Floats, State("squared log return", "what that changed of the day's variance", "fed_asset")]
    suspended: Annotated[Floats, State("0 or 1", "1 while it does not trade", when=may_suspend)]
    suspension_left: Annotated[Floats, State("trading days", "to go of a suspension", when=may_suspend)]
    limit_downs: Annotated[Floats, State("trading days", "in a row at limit-down", when=may_suspend)]
    top: Annotated[
        Floats, State("price", "highest before trade since the last suspension", when=may_suspend, opening=1.0)]
    others_left: Annotated[
        Floats, State("quanta", "of value that sellers outside the funds have left", when=has_others,
                      opening=lambda arm: arm.prices.others_stock)]
    buyers_left: Annotated[
        Floats, State("quanta", "that buyers outside the funds have left to spend", when=has_outside_buyers,
                      opening=lambda arm: arm.prices.buyers_stock)]
    dislocation: Annotated[Floats, State("log price", "D, distance below the path without sales")]
    adv: Annotated[Floats, State("quanta", "of value traded a day in today's market")]
    ask: Annotated[Floats, State("price", "what buyers pay", when=has_buyers)]
    supply: Annotated[Floats, State("quanta", "ADV of the day to buy from; 0 at limit-up", when=has_buyers)]
    depth: Annotated[Floats, State("quanta", "ADV of the day to sell into; 0 at limit-down")]
    sold: Annotated[Floats, State("quanta", "sold less bought by all, at prices before trade")]
    traded: Annotated[Floats, State("times ADV", "q, sold less bought by all in this round")]
    average: Annotated[
        Floats, State("log price", "A, displacement at the average price of a trade", when=averages_apart,
                      is_traced=False)]
    width: Annotated[
        Floats, State("log price", "w, between the ends of a trade", when=has_buyers, is_traced=False)]


@declared
class Replay(NamedTuple):
    """What the closes of real windows contain of arm none's sales; no rows without such a window."""

    before: Annotated[Floats, State("log price", "D before trade, written in arm none")]
    after: Annotated[Floats, State("log price", "D at the close, written in arm none")]
    before_ahead: Annotated[Floats, State("log price", "D of arm none before trade, read in other arms")]
    after_ahead: Annotated[Floats, State("log price", "D of arm none at the close, read in other arms")]


@declared
class Rounds(NamedTuple):
    """Of a day of several rounds."""

    log_before: Annotated[Floats, State("log price", "yesterday's close, for the limits of later rounds", "asset")]
    counted_at: Annotated[Floats, State("price", "at which what funds sell counts as volume", "asset")]
    sold_today: Annotated[Floats, State("quanta", "of volume sold today", "fund asset")]
    units: Annotated[Floats, State("units", "sold today", "fund asset", is_traced=False)]
    proceeds: Annotated[Floats, State("quanta", "of them", "fund asset", is_traced=False)]
    sales: Annotated[Floats, State("quanta", "of value sold in a round, by all sellers")]
    day_sales: Annotated[Floats, State("quanta", "of value sold in all rounds of today")]
    is_live: Annotated[Floats, State("0 or 1", "1 while the last round sold enough for another")]
    kept_price: Annotated[
        Floats, State("price", "before trade, kept while others are tried", "asset", seeks_both_ends)]
    kept_sold: Annotated[Floats, State("quanta", "sold, kept likewise", "asset", seeks_both_ends)]
    log_least: Annotated[
        Floats, State("log price", "close at the fixed point of least sales", "asset", seeks_both_ends)]
    log_found: Annotated[Floats, State("log price", "close of the search so far", "asset", seeks_both_ends)]
    log_tried: Annotated[Floats, State("log price", "close that its next step finds", "asset", seeks_both_ends)]
    step: Annotated[Floats, State("log price", "largest move of a close in that step", "", seeks_both_ends)]
    is_moving: Annotated[Floats, State("0 or 1", "1 while the search has not settled", "", seeks_both_ends)]
    kept_holdings: Annotated[Floats, State("quanta", "of value held, kept likewise", "fund", seeks_both_ends)]
    kept_nav: Annotated[Floats, State("quanta", "NAV, kept likewise", "fund", seeks_both_ends)]
    kept_owed: Annotated[Floats, State("quanta", "to be paid today, kept likewise", "fund", seeks_both_ends)]
    kept_recalled: Annotated[
        Floats, State("quanta", "asked back by lenders, kept likewise", "fund", seeks_both_ends)]
    lack: Annotated[
        Floats, State("quanta", "that orders do not bring a levered fund at the prices tried", "fund",
                      seeks_both_ends)]
    room: Annotated[
        Floats, State("units", "that one fund may still sell today", "asset", seeks_both_ends, is_traced=False)]
    more: Annotated[
        Floats, State("units", "that one fund would sell beyond its orders", "asset", seeks_both_ends, is_traced=False)]
    rest: Annotated[Floats, State("quanta", "to be raised still", "", seeks_both_ends, is_traced=False)]
    base: Annotated[
        Floats, State("quanta", "of value that has room", "", seeks_both_ends, is_traced=False)]
    share: Annotated[Floats, State("1", "of it that is sold", "", seeks_both_ends, is_traced=False)]
