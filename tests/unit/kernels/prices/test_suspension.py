"""Days without trade, stated or forced by falls, by hand."""

import numpy as np
import pytest

from small_arm import run_small, small_arm

FALL = np.log(0.9)
LIMITED = {"log_limit_down": np.log(0.95), "log_limit_up": np.log(1.05)}
ASKED = {"base_rate": 0.1}


def closes(returns, **prices):
    """Log closes of one asset, day by day, and its tally."""
    arm = small_arm(prices=prices)
    states = [run_small(arm, returns[: n + 1]) for n in range(len(returns))]
    return [float(np.log(state.prices.close[0, 0])) for state in states], states[-1].path_tally


def test_a_suspended_price_is_carried_over_and_what_it_missed_comes_after():
    found, tally = closes([[0.01], [0.02], [0.03], [0.0]], suspended=[[[2, 3]]])
    assert found == pytest.approx([0.01, 0.01, 0.01, 0.06])
    assert float(tally.days_suspended_by_asset[0, 0]) == 2.0


def test_what_it_missed_comes_within_the_limits():
    found, tally = closes([[FALL], [0.0], [0.0]], suspended=[[[1, 1]]], **LIMITED)
    assert found == pytest.approx([0.0, np.log(0.95), np.log(0.95 * 0.95)])
    # on days 2 and 3 it stands at its limit: 0.9 is below 0.95 ** 2
    assert float(tally.limit_down_days_by_asset[0, 0]) == 2.0


def test_limit_downs_in_a_row_suspend_from_the_next_day():
    rule = {"suspend_limit_downs": 2.0, "suspend_days": 2.0}
    found, tally = closes([[4 * FALL], [0.0], [0.0], [0.0], [0.0]], **rule, **LIMITED)
    assert found == pytest.approx([n * np.log(0.95) for n in (1, 2, 2, 2, 3)])
    assert float(tally.days_suspended_by_asset[0, 0]) == 2.0


def test_a_fall_is_measured_anew_from_where_trade_begins_again():
    rule = {"suspend_fall": 0.08, "suspend_days": 1.0}
    found, tally = closes([[FALL], [-0.05], [-0.02], [-0.02], [0.0]], **rule)
    # 7 % below where it was, then 8.6 %: the second fall suspends day 5
    assert found == pytest.approx([FALL, FALL, FALL - 0.07, FALL - 0.09, FALL - 0.09])
    assert float(tally.days_suspended_by_asset[0, 0]) == 2.0


def test_nothing_is_sold_while_suspended_and_investors_wait():
    arm = small_arm(prices={"suspended": [[[2, 2]]]}, investors=ASKED)
    during, after = (run_small(arm, np.zeros((n, 1))) for n in (2, 3))
    assert float(during.fund_tally.gross_sales[0, 0]) == float(during.fund_tally.redemption_paid[0, 0]) == 0.0
    assert float(after.fund_tally.redemption_paid[0, 0]) == pytest.approx(190_000.0, abs=2.0)


def test_others_assets_are_sold_instead_by_a_waterfall():
    arm = small_arm(n_assets=2, prices={"suspended": [[[1, 9]], [[0, 0]]]}, investors=ASKED,
                    funds={"units_open": [5e5, 5e5], "liquidation_rule": 1})
    units = np.asarray(run_small(arm, np.zeros((2, 1))).funds.units)[:, 0]
    assert units == pytest.approx([5e5, 4e5], abs=3.0)


def test_a_later_round_does_not_open_what_is_suspended():
    arm = small_arm(prices={"suspended": [[[1, 9]]], "rounds": 3}, funds={"units_open": [2e6], "cash_open": 0.0},
                    leverage={"debt_open": 1e6, "cap": 1.9, "target": 1.5})
    state = run_small(arm, [[0.0]])
    assert float(state.fund_tally.gross_sales[0, 0]) == 0.0


def test_a_fall_to_the_daily_limit_is_that_fall_whatever_rounding_makes_of_it():
    limits = {"log_limit_down": np.log(0.9), "log_limit_up": np.log(1.1)}
    for start in np.linspace(0.001, 0.09, 30):
        _, tally = closes([[start], [-0.5], [0.0]], suspend_fall=0.1, suspend_days=1.0, **limits)
        assert float(tally.days_suspended_by_asset[0, 0]) == 1.0
