"""No round trip earns money: whoever sells and buys back, or buys and sells again, loses or breaks even before fees.

Funds only sell, so that the kernels know volumes of 0 and more. Purchases are their mirror: buying from E + q down to E
is the sale from E to E + q run backwards, and below 0 the law is odd, ``F(-E) = -F(E)``. A trade of q at an average
dislocation D takes ``q D`` from log price times volume; volumes are shares of ADV.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from backstop.kernels.frames import bare, frame, rows
from backstop.kernels.jit import FIRST, Index, entry
from backstop.kernels.prices import move_prices, open_market
from backstop.kernels.state import Prices
from backstop.terms import Floats
from backstop.validation.case import Case, Figure, within
from backstop.validation.worlds import asset, constant, terms_of

LAWS = {
    "linear": {"law": "linear", "kappa": 1.0},
    "square root": {"law": "power", "kappa": 1.0, "exponent": 0.5},
    "power 0.7": {"law": "power", "kappa": 1.0, "exponent": 0.7},
}
VOLATILITY, PERMANENT_FRAC = 0.02, 0.2
DAYS, SCHEDULES = 20, 2_000
ROUNDING = 1e-12


@entry
def _sell(terms, prices, quantity, log_return, volatility, lanes):  # type: ignore[no-untyped-def]
    open_market(terms, prices, log_return, volatility, FIRST, lanes)
    for i in range(FIRST, lanes):
        prices.sold[FIRST, i] = quantity[FIRST, i] * prices.adv[FIRST, i]
    move_prices(terms, prices, volatility, FIRST, lanes)


class Position(NamedTuple):
    """Where a market stands; axis L."""

    volume: Floats
    """E, negative after purchases."""
    permanent: Floats
    """G."""


class ImpactMarket:
    """One asset whose fundamental price stands still, traded by the kernels."""

    def __init__(self, impact: dict[str, Any], lanes: int) -> None:
        trading = {"adv": 1e9, "impact": impact | {"half_life_days": 5.0, "permanent_frac": PERMANENT_FRAC}}
        terms = terms_of([asset("a", constant(VOLATILITY**2), trading=trading)], 1).arms[0].prices
        self.lanes, self.slope = lanes, float(terms.permanent_frac[0] * terms.kappa[0] * VOLATILITY)
        self._prices = Prices(*(rows(1, lanes) for _ in Prices._fields))
        self._seam = bare(np.zeros((1, 1, lanes))), bare(np.full((1, 1, lanes), VOLATILITY))
        self._overnight, self._within_day = frame(terms), frame(terms._replace(decay=np.ones(1)))

    def _sale(self, terms: Any, position: Position, quantity: Floats) -> Prices:
        """Prices after a sale of `quantity` (L,) from a position."""
        for field in self._prices:
            field[:] = 0.0
        self._prices.volume_after[0], self._prices.permanent[0] = position
        _sell(terms, frame(self._prices), bare(quantity[None]), *self._seam, Index(self.lanes))
        return self._prices

    def overnight(self, position: Position) -> Position:
        """The position a day later: E decays by the kernel's rule, in either direction."""
        size = self._sale(self._overnight, Position(np.abs(position.volume), position.permanent), np.zeros(self.lanes))
        return Position(np.sign(position.volume) * size.volume[0], position.permanent)

    def trade(self, position: Position, quantity: Floats) -> tuple[Position, Floats]:
        """The position after a sale of `quantity` (a purchase where negative), and its log revenue (L,)."""
        after = Position(position.volume + quantity, position.permanent + self.slope * quantity)
        low, high = np.minimum(position.volume, after.volume), np.maximum(position.volume, after.volume)
        start = position.permanent - self.slope * position.volume
        cost = self._cost(start, np.maximum(low, 0.0), np.maximum(high, 0.0))
        cost -= self._cost(-start, np.maximum(-high, 0.0), np.maximum(-low, 0.0))
        return after, -np.sign(quantity) * cost

    def _cost(self, permanent: Floats, low: Floats, high: Floats) -> Floats:
        """(L,) ``q D`` of a sale that takes E from `low` to `high`, G from `permanent` plus its slope times `low`."""
        sold = self._sale(self._within_day, Position(low, permanent + self.slope * low), high - low)
        return np.asarray(-(high - low) * np.log(sold.execution[0]))


def revenue(impact: dict[str, Any], schedules: Floats) -> Floats:
    """(L,) log revenue of `schedules` (days, L) of sales and, where negative, purchases."""
    market = ImpactMarket(impact, schedules.shape[1])
    position, total = Position(np.zeros(market.lanes), np.zeros(market.lanes)), np.zeros(market.lanes)
    for quantity in schedules:
        position, earned = market.trade(market.overnight(position), quantity)
        total += earned
    return total


def random_round_trips() -> Floats:
    """(days, L) sales that add up to 0: some every day, some on a few days, some slow one way and at once the other."""
    rng = np.random.default_rng(1)
    schedules = rng.standard_normal((DAYS, SCHEDULES)) * (rng.random((DAYS, SCHEDULES)) < rng.random(SCHEDULES))
    slow = rng.random(SCHEDULES) < 0.3
    schedules[:, slow] = rng.choice([-1.0, 1.0], slow.sum()) * rng.random((DAYS, slow.sum()))
    schedules[-1] -= schedules.sum(axis=0)
    return np.asarray(0.3 * schedules)


def split_at_once(impact: dict[str, Any]) -> float:
    """Log revenue of a sale in two pieces that one purchase on the same day undoes: 0 under any law."""
    market, zero = ImpactMarket(impact, 1), np.zeros(1)
    position, first = market.trade(Position(zero, zero), np.array([0.1]))
    position, second = market.trade(position, np.array([0.3]))
    _, back = market.trade(position, np.array([-0.4]))
    return float((first + second + back)[0])


def round_trips() -> Iterator[Figure]:
    """The most that any of many schedules earns, under each law."""
    schedules = random_round_trips()
    for label, impact in LAWS.items():
        yield within(f"{label}: most that one earns", 0.0, max(float(revenue(impact, schedules).max()), 0.0), ROUNDING)
        yield within(f"{label}: sold in pieces, bought back at once", 0.0, split_at_once(impact), ROUNDING)


CASES = (
    Case("round-trips", "no schedule of sales and purchases that adds up to nothing earns money", "identity",
         "Gatheral (2010); Alfonsi, Fruth and Schied (2010)", round_trips),
)
