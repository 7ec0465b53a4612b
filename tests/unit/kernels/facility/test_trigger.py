"""Signals, expression trees and keys against hand numbers."""

import numpy as np
import pytest

from backstop.terms import FundSignal, MarketSignal
from small_arm import ALWAYS, NEVER, run_small, small_arm

IDLE, PENDING, ACTIVE = 0.0, 1.0, 2.0
HISTORY = [0.8, 1.25, 1.0]
"""Closes of the index on days -2, -1 and 0."""


def market_signal(kind, window, returns, volatility=0.01, **sections):
    """The signal on each lane before trade of the last day."""
    arm = small_arm(n_facilities=1, triggers={"market": (kind, window), "index_history": HISTORY}, **sections)
    return np.asarray(run_small(arm, returns, volatility).signals.market)[0]


def fund_signal(kind, window=0, returns=((0.0,),), **sections):
    arm = small_arm(n_facilities=1, triggers={"fund": (kind, window)}, **sections)
    return np.asarray(run_small(arm, returns).signals.fund)[0]


@pytest.mark.parametrize(("window", "peak"), [(1, 1.0), (2, 1.25), (3, 1.25)])
def test_market_drawdown_is_from_the_highest_of_the_window_and_today(window, peak):
    drawdown = market_signal(MarketSignal.DRAWDOWN, window, [np.log([0.9, 1.5])])
    np.testing.assert_allclose(drawdown, [1 - 0.9 / peak, 0.0], rtol=1e-12)


def test_a_peak_leaves_the_window_after_its_days():
    returns = [[np.log(0.9)], [0.0], [0.0]]
    assert [float(market_signal(MarketSignal.DRAWDOWN, 2, returns[:n])[0]) for n in (1, 2, 3)] == pytest.approx(
        [1 - 0.9 / 1.25, 0.1, 0.0], abs=1e-12)


def test_market_return_is_over_the_window():
    assert market_signal(MarketSignal.RETURN, 2, [[np.log(0.9)]]) == pytest.approx([0.9 / 1.25 - 1])
    assert market_signal(MarketSignal.RETURN, 2, [[0.0], [0.0], [np.log(1.1)]]) == pytest.approx([0.1])


def test_realised_volatility_counts_today_among_the_days_of_the_window():
    squares = np.log(0.9) ** 2 + np.log(1.25) ** 2
    of_two_days = market_signal(MarketSignal.REALISED_VOLATILITY, 2, [[np.log(0.9)]])
    assert of_two_days == pytest.approx([np.sqrt(126 * squares)])
    assert market_signal(MarketSignal.REALISED_VOLATILITY, 1, [[0.1], [0.02]]) == pytest.approx([np.sqrt(252) * 0.02])


def test_conditional_volatility_is_annual():
    assert market_signal(MarketSignal.CONDITIONAL_VOLATILITY, 0, [[0.0, 0.0]], [0.01, 0.03]) == pytest.approx(
        np.sqrt(252) * np.array([0.01, 0.03]))


def test_dislocation_is_read_before_trade():
    sales = {"prices": {"kappa": 1.0, "adv": 1_000_010.0, "decay": 0.5}, "investors": {"base_rate": 0.1},
             "facilities": {"is_eligible": 0.0}}
    assert market_signal(MarketSignal.DISLOCATION, 0, [[0.0], [0.0]], 0.02, **sales) == pytest.approx([0.0], abs=1e-15)
    # day 2 sells q = 0.1, of which half is left on day 3
    on_day_3 = market_signal(MarketSignal.DISLOCATION, 0, [[0.0], [0.0], [0.0]], 0.02, **sales)
    assert on_day_3 == pytest.approx([0.001], rel=1e-6)


def test_fund_drawdown_and_return_are_per_share():
    assert fund_signal(FundSignal.DRAWDOWN, 0, [[np.log(1.25)], [np.log(0.8)]]) == pytest.approx([0.2])
    history = {"funds": {"nav_history": [1.6, 1.25, 1.0]}}
    assert fund_signal(FundSignal.RETURN, 2, [[np.log(0.9)]], **history) == pytest.approx([0.9 / 1.25 - 1])


@pytest.mark.parametrize(("window", "peak"), [(1, 1.0), (2, 1.25), (3, 1.6)])
def test_fund_drawdown_with_a_window_is_from_the_highest_of_its_closes_and_today(window, peak):
    drawdown = fund_signal(FundSignal.DRAWDOWN, window, [np.log([0.9, 2.0])],
                           funds={"nav_history": [1.6, 1.25, 1.0]})
    assert drawdown == pytest.approx([1 - 0.9 / peak, 0.0])


def test_a_peak_of_a_fund_leaves_the_window_after_its_days_and_stays_without_a_window():
    returns = [[np.log(1.25)], [np.log(0.8)], [0.0], [0.0]]
    of_two_days = [float(fund_signal(FundSignal.DRAWDOWN, 2, returns[:n])[0]) for n in (2, 3, 4)]
    assert of_two_days == pytest.approx([0.2, 0.2, 0.0], abs=1e-12)
    assert fund_signal(FundSignal.DRAWDOWN, 0, returns) == pytest.approx([0.2])


def test_redemption_rate_is_of_all_shares():
    assert fund_signal(FundSignal.REDEMPTION_RATE, investors={"base_rate": 0.02}) == pytest.approx([0.02])


