"""Sellers outside the funds against hand numbers."""

import numpy as np
import pytest

from backstop.terms import ImpactLaw
from small_arm import run_small, small_arm

OTHERS = {"others_drawdown": 0.1, "others_frac": 0.05, "others_stock": 1.2e8, "kappa": 1.0,
          "impact_law": ImpactLaw.LINEAR, "decay": 1.0}
"""They sell 50,000,000 of a volume of 1,000,000,000 a day, at most 120,000,000."""


def test_they_sell_from_a_fall_on_until_they_have_nothing_left():
    arm = small_arm(prices=OTHERS)
    falls = [[np.log(0.91), np.log(0.89)], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    sold = [float(run_small(arm, falls[:n], is_closed=True).path_tally.sold_by_others[0, 1]) for n in (1, 2, 3, 4)]
    assert sold == [5e7, 1e8, 1.2e8, 1.2e8]
    assert float(run_small(arm, falls).path_tally.sold_by_others[0, 0]) == 0.0


def test_their_sales_move_the_price_as_those_of_funds_do():
    state = run_small(small_arm(prices=OTHERS), [[np.log(0.5)]], 0.02)
    assert float(state.prices.close[0, 0]) == pytest.approx(0.5 * np.exp(-0.02 * 0.05), rel=1e-12)
    assert not np.any(state.fund_tally.gross_sales)


def test_a_fall_is_measured_from_the_high():
    rise_and_fall = [[0.2], [np.log(0.89)]]
    assert float(run_small(small_arm(prices=OTHERS), rise_and_fall).path_tally.sold_by_others[0, 0]) == 5e7


def test_they_cannot_sell_at_limit_down():
    state = run_small(small_arm(prices=OTHERS | {"log_limit_down": np.log(0.85)}), [[np.log(0.8)]])
    assert not np.any(state.path_tally.sold_by_others)


BUYERS = {"buyers_drawdown": 0.1, "buyers_frac": 0.05, "buyers_stock": 1.2e8, "kappa": 1.0, "buy_ratio": 1.0,
          "impact_law": ImpactLaw.LINEAR, "decay": 1.0}
"""They buy for 50,000,000 of a volume of 1,000,000,000 a day, for 120,000,000 at most."""


def bought(state, lane=0):
    return float(state.path_tally.bought_by_others[0, lane])


def test_buyers_come_at_a_fall_and_spend_what_they_have():
    falls = [[np.log(0.91), np.log(0.89)], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    states = [run_small(small_arm(prices=BUYERS), falls[:n], is_closed=True) for n in (1, 2, 3, 4)]
    assert [bought(state, 1) for state in states] == [5e7, 1e8, 1.2e8, 1.2e8]
    assert bought(states[-1]) == 0.0


def test_their_purchases_lift_the_price():
    state = run_small(small_arm(prices=BUYERS), [[np.log(0.5)]], 0.02)
    # 5 % of the day's volume at the price of 0.5, counted at the price without sales
    assert float(state.prices.close[0, 0]) == pytest.approx(0.5 * np.exp(0.02 * 0.05), rel=1e-12)


def test_what_sellers_and_buyers_do_alike_moves_nothing():
    both = OTHERS | BUYERS
    state = run_small(small_arm(prices=both), [[np.log(0.5)]], 0.02, is_closed=True)
    assert bought(state) == float(state.path_tally.sold_by_others[0, 0]) == 5e7
    assert float(state.prices.close[0, 0]) == pytest.approx(0.5, rel=1e-12)


def test_they_buy_nothing_at_limit_up_and_nothing_where_prices_know_no_purchases():
    fall_and_rise = [[np.log(0.5)], [np.log(1.3)]]
    limited = BUYERS | {"log_limit_up": np.log(1.2)}
    before, after = (bought(run_small(small_arm(prices=limited), fall_and_rise[:n])) for n in (1, 2))
    assert before == after == 5e7
    assert bought(run_small(small_arm(prices=BUYERS | {"buy_ratio": 0.0}), fall_and_rise)) == 0.0
