"""Rationing, bookings, seized assets and the capital stack against hand numbers."""

import numpy as np
import pytest

from small_arm import run_small, small_arm

ASKED = {"base_rate": 0.25}
TWO_DAYS = [[0.0], [0.0]]
ONE_REQUEST = {"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.25}
HALVES = [np.log(0.5)]
"""With `ONE_REQUEST`, 125,000 are due on day 2."""
LOCKED = {"participation_frac": 0.0}


def test_a_short_pool_is_shared_pro_rata():
    arm = small_arm(n_funds=2, n_facilities=1, layers=(100_000.0,), investors={"base_rate": [[0.25], [0.75]]})
    state = run_small(arm, TWO_DAYS)
    np.testing.assert_array_equal(np.asarray(state.loans.approved)[:, 0], [25_000.0, 75_000.0])
    np.testing.assert_array_equal(np.asarray(state.loans.unmet)[:, 0], [225_000.0, 675_000.0])
    assert float(state.pool.cash[0, 0]) == 0.0


def test_the_cumulative_remainder_leaves_nothing_over():
    arm = small_arm(n_funds=3, n_facilities=1, layers=(100.0,), investors=ASKED)
    state = run_small(arm, TWO_DAYS)
    # a third each: 33, 66 and 100 in cumulation
    np.testing.assert_array_equal(np.asarray(state.loans.approved)[:, 0], [33.0, 33.0, 34.0])


def test_a_cohort_shares_in_whole_quanta_a_fund():
    arm = small_arm(n_facilities=1, layers=(100.0,), investors=ASKED, funds={"count": 7.0})
    state = run_small(arm, TWO_DAYS)
    assert float(state.loans.approved[0, 0]) == 14.0
    assert float(state.pool.cash[0, 0]) == 2.0


def test_a_dry_day_is_noted_and_a_claim_presented_again_counts_once():
    arm = small_arm(n_facilities=1, layers=(25_000.0,), investors=ONE_REQUEST, funds=LOCKED)
    tally = run_small(arm, [HALVES] + [[0.0]] * 3).path_tally
    assert float(tally.first_dry_day[0, 0]) == 2.0
    assert float(tally.unmet_claims[0, 0]) == pytest.approx(100_000, abs=1)


def test_peak_use_is_read_after_approvals_and_before_repayments():
    # lent on day 2, called that evening, paid by sales on day 3
    arm = small_arm(n_facilities=1, investors=ONE_REQUEST, facilities={"tenor_days": 1.0})
    state = run_small(arm, [HALVES, [0.0], [0.0]])
    assert float(state.path_tally.pool_peak_use[0, 0]) == pytest.approx(125_000, abs=1)
    assert float(state.path_tally.pool_min_available[0, 0]) == 1e9 - float(state.path_tally.pool_peak_use[0, 0])
    assert float(state.pool.cash[0, 0]) == 1e9


def test_what_is_approved_is_set_aside_until_it_arrives():
    arm = small_arm(n_facilities=1, investors=ONE_REQUEST, facilities={"cash_lag_days": 1}, funds=LOCKED)
    states = [run_small(arm, [HALVES] + [[0.0]] * n) for n in (1, 2)]
    assert [float(s.pool.committed[0, 0]) for s in states] == pytest.approx([125_000, 0], abs=1)
    assert [float(s.pool.cash[0, 0]) for s in states] == pytest.approx([1e9, 1e9 - 125_000], abs=1)


def seized_arm(layers=(1e9,), participation=0.1, **facilities):
    """Lends 125,000 on day 2, calls, and on day 3 seizes a quarter of the units; sells 100,000 a day from day 4."""
    return small_arm(n_facilities=1, layers=layers, investors=ONE_REQUEST, funds=LOCKED, prices={"adv": 1e6},
                     facilities={"tenor_days": 1.0, "inventory_participation_frac": participation} | facilities)


def test_seized_assets_are_sold_from_the_next_day_at_the_stated_pace():
    arm = seized_arm()
    states = [run_small(arm, [HALVES] + [[0.0]] * n) for n in (2, 3, 4)]
    # 100,000 at a price of one half are 200,000 units of 250,000
    units = [float(s.pool.inventory[0, 0]) for s in states]
    assert units == pytest.approx([250_000, 50_000, 0], rel=1e-4)
    assert [float(s.pool.inventory_cost[0, 0]) for s in states] == pytest.approx([125_000, 25_000, 0], abs=3)
    assert float(states[2].pool.cash[0, 0]) == pytest.approx(1e9, abs=3)


def test_a_gain_on_seized_assets_is_surplus():
    state = run_small(seized_arm(participation=1.0), [HALVES, [0.0], [0.0], [np.log(1.2)]])
    assert float(state.pool.surplus[0, 0]) == pytest.approx(25_000, abs=3)


def test_a_loss_climbs_the_layers_in_order():
    state = run_small(seized_arm(layers=(5_000.0, 1e6, 1e6), participation=1.0),
                      [HALVES, [0.0], [0.0], [np.log(0.8)]], is_closed=True)
    # a fifth of 125,000
    assert np.asarray(state.path_tally.loss_by_layer)[:, 0] == pytest.approx([5_000, 20_000, 0], abs=3)
    assert float(state.path_tally.loss[0, 0]) == pytest.approx(25_000, abs=3)


def test_income_restores_layers_in_reverse_order_and_then_is_surplus():
    # 80,000 a day for sale: 100,000 units at 0.8 of cost, then 100,000 at twice the cost
    arm = seized_arm(layers=(5_000.0, 1e6), participation=0.05)
    days = [HALVES, [0.0], [0.0], [np.log(0.8)], [np.log(2.5)]]
    before, after = (run_small(arm, days[:n]) for n in (4, 5))
    # 50,000 are sold: cost 62,500, loss 12,500; then 50,000 at twice their cost of 25,000
    assert np.asarray(before.pool.layer_loss)[:, 0] == pytest.approx([5_000, 7_500], abs=3)
    assert np.asarray(after.pool.layer_loss)[:, 0] == pytest.approx([0, 0], abs=3)
    assert float(after.pool.surplus[0, 0]) == pytest.approx(12_500, abs=3)


def test_a_part_of_the_loss_is_restored_to_the_last_layer_first():
    arm = seized_arm(layers=(5_000.0, 1e6), participation=0.05)
    days = [HALVES, [0.0], [0.0], [np.log(0.8)], [np.log(1.375)]]
    after = run_small(arm, days)
    # 50,000 at 1.1 times their cost: 4,545 of income, all to the second layer
    assert np.asarray(after.pool.layer_loss)[:, 0] == pytest.approx([5_000, 7_500 - 4_545.45], abs=3)


def test_interest_is_income():
    arm = small_arm(n_facilities=1, investors=ONE_REQUEST, facilities={"tenor_days": 1.0, "rate_per_day": 0.01})
    state = run_small(arm, [HALVES, [0.0], [0.0]])
    assert float(state.pool.surplus[0, 0]) == float(state.path_tally.interest_paid[0, 0])
    assert float(state.pool.surplus[0, 0]) == pytest.approx(2_500, abs=2)
