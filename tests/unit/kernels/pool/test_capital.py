"""Calls, guaranteed debt, refills, premiums, yield and profit against hand numbers."""

import numpy as np
import pytest

from backstop.terms import ProfitTo
from small_arm import run_small, small_arm

LOCKED = {"participation_frac": 0.0}
ONE_REQUEST = {"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.25}
HALVES = [np.log(0.5)]
"""With `ONE_REQUEST`, 125,000 are due on day 2."""
FLAT = [0.0]


def lending(layers, pool, **more):
    """Lends 125,000 on day 2, for ever unless told otherwise."""
    return small_arm(n_facilities=1, layers=layers, investors=ONE_REQUEST, funds=LOCKED, pool=pool, **more)


def losing(layers, pool, **more):
    """Lends 125,000 on day 2, seizes a quarter of the units on day 3, sells them on day 4 at half their cost."""
    return lending(layers, pool, prices={"adv": 1e9}, facilities={"tenor_days": 1.0}, **more)


LOSS = [HALVES, FLAT, FLAT, HALVES]
LOST = 62_500


def amount(rows, row=0):
    return float(rows[row, 0])


def test_what_claims_lack_is_called_in_order_and_arrives_after_the_delay():
    pool = {"paid_in": [0.0, 25_000.0, 0.0], "call_delay_days": [2, 1, 3]}
    states = [run_small(lending((60_000.0, 50_000.0, 1e6), pool), [HALVES] + [FLAT] * n) for n in (1, 2, 3, 4)]
    called = np.asarray(states[0].path_tally.called_by_layer)[:, 0].tolist()
    # 100,000 are lacking: all that the first can give, the rest of the second, the remainder from the last
    assert called == pytest.approx([60_000, 50_000, 15_000], abs=1)
    lent = [amount(state.loans.drawn) for state in states]
    assert lent == pytest.approx([25_000, 50_000, 110_000, 125_000], abs=1)
    assert amount(states[-1].path_tally.first_dry_day) == 2.0


def test_what_was_called_is_not_called_again():
    pool = {"paid_in": [0.0], "call_delay_days": [5]}
    state = run_small(lending((1e6,), pool), [HALVES] + [FLAT] * 4)
    assert amount(state.path_tally.called_by_layer) == pytest.approx(125_000, abs=1)
    assert amount(state.pool.awaited) == amount(state.path_tally.called_by_layer)


def test_free_cash_is_called_up_to_a_floor():
    pool = {"paid_in": [150_000.0], "call_delay_days": [1], "cash_floor": 100_000.0}
    states = [run_small(lending((1e6,), pool), [HALVES] + [FLAT] * n) for n in (0, 1, 2)]
    assert [amount(state.pool.cash) for state in states] == pytest.approx([150_000, 25_000, 100_000], abs=1)


def test_cash_that_is_promised_is_not_free():
    pool = {"paid_in": [150_000.0], "call_delay_days": [10], "cash_floor": 100_000.0}
    state = run_small(lending((1e6,), pool, facilities={"cash_lag_days": 3.0}), [HALVES, FLAT])
    assert (amount(state.pool.cash), amount(state.pool.committed)) == (150_000.0, pytest.approx(125_000, abs=1))
    assert amount(state.pool.awaited) == pytest.approx(75_000, abs=1)


def test_a_loss_on_capital_that_was_never_called_makes_it_called():
    pool = {"paid_in": [0.0, 1e6], "call_delay_days": [2, 1]}
    states = [run_small(losing((50_000.0, 1e6), pool), [*LOSS] + [FLAT] * n, is_closed=True) for n in (0, 2)]
    assert np.asarray(states[0].path_tally.loss_by_layer)[:, 0] == pytest.approx([50_000, 12_500], abs=3)
    assert [amount(state.path_tally.called_by_layer) for state in states] == [50_000.0, 50_000.0]
    assert [amount(state.pool.awaited) for state in states] == [50_000.0, 0.0]
    assert amount(states[1].pool.cash) == pytest.approx(1e6 - 12_500, abs=3)


def test_debt_is_drawn_for_what_is_short_accrues_and_is_repaid_first():
    pool = {"borrow_multiple": 10.0, "borrow_rate_per_day": 0.01}
    arm = lending((25_000.0,), pool, facilities={"tenor_days": 3.0})
    states = [run_small(arm, [HALVES] + [FLAT] * n) for n in (1, 2)]
    assert [amount(state.pool.borrowed) for state in states] == pytest.approx([101_000, 102_010], abs=2)
    assert amount(states[0].path_tally.borrowed_peak) == pytest.approx(100_000, abs=1)
    # interest is a loss that no income covers: the layer bears it
    assert amount(states[1].pool.layer_loss) == pytest.approx(2_010, abs=2)
    assert not np.any(states[1].path_tally.money_created)


def test_no_more_is_borrowed_than_the_multiple_of_what_is_paid_in():
    state = run_small(lending((10_000.0,), {"borrow_multiple": 3.0}), [HALVES, FLAT])
    assert amount(state.loans.drawn) == 40_000.0
    assert amount(state.pool.borrowed) == 30_000.0
    assert amount(state.path_tally.first_dry_day) == 2.0


def test_what_no_layer_bears_is_the_guarantors_who_is_paid_back_last():
    pool = {"borrow_multiple": 10.0}
    loss = run_small(losing((20_000.0,), pool), LOSS, is_closed=True)
    assert amount(loss.path_tally.loss_taxpayer) == pytest.approx(LOST - 20_000, abs=3)
    assert amount(loss.pool.guaranteed) == amount(loss.path_tally.loss_taxpayer)
    # 62,500 of proceeds and 42,500 of the guarantor repay the 105,000 borrowed
    assert amount(loss.pool.borrowed) == pytest.approx(0, abs=3)
    assert amount(loss.pool.cash) == pytest.approx(0, abs=3)


def test_an_owner_refills_a_layer_so_often_and_so_much():
    pool = {"refill_days": 2.0, "refill_times": [3.0], "refill_most": [40_000.0]}
    states = [run_small(losing((1e6,), pool), [*LOSS] + [FLAT] * n, is_closed=True) for n in (0, 1, 3)]
    left = [amount(state.pool.layer_loss) for state in states]
    assert left == pytest.approx([LOST, LOST - 40_000, LOST - 40_000], abs=3)
    assert [amount(state.path_tally.refilled_by_layer) for state in states] == [0.0, 40_000.0, 40_000.0]
    # what the owner lost stays what it is
    assert [amount(state.path_tally.loss_by_layer) for state in states] == pytest.approx([LOST] * 3, abs=3)


def test_premiums_are_paid_from_cash_as_far_as_there_is_any():
    holdings = {"count": [1.0, 2.0, 1.0], "units_open": [[0.0], [0.0], [995_000.0]]}
    arm = small_arm(n_funds=3, n_facilities=1, funds=holdings,
                    members={"premium_frac": [0.01, 0.02, 0.01]}, pool={"premium_days": 2})
    state = run_small(arm, [FLAT] * 3)
    paid = np.asarray(state.fund_tally.premium_paid)[:, 0].tolist()
    # on days 1 and 3, of the last closing NAV
    assert paid == [10_000.0 + 9_900.0, 20_000.0 + 19_600.0, 5_000.0]
    assert amount(state.path_tally.premiums) == paid[0] + 2 * paid[1] + paid[2]
    assert amount(state.pool.surplus) == amount(state.path_tally.premiums)
    assert amount(state.funds.navps) == pytest.approx(0.99 * 0.99)


def test_idle_cash_earns():
    arm = small_arm(layers=(1_000.0,), pool={"idle_rate_per_day": 0.01})
    state = run_small(arm, [FLAT] * 2)
    assert amount(state.path_tally.idle_yield) == 10.0 + 10.0
    assert amount(state.pool.cash) == 1_020.0


YEAR = [FLAT] * 252
CHARGING = {"premium_days": 1_000, "profit_reserve": 5_000.0, "profit_frac": 0.5}


def charging(**pool):
    return small_arm(n_funds=2, n_facilities=1, layers=(1e6,), funds={"units_open": 0.0},
                     members={"premium_frac": [0.01, 0.03]}, pool=CHARGING | pool)


def test_surplus_beyond_a_reserve_is_shared_with_owners_at_the_years_end():
    before, after = (run_small(charging(), YEAR[:days]) for days in (251, 252))
    assert amount(before.pool.surplus) == 40_000.0
    assert amount(after.pool.surplus) == 22_500.0
    assert amount(after.path_tally.profit_shared) == 17_500.0


def test_funds_of_a_row_that_stands_for_three_get_as_much_each_as_one_that_paid_as_much():
    arm = small_arm(n_funds=2, n_facilities=1, layers=(1e6,), funds={"units_open": 0.0, "count": [1.0, 3.0]},
                    members={"premium_frac": 0.01}, pool=CHARGING | {"profit_to": ProfitTo.FUNDS})
    before, after = (run_small(arm, YEAR[:days]) for days in (251, 252))
    gained = (np.asarray(after.funds.cash) - np.asarray(before.funds.cash))[:, 0].tolist()
    assert gained == [4_375.0, 4_375.0]
    assert amount(after.path_tally.profit_shared) == 17_500.0


def test_or_with_funds_by_what_they_paid():
    before, after = (run_small(charging(profit_to=ProfitTo.FUNDS), YEAR[:days]) for days in (251, 252))
    gained = (np.asarray(after.funds.cash) - np.asarray(before.funds.cash))[:, 0].tolist()
    assert gained == [4_375.0, 13_125.0]
    assert not np.any(after.path_tally.money_created)
