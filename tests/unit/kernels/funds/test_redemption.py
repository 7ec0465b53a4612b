"""Requests, notice, payment and arrears against hand numbers."""

import numpy as np
import pytest

from backstop.kernels.state import open_arm
from backstop.kernels.step import run_arm
from backstop.terms import NO_GATE
from small_arm import days, run_small, small_arm

CASH_ONLY = {"units_open": [0.0]}
LOCKED = {"participation_frac": 0.0}
"""A fund that cannot sell."""


def first(row):
    return np.asarray(row)[0]


def test_the_rate_rises_with_losses_beyond_the_tolerance_up_to_the_cap():
    arm = small_arm(investors={"base_rate": 0.01, "tolerance": 0.05, "bear_slope": 0.2, "daily_cap": 0.025})
    state = run_small(arm, [[0.0, np.log(0.96), np.log(0.90), np.log(0.5)]])
    # 0.01 + 0.2 * (0.10 - 0.05) = 0.02 at -10 %
    np.testing.assert_allclose(first(state.funds.requested_shares), [10_000, 10_000, 20_000, 25_000], rtol=1e-9)
    np.testing.assert_allclose(first(state.fund_tally.redemption_requested), [10_000, 9_600, 18_000, 12_500], atol=1)


def test_a_trailing_return_looks_into_history():
    arm = small_arm(funds={"nav_history": [2.0, 1.6, 1.25, 1.0]},
                    investors={"horizon_days": 3, "bear_slope": 0.1})
    state = run_small(arm, [[0.0]])
    # -37.5 % in three days
    assert first(state.funds.requested_shares)[0] == pytest.approx(37_500.0)


def test_what_is_asked_for_falls_due_after_the_notice_at_the_nav_of_that_day():
    arm = small_arm(funds={"units_open": [1e6]}, investors={"base_rate": 0.1, "notice_days": 2})
    returns = [[0.0, 0.0], [0.0, 0.0], [0.0, np.log(0.5)]]
    assert not np.any(run_small(arm, returns[:2]).funds.due)
    np.testing.assert_allclose(first(run_small(arm, returns).funds.due), [100_000, 50_000], atol=1)


def test_shares_already_queued_are_not_asked_for_again():
    state = run_small(small_arm(funds=CASH_ONLY, investors={"base_rate": 0.5, "notice_days": 4}), [[0.0], [0.0], [0.0]])
    assert first(state.investors.queued)[0] == 875_000.0


def test_paid_shares_leave_the_fund_and_the_class():
    state = run_small(small_arm(funds=CASH_ONLY, investors={"base_rate": 0.1}), [[0.0], [0.0]])
    assert first(state.fund_tally.redemption_paid)[0] == 100_000.0
    assert first(state.funds.shares)[0] == first(state.investors.shares)[0] == 900_000.0
    assert first(state.investors.overdue)[0] == 0.0


def test_classes_share_what_there_is_and_the_remainder_goes_to_the_last():
    arm = small_arm(funds={"units_open": [999_900.0]} | LOCKED,
                    investors={"share_frac": [0.25, 0.75], "base_rate": 0.1})
    state = run_small(arm, [[0.0], [0.0]])
    # 100 for dues of 25,000 and 75,000
    np.testing.assert_array_equal(np.asarray(state.investors.overdue)[:, 0], [24_975.0, 74_925.0])
    arm = small_arm(funds={"units_open": [999_901.0]} | LOCKED,
                    investors={"share_frac": [0.25, 0.75], "base_rate": 0.1})
    state = run_small(arm, [[0.0], [0.0]])
    # 99: floor(24.75) for the first, the rest for the second
    np.testing.assert_array_equal(np.asarray(state.investors.overdue)[:, 0], [24_976.0, 74_925.0])


def test_a_class_without_dues_does_not_take_the_payment_of_another():
    arm = small_arm(funds=CASH_ONLY, investors={"share_frac": [0.5, 0.5], "base_rate": [[0.0, 0.1]]})
    state = run_small(arm, [[0.0], [0.0]])
    np.testing.assert_array_equal(np.asarray(state.investors.shares)[:, 0], [500_000.0, 450_000.0])


