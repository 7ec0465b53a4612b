"""What money is owed for, and what was sold for it, by hand."""

from typing import Any

import numpy as np
import pytest

from backstop.kernels.state import open_arm
from backstop.kernels.step import run_arm
from small_arm import days, run_small, small_arm

CAUSES = ("ordinary", "gains", "stressed", "pressure", "lenders", "facilities")
HALVED = {"nav_history": [2.0, 2.0, 2.0, 2.0, 1.0]}
"""Half of the value was lost in the four days before the opening."""
ORDINARY_AND_STRESSED = {"base_rate": 0.03, "bear_slope": 0.14, "horizon_days": 4}
"""3 % a day in any market, and 7 % more after such a loss; what is asked on day 1 falls due on day 2."""


def of(state, name, f=0):
    return float(getattr(state.fund_tally, name)[f, 0])


def sales(state, f=0):
    """Sales by cause; they add up to gross sales."""
    found = {cause: of(state, f"sales_{cause}", f) for cause in CAUSES}
    assert sum(found.values()) == of(state, "gross_sales", f)
    assert of(state, "forced_sales", f) == of(state, "gross_sales", f) - found["ordinary"] - found["gains"]
    assert not np.any(state.path_tally.money_created)
    return {cause: amount for cause, amount in found.items() if amount}


def due_on_day_2(cash, n_days=2, **sections: Any):
    funds = {"units_open": [1e6 - cash]} | HALVED | sections.pop("funds", {})
    return run_small(small_arm(funds=funds, investors=ORDINARY_AND_STRESSED, **sections), [[0.0]] * n_days)


def test_free_cash_pays_all_causes_pro_rata():
    # 30,000 and 70,000 are due, 40,000 are free: 18,000 and 42,000 are left to sell, and a quantum for the floor
    state = due_on_day_2(40_000.0)
    assert sales(state) == {"ordinary": pytest.approx(18_000, abs=1), "stressed": pytest.approx(42_000, abs=1)}


def test_an_injection_pays_all_causes_pro_rata():
    # 20,000 more, lent on day 2
    arm = small_arm(n_facilities=1, funds={"units_open": [960_000.0]} | HALVED, investors=ORDINARY_AND_STRESSED,
                    facilities={"fund_cap_frac": 0.02})
    state = run_small(arm, [[0.0]] * 2)
    assert of(state, "injected") == 20_000.0
    assert sales(state) == {"ordinary": pytest.approx(12_000, abs=1), "stressed": pytest.approx(28_000, abs=1)}


def test_pressure_stands_apart_as_it_was_planned():
    state = due_on_day_2(40_000.0, n_days=1, evaluation={
        "is_on": 1, "log_nav_history": [0.5, 0.0], "floor": -0.1, "cut": 1.0, "speed": 0.05})
    # full pressure: a twentieth of 960,000, before anything falls due
    assert sales(state) == {"pressure": 48_000.0}
    state = due_on_day_2(40_000.0, evaluation={
        "is_on": 1, "log_nav_history": [0.5, 0.0], "floor": -0.1, "cut": 1.0, "speed": 0.05})
    # on day 2, 88,000 are free: 12,000 are to be raised beside the de-risking of 912,000
    assert sales(state) == {"pressure": pytest.approx(48_000 + 45_600, abs=1), "ordinary": pytest.approx(3_600, abs=1),
                            "stressed": pytest.approx(8_400, abs=1)}


def test_what_is_not_paid_keeps_its_cause():
    # 60,000 can be sold a day: 40,000 of what is due on day 2 waits until day 3 beside what falls due then
    state = due_on_day_2(0.0, funds={"participation_frac": 0.06}, prices={"adv": 1e6})
    assert sales(state) == {"ordinary": pytest.approx(18_000, abs=1), "stressed": pytest.approx(42_000, abs=1)}
    assert float(state.causes.overdue[0, 0]) == pytest.approx(0.7 * 40_000.0)
    assert float(state.investors.overdue[0, 0]) == pytest.approx(40_000.0)


def test_what_a_gate_holds_back_keeps_its_cause():
    state = run_small(small_arm(funds=HALVED, investors=ORDINARY_AND_STRESSED | {"gate_frac": 0.05}), [[0.0]] * 2)
    assert sales(state) == {"ordinary": pytest.approx(15_000, abs=1), "stressed": pytest.approx(35_000, abs=1)}
    assert float(state.causes.overdue[0, 0]) == pytest.approx(35_000.0)


def test_what_is_sold_ahead_has_the_cause_of_what_falls_due():
    arm = small_arm(funds={"ahead_days": 2} | HALVED, prices={"settlement_days": 2},
                    investors=ORDINARY_AND_STRESSED | {"notice_days": 2})
    # day 1 sells 100,000 for what falls due on day 3
    assert sales(run_small(arm, [[0.0]])) == {
        "ordinary": pytest.approx(30_000, abs=1), "stressed": pytest.approx(70_000, abs=1)}


def test_taking_gains_forces_nobody():
    arm = small_arm(investors={"gain_slope": 0.5, "tolerance": 0.1, "daily_cap": 0.04})
    state = run_small(arm, [[np.log(1.15)], [0.0]])
    # 0.5 * 0.05 of 1m shares at 1.15
    assert sales(state) == {"gains": pytest.approx(28_750, abs=2)}
    state = run_small(arm, [[np.log(1.3)], [0.0]])
    assert sales(state) == {"gains": pytest.approx(52_000, abs=2)}


