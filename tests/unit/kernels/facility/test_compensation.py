"""Compensation for losses and its clawback against hand numbers."""

import numpy as np
import pytest

from backstop.kernels.facility.compensation import _layer
from backstop.kernels.machine.mode import DISABLED
from backstop.terms import Instrument
from small_arm import NEVER, run_small, small_arm

FLAT = [0.0]
LENDS_NOTHING = {"advance_rate": 0.0, "tenor_days": 0.0, "inventory_participation_frac": 0.0}


def arm_with(n_funds=1, layers=(1e9,), triggers=None, funds=None, investors=None, sponsor=-1, **compensation):
    return small_arm(n_funds=n_funds, n_facilities=1, layers=layers, triggers=triggers or {}, funds=funds or {},
                     investors=investors or {}, facilities={"instrument": Instrument.COMPENSATION} | LENDS_NOTHING,
                     members={"sponsor": sponsor}, compensation=compensation)


def to(*prices):
    """A day for each price, from an opening of 1."""
    return [[step] for step in np.diff(np.log([1.0, *prices]))]


def paid(state, column="compensation_paid"):
    return np.asarray(getattr(state.fund_tally, column))[:, 0]


def value(row):
    return float(np.asarray(row)[0, 0])


@pytest.mark.parametrize(("price", "expected"), [(0.95, 0.0), (0.8, 60e3), (0.7, 120e3), (0.4, 120e3)])
def test_a_share_of_the_layer_is_paid_at_the_end_of_the_period(price, expected):
    arm = arm_with(attach=0.1, exhaust=0.3, share_frac=0.6)
    assert paid(run_small(arm, to(price)))[0] == 0.0
    state = run_small(arm, to(price, price))
    assert paid(state)[0] == pytest.approx(expected, abs=1)
    assert value(state.funds.cash) == paid(state)[0]
    assert value(state.funds.nav) == pytest.approx(1e6 * price + expected, abs=1)


def test_a_grant_is_a_loss_of_the_pool_and_neither_a_loan_nor_one_of_its_losses():
    state = run_small(arm_with(layers=(50e3, 1e6)), to(0.9, 0.9), is_closed=True)
    granted = paid(state)[0]
    assert granted == pytest.approx(100e3, abs=1)
    np.testing.assert_array_equal(np.asarray(state.path_tally.loss_by_layer)[:, 0], [50e3, granted - 50e3])
    assert value(state.pool.cash) == 1.05e6 - granted
    assert value(state.path_tally.pool_peak_use) == granted
    for column in ("loss", "injected", "outstanding_end", "n_injections", "money_created"):
        assert value(getattr(state.path_tally, column)) == 0.0, column
    assert paid(state, "compensation_net")[0] == value(state.path_tally.compensation_net) == granted


def test_a_period_starts_from_what_the_last_one_left_its_grant_included():
    # a tenth lost, all paid; then 0.09 of a fund of 1
    state = run_small(arm_with(), to(0.9, 0.9, 0.9, 0.81))
    assert paid(state)[0] == pytest.approx(190e3, abs=2)


def test_a_fall_from_the_same_peak_is_paid_once():
    state = run_small(arm_with(is_from_peak=1), to(1.25, 1.0, 1.0, 1.0, 1.0, 0.9))
    assert paid(state)[0] == pytest.approx(350e3, abs=3)
    # with 250,000 in cash, a price of 1.1 is a peak of 1.35, and what was paid is the fund's
    state = run_small(arm_with(is_from_peak=1), to(1.25, 1.0, 1.1, 1.1, 1.1, 1.0))
    assert paid(state)[0] == pytest.approx(350e3, abs=3)


def test_what_was_paid_for_a_fall_stays_in_sight_while_its_peak_lasts():
    # half of a fall of 250,000; as much again would be paid of what is left of it, if what was paid were forgotten
    state = run_small(arm_with(is_from_peak=1, share_frac=0.5), to(1.25, 1.0, 1.0, 1.0, 1.0))
    assert paid(state)[0] == pytest.approx(125e3, abs=2)


@pytest.mark.skipif(not DISABLED, reason="a stage by itself is called as plain Python")
def test_who_began_with_nothing_has_lost_nothing():
    fall = {"navps": np.float64(-0.5), "held": 0.0, "shares": 1e6, "attach": 0.1, "exhaust": 0.3, "share_frac": 0.6}
    assert _layer(reference=np.float64(-1.0), **fall) == 0.0
    assert _layer(reference=np.float64(1.0), **fall) == pytest.approx(120e3, abs=1)


