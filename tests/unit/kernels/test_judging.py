"""What triggers are judged by, against hand numbers."""

import numpy as np
import pytest

from backstop.kernels.judging import Foresight
from backstop.kernels.machine.frames import as_rows, rows
from backstop.kernels.state import foresights, open_arm
from backstop.kernels.step import close_arm, run_arm
from backstop.terms import MarketSignal
from small_arm import days, small_arm

STILL = [[0.0]] * 8
DOWN = np.log(0.9)


def run(arm, returns, foresight=None):
    """Tallies of an arm, and its foresight."""
    seam = days(returns)
    lanes = seam.shape[2]
    state = open_arm(arm, lanes)
    if foresight is not None:
        state = state._replace(foresight=foresight)
    run_arm(arm, state, seam, np.full(seam.shape, 0.01), 0, len(seam), lanes)
    close_arm(arm, state, lanes)
    return state


def ahead(*values):
    """Days of episodes that arm none is said to have had."""
    return Foresight(rows(0, 1), as_rows(np.array(values, dtype=np.float64)[:, None]))


def on_for(n_days_on, **triggers):
    """A facility on from a day's return of -10 % or worse for `n_days_on` days, that nobody is eligible for."""
    given = {"market": (MarketSignal.RETURN, 1), "system_entry": (-0.05, -1.0), "system_exit": (-1e9, 1.0),
             "exit_days": n_days_on} | triggers
    return small_arm(n_facilities=1, triggers=given, facilities={"is_eligible": 0.0})


def path_of(state, *names):
    return [float(getattr(state.path_tally, name)[0, 0]) for name in names]


def test_days_up_to_the_horizon_before_distress_are_an_episode():
    # asked back on day 3 (due on 4): sells 125,000, material; on day 7 arm none is calm again
    arm = small_arm(investors={"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.125})
    none, other = foresights(8, 1)
    state = run(arm, [[0.0], [0.0], [DOWN], *STILL[:5]], none)
    assert path_of(state, "n_episodes", "quiet_days", "n_missed_episodes") == [1.0, 5.0, 1.0]
    assert float(state.fund_tally.distress_days[0, 0]) == 1.0
    assert np.asarray(other.ahead)[:, 0].tolist() == [0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]


def test_sales_below_what_is_material_are_no_distress():
    arm = small_arm(investors={"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.125},
                    judging={"material_sale": 2e5})
    state = run(arm, [[DOWN], *STILL[:3]], foresights(4, 1)[0])
    assert path_of(state, "n_episodes") == [0.0]


def test_distress_of_too_few_assets_is_none_of_the_day():
    arm = small_arm(investors={"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.125},
                    judging={"material_assets": 2e6})
    state = run(arm, [[DOWN], *STILL[:3]], foresights(4, 1)[0])
    assert path_of(state, "n_episodes") == [0.0]
    assert float(state.fund_tally.distress_days[0, 0]) == 1.0


@pytest.mark.parametrize(("calendar", "expected"), [
    # activations, false ones, episodes, missed ones, quiet days, false days; on from day 2 to day 3
    ([0, 1, 1, 0, 0, 0, 0, 0], [1.0, 0.0, 1.0, 0.0, 6.0, 0.0]),
    ([0, 0, 0, 0, 1, 1, 0, 0], [1.0, 1.0, 1.0, 1.0, 6.0, 2.0]),
    ([0, 0, 1, 1, 0, 0, 1, 0], [1.0, 1.0, 2.0, 1.0, 5.0, 1.0]),
    ([1, 1, 0, 0, 0, 0, 0, 0], [1.0, 0.0, 1.0, 0.0, 6.0, 1.0]),
    ([0, 0, 0, 0, 0, 0, 0, 0], [1.0, 1.0, 0.0, 0.0, 8.0, 2.0]),
])
def test_activations_and_episodes_are_matched(calendar, expected):
    state = run(on_for(2), [[0.0], [DOWN], *STILL[:6]], ahead(*calendar))
    names = ("n_activations", "n_false_activations", "n_episodes", "n_missed_episodes", "quiet_days", "false_days")
    assert path_of(state, *names) == expected


def test_the_breach_lies_persistence_and_lag_before_the_first_activation():
    arm = on_for(3, entry_days=2, decision_lag=2)
    state = run(arm, [[0.0], [DOWN], [DOWN], *STILL[:5]])
    assert path_of(state, "first_breach_day", "first_active_day") == [2.0, 5.0]


def test_the_trough_is_looked_for_until_the_horizon_after_the_activation():
    # on from day 2, the horizon is 2 days: a deeper fall on day 6 is another story
    returns = [[0.0], [DOWN], [DOWN], [0.05], [0.0], [3 * DOWN]]
    assert path_of(run(on_for(2), returns), "trough_day") == [3.0]
    assert path_of(run(small_arm(), returns), "trough_day") == [6.0]


def test_cash_that_leavers_take_is_told_from_cash_that_spares_sales():
    # 112,500 are due on day 2 beyond 50,000 of own cash; de-risking wants 81,000 more, and the facility gives all
    arm = small_arm(n_facilities=1, funds={"units_open": [9.5e5]},
                    investors={"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.125},
                    facilities={"coverage_frac": 1.0, "deductible_frac": 0.0})
    state = run(arm, [[DOWN], [0.0]])
    due = float(state.fund_tally.redemption_paid[0, 0])
    taken = float(state.fund_tally.injected_to_leavers[0, 0])
    assert taken == due - 50_000.0 == float(state.fund_tally.injected[0, 0]) > 0.0
    assert path_of(state, "first_cash_day") == [2.0]
    assert float(state.fund_tally.injected_below_floor[0, 0]) == 0.0
