"""Stigma and the solvency test against hand numbers."""

import numpy as np
import pytest

from backstop.kernels.facility.admission import draw_take_up
from backstop.kernels.state import open_arm
from backstop.kernels.step import run_arm
from small_arm import run_small, small_arm

ASKED = {"base_rate": 0.25}
"""250,000 shares fall due on day 2."""


def run(days=2, investors=ASKED, **sections):
    return run_small(small_arm(n_facilities=1, investors=investors, **sections), [[0.0]] * days, is_closed=True)


def claim(**sections):
    return float(run(**sections).loans.claim[0, 0])


def test_a_share_of_each_claim_is_presented():
    assert claim(admission={"claims_frac": 0.4}) == 100_000.0


def test_a_fund_claims_where_its_number_is_below_the_chance():
    arm = small_arm(n_facilities=1, n_funds=2, investors=ASKED, admission={"take_up_frac": 0.5})
    seam = np.zeros((2, 1, 3))
    state = open_arm(arm, 3)
    state.loans.take_up[:] = [[0.4, 0.5, 0.6], [0.6, 0.1, 0.9]]
    run_arm(arm, state, seam, seam + 0.01, 0, 2, 3)
    np.testing.assert_array_equal(np.asarray(state.loans.drawn) > 0.0, [[1, 0, 0], [0, 1, 0]])


def test_numbers_depend_on_seed_path_and_fund_alone():
    def drawn(seed, first_path, lanes, n_funds=3):
        state = open_arm(small_arm(n_facilities=1, n_funds=n_funds, admission={"take_up_frac": 0.5}), lanes)
        draw_take_up(state.loans, seed, first_path, lanes)
        return np.asarray(state.loans.take_up)

    whole = drawn(7, 0, 16)
    np.testing.assert_array_equal(drawn(7, 10, 4), whole[:, 10:14])
    np.testing.assert_array_equal(drawn(7, 0, 16, n_funds=2), whole[:2])
    assert np.all(drawn(8, 0, 16) != whole)
    assert np.all((whole > 0.0) & (whole < 1.0))
    assert len(np.unique(whole)) == whole.size


def test_half_of_many_funds_take_up_a_facility_of_that_chance():
    state = open_arm(small_arm(n_facilities=1, admission={"take_up_frac": 0.5}), 10_000)
    draw_take_up(state.loans, 1, 0, 10_000)
    share = np.mean(np.asarray(state.loans.take_up) < 0.5)
    assert abs(share - 0.5) < 4.0 * 0.5 / np.sqrt(10_000)


def test_where_all_take_it_up_nothing_is_drawn():
    assert len(run().loans.take_up) == 0


@pytest.mark.parametrize(("least", "is_heard"), [(0.5, True), (0.51, False)])
def test_a_claim_needs_nav_over_assets(least, is_heard):
    # NAV of a million, as much again from lenders
    found = claim(funds={"units_open": [2e6], "cash_open": 0.0}, leverage={"debt_open": 1e6},
                  admission={"has_solvency_test": 1.0, "least_nav_frac": least})
    assert (found > 0.0) == is_heard


@pytest.mark.parametrize(("least", "is_heard"), [(1.0, True), (1.01, False)])
def test_a_claim_needs_nav_per_share(least, is_heard):
    assert (claim(admission={"has_solvency_test": 1.0, "least_navps": least}) > 0.0) == is_heard


@pytest.mark.parametrize(("cap", "is_heard"), [(1.0, True), (0.99, False)])
def test_who_holds_more_risk_than_a_multiple_of_nav_is_not_heard(cap, is_heard):
    # all of NAV is in stocks
    funds = {"units_open": [1e6], "cash_open": 0.0}
    assert (claim(funds=funds, covenants={"exposure_cap": cap}) > 0.0) == is_heard


def test_refused_claims_are_misdirected_and_counted_once():
    refusing = {"has_solvency_test": 1.0, "least_navps": 1.01}
    once = {"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.25}
    arm = small_arm(n_facilities=1, investors=once, admission=refusing,
                    funds={"count": 3.0, "participation_frac": 0.0})
    states = [run_small(arm, [[np.log(0.5)], *[[0.0]] * days]) for days in (1, 2, 3)]
    # 125,000 due from day 2 on, each of three funds; nothing more is asked for
    assert [float(s.path_tally.misdirected_claims[0, 0]) for s in states] == pytest.approx([375_000] * 3, abs=9)
    assert not np.any(states[2].loans.drawn)


def test_what_failed_funds_had_drawn_is_counted_as_gone_to_them():
    sound = run(days=3, funds={"nav_floor": 0.9, "count": 2.0})
    assert float(sound.path_tally.injected_to_failed[0, 0]) == 0.0
    arm = small_arm(n_facilities=1, investors=ASKED, funds={"nav_floor": 0.9, "count": 2.0})
    state = run_small(arm, [[0.0], [0.0], [np.log(0.5)]], is_closed=True)
    injected = float(state.fund_tally.injected[0, 0])
    assert injected >= 250_000.0
    assert float(state.path_tally.injected_to_failed[0, 0]) == 2.0 * injected
