"""Debt of funds in the config, and the terms that it becomes."""

import pytest
from pydantic import ValidationError

from backstop.config.funds.leverage import Leverage
from backstop.config.funds.resolve_leverage import resolve_leverage
from backstop.config.funds.section import Fund

FUND = {
    "name": "a", "count": 1, "nav": 1000.0, "holdings": {"stock": 1.5, "bond": 0.25}, "cash_buffer_frac": 0.0,
    "liquidation": {"rule": "pro-rata", "participation_frac": 1.0},
    "failure": {"nav_floor_frac": 0.0, "unpaid_days": 5},
}


def fund(**leverage):
    return Fund.model_validate(FUND | {"leverage": {"debt_frac": 1.0} | leverage})


def places(make, **leverage):
    with pytest.raises(ValidationError) as error:
        make(**leverage)
    return {".".join(map(str, problem["loc"])) for problem in error.value.errors()}


def terms_of(**leverage):
    return resolve_leverage([fund(**leverage)], ["bond", "stock"], 10.0)


@pytest.mark.parametrize(("leverage", "place"), [
    ({"rule": "threshold"}, "cap"),
    ({"rule": "target", "cap": 2.0}, "cap"),
    ({"target": 2.0}, "target"),
    ({"rule": "threshold", "cap": 2.0, "target": 2.1}, "target"),
    ({"haircut_rise": 1.0}, "haircut_rise"),
])
def test_a_rule_has_what_it_needs_and_no_more(leverage, place):
    assert places(Leverage, debt_frac=1.0, **leverage) == {place}


def test_holdings_are_paid_for_by_nav_and_debt():
    assert places(fund, debt_frac=0.5) == {"holdings"}
    assert fund(debt_frac=0.75).assets_over_nav == 1.75
    assert places(Fund.model_validate, obj=FUND) == {"holdings"}


def test_lenders_lend_no_more_than_the_haircuts_leave():
    assert places(fund, debt_frac=1.0, haircut_frac={"stock": 0.4}) == {"leverage.debt_frac"}
    assert fund(debt_frac=0.9, haircut_frac={"stock": 0.4}).leverage.debt_frac == 0.9


def test_amounts_are_whole_quanta_and_rates_a_day():
    terms = terms_of(debt_frac=0.888, rate_ann_frac=0.0252)
    assert terms.debt_open.tolist() == [88.0]
    assert terms.rate_per_day.tolist() == [0.0252 / 252]
    assert (terms.cap.tolist(), terms.has_margin.tolist()) == ([0.0], [0])


@pytest.mark.parametrize(("leverage", "cap", "target"), [
    ({"rule": "threshold", "cap": 3.0}, 3.0, 3.0),
    ({"rule": "threshold", "cap": 3.0, "target": 2.5}, 3.0, 2.5),
    ({"rule": "target"}, 2.0, 2.0),
    ({"rule": "target", "target": 1.5}, 1.5, 1.5),
])
def test_the_target_rule_is_a_threshold_at_the_target(leverage, cap, target):
    terms = terms_of(**leverage)
    assert (terms.cap.tolist(), terms.target.tolist()) == ([cap], [target])


def test_assets_without_a_haircut_are_no_collateral():
    terms = terms_of(debt_frac=0.9, haircut_frac={"stock": 0.4}, haircut_rise=0.5)
    assert terms.haircut.tolist() == [[1.0, 0.4]]
    assert (terms.has_margin.tolist(), terms.haircut_rise.tolist()) == ([1], [0.5])
