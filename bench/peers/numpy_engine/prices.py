"""Steps 1, 8 and 9: prices before trade, sellers outside the funds, and what sales do to prices."""

import numpy as np

from backstop.outcomes import PathTally
from backstop.terms import Execution, Floats, ImpactLaw, PriceTerms
from bench.peers.numpy_engine.state import Prices


def _transient(terms: PriceTerms, prices: Prices, volume: Floats) -> Floats:
    """F(E), (J, P)."""
    grown = volume.copy()
    roots, powers = terms.impact_law == ImpactLaw.SQUARE_ROOT, terms.impact_law == ImpactLaw.POWER
    floored = terms.impact_law == ImpactLaw.CONT_SCHAANNING
    if roots.any():
        grown[roots] = np.sqrt(volume[roots])
    if powers.any():
        grown[powers] = volume[powers] ** terms.exponent[powers, None]
    grown *= prices.k
    if floored.any():
        depth = grown[floored] / (1.0 - terms.price_floor[floored, None])
        grown[floored] = -np.log(1.0 - prices.room[floored] * (1.0 - np.exp(-depth)))
    return grown


def _within(values: Floats, lower: Floats, upper: Floats) -> Floats:
    return np.minimum(np.maximum(values, lower), upper)


def open_market(terms: PriceTerms, prices: Prices, log_return: Floats, volatility: Floats) -> None:
    """Step 1; `log_return` and `volatility` (J, P) are the day's."""
    prices.log_fundamental += log_return
    prices.volume *= terms.decay[:, None]
    prices.volatility = volatility
    with np.errstate(divide="ignore"):
        calm = np.minimum(1.0, terms.calm_volatility[:, None] / volatility)
    prices.adv = terms.adv[:, None] * np.maximum(terms.stress_adv_frac[:, None], calm)
    _open_impact(terms, prices)
    prices.dislocation = prices.permanent + prices.transient
    prices.lower = prices.log_close + terms.log_limit_down[:, None]
    prices.upper = prices.log_close + terms.log_limit_up[:, None]
    target = prices.log_fundamental - prices.dislocation
    prices.log_pre = _within(target, prices.lower, prices.upper)
    prices.price = np.exp(prices.log_pre)
    np.maximum(prices.high, prices.price, out=prices.high)
    prices.depth = np.where(target > prices.lower, prices.adv, 0.0)


def _open_impact(terms: PriceTerms, prices: Prices) -> None:
    """k, room and F(E) of the day before trade."""
    fixed = terms.impact_volatility[:, None]
    prices.impact_volatility = np.where(fixed > 0.0, fixed, prices.volatility)
    prices.k = ((1.0 - terms.permanent_frac) * terms.kappa)[:, None] * prices.impact_volatility
    if (terms.impact_law == ImpactLaw.CONT_SCHAANNING).any():
        inverse = np.exp(prices.permanent - prices.log_fundamental)
        prices.room = np.maximum(0.0, 1.0 - terms.price_floor[:, None] * inverse)
    prices.transient = _transient(terms, prices, prices.volume)


def add_sales_of_others(terms: PriceTerms, prices: Prices, tally: PathTally) -> None:
    """Step 8: what sellers outside the funds add."""
    if terms.others_frac.any():
        fall = 1.0 - prices.price / prices.high
        pace = np.floor(np.minimum(terms.others_frac[:, None] * prices.depth, prices.others_left))
        sold = np.where(fall >= terms.others_drawdown[:, None], pace, 0.0)
        prices.others_left -= sold
        prices.sold += sold
        tally.sold_by_others[0] += sold.sum(axis=0)


def move_prices(terms: PriceTerms, prices: Prices) -> None:
    """Step 9: execution and closing prices after the day's sales."""
    q = prices.sold / prices.adv
    volume = prices.volume + q
    transient = _transient(terms, prices, volume)
    step = (terms.permanent_frac * terms.kappa)[:, None] * prices.impact_volatility * q
    at_close = terms.execution[:, None] == Execution.CLOSE
    moved = np.where(at_close, transient + step, _average(terms, prices, q, volume, transient) + 0.5 * step)
    target = prices.log_fundamental - prices.permanent - moved - terms.half_spread[:, None]
    prices.execution = np.exp(_within(target, prices.lower, prices.upper))
    prices.permanent += step
    prices.volume, prices.transient = volume, transient
    prices.dislocation = prices.permanent + transient
    prices.log_close = _within(prices.log_fundamental - prices.dislocation, prices.lower, prices.upper)
    prices.close = np.exp(prices.log_close)


def price_without_sales(terms: PriceTerms, prices: Prices) -> None:
    """Step 9: the day's prices of a market without dislocation, within the same limits."""
    lower, upper = (prices.log_calm + limit[:, None] for limit in (terms.log_limit_down, terms.log_limit_up))
    prices.log_calm = _within(prices.log_fundamental, lower, upper)
    prices.calm = np.exp(prices.log_calm)


def _average(terms: PriceTerms, prices: Prices, q: Floats, volume: Floats, transient: Floats) -> Floats:
    """A: F averaged over the trade, kept between its ends; under Cont and Schaanning's law, the price is averaged."""
    before, floored = prices.transient, terms.impact_law == ImpactLaw.CONT_SCHAANNING
    with np.errstate(invalid="ignore", divide="ignore"):
        area = volume * transient - prices.volume * before
        mean = area / ((terms.exponent[:, None] + 1.0) * q)
        if floored.any():
            fall = (np.exp(-before) - np.exp(-transient))[floored] * (1.0 - terms.price_floor[floored, None])
            mean[floored] = -np.log(1.0 - prices.room[floored] + fall / (prices.k * q)[floored])
    return _within(np.where(prices.k * q > 0.0, mean, before), before, transient)
