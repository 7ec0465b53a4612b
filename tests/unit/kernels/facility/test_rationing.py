"""Caps and the rules by which claims share what is too little, against hand numbers."""

import numpy as np
import pytest

from backstop.terms import ShareRule
from small_arm import run_small, small_arm

TWO_DAYS = [[0.0], [0.0]]


def asking(layers, *, rationing=None, members=None, pool=None, **more):
    """Two funds of a million, that on day 2 ask for 250,000 and for 750,000."""
    return small_arm(n_funds=2, n_facilities=1, layers=layers, investors={"base_rate": [[0.25], [0.75]]},
                     rationing=rationing or {}, members=members or {}, pool=pool or {}, **more)


def approved(state):
    return np.asarray(state.loans.approved)[:, 0].tolist()


def test_by_order_the_first_is_served_first():
    state = run_small(asking((300_000.0,), rationing={"share_rule": ShareRule.BY_ORDER}), TWO_DAYS)
    assert approved(state) == [250_000.0, 50_000.0]
    assert float(state.path_tally.unmet_claims[0, 0]) == 700_000.0


@pytest.mark.parametrize("cap", [{"rationing": {"facility_cap": 100_000.0}}, {"rationing": {"pool_cap": 100_000.0}},
                                 {"layers": (10_000.0, 1e9 - 10_000.0), "rationing": {"capital_frac": 1e4}}])
def test_claims_share_a_cap_pro_rata_and_are_not_cut_for_want_of_money(cap):
    state = run_small(asking(cap.pop("layers", (1e9,)), **cap), TWO_DAYS)
    assert approved(state) == [25_000.0, 75_000.0]
    assert float(state.path_tally.unmet_claims[0, 0]) == 0.0
    assert float(state.path_tally.first_dry_day[0, 0]) == 0.0


def test_what_is_out_already_counts_against_a_cap():
    arm = small_arm(n_facilities=1, investors={"base_rate": 0.25}, rationing={"facility_cap": 300_000.0},
                    funds={"participation_frac": 0.0})
    states = [run_small(arm, [[0.0]] * days) for days in (2, 3, 4)]
    # a quarter of the shares, then of what is left; what could not be paid comes again
    assert [float(state.loans.drawn[0, 0]) for state in states] == [250_000.0, 300_000.0, 300_000.0]


def test_money_that_is_promised_is_not_promised_again():
    facilities = {"cash_lag_days": 3.0}
    arm = small_arm(n_facilities=2, layers=(100_000.0,), investors={"base_rate": 0.25}, facilities=facilities)
    # both facilities are asked for 250,000; the first is to pay all there is
    state = run_small(arm, TWO_DAYS)
    assert approved(state) == [100_000.0, 0.0]
    assert float(state.pool.committed[0, 0]) == float(state.pool.cash[0, 0]) == 100_000.0


@pytest.mark.parametrize(("cap", "cut", "by"), [("facility_cap", "cut_facility", 900_000.0),
                                                ("sponsor_cap", "cut_sponsor", 690_000.0)])
def test_what_a_cap_takes_from_claims_is_what_it_cut(cap, cut, by):
    most = {"facility_cap": 100_000.0, "sponsor_cap": 60_000.0}[cap]
    state = run_small(asking((1e9,), rationing={cap: most}, members={"sponsor": [-1, 0]}), TWO_DAYS)
    assert float(getattr(state.path_tally, cut)[0, 0]) == by


def test_a_sponsors_cap_binds_its_own_funds_alone():
    state = run_small(asking((1e9,), rationing={"sponsor_cap": 60_000.0}, members={"sponsor": [-1, 0]}), TWO_DAYS)
    assert approved(state) == [250_000.0, 60_000.0]


def test_two_funds_of_a_sponsor_share_its_cap():
    state = run_small(asking((1e9,), rationing={"sponsor_cap": 100_000.0}, members={"sponsor": [0, 0]}), TWO_DAYS)
    assert approved(state) == [25_000.0, 75_000.0]


def test_by_contribution_those_who_paid_more_come_first_and_the_rest_is_shared_pro_rata():
    # day 1: premiums of 30,000 and 10,000 from cash that is gone afterwards; all of it is in the pool
    arm = asking((360_000.0,), rationing={"share_rule": ShareRule.BY_CONTRIBUTION},
                 members={"premium_frac": [0.03, 0.01]}, pool={"premium_days": 100},
                 funds={"units_open": [[970_000.0], [990_000.0]]})
    state = run_small(arm, TWO_DAYS)
    # of 400,000 the first may have 300,000 and asks for what is left of its quarter; the other gets the rest
    first, other = approved(state)
    assert first == 250_000.0 * 0.97
    assert other == 400_000.0 - first


def test_without_any_contribution_it_is_pro_rata():
    state = run_small(asking((100_000.0,), rationing={"share_rule": ShareRule.BY_CONTRIBUTION}), TWO_DAYS)
    assert approved(state) == [25_000.0, 75_000.0]


def test_leverage_by_facility_lends_a_multiple_of_the_capital():
    # ten to one: 20,000 paid in carry 200,000, of which 180,000 are borrowed
    state = run_small(asking((20_000.0,), rationing={"capital_frac": 0.1}, pool={"borrow_multiple": 20.0}), TWO_DAYS)
    assert approved(state) == [50_000.0, 150_000.0]
    assert float(state.pool.borrowed[0, 0]) == 180_000.0
