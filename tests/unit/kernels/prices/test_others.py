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
