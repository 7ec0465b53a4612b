"""Risk that pressure takes away and that comes back, against hand numbers."""

import numpy as np
import pytest

from small_arm import run_small, small_arm

BOTH_WAYS = {"buy_ratio": 1.0}
HISTORY = [0.0, 0.0]


def of(row):
    return float(np.asarray(row)[0, 0])


def judged(**more):
    """Under full pressure below a score of 0 but for a hair, under none from there on; one sample back."""
    return {"is_on": 1, "threshold": 0.0, "floor": -1e-9, "cut": 0.5, "speed": 0.1} | more


def ten_days_of_pressure(n_days=20, **sections):
    """A small loss on day 1 that is won back on day 11."""
    returns = [[-0.001]] + [[0.0]] * 9 + [[0.002]] + [[0.0]] * 9
    arm = small_arm(**({"prices": BOTH_WAYS, "evaluation": judged(), "funds": {"units_open": [5e5]}} | sections))
    return run_small(arm, returns[:n_days])


def test_risk_moves_a_tenth_of_the_way_a_day_and_comes_back():
    assert of(ten_days_of_pressure(10).evaluation.theta) == pytest.approx(0.67433922, abs=5e-9)
    state = ten_days_of_pressure(20)
    assert of(state.evaluation.theta) == pytest.approx(0.88644911, abs=3e-6)
    assert of(state.funds.units) == pytest.approx(5e5 * 0.88644911, rel=3e-6)
    assert of(state.fund_tally.days_under_pressure) == pytest.approx(10.0)


def test_a_fall_alone_sells_nothing():
    arm = small_arm(prices=BOTH_WAYS, evaluation=judged(threshold=-9.0, floor=-10.0))
    state = run_small(arm, [[-0.3]] * 3)
    assert of(state.fund_tally.gross_sales) == 0.0
    assert of(state.evaluation.theta) == 1.0


def test_where_nobody_may_buy_what_is_sold_stays_sold():
    state = ten_days_of_pressure(20, prices={})
    assert of(state.evaluation.theta) == pytest.approx(0.67433922, abs=5e-9)
    assert of(state.fund_tally.bought) == 0.0


def test_a_fund_that_never_buys_back_does_not_begin_to_where_another_does():
    state = ten_days_of_pressure(20, n_funds=2, evaluation=judged(rebuys=[0, 1]))
    theta, bought = state.evaluation.theta[:, 0], state.fund_tally.bought[:, 0]
    assert theta == pytest.approx([0.67433922, 0.88644911], abs=3e-6)
    assert bought[0] == 0.0
    assert bought[1] > 0.0


def test_risk_records_what_was_sold_not_what_was_wanted():
    # a fund of half a million at risk may sell 1,000 a day
    state = ten_days_of_pressure(2, prices=BOTH_WAYS | {"adv": 1_000.0})
    price = np.exp(-0.001)
    assert of(state.evaluation.theta) == pytest.approx((1.0 - 1_000 / (5e5 * price)) ** 2, rel=1e-5)


def test_risk_is_bought_back_with_spare_cash_alone():
    # what was sold is all spent but for 1,000 above the buffer, on whom nobody has a claim
    state = ten_days_of_pressure(10)
    sold = of(state.fund_tally.sales_pressure)
    kept = (5e5 + sold) / 1e6
    held = ten_days_of_pressure(11, funds={"units_open": [5e5], "buffer_frac": kept - 0.002})
    assert 0.0 < of(held.fund_tally.bought) <= 0.01 * sold + 3_000
    none = ten_days_of_pressure(11, funds={"units_open": [5e5], "buffer_frac": 0.9})
    assert of(none.fund_tally.bought) == 0.0


def test_drawn_money_buys_no_risk():
    # a facility lends 400,000 against the de-risking of days 1 and 2; it is no money of the fund's own
    lent = {"n_facilities": 1, "facilities": {"fund_cap_frac": 0.2}}
    fund = {"units_open": [1e6]}
    rising = judged(cut=-0.5, most_risk=1.5)
    free = ten_days_of_pressure(2, funds={"units_open": [8e5]}, evaluation=rising)
    assert of(free.fund_tally.bought) > 0.0
    bound = ten_days_of_pressure(3, funds=fund, evaluation=rising, investors={"base_rate": 0.1}, **lent)
    assert of(bound.fund_tally.injected) > 0.0
    assert of(bound.fund_tally.bought) == 0.0


def test_a_loser_may_take_more_risk_within_a_bound():
    state = ten_days_of_pressure(10, evaluation=judged(cut=-0.5, most_risk=1.2))
    assert of(state.evaluation.theta) == pytest.approx(1.2 - 0.2 * 0.9**10, abs=5e-6)
    assert of(state.fund_tally.sales_pressure) == 0.0


def test_what_is_not_risky_is_neither_sold_nor_bought():
    two = {"n_assets": 2, "prices": {"buy_ratio": [1.0, 1.0], "is_risky": [1, 0]},
           "funds": {"units_open": [[5e5, 3e5]]}}
    returns = [[-0.001]] + [[0.0]] * 9 + [[0.002]] + [[0.0]] * 9
    state = run_small(small_arm(**two, evaluation=judged()), returns)
    assert np.asarray(state.funds.units)[1, 0] == 3e5
    assert of(state.evaluation.theta) == pytest.approx(0.88644911, abs=3e-6)


def test_who_has_sold_everything_stays_out():
    state = ten_days_of_pressure(20, evaluation=judged(cut=1.0, speed=1.0))
    assert of(state.evaluation.theta) == 0.0
    assert of(state.funds.units) == 0.0


def test_volume_both_ways_is_counted_against_a_volume_that_stands_still():
    # twice the calm volatility halves what may be traded, and leaves what a trade costs
    thin = {"adv": 1e6, "calm_volatility": 0.01, "stress_adv_frac": 0.5, "kappa": 1.0, "impact_volatility": 0.01}
    arm = small_arm(prices=BOTH_WAYS | thin, funds={"units_open": [5e5]}, evaluation=judged())
    states = [run_small(arm, [[-0.001]], sigma) for sigma in (0.01, 0.02)]
    displaced = [of(state.prices.dislocation) for state in states]
    assert displaced[0] == pytest.approx(displaced[1], rel=1e-12)
    assert displaced[0] == pytest.approx(0.01 * 0.05 * 0.5, rel=2e-3)
