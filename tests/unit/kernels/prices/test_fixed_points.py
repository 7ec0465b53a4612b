"""How far the closes of least and of most forced sales lie apart on a day, by hand."""

import numpy as np
import pytest

from backstop.terms import Execution
from small_arm import run_small, small_arm

IMPACT = {"kappa": 5.0, "impact_volatility": 0.01, "adv": 2e6, "rounds": 6, "execution": Execution.CLOSE}
"""All that the fund has, 2,000,000, is a day's volume: selling it costs 5 %."""
LEVERED = {"units_open": [2e6], "cash_open": 0.0}


def gap(cap, returns=((0.0,),), **prices):
    arm = small_arm(prices={"seeks_both_ends": 1} | IMPACT | prices, funds=LEVERED,
                    leverage={"debt_open": 1e6, "cap": cap, "target": 1.0})
    state = run_small(arm, [list(row) for row in returns])
    return np.asarray(state.path_tally.fixed_point_gap)[0], state


def test_two_fixed_points_lie_as_far_apart_as_the_sale_of_all_moves_the_price():
    # a leverage of 2 now, of 2.051 at the price that a sale of half, all that is owed, leaves
    found, state = gap(cap=2.04)
    assert float(state.fund_tally.gross_sales[0, 0]) == 0.0
    assert found[0] == pytest.approx(0.025, rel=1e-9)


def test_one_fixed_point_has_no_gap():
    assert gap(cap=2.06)[0][0] == pytest.approx(0.0, abs=1e-12)
    quiet, sold = gap(cap=1.5)
    assert float(sold.fund_tally.gross_sales[0, 0]) > 0.0
    assert quiet[0] == pytest.approx(0.0, abs=1e-6)


def test_nothing_is_looked_for_unless_asked_and_looking_changes_nothing():
    found, looked = gap(cap=2.04, returns=[(0.0, 0.0), (-0.03, 0.0), (0.0, 0.01)])
    without, plain = gap(cap=2.04, returns=[(0.0, 0.0), (-0.03, 0.0), (0.0, 0.01)], seeks_both_ends=0)
    assert found.min() > 0.0
    assert not np.any(without)
    for name in plain.fund_tally._fields:
        assert np.asarray(getattr(looked.fund_tally, name)).tobytes() == \
            np.asarray(getattr(plain.fund_tally, name)).tobytes()


def test_what_is_suspended_has_no_gap():
    assert gap(cap=2.04, suspended=[[[1, 1]]])[0][0] == 0.0
