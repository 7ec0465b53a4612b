"""How good triggers are: false activations and misses, whom the money reached, when it came (docs/quality.md).

All of it is judged on the counterfactual, on the same paths (docs/model.md, 13).
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

Values: TypeAlias = dict[str, Any]
"""(N,) values by name."""


class FundSum(NamedTuple):
    """An amount of every path that sums up over funds, times count, what each of them makes of its own columns."""

    name: str
    columns: tuple[str, ...]
    of_fund: Callable[[Values, Values], Any]
    """(N,) of the fund's columns in the arm, and in its counterfactual."""


def _to_failed(arm: Values, other: Values) -> Any:
    """All that a fund got which failed, at whatever time; else what it got below its floor."""
    return np.where(arm["failed"] > 0.0, arm["injected"], arm["injected_below_floor"])


def _to_unharmed(arm: Values, other: Values) -> Any:
    """What a fund got that had no day of distress in the counterfactual and did not fail there."""
    return np.where((other["distress_days"] == 0.0) & (other["failed"] == 0.0), arm["injected"], 0.0)


FUND_SUMS = (
    FundSum("injected_to_failing", ("injected", "injected_below_floor", "failed"), _to_failed),
    FundSum("injected_to_leavers", ("injected_to_leavers",), lambda arm, other: arm["injected_to_leavers"]),
    FundSum("injected_to_unharmed", ("injected", "distress_days", "failed"), _to_unharmed),
)


def days_to_cash(since: str) -> Callable[[Values, Values], Any]:
    """Days from the day in column `since` to the first cash, NaN where one of them never came."""
    return lambda arm, other: arm["first_cash_day"] - arm[since]
