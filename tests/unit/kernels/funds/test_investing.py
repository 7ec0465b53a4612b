"""New money invested, bids and asks, and volume that sales and purchases share, by hand."""

import numpy as np
import pytest

from backstop.terms import Execution
from small_arm import run_small, small_arm

UP = np.log(1.1)
GREEDY = {"bull_slope": 0.1}
"""A gain of 10 % brings 1 %: 11,000 into a fund of 1,100,000."""


def first(row):
    return float(np.asarray(row)[0, 0])


def arm_of(prices=None, funds=None, investors=None, **sections):
    return small_arm(prices={"buy_ratio": 1.0} | (prices or {}), funds={"invest_frac": 1.0} | (funds or {}),
                     investors=GREEDY | (investors or {}), **sections)


def bought(arm, returns=((UP,),)):
    return first(run_small(arm, list(map(list, returns))).fund_tally.bought)


def test_new_money_buys_more_of_what_the_fund_holds():
    arm = arm_of(n_assets=2, prices={"buy_ratio": [1.0, 1.0]}, funds={"units_open": [6e5, 2e5], "invest_frac": 0.5})
    state = run_small(arm, [[UP]])
    # 8 % of NAV in all, of 10 % in what it holds: 0.8 % of 1,080,000
    assert first(state.fund_tally.subscribed) == 8_640.0
    assert first(state.fund_tally.bought) == pytest.approx(4_320.0, abs=2)
    np.testing.assert_allclose(np.asarray(state.funds.units)[:, 0], [6e5 + 3_240 / 1.1, 2e5 + 1_080 / 1.1], rtol=1e-6)
    assert first(state.path_tally.money_created) == 0.0


def test_without_it_new_money_stays_in_cash():
    state = run_small(small_arm(investors=GREEDY), [[UP]])
    assert (first(state.fund_tally.bought), first(state.funds.cash)) == (0.0, 11_000.0)


def test_purchases_push_the_price_above_its_fundamental_by_their_own_ratio():
    impact = {"kappa": 1.0, "adv": 1e6}
    for ratio in (1.0, 3.0):
        state = run_small(arm_of(prices=impact | {"buy_ratio": ratio}), [[UP]])
        # linear: 1 % of a day's volume costs 0.01 daily volatilities of 1 %
        assert first(state.prices.volume_after) == pytest.approx(-0.011, rel=1e-6)
        assert first(state.prices.dislocation) == pytest.approx(-ratio * 0.011 * 0.01, rel=1e-6)
        assert np.log(first(state.prices.close)) == pytest.approx(UP + ratio * 1.1e-4, rel=1e-9)


def test_buyers_pay_the_ask_and_sellers_get_the_bid():
    state = run_small(arm_of(prices={"half_spread": 0.01, "kappa": 1.0, "adv": 1e6}), [[UP]])
    width = 0.011 * 0.01
    assert np.log(first(state.prices.ask)) == pytest.approx(UP + width / 2 + width**2 / 8 + 0.01, abs=1e-9)
    assert np.log(first(state.prices.execution)) == pytest.approx(UP + width / 2 - 0.01, abs=1e-9)


def test_where_trade_is_at_the_close_the_ask_lies_above_it():
    prices = {"half_spread": 0.01, "kappa": 1.0, "adv": 1e6, "execution": Execution.CLOSE}
    state = run_small(arm_of(prices=prices), [[UP]])
    assert first(state.prices.ask) == pytest.approx(first(state.prices.close) * np.exp(0.01), rel=1e-12)


def test_permanent_impact_is_the_same_both_ways():
    prices = {"kappa": 1.0, "adv": 1e6, "permanent_frac": 1.0, "buy_ratio": 3.0}
    assert first(run_small(arm_of(prices=prices), [[UP]]).prices.permanent) == pytest.approx(-1.1e-4, rel=1e-6)


def test_nothing_is_bought_with_what_leavers_are_due():
    due = {"base_rate": 0.02, "notice_days": 1}
    calm = arm_of(investors=due | {"horizon_days": 2}, funds={"nav_history": [1.0] * 5})
    assert bought(calm, [(0.0,), (UP,)]) == 0.0


def test_nothing_is_bought_at_limit_up_or_while_suspended():
    limit = {"log_limit_up": np.log(1.11), "log_limit_down": np.log(0.9)}
    assert bought(arm_of(prices=limit)) == pytest.approx(11_000.0, abs=2)
    assert bought(arm_of(prices=limit), [(np.log(1.12),)]) == 0.0
    assert bought(arm_of(prices={"suspended": [[[2, 2]]]}, investors={"horizon_days": 2}), [(UP,), (0.0,)]) == \
        pytest.approx(bought(arm_of(), [(UP,)]))


def test_no_more_is_bought_in_a_day_than_the_fund_may_trade():
    assert bought(arm_of(prices={"adv": 1e5}, funds={"participation_frac": 0.05})) == pytest.approx(5_000.0, abs=2)


def test_a_price_that_runs_away_is_paid_as_far_as_cash_goes():
    state = run_small(arm_of(prices={"kappa": 100.0, "adv": 1e4}), [[UP]])
    assert (first(state.fund_tally.bought), first(state.funds.cash)) == (11_000.0, 0.0)
    assert first(state.funds.units) == pytest.approx(1e6 + 11_000.0 / first(state.prices.ask), rel=1e-12)
    assert first(state.path_tally.money_created) == 0.0
