"""Metrics that a summary adds to the columns of the registry: events, use of the pool, what a facility averts.

What is averted compares an arm with its counterfactual on the same path and is positive where the arm is better; a
reform is compared with arm none (answers/comparisons.py). Over funds it is a mean weighted by assets (``count * nav``
at the arm's opening). Relief is averted less postponed: repayment sales are forced sales too.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from backstop.answers.quality import days_to_cash

Columns: TypeAlias = dict[str, Any]
"""(N,) values by name; a fund column is its mean over funds, weighted by assets. `pool_size` is the arm's, `years` are
those of the run."""


OF_LAYERS = {"loss_of_layers": "loss", "gain_of_layers": "gain_pool", "funding_of_layers": "funding_cost"}
"""Sums over layers, and the columns that they are sums of."""
ELIGIBLE, OTHERS = "eligible", "others"


class Metric(NamedTuple):
    """A metric of an arm on each path, made of columns."""

    name: str
    unit: str
    meaning: str
    worst: str
    path_columns: tuple[str, ...]
    fund_columns: tuple[str, ...]
    value: Callable[[Columns, Columns], Any]
    """Of an arm's columns, and of those of the arm that it is compared with."""
    compares: bool = False
    """Is a difference of two arms; any other has sense for an arm with a facility alone."""
    of_pool: bool = False
    """Has no sense for an arm whose pool has no money."""
    only_active: bool = False
    """Over the paths on which a system key was on."""
    over: str = ""
    """Column that the metric is a share of: the sum over paths of the value over the sum of that."""
    fund_sums: tuple[str, ...] = ()
    """Sums over funds, of `quality.FUND_SUMS`, that are columns too."""
    of_other: bool = False
    """The column that it is a share of is that of the other arm."""
    of_layers: bool = False
    """Reads what `OF_LAYERS` names: sums over all layers of the pool."""
    whom: str = ""
    """`ELIGIBLE`, the funds that the arm's facilities admit, or `OTHERS`: the sums are over these."""
    sums: tuple[str, ...] = ()
    """Fund columns summed over them, times count: ``<whom>.<name>``."""


def _relief(arm: Columns, other: Columns) -> Any:
    averted = other["forced_sales"] - arm["forced_sales"]
    return averted - (arm["sales_postponed"] - other["sales_postponed"])


def _utilisation(arm: Columns, other: Columns) -> Any:
    return arm["pool_peak_use"] / arm["pool_size"]


def _column(name: str) -> Callable[[Columns, Columns], Any]:
    return lambda arm, other: arm[name]


def _cost(arm: Columns, other: Columns) -> Any:
    return arm["loss"] + arm["compensation_net"] + arm["marked_loss_end"]


def _sold_later(arm: Columns, other: Columns) -> Any:
    outside, without = (one["eligible.forced_sales"] - one["eligible.forced_sales_in_window"] for one in (arm, other))
    return outside - without


def _gained(name: str) -> Callable[[Columns, Columns], Any]:
    return lambda arm, other: arm[name] - other[name]


def _made_good(arm: Columns, other: Columns) -> Any:
    return arm["loss"] + arm["compensation_net"] - arm["loss_of_layers"] - arm["loss_taxpayer"]


_SALES = ("forced_sales", "sales_postponed")
_LOST = ("loss", "compensation_net")
_ACTIVE = "where a system key was on: "
_IN_WINDOWS = "in windows of stress"
_KEPT = {
    "technology_kept_window_end": "at the end of the last window of stress",
    "technology_kept_after_window": "some time after that end",
    "technology_kept": "at the horizon",
}


def _averted(name: str, unit: str, meaning: str, path_column: str = "", fund_column: str = "") -> Metric:
    """A column of the other arm less this arm's: of paths, or the mean of funds over assets."""
    column = path_column or fund_column
    return Metric(name, unit, meaning, "low", (path_column,) if path_column else (),
                  (fund_column,) if fund_column else (), lambda arm, other: other[column] - arm[column], compares=True)