def test_arrears_grow_while_what_was_late_stays_unpaid():
    arm = small_arm(funds=LOCKED, investors={"base_rate": 0.1})
    days = [float(first(run_small(arm, [[0.0]] * n).funds.unpaid_days)[0]) for n in (1, 2, 3, 4)]
    assert days == [0.0, 1.0, 2.0, 3.0]


def test_arrears_start_anew_once_what_was_late_is_paid():
    # 60,000 a day, of 100,000 due on day 2, 130,000 (40,000 of them late) on day 3, 151,000 (70,000) on day 4
    arm = small_arm(funds={"participation_frac": 0.06}, prices={"adv": 1e6}, investors={"base_rate": 0.1})
    days = [float(first(run_small(arm, [[0.0]] * n).funds.unpaid_days)[0]) for n in (2, 3, 4)]
    assert days == [1.0, 1.0, 2.0]


def test_a_fund_fails_when_arrears_outlast_the_limit():
    arm = small_arm(funds={"unpaid_days_limit": 2.0} | LOCKED, investors={"base_rate": 0.1})
    assert [float(first(run_small(arm, [[0.0]] * n).fund_tally.failed)[0]) for n in (3, 4)] == [0.0, 1.0]


def test_a_power_bends_the_answer_to_losses():
    investors = {"base_rate": 0.01, "tolerance": 0.1, "bear_slope": 0.5, "horizon_days": 1}
    returns = [[0.0, np.log(0.75), np.log(0.86)]]
    # losses of 0.15 and 0.04 beyond the tolerance
    for exponent, expected in ((2.0, [10_000, 21_250, 10_800]), (0.5, [10_000, 203_649.2, 110_000])):
        state = run_small(small_arm(investors=investors | {"bear_power": exponent}), returns)
        np.testing.assert_allclose(first(state.funds.requested_shares), expected, rtol=1e-6)


def test_an_illiquid_market_steepens_the_answer_to_losses():
    arm = small_arm(investors={"bear_slope": 0.1, "illiquidity_slope": 4.0, "horizon_days": 1})
    state = open_arm(arm, 2)
    state.prices.permanent[0, :] = [0.0, 0.05]
    run_arm(arm, state, days([[np.log(0.8), np.log(0.8) + 0.05]]), np.zeros((1, 1, 2)), 0, 1, 2)
    # a fifth lost in both lanes, in the second with prices 5 % below their path: 0.1 * (1 + 4 * 0.05) * 0.2
    np.testing.assert_allclose(first(state.funds.requested_shares), [20_000, 24_000], rtol=1e-12)


def test_new_money_comes_in_at_nav_beyond_the_tolerance_up_to_the_cap():
    arm = small_arm(investors={"tolerance": 0.1, "bull_slope": 0.2, "daily_cap": 0.03, "horizon_days": 1})
    state = run_small(arm, [[np.log(1.05), np.log(1.2), np.log(1.5)]])
    # 0.2 * 0.1 of 1.2m, and the cap's 0.03 of 1.5m
    np.testing.assert_allclose(first(state.fund_tally.subscribed), [0, 24_000, 45_000], atol=1)
    np.testing.assert_allclose(first(state.funds.shares), [1e6, 1.02e6, 1.03e6], rtol=1e-6)
    np.testing.assert_allclose(first(state.funds.navps), [1.05, 1.2, 1.5], rtol=1e-12)
    np.testing.assert_array_equal(first(state.funds.cash), first(state.fund_tally.subscribed))
    assert not np.any(state.path_tally.money_created)


