"""What a pool of one size costs a year, layer by layer, and when it is ruined."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate, mean, probability
from backstop.answers.samples import Sample
from backstop.answers.shortfalls import shortfall
from backstop.answers.sizing.uses import Uses
from backstop.terms import TRADING_DAYS_PER_YEAR, ArmTerms, Floats

TAIL_LEVEL = 0.95


class LayerCost(NamedTuple):
    """One layer of the stack, currency.

    Attributes
    ----------
    attachment, exhaustion
        Net loss of the pool from which the layer bears any, and from which it bears no more.
    attached, exhausted
        Chance that it bears any at all, and that it bears all it has.
    loss_a_year, tail_loss
        Mean a year; over all years, mean of the worst 5 %. What the layer lost and what was put back, after income.
    carry_a_year
        Funding of what is paid in, at the rate of the layer.
    """

    layer: str
    attachment: float
    exhaustion: float
    attached: Estimate
    exhausted: Estimate
    loss_a_year: Estimate
    tail_loss: Estimate
    carry_a_year: Estimate


class Cost(NamedTuple):
    """A pool of one size, currency a year.

    Attributes
    ----------
    taxpayer
        What the guarantor loses.
    income
        What owners get beyond their layers: interest that is due and stock at closing prices count.
    marks
        What a sale at closing prices would leave unrecovered of loans and guarantees.
    total
        Carry and losses, less income, and marks: the summary's `cost_a_year`.
    """

    size: float
    layers: tuple[LayerCost, ...]
    taxpayer: Estimate
    income: Estimate
    marks: Estimate
    total: Estimate


class Ruin(NamedTuple):
    """Chance that a pool of `size` (currency) has run dry by the end of a year."""

    size: float
    year: int
    estimate: Estimate


def cost_of(uses: Uses, variant: int, arm: ArmTerms, layers: Sequence[str], money: "Money") -> Cost:
    """Of variant number `variant`, whose terms are `arm`."""
    sizes = arm.pool.layer_size * money.quantum
    ends = np.cumsum(sizes)
    carry = [_yearly(uses, uses.columns[f"funding_cost_{layer}"][variant], money.years) for layer in layers]
    lost = [_yearly(uses, uses.columns[f"loss_{layer}"][variant], money.years) for layer in layers]
    rows = tuple(_layer(layer, (float(end - size), float(end)), sample, money.years, mean(of_layer))
                 for layer, end, size, sample, of_layer in zip(layers, ends, sizes, lost, carry, strict=True))
    taxpayer, owners, marks = (_yearly(uses, uses.columns[name][variant], money.years)
                               for name in ("gain_taxpayer", "gain_owners", "unrecovered_end"))
    gains = sum(uses.columns[f"gain_pool_{layer}"][variant] for layer in layers) / money.years
    total = sum((sample.x for sample in carry), marks.x - owners.x - taxpayer.x - gains)
    return Cost(float(sizes.sum()), rows, mean(_like(taxpayer, 0.0 - taxpayer.x)), mean(owners), mean(marks),
                mean(_like(taxpayer, total)))


class Money(NamedTuple):
    """What amounts are counted in, and over how long."""

    quantum: float
    years: float


def _yearly(uses: Uses, values: Floats, years: float) -> Sample:
    return uses.paths.of_all(values / years)


def _like(sample: Sample, values: Floats) -> Sample:
    return Sample(values, sample.w, None if sample.groups is None else sample.groups.position)


def _layer(name: str, ends: tuple[float, float], lost: Sample, years: float, carry: Estimate
           ) -> LayerCost:
    total = lost.x * years
    size = ends[1] - ends[0]
    attached = probability(_like(lost, (total > 0.0).astype(float)))
    exhausted = probability(_like(lost, ((total >= size * (1.0 - 1e-12)) & (size > 0.0)).astype(float)))
    return LayerCost(name, *ends, attached, exhausted, mean(lost), shortfall(_like(lost, total), TAIL_LEVEL), carry)


def ruin_by_year(uses: Uses, variant: int, size: float, n_days: int) -> list[Ruin]:
    """At the end of each year of 252 days, and at the horizon."""
    first = np.nan_to_num(uses.columns["first_dry_day"][variant], nan=math.inf)
    n_years = math.ceil(n_days / TRADING_DAYS_PER_YEAR)
    return [Ruin(size, year, probability(uses.paths.of_all((first <= year * TRADING_DAYS_PER_YEAR).astype(float))))
            for year in range(1, n_years + 1)]
