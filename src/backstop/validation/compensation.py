"""A layer of losses as the difference of two puts, valued on simulated prices."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import norm

from backstop.terms import TRADING_DAYS_PER_YEAR
from backstop.validation.case import Case, Figure, mean_of, share_of
from backstop.validation.worlds import asset, constant, measure_paths, terms_of

START, VOLATILITY = 100.0, 0.25
ATTACH, EXHAUST, SHARE = 90.0, 70.0, 0.6
"""Losses from 10 to 30 per cent; the share of them that is compensated."""


def below(strike: float) -> float:
    """P(S <= strike) after a year: ``Phi(-d2)``, ``d2 = log(S0 / strike) / v - v / 2``, with no interest."""
    return float(norm.cdf(-(np.log(START / strike) / VOLATILITY - 0.5 * VOLATILITY)))


def put(strike: float) -> float:
    """``strike Phi(-d2) - S0 Phi(-d2 - v)`` (Black and Scholes 1973)."""
    d2 = np.log(START / strike) / VOLATILITY - 0.5 * VOLATILITY
    return float(strike * norm.cdf(-d2) - START * norm.cdf(-d2 - VOLATILITY))


def layer() -> Iterator[Figure]:
    """Expected payments on a year of daily prices that are a martingale."""
    variance = VOLATILITY**2 / TRADING_DAYS_PER_YEAR
    terms = terms_of([asset("a", constant(variance), drift_ann_frac=-0.5 * VOLATILITY**2)], TRADING_DAYS_PER_YEAR)
    price = START * np.exp(measure_paths(terms, 200_000, lambda x, _: x[:, 0].sum(axis=0)))
    paid = np.clip(ATTACH - price, 0.0, ATTACH - EXHAUST)
    yield mean_of("layer from 90 to 70", put(ATTACH) - put(EXHAUST), paid)
    yield mean_of("60 % of it", SHARE * (put(ATTACH) - put(EXHAUST)), SHARE * paid)
    yield share_of("probability of a payment", below(ATTACH), price < ATTACH)
    yield share_of("probability that it is exhausted", below(EXHAUST), price < EXHAUST)


CASES = (
    Case("compensation-layer", "a share of losses between two prices, on simulated prices", "closed form",
         "Black and Scholes (1973), r = 0, sigma 0.25, one year", layer),
)
