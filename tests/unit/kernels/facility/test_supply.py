"""Claims and arrivals against hand numbers."""

import numpy as np
import pytest

from small_arm import NEVER, run_small, small_arm

ASKED = {"base_rate": 0.25}
"""250,000 shares fall due on day 2."""
TWO_DAYS = [[0.0], [0.0]]


def claim(returns=TWO_DAYS, **sections):
    """The claim of the first fund on the last day, first lane."""
    state = run_small(small_arm(n_facilities=1, **({"investors": ASKED} | sections)), returns)
    return float(state.loans.claim[0, 0])


def test_need_is_what_is_due_less_cash_above_the_buffer():
    assert claim(funds={"units_open": [8e5], "buffer_frac": 0.1}) == 150_000.0


def test_need_counts_intended_de_risking():
    wanted = claim([[0.0]], evaluation={"is_on": 1, "threshold": 2.0, "floor": 1.0, "cut": 1.0, "speed": 0.05})
    assert wanted == 50_000.0


def test_cover_is_a_share_of_the_loss_beyond_the_deductible():
    # the share fell from 1 to 0.75; 0.875 - 0.75 of a million shares, half of it
    loss = [[np.log(0.75)], [0.0]]
    assert claim(loss, facilities={"coverage_frac": 0.5, "deductible_frac": 0.125}) == pytest.approx(62_500, abs=1)
    assert claim(facilities={"coverage_frac": 0.5, "deductible_frac": 0.125}) == 0.0


def test_a_pledge_is_worth_its_advance_rate():
    assert claim(facilities={"advance_rate": 0.125}) == pytest.approx(125_000, abs=1)


def test_no_fund_draws_more_than_its_cap():
    assert claim(facilities={"fund_cap_frac": 0.0625}) == 62_500.0


def test_what_is_drawn_counts_against_cover_pledge_and_cap():
    drawn_first = {"facilities": {"fund_cap_frac": 0.3}}
    # day 2 lends 250,000; day 3 has 187,500 due, a NAV of 750,000 and a cap of 225,000
    assert claim([[0.0]] * 3, **drawn_first) == 0.0


@pytest.mark.parametrize("key", ["system_entry", "fund_entry"])
def test_both_keys_are_needed(key):
    assert claim(triggers={key: NEVER}) == 0.0


def test_only_eligible_funds_claim():
    assert claim(facilities={"is_eligible": 0.0}) == 0.0


def test_failed_funds_do_not_claim():
    assert claim(funds={"nav_floor": 2.0}) == 0.0


def test_an_approval_arrives_after_its_lag_and_is_not_claimed_twice():
    arm = small_arm(n_facilities=1, investors={"bear_slope": 1.0, "daily_cap": 0.25, "tolerance": 0.1},
                    facilities={"cash_lag_days": 2}, funds={"participation_frac": 0.0})
    returns = [[np.log(0.5)]] + [[0.0]] * 3
    # 125,000 due from day 2 on, asked for on day 2, there on day 4
    states = [run_small(arm, returns[:n]) for n in (2, 3, 4)]
    assert [float(s.loans.pending[0, 0]) for s in states] == pytest.approx([125_000, 125_000, 0], abs=1)
    assert [float(s.loans.drawn[0, 0]) for s in states] == pytest.approx([0, 0, 125_000], abs=1)
    assert float(states[2].fund_tally.redemption_paid[0, 0]) == pytest.approx(125_000, abs=1)


def test_an_approval_without_lag_pays_the_same_day():
    state = run_small(small_arm(n_facilities=1, investors=ASKED), TWO_DAYS)
    assert float(state.fund_tally.injected[0, 0]) == float(state.fund_tally.redemption_paid[0, 0]) == 250_000.0
    assert float(state.fund_tally.gross_sales[0, 0]) == 0.0
    assert float(state.funds.net_debt[0, 0]) == float(state.fund_tally.drawn_peak[0, 0]) == 250_000.0


def test_a_second_facility_lends_what_the_first_does_not():
    arm = small_arm(n_facilities=2, investors=ASKED, facilities={"fund_cap_frac": [0.1, 1.0]})
    state = run_small(arm, TWO_DAYS)
    np.testing.assert_array_equal(np.asarray(state.loans.drawn)[:, 0], [100_000.0, 150_000.0])


def test_a_second_facility_sees_what_the_first_sent_even_where_cash_is_below_the_buffer():
    arm = small_arm(n_facilities=2, investors=ASKED, funds={"units_open": [9.7e5], "buffer_frac": 0.05})
    state = run_small(arm, TWO_DAYS)
    np.testing.assert_array_equal(np.asarray(state.loans.drawn)[:, 0], [250_000.0, 0.0])


def test_fund_days_of_a_cohort_count_once_for_each_fund():
    arm = small_arm(n_facilities=1, investors=ASKED, funds={"count": 3.0})
    tally = run_small(arm, [[0.0]] * 3, is_closed=True).path_tally
    assert float(tally.n_injections[0, 0]) == 6.0
    assert float(tally.injected[0, 0]) == 3.0 * (250_000 + 187_500)
