"""Metrics that a summary adds to the columns of the registry: events, use of the pool, what a facility averts.

What is averted compares an arm with arm none on the same path and is positive where the arm is better. Over funds it
is a mean weighted by assets (``count * nav`` at the opening). Relief is averted less postponed: repayment sales are
forced sales too.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from backstop.answers.quality import days_to_cash

Columns: TypeAlias = dict[str, Any]
"""(N,) values by name; a fund column is its mean over funds, weighted by assets. `pool_size` is the arm's."""


class Metric(NamedTuple):
    """A metric of an arm with a facility, on each path, made of columns."""

    name: str
    unit: str
    meaning: str
    worst: str
    path_columns: tuple[str, ...]
    fund_columns: tuple[str, ...]
    value: Callable[[Columns, Columns], Any]
    """Of the arm's columns and those of arm none."""
    of_pool: bool = False
    """Has no sense for an arm whose pool has no money."""
    only_active: bool = False
    """Over the paths on which a system key was on."""
    over: str = ""
    """Column that the metric is a share of: the sum over paths of the value over the sum of that."""
    fund_sums: tuple[str, ...] = ()
    """Sums over funds, of `quality.FUND_SUMS`, that are columns too."""


def _relief(arm: Columns, none: Columns) -> Any:
    averted = none["forced_sales"] - arm["forced_sales"]
    return averted - (arm["sales_postponed"] - none["sales_postponed"])


def _utilisation(arm: Columns, none: Columns) -> Any:
    return arm["pool_peak_use"] / arm["pool_size"]


def _column(name: str) -> Callable[[Columns, Columns], Any]:
    return lambda arm, none: arm[name]


def _averted(name: str) -> Callable[[Columns, Columns], Any]:
    return lambda arm, none: none[name] - arm[name]


_SALES = ("forced_sales", "sales_postponed")
_ACTIVE = "where a system key was on: "


def _share(name: str, meaning: str, part: str, whole: str) -> Metric:
    """A share of two path columns, summed over paths."""
    return Metric(name, "frac", meaning, "high", (part, whole), (), _column(part), over=whole)


def _money(name: str, meaning: str) -> tuple[Metric, Metric]:
    """A sum over funds, and its share of all cash injected."""
    total = Metric(name, "currency", meaning, "high", (), (), _column(name), fund_sums=(name,))
    share = Metric(f"{name}_share", "frac", f"{meaning}, share of all cash injected", "high", ("injected",), (),
                   _column(name), over="injected", fund_sums=(name,))
    return total, share


METRICS = (
    Metric("activated", "bool", "a system key was on, on at least one day", "high", ("days_active",), (),
           lambda arm, none: arm["days_active"] > 0.0),
    Metric("dry", "bool", "a valid claim was cut for want of pool money", "high", ("first_dry_day",), (),
           lambda arm, none: ~np.isnan(arm["first_dry_day"])),
    Metric("has_loss", "bool", "the pool lost principal, or made grants", "high", ("loss", "compensation_paid"), (),
           lambda arm, none: arm["loss"] + arm["compensation_paid"] > 0.0),
    Metric("cost", "currency", "loss, and grants net of what was clawed back", "high", ("loss", "compensation_net"), (),
           lambda arm, none: arm["loss"] + arm["compensation_net"]),
    Metric("utilisation", "frac", "pool_peak_use over the pool's size", "high", ("pool_peak_use",), (),
           _utilisation, of_pool=True),
    Metric("sales_averted", "currency", "forced sales in arm none less this arm's", "low", ("forced_sales",),
           (), _averted("forced_sales")),
    Metric("relief", "currency", "forced sales averted less sales postponed beyond the horizon", "low",
           _SALES, (), _relief),
    Metric("relief_negative", "bool", "relief below 0: the arm forced more sales than it averted", "high",
           _SALES, (), lambda arm, none: _relief(arm, none) < 0.0),
    Metric("drawdown_averted", "frac", "largest drawdown in arm none less this arm's, mean over assets",
           "low", (), ("max_drawdown",), _averted("max_drawdown")),
    Metric("pressure_days_averted", "days", "days under pressure in arm none less this arm's, mean over assets",
           "low", (), ("days_under_pressure",), _averted("days_under_pressure")),
    Metric("technology_saved", "frac", "share of technology units kept, beyond what arm none keeps", "low",
           ("technology_kept",), (), lambda arm, none: arm["technology_kept"] - none["technology_kept"]),
    Metric("system_losses_averted", "currency", "system losses in arm none less this arm's", "low",
           ("system_losses",), (), _averted("system_losses")),
    Metric("failures_averted", "frac", "share of assets in funds that failed in arm none less this arm's",
           "low", (), ("failed",), _averted("failed")),
    _share("false_activations", "activations that no distress followed in arm none, share of all activations",
           "n_false_activations", "n_activations"),
    _share("missed_episodes", "episodes of distress in arm none with no system key on, share of all episodes",
           "n_missed_episodes", "n_episodes"),
    _share("false_alarm_days", "days outside of episodes with a system key on, share of all days outside of episodes",
           "false_days", "quiet_days"),
    Metric("breach_to_cash", "days", "from the first day of the breach behind the first activation to the first cash",
           "high", ("first_breach_day", "first_cash_day"), (), days_to_cash("first_breach_day")),
    Metric("trough_to_cash", "days", "from the index's deepest fall to the first cash; negative: cash came before",
           "high", ("trough_day", "first_cash_day"), (), days_to_cash("trough_day")),
    *_money("injected_to_leavers", "cash injected that went straight to investors who left"),
    *_money("injected_to_failed", "cash injected into funds that failed, or stood below their floor"),
    *_money("injected_to_unharmed", "cash injected into funds without distress or failure in arm none"),
    Metric("injected_if_active", "currency", _ACTIVE + "cash that reached funds", "high", ("injected",), (),
           _column("injected"), only_active=True),
    Metric("utilisation_if_active", "frac", _ACTIVE + "pool_peak_use over the pool's size", "high",
           ("pool_peak_use",), (), _utilisation, of_pool=True, only_active=True),
    Metric("loss_if_active", "currency", _ACTIVE + "principal the pool did not recover", "high", ("loss",),
           (), _column("loss"), only_active=True),
    Metric("relief_if_active", "currency", _ACTIVE + "relief", "low", _SALES, (), _relief, only_active=True),
)
