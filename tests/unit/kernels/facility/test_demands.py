"""Instalments, margin and exposure demanded before maturity, against hand numbers."""

import numpy as np
import pytest

from small_arm import run_small, small_arm

ONCE = {"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.25}
"""A quarter of the shares is asked back after a fall by more than a twentieth, and falls due on day 2."""
HALF = np.log(0.5)


def loan(state, name):
    return float(getattr(state.loans, name)[0, 0])


def lent(*returns, **sections):
    """The state after a fall by half, a day on which 125,000 are due and lent, and the days of `returns`."""
    sections = {"facilities": {"fund_cap_frac": 0.4}} | sections
    arm = small_arm(n_facilities=1, investors=ONCE, **sections)
    return run_small(arm, [[HALF], [0.0], *([r] for r in returns)])


def test_instalments_are_equal_parts_of_what_is_left():
    arm = {"advances": {"instalment_days": 2.0}, "facilities": {"tenor_days": 8.0}}
    # due at ages 2, 4 and 6; the last part is the maturity, at age 8
    drawn = [loan(lent(*[0.0] * days, **arm), "drawn") for days in range(8)]
    first = drawn[0]
    assert first == pytest.approx(125_000, abs=2)
    assert drawn[1] == first
    quarter = np.floor(first / 4)
    assert drawn[2] == drawn[3] == first - quarter
    assert drawn[4] == pytest.approx(first / 2, abs=3)
    assert drawn[6] == pytest.approx(first / 4, abs=3)


def test_a_loan_that_rolls_over_owes_its_next_instalment_as_many_days_later_as_any():
    arm = {"advances": {"instalment_days": 2.0}, "facilities": {"tenor_days": 4.0, "n_rollovers": 1.0}}
    drawn = [loan(lent(*[0.0] * days, **arm), "drawn") for days in range(7)]
    assert drawn[2:6] == [62_500.0] * 4
    assert drawn[6] == 31_250.0


def test_an_instalment_brings_the_interest_due():
    arm = {"advances": {"instalment_days": 2.0}, "facilities": {"tenor_days": 8.0, "rate_per_day": 0.001}}
    state = lent(0.0, 0.0, **arm)
    # two days of interest were due in the morning; that of the third is paid of the instalment too, then principal
    assert float(state.fund_tally.interest_paid[0, 0]) == pytest.approx(3 * 125, abs=3)
    paid = float(state.fund_tally.interest_paid[0, 0]) + float(state.fund_tally.repaid[0, 0])
    assert paid == pytest.approx(125_000 / 4 + 2 * 125, abs=3)


def test_an_instalment_is_raised_by_sales_and_bars_claims_that_day():
    state = lent(0.0, 0.0, advances={"instalment_days": 2.0}, facilities={"tenor_days": 8.0})
    assert float(state.fund_tally.gross_sales[0, 0]) == pytest.approx(31_250, abs=3)
    assert loan(state, "demand") == pytest.approx(31_250, abs=1)
    assert loan(state, "claim") == 0.0


def test_an_instalment_that_cannot_be_paid_calls_the_loan():
    arm = {"advances": {"instalment_days": 1.0}, "facilities": {"tenor_days": 8.0},
           "funds": {"participation_frac": 0.0}}
    states = [lent(*[0.0] * days, **arm) for days in (1, 2)]
    assert loan(states[0], "called") == loan(states[0], "drawn") > 0.0
    assert not np.any(states[0].fund_tally.defaulted)
    assert float(states[1].fund_tally.defaulted[0, 0]) == 1.0


def test_a_demand_that_is_paid_is_not_missed_where_others_lift_the_price():
    buyers = {"buyers_drawdown": 0.1, "buyers_frac": 0.05, "buyers_stock": 1e12, "kappa": 1.0, "buy_ratio": 1.0,
              "decay": 0.5}
    state = lent(0.0, 0.0, advances={"instalment_days": 2.0}, facilities={"tenor_days": 8.0}, prices=buyers)
    assert float(state.fund_tally.slippage[0, 0]) < 0.0
    assert loan(state, "demand") > 0.0
    assert loan(state, "called") == 0.0


AHEAD = {"advances": {"repay_ahead_days": 2.0}, "facilities": {"tenor_days": 4.0}}


def test_a_loan_is_raised_and_repaid_in_equal_parts_over_the_days_before_its_maturity():
    states = [lent(*[0.0] * days, **AHEAD) for days in range(4)]
    first = loan(states[0], "drawn")
    assert loan(states[1], "drawn") == first
    assert loan(states[2], "raised") == np.floor(first / 2)
    assert loan(states[2], "drawn") == first - np.floor(first / 2)
    # the evening of the maturity: nothing is left to be called
    assert loan(states[3], "drawn") == loan(states[3], "called") == 0.0
    assert float(states[3].fund_tally.sales_facilities[0, 0]) == pytest.approx(125_000, abs=4)


def test_nothing_is_raised_for_a_maturity_that_a_rollover_puts_off():
    rolling = AHEAD | {"facilities": {"tenor_days": 4.0, "n_rollovers": 1.0}}
    state = lent(0.0, 0.0, **rolling)
    assert loan(state, "raised") == 0.0
    assert loan(state, "drawn") == loan(lent(**rolling), "drawn")


def test_who_raises_for_a_maturity_claims_nothing_that_day():
    arm = AHEAD | {"facilities": {"tenor_days": 4.0, "fund_cap_frac": 1.0}}
    # a quarter of the shares is asked back after the fall of day 3, due on day 4, and no cash is left
    without = lent(-0.2, 0.0, **arm | {"advances": {"repay_ahead_days": 0.0}})
    due = float(without.funds.due[0, 0])
    assert loan(without, "claim") == due > 0.0
    raising = lent(-0.2, 0.0, **arm)
    assert float(raising.funds.due[0, 0]) == due
    assert loan(raising, "raised") > 0.0
    assert loan(raising, "claim") == 0.0


def test_what_is_not_raised_in_time_is_no_missed_demand():
    stuck = AHEAD | {"funds": {"participation_frac": 0.0}}
    states = [lent(*[0.0] * days, **stuck) for days in (2, 3)]
    assert [loan(state, "called") for state in states] == [0.0, loan(states[0], "drawn")]


def test_margin_is_called_below_the_line_and_restores_the_collateral():
    rate = 0.5
    arm = {"advances": {"top_up_frac": 1.0}, "facilities": {"advance_rate": rate}}
    # 125,000 lent against half of 500,000; prices fall by 60 %: 100,000 are lent against
    state = lent(np.log(0.4), **arm)
    lack, holdings, lendable = 25_000, 200_000, 100_000
    assert loan(state, "demand") == pytest.approx(lack * holdings / (holdings - lendable), abs=3)
    # what is left is what half of the rest carries
    assert loan(state, "drawn") == pytest.approx(75_000, abs=3)
    assert rate * float(state.funds.units[0, 0]) * float(state.prices.price[0, 0]) == pytest.approx(75_000, abs=5)


def test_no_margin_is_called_above_the_line():
    arm = {"advances": {"top_up_frac": 0.75}, "facilities": {"advance_rate": 0.5}}
    # 0.75 x 125,000 = 93,750 are lent against at 187,500
    assert loan(lent(np.log(0.38), **arm), "demand") == 0.0
    assert loan(lent(np.log(0.37), **arm), "demand") > 0.0


def test_cash_pays_margin_first():
    # day 2: 156,250 are due, the buffer of 250,000 keeps all cash; a quarter of 375,000 is lent, the rest is sold
    arm = {"advances": {"top_up_frac": 1.0}, "facilities": {"advance_rate": 0.25},
           "funds": {"units_open": [7.5e5], "buffer_frac": 0.4}}
    before, after = lent(**arm), lent(np.log(0.4), **arm)
    assert loan(before, "drawn") == pytest.approx(93_750, abs=2)
    # day 3: a quarter of 125,000 is lent against, 62,500 are lacking, and the buffer is down to 112,500 of 250,000
    assert loan(after, "demand") == pytest.approx(62_500, abs=3)
    assert loan(after, "drawn") == pytest.approx(31_250, abs=3)
    assert float(after.fund_tally.gross_sales[0, 0]) == float(before.fund_tally.gross_sales[0, 0])


def test_a_margin_call_that_is_not_met_calls_the_loan_and_then_defaults():
    arm = {"advances": {"top_up_frac": 1.0}, "facilities": {"advance_rate": 0.5},
           "funds": {"participation_frac": 0.0}}
    states = [lent(*[np.log(0.4), 0.0][:days], **arm) for days in (1, 2)]
    assert loan(states[0], "called") == loan(states[0], "drawn") > 0.0
    assert float(states[1].fund_tally.defaulted[0, 0]) == 1.0


def test_two_facilities_do_not_call_the_same_margin_twice():
    arm = small_arm(n_facilities=2, investors=ONCE, advances={"top_up_frac": 1.0},
                    facilities={"advance_rate": 0.5, "fund_cap_frac": [0.2, 1.0]})
    state = run_small(arm, [[HALF], [0.0], [np.log(0.4)]])
    demands = np.asarray(state.loans.demand)[:, 0]
    assert demands.sum() == pytest.approx(50_000, abs=5)


def test_an_exposure_beyond_the_cap_is_paid_back_and_claims_no_more():
    # 500,000 of risky holdings over a NAV of 375,000; at most once the NAV
    state = lent(0.0, covenants={"exposure_cap": 1.0}, facilities={"fund_cap_frac": 0.4})
    assert loan(state, "demand") == pytest.approx(125_000, abs=3)
    assert loan(state, "drawn") == 0.0
    assert float(state.funds.risky[0, 0]) == pytest.approx(500_000, abs=3)


def test_no_claim_is_heard_beyond_the_exposure_cap():
    assert loan(lent(covenants={"exposure_cap": 0.9}), "claim") == 0.0
    assert loan(lent(covenants={"exposure_cap": 1.0}), "claim") > 0.0


def test_who_demands_nothing_has_no_rows():
    assert len(lent().loans.demand) == 0
