"""What is sold, of which asset, against hand numbers."""

import numpy as np
import pytest

from backstop.terms import LiquidationRule
from small_arm import run_small, small_arm

TWO = {"n_assets": 2}
ASKED = {"base_rate": 0.1}
"""100,000 shares fall due on day 2."""
PRESSED = {"is_on": 1, "threshold": 2.0, "floor": 1.0}
"""A manager under full pressure."""


def sold_on_day_2(arm, returns=((0.0,), (0.0,))):
    """Value sold of each asset, first lane."""
    state = run_small(arm, returns)
    return [float(v) for v in np.asarray(state.funds.to_sell)[:, 0] * np.asarray(state.prices.price)[:, 0]]


def test_cash_above_the_buffer_is_used_first():
    arm = small_arm(funds={"units_open": [9e5], "buffer_frac": 0.04}, investors=ASKED)
    # 100,000 due, 100,000 - 40,000 free, one quantum for the floor
    assert sold_on_day_2(arm) == [40_001.0]


def test_pro_rata_sells_every_asset_by_its_weight():
    arm = small_arm(**TWO, funds={"units_open": [[6e5, 4e5]]}, investors=ASKED)
    assert sold_on_day_2(arm) == pytest.approx([0.6 * 100_002, 0.4 * 100_002])


def test_a_waterfall_goes_on_to_the_next_asset_where_one_is_exhausted():
    arm = small_arm(**TWO, funds={
        "units_open": [[9.7e5, 3e4]], "liquidation_rule": LiquidationRule.WATERFALL,
        "liquidation_order": [[1, 0]]}, investors=ASKED)
    assert sold_on_day_2(arm) == pytest.approx([70_002.0, 30_000.0])


def test_a_mixed_rule_sells_a_part_by_weight_and_the_rest_in_order():
    arm = small_arm(**TWO, funds={
        "units_open": [[9.4e5, 6e4]], "liquidation_rule": LiquidationRule.MIXED, "pro_rata_frac": 0.25,
        "liquidation_order": [[1, 0]],
    }, investors=ASKED)
    # 25,000.5 by weight, of which 1,500 of the second; its other 58,500 first, the first asset the last 16,501.5
    assert sold_on_day_2(arm) == pytest.approx([0.94 * 25_000.5 + 16_501.53, 60_000.0], abs=0.01)


def test_a_mixed_rule_with_nothing_or_all_by_weight_is_one_of_the_others():
    common = {"units_open": [[9.7e5, 3e4]], "liquidation_order": [[1, 0]]}
    for share, rule in ((0.0, LiquidationRule.WATERFALL), (1.0, LiquidationRule.PRO_RATA)):
        partly = {"liquidation_rule": LiquidationRule.MIXED, "pro_rata_frac": share}
        mixed = small_arm(**TWO, funds=common | partly, investors=ASKED)
        other = small_arm(**TWO, funds=common | {"liquidation_rule": rule}, investors=ASKED)
        assert sold_on_day_2(mixed) == pytest.approx(sold_on_day_2(other))


def test_no_more_is_sold_than_the_cohorts_share_of_volume():
    arm = small_arm(funds={"participation_frac": 0.1, "count": 4.0}, prices={"adv": 1e6}, investors=ASKED)
    assert sold_on_day_2(arm) == pytest.approx([25_000.0])


def test_at_limit_down_nothing_is_sold():
    arm = small_arm(prices={"log_limit_down": np.log(0.9)}, investors=ASKED)
    assert sold_on_day_2(arm, ((0.0,), (-0.2,))) == [0.0]


def test_pressure_sells_risky_assets_only():
    arm = small_arm(**TWO, prices={"is_risky": [1, 0]}, funds={"units_open": [[5e5, 4e5]]},
                    evaluation=PRESSED | {"cut": 1.0, "speed": 0.1})
    state = run_small(arm, [[0.0], [0.0]])
    assert float(state.fund_tally.sales_pressure[0, 0]) == pytest.approx(95_000.0, abs=2)
    assert float(state.evaluation.theta[0, 0]) == pytest.approx(0.81)
    np.testing.assert_allclose(np.asarray(state.funds.units)[:, 0], [4.05e5, 4e5])


def test_an_injection_pays_what_own_cash_cannot_and_then_cancels_de_risking():
    arm = small_arm(n_facilities=1, funds={"units_open": [1e6]}, investors=ASKED,
                    evaluation=PRESSED | {"cut": 1.0, "speed": 0.02},
                    triggers={"decision_lag": [1, 0]})
    state = run_small(arm, [[0.0], [0.0]])
    # day 1: no key yet, 20,000 are sold; day 2: 100,000 due and 19,600 intended, less 20,000 in cash, are lent
    assert float(state.funds.injection[0, 0]) == pytest.approx(99_600.0, abs=1)
    # own cash pays 20,000 of what is due, the loan 80,000; its other 19,600 cancel the de-risking of day 2
    assert float(state.fund_tally.sales_pressure[0, 0]) == pytest.approx(20_000.0, abs=1)


def test_an_injection_pays_what_is_due_even_where_cash_is_below_the_buffer():
    arm = small_arm(n_facilities=1, funds={"units_open": [9.7e5], "buffer_frac": 0.05}, investors=ASKED)
    state = run_small(arm, [[0.0], [0.0]])
    # 100,000 are due and lent; 30,000 of cash stay, 20,000 short of the buffer
    assert float(state.fund_tally.gross_sales[0, 0]) == 0.0
    assert float(state.funds.cash[0, 0]) == 30_000.0


def test_an_injection_beyond_what_is_due_cancels_one_for_one():
    arm = small_arm(n_facilities=1, evaluation=PRESSED | {"cut": 1.0, "speed": 0.02})
    state = run_small(arm, [[0.0]])
    assert float(state.funds.injection[0, 0]) == 20_000.0
    assert float(state.fund_tally.sales_pressure[0, 0]) == 0.0


def test_cost_is_pre_trade_value_less_proceeds():
    arm = small_arm(prices={"kappa": 1.0, "adv": 1_000_010.0}, investors=ASKED)
    state = run_small(arm, [[0.0], [0.0]], 0.02)
    proceeds = np.floor(100_001 * np.exp(-0.5 * 0.02 * 0.1))
    assert float(state.fund_tally.gross_sales[0, 0]) == 100_001.0
    assert float(state.fund_tally.slippage[0, 0]) == 100_001.0 - proceeds
