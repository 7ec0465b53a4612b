"""Pricing, repayment, solvency, stigma, covenants and keys in the config, and the terms that they become."""

import pytest
from pydantic import ValidationError

from backstop.config.choices import OfMarket
from backstop.config.facility.advance import Advance
from backstop.config.facility.contract import Covenants, SolvencyTest, TakeUp
from backstop.config.facility.expressions import Condition
from backstop.config.facility.guarantee import Guarantee
from backstop.config.facility.hands import HandTurned
from backstop.config.facility.keys import Key
from backstop.config.facility.resolve_contract import resolve_admission, resolve_advances, resolve_covenants
from backstop.config.facility.resolve_triggers import resolve_triggers
from backstop.config.facility.satisfiable import can_hold
from backstop.config.facility.section import Facility
from backstop.config.market.inputs import MarketInputs
from backstop.config.pool.section import Pool
from backstop.errors import ConfigError
from backstop.terms import NO_GATE

ADVANCE = {
    "coverage_frac": 0.5, "deductible_frac": 0.1, "fund_cap_frac": 0.05, "haircut_frac": {"stock": 0.3},
    "inventory_participation_frac": 0.1, "rate_ann_frac": 0.0252, "tenor_days": 250, "n_rollovers": 1,
    "cash_lag_days": 1, "sweep_frac": 0.5,
}
DEEP = {"signal": "market_drawdown", "window_days": 250, "at_least": 0.2}
SHALLOW = {"signal": "market_drawdown", "window_days": 250, "at_most": 0.1}
KEY = {"entry": DEEP, "exit": SHALLOW}
FUND_KEY = {"entry": {"signal": "fund_drawdown", "at_least": 0.1}, "exit": {"signal": "fund_drawdown", "at_most": 0.05}}


def facility(**given):
    return Facility.model_validate({
        "name": "a", "instrument": "advance", "eligible": ["f"], "system_key": KEY, "fund_key": FUND_KEY,
        "advance": ADVANCE} | given)


def advance(**given):
    return Advance.model_validate(ADVANCE | given)


def said(make, **given):
    """Place and message of every problem."""
    with pytest.raises(ValidationError) as error:
        make(**given)
    return {".".join(map(str, problem["loc"])): problem["msg"] for problem in error.value.errors()}


def key(**given):
    return Key[OfMarket].model_validate(given)


@pytest.mark.parametrize(("given", "place", "message"), [
    ({"rate_ann_frac": 0.75}, "rate_ann_frac", "0.75 is 75 % a year; write 0.0075 for 0.75 %"),
    ({"use_slope_ann_frac": 0.9}, "use_slope_ann_frac", "write 0.009 for 0.9 %"),
    ({"upfront_fee_frac": 0.25}, "upfront_fee_frac", "0.25 is 25 % of each draw; write 0.0025 for 0.25 %"),
    ({"step_ups": [{"after_days": 20, "spread_ann_frac": 1.0}]}, "step_ups.0.spread_ann_frac", "write 0.01 for 1 %"),
    ({"step_ups": [{"after_days": 45, "spread_ann_frac": 0.01}, {"after_days": 45, "spread_ann_frac": 0.01}]},
     "step_ups.1.after_days", "45 is not after 45; write the steps in order"),
    ({"step_ups": [{"after_days": 500, "spread_ann_frac": 0.01}]}, "step_ups.0.after_days",
     "no loan lasts 500 days; write less than 500"),
    ({"sweep_frac": None}, "sweep_frac", 'repayment = "sweep" needs it'),
    ({"repayment": "bullet"}, "sweep_frac", 'repayment = "bullet" has none; drop it'),
    ({"instalment_days": 20}, "instalment_days", 'write repayment = "amortising"'),
    ({"repayment": "amortising", "sweep_frac": None}, "instalment_days", "write instalment_days = 21"),
    ({"repayment": "amortising", "sweep_frac": None, "instalment_days": 250}, "instalment_days",
     "before any instalment"),
    ({"repay_ahead_days": 250}, "repay_ahead_days", "the loan lasts 250 days; write less"),
])
def test_terms_of_an_advance_that_make_no_sense_are_refused(given, place, message):
    assert message in said(advance, **given)[place]


