"""What is noted at the close and at the horizon against hand numbers."""

import numpy as np
import pytest

from backstop.kernels.state import open_arm
from backstop.kernels.step import close_arm, run_arm
from backstop.outcomes import DAILY_METRICS, N_BINS
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
    assert float(tally.forced_sales[0, 0]) == 300_003.0


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
