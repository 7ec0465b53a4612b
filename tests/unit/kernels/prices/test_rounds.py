"""Rounds of sales within a day against closed forms."""

import numpy as np
import pytest

from backstop.terms import SETTLED_SHARE, ImpactLaw
from small_arm import run_small, small_arm

NAV = 1e12
SHOCK = 1e-5
VOLATILITY = 0.02


def levered_market(k, rounds, **prices):
    """A fund that owes its NAV and keeps it so; k is what a sale forces it to sell once more.

    A sale of s lowers the price by kappa sigma s / ADV, the fund's 2 NAV of holdings by as many times 2 NAV, and it
    sells the loss: k = 2 NAV kappa sigma / ADV.
    """
    impact = {"impact_law": ImpactLaw.LINEAR, "kappa": k / (2.0 * VOLATILITY), "adv": NAV, "decay": 1.0}
    return small_arm(
        prices=impact | {"rounds": rounds} | prices,
        funds={"nav_open": NAV, "units_open": [2.0 * NAV], "cash_open": 0.0},
        leverage={"debt_open": NAV, "cap": 2.0, "target": 2.0})


def sold(arm, shock=SHOCK, days=1):
    """Sales over the first, which is the shock's loss, and days unsettled."""
    state = run_small(arm, [[-shock]] + [[0.0]] * (days - 1), VOLATILITY)
    first = 2.0 * NAV * -np.expm1(-shock)
    return float(state.fund_tally.gross_sales[0, 0]) / first, float(state.path_tally.n_unsettled_days[0, 0])


@pytest.mark.parametrize("k", [0.15, 0.25, 0.8])
def test_rounds_add_up_to_the_geometric_series(k):
    total, unsettled = sold(levered_market(k, rounds=200))
    assert total == pytest.approx(1.0 / (1.0 - k), abs=2.0 * SETTLED_SHARE / (1.0 - k) ** 2)
    assert unsettled == 0.0


@pytest.mark.parametrize("k", [1.0, 1.2])
def test_a_loop_that_does_not_settle_is_counted(k):
    total, unsettled = sold(levered_market(k, rounds=10))
    assert total == pytest.approx(sum(k**n for n in range(10)), rel=1e-3)
    assert unsettled == 1.0


@pytest.mark.parametrize("rounds", [1, 2, 7, 40])
def test_the_price_is_that_of_the_units_sold_whatever_the_rounds(rounds):
    """An inverse demand of units (Cifuentes, Ferrucci and Shin 2005), ``log p = log S - a * units``."""
    arm = levered_market(0.8, rounds)
    state = run_small(arm, [[-0.01]], VOLATILITY)
    before = np.exp(-0.01)
    sold = before * (2.0 * NAV - float(state.funds.units[0, 0]))
    fall = 0.8 / 2.0 * sold / NAV
    assert fall > 0.004
    assert float(state.prices.log_close[0, 0]) == pytest.approx(-0.01 - fall, rel=1e-12)


def test_one_round_leaves_the_rest_to_later_days():
    assert sold(levered_market(0.25, rounds=1))[0] == pytest.approx(1.0, abs=1e-4)
    assert sold(levered_market(0.25, rounds=1), days=2)[0] == pytest.approx(1.25, abs=1e-4)
    assert sold(levered_market(0.25, rounds=2))[0] == pytest.approx(1.25, abs=1e-4)


def test_a_fund_sells_no_more_in_all_rounds_than_a_day_allows():
    arm = levered_market(0.8, rounds=50)
    arm = arm._replace(funds=arm.funds._replace(participation_frac=np.array([2e-5])))
    state = run_small(arm, [[-SHOCK]], VOLATILITY)
    assert float(state.fund_tally.gross_sales[0, 0]) == pytest.approx(2e-5 * NAV, abs=2.0)
    assert not np.any(state.path_tally.n_unsettled_days)


def test_no_round_goes_through_the_limit_of_the_day():
    limit = np.log(1.0 - 1.5 * SHOCK)
    state = run_small(levered_market(0.8, 50, log_limit_down=limit), [[-SHOCK]], VOLATILITY)
    assert float(state.prices.log_close[0, 0]) == limit
    assert float(state.prices.close_return[0, 0]) == limit
    # the first round meets the limit, at which nothing sells
    assert float(state.fund_tally.gross_sales[0, 0]) / (2.0 * NAV * SHOCK) == pytest.approx(1.0, abs=1e-4)


def test_a_margin_call_answers_the_closes_of_the_day():
    # 2 * 0.5 lent against a NAV of 1 leaves no room: a fall of x is a lack of x NAV, and takes twice as much in sales
    arm = levered_market(0.2, rounds=100)
    off = {"cap": np.zeros(1), "has_margin": np.ones(1, dtype=np.int64), "haircut": np.full((1, 1), 0.5)}
    state = run_small(arm._replace(leverage=arm.leverage._replace(**off)), [[-SHOCK]], VOLATILITY)
    assert float(state.fund_tally.gross_sales[0, 0]) / (2.0 * NAV * SHOCK) == pytest.approx(1.0 / 0.8, abs=1e-3)
    assert float(state.fund_tally.days_recalled[0, 0]) == 1.0