def test_prices_become_rates_a_day_and_the_pool_the_size():
    steps = [{"after_days": 45, "spread_ann_frac": 0.0126}, {"after_days": 90, "spread_ann_frac": 0.0252}]
    plain = facility(name="b")
    priced = facility(advance=ADVANCE | {"use_slope_ann_frac": 0.0504, "step_ups": steps, "upfront_fee_frac": 0.002,
                                         "top_up_frac": 0.75})
    pool = Pool.model_validate({"layers": [{"name": "x", "size": 100.0}, {"name": "y", "size": 55.0}]})
    terms = resolve_advances([priced, plain], pool, 10.0)
    assert terms.size.tolist() == [15.0, 15.0]
    assert terms.use_slope.tolist() == [0.0504 / 252, 0.0]
    assert terms.step_days.tolist() == [[45.0, 90.0], [0.0, 0.0]]
    assert terms.step.tolist() == [[0.0126 / 252, 0.0252 / 252], [0.0, 0.0]]
    assert (terms.fee_frac.tolist(), terms.top_up_frac.tolist()) == ([0.002, 0.0], [0.75, 0.0])


@pytest.mark.parametrize(("given", "sweep", "instalment"), [
    ({}, 0.5, 0.0),
    ({"repayment": "bullet", "sweep_frac": None}, None, 0.0),
    ({"repayment": "amortising", "sweep_frac": None, "instalment_days": 21}, None, 21.0),
])
def test_a_loan_is_repaid_in_one_of_three_ways(given, sweep, instalment):
    one = facility(advance=ADVANCE | given)
    pool = Pool.model_validate({"layers": [{"name": "x", "size": 100.0}]})
    assert one.advance.sweep_frac == sweep
    assert resolve_advances([one], pool, 1.0).instalment_days.tolist() == [instalment]


def test_loans_of_the_pool_and_of_banks_may_be_repaid_ahead_and_late():
    late = {"repay_ahead_days": 20, "grace_days": 5}
    bank = {name: value for name, value in ADVANCE.items() if name in Guarantee.model_fields}
    terms = bank | {"guaranteed_frac": 0.5, "upfront_bps": 0.0, "premium_ann_frac": 0.0} | late
    guaranteed = facility(name="b", instrument="guarantee", advance=None, guarantee=terms)
    pool = Pool.model_validate({"layers": [{"name": "x", "size": 100.0}]})
    resolved = resolve_advances([facility(advance=ADVANCE | late), guaranteed, facility(name="c")], pool, 1.0)
    assert resolved.repay_ahead_days.tolist() == [20.0, 20.0, 0.0]
    assert resolved.grace_days.tolist() == [5.0, 5.0, 0.0]


def test_a_solvency_test_tests_something():
    assert "nav_over_assets_at_least_frac" in said(SolvencyTest)[""]


def test_who_is_admitted():
    tested = facility(solvency={"nav_per_share_at_least": 0.8}, take_up={"funds_frac": 0.6, "claims_frac": 0.9})
    terms = resolve_admission([tested, facility(name="b")])
    assert terms.take_up_frac.tolist() == [0.6, 1.0]
    assert terms.claims_frac.tolist() == [0.9, 1.0]
    assert terms.has_solvency_test.tolist() == [1.0, 0.0]
    assert terms.least_navps.tolist() == [0.8, -NO_GATE]
    assert terms.least_nav_frac.tolist() == [-NO_GATE, -NO_GATE]
    assert TakeUp() == facility().take_up


def test_what_binds_a_borrower():
    bound = facility(covenants={"no_forced_sales": True, "payout_per_day_frac": 0.0, "bonus_limit_frac": 0.5,
                                "exposure_cap": 1.2})
    terms = resolve_covenants([bound, facility(name="b")])
    assert terms.bars_derisking.tolist() == [1.0, 0.0]
    assert terms.payout_frac.tolist() == [0.0, NO_GATE]
    assert terms.bonus_frac.tolist() == [0.5, 0.0]
    assert terms.exposure_cap.tolist() == [1.2, NO_GATE]
    assert Covenants() == facility().covenants


def triggers(system_key, days=100, calendar=()):
    one = facility(system_key=system_key)
    return resolve_triggers([one], _Market(), MarketInputs(calendar=calendar), days)


class _Market:
    """A market whose index has no history."""

    index = "stock"


@pytest.mark.parametrize(("given", "place", "message"), [
    ({}, "entry", "the key never opens"),
    ({"entry": DEEP}, "exit", "write exit = ... beside entry"),
    ({"exit": SHALLOW}, "entry", "write entry = ... beside exit"),
    ({"entry": {"all": [DEEP, SHALLOW]}, "exit": SHALLOW}, "entry", "so the key never opens"),
    ({"entry": DEEP, "exit": {"signal": "realised_volatility", "window_days": 20, "at_most": 0.0}}, "exit",
     "so the key never closes"),
    ({"entry": DEEP, "exit": {"k_of_n": 2, "of": [
        SHALLOW, {"signal": "market_drawdown", "window_days": 250, "at_least": 0.15}]}}, "exit", "never closes"),
    ({**KEY, "active_on": [{"first": 9, "last": 8}]}, "active_on.0.last", "8 is before 9; write a later day"),
])
def test_a_key_that_cannot_turn_is_refused(given, place, message):
    assert message in said(key, **given)[place]


