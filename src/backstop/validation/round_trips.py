"""No round trip earns money: whoever sells and buys back, or buys and sells again, loses or breaks even before fees.

One trader alone, against the kernels' bid and ask, in units of an asset whose price without trades stands still: what
its sales bring less what its purchases cost, over schedules that add up to no units.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from backstop.config.market.section import MarketConfig
from backstop.config.prices.resolve import resolve_prices
from backstop.kernels.machine.frames import bare, frame, rows
from backstop.kernels.machine.jit import FIRST, Index, entry
from backstop.kernels.prices.impact import move_prices, open_market
from backstop.kernels.prices.state import Prices, Replay
from backstop.terms import Floats
from backstop.validation.case import ROUNDING, Case, Figure, within
from backstop.validation.worlds import asset, constant

LAWS = {
    "linear": {"law": "linear", "kappa": 1.0},
    "linear, purchases cost half": {"law": "linear", "kappa": 1.0, "buy_ratio": 0.5},
    "square root": {"law": "power", "kappa": 1.0, "exponent": 0.5},
    "square root, purchases cost twice": {"law": "power", "kappa": 1.0, "exponent": 0.5, "buy_ratio": 2.0},
    "power 0.7": {"law": "power", "kappa": 1.0, "exponent": 0.7},
}
VOLATILITY, PERMANENT_FRAC = 0.02, 0.2
DAYS, SCHEDULES = 20, 2_000


@entry
def _trade(terms, prices, replay, quantity, log_return, volatility, lanes):  # type: ignore[no-untyped-def]
    open_market(terms, prices, log_return, volatility, FIRST, lanes)
    for i in range(FIRST, lanes):
        prices.sold[FIRST, i] = quantity[FIRST, i] * prices.adv[FIRST, i] * prices.price[FIRST, i]
    move_prices(terms, prices, replay, volatility, FIRST, lanes)


class ImpactMarket:
    """One asset that nobody else trades, on L paths side by side."""

    def __init__(self, impact: dict[str, Any], lanes: int) -> None:
        trading = {"adv": 1e9, "impact": {"half_life_days": 5.0, "permanent_frac": PERMANENT_FRAC} | impact}
        traded = asset("a", constant(VOLATILITY**2), trading=trading)
        terms = resolve_prices(MarketConfig.model_validate({"index": "a", "assets": [traded]}), 1.0, has_buyers=True)
        self.lanes, self.prices = lanes, Prices(*(rows(1, lanes) for _ in Prices._fields))
        self._no_replay = frame(Replay(*(rows(0, lanes) for _ in Replay._fields)))
        self.volatility = np.full((1, 1, lanes), VOLATILITY)
        self._seam = bare(np.zeros((1, 1, lanes))), bare(self.volatility)
        self._next_day, self._same_day = frame(terms), frame(terms._replace(decay=np.ones(1)))

    def trade(self, quantity: Floats, same_day: bool = False) -> Floats:
        """Revenue (L,) of selling `quantity` ADV of units, of buying where negative, a day after the last trade."""
        terms = self._same_day if same_day else self._next_day
        _trade(terms, frame(self.prices), self._no_replay, bare(quantity[None]), *self._seam, Index(self.lanes))
        return np.asarray(quantity * np.where(quantity > 0.0, self.prices.execution[0], self.prices.ask[0]))


def revenue(impact: dict[str, Any], schedules: Floats) -> Floats:
    """(L,) revenue, in ADV, of `schedules` (days, L) of sales and, where negative, purchases."""
    market = ImpactMarket(impact, schedules.shape[1])
    return np.asarray(np.sum([market.trade(quantity) for quantity in schedules], axis=0))


def random_round_trips() -> Floats:
    """(days, L) sales that add up to 0: some every day, some on a few days, some slow one way and at once the other."""
    rng = np.random.default_rng(1)
    schedules = rng.standard_normal((DAYS, SCHEDULES)) * (rng.random((DAYS, SCHEDULES)) < rng.random(SCHEDULES))
    slow = rng.random(SCHEDULES) < 0.3
    schedules[:, slow] = rng.choice([-1.0, 1.0], slow.sum()) * rng.random((DAYS, slow.sum()))
    schedules[-1] -= schedules.sum(axis=0)
    return np.asarray(0.3 * schedules)


def in_pieces(impact: dict[str, Any]) -> float:
    """The most that one earns by trading 0.4 ADV in up to 60 pieces and undoing it at once, or the other way round."""
    earned = [0.0]
    for n_pieces in (1, 2, 60):
        for whole in (0.4, -0.4):
            pieces = [whole / n_pieces] * n_pieces
            for schedule in ([*pieces, -whole], [whole, *(-piece for piece in pieces)]):
                market = ImpactMarket(impact, 1)
                earned.append(sum(float(market.trade(np.array([q]), same_day=True)[0]) for q in schedule))
    return max(earned)


def round_trips() -> Iterator[Figure]:
    """The most that any of many schedules earns, under each law."""
    schedules = random_round_trips()
    for label, impact in LAWS.items():
        yield within(f"{label}: most that one earns", 0.0, max(float(revenue(impact, schedules).max()), 0.0), ROUNDING)
        yield within(f"{label}: in pieces one way, at once the other", 0.0, in_pieces(impact), ROUNDING)


CASES = (
    Case("round-trips", "no schedule of sales and purchases that adds up to nothing earns money", "identity",
         "Gatheral (2010); Alfonsi, Fruth and Schied (2010); Hoeffding (1963)", round_trips),
)
