"""Gaming cases as tests of a design: what a gamer does, what it earns per unit at stake under the design's terms.

Each is a closed evaluation of the terms, not a simulation. Wherever a term depends on the day, the gamer is given the
best of it, so that a design that passes is safe within what the case assumes; one that fails may need luck to be
gamed. A pass says nothing about other games.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from backstop.config.facility.eligibility import admitted
from backstop.config.facility.expressions import AllOf, Condition, Expression, KOfN, conditions_in, parts_of
from backstop.config.facility.section import Facility
from backstop.config.funds.section import Fund
from backstop.config.prices.resolve import resolve_prices
from backstop.config.schema import Config
from backstop.config.study import Arm
from backstop.terms import TRADING_DAYS_PER_YEAR, Floats, ImpactLaw, PriceTerms

LARGEST_FALL = 0.9
"""Largest loss that is tried, share of NAV."""


class Assumptions(NamedTuple):
    """What the cases take as given; all of it ours."""

    outside_spread: float = 0.04
    """What a loan elsewhere costs a year beyond the cash rate: the worth of a facility's loan is what it saves."""
    leak: float = 0.05
    """Share of a faked loss that never comes back: fees, taxes, the related party's cut."""
    entry_cost: float = 0.005
    """Cost of entering and leaving a fund, share of what is put in."""
    gap: float = 0.02
    """How far from the system threshold the price is when it is pushed."""
    volatility_ann: float = 0.35
    """Of the index while it is pushed: the more volatile, the dearer."""


class Case(NamedTuple):
    """One game against one facility."""

    name: str
    facility: str
    does: str
    """What the gamer does."""
    earns: float | None
    """Net, per unit at stake; None where the terms leave nothing to try."""
    stake: str
    """What a unit at stake is a unit of."""
    because: str
    """The figures behind it."""

    @property
    def passes(self) -> bool:
        """Whether the game does not pay."""
        return self.earns is None or self.earns <= 0.0


class Bait(NamedTuple):
    """A facility as a gamer reads it; shares of NAV per share at the peak unless said otherwise."""

    coverage: float
    deductible: float
    """Fall that the fund bears alone."""
    most_frac: float
    """Most that is paid, share of NAV then: cap and collateral."""
    worth: float
    """What a unit paid is worth: 1 for a grant, what it saves in interest for a loan that is repaid."""
    least_fall: float
    """Fall of NAV per share at which the fund key can turn."""
    limit: float = math.inf
    """Most that is paid whatever the fall: of a grant."""

    def paid(self, fall: float) -> float:
        """What is paid after a fall of NAV per share by `fall`."""
        if fall < self.least_fall:
            return 0.0
        return min(self.coverage * max(fall - self.deductible, 0.0), self.most_frac * (1.0 - fall), self.limit)


def gaming_cases(config: Config, arm: Arm, given: Assumptions) -> list[Case]:
    """All cases against every facility of `arm` that lends or pays for losses; what only buys pays for no loss."""
    design, prices = config.for_arm(arm), resolve_prices(config.market, config.money.quantum)
    # volumes in currency, not in quanta
    prices = prices._replace(adv=prices.adv * config.money.quantum)
    in_force = [facility for name in arm.facilities for facility in design.facilities
                if facility.name == name and (facility.advance or facility.guarantee or facility.compensation)]
    cases = []
    for facility in in_force:
        names = admitted(facility.members, design.cohorts, design.technology)
        funds = [fund for fund in design.cohorts if fund.name in names]
        bait = bait_of(facility, funds, design.market.cash_rate_ann_frac, given)
        cases += [related_party_loss(facility.name, bait, given), look_back(facility.name, bait, given),
                  magnet(facility, bait, design, funds, prices, given)]
    return cases


def bait_of(facility: Facility, funds: Sequence[Fund], cash_rate: float, given: Assumptions) -> Bait:
    """What a gamer reads: a loan is worth the interest that it saves over all its tenors, a grant all of itself."""
    key = facility.key_of_funds
    fall = least_fall(key.entry) if key.entry else 0.0
    grant, loan = facility.compensation, facility.advance or facility.guarantee
    if grant is not None:
        layer = grant.share_frac * (grant.exhaust_frac - grant.attach_frac)
        return Bait(grant.share_frac, grant.attach_frac, math.inf, 1.0, fall, min(layer, grant.fund_cap_frac or layer))
    assert loan is not None, "what only buys has no case"
    years = loan.tenor_days * (1 + loan.n_rollovers) / TRADING_DAYS_PER_YEAR
    saved = cash_rate + given.outside_spread - loan.rate_ann_frac
    pledge = max(sum((1.0 - loan.haircut_frac.get(name, 1.0)) * share for name, share in fund.holdings.items())
                 for fund in funds)
    most = min(loan.fund_cap_frac, pledge)
    return Bait(loan.coverage_frac, loan.deductible_frac, most, max(saved, 0.0) * years, fall)


def least_fall(expression: Expression[Any]) -> float:
    """The fall of NAV per share from which the entry can hold; conditions on anything else are taken to hold."""
    if isinstance(expression, Condition):
        return _least_fall_of(expression)
    falls = sorted(least_fall(part) for part in parts_of(expression))
    if isinstance(expression, AllOf):
        return falls[-1]
    return falls[expression.k_of_n - 1] if isinstance(expression, KOfN) else falls[0]


def _least_fall_of(condition: Condition[Any]) -> float:
    if condition.signal == "fund_drawdown" and condition.is_at_least:
        return condition.threshold
    if condition.signal == "fund_return" and not condition.is_at_least:
        return max(-condition.threshold, 0.0)
    return 0.0


