"""Sales near the bottom of a window, and what they would have brought later, by hand."""

import numpy as np
import pytest

from backstop.kernels.state import open_arm, stresses
from backstop.kernels.step import close_arm, run_arm
from backstop.terms import NEVER
from small_arm import days, small_arm

STRESSED = {"bear_slope": 0.05}
"""A fall of a tenth makes half a per cent of the shares leave, on the next day, beyond what is ordinary."""


def levels(*runs):
    path = np.concatenate([[0.0], *(np.full(n, np.log(level)) for n, level in runs)])
    return np.diff(path)[:, None]


def run(returns, **sections):
    arm = small_arm(investors=STRESSED, **sections)
    seam = days(returns)
    state = open_arm(arm, 1)._replace(stress=stresses(arm, len(seam), 1)[0])
    run_arm(arm, state, seam, np.full(seam.shape, 0.01), 0, len(seam), 1)
    close_arm(arm, state, 1)
    return state


def of_fund(state, name):
    return float(getattr(state.fund_tally, name)[0, 0])


FALL = levels((5, 1.0), (10, 0.5), (20, 0.95), (80, 0.9))
"""Breaches on days 6 to 15: with ten days after the last, one window from day 6 to 25."""
JUDGING = {"window_days": 10.0, "after_window_days": 5.0}


def sold_on(first, last, returns=FALL, **sections):
    """Units that were sold from one day to another, and what they brought, of prices without impact."""
    n, got = 0.0, 0.0
    previous = run(returns[: first - 1], **sections)
    for day in range(first, last + 1):
        state = run(returns[:day], **sections)
        units = float(previous.funds.units[0, 0] - state.funds.units[0, 0])
        n, got = n + units, got + units * float(state.prices.close[0, 0])
        previous = state
    return n, got


def test_a_sale_far_below_the_prices_before_the_window_costs_the_difference():
    state = run(FALL, judging=JUDGING)
    # R is 1, and only days 6 to 15 lie below 0.8 of it; their sales brought 0.5
    units, _ = sold_on(6, 15, judging=JUDGING)
    assert units > 0.0
    assert of_fund(state, "bottom_cost") == pytest.approx((0.8 - 0.5) * units, abs=20.0)
    assert float(state.path_tally.bottom_cost[0, 0]) == of_fund(state, "bottom_cost")


def test_regret_is_the_close_some_time_after_the_window_less_what_was_got():
    state = run(FALL, judging=JUDGING)
    units, got = sold_on(6, 25, judging=JUDGING)
    # day 30: five days after the window
    assert of_fund(state, "bottom_regret") == pytest.approx(0.95 * units - got, abs=40.0)


def test_who_sold_before_prices_fell_on_has_no_regret():
    state = run(levels((5, 1.0), (10, 0.7), (60, 0.6)), judging=JUDGING)
    assert of_fund(state, "bottom_regret") == NEVER
    state = run(levels((5, 1.0), (10, 0.7), (12, 0.85), (60, 0.6)), judging={**JUDGING, "index_history": np.ones(16)})
    assert of_fund(state, "bottom_regret") < 0.0


@pytest.mark.parametrize(("n_days", "is_known"), [(29, False), (30, True)])
def test_the_regret_is_known_once_the_day_has_come(n_days, is_known):
    assert (of_fund(run(FALL[:n_days], judging=JUDGING), "bottom_regret") != NEVER) == is_known


def test_windows_soon_one_after_another_are_looked_at_after_the_last():
    twice = levels((5, 1.0), (10, 0.5), (12, 1.0), (1, 0.7), (40, 0.9))
    state = run(twice[:37], judging=JUDGING)
    # the first ends on day 25; day 30 lies in the second, which ends on day 38
    assert [float(state.path_tally.n_windows[0, 0]), of_fund(state, "bottom_regret")] == [2.0, NEVER]
    assert of_fund(run(twice[:43], judging=JUDGING), "bottom_regret") > 0.0


def test_the_reference_looks_back_so_many_days_and_the_opening_is_day_0():
    rising = levels((3, 1.0), (2, 2.0), (5, 0.5), (30, 0.9))
    for n_days, mean in ((1.0, 2.0), (2.0, 2.0), (4.0, 1.5), (60.0, 8.0 / 6.0)):
        state = run(rising, judging={**JUDGING, "bottom_days": n_days})
        assert float(state.bottoms.reference[0, 0]) == pytest.approx(mean)


def test_without_a_window_there_is_neither():
    state = run(np.zeros((20, 1)))
    assert [of_fund(state, "bottom_cost"), of_fund(state, "bottom_regret")] == [NEVER, NEVER]


def test_without_arms_to_compare_nothing_is_carried_and_both_are_null():
    state = run(FALL, judging={**JUDGING, "bottom_days": 0.0})
    assert float(state.path_tally.n_windows[0, 0]) > 0.0
    assert {len(rows) for rows in state.bottoms} == {0}
    assert [of_fund(state, "bottom_cost"), of_fund(state, "bottom_regret")] == [NEVER, NEVER]
    assert float(state.path_tally.bottom_cost[0, 0]) == float(state.path_tally.bottom_regret[0, 0]) == NEVER


def test_all_rounds_of_a_day_count():
    one, more = (run(FALL, judging=JUDGING, prices={"rounds": rounds, "kappa": 0.5}) for rounds in (1, 3))
    assert of_fund(one, "bottom_cost") > 0.0
    assert of_fund(more, "bottom_cost") == pytest.approx(of_fund(one, "bottom_cost"), rel=1e-9)
