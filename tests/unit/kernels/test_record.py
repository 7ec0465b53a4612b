"""What is noted at the close and at the horizon against hand numbers."""

import numpy as np
import pytest

from backstop.kernels.state import open_arm
from backstop.kernels.step import close_arm, run_arm
from backstop.outcomes import DAILY_METRICS, N_BINS
from backstop.terms import NEVER
from small_arm import days, run_small, small_arm

ONE_REQUEST = {"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.25}
HALVES = [np.log(0.5)]
"""With `ONE_REQUEST`, 125,000 are due on day 2."""


def closed(arm, returns, volatility=0.01):
    return run_small(arm, returns, volatility, is_closed=True)


def test_the_trough_is_the_lowest_close_from_the_opening_on():
    tally = closed(small_arm(), [np.log([0.8, 1.1]), np.log([1.5, 1.1])]).path_tally
    np.testing.assert_allclose(np.asarray(tally.market_trough_by_asset)[0], [0.8, 1.0], rtol=1e-12)


def test_the_worst_dislocation_is_kept_after_it_has_decayed():
    arm = small_arm(prices={"kappa": 1.0, "adv": 1e6, "decay": 0.5}, investors=ONE_REQUEST,
                    funds={"units_open": [9e5], "buffer_frac": 0.5})
    tally = closed(arm, [HALVES, [0.0], [0.0]], 0.02).path_tally
    # 137,500 are sold
    assert float(tally.worst_dislocation[0, 0]) == pytest.approx(0.02 * 0.1375, rel=1e-4)


def test_outcomes_of_a_path_count_every_fund_of_a_cohort():
    arm = small_arm(investors={"base_rate": 0.1}, funds={"count": 3.0})
    tally = closed(arm, [[0.0], [0.0]]).path_tally
    assert float(tally.gross_sales[0, 0]) == 300_003.0


def test_what_is_owed_beyond_free_cash_is_a_sale_postponed():
    arm = small_arm(n_facilities=1, investors=ONE_REQUEST, funds={"units_open": [9e5], "buffer_frac": 0.1})
    state = closed(arm, [HALVES, [0.0]])
    # NAV 550,000, 137,500 due, 45,000 free: 92,500 are lent, and the buffer is left
    assert float(state.fund_tally.drawn_end[0, 0]) == pytest.approx(92_500, abs=1)
    assert float(state.fund_tally.sales_postponed[0, 0]) == pytest.approx(92_500, abs=2)
    assert float(state.path_tally.outstanding_end[0, 0]) == float(state.fund_tally.drawn_end[0, 0])


def test_redemptions_due_and_unpaid_are_valued_at_the_close():
    arm = small_arm(investors=ONE_REQUEST, funds={"participation_frac": 0.0})
    assert float(closed(arm, [HALVES, [0.0]]).fund_tally.redemption_unpaid[0, 0]) == pytest.approx(125_000, abs=1)


def test_a_loan_worth_more_than_the_fund_is_a_marked_loss():
    arm = small_arm(n_facilities=1, investors=ONE_REQUEST)
    tally = closed(arm, [HALVES, [0.0], [np.log(0.2)]]).path_tally
    # 125,000 lent to a fund that is left with 100,000
    assert float(tally.marked_loss_end[0, 0]) == pytest.approx(25_000, abs=2)


def test_seized_assets_below_cost_are_a_marked_loss():
    arm = small_arm(n_facilities=1, investors=ONE_REQUEST, funds={"participation_frac": 0.0},
                    facilities={"tenor_days": 1.0, "inventory_participation_frac": 0.0})
    tally = closed(arm, [HALVES, [0.0], [0.0], [np.log(0.8)]]).path_tally
    assert float(tally.marked_loss_end[0, 0]) == pytest.approx(25_000, abs=3)


def test_bands_count_every_path_in_its_bin():
    arm, seam = small_arm(), days([np.log([0.5, 0.5, 2.0])])
    state = open_arm(arm, 3, 1)
    run_arm(arm, state, seam, np.full_like(seam, 0.01), 0, 1, 3)
    close_arm(arm, state, 3)
    counts = np.asarray(state.daily)[0]
    assert counts.shape == (len(DAILY_METRICS), N_BINS)
    assert counts.sum(axis=1).tolist() == [3] * len(DAILY_METRICS)
    index = counts[[metric.name for metric in DAILY_METRICS].index("index_price")]
    # bins of 4 / 512: a price of 0.5 in bin 64 (or 63, by a rounding), 2.0 in 256 (or 255)
    assert index[63:65].sum() == 2
    assert index[255:257].sum() == 1


def test_days_at_limit_down_are_counted_asset_by_asset():
    arm = small_arm(n_assets=2, prices={"log_limit_down": [np.log(0.9), -1e3]})
    # a fall of 20 % takes three days of at most 10 %: 0.9, 0.81, and 0.8 within the limit
    tally = closed(arm, [[np.log(0.8)], [0.0], [0.0]]).path_tally
    np.testing.assert_array_equal(np.asarray(tally.limit_down_days_by_asset)[:, 0], [2.0, 0.0])


def test_every_asset_has_its_worst_dislocation_and_the_path_the_worst_of_them():
    arm = small_arm(n_assets=2, prices={"kappa": [1.0, 4.0], "adv": 1e6}, investors=ONE_REQUEST,
                    funds={"units_open": [[6e5, 4e5]]})
    tally = closed(arm, [HALVES, [0.0]], 0.02).path_tally
    worst = np.asarray(tally.worst_dislocation_by_asset)[:, 0]
    np.testing.assert_allclose(worst, [0.02 * 0.075, 4 * 0.02 * 0.05], rtol=1e-4)
    assert tally.worst_dislocation[0, 0] == worst.max()


def test_system_losses_are_impact_paid_and_dislocation_held():
    arm = small_arm(prices={"kappa": 1.0, "adv": 1e6}, investors={"base_rate": 0.1}, funds={"count": 2.0})
    state = closed(arm, [[0.0], [0.0]], 0.05)
    # two funds sell 100,000 each, a fifth of ADV: 0.5 % on average on 200,000, 1 % on the other 1.8m
    expected = 2 * (100_001 * (1 - np.exp(-0.005)) + 899_999 * (1 - np.exp(-0.01)))
    assert float(state.path_tally.system_losses[0, 0]) == pytest.approx(expected, rel=1e-4)


def test_technology_kept_is_a_share_of_units_whatever_their_price():
    arm = small_arm(n_funds=2, n_assets=2, prices={"is_technology": [0, 1]}, investors={"base_rate": [[0.1], [0.0]]},
                    funds={"units_open": [[6e5, 4e5], [1e6, 0.0]], "count": [3.0, 1.0]})
    state = closed(arm, [[np.log(0.5)], [0.0]])
    kept = np.asarray(state.fund_tally.technology_kept)[:, 0]
    assert kept == pytest.approx([0.9, NEVER], rel=1e-5)
    assert float(state.path_tally.technology_kept[0, 0]) == pytest.approx(0.9, rel=1e-5)
    none = closed(small_arm(), [[0.0]])
    assert float(none.path_tally.technology_kept[0, 0]) == NEVER


def test_redemption_coverage_is_own_cash_over_what_is_owed():
    arm = small_arm(funds={"units_open": [9.4e5], "buffer_frac": 0.02}, investors={"base_rate": 0.1})
    # 40,000 free for 100,000 on day 2; later days have no cash above the buffer
    tally = run_small(arm, [[0.0], [0.0]]).fund_tally
    assert float(tally.coverage_min[0, 0]) == pytest.approx(0.4)
    assert float(run_small(arm, [[0.0]]).fund_tally.coverage_min[0, 0]) == NEVER
    arm = small_arm(n_facilities=1, funds={"units_open": [9.4e5]}, investors={"base_rate": 0.1})
    lent = run_small(arm, [[0.0]] * 2)
    assert float(lent.fund_tally.coverage_min[0, 0]) == pytest.approx(0.6)


def test_a_shortfall_is_what_was_late_and_stays_unpaid():
    arm = small_arm(funds={"participation_frac": 0.05}, prices={"adv": 1e6}, investors=ONE_REQUEST)
    state = closed(arm, [HALVES, *[[0.0]] * 4])
    # 125,000 due on day 2, 50,000 paid a day: late 75,000 on day 3, 25,000 on day 4
    assert float(state.fund_tally.shortfall_days[0, 0]) == 1.0
    assert float(state.fund_tally.shortfall_peak[0, 0]) == pytest.approx(25_000, abs=2)
