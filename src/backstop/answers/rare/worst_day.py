"""One day made worse: a mixture of laws of paths, with a weight for each path that keeps every mean.

A path is drawn from the market's own law with chance ``c_0``, else, with chance ``c_k``, one of the T days that the
market draws is chosen and the index's own shock z of that day is drawn from its law given that it lies in a lower tail,
of probability ``a_k``, above a floor that all tails share; all else is as the market has it. So the ratio of the path's
density to the market's is

    q / p = c_0 + sum_k c_k N_k / (T a_k),    N_k the days with z in tail k

whichever day was chosen (the balance heuristic of Veach and Guibas 1995), and its weight ``p / q`` is ``1 / c_0`` at
most: a defensive mixture (Hesterberg 1995, Weighted average importance sampling and defensive mixture distributions,
Technometrics 37). A shift of the mean would do no good here: of Student's t the likeliest way to a large fall is one
very bad day. How much of each tail is mixed in is learnt on paths of their own, by one step towards what the event's
paths ask for (the cross-entropy method, Rubinstein 1997).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.rare.lineages import LaneMarket, OneLane
from backstop.config.market.innovations import Innovation
from backstop.runs.seam import Market
from backstop.terms import Draw, Floats, Integers, MarketTerms, RunTerms

OWN = 0.2
"""Chance of the market's own law, so that no path weighs more than five. [ours]"""
_LEARNT = 0.6
"""Share of the rest that is given to tails as the event asks; what is left is shared equally. [ours]"""
_PER_DECADE = 2
DEEPEST = (1e-5, 1e-4, 1e-3, 1e-2)
"""Expected days beyond the floor of all tails, tried in turn: a worse day makes some models explode. [ours]"""
_LAWS = {Draw.NORMAL: "normal", Draw.STUDENT_T: "student-t", Draw.SKEW_T: "skew-t", Draw.GED: "ged"}


class Tails(NamedTuple):
    """K lower tails of the index's own shock.

    Attributes
    ----------
    law
        Of the shock.
    asset
        Number of the index.
    first_day, n_days
        The first day (from 0) that the market draws, and the number of days T from there on.
    floor
        Chance of a day to lie beyond what the mixture makes.
    chance
        (K,) of a day to lie in a tail, above the floor.
    lowest, below
        Where all tails end, and (K,) where each begins.
    """

    law: Innovation
    asset: int
    first_day: int
    n_days: int
    floor: float
    chance: Floats
    lowest: float
    below: Floats


def why_not(terms: RunTerms) -> str:
    """What stands against making a day of the index worse by itself; empty if nothing does."""
    market, index = terms.market, int(terms.arms[0].prices.index)
    if int(market.innovation.draw[index]) not in _LAWS:
        return "the index's shocks are drawn together with others', or from residuals"
    if market.factor.asset[index] >= 0:
        return "the index follows another asset"
    if index in market.jumps.asset:
        return "the index jumps"
    if market.overlay.n_pinned[index] >= terms.n_days:
        return "the index's returns are given on all days"
    return ""


def tails_of(terms: RunTerms, deepest: float = DEEPEST[0]) -> Tails:
    """Of the index of `terms`, against which `why_not` has nothing; `deepest` days a run are beyond the floor."""
    index = int(terms.arms[0].prices.index)
    innovation, first = terms.market.innovation, int(terms.market.overlay.n_pinned[index])
    law = Innovation(_LAWS[Draw(int(innovation.draw[index]))], float(innovation.nu[index]),
                     float(innovation.skew[index]))
    n_days = terms.n_days - first
    n, floor = round(-np.log10(deepest) * _PER_DECADE), deepest / n_days
    beyond = np.minimum(10.0 ** (-np.arange(n) / _PER_DECADE) / n_days, 0.5)
    return Tails(law, index, first, n_days, floor, beyond - floor, float(law.ppf(np.array(floor))), law.ppf(beyond))


def even(tails: Tails) -> Floats:
    """(1 + K,) chances of the mixture: the market's own law, then tails, all alike."""
    n = len(tails.chance)
    return np.concatenate([[OWN], np.full(n, (1.0 - OWN) / n)])


