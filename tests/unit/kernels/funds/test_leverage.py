"""Debt to outside lenders against hand numbers: what is asked back, what is sold for it, who is paid first."""

import numpy as np
import pytest

from backstop.terms import ImpactLaw
from small_arm import run_small, small_arm

FALL = np.log(0.9)
TWICE = {"debt_open": 1e6}
"""A fund of 1,000,000 that owes as much and holds 2,000,000 of one asset."""


def levered(leverage, **sections):
    funds = {"units_open": [2e6], "cash_open": 0.0} | sections.pop("funds", {})
    return small_arm(leverage=TWICE | leverage, funds=funds, **sections)


def one(state, name, lane=0):
    """An outcome of the one fund."""
    return float(np.asarray(getattr(state.fund_tally, name))[0, lane])


def test_debt_is_no_part_of_nav_and_a_fall_weighs_as_much_as_the_leverage():
    state = run_small(levered({}), [[0.0, FALL]], is_closed=True)
    np.testing.assert_allclose(np.asarray(state.fund_tally.nav_end)[0], [1e6, 8e5])
    np.testing.assert_allclose(np.asarray(state.fund_tally.max_drawdown)[0], [0.0, 0.2], atol=1e-12)
    assert not np.any(state.fund_tally.gross_sales)
    assert one(state, "sales_postponed") == 0.0


def test_the_target_rule_sells_what_the_leverage_is_above_its_target_by():
    # 1,800,000 of assets, a NAV of 800,000: twice that may be held
    state = run_small(levered({"cap": 2.0, "target": 2.0}), [[FALL, -FALL]], is_closed=True)
    assert one(state, "deleveraged") == pytest.approx(2e5, abs=1.0)
    assert one(state, "gross_sales") == pytest.approx(2e5, abs=2.0)
    assert one(state, "lender_debt_end") == pytest.approx(8e5, abs=1.0)
    assert one(state, "deleveraged", lane=1) == one(state, "days_recalled", lane=1) == 0.0


@pytest.mark.parametrize(("cap", "sold"), [(2.24, 2e5), (2.26, 0.0)])
def test_the_threshold_rule_waits_for_its_cap_and_goes_back_to_its_target(cap, sold):
    # leverage is 1,800,000 / 800,000 = 2.25
    state = run_small(levered({"cap": cap, "target": 2.0}), [[FALL]], is_closed=True)
    assert one(state, "deleveraged") == pytest.approx(sold, abs=1.0)
    assert one(state, "days_recalled") == float(sold > 0.0)


def test_a_fund_under_water_repays_all_that_it_can():
    state = run_small(levered({"cap": 2.0, "target": 2.0}), [[np.log(0.4)], [0.0]], is_closed=True)
    assert one(state, "deleveraged") == pytest.approx(8e5, abs=1.0)
    assert one(state, "nav_end") == pytest.approx(-2e5, abs=1.0)
    assert float(np.asarray(state.funds.units)[0, 0]) == pytest.approx(0.0, abs=3.0)


def test_a_margin_call_sells_so_much_that_what_is_left_covers_the_debt():
    # 1,800,000 at a haircut of half carry 900,000; 100,000 are missing, and every unit sold frees half of its price
    state = run_small(levered({"haircut": 0.5}), [[FALL]], is_closed=True)
    assert one(state, "deleveraged") == pytest.approx(2e5, abs=1.0)
    assert float(state.funds.holdings[0, 0]) * 0.5 == pytest.approx(one(state, "lender_debt_end"), abs=2.0)


def test_a_haircut_rises_with_the_fall_from_the_high():
    # from a high of 1 / 0.9 the price is back at 1, a tenth below: a haircut of 0.3 + 3 * 0.1 on 2,000,000
    state = run_small(levered({"haircut": 0.3, "haircut_rise": 3.0}), [[-FALL], [FALL]], is_closed=True)
    assert one(state, "days_recalled") == 1.0
    assert one(state, "deleveraged") == pytest.approx((1e6 - 0.4 * 2e6) / 0.6, abs=1.0)
    flatter = run_small(levered({"haircut": 0.3, "haircut_rise": 1.9}), [[-FALL], [FALL]], is_closed=True)
    assert one(flatter, "days_recalled") == 0.0


def test_a_margin_call_takes_free_cash_before_it_sells():
    arm = levered({"haircut": 0.5}, funds={"units_open": [1.9e6], "cash_open": 1e5, "buffer_frac": 0.1})
    state = run_small(arm, [[FALL]], is_closed=True)
    # NAV 810,000 keeps 81,000 of the cash; 145,000 are missing, of which 19,000 are there, the rest takes twice itself
    assert one(state, "deleveraged") == pytest.approx(19_000 + 2 * 126_000, abs=1.0)


def test_lenders_are_paid_before_investors():
    arm = levered({"cap": 2.0, "target": 2.0}, investors={"base_rate": 0.5},
                  prices={"adv": 1e5, "impact_law": ImpactLaw.LINEAR})
    state = run_small(arm, [[0.0], [FALL]], is_closed=True)
    assert one(state, "deleveraged") == pytest.approx(1e5, abs=2.0)
    assert one(state, "redemption_paid") < 2.0
    assert one(state, "redemption_unpaid") > 3e5


def test_interest_is_added_to_the_debt():
    state = run_small(levered({"rate_per_day": 0.001}), [[0.0], [0.0]], is_closed=True)
    assert one(state, "lender_debt_end") == 1e6 + 1000 + 1001
    assert one(state, "nav_end") == pytest.approx(1e6 - 2001)


def test_a_facility_may_pay_lenders_and_lowers_the_leverage_they_see():
    leverage = {"cap": 2.0, "target": 2.0}
    state = run_small(levered(leverage, n_facilities=1), [[FALL], [0.0]], is_closed=True)
    assert one(state, "injected") == one(state, "deleveraged") == pytest.approx(2e5, abs=1.0)
    assert one(state, "gross_sales") == 0.0
    assert one(state, "days_recalled") == 1.0
    assert one(state, "sales_postponed") == one(state, "drawn_end") == one(state, "injected")


def test_debt_to_lenders_is_no_collateral_twice():
    arm = levered({"cap": 2.0, "target": 2.0}, n_facilities=1, facilities={"advance_rate": 0.6})
    state = run_small(arm, [[FALL]], is_closed=True)
    # 0.6 of 1,800,000 less the 1,000,000 that lenders are owed
    assert one(state, "injected") == pytest.approx(8e4, abs=1.0)
