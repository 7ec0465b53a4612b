"""What an announced facility holds back of redemption requests, by hand."""

import numpy as np
import pytest

from backstop.terms import MarketSignal
from small_arm import ALWAYS, NEVER, run_small, small_arm

STRESSED = {"bear_slope": 0.02, "horizon_days": 4}
"""1 % a day, of what is left: half of the value was lost in the four days before."""
HALVED = {"nav_history": [2.0, 2.0, 2.0, 2.0, 1.0]}


def requested(n_days=1, facilities=None, triggers=None, n_facilities=1, investors=STRESSED, **sections):
    arm = small_arm(n_facilities=n_facilities, facilities={"fund_cap_frac": 0.0} | (facilities or {}),
                    triggers=triggers or {}, investors=investors, funds=HALVED, **sections)
    state = run_small(arm, np.zeros((n_days, 1)))
    return np.asarray(state.funds.requested_shares)[:, 0].tolist()


def test_a_facility_announced_at_the_opening_holds_requests_back_from_the_first_day():
    cut = {"announcement_cut": 0.61, "is_announced_at_opening": 1}
    assert requested(facilities=cut, triggers={"system_entry": NEVER}) == [pytest.approx(3_900.0)]


def test_it_does_not_hold_back_what_is_asked_in_any_market():
    cut, both = {"announcement_cut": 0.61, "is_announced_at_opening": 1}, STRESSED | {"base_rate": 0.001}
    assert requested(facilities=cut, investors=both) == [pytest.approx(1_000.0 + 3_900.0)]


def test_one_that_is_announced_by_its_key_does_so_from_the_day_after():
    cut = {"announcement_cut": 0.61}
    assert requested(1, cut) == [pytest.approx(10_000.0)]
    # 990,000 are left to ask: 10,000 wait to be paid
    assert requested(2, cut) == [pytest.approx(0.39 * 0.01 * 990_000)]


def test_it_ends_with_the_key():
    closing = {"system_exit": ALWAYS, "cooldown_days": 100}
    assert requested(3, {"announcement_cut": 0.5}, closing) == [pytest.approx(0.01 * (990_000.0 - 4_950.0))]


def test_the_largest_cut_counts_and_only_for_eligible_funds():
    cuts = {"announcement_cut": [0.2, 0.5], "is_announced_at_opening": 1, "is_eligible": [[1.0, 1.0], [0.0, 1.0]]}
    assert requested(1, cuts, n_facilities=2, n_funds=2) == [pytest.approx(8_000.0), pytest.approx(5_000.0)]


def test_without_a_cut_nothing_is_held_back():
    falling = {"market": (MarketSignal.RETURN, 1)}
    assert requested(2, {"is_announced_at_opening": 1}, falling) == [pytest.approx(9_900.0)]
