"""Interest, repayment, rollover, maturity and default against hand numbers."""

import numpy as np
import pytest

from backstop.terms import MarketSignal
from small_arm import run_small, small_arm

ONE_REQUEST = {"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.25}
"""A quarter of the shares is asked back after the fall of day 1, and falls due on day 2."""
HALVES = [np.log(0.5)]
"""The first day's return: 125,000 are due, and lent, on day 2."""
WHILE_FLAT = {"market": (MarketSignal.RETURN, 1), "system_exit": (0.02, 1.0)}
"""A system key that a rise of 2 % closes."""


def arm_with(funds=(), triggers=(), **facilities):
    return small_arm(n_facilities=1, funds=dict(funds), investors=ONE_REQUEST, facilities=facilities,
                     triggers=WHILE_FLAT | dict(triggers))


def loan(state, name):
    return float(getattr(state.loans, name)[0, 0])


def test_interest_accrues_on_principal_rounded_down():
    state = run_small(arm_with(rate_per_day=0.00003), [HALVES, [0.0], [0.0]])
    drawn = loan(state, "drawn")
    assert drawn == pytest.approx(125_000, abs=1)
    # 3.75 a day
    assert loan(state, "interest_due") == 6.0
    assert loan(state, "age") == 2.0


def test_nothing_is_swept_while_the_system_key_is_active():
    arm = arm_with(funds={"cash_rate_per_day": 0.0, "units_open": [7e5], "buffer_frac": 0.9}, sweep_frac=1.0)
    assert loan(run_small(arm, [HALVES, [0.0], [0.0]]), "drawn") > 0.0


def test_a_sweep_takes_its_share_of_free_cash_interest_first():
    # the buffer keeps 300,000 of cash out of reach until prices, and so the buffer, have fallen
    arm = arm_with(funds={"units_open": [7e5], "buffer_frac": 0.5}, sweep_frac=0.5, rate_per_day=0.01)
    states = [run_small(arm, [HALVES, [0.0], [0.03]][:n]) for n in (2, 3)]
    before, after = states
    # on day 3 the key closes: free cash over the buffer of half the NAV, half of it, interest of two days first
    free = float(after.funds.cash[0, 0]) + float(after.fund_tally.repaid[0, 0]) + float(
        after.fund_tally.interest_paid[0, 0]) - float(after.funds.buffer[0, 0])
    budget = np.floor(0.5 * max(free, 0.0))
    assert budget > 0.0
    interest = 2 * np.floor(0.01 * loan(before, "drawn"))
    assert float(after.fund_tally.interest_paid[0, 0]) == min(interest, budget)
    assert float(after.fund_tally.repaid[0, 0]) == budget - min(interest, budget)
    assert loan(after, "drawn") == loan(before, "drawn") - float(after.fund_tally.repaid[0, 0])


def test_a_loan_rolls_over_while_the_key_is_active_and_rollovers_are_left():
    arm = arm_with(tenor_days=2.0, n_rollovers=1.0)
    states = [run_small(arm, [HALVES] + [[0.0]] * n) for n in (1, 2, 3, 4)]
    assert [loan(s, "age") for s in states] == [1.0, 0.0, 1.0, 2.0]
    assert [loan(s, "rollovers") for s in states] == [0.0, 1.0, 1.0, 1.0]
    assert loan(states[3], "called") == loan(states[3], "drawn") > 0.0


def test_at_maturity_all_cash_pays_and_the_rest_is_called_for_tomorrow():
    arm = arm_with(funds={"units_open": [9e5], "buffer_frac": 0.9}, tenor_days=1.0)
    state = run_small(arm, [HALVES, [0.0]])
    # 137,500 due and lent; 100,000 of cash, which are below the buffer
    assert float(state.fund_tally.repaid[0, 0]) == 100_000.0
    assert loan(state, "called") == pytest.approx(37_500, abs=1)
    assert float(state.funds.called[0, 0]) == loan(state, "called")


def test_a_called_loan_is_paid_by_a_day_of_sales():
    state = run_small(arm_with(tenor_days=1.0), [HALVES, [0.0], [0.0]])
    assert loan(state, "drawn") == loan(state, "called") == loan(state, "age") == 0.0
    assert float(state.fund_tally.gross_sales[0, 0]) == pytest.approx(125_001, abs=1)
    assert not np.any(state.fund_tally.defaulted)


def test_a_called_loan_that_only_the_cost_of_sales_left_unpaid_is_called_again():
    arm = small_arm(n_facilities=1, investors=ONE_REQUEST, facilities={"tenor_days": 1.0, "rate_per_day": 0.001},
                    prices={"kappa": 1.0, "adv": 1e6}, triggers=WHILE_FLAT)
    states = [run_small(arm, [HALVES] + [[0.0]] * n, 0.02) for n in (1, 2, 4)]
    # day 2: 125,000 and a day's interest, called with tomorrow's; day 3: sold at 0.125 % below, half of F(0.125)
    assert loan(states[0], "called") == pytest.approx(125_000 + 2 * 125, abs=2)
    cost = float(states[1].fund_tally.slippage[0, 0])
    assert cost == pytest.approx(0.5 * 0.02 * 0.125 * 125_000, rel=0.01)
    assert loan(states[1], "drawn") == pytest.approx(cost, abs=2)
    assert loan(states[2], "drawn") == loan(states[2], "called") == 0.0
    assert not np.any(states[2].fund_tally.defaulted)


def test_a_called_loan_left_unpaid_defaults_and_its_collateral_is_seized():
    arm = arm_with(funds={"participation_frac": 0.0}, tenor_days=1.0)
    state = run_small(arm, [HALVES, [0.0], [0.0]])
    assert float(state.fund_tally.defaulted[0, 0]) == 1.0
    assert loan(state, "drawn") == float(state.funds.net_debt[0, 0]) == 0.0
    # 125,000 owed against 500,000: a quarter of the million units, at cost
    assert float(state.pool.inventory[0, 0]) == pytest.approx(250_000, rel=1e-5)
    assert float(state.funds.units[0, 0]) == pytest.approx(750_000, rel=1e-5)
    assert float(state.pool.inventory_cost[0, 0]) == pytest.approx(125_000, abs=2)
    assert float(state.path_tally.loss[0, 0]) == 0.0


def test_a_called_loan_may_stay_unpaid_for_its_days_of_grace():
    arm = small_arm(n_facilities=1, investors=ONE_REQUEST, triggers=WHILE_FLAT, funds={"participation_frac": 0.0},
                    facilities={"tenor_days": 1.0}, advances={"grace_days": 2.0})
    # called in the evening of day 2, unpaid on days 3, 4 and 5
    states = [run_small(arm, [HALVES] + [[0.0]] * n) for n in (1, 2, 3, 4)]
    assert [loan(state, "late") for state in states[:3]] == [0.0, 1.0, 2.0]
    assert [float(state.fund_tally.defaulted[0, 0]) for state in states] == [0.0, 0.0, 0.0, 1.0]
    assert [loan(state, "called") > 0.0 for state in states] == [True, True, True, False]


def test_days_of_grace_begin_anew_once_the_loan_is_repaid():
    # the fund may sell from day 3 on: unpaid in part that day, in full on the next
    arm = small_arm(n_facilities=1, investors=ONE_REQUEST, triggers=WHILE_FLAT, facilities={"tenor_days": 1.0},
                    funds={"participation_frac": 0.8}, prices={"adv": 1e5}, advances={"grace_days": 5.0})
    states = [run_small(arm, [HALVES] + [[0.0]] * n) for n in (2, 3)]
    assert [loan(state, "late") for state in states] == [1.0, 0.0]
    assert loan(states[1], "drawn") == 0.0


def test_what_collateral_does_not_cover_is_lost():
    arm = arm_with(funds={"participation_frac": 0.0}, tenor_days=1.0)
    state = run_small(arm, [HALVES, [0.0], [np.log(0.1)]])
    worth = np.floor(1e6 * float(state.prices.close[0, 0]))
    assert worth == pytest.approx(50_000, abs=1)
    assert float(state.pool.inventory_cost[0, 0]) == pytest.approx(worth, abs=1)
    assert float(state.path_tally.loss[0, 0]) == pytest.approx(125_000 - worth, abs=2)
    assert float(state.funds.units[0, 0]) == 0.0


def test_every_pledged_asset_gives_the_same_share_and_others_give_none():
    arm = small_arm(n_facilities=1, n_assets=3, investors=ONE_REQUEST, triggers=WHILE_FLAT,
                    funds={"units_open": [[5e5, 3e5, 2e5]], "participation_frac": 0.0},
                    facilities={"tenor_days": 1.0, "advance_rate": [[0.9, 0.5, 0.0]]})
    state = run_small(arm, [HALVES, [0.0], [0.0]])
    # 125,000 owed, 400,000 pledged
    np.testing.assert_allclose(np.asarray(state.pool.inventory)[:, 0], [156_250, 93_750, 0], rtol=1e-4)
    np.testing.assert_allclose(np.asarray(state.pool.inventory_cost)[:, 0], [78_125, 46_875, 0], rtol=1e-4)


def test_a_fund_that_defaulted_does_not_claim_again():
    arm = small_arm(n_facilities=1, investors={"base_rate": 0.1}, triggers=WHILE_FLAT,
                    funds={"participation_frac": 0.0}, facilities={"tenor_days": 1.0})
    state = run_small(arm, [[0.0]] * 4)
    assert float(state.fund_tally.defaulted[0, 0]) == 1.0
    assert loan(state, "claim") == 0.0
