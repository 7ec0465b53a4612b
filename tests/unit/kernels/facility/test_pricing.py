"""Rates that grow with use and time, and upfront fees, against hand numbers."""

import numpy as np
import pytest

from small_arm import run_small, small_arm

ASKED = {"base_rate": 0.25}
"""250,000 shares fall due on day 2, 187,500 on day 3."""
ONCE = {"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.25}
HALVES = [np.log(0.5)]
"""A quarter of the shares is asked back after a fall to a half: 125,000 are due, and lent, on day 2."""


def loan(state, name):
    return float(getattr(state.loans, name)[0, 0])


def lent(days, investors=ONCE, **sections):
    returns = [HALVES, *[[0.0]] * (days - 1)] if investors is ONCE else [[0.0]] * days
    return run_small(small_arm(n_facilities=1, investors=investors, **sections), returns)


def test_the_rate_is_the_base_and_the_slope_times_the_share_of_the_size_that_is_lent():
    # 125,000 of 500,000: a quarter of 0.004 on top of 0.001
    state = lent(2, advances={"use_slope": 0.004, "size": 5e5}, facilities={"rate_per_day": 0.001})
    assert loan(state, "rate") == pytest.approx(0.002, rel=1e-4)
    assert loan(state, "interest_due") == pytest.approx(250.0, abs=1.0)


def test_use_is_that_of_all_funds_of_the_facility():
    state = lent(2, n_funds=2, advances={"use_slope": 0.004, "size": 1e6}, funds={"count": [1.0, 3.0]})
    assert float(state.loans.use[0, 0]) == pytest.approx(0.5, rel=1e-4)
    assert float(state.loans.rate[1, 0]) == pytest.approx(0.002, rel=1e-4)


def test_use_is_read_in_the_morning_before_repayments():
    arm = {"advances": {"use_slope": 0.004, "size": 5e5}, "facilities": {"tenor_days": 1.0},
           "funds": {"units_open": [8e5], "buffer_frac": 0.9}}
    states = [lent(days, **arm) for days in (2, 3)]
    # day 2: all 200,000 of cash are below the buffer, so 150,000 are drawn; they mature the same day
    assert float(states[0].loans.use[0, 0]) == pytest.approx(0.3, rel=1e-4)
    assert loan(states[1], "drawn") == 0.0


def test_a_step_counts_from_its_day_on_and_adds_to_earlier_ones():
    arm = {"advances": {"step": [[0.001, 0.002]], "step_days": [[1.0, 3.0]]}}
    # out since day 2: aged 0, 1, 2 and 3 days when interest of days 2 to 5 is reckoned
    assert [loan(lent(days, **arm), "rate") for days in (2, 3, 4, 5)] == pytest.approx([0.0, 0.001, 0.001, 0.003])


def test_a_rollover_does_not_bring_the_steps_back_down():
    arm = {"advances": {"step": 0.001, "step_days": 3.0}, "facilities": {"tenor_days": 2.0, "n_rollovers": 9.0}}
    states = [lent(days, **arm) for days in (4, 5, 6)]
    assert [loan(s, "age") for s in states] == [1.0, 0.0, 1.0]
    assert [loan(s, "rate") for s in states] == [0.0, 0.001, 0.001]


def test_a_called_loan_keeps_its_rate_and_is_called_with_a_day_of_it():
    arm = {"advances": {"step": 0.01, "step_days": 2.0}, "facilities": {"tenor_days": 2.0}}
    before, after = lent(3, **arm), lent(4, **arm)
    # called on day 3 at a rate of nothing; the step of day 4 would have made what is called too little
    assert loan(before, "called") == loan(before, "drawn")
    assert loan(after, "drawn") == loan(after, "interest_due") == 0.0
    assert not np.any(after.fund_tally.defaulted)


def test_an_upfront_fee_leaves_what_is_due_covered_and_is_the_pools_income():
    state = lent(2, investors=ASKED, advances={"fee_frac": 0.2})
    # 250,000 are needed, so 312,500 are drawn, of which 62,500 go back
    assert loan(state, "drawn") == 312_500.0
    assert float(state.fund_tally.interest_paid[0, 0]) == float(state.path_tally.interest_paid[0, 0]) == 62_500.0
    assert float(state.fund_tally.redemption_paid[0, 0]) == 250_000.0
    assert float(state.fund_tally.gross_sales[0, 0]) == 0.0
    assert float(state.pool.surplus[0, 0]) == 62_500.0
    # the fee of a draw is there for the claims of later days
    assert float(state.path_tally.pool_peak_use[0, 0]) == 312_500.0
    assert float(state.pool.cash[0, 0]) == 1e9 - 250_000.0
    assert float(state.path_tally.money_created[0, 0]) == 0.0


def test_a_fee_is_rounded_down():
    state = lent(2, investors={"base_rate": 9e-6}, advances={"fee_frac": 0.1})
    # nine quanta due, ten drawn, one of them the fee
    assert float(state.fund_tally.interest_paid[0, 0]) == 1.0


def test_flat_rates_have_no_rows():
    state = lent(2)
    assert len(state.loans.rate) == len(state.loans.use) == 0
