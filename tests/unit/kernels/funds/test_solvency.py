"""Insurers who sell to keep their solvency, against hand numbers."""

import numpy as np
import pytest

from small_arm import run_small, small_arm

CASH = {"units_open": [5e5]}
"""Half a million at risk of a NAV of a million."""


def of(row):
    return float(np.asarray(row)[0, 0])


def insurer(**more):
    """Own capital of 0.2 of NAV; a holding requires 0.2 of its value, other risks 0.05 of NAV: 0.15, ratio 1.333."""
    return {"target": 1.0, "liability": 0.8, "other_required": 0.05, "factor": 0.2} | more


def run(returns, solvency, **sections):
    return run_small(small_arm(**({"funds": CASH, "solvency": solvency} | sections)), returns)


def ratio(state, terms):
    """Own over required capital at the close."""
    nav, shares = of(state.funds.nav), of(state.funds.shares)
    risky = of(state.funds.units) * of(state.prices.close)
    return (nav - terms["liability"] * shares) / (terms["other_required"] * shares + terms["factor"] * risky)


def test_it_sells_as_much_risk_as_its_target_asks():
    terms = insurer(target=1.5)
    state = run([[0.0]], terms)
    # 1 - (200,000 / 1.5 - 50,000) / 100,000
    assert of(state.solvency.share) == pytest.approx(1.0 / 6.0, abs=1e-12)
    assert of(state.fund_tally.sales_solvency) == pytest.approx(5e5 / 6.0, abs=1)
    assert ratio(state, terms) == pytest.approx(1.5, rel=1e-5)
    assert of(state.fund_tally.forced_sales) == of(state.fund_tally.sales_solvency)
    assert of(state.fund_tally.sales_pressure) == 0.0


def test_above_its_target_it_sells_nothing_and_below_all_other_capital_everything():
    assert of(run([[0.0]], insurer(target=1.3)).fund_tally.gross_sales) == 0.0
    # a loss of half a million times 0.4 leaves nothing
    state = run([[np.log(0.6)]], insurer())
    assert of(state.solvency.share) == 1.0
    assert of(state.funds.units) == 0.0


def test_without_a_factor_nothing_is_required_and_nothing_sold():
    state = run([[np.log(0.6)]], insurer(factor=0.0))
    assert of(state.solvency.share) == 0.0
    assert of(state.fund_tally.gross_sales) == 0.0


def test_a_fall_is_borne_by_own_capital_alone():
    terms = insurer()
    state = run([[np.log(0.9)]], terms)
    # capital 150,000, required 50,000 + 90,000: 1.071; another fall to 0.84 leaves 120,000 against 134,000
    assert of(state.fund_tally.gross_sales) == 0.0
    state = run([[np.log(0.84)]], terms)
    assert of(state.solvency.share) == pytest.approx(1.0 - (120_000 - 50_000) / 84_000)
    assert ratio(state, terms) == pytest.approx(1.0, rel=1e-5)


@pytest.mark.parametrize(("fall", "other", "target", "sold"), [
    (0.0, 0.0, 1.49, 0.0), (0.0, 0.0, 1.51, 1.0 - 60.0 / 1.51 / 40.0),
    (0.2, 0.0, 1.09, 0.0), (0.2, 0.0, 1.1, 1.0 - 35.0 / 1.1 / 32.0), (0.2, 0.0, 1.5, 0.270833),
    (0.2, 20.0, 1.5, 0.895833)])
def test_an_insurer_of_two_shares_has_the_ratios_and_sales_of_the_hand_case(fall, other, target, sold):
    """Capital of 60, 100 in shares at .3 and 25 at .4: 60 / 40 = 150 %; after a fall by a fifth 35 / 32 = 109.4 %."""
    unit = 5e3
    terms = {"target": target, "liability": 1.0 - 60.0 * unit / 1e6, "other_required": other * unit / 1e6,
             "factor": [0.3, 0.4]}
    state = run([[np.log(1.0 - fall)] * 2], terms, n_assets=2, funds={"units_open": [100.0 * unit, 25.0 * unit]})
    assert of(state.solvency.share) == pytest.approx(sold, abs=5e-7)
    assert of(state.fund_tally.sales_solvency) == pytest.approx(sold * 125.0 * unit * (1.0 - fall), abs=2)


def test_pressure_and_solvency_are_served_by_one_sale():
    pressed = {"is_on": 1, "threshold": 1.0, "floor": 0.0, "cut": 1.0, "speed": 0.1}
    state = run([[0.0]], insurer(target=1.5), evaluation=pressed)
    assert of(state.fund_tally.gross_sales) == pytest.approx(5e5 / 6.0, abs=1)
    assert of(state.fund_tally.sales_pressure) == pytest.approx(50_000, abs=1)
    assert of(state.fund_tally.sales_solvency) == pytest.approx(5e5 / 6.0 - 50_000, abs=2)
    # only what pressure asked for is bought back one day
    assert of(state.evaluation.theta) == pytest.approx(0.9)


def test_what_is_sold_for_redemptions_is_not_told_as_sold_for_solvency():
    # sold for the ratio on day 1: 111,111 in cash; on day 2, after a fall, 40 % of 955,555 are due
    terms = insurer(target=1.5, other_required=0.0, factor=0.15)
    state = run([[0.0], [np.log(0.95)]], terms, funds={"units_open": [1e6]}, investors={"base_rate": 0.4})
    tally = state.fund_tally
    assert of(tally.sales_ordinary) == pytest.approx(0.4 * 955_555 - 111_111, abs=2)
    assert of(tally.sales_pressure) == 0.0
    assert of(tally.sales_solvency) == of(tally.gross_sales) - of(tally.sales_ordinary) > 111_111.0


def test_cash_from_a_facility_is_no_capital():
    state = run([[0.0]], insurer(target=1.5), n_facilities=1)
    assert of(state.loans.claim) == 0.0
    assert of(state.fund_tally.sales_solvency) > 80_000.0


AGED = insurer(factor=0.3, held_factor=0.27, held_days=756.0, most_days=1512.0)


@pytest.mark.parametrize(("age", "days", "factor"), [
    (0.0, 1, 0.3), (756.0, 1, 0.27), (700.0, 62, 0.3), (700.0, 63, 0.27)])
def test_what_has_been_held_for_long_is_weighed_less_from_the_end_of_a_quarter_on(age, days, factor):
    state = run([[0.0]] * days, AGED | {"target": 0.1, "age_open": age})
    assert of(state.solvency.factor) == factor


def test_purchases_make_a_holding_younger_and_sales_too_and_age_is_capped():
    young = run([[0.0]], AGED | {"target": 0.1, "age_open": 5_000.0})
    assert of(young.solvency.age) == 1512.0
    # a fifth is sold: the oldest first, of ages that reach uniformly to twice the mean
    state = run([[0.0]], AGED | {"target": 1.0, "liability": 0.82, "age_open": 100.0})
    kept = of(state.funds.units) / 5e5
    assert kept < 1.0
    assert of(state.solvency.age) == pytest.approx(100.0 * kept + 1.0)


def test_nobody_who_is_no_insurer_has_rows():
    assert len(run([[0.0]], {}).solvency.share) == 0
