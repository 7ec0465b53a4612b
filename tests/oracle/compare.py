"""The kernels and the oracle on the same market, outcome by outcome."""

from typing import Any, NamedTuple

import numpy as np

from backstop.kernels.judging import Foresight
from backstop.kernels.machine.frames import as_rows, rows
from backstop.kernels.prices.state import Replay
from backstop.kernels.state import ArmState, open_arm, stresses
from backstop.kernels.step import close_arm, run_arm
from backstop.kernels.windows import Stress
from backstop.outcomes import NULL_WITHOUT_WINDOW, PathTally
from backstop.terms import NEVER, Floats
from oracle.designs import Design
from oracle.engine import OracleResult, run_oracle

RELATIVE = 1e-9
QUANTA = 64.0
"""Floors that two engines take on opposite sides of a whole number, summed over a path, for each fund."""


PURE_NUMBERS = {
    "worst_dislocation", "worst_dislocation_by_asset", "limit_down_days_by_asset", "coverage_min",
    "shortfall_days", "market_trough_by_asset", "first_dry_day", "days_active", "first_active_day",
    "days_gated", "days_recalled", "managers_replaced", "days_swung", "n_unsettled_days",
    "defaulted", "failed", "days_suspended_by_asset", "market_end_by_asset", "distress_days", "n_activations",
    "n_false_activations", "n_episodes", "fixed_point_gap",
    "n_missed_episodes", "quiet_days", "false_days", "first_breach_day", "first_cash_day", "trough_day",
    "money_created", "n_windows", "days_in_windows", "first_window_day", "last_window_day", "is_window_cut",
}
KEPT = {"technology_kept", "technology_kept_window_end", "technology_kept_after_window"}
NULLABLE = KEPT | NULL_WITHOUT_WINDOW | {"score_min", "coverage_min"}
PER_SHARE = {"nav_per_share_end", "max_drawdown", "score_min", "score_cover_peak"}
COSTS_OF_SALES = {"slippage", "fire_sale_cost", "fire_sale_cost_in_window", "bottom_cost", "bottom_regret"}
MOVED_BY_SCORES = {"sales_pressure", "nav_end", "lender_debt_end", "net_debt"}
COVERED = 1e9
"""Coverage from here on may be of a quantum that one engine owes by rounding, and another does not."""
DAYS_OF_PRESSURE = {"days_under_pressure", "pressure_days_in_window"}
PRESSED_DAYS = 1e4
"""They add up the rounding of scores over narrow ranges, for some hundred days."""
STEEPEST = 12.0
"""A score, and what it causes, moves at most so many times as much as the share: to the power 252 / 22 at first."""


class Difference(NamedTuple):
    """An outcome on which the two engines differ."""

    lane: int
    outcome: str
    kernel: float
    oracle: float


def opened(design: Design, chosen: slice = slice(None)) -> ArmState:
    """The state at the opening of the chosen lanes, with what the run hands to it."""
    lanes = design.log_return[:, :, chosen].shape[2]
    state = open_arm(design.arm, lanes)._replace(
        foresight=Foresight(rows(0, lanes), as_rows(design.ahead[:, chosen])), stress=_stress(design, chosen, lanes))
    if design.contained is not None:
        given = (as_rows(rows_of[:, chosen]) for rows_of in design.contained)
        state = state._replace(replay=Replay(rows(0, lanes), rows(0, lanes), *given))
    if len(state.loans.take_up):
        state.loans.take_up[:] = design.take_up[:, chosen]
    return state


def _stress(design: Design, chosen: slice, lanes: int) -> Stress:
    """Windows of stress are given, or the arm's own."""
    if not len(design.ages):
        return stresses(design.arm, len(design.log_return), lanes)[0]
    return Stress(rows(0, lanes), as_rows(design.ages[:, chosen]), rows(0, lanes), rows(0, lanes))


def run_kernels(design: Design) -> ArmState:
    """The state at the horizon, tallies filled."""
    days, _, lanes = design.log_return.shape
    state = opened(design)
    run_arm(design.arm, state, design.log_return.copy(), design.volatility.copy(), 0, days, lanes)
    close_arm(design.arm, state, lanes)
    return state


def contained_of(design: Design, lane: int) -> tuple[Floats, Floats] | None:
    """(T*J,) each, of one path."""
    return None if design.contained is None else (design.contained[0][:, lane], design.contained[1][:, lane])


def run_oracles(design: Design) -> list[OracleResult]:
    """The oracle's result of every path."""
    lanes = design.log_return.shape[2]
    seam = design.log_return, design.volatility
    return [run_oracle(design.arm, *(rows[:, :, i] for rows in seam), design.take_up[:, i].tolist(), design.ahead[:, i],
                       design.ages[:, i], contained_of(design, i))
            for i in range(lanes)]


