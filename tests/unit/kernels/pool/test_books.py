"""The accounts notice a single quantum that appears or vanishes."""

import numpy as np
import pytest

from backstop.kernels.state import open_arm
from backstop.kernels.step import run_arm
from backstop.terms import Instrument
from small_arm import days, small_arm

ARM = small_arm(n_facilities=1, layers=(1e6, 1e6), investors={"base_rate": 0.25})
SEAM = days([[0.0, 0.0]] * 4)


def imbalance_after(change, arm=ARM):
    """Largest imbalance by lane after a change of the state, made in the second lane after day 2."""
    state = open_arm(arm, 2)
    run_arm(arm, state, SEAM, SEAM + 0.01, 0, 2, 2)
    change(state)
    run_arm(arm, state, SEAM, SEAM + 0.01, 2, 4, 2)
    return np.asarray(state.path_tally.money_created)[0].tolist()


def one_more(part, name):
    def change(state):
        getattr(getattr(state, part), name)[0, 1] += 1.0

    return change


def test_untouched_books_close():
    assert imbalance_after(lambda state: None) == [0.0, 0.0]


@pytest.mark.parametrize(("part", "name"), [
    ("funds", "cash"), ("pool", "cash"), ("pool", "surplus"), ("pool", "layer_loss"), ("pool", "inventory_cost"),
    ("funds", "drawn"), ("funds", "net_debt"), ("loans", "drawn"), ("loans", "interest_due"),
    ("fund_tally", "redemption_paid"), ("fund_tally", "gross_sales"),
])
def test_a_quantum_out_of_nowhere_is_seen(part, name):
    assert imbalance_after(one_more(part, name)) == [0.0, 1.0]


def test_a_premium_that_net_debt_does_not_know_of_is_seen():
    arm = small_arm(n_facilities=1, layers=(1e6, 1e6), facilities={"instrument": Instrument.GUARANTEE})
    assert imbalance_after(one_more("guarantees", "premium_due"), arm) == [0.0, 1.0]


def test_a_sale_on_its_way_that_net_debt_does_not_know_of_is_seen():
    arm = small_arm(layers=(1e6, 1e6), prices={"settlement_days": 2})

    def change(state):
        state.funds.receivable[0, 1] += 1.0
        state.funds.settling[0, 1] += 1.0
        state.funds.other_cash_in[0, 1] -= 1.0

    assert imbalance_after(change, arm) == [0.0, 1.0]


LEVERED = small_arm(n_facilities=1, layers=(1e6, 1e6), investors={"base_rate": 0.25},
                    funds={"units_open": [1.5e6], "cash_open": 0.0}, leverage={"debt_open": 5e5})


@pytest.mark.parametrize(("part", "name"), [("funds", "cash"), ("lenders", "debt")])
def test_of_a_fund_with_lenders_a_quantum_of_cash_is_seen_and_one_of_debt(part, name):
    assert imbalance_after(lambda state: None, arm=LEVERED) == [0.0, 0.0]
    first, second = imbalance_after(one_more(part, name), arm=LEVERED)
    assert first == 0.0
    assert second >= 1.0
