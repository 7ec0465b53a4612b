"""Metrics of accounts: who gains from a facility, what its pool costs a year, what bound claims (docs/model.md, 14)."""

from collections.abc import Sequence
from typing import Any

from backstop.answers.metrics import METRICS, Columns, Metric
from backstop.answers.quality import FUND_SUMS, FundSum, Values

CUTS = {
    "coverage": "beyond the covered part of losses, or what a fund may sell of its need",
    "collateral": "beyond the collateral, or what may be bought of a fund",
    "fund_cap": "beyond the cap of the fund",
    "covenant": "of funds over their exposure cap",
    "take_up": "not taken up",
    "solvency": "refused by the solvency test",
    "sponsor": "beyond the caps of sponsors",
    "facility": "beyond the caps and budgets of facilities",
    "pool": "for want of pool money",
}
"""What cuts a claim, in the order in which it does; columns ``cut_<name>``."""

_OF_POOL = ("gain_owners", "gain_taxpayer")


def gain_of_pool(columns: Columns) -> Any:
    """What all behind the pool gained together."""
    return columns["gain_of_layers"] + columns["gain_owners"] + columns["gain_taxpayer"]


def cost_of_pool(columns: Columns) -> Any:
    """Funding, losses and grants, less booked income, and marks with their sign: of the whole run."""
    return columns["funding_of_layers"] - gain_of_pool(columns) + columns["unrecovered_end"]


def _stayers(arm: Values, other: Values) -> Any:
    """``s_B (n_A - n_B)``: what those have more who are still there without it."""
    return other["shares_end"] * (arm["nav_per_share_end"] - other["nav_per_share_end"])


def _leavers(arm: Values, other: Values) -> Any:
    """``d(redeemed - subscribed) + (s_A - s_B) n_A``: what all others have more."""
    flows = (one["redemption_paid"] - one["subscribed"] for one in (arm, other))
    more_paid = next(flows) - next(flows)
    return more_paid + (arm["shares_end"] - other["shares_end"]) * arm["nav_per_share_end"]


_OF_INVESTORS = ("shares_end", "nav_per_share_end", "redemption_paid", "subscribed")
SUMS_OF_FUNDS = (
    *FUND_SUMS,
    FundSum("stayers_gain", ("shares_end", "nav_per_share_end"), _stayers),
    FundSum("leavers_gain", _OF_INVESTORS, _leavers),
)
"""All sums over funds that metrics read."""


def _gain(who: str, whom: str) -> Metric:
    column = f"gain_{who}"
    return Metric(f"{who}_gain", "currency", f"what {whom} gain with it beyond what they do without", "low", (column,),
                  (), lambda arm, other: arm[column] - other[column], compares=True)


def _of_sum(name: str, meaning: str) -> Metric:
    return Metric(name, "currency", meaning, "low", (), (), lambda arm, other: arm[name], fund_sums=(name,))


def _cut(name: str, meaning: str) -> Metric:
    column = f"cut_{name}"
    return Metric(f"{column}_share", "frac", f"of what was needed, {meaning}; share of it", "high", (column, "need"),
                  (), lambda arm, other: arm[column], over="need")


def _approved(arm: Columns, other: Columns) -> Any:
    return arm["need"] - sum(arm[f"cut_{name}"] for name in CUTS)


ACCOUNTS = (
    _gain("investors", "investors"),
    _of_sum("stayers_gain", "of investors, what those gain who are there at the horizon without it too"),
    _of_sum("leavers_gain", "of investors, what those gain who left, or came, in one of the two"),
    _gain("lenders", "outside lenders"), _gain("banks", "banks under guarantees"),
    _gain("market", "those who trade with funds and pool"),
    Metric("pool_gain", "currency", "what all behind the pool gain with it beyond what they do without: layers, "
           "owners, taxpayer", "low", _OF_POOL, (), lambda arm, other: gain_of_pool(arm) - gain_of_pool(other),
           compares=True, of_layers=True),
    Metric("cost_a_year", "currency", "what the pool costs a year: funding, losses and grants, less booked income, and "
           "marks with their sign", "high", (*_OF_POOL, "unrecovered_end"), (),
           lambda arm, other: cost_of_pool(arm) / arm["years"], of_layers=True),
    Metric("cost_a_year_taxpayer", "currency", "what the guarantor loses a year", "high", ("gain_taxpayer",), (),
           lambda arm, other: -arm["gain_taxpayer"] / arm["years"]),
    Metric("income_a_year", "currency", "what owners of the pool get a year beyond their layers", "low",
           ("gain_owners",), (), lambda arm, other: arm["gain_owners"] / arm["years"]),
    Metric("approved_share", "frac", "of what was needed, approved; share of it", "low",
           ("need", *(f"cut_{name}" for name in CUTS)), (), _approved, over="need"),
    *(_cut(name, meaning) for name, meaning in CUTS.items()),
)


def _cost_of_layer(layer: str) -> Metric:
    funding, gain = f"funding_cost_{layer}", f"gain_pool_{layer}"
    return Metric(f"cost_a_year_{layer}", "currency", f"what layer {layer} costs its owner a year: funding and losses",
                  "high", (funding, gain), (), lambda arm, other: (arm[funding] - arm[gain]) / arm["years"])


def metrics_of(layers: Sequence[str]) -> tuple[Metric, ...]:
    """All metrics of a summary, those of the pool's layers last."""
    return (*METRICS, *ACCOUNTS, *(_cost_of_layer(layer) for layer in layers))