def test_lenders_are_a_cause():
    rule = {"debt_open": 1e6, "cap": 2.1, "target": 2.0}
    arm = small_arm(funds={"units_open": [2e6], "cash_open": 0.0}, leverage=rule)
    state = run_small(arm, [[np.log(0.95)]])
    # assets 1.9m, NAV 0.9m: 0.1m brings the debt back to the NAV
    assert sales(state) == {"lenders": pytest.approx(100_000, abs=2)}


def test_facilities_are_a_cause():
    arm = small_arm(n_facilities=1, investors={"base_rate": 0.25}, facilities={"tenor_days": 1.0})
    state = run_small(arm, [[0.0]] * 3)
    # 250,000 lent on day 2 are called on day 3, when 187,500 are due and nobody lends to who is called
    assert sales(state) == {"ordinary": pytest.approx(187_500, abs=2), "facilities": pytest.approx(250_000, abs=2)}


def test_distress_is_of_forced_sales():
    judging = {"material_sale": 9e4}
    assert of(due_on_day_2(0.0, judging={"material_sale": 7e4}), "distress_days") == 1.0
    assert of(due_on_day_2(0.0, judging=judging), "distress_days") == 0.0
    ordinary = small_arm(investors={"base_rate": 0.1}, judging=judging)
    assert of(run_small(ordinary, [[0.0]] * 3), "distress_days") == 0.0


def test_base_inflow_dries_up_with_the_loss_beyond_the_tolerance():
    arm = small_arm(investors={"base_inflow": 0.01, "inflow_dry": 5.0, "tolerance": 0.1, "bear_slope": 0.0})
    # losses of 5, 20 and 40 %: all of it comes, half, nothing
    state = run_small(arm, [np.log([0.95, 0.8, 0.6])])
    money = [np.floor(1e4 * 0.95), np.floor(0.5 * 1e4 * 0.8), 0.0]
    np.testing.assert_allclose(np.asarray(state.fund_tally.subscribed)[0], money, atol=1.0)


STEADY = {"base_rate": 0.001, "base_inflow": 0.001, "notice_days": 10, "queue_open": 0.001 / 1.01}
"""What ten days of notice hold where a thousandth was asked back a day for ever."""


def test_the_queue_opens_as_asking_at_the_base_rate_leaves_it():
    state = open_arm(small_arm(investors=STEADY), 1)
    queue = np.asarray(state.investors.queue)[:, 0]
    assert queue[0] == 0.0
    np.testing.assert_allclose(queue[1:], 990.099009901, rtol=1e-12)
    assert float(state.investors.queued[0, 0]) == pytest.approx(9_900.99009901)


def test_a_calm_market_keeps_its_funds():
    state = run_small(small_arm(investors=STEADY, funds={"invest_frac": 1.0}, prices={"buy_ratio": 1.0}), [[0.0]] * 50)
    # 990 a day come in, and pay the 990 that leave
    assert float(state.funds.shares[0, 0]) == pytest.approx(1e6, abs=50)
    assert (of(state, "subscribed"), of(state, "redemption_paid")) == (50 * 990.0, 50 * 990.0)
    assert sales(state) == {}
    assert of(state, "bought") == 0.0


def test_new_money_pays_ordinary_dues_even_below_the_buffer():
    state = run_small(small_arm(investors=STEADY, funds={"units_open": [990_000.0], "buffer_frac": 0.05}), [[0.0]] * 5)
    assert sales(state) == {}
    assert float(state.funds.cash[0, 0]) == 10_000.0


def test_new_money_pays_no_stressed_dues_before_others_and_buys_with_what_is_left():
    arm = small_arm(funds=HALVED | {"units_open": [1e6]},
                    investors={"base_rate": 0.01, "base_inflow": 0.04, "bear_slope": 0.1, "horizon_days": 4})
    state = open_arm(arm, 1)
    run_arm(arm, state, days([[0.0], [0.0]]), np.zeros((2, 1, 1)), 0, 2, 1)
    # day 1: 40,000 come, 60,000 are asked for; day 2: 39,200 come in and 10,000 of them pay ordinary dues
    assert float(state.funds.netted[0, 0]) == pytest.approx(10_000, abs=1)
    assert of(state, "redemption_paid") == pytest.approx(60_000, abs=1)
    assert sales(state) == {}
    assert float(state.funds.cash[0, 0]) == pytest.approx(40_000 + 39_200 - 60_000, abs=2)


def test_a_fund_whose_payments_are_shut_sets_nothing_aside():
    state = run_small(small_arm(investors=STEADY | {"gate_frac": 0.0}), [[0.0]] * 3)
    assert float(state.funds.netted[0, 0]) == 0.0
    assert of(state, "redemption_paid") == 0.0


def test_rows_of_causes_are_there_only_where_somebody_asks_for_more_than_the_base_rate():
    assert len(open_arm(small_arm(investors=STEADY), 1).causes.queue) == 0
    assert len(open_arm(small_arm(investors={"bear_slope": 0.1}), 1).causes.overdue) == 1
    assert len(open_arm(small_arm(investors={"gain_slope": 0.1}), 1).causes.overdue) == 2
    assert len(open_arm(small_arm(investors={"bear_slope": 0.1}), 1).causes.ahead) == 0
