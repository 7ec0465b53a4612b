"""Who gains, by hand."""

import numpy as np
import pytest

from backstop.kernels.state import open_arm
from backstop.kernels.step import close_arm
from small_arm import run_small, small_arm

GAINS = ("investors", "lenders", "banks", "owners", "taxpayer", "market")


def gains(returns, **sections):
    tally = run_small(small_arm(**sections), returns, is_closed=True).path_tally
    return {who: float(getattr(tally, f"gain_{who}")[0, 0]) for who in GAINS}


def test_without_trade_investors_have_what_prices_gave():
    found = gains([[np.log(1.25)]], funds={"units_open": [8e5]})
    assert found["investors"] == pytest.approx(2e5)
    assert found["market"] == pytest.approx(0.0, abs=1e-6)


def test_who_buys_before_a_rise_gains_what_the_seller_does_not():
    # a tenth of a million falls due on day 2 and is paid by a sale at 1; then the price rises by half
    found = gains([[0.0], [0.0], [np.log(1.5)]], investors={"base_rate": 0.1, "daily_cap": 0.1})
    sold = 1e5
    assert found["market"] == pytest.approx(0.5 * sold, rel=0.15)
    assert found["investors"] + found["market"] == pytest.approx(0.5e6, abs=1.0)


def test_interest_on_cash_is_paid_by_the_market():
    found = gains([[0.0]] * 2, funds={"units_open": [0.0], "cash_rate_per_day": 0.01})
    assert found["investors"] == 20_100.0
    assert found["market"] == -20_100.0


def test_what_idle_cash_of_the_pool_earns_is_its_owners():
    found = gains([[0.0]], n_facilities=1, layers=(1e6,), pool={"idle_rate_per_day": 0.01})
    assert (found["owners"], found["market"], found["taxpayer"]) == (10_000.0, -10_000.0, 0.0)


def test_funding_costs_on_what_is_paid_in_while_there_are_facilities():
    pool = {"funding_rate_per_day": [0.01, 0.02]}
    for n_facilities, costs in ((1, [3 * 1e4, 3 * 4e4]), (0, [0.0, 0.0])):
        arm = small_arm(n_facilities=n_facilities, layers=(1e6, 2e6), pool=pool)
        tally = run_small(arm, [[0.0]] * 3, is_closed=True).path_tally
        assert np.asarray(tally.funding_cost_by_layer)[:, 0] == pytest.approx(costs)


@pytest.mark.parametrize(("owed", "taxpayer", "layer", "owners"), [
    (0.0, -50.0, -100.0, 0.0), (20.0, -30.0, -100.0, 0.0), (70.0, 0.0, -80.0, 0.0), (160.0, 0.0, 0.0, 10.0)])
def test_what_the_pool_is_owed_makes_the_taxpayer_whole_first_then_layers_then_owners(owed, taxpayer, layer, owners):
    arm = small_arm(n_facilities=1, layers=(100.0,), pool={"borrow_multiple": 1.0})
    state = open_arm(arm, 1)
    state.pool.layer_loss[:], state.pool.taxpayer[:], state.loans.interest_due[:] = 100.0, 50.0, owed
    close_arm(arm, state, 1)
    tally = state.path_tally
    found = tally.gain_taxpayer[0, 0], tally.gain_pool_by_layer[0, 0], tally.gain_owners[0, 0]
    assert found == (taxpayer, layer, owners)


def test_what_seized_assets_have_lost_takes_the_surplus_then_layers_then_the_taxpayer():
    arm = small_arm(n_facilities=1, layers=(100.0,))
    state = open_arm(arm, 1)
    state.pool.surplus[:], state.pool.inventory_cost[:] = 10.0, 125.0
    close_arm(arm, state, 1)
    tally = state.path_tally
    assert (tally.gain_owners[0, 0], tally.gain_pool_by_layer[0, 0], tally.gain_taxpayer[0, 0]) == (0.0, -100.0, -15.0)