def learnt(mixture: Floats, densities: Floats, weight: Floats) -> Floats:
    """(1 + K,) chances after a step from `mixture`.

    Parameters
    ----------
    densities
        (E, 1 + K) of the paths with the event, over the market's own.
    weight
        (E,) of these paths.
    """
    if not len(weight):
        return mixture
    share = (weight**2)[:, None] * mixture * densities
    asked = share[:, 1:].sum(axis=0)
    n = len(asked)
    rest = (1.0 - OWN) * ((1.0 - _LEARNT) / n + _LEARNT * asked / asked.sum()) if asked.sum() > 0.0 else mixture[1:]
    return np.concatenate([[OWN], rest])


class Plan(NamedTuple):
    """What is done to (N,) paths: the day (from 0) and its shock; day -1 where nothing is."""

    day: Integers
    shock: Floats


def planned(tails: Tails, mixture: Floats, n: int, rng: np.random.Generator) -> Plan:
    """`n` paths of a mixture (1 + K,)."""
    tail = rng.choice(len(mixture), n, p=mixture / mixture.sum()) - 1
    day = np.where(tail >= 0, tails.first_day + rng.integers(0, tails.n_days, n), -1)
    return Plan(day, tails.law.ppf(tails.floor + tails.chance[np.maximum(tail, 0)] * rng.random(n)))


class WorstDayMarket(LaneMarket):
    """Path n is path ``first + n`` of `market`, with one day as `plan` has it.

    Attributes
    ----------
    densities
        (N, 1 + K) of paths that were made: density of each law of the mixture over the market's own.
    """

    def __init__(self, market: Market, tails: Tails, plan: Plan, first: int, run_days: int) -> None:
        super().__init__(market, run_days)
        self._tails, self._plan, self._first = tails, plan, first
        self.densities = np.ones((len(plan.day), 1 + len(tails.chance)))

    def _own(self, terms: MarketTerms) -> MarketTerms:
        return terms._replace(overlay=terms.overlay._replace(shock=terms.overlay.shock.copy()))

    def _make_path(self, state: OneLane, seed: int, number: int) -> None:
        day, asset, overlay = int(self._plan.day[number]), self._tails.asset, state.terms.overlay
        path = self._first + number
        if day < 0:
            self._days(state, seed, path, 0, self._n_days)
            self._note(state, number)
            return
        # the day's volatility follows from the days before, which are then made again
        self._days(state, seed, path, 0, day + 1)
        before = overlay.shock[day, asset]
        volatility = state.lane[1, day, asset, 0] / overlay.scale[day, asset]
        overlay.shock[day, asset] += volatility * (self._plan.shock[number] - self._shocks(state, day + 1)[day])
        self._market.reset(state.terms, state.of_market)
        self._days(state, seed, path, 0, self._n_days)
        overlay.shock[day, asset] = before
        self._note(state, number)

    def _note(self, state: OneLane, number: int) -> None:
        """Days of the lane in each tail."""
        tails = self._tails
        shocks = self._shocks(state, self._n_days)[tails.first_day :]
        days = ((shocks[:, None] <= tails.below) & (shocks[:, None] > tails.lowest)).sum(axis=0)
        self.densities[number, 1:] = days / (tails.n_days * tails.chance)

    def _shocks(self, state: OneLane, n_days: int) -> Floats:
        """(n,) own shocks z of the index: ``x = drift + scale (sigma z + shock)``."""
        overlay, asset = state.terms.overlay, self._tails.asset
        drift, scale, added = (column[:n_days, asset] for column in (overlay.drift, overlay.scale, overlay.shock))
        residual = (state.lane[0, :n_days, asset, 0] - drift) / scale - added
        return np.asarray(residual / (state.lane[1, :n_days, asset, 0] / scale))


def weights_of(mixture: Floats, densities: Sequence[Floats] | Floats) -> Floats:
    """(N,) ``p / q`` of paths with densities (N, 1 + K)."""
    return np.asarray(1.0 / (np.asarray(densities) @ mixture))
