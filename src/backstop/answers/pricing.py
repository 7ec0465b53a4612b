"""What cover is worth: the pool's expected loss as a premium, against what is charged, and at a price for risk.

A loss that comes when markets fall costs more than its expectation. Its present value is that under the stochastic
discount factor of power utility, ``m = exp(-gamma R) / E[exp(-gamma R)]`` with R the index's log return over the run
(Rubinstein 1976; the tilting of Esscher, as Gerber and Shiu 1994 price by it), the fair value that Lucas (2012) asks of
government guarantees.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.accounts import cost_of_pool
from backstop.answers.estimators import Estimate, mean
from backstop.answers.gather import Gathered
from backstop.answers.samples import Sample
from backstop.terms import TRADING_DAYS_PER_YEAR, Floats

PATH_COLUMNS = ("loss", "compensation_net", "marked_loss_end", "interest_paid", "premiums", "guarantee_premium",
                "unrecovered_end", "gain_owners", "gain_taxpayer")


class Terms(NamedTuple):
    """What pricing takes as given; years of the run, NAV in currency."""

    years: float
    covered_nav: float
    cash_rate: float
    risk_aversion: float
    layers: tuple[str, ...]
    """Names of the pool's layers."""


class Price(NamedTuple):
    """What cover costs and what is paid for it; amounts a year, premiums a year per covered NAV, 95 % intervals."""

    expected_loss: Estimate
    """Principal lost, grants, and what a sale at the horizon would leave unrecovered, a year."""
    fair_premium: Estimate
    premium_charged: Estimate
    interest: Estimate
    """Interest that funds paid: for time as well as for risk."""
    implied_subsidy: Estimate
    """Expected loss less premiums and interest, a year; negative: funds pay more than they cost."""
    cost: Estimate
    """What the pool costs a year: funding, losses and grants, less booked income, and marks with their sign."""
    budget_cost: Estimate
    """Expected loss of the whole run, discounted at the cash rate."""
    risk_adjusted_cost: Estimate
    """The same at the price of risk."""
    risk_adjusted_premium: Estimate
    risk_adjusted_rate: float | None
    """Yearly rate at which the expected loss discounts to the risk-adjusted cost; None without a loss."""
    equity_premium: float
    """What the risk aversion implies the index to earn a year beyond the risk-neutral, for judging it."""


def columns_of(layers: Sequence[str]) -> tuple[str, ...]:
    """Path columns that prices read."""
    return (*PATH_COLUMNS, *(f"{column}_{layer}" for column in ("funding_cost", "gain_pool") for layer in layers))


def _cost(columns: dict[str, Floats], layers: Sequence[str]) -> Floats:
    """(N,) of the whole run."""
    gain, funding = (np.sum([columns[f"{name}_{layer}"] for layer in layers], axis=0)
                     for name in ("gain_pool", "funding_cost"))
    cost: Floats = cost_of_pool(columns | {"gain_of_layers": gain, "funding_of_layers": funding})
    return cost


def lost_by_pool(paths: dict[str, Floats], number: int) -> Floats:
    """(N,) what arm `number` cost the pool: losses, grants net of clawbacks, losses that are marked at the horizon."""
    lost: Floats = paths["loss"][number] + paths["compensation_net"][number] + paths["marked_loss_end"][number]
    return lost


def price_cover(found: Gathered, number: int, index_end: Floats, terms: Terms) -> Price:
    """Price of arm `number`; `index_end` (N,) is the index at the horizon in arm none, opening 1."""
    columns = {name: found.paths[name][number] for name in columns_of(terms.layers)}
    lost, paid = lost_by_pool(found.paths, number), columns["premiums"] + columns["guarantee_premium"]
    discount = (1.0 + terms.cash_rate) ** -terms.years
    tilt = np.exp(-terms.risk_aversion * np.log(np.maximum(index_end, 1e-6)))

    def plain(x: Floats, scale: float = 1.0) -> Estimate:
        """Mean over paths."""
        return mean(Sample(x * scale, found.weight, found.group))

    def tilted(x: Floats, scale: float) -> Estimate:
        """Mean with the weights of a market that dislikes losses of the index."""
        return mean(Sample(x * scale, found.weight * tilt, found.group))

    a_year, a_nav = 1.0 / terms.years, 1.0 / (terms.years * terms.covered_nav)
    budget, adjusted = plain(lost, discount), tilted(lost, discount)
    return Price(
        expected_loss=plain(lost, a_year), fair_premium=plain(lost, a_nav), premium_charged=plain(paid, a_nav),
        interest=plain(columns["interest_paid"], a_year),
        implied_subsidy=plain(lost - paid - columns["interest_paid"], a_year),
        cost=plain(_cost(columns, terms.layers), a_year), budget_cost=budget,
        risk_adjusted_cost=adjusted, risk_adjusted_premium=tilted(lost, a_nav),
        risk_adjusted_rate=_rate(budget.value / discount, adjusted.value, terms.years),
        equity_premium=_equity_premium(index_end, found.weight, tilt, terms.years))


def _rate(expected: float, cost: float, years: float) -> float | None:
    """``(E[L] / cost)^(1 / years) - 1``."""
    return (expected / cost) ** (1.0 / years) - 1.0 if cost > 0.0 else None


def _equity_premium(index_end: Floats, weight: Floats, tilt: Floats, years: float) -> float:
    """``(E[S] / E[m S])^(1 / years) - 1``."""
    plain, tilted = Sample(index_end, weight).mean, Sample(index_end, weight * tilt).mean
    return float((plain / tilted) ** (1.0 / years) - 1.0)


def years_of(n_days: int) -> float:
    """Trading days in years."""
    return n_days / TRADING_DAYS_PER_YEAR
