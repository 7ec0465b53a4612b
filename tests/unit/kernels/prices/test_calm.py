"""The price of a market in which nobody ever sold, and what sales cost against it, by hand."""

import numpy as np
import pytest

from backstop.kernels.machine.frames import frame
from backstop.kernels.machine.jit import Index
from backstop.kernels.state import open_arm
from small_arm import run_small, small_arm
from toy_kernels import buy_alone, price_alone, sell_alone

LIMITED = {"log_limit_down": np.log(0.9), "log_limit_up": np.log(1.1)}


def calm_after(log_fundamentals, suspended=(), **prices):
    """Day by day; `suspended` are days, from 1."""
    arm = small_arm(prices=prices | ({"suspended": [[[1, 1]]]} if suspended else {}))
    state, found = open_arm(arm, 1), []
    for day, level in enumerate(log_fundamentals, start=1):
        state.prices.log_fundamental[:] = level
        if suspended:
            state.prices.suspended[:] = float(day in suspended)
        price_alone(frame(arm.prices), frame(state.prices), Index(day - 1), Index(1))
        found.append(float(state.prices.calm[0, 0]))
    return found


def test_it_is_the_fundamental_whatever_has_been_sold():
    arm = small_arm(prices={"kappa": 5.0, "adv": 1e5, "permanent_frac": 0.5}, investors={"base_rate": 0.1})
    state = run_small(arm, [[0.0], [0.0], [-0.05]], 0.02)
    assert float(state.prices.close[0, 0]) < 0.9
    assert float(state.prices.calm[0, 0]) == pytest.approx(np.exp(-0.05), rel=1e-15)


def test_it_keeps_the_daily_limits():
    assert calm_after([np.log(0.8), np.log(0.8), np.log(0.8)], **LIMITED) == pytest.approx([0.9, 0.81, 0.8])


def test_it_is_carried_over_while_the_asset_is_suspended():
    assert calm_after([0.0, np.log(0.95), np.log(0.95)], suspended=(2,)) == pytest.approx([1.0, 1.0, 0.95])


def test_cost_is_what_sales_brought_less_than_at_it():
    arm = small_arm(prices={"kappa": 1.0, "adv": 1e6, "decay": 1.0}, investors={"base_rate": 0.1, "daily_cap": 0.1})
    state = run_small(arm, [[0.0], [0.0], [0.0]], 0.5)
    sold = 1e6 - float(state.funds.units[0, 0])
    tally = state.fund_tally
    brought = float(tally.gross_sales[0, 0] - tally.slippage[0, 0])
    # at a price without sales of 1, of two days of sales
    assert float(tally.fire_sale_cost[0, 0]) == pytest.approx(sold - brought, abs=3.0)
    # the second day's sellers stood below it before they sold
    assert float(tally.fire_sale_cost[0, 0]) > 1.2 * float(tally.slippage[0, 0])


def test_what_is_bought_back_below_it_counts_against_what_was_sold_below_it():
    """10 sold at .97 and bought back at .98, of a price of 1 without sales, cost .10; here in units of 10,000."""
    arm = small_arm(prices={"buy_ratio": 1.0}, funds={"invest_frac": 1.0})
    state = open_arm(arm, 1)
    prices, funds, tally = state.prices, state.funds, state.fund_tally
    prices.price[:] = prices.calm[:] = 1.0
    funds.cash[:] = 1e6
    prices.execution[:], prices.ask[:] = 0.97, 0.98
    funds.to_sell[:], funds.raise_share[:] = 1e5, 0.1
    sell_alone(frame(arm.prices), frame(state), Index(0), Index(1))
    funds.to_buy[:] = 1e5
    buy_alone(frame(state), Index(1))
    assert float(tally.fire_sale_cost[0, 0]) == pytest.approx(0.10 * 1e4, abs=1.0)