def _averted_of(whom: str, name: str, meaning: str, fund_column: str) -> tuple[Metric, Metric]:
    """An amount averted of these funds, and its share of theirs without it."""
    column = f"{whom}.{fund_column}"
    total = Metric(name, "currency", meaning, "low", (), (), lambda arm, other: other[column] - arm[column],
                   compares=True, whom=whom, sums=(fund_column,))
    share = total._replace(name=f"{name}_share", unit="frac", meaning=f"{meaning}, share of theirs without it",
                           over=column, of_other=True)
    return total, share


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
           lambda arm, other: arm["days_active"] > 0.0),
    Metric("dry", "bool", "a valid claim was cut for want of pool money", "high", ("first_dry_day",), (),
           lambda arm, other: ~np.isnan(arm["first_dry_day"])),
    Metric("has_loss", "bool", "the pool lost principal, or made grants, whether or not its income made that good",
           "high", ("loss", "compensation_paid"), (), lambda arm, other: arm["loss"] + arm["compensation_paid"] > 0.0),
    Metric("cost", "currency", "loss, grants net of what was clawed back, and the loss if all were sold at the horizon",
           "high", (*_LOST, "marked_loss_end"), (), _cost),
    Metric("made_good", "currency", "loss and net grants that the pool's income made good, so that no layer bore them; "
           "negative where borrowing cost more than income brought", "low", (*_LOST, "loss_taxpayer"), (), _made_good,
           of_layers=True),
    Metric("utilisation", "frac", "pool_peak_use over the pool's size", "high", ("pool_peak_use",), (),
           _utilisation, of_pool=True),
    _averted("sales_averted", "currency", "forced sales without it less those with it", "forced_sales"),
    Metric("most_avertable", "currency", f"forced sales of eligible funds {_IN_WINDOWS} without it: all that its "
           "facilities could avert", "high", (), (), lambda arm, other: other["eligible.forced_sales_in_window"],
           whom=ELIGIBLE, sums=("forced_sales_in_window",)),
    *_averted_of(ELIGIBLE, "window_sales_averted", f"forced sales of eligible funds {_IN_WINDOWS} averted",
                 "forced_sales_in_window"),
    *_averted_of(OTHERS, "others_window_sales_averted", f"forced sales of funds not eligible {_IN_WINDOWS} averted",
                 "forced_sales_in_window"),
    _averted("all_window_sales_averted", "currency", f"forced sales of all funds {_IN_WINDOWS} averted",
             "forced_sales_in_window"),
    Metric("sold_later", "currency", "forced sales of eligible funds outside of windows of stress, beyond those "
           "without it: what is postponed", "high", (), (), _sold_later, compares=True, whom=ELIGIBLE,
           sums=("forced_sales", "forced_sales_in_window")),
    *_averted_of(ELIGIBLE, "eligible_sales_averted", "forced sales of eligible funds averted", "forced_sales"),
    _averted_of(ELIGIBLE, "purchases_forgone", "purchases of eligible funds without it, less those with it",
                "bought")[0]._replace(worst="high"),
    *_averted_of(OTHERS, "others_sales_averted", "forced sales of funds not eligible averted", "forced_sales"),
    Metric("relief", "currency", "forced sales averted less sales postponed beyond the horizon", "low",
           _SALES, (), _relief, compares=True),
    Metric("relief_negative", "bool", "relief below 0: more sales forced than averted", "high",
           _SALES, (), lambda arm, other: _relief(arm, other) < 0.0, compares=True),
    _averted("drawdown_averted", "frac", "largest drawdown without it less that with it, mean over assets",
             fund_column="max_drawdown"),
    _averted("window_pressure_days_averted", "days", f"days under pressure {_IN_WINDOWS} without it less those with "
             "it, mean over assets", fund_column="pressure_days_in_window"),
    _averted("fire_sale_cost_averted", "currency", "fire-sale cost without it less that with it", "fire_sale_cost"),
    _averted("window_fire_sale_cost_averted", "currency", f"fire-sale cost {_IN_WINDOWS} without it less that with it",
             "fire_sale_cost_in_window"),
    _averted("pressure_days_averted", "days", "days under pressure without it less those with it, mean over assets",
             fund_column="days_under_pressure"),
    *(Metric(name.replace("kept", "saved"), "frac", f"share of technology units kept {when}, beyond what is kept "
             "without it", "low", (name,), (), _gained(name), compares=True) for name, when in _KEPT.items()),
    _averted("system_losses_averted", "currency", "system losses without it less those with it", "system_losses"),
    _averted("failures_averted", "frac", "share of assets in funds that fail without it less that with it",
             fund_column="failed"),
    _share("false_activations", "activations that no distress followed in the counterfactual, share of all activations",
           "n_false_activations", "n_activations"),
    _share("missed_episodes", "episodes of distress in the counterfactual with no system key on, share of all episodes",
           "n_missed_episodes", "n_episodes"),
    _share("false_alarm_days", "days outside of episodes with a system key on, share of all days outside of episodes",
           "false_days", "quiet_days"),
    Metric("breach_to_cash", "days", "from the first day of the breach behind the first activation to the first cash",
           "high", ("first_breach_day", "first_cash_day"), (), days_to_cash("first_breach_day")),
    Metric("trough_to_cash", "days", "from the index's deepest fall to the first cash; negative: cash came before",
           "high", ("trough_day", "first_cash_day"), (), days_to_cash("trough_day")),
    *_money("injected_to_leavers", "cash injected that went straight to investors who left"),
    *_money("injected_to_failing", "cash injected into funds that failed, or stood below their floor"),
    *_money("injected_to_unharmed", "cash injected into funds without distress or failure in the counterfactual"),
    Metric("injected_if_active", "currency", _ACTIVE + "cash that reached funds", "high", ("injected",), (),
           _column("injected"), only_active=True),
    Metric("utilisation_if_active", "frac", _ACTIVE + "pool_peak_use over the pool's size", "high",
           ("pool_peak_use",), (), _utilisation, of_pool=True, only_active=True),
    Metric("loss_if_active", "currency", _ACTIVE + "principal the pool did not recover", "high", ("loss",),
           (), _column("loss"), only_active=True),
    Metric("relief_if_active", "currency", _ACTIVE + "relief", "low", _SALES, (), _relief, compares=True,
           only_active=True),
)