def test_new_money_pays_those_who_leave():
    arm = small_arm(funds={"units_open": [1e6]}, investors={
        "base_rate": 0.02, "bull_slope": 0.2, "daily_cap": 0.5, "horizon_days": 1})
    state = run_small(arm, [[0.0], [np.log(1.2)]])
    # 2 % of the shares leave at 1.2, 4 % come in
    np.testing.assert_allclose(first(state.fund_tally.redemption_paid), [24_000], atol=1)
    np.testing.assert_allclose(first(state.fund_tally.subscribed), [48_000], atol=1)
    assert not np.any(state.fund_tally.gross_sales)


GATED = {"share_frac": [0.25, 0.75], "base_rate": 0.1, "gate_frac": 0.04}


def test_a_gate_pays_a_share_of_nav_and_the_rest_waits():
    state = run_small(small_arm(funds=CASH_ONLY, investors=GATED), [[0.0], [0.0]])
    # 100,000 due, 40,000 paid, to classes pro rata
    assert first(state.fund_tally.redemption_paid)[0] == 40_000.0
    np.testing.assert_array_equal(np.asarray(state.investors.overdue)[:, 0], [15_000.0, 45_000.0])
    state = run_small(small_arm(funds=CASH_ONLY, investors=GATED), [[0.0]] * 3)
    # 4 % of the 960,000 that are left
    assert first(state.fund_tally.redemption_paid)[0] == 78_400.0
    assert first(state.fund_tally.days_gated)[0] == 2.0


def test_what_a_gate_holds_back_is_no_arrears_and_no_need():
    arm = small_arm(investors=GATED, funds={"unpaid_days_limit": 0.0, "units_open": [1e6], "buffer_frac": 0.0})
    state = run_small(arm, [[0.0]] * 4)
    assert first(state.funds.unpaid_days)[0] == first(state.fund_tally.failed)[0] == 0.0
    # three days of 4 % of NAV, not the whole queue
    assert first(state.fund_tally.gross_sales)[0] == pytest.approx(1e6 * (1 - 0.96**3), abs=10)


SWUNG = {"base_rate": 0.1, "swing_threshold": 0.05, "swing_frac": 0.02}


def test_who_leaves_on_a_day_of_heavy_outflow_is_paid_less_and_the_rest_stays_in_the_fund():
    state = run_small(small_arm(funds=CASH_ONLY, investors=SWUNG), [[0.0], [0.0]])
    # a tenth of the shares for 98,000: 902,000 are left for 900,000 shares
    assert first(state.fund_tally.redemption_paid)[0] == 98_000.0
    assert first(state.funds.shares)[0] == 900_000.0
    assert first(state.funds.navps)[0] == pytest.approx(902 / 900)
    assert first(state.fund_tally.days_swung)[0] == 1.0


def test_the_price_does_not_swing_below_the_threshold_or_when_new_money_makes_up_for_what_leaves():
    calm = run_small(small_arm(funds=CASH_ONLY, investors=SWUNG | {"swing_threshold": 0.1}), [[0.0], [0.0]])
    assert first(calm.fund_tally.redemption_paid)[0] == 100_000.0
    investors = SWUNG | {"bull_slope": 0.5, "horizon_days": 1}
    busy = run_small(small_arm(funds={"units_open": [1e6]}, investors=investors), [[0.0], [np.log(1.2)]])
    # 120,000 leave, and 0.5 * 0.2 of the same 1.2m comes in
    assert first(busy.fund_tally.days_swung)[0] == 0.0


def test_a_swung_price_counts_for_those_who_are_paid_in_part():
    arm = small_arm(funds={"units_open": [951_000.0]} | LOCKED, investors=SWUNG)
    state = run_small(arm, [[0.0], [0.0]])
    # 49,000 for 98,000 due: half of the 100,000 shares
    assert first(state.investors.overdue)[0] == pytest.approx(50_000.0)


def test_a_gate_that_does_not_bind_changes_nothing():
    wide, none = (run_small(small_arm(funds=CASH_ONLY, investors=GATED | {"gate_frac": gate}), [[0.0]] * 5)
                  for gate in (0.5, NO_GATE))
    for name in wide.fund_tally._fields:
        np.testing.assert_array_equal(getattr(wide.fund_tally, name), getattr(none.fund_tally, name))