@pytest.mark.parametrize(("expression", "is_possible"), [
    ({"all": [DEEP, SHALLOW]}, False),
    ({"any": [DEEP, SHALLOW]}, True),
    ({"all": [DEEP, SHALLOW | {"window_days": 20}]}, True),
    ({"all": [DEEP, {"any": [SHALLOW, {"all": [SHALLOW, DEEP]}]}]}, False),
    ({"k_of_n": 2, "of": [DEEP, SHALLOW, {"signal": "dislocation", "at_least": 0.1}]}, True),
    ({"all": [DEEP | {"persistence_days": 3}, SHALLOW]}, True),
    ({"any": [{"all": [{"any": [DEEP, SHALLOW]}] * 20}] * 2}, True),
])
def test_whether_an_expression_can_hold(expression, is_possible):
    calm = {"signal": "market_return", "window_days": 5, "at_least": 0.0}
    assert can_hold(key(entry={"any": [expression, DEEP]}, exit=calm).entry.any[0]) == is_possible


@pytest.mark.parametrize(("given", "place"), [({"leave_at": 0.3}, "leave_at")])
def test_a_condition_is_left_on_the_calm_side(given, place):
    def condition(**more):
        return Condition[OfMarket].model_validate(DEEP | more)

    assert "lies beyond the threshold 0.2; write 0.2 or less" in said(condition, **given)[place]
    assert condition(leave_at=0.1).is_latched
    assert not condition().is_latched


def test_a_latch_is_a_node_over_its_entry_and_its_exit():
    lasting = DEEP | {"persistence_days": 3, "leave_at": 0.15, "lag_days": 2, "cooldown_days": 5}
    brief = DEEP | {"window_days": 20, "persistence_days": 2}
    terms = triggers({"entry": {"all": [lasting, brief]}, "exit": SHALLOW})
    assert terms.node_signal.tolist()[:7] == [0, 0, -2, 1, 1, -3, -1]
    assert terms.node_sign.tolist()[:5] == [1.0, -1.0, 0.0, 1.0, -1.0]
    assert terms.node_threshold.tolist()[:2] == [0.2, 0.15]
    # left at the first number below its threshold
    assert 0.2 - 1e-15 < terms.node_threshold[4] < 0.2
    assert terms.children.tolist() == [0, 1, 3, 4, 2, 5]
    assert (terms.latch_days.tolist(), terms.latch_lag.tolist()) == ([3.0, 2.0], [2.0, 0.0])
    assert (terms.latch_cooldown.tolist(), terms.latch_key.tolist()) == ([5.0, 0.0], [0, 0])


def test_a_key_by_hand_alone_has_an_entry_that_never_holds_and_an_exit_that_does():
    terms = triggers({"active_on": [{"first": 5, "last": 9}, {"first": 40}], "idle_on": [{"first": 50, "last": 60}]})
    assert terms.node_signal.tolist()[:2] == [-1, -1]
    assert terms.node_needed.tolist()[:2] == [1, 0]
    assert terms.hand_key.tolist() == [0, 0, 0]
    assert terms.hand_first.tolist() == [5, 40, 50]
    assert terms.hand_last.tolist() == [9, 100, 60]
    assert terms.hand_is_on.tolist() == [1, 1, 0]


WINDOW = ("2015-06-15", "2015-06-16", "2015-06-17", "2015-06-18", "2015-06-19", "2015-06-23")


@pytest.mark.parametrize(("first", "last", "days"), [
    ("2015-06-15", "2015-06-23", (1, 6)),
    ("2015-06-20", "2015-06-22", (6, 5)),
    ("2015-06-17", 10, (3, 10)),
    ("2015-06-19", None, (5, 30)),
])
def test_dates_are_days_of_the_replayed_window(first, last, days):
    assert HandTurned(first=first, last=last).days(WINDOW, 30) == days


@pytest.mark.parametrize(("calendar", "message"), [
    ((), "no window of the index is replayed; write a day of the run"),
    (WINDOW, "2015-07-01 is not within the window, 2015-06-15 to 2015-06-23"),
])
def test_a_date_that_the_run_does_not_have_is_named(calendar, message):
    by_hand = KEY | {"active_on": [{"first": "2015-07-01"}]}
    with pytest.raises(ConfigError, match=r"facilities\.a\.system_key\.active_on: 2015-07-01") as error:
        triggers(by_hand, calendar=calendar)
    assert message in str(error.value)
