"""Steps 1 and 9: prices before trade, and what sales do to them."""

import numpy as np

from backstop.terms import IMPACT_POWER, IMPACT_SQUARE_ROOT, Floats, PriceTerms
from bench.peers.numpy_engine.state import Prices


def _transient(terms: PriceTerms, volatility: Floats, volume: Floats) -> Floats:
    """F(E), (J, P)."""
    grown = volume.copy()
    roots, powers = terms.impact_law == IMPACT_SQUARE_ROOT, terms.impact_law == IMPACT_POWER
    if roots.any():
        grown[roots] = np.sqrt(volume[roots])
    if powers.any():
        grown[powers] = volume[powers] ** terms.exponent[powers, None]
    grown *= ((1.0 - terms.permanent_frac) * terms.kappa)[:, None]
    grown *= volatility
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
    prices.transient = _transient(terms, volatility, prices.volume)
    prices.dislocation = prices.permanent + prices.transient
    prices.lower = prices.log_close + terms.log_limit_down[:, None]
    prices.upper = prices.log_close + terms.log_limit_up[:, None]
    target = prices.log_fundamental - prices.dislocation
    prices.log_pre = _within(target, prices.lower, prices.upper)
    prices.price = np.exp(prices.log_pre)
    prices.depth = np.where(target > prices.lower, prices.adv, 0.0)


def move_prices(terms: PriceTerms, prices: Prices) -> None:
    """Step 9: execution and closing prices after the day's sales."""
    q = prices.sold / prices.adv
    volume = prices.volume + q
    transient = _transient(terms, prices.volatility, volume)
    area = volume * transient - prices.volume * prices.transient
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(q > 0.0, area / ((terms.exponent[:, None] + 1.0) * q), prices.transient)
    mean = _within(mean, prices.transient, transient)
    step = (terms.permanent_frac * terms.kappa)[:, None] * prices.volatility * q
    target = prices.log_fundamental - prices.permanent - 0.5 * step - mean
    prices.execution = np.exp(_within(target, prices.lower, prices.upper))
    prices.permanent += step
    prices.volume, prices.transient = volume, transient
    prices.dislocation = prices.permanent + transient
    prices.log_close = _within(prices.log_fundamental - prices.dislocation, prices.lower, prices.upper)
    prices.close = np.exp(prices.log_close)
