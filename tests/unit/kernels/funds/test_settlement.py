"""Proceeds that arrive days after the sale, by hand."""

import numpy as np
import pytest

from small_arm import run_small, small_arm

LATE = {"settlement_days": 1}


def first(row):
    return float(np.asarray(row)[0, 0])


def arm_of(ahead_days=0, funds=None, prices=None, investors=None, **sections):
    return small_arm(prices=LATE | (prices or {}), funds={"ahead_days": ahead_days} | (funds or {}),
                     investors={"base_rate": 0.1} | (investors or {}), **sections)


def after(n_days, arm, is_closed=False):
    return run_small(arm, np.zeros((n_days, 1)), is_closed=is_closed)


def test_what_was_sold_today_pays_tomorrow():
    arm = arm_of()
    sold, paid = after(2, arm), after(3, arm)
    # 100,000 fall due on day 2; a quantum more is sold for the floor
    assert (first(sold.fund_tally.gross_sales), first(sold.fund_tally.redemption_paid)) == (100_001.0, 0.0)
    assert (first(sold.funds.receivable), first(sold.funds.cash)) == (100_001.0, 0.0)
    assert first(paid.fund_tally.redemption_paid) == 100_001.0


def test_what_is_on_its_way_is_part_of_nav_and_of_the_books():
    state = after(2, arm_of(), is_closed=True)
    assert first(state.fund_tally.nav_end) == 1e6
    assert first(state.path_tally.money_created) == 0.0


def test_a_fund_that_sells_ahead_pays_on_the_day():
    state = after(2, arm_of(ahead_days=1))
    assert first(state.fund_tally.redemption_paid) == 100_000.0
    # on day 2 it has sold for day 3 as well: 10 % of the 900,000 not in the queue
    assert first(state.funds.receivable) == pytest.approx(90_000.0, abs=1.0)
    assert first(after(6, arm_of(ahead_days=1)).funds.unpaid_days) == 0.0


def test_what_is_on_its_way_is_not_raised_twice():
    slow = arm_of(ahead_days=3, prices={"settlement_days": 3}, investors={"notice_days": 5})
    state = after(5, slow)
    # on day 2 to 5 it sees what falls due on day 6, 7, 8 in turn
    asked = first(state.fund_tally.redemption_requested)
    assert asked == pytest.approx(1e6 * (1.0 - 0.9**5), abs=5)
    assert first(state.fund_tally.gross_sales) == pytest.approx(1e6 * (1.0 - 0.9**3), abs=5)


def test_it_looks_no_further_than_its_gate_lets_money_out():
    state = after(2, arm_of(ahead_days=1, investors={"gate_frac": 0.02}))
    assert first(state.fund_tally.gross_sales) == pytest.approx(40_000.0, abs=3)


def test_an_asset_that_settles_at_once_still_does():
    arm = small_arm(n_assets=2, prices={"settlement_days": [1, 0]}, investors={"base_rate": 0.1},
                    funds={"units_open": [5e5, 5e5]})
    state = after(2, arm)
    assert (first(state.funds.cash), first(state.funds.receivable)) == (0.0, 50_001.0)
    assert first(state.fund_tally.redemption_paid) == 50_001.0


def test_a_called_loan_waits_for_what_is_on_its_way():
    # a facility lends at once what falls due on day 2, for a day
    arm = arm_of(n_facilities=1, facilities={"tenor_days": 1.0, "fund_cap_frac": 0.1}, funds={"buffer_frac": 0.0})
    state = after(4, arm)
    assert first(state.fund_tally.injected) > 0.0
    assert first(state.fund_tally.defaulted) == 0.0


def test_paths_beside_a_live_one_raise_nothing_in_its_later_rounds():
    arm = arm_of(ahead_days=1, prices={"rounds": 4, "kappa": 1.0, "adv": 1e6}, n_funds=1,
                 funds={"units_open": [2e6], "cash_open": 0.0},
                 leverage={"debt_open": 1e6, "cap": 2.0, "target": 2.0})
    both = run_small(arm, [[0.0, 0.0], [0.0, -0.1]])
    alone = run_small(arm, [[0.0], [0.0]])
    assert first(both.fund_tally.gross_sales) == first(alone.fund_tally.gross_sales)
