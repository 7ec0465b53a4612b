"""The figures of an episode: each once, with its unit, its meaning and what it is made of."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from backstop.answers.estimators import Estimate, mean, probability
from backstop.answers.history.replays import Replayed
from backstop.answers.samples import Column
from backstop.terms import Floats


class Arm:
    """One arm of an episode, and the same without its facilities; amounts (N,) in currency."""

    def __init__(self, found: Replayed, number: int) -> None:
        terms = found.request.terms
        self.found, self.number, self.other = found, number, terms.counterfactuals[number]
        own, count = terms.arms[number], found.fund_count[number]
        eligible = np.any(np.reshape(own.facilities.is_eligible, (-1, len(count))), axis=0)
        self.eligible = eligible.astype(np.float64)
        self.assets = count * own.funds.nav_open * terms.quantum

    def path(self, name: str) -> Floats:
        """A column of paths."""
        return np.asarray(self.found.paths[name][self.number])

    def funds(self, name: str, whom: Floats | None = None) -> Floats:
        """A column of funds, summed over them, or over some, times count."""
        return self._sum(self.number, name, whom)

    def without(self, name: str, whom: Floats | None = None) -> Floats:
        """The same in the counterfactual."""
        return self._sum(self.other, name, whom)

    def _sum(self, number: int, name: str, whom: Floats | None) -> Floats:
        count = self.found.fund_count[number] * (1.0 if whom is None else whom)
        return np.asarray(count @ self.found.funds[name][number])

    @property
    def eligible_nav(self) -> float:
        """What eligible funds are worth at the opening."""
        return float(self.assets @ self.eligible)

    def over_assets(self, values: Floats) -> Floats:
        """(N,) mean of fund values (F, N) over eligible funds, weighted by assets; NaN without any."""
        weights = self.assets * self.eligible
        return np.asarray(weights @ values / weights.sum()) if weights.any() else np.full(values.shape[1], np.nan)


class Figure(NamedTuple):
    """One figure of an arm in an episode."""

    name: str
    unit: str
    meaning: str
    of: Callable[[Arm], Floats]
    """(N,) by path; NaN where a path has none."""


def paid(arm: Arm) -> Floats:
    """All money that left the pool for funds or the market; what banks lent under guarantee is theirs."""
    in_market = arm.path("purchased") - arm.funds("sold_to_facilities")
    return arm.path("injected") + in_market + arm.path("compensation_paid")


def cost(arm: Arm) -> Floats:
    """Losses, grants net of clawbacks, and what a sale at the horizon would lose."""
    return arm.path("loss") + arm.path("compensation_net") + arm.path("marked_loss_end")


def _claimed(arm: Arm) -> Floats:
    return arm.path("injected") + arm.path("unmet_claims") + arm.path("misdirected_claims")


def _averted(arm: Arm) -> Floats:
    name = "forced_sales_window"
    return arm.without(name, arm.eligible) - arm.funds(name, arm.eligible)


def _postponed(arm: Arm) -> Floats:
    later = [total("forced_sales", arm.eligible) - total("forced_sales_window", arm.eligible)
             for total in (arm.funds, arm.without)]
    return later[0] - later[1]


def _others_averted(arm: Arm) -> Floats:
    name = "forced_sales_window"
    return arm.without(name) - arm.funds(name) - _averted(arm)


FIGURES = (
    Figure("fired", "bool", "a system key was on within the window",
           lambda arm: 1.0 - np.isnan(arm.path("last_active_day"))),
    Figure("needed", "bool", "funds were in distress without it, by the rule of [judging]",
           lambda arm: np.sign(arm.path("n_episodes_window"))),
    Figure("fund_loss", "frac", "largest drawdown of eligible funds within the window without it, mean over assets",
           lambda arm: arm.over_assets(arm.found.funds["max_drawdown_window"][arm.other])),
    Figure("claimed", "currency", "injected, and claims cut for want of money or refused for want of solvency",
           _claimed),
    Figure("injected", "currency", "cash that reached funds", lambda arm: arm.path("injected")),
    Figure("paid", "currency", "all that left the pool: injected, grants, purchases in the market", paid),
    Figure("bank_lent", "currency", "lent by banks under guarantee", lambda arm: arm.funds("bank_lent")),
    Figure("pool_peak_use", "currency", "most of the pool's money that was out", lambda arm: arm.path("pool_peak_use")),
    Figure("repaid", "currency", "principal repaid in cash by the last day", lambda arm: arm.path("repaid")),
    Figure("rolled_over", "currency", "principal that was given more time", lambda arm: arm.path("rolled_over")),
    Figure("outstanding_end", "currency", "principal still lent on the last day",
           lambda arm: arm.path("outstanding_end")),
    Figure("defaulted", "frac", "share of eligible assets in funds that defaulted",
           lambda arm: arm.over_assets(arm.found.funds["defaulted"][arm.number])),
    Figure("lost", "currency", "principal and cost not recovered, guarantees paid, grants net of clawbacks",
           lambda arm: arm.path("loss") + arm.path("compensation_net")),
    Figure("cost", "currency", "lost, and what selling all on the last day would lose", cost),
    Figure("sales_without", "currency", "forced sales of eligible funds within the window without it: the most it "
           "could avert", lambda arm: arm.without("forced_sales_window", arm.eligible)),
    Figure("sales_averted", "currency", "of those, averted", _averted),
    Figure("sales_postponed", "currency", "forced sales of eligible funds after the window, beyond those without it",
           _postponed),
    Figure("others_sales_averted", "currency", "forced sales of other funds within the window averted",
           _others_averted),
)


def estimates(found: Replayed, arm: Arm) -> Iterator[tuple[str, Estimate]]:
    """Each figure that some path has: its mean, or share of paths, with a 95 % interval, of drawn assets alone."""
    for figure in FIGURES:
        sample = Column(np.asarray(figure.of(arm), dtype=np.float64), found.weight).sample
        if sample is not None:
            yield figure.name, probability(sample) if figure.unit == "bool" else mean(sample)


def layer_losses(found: Replayed, arm: Arm) -> dict[str, float]:
    """Mean loss that each layer bore."""
    return {layer: _mean(found, arm.path(f"loss_{layer}")) for layer in found.request.terms.names.layers}


def money_by_fund(found: Replayed, arm: Arm) -> dict[str, float]:
    """Mean cash, loans of banks under guarantee, and grants that each cohort got."""
    got = sum(found.funds[name][arm.number] for name in ("injected", "bank_lent", "compensation_paid"))
    return {fund: _mean(found, count * values)
            for fund, count, values in zip(found.request.terms.names.funds, found.fund_count[arm.number], got,
                                            strict=True)}


def _mean(found: Replayed, values: Floats) -> float:
    return float(np.average(values, weights=found.weight))