def test_only_who_could_claim_in_the_period_is_paid():
    key = {"system_entry": NEVER}
    assert paid(run_small(arm_with(triggers=key), to(0.9, 0.9)))[0] == 0.0
    # on day 3 the market has risen, so that the key is on in the second period alone
    rising = {"market": (1, 1), "system_entry": (0.2, 1.0), "system_exit": (-1e9, 1.0)}
    state = run_small(arm_with(triggers=rising), to(0.5, 0.5, 0.75, 0.4, 0.3, 0.3))
    assert paid(state)[0] == pytest.approx(100e3, abs=1)


def test_who_has_left_is_not_paid():
    asked = {"base_rate": 0.5, "notice_days": 1}
    state = run_small(arm_with(investors=asked, period_days=2.0), [FLAT, [np.log(0.5)]])
    # half of the shares left at half their value, before the close
    assert value(state.funds.shares) == pytest.approx(5e5, abs=1)
    assert paid(state)[0] == pytest.approx(250e3, abs=2)


def test_limits_of_funds_sponsors_and_periods():
    loss = to(0.9, 0.9)
    capped = run_small(arm_with(n_funds=2, most_per_fund=[[30e3, 1e9]]), loss)
    np.testing.assert_allclose(paid(capped), [30e3, 100e3], atol=1)
    of_sponsors = arm_with(n_funds=3, sponsor=[0, 0, 1], most_per_sponsor=120e3)
    np.testing.assert_allclose(paid(run_small(of_sponsors, loss)), [60e3, 60e3, 100e3], atol=1)
    of_all = arm_with(n_funds=2, most_per_period=120e3, funds={"count": [1.0, 2.0]})
    np.testing.assert_allclose(paid(run_small(of_all, loss)), [40e3, 40e3], atol=1)


def test_a_fund_may_have_so_much_over_all_periods():
    state = run_small(arm_with(most_per_fund=120e3), to(0.9, 0.9, 0.8, 0.8))
    assert paid(state)[0] == 120e3


def test_a_short_pool_pays_in_part_runs_dry_and_owes_each_period_anew():
    state = run_small(arm_with(layers=(60e3,)), to(0.9, 0.9, 0.8, 0.8))
    assert paid(state)[0] == 60e3
    assert value(state.path_tally.first_dry_day) == 2.0
    # 100,000 lost, then a price that falls by 0.1 from 0.9
    assert value(state.path_tally.unmet_claims) == pytest.approx(40e3 + 100e3, abs=2)


def test_a_recovered_loss_is_paid_back_within_its_days_and_no_longer():
    arm = arm_with(period_days=4.0, clawback_days=2.0)
    path = to(0.9, 0.9, 0.9, 0.9, 0.94, 0.94, 1.0)
    states = [run_small(arm, path[:n], is_closed=True) for n in (4, 5, 6, 7)]
    back = [paid(state, "compensation_clawed_back")[0] for state in states]
    np.testing.assert_allclose(back, [0.0, 40e3, 40e3, 40e3], atol=2)
    last = states[-1]
    assert paid(last, "compensation_net")[0] == paid(last)[0] - back[-1]
    assert value(last.pool.layer_loss) == paid(last)[0] - back[-1]
    assert value(last.path_tally.money_created) == 0.0


def test_what_is_clawed_back_is_no_loss_of_the_next_period():
    arm = arm_with(period_days=2.0, clawback_days=2.0)
    state = run_small(arm, to(0.9, 0.9, 1.0, 1.0), is_closed=True)
    assert paid(state)[0] == pytest.approx(100e3, abs=1)
    assert paid(state, "compensation_net")[0] == pytest.approx(0.0, abs=2)


def test_no_more_comes_back_than_there_is_cash():
    # half of the shares leave with most of the grant
    arm = arm_with(period_days=2.0, clawback_days=2.0, investors={"tolerance": 0.05, "bear_slope": 10.0,
                                                                    "daily_cap": 0.1, "notice_days": 2})
    state = run_small(arm, to(0.8, 0.8, 1.0, 1.0), is_closed=True)
    assert 0.0 < paid(state, "compensation_clawed_back")[0] < paid(state)[0]
    assert value(state.funds.cash) >= 0.0
    assert value(state.path_tally.money_created) == 0.0
