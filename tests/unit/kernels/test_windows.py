"""Windows of stress and what is counted in them, against hand numbers."""

import numpy as np
import pytest

from backstop.kernels.state import open_arm, stresses
from backstop.kernels.step import close_arm, run_arm
from backstop.terms import NEVER
from small_arm import days, small_arm


def levels(*runs):
    """Log returns, of one path, from (days, level of the index) in turn."""
    path = np.concatenate([[0.0], *(np.full(n, np.log(level)) for n, level in runs)])
    return np.diff(path)[:, None]


def run(arm, returns, stress=None):
    """An arm that finds its own windows, unless `stress` has them."""
    seam = days(returns)
    lanes = seam.shape[2]
    state = open_arm(arm, lanes)
    state = state._replace(stress=stress or stresses(arm, len(seam), lanes)[0])
    run_arm(arm, state, seam, np.full(seam.shape, 0.01), 0, len(seam), lanes)
    close_arm(arm, state, lanes)
    return state


def path_of(state, *names):
    return [float(getattr(state.path_tally, name)[0, 0]) for name in names]


def fund_of(state, name):
    return float(getattr(state.fund_tally, name)[0, 0])


DAYS = ("n_windows", "days_in_windows", "first_window_day", "last_window_day", "is_window_cut")
TWO_FALLS = levels((10, 1.0), (10, 0.79), (49, 0.9), (6, 0.79), (80, 0.9))
"""Breaches on days 11 to 20 and 70 to 75."""


def test_breaches_soon_one_after_another_make_one_window():
    assert path_of(run(small_arm(), TWO_FALLS), *DAYS) == [1.0, 125.0, 11.0, 135.0, 0.0]


def test_breaches_far_apart_make_two():
    arm = small_arm(judging={"window_days": 20.0})
    assert path_of(run(arm, TWO_FALLS), *DAYS) == [2.0, 30.0 + 26.0, 11.0, 95.0, 0.0]


def test_a_window_is_cut_at_the_horizon_and_says_so():
    assert path_of(run(small_arm(), TWO_FALLS[:100]), *DAYS) == [1.0, 90.0, 11.0, 100.0, 1.0]


def test_the_high_is_that_of_so_many_days_those_before_the_opening_included():
    history = np.append(np.full(249, 1.3), 1.0)
    arm = small_arm(judging={"index_history": history, "window_days": 5.0})
    # 1.3 is out of sight from day 250 on: its last close lies 250 days back on day 249
    assert path_of(run(arm, levels((300, 1.0))), *DAYS) == [1.0, 254.0, 1.0, 254.0, 0.0]


def test_a_breach_shortly_before_the_opening_keeps_a_window_open():
    arm = small_arm(judging={"breach_age_open": 50.0})
    assert path_of(run(arm, levels((20, 1.0))), *DAYS) == [1.0, 10.0, 1.0, 10.0, 0.0]


def test_other_arms_have_the_windows_of_the_first():
    arm = small_arm()
    first, other = stresses(arm, len(TWO_FALLS), 1)
    run(arm, TWO_FALLS, first)
    assert path_of(run(arm, np.zeros_like(TWO_FALLS), other), *DAYS) == [1.0, 125.0, 11.0, 135.0, 0.0]


def test_a_path_without_a_window_has_none_of_what_windows_count():
    state = run(small_arm(prices={"is_technology": 1}), np.zeros((30, 1)))
    assert path_of(state, "n_windows", "forced_sales_in_window", "technology_kept_window_end") == [0.0, NEVER, NEVER]
    assert fund_of(state, "pressure_days_in_window") == NEVER


SELLING = {"investors": {"base_rate": 0.001}, "prices": {"is_technology": 1}}
"""A thousandth of the shares leaves every day, paid on the next from sales of the fund's technology."""


STRESSED = {"investors": {"bear_slope": 0.1}}
"""A fall of a tenth makes a hundredth of the shares leave on the next day, beyond what is ordinary."""
THREE_FALLS = np.concatenate([levels((5, 1.0), (5, 0.95)), TWO_FALLS + 0.0])


def test_what_is_sold_in_windows_is_counted_by_its_day():
    until = [fund_of(run(small_arm(**STRESSED), THREE_FALLS[:n]), "forced_sales") for n in (20, 145)]
    assert 0.0 < until[0] < until[1]
    state = run(small_arm(**STRESSED), THREE_FALLS)
    assert path_of(state, "first_window_day", "last_window_day") == [21.0, 145.0]
    assert fund_of(state, "forced_sales_in_window") == until[1] - until[0]
    assert path_of(state, "forced_sales_in_window", "forced_sales_in_window_eligible") == [until[1] - until[0]] * 2


def test_what_funds_sell_that_no_facility_admits_stands_apart():
    state = run(small_arm(**STRESSED, judging={"is_admissible": 0.0}), TWO_FALLS)
    assert path_of(state, "forced_sales_in_window")[0] > 0.0
    assert path_of(state, "forced_sales_in_window_eligible") == [0.0]


def test_technology_kept_is_read_at_the_end_of_the_last_window_and_later():
    arm = small_arm(**SELLING, judging={"after_window_days": 10.0})
    kept = [path_of(run(arm, TWO_FALLS[:n]), "technology_kept")[0] for n in (135, 145)]
    state = run(arm, TWO_FALLS)
    assert path_of(state, "technology_kept_window_end", "technology_kept_after_window") == kept
    assert [fund_of(state, "technology_kept_window_end"), fund_of(state, "technology_kept_after_window")] == kept


def test_where_the_horizon_cuts_a_window_it_ends_there():
    state = run(small_arm(**SELLING), TWO_FALLS[:100])
    assert path_of(state, "technology_kept_window_end") == path_of(state, "technology_kept")
    assert path_of(state, "technology_kept_after_window") == [NEVER]


def test_a_further_window_takes_the_place_of_an_earlier_one():
    arm = small_arm(**SELLING, judging={"window_days": 20.0, "after_window_days": 10.0})
    state = run(arm, TWO_FALLS[:96])
    # after the first, on day 50, it was looked at; the second ended on day 95
    assert path_of(state, "technology_kept_after_window") == [NEVER]
    kept = path_of(run(arm, TWO_FALLS[:95]), "technology_kept")
    assert path_of(state, "technology_kept_window_end") == kept


@pytest.mark.parametrize("level", [0.8, 0.2])
def test_pressure_is_counted_in_windows_too(level):
    pressed = {"is_on": 1, "threshold": 10.0, "floor": 9.0}
    state = run(small_arm(evaluation=pressed), levels((30, 1.0), (10, level), (80, 1.0)))
    assert fund_of(state, "pressure_days_in_window") == 70.0
    assert fund_of(state, "days_under_pressure") == 120.0
