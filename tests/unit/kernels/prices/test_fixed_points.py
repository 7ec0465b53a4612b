"""How far the closes of least and of most forced sales lie apart on a day, by hand."""

import numpy as np
import pytest

from backstop.terms import Execution, LiquidationRule
from small_arm import days, run_small, small_arm

IMPACT = {"kappa": 5.0, "impact_volatility": 0.01, "adv": 2e6, "rounds": 6, "execution": Execution.CLOSE}
"""All that the fund has, 2,000,000, is a day's volume: selling it costs 5 %."""
LEVERED = {"units_open": [2e6], "cash_open": 0.0}


def gap(cap, returns=((0.0,),), funds=LEVERED, **prices):
    arm = small_arm(n_assets=len(np.ravel(funds["units_open"])), prices={"seeks_both_ends": 1} | IMPACT | prices,
                    funds=funds, leverage={"debt_open": 1e6, "cap": cap, "target": 1.0})
    n_assets = arm.funds.units_open.shape[1]
    state = run_small(arm, days(returns, n_assets))
    return np.asarray(state.path_tally.fixed_point_gap)[0], state


def test_two_fixed_points_lie_as_far_apart_as_the_sale_of_all_moves_the_price():
    # a leverage of 2 now, of 2.053 at the price h that a sale of 1e6 / h units, about half of all, leaves
    found, state = gap(cap=2.04)
    assert float(state.fund_tally.gross_sales[0, 0]) == 0.0
    assert found[0] == pytest.approx(0.0256495, abs=1e-7)
    assert found[0] == pytest.approx(0.025 * np.exp(found[0]), rel=1e-6)


@pytest.mark.parametrize("rule", LiquidationRule)
def test_for_what_cannot_be_sold_the_rest_is(rule):
    # all of the first asset, for a debt of as much: 2.5 % less for it, so a leverage of 1.9753 / 0.9753 = 2.0253;
    # its share of the debt, half of it, would leave a leverage of 2.0127 and no second price
    funds = {"units_open": [[1e6, 1e6]], "cash_open": 0.0, "liquidation_rule": rule, "liquidation_order": [[1, 0]],
             "pro_rata_frac": 0.5}
    never = [[[2, 2]], [[1, 1]]]
    assert gap(2.02, [[0.0, 0.0]], funds, suspended=never)[0][0] == pytest.approx(0.025, abs=1e-9)
    assert gap(2.03, [[0.0, 0.0]], funds, suspended=never)[0][0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("rounds", [2, 60])
def test_the_search_ends_where_it_settles_and_not_with_the_rounds(rounds):
    # half of all is owed: from a sale of everything down 20 % up to the price of (1 / h) a half
    found, _ = gap(cap=2.04, kappa=20.0, rounds=rounds)
    assert found[0] == pytest.approx(0.1 * np.exp(found[0]), rel=1e-7)


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
