"""NAV, drawdown, buffer and failure against hand numbers."""

import numpy as np
import pytest

from small_arm import run_small, small_arm

HALF = {"units_open": [5e5]}


def first(row):
    return np.asarray(row)[0]


def test_nav_is_cash_and_units_at_the_close():
    state = run_small(small_arm(funds=HALF), [[np.log(0.8), np.log(1.2)]])
    np.testing.assert_allclose(first(state.funds.nav), [9e5, 11e5], rtol=1e-12)
    np.testing.assert_allclose(first(state.funds.navps), [0.9, 1.1], rtol=1e-12)


def test_drawdown_is_from_the_highest_nav_per_share():
    state = run_small(small_arm(), [[np.log(1.25)], [np.log(0.8)], [np.log(0.9)]])
    assert first(state.funds.peak) == pytest.approx(1.25)
    assert first(state.funds.drawdown) == pytest.approx(1.0 - 0.9 / 1.25)
    assert first(state.fund_tally.max_drawdown) == pytest.approx(0.28)


def test_interest_on_cash_is_rounded_down():
    state = run_small(small_arm(funds={"units_open": [998_766.0], "cash_rate_per_day": 0.001}), [[0.0], [0.0]])
    # 1234 a day earns 1.234, then 1.235
    assert first(state.funds.cash) == 1236.0
    assert first(state.funds.other_cash_in) == 2.0


def test_the_buffer_is_a_share_of_nav_before_trade():
    state = run_small(small_arm(funds={"buffer_frac": 0.05} | HALF), [[np.log(0.8)]])
    assert first(state.funds.buffer) == pytest.approx(45_000.0)


def test_a_fund_fails_for_good_below_its_floor():
    state = run_small(small_arm(funds={"nav_floor": 0.5}), [[np.log(0.45), np.log(0.55)], [np.log(2.0), 0.0]])
    np.testing.assert_array_equal(first(state.fund_tally.failed), [1.0, 0.0])


def test_nav_per_share_stands_still_once_no_share_is_left():
    arm = small_arm(funds={"units_open": [0.0]}, investors={"base_rate": 1.0})
    state = run_small(arm, [[0.0], [0.0], [0.3]])
    assert first(state.funds.shares) == 0.0
    assert first(state.funds.nav) == 0.0
    assert first(state.funds.navps) == 1.0