def related_party_loss(facility: str, bait: Bait, given: Assumptions) -> Case:
    """Shanghai 2016: an invested sum goes to a related party as spending, and the loss is claimed."""
    fall, earns = _best(lambda x: (bait.worth * bait.paid(x) - given.leak * x) / x)
    return Case("related-party loss", facility,
                "moves money to a related party as if it were lost, gets it back less a leak, and claims for the loss",
                earns, "faked loss",
                f"faking {fall:.0%} of NAV pays {bait.paid(fall):.1%}, each unit worth {bait.worth:.3f}, and leaks "
                f"{given.leak * fall:.1%}")


def look_back(facility: str, bait: Bait, given: Assumptions) -> Case:
    """Who buys in at the bottom shares in cover for a loss from a peak that others bore."""
    fall, earns = _best(lambda x: bait.worth * bait.paid(x) / (1.0 - x) - given.entry_cost)
    return Case("buying at the bottom of the look-back", facility,
                "buys fund shares after the fall: cover counts from the peak, for all shares alike",
                earns, "money put in",
                f"after a fall of {fall:.0%} a unit buys {bait.paid(fall) / (1.0 - fall):.1%} of cover, each unit "
                f"worth {bait.worth:.3f}; entering and leaving costs {given.entry_cost:.1%}")


def _best(gain: Callable[[float], float]) -> tuple[float, float]:
    """The fall, in whole per cent, that earns most, and what."""
    falls = [n / 100.0 for n in range(1, round(100 * LARGEST_FALL) + 1)]
    fall = max(falls, key=gain)
    return fall, gain(fall)


def magnet(facility: Facility, bait: Bait, config: Config, funds: Sequence[Fund], prices: PriceTerms,
           given: Assumptions) -> Case:
    """Near a threshold a covered group sells the index through it, and holds it there while it must."""
    days = facility.system_key.persistence_days
    empty = Case("magnet near the threshold", facility.name,
                 "sells the index across the system threshold, keeps it there until the key turns, then buys back",
                 None, "sales that push", "no condition of the system key reads a price to push")
    entry = facility.system_key.entry
    if not entry or not any(c.signal in ("market_drawdown", "market_return") for _, c in conditions_in(entry)):
        return empty
    push = push_of(prices, given, days)
    if push is None:
        return empty._replace(because="sales do not move the index so far")
    able = [fund for fund in funds if fund.count * fund.nav * fund.holdings.get(config.market.index, 0.0) >= push.sales]
    if not able:
        return empty._replace(because=f"takes sales of {push.sales:,.0f}, more than any covered group holds")
    fund = max(able, key=lambda fund: fund.count * fund.nav)
    most = max(bait.paid(n / 100.0) for n in range(1, 91))
    earned = fund.count * fund.nav * most * bait.worth
    return empty._replace(
        earns=(earned - push.cost) / push.sales,
        because=f"{fund.name} sells {push.sales:,.0f} over {days} days to move it by {given.gap:.0%} and loses "
                f"{push.cost:,.0f}; its draws of at most {most:.1%} of NAV are worth {earned:,.0f} to it")


class Push(NamedTuple):
    """What holding a price down takes; currency."""

    sales: float
    cost: float
    """Sold below the price that was there, all of it bought back at that price."""


def push_of(prices: PriceTerms, given: Assumptions, days: int) -> Push | None:
    """Sales that keep the index `gap` below on `days` days before trade; None where no sales get it there.

    Volume E at each close is the least with ``D(E decay) >= gap``; each later day sells the ``E (1 - decay)`` that has
    decayed. What moves the price for good only helps.
    """
    j = prices.index
    sigma = float(prices.impact_volatility[j]) or given.volatility_ann / math.sqrt(TRADING_DAYS_PER_YEAR)
    decay, gap = float(prices.decay[j]), -math.log1p(-given.gap)
    most = 100.0
    if _dislocation(prices, j, sigma, np.array([most * decay]))[0] < gap:
        return None
    volumes = np.linspace(0.0, most, 200_001)
    volume = float(volumes[np.searchsorted(_dislocation(prices, j, sigma, volumes * decay), gap)])
    steps = [(0.0, volume)] + [(volume * decay, volume)] * (days - 1)
    sold = sum(upper - lower for lower, upper in steps)
    lost = sum((upper - lower) * _mean_discount(prices, j, sigma, lower, upper) for lower, upper in steps)
    return Push(sold * float(prices.adv[j]), lost * float(prices.adv[j]))


def _dislocation(prices: PriceTerms, j: int, sigma: float, volume: Floats) -> Floats:
    """``permanent + F(E)`` for volume sold at once."""
    k, lasting, floor = float(prices.kappa[j]) * sigma, float(prices.permanent_frac[j]), float(prices.price_floor[j])
    passing = (1.0 - lasting) * k * volume ** float(prices.exponent[j])
    if prices.impact_law[j] == ImpactLaw.CONT_SCHAANNING:
        passing = -np.log(1.0 - (1.0 - floor) * -np.expm1(-(1.0 - lasting) * k * volume / (1.0 - floor)))
    return np.asarray(lasting * k * volume + passing)


def _mean_discount(prices: PriceTerms, j: int, sigma: float, lower: float, upper: float) -> float:
    """``1 - exp(-D)`` averaged over a trade from volume `lower` to `upper`."""
    at: Floats = lower + (upper - lower) * (np.arange(1000.0) + 0.5) / 1000.0
    return float(-np.expm1(-_dislocation(prices, j, sigma, at)).mean())