def test_redemption_coverage_is_free_cash_over_what_must_be_paid():
    coverage = fund_signal(FundSignal.REDEMPTION_COVERAGE, 0, [[0.0], [0.0]], investors={"base_rate": 0.1},
                           funds={"units_open": [8e5], "buffer_frac": 0.15})
    assert coverage == pytest.approx([0.5])


def test_a_fund_without_a_score_reads_zero():
    assert fund_signal(FundSignal.EVALUATION_SCORE, evaluation={"is_on": 1, "n_history": 0}) == pytest.approx([0.0])


def phases(returns, key="system_keys", **triggers):
    """Phase of a key day by day, first lane; the signal is the market's return of the day."""
    arm = small_arm(n_facilities=1, triggers={"market": (MarketSignal.RETURN, 1)} | triggers)
    return [float(getattr(run_small(arm, [[r] for r in returns[:n]]), key).phase[0, 0])
            for n in range(1, len(returns) + 1)]


DOWN, UP = (-0.05, -1.0), (0.02, 1.0)
"""Leaves: the market falls by 5 % or more, rises by 2 % or more."""
BAD, FLAT, GOOD = -0.1, 0.0, 0.1


def test_a_key_opens_after_days_in_a_row_only():
    assert phases([BAD, FLAT, BAD, BAD], system_entry=DOWN, entry_days=2) == [IDLE, IDLE, IDLE, ACTIVE]


def test_a_decision_takes_its_lag():
    assert phases([BAD, FLAT, FLAT, FLAT], system_entry=DOWN, decision_lag=2) == [PENDING, PENDING, ACTIVE, ACTIVE]


def test_the_exit_is_read_from_the_day_after_activation_and_needs_its_own_days():
    returns = [BAD, GOOD, FLAT, GOOD, GOOD]
    assert phases(returns, system_entry=DOWN, system_exit=UP, exit_days=2) == [ACTIVE, ACTIVE, ACTIVE, ACTIVE, IDLE]
    assert phases([BAD, GOOD], system_entry=ALWAYS, system_exit=ALWAYS) == [ACTIVE, IDLE]


def test_during_the_cooldown_no_breach_counts():
    returns = [BAD, GOOD, BAD, BAD, BAD]
    assert phases(returns, system_entry=DOWN, system_exit=UP, cooldown_days=2) == [ACTIVE, IDLE, IDLE, IDLE, ACTIVE]


def test_a_fund_key_is_idle_unless_the_system_key_is_active():
    returns = [FLAT, BAD, GOOD, BAD]
    assert phases(returns, "fund_keys", system_entry=DOWN, system_exit=UP, fund_entry=ALWAYS) == [
        IDLE, ACTIVE, IDLE, ACTIVE]
    assert phases([FLAT] * 2, "fund_keys", system_entry=NEVER) == [IDLE, IDLE]


def test_the_shadow_peak_is_that_of_the_day_the_fund_key_opened():
    arm = small_arm(n_facilities=1, triggers={"fund": (FundSignal.RETURN, 1), "fund_entry": (-0.05, -1.0)})
    state = run_small(arm, [[0.0, np.log(1.25)], [np.log(1.1), np.log(0.8)], [np.log(0.9), np.log(2.0)]])
    np.testing.assert_allclose(np.asarray(state.loans.shadow_peak)[0], [1.1, 1.25], rtol=1e-12)


def test_days_and_the_first_day_with_any_system_key_on_are_counted():
    arm = small_arm(n_facilities=2, triggers={
        "market": (MarketSignal.RETURN, 1), "system_entry": DOWN, "system_exit": UP, "decision_lag": [0, 0, 1, 0]})
    tally = run_small(arm, [[FLAT, FLAT], [BAD, FLAT], [FLAT, FLAT], [GOOD, FLAT]]).path_tally
    np.testing.assert_array_equal(np.asarray(tally.days_active)[0], [2.0, 0.0])
    np.testing.assert_array_equal(np.asarray(tally.first_active_day)[0], [2.0, 0.0])


@pytest.mark.parametrize(("needed", "opens"), [(1, [0, 1, 1]), (2, [0, 0, 1])])
def test_an_inner_node_asks_for_as_many_children_as_it_needs(needed, opens):
    arm = small_arm(n_facilities=1)
    # market signals: return over a day; leaves: >= 5 %, >= 15 %; then the node over both, and an exit that never holds
    triggers = arm.triggers._replace(
        market_kind=np.array([MarketSignal.RETURN]), market_window=np.array([1]),
        node_signal=np.array([0, 0, -1, 0, 0, 0]), node_sign=np.array([1.0, 1.0, 0.0, 1.0, 1.0, 1.0]),
        node_threshold=np.array([0.05, 0.15, 0.0, 1e9, 0.0, 1e9]), node_needed=np.array([0, 0, needed, 0, 0, 0]),
        node_first_child=np.zeros(6, dtype=np.int64), node_n_children=np.array([0, 0, 2, 0, 0, 0]),
        children=np.array([0, 1]), entry_first=np.array([0, 4]), entry_root=np.array([2, 4]),
        exit_first=np.array([3, 5]), exit_root=np.array([3, 5]))
    state = run_small(arm._replace(triggers=triggers), [np.log([1.01, 1.1, 1.2])])
    np.testing.assert_array_equal(np.asarray(state.system_keys.phase)[0], ACTIVE * np.array(opens))
