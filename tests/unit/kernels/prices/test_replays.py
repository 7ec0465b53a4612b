"""Real windows that contain the funds' own sales, by hand."""

import numpy as np
import pytest

from backstop.kernels.machine.frames import as_rows, rows
from backstop.kernels.machine.mode import DISABLED
from backstop.kernels.prices.impact import move_prices, open_market
from backstop.kernels.prices.replays import replay_prices
from backstop.kernels.prices.state import Replay
from backstop.kernels.state import open_arm, replays
from backstop.kernels.step import close_arm, run_arm
from backstop.terms import ReplayTerms
from small_arm import days, small_arm

SELLING = {"investors": {"base_rate": 0.05}}


def window(closes):
    """Of log closes, of one asset."""
    return ReplayTerms(np.array([len(closes)]), np.array(closes, dtype=np.float64)[:, None])


def arm_of(closes, prices=None, **sections):
    return small_arm(prices={"kappa": 1.0, "adv": 1e5, "replay": window(closes)} | (prices or {}), **sections)


def log_closes(arm, n_days, replay=None):
    """By day, and the state at the end."""
    state = open_arm(arm, 1)
    if replay is not None:
        state = state._replace(replay=replay)
    seam, found = days(np.zeros((n_days, 1))), []
    for day in range(n_days):
        run_arm(arm, state, seam, np.full(seam.shape, 0.02), day, day + 1, 1)
        found.append(float(state.prices.log_close[0, 0]))
    close_arm(arm, state, 1)
    return found, state


OBSERVED = [-0.02, -0.05, 0.01, -0.1]


def test_arm_none_has_the_observed_closes_whatever_it_sells():
    found, state = log_closes(arm_of(OBSERVED, **SELLING), 4)
    assert found == pytest.approx(OBSERVED, abs=1e-12)
    assert float(state.prices.dislocation[0, 0]) > 0.005
    assert float(state.path_tally.money_created[0, 0]) == 0.0


def test_after_the_window_the_price_goes_on_from_there():
    found, state = log_closes(arm_of(OBSERVED, **SELLING, prices={"decay": 0.5}), 5)
    fundamental = -0.1 + float(state.replay.after[3, 0])
    assert found[4] == pytest.approx(fundamental - float(state.prices.dislocation[0, 0]), rel=1e-12)


def test_an_arm_that_sells_the_same_keeps_its_bits():
    arm = arm_of(OBSERVED, **SELLING)
    first, other = replays(arm, 1)
    one, none = log_closes(arm, 6, first)
    again, same = log_closes(arm, 6, other)
    assert one == again
    for name in none.fund_tally._fields:
        assert getattr(none.fund_tally, name)[0, 0] == getattr(same.fund_tally, name)[0, 0], name


@pytest.mark.skipif(not DISABLED, reason="calls stages by themselves, which Python cannot where they are compiled")
def test_an_arm_that_sells_less_lies_above_by_what_it_did_not_sell():
    """c = -.10; D before trade .02 in none and .01 in A, at the close .03 and .012."""
    for own, pre, close in (((0.02, 0.03), -0.10, -0.10), ((0.01, 0.012), -0.09, -0.082)):
        arm = arm_of([-0.10], prices={"kappa": 0.0, "permanent_frac": 1.0})
        state = open_arm(arm, 1)
        given = as_rows(np.array([[0.02]])), as_rows(np.array([[0.03]]))
        state = state._replace(replay=Replay(rows(0, 1), rows(0, 1), *given))
        prices, still = state.prices, np.zeros((1, 1, 1))
        prices.permanent[:] = own[0]
        open_market(arm.prices, prices, still, still + 0.02, 0, 1)
        replay_prices(arm.prices, prices, state.replay, 0, 1)
        assert float(prices.log_pre[0, 0]) == pytest.approx(pre, abs=1e-15)
        # what is sold adds to the dislocation without moving anything else
        prices.permanent[:] = own[1]
        move_prices(arm.prices, prices, state.replay, still + 0.02, 0, 1)
        assert float(prices.log_fundamental[0, 0]) == pytest.approx(-0.07, abs=1e-15)
        assert float(prices.log_close[0, 0]) == pytest.approx(close, abs=1e-15)


LIMITED = {"log_limit_down": np.log(0.9), "log_limit_up": np.log(1.1)}


def test_a_close_at_its_limit_is_shut_and_one_beyond_is_held():
    closes = [np.log(0.9), np.log(0.9) - 0.2, np.log(0.9) - 0.25]
    found, state = log_closes(arm_of(closes, prices=LIMITED, **SELLING), 3)
    assert found == pytest.approx(closes, abs=1e-12)
    assert float(state.path_tally.limit_down_days_by_asset[0, 0]) == 2.0


def test_slippage_counts_from_the_price_before_the_days_own_sales():
    found, state = log_closes(arm_of([0.0, 0.0], **SELLING), 2)
    # 50,001 sold on day 2, half of a day's volume: the average price lies a quarter of that above the close
    assert found[1] == pytest.approx(0.0, abs=1e-12)
    sold = 1e6 - float(state.funds.units[0, 0])
    depth = 0.02 * float(state.prices.volume_after[0, 0])
    assert float(state.fund_tally.gross_sales[0, 0]) == pytest.approx(sold * np.exp(depth), abs=2.0)
    assert float(state.fund_tally.slippage[0, 0]) == pytest.approx(sold * (np.exp(depth) - np.exp(depth / 2)), abs=3.0)