def as_number(name: str, value: Any) -> float:
    """The kernels' form of an outcome: no score is `NEVER`, no day is 0."""
    if value is None:
        return NEVER if name in NULLABLE else 0.0
    return float(value)


def _path_column(results: list[OracleResult], name: str) -> Floats:
    """One path outcome, (row, lane)."""
    values = [result.path[name] for result in results]
    rows = [value if isinstance(value, list) else [value] for value in values]
    return np.array([[as_number(name, v) for v in row] for row in rows]).T


def _fund_column(results: list[OracleResult], name: str) -> Floats:
    """One fund outcome, (F, lane)."""
    return np.array([[as_number(name, fund[name]) for fund in result.funds] for result in results]).T


def slack_of(design: Design, results: list[OracleResult], name: str, is_of_path: bool) -> Floats:
    """Absolute tolerance of an outcome by lane (of some: by fund and lane), besides the relative one."""
    if name == "n_injections":
        return np.array([float(result.dust_shares) for result in results])
    if name == "coverage_min":
        # a ratio of two amounts, of which what is owed may be a few million quanta
        return 1e-6 * np.nan_to_num(_fund_column(results, name), posinf=0.0)
    if name == "fixed_point_gap":
        # rounds end where a ten-thousandth of the day's sales is left
        return np.full(len(results), 1e-6)
    if name in COSTS_OF_SALES:
        # what other prices would have brought, less what it brought: rounded twice
        column, n_funds = (_path_column, design.arm.funds.count.sum()) if is_of_path else (_fund_column, 1.0)
        return 2.0 * QUANTA * n_funds + RELATIVE * column(results, "gross_sales")
    if name in KEPT:
        return STEEPEST * QUANTA / _fewest_technology_units(design) + np.full(len(results), RELATIVE)
    if name in PURE_NUMBERS:
        return np.full(len(results), 0.0 if name == "money_created" else RELATIVE)
    if name in DAYS_OF_PRESSURE:
        least = np.array([result.least_shares for result in results]).T
        return PRESSED_DAYS * STEEPEST * QUANTA / least + RELATIVE
    if name in PER_SHARE:
        least = np.array([result.least_shares for result in results]).T
        slack = STEEPEST * QUANTA / least + RELATIVE
        if name == "nav_per_share_end":
            # a fund that is all but redeemed keeps the rounding of the shares that it had
            lost = 4.0 * np.spacing(design.arm.funds.nav_open)[:, None] / least
            slack = slack + lost * np.abs(_fund_column(results, name))
        return slack
    if name in MOVED_BY_SCORES:
        return np.full(len(results), STEEPEST * QUANTA)
    funds = design.arm.funds.count.sum() if name in PathTally._fields else 1.0
    return np.full(len(results), QUANTA * funds)


def _fewest_technology_units(design: Design) -> float:
    """Of the funds that have any at the opening, at least 1: a quantum more or less is so much of what is kept."""
    units = design.arm.funds.units_open[:, design.arm.prices.is_technology > 0].sum(axis=1)
    return float(max(np.min(units[units > 0.0], initial=1e300), 1.0))


def _differ(name: str, kernel: Floats, oracle: Floats, slack: Floats) -> list[Difference]:
    """Where two columns differ by more than rounding; NaN differs from everything."""
    if name == "coverage_min":
        kernel, oracle = np.minimum(kernel, COVERED), np.minimum(oracle, COVERED)
    tolerance = RELATIVE * np.maximum(np.abs(kernel), np.abs(oracle)) + slack
    rows, lanes = np.nonzero(~(np.abs(kernel - oracle) <= tolerance))
    return [Difference(int(i), f"{name}[{r}]", float(kernel[r, i]), float(oracle[r, i]))
            for r, i in zip(rows, lanes, strict=True)]


def differences(design: Design, state: ArmState, results: list[OracleResult]) -> list[Difference]:
    """Every outcome of every path, and every net debt at its end, on which kernels and oracle differ."""
    debts = np.array([result.debts for result in results], dtype=np.float64).T
    found = _differ("net_debt", np.asarray(state.funds.net_debt), debts, slack_of(design, results, "net_debt", False))
    for tally, column in ((state.path_tally, _path_column), (state.fund_tally, _fund_column)):
        for name in tally._fields:
            slack = slack_of(design, results, name, column is _path_column)
            found += _differ(name, np.asarray(getattr(tally, name)), column(results, name), slack)
    return found
