"""Bank loans under a guarantee: draws, premiums, repayment and default against hand numbers."""

import numpy as np
import pytest

from backstop.terms import Instrument
from small_arm import run_small, small_arm

ONE_REQUEST = {"tolerance": 0.05, "bear_slope": 10.0, "daily_cap": 0.25}
HALVES, FLAT = [np.log(0.5)], [0.0]
"""With `ONE_REQUEST`, 125,000 are due on day 2."""
LOCKED = {"participation_frac": 0.0}


def arm_with(n_funds=1, n_assets=1, layers=(1e9,), funds=None, investors=ONE_REQUEST, loan=None, **guarantee):
    return small_arm(n_funds=n_funds, n_assets=n_assets, n_facilities=1, layers=layers, investors=investors,
                     funds=funds or {}, guarantee=guarantee,
                     facilities={"instrument": Instrument.GUARANTEE, "inventory_participation_frac": 0.0}
                     | (loan or {}))


def value(row):
    return float(np.asarray(row)[0, 0])


def test_a_bank_lends_and_the_pool_only_sets_its_part_aside():
    state = run_small(arm_with(), [HALVES, FLAT], is_closed=True)
    lent = value(state.fund_tally.bank_lent)
    assert lent == pytest.approx(125e3, abs=1)
    assert value(state.pool.cash) == 1e9
    assert value(state.pool.committed) == value(state.path_tally.guaranteed_end) == np.floor(lent / 2)
    assert value(state.path_tally.pool_peak_use) == np.floor(lent / 2)
    for column in ("injected", "outstanding_end", "loss", "money_created"):
        assert value(getattr(state.path_tally, column)) == 0.0, column
    assert value(state.fund_tally.redemption_paid) == lent
    assert value(state.fund_tally.bank_debt_end) == lent
    assert value(state.funds.nav) == pytest.approx(375e3, abs=1)


def test_the_pool_answers_for_no_more_than_it_has():
    asked = {"base_rate": [[0.25], [0.75]]}
    state = run_small(arm_with(n_funds=2, layers=(100e3,), investors=asked), [FLAT, FLAT])
    np.testing.assert_array_equal(np.asarray(state.fund_tally.bank_lent)[:, 0], [50e3, 150e3])
    assert value(state.pool.committed) == value(state.pool.cash) == 100e3
    assert value(state.path_tally.first_dry_day) == 2.0
    assert value(state.path_tally.unmet_claims) == 800e3


def test_premiums_are_paid_upfront_and_by_the_day():
    arm = arm_with(upfront_frac=0.02, premium_per_day=0.001, funds={"units_open": [5e5], "buffer_frac": 1.0,
                                                                   "participation_frac": 0.0})
    first = run_small(arm, [HALVES, FLAT])
    lent = value(first.fund_tally.bank_lent)
    paid = np.floor(0.02 * lent) + np.floor(0.001 * lent)
    assert value(first.fund_tally.guarantee_premium) == value(first.pool.surplus) == paid
    assert value(first.pool.cash) == 1e9 + paid
    assert value(first.path_tally.money_created) == 0.0


def test_a_premium_that_cannot_be_paid_is_owed():
    state = run_small(arm_with(premium_per_day=0.01, funds=LOCKED), [HALVES, FLAT], is_closed=True)
    due = np.floor(0.01 * value(state.fund_tally.bank_lent))
    assert value(state.guarantees.premium_due) == due > 0.0
    assert value(state.funds.net_debt) == value(state.fund_tally.bank_lent) + due
    assert value(state.fund_tally.guarantee_premium) == 0.0


def test_what_is_repaid_sets_the_cover_free():
    arm = arm_with(loan={"tenor_days": 1.0, "rate_per_day": 0.001}, premium_per_day=0.001)
    state = run_small(arm, [HALVES, FLAT, FLAT], is_closed=True)
    lent = value(state.fund_tally.bank_lent)
    assert value(state.fund_tally.bank_repaid) == lent + 2.0 * np.floor(0.001 * lent)
    assert value(state.fund_tally.defaulted) == value(state.pool.committed) == value(state.guarantees.cover) == 0.0
    assert value(state.pool.cash_out) - value(state.pool.cash_in) == -value(state.path_tally.guarantee_premium)
    assert value(state.path_tally.interest_paid) == value(state.path_tally.repaid) == 0.0


def test_on_default_the_bank_seizes_first_and_the_pool_pays_its_part_of_the_rest():
    # of three assets of a third each, a third of value is pledged, and falls to a tenth before the bank takes it
    arm = arm_with(n_assets=3, layers=(10e3, 1e9), guaranteed_frac=0.6, loan={"tenor_days": 1.0,
                   "advance_rate": [[1.0, 0.0, 0.0]]}, funds={"units_open": [3e5, 3e5, 4e5], **LOCKED})
    crash = [[np.log(0.1)], [0.0], [0.0]]
    state = run_small(arm, [[HALVES] * 3, [FLAT] * 3, crash], is_closed=True)
    lent = value(state.fund_tally.bank_lent)
    assert lent == pytest.approx(125e3, abs=1)
    assert value(state.fund_tally.defaulted) == 1.0
    np.testing.assert_allclose(np.asarray(state.funds.units)[:, 0], [0.0, 3e5, 4e5])
    assert not np.any(state.pool.inventory)
    lost = lent - 15e3
    paid = value(state.path_tally.guarantee_paid)
    assert paid == pytest.approx(0.6 * lost, abs=2)
    np.testing.assert_array_equal(np.asarray(state.path_tally.loss_by_layer)[:, 0], [10e3, paid - 10e3])
    assert value(state.path_tally.loss) == paid
    assert value(state.pool.committed) == value(state.funds.net_debt) == value(state.path_tally.money_created) == 0.0
    assert value(state.pool.cash_out) - value(state.pool.cash_in) == paid


def test_a_bank_that_recovers_all_is_paid_nothing():
    state = run_small(arm_with(loan={"tenor_days": 1.0}, funds=LOCKED), [HALVES, FLAT, FLAT], is_closed=True)
    assert value(state.fund_tally.defaulted) == 1.0
    assert value(state.path_tally.guarantee_paid) == value(state.pool.committed) == 0.0
    assert value(state.funds.units) == pytest.approx(750e3, abs=3)


def test_at_the_horizon_a_fund_that_is_worth_less_than_its_loan_marks_the_cover():
    arm = arm_with(funds=LOCKED, layers=(1e6,))
    state = run_small(arm, [HALVES, FLAT, [np.log(0.2)]], is_closed=True)
    lent, worth = value(state.fund_tally.bank_lent), 100e3
    assert value(state.path_tally.marked_loss_end) == pytest.approx((lent - worth) / 2, abs=1)
