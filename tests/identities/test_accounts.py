"""What must hold on every path whatever the design: books that close, and what a pool's size can and cannot change."""

from typing import Any

import numpy as np
import pytest

from backstop.config.channels import without
from backstop.kernels.state import ArmState, open_arm
from backstop.kernels.step import close_arm, run_arm
from backstop.terms import Instrument
from oracle.arms import opening_value, with_pool, without_facilities
from oracle.compare import opened, run_kernels
from oracle.designs import Design, random_design

LANES = 6
CAUSES = ("ordinary", "gains", "stressed", "pressure", "solvency", "lenders", "facilities")
WITH_FACILITIES = (1, 6, 11, 13, 21, 36, 39, 41, 56, 88, 96, 107, 110, 209, 369)
"""Designs whose facilities pay out on most paths, often with losses."""
WITH_INSTRUMENTS = (42, 52, 74, 81, 92, 124, 129, 155, 180, 254)
"""Designs with purchases, compensations and guarantees."""


def with_arm(design: Design, arm: Any) -> Design:
    return design._replace(arm=arm)


def assert_same_bits(left: Any, right: Any, names: tuple[str, ...], lanes: Any = slice(None)) -> None:
    for name in names:
        one, other = np.asarray(getattr(left, name))[:, lanes], np.asarray(getattr(right, name))[:, lanes]
        assert one.tobytes() == other.tobytes(), name


def assert_books(design: Design, state: ArmState) -> None:
    """The identities of docs/model.md 11, added up again from the state after a day."""
    sizes, counts = design.arm.pool.layer_size, design.arm.funds.count
    pool, shape = state.pool, (-1, len(counts), LANES)
    is_pools = (design.arm.facilities.instrument == Instrument.ADVANCE).astype(np.float64)
    lent = np.einsum("k,f,kfi->i", is_pools, counts, np.asarray(state.loans.drawn).reshape(shape))
    assets = np.asarray(pool.cash)[0] + lent + np.asarray(pool.inventory_cost).sum(axis=0)
    borne = np.asarray(pool.layer_loss).sum(axis=0) + np.asarray(pool.taxpayer)[0]
    owed = np.asarray(pool.borrowed).sum(axis=0) + np.asarray(pool.guaranteed).sum(axis=0)
    np.testing.assert_array_equal(assets, pool.paid_in[0] - borne + np.asarray(pool.surplus)[0] + owed)
    called = np.asarray(state.path_tally.called_by_layer)
    np.testing.assert_array_equal(called.sum(axis=0), pool.paid_in[0] + np.asarray(pool.awaited).sum(axis=0))
    assert np.all((pool.layer_loss <= called) & (called <= sizes[:, None]))
    assert np.all((np.asarray(pool.layer_loss) >= 0.0) & (np.asarray(pool.layer_loss) <= sizes[:, None]))
    assert np.all((pool.committed >= 0.0) & (np.asarray(pool.cash) >= pool.committed))
    assert np.all(np.asarray(state.funds.cash) >= 0.0)
    assert not np.any(state.path_tally.money_created)
    assert_causes(state)
    for amounts in (state.funds.cash, pool.cash, pool.layer_loss, state.loans.drawn, pool.inventory_cost):
        np.testing.assert_array_equal(amounts, np.floor(amounts))


def assert_causes(state: ArmState) -> None:
    """Causes add up to gross sales, to the quantum; what nobody forced is the rest of forced sales."""
    sales = {cause: np.asarray(getattr(state.fund_tally, f"sales_{cause}")) for cause in CAUSES}
    gross, forced = np.asarray(state.fund_tally.gross_sales), np.asarray(state.fund_tally.forced_sales)
    np.testing.assert_array_equal(sum(sales.values()), gross)
    np.testing.assert_array_equal(forced, gross - sales["ordinary"] - sales["gains"])
    assert all(np.all(amounts >= 0.0) for amounts in sales.values())
    # shares and money of a cause are parts of what all causes have
    assert all(np.all(np.asarray(rows) >= 0.0) for rows in state.causes)
    assert not np.any(state.causes.due)


@pytest.mark.parametrize(("seed", "kind"), [
    *((seed, "advances") for seed in WITH_FACILITIES), *((seed, "mixed") for seed in WITH_INSTRUMENTS),
    *((seed, "guaranteed") for seed in (11, 107, 758))])
def test_the_books_close_every_day_and_no_draw_exceeds_the_pool(seed, kind):
    design = random_design(seed, LANES, kind)
    state, log_return, volatility = open_arm(design.arm, LANES), design.log_return.copy(), design.volatility.copy()
    for day in range(len(design.log_return)):
        run_arm(design.arm, state, log_return, volatility, day, day + 1, LANES)
        assert_books(design, state)


@pytest.mark.parametrize("seed", WITH_FACILITIES)
def test_without_guaranteed_debt_what_is_paid_in_bounds_what_can_be_lost(seed):
    design = random_design(seed, LANES)
    pool = design.arm.pool._replace(borrow_multiple=0.0)
    tally = run_kernels(with_arm(design, design.arm._replace(pool=pool))).path_tally
    assert not np.any(tally.loss_taxpayer)
    assert np.all(np.asarray(tally.pool_min_available) >= 0.0)


@pytest.mark.parametrize("seed", range(16))
def test_a_forced_sale_never_earns_money(seed):
    tally = run_kernels(random_design(seed, LANES)).fund_tally
    assert np.all(np.asarray(tally.slippage) >= 0.0)


@pytest.mark.parametrize("seed", range(16))
def test_where_nobody_buys_sales_cost_at_least_their_slippage_against_a_market_without_sales(seed):
    design = random_design(seed, LANES)
    prices, funds = design.arm.prices, design.arm.funds
    arm = design.arm._replace(prices=prices._replace(buy_ratio=np.zeros_like(prices.buy_ratio)),
                              funds=funds._replace(invest_frac=np.zeros_like(funds.invest_frac)))
    tally = run_kernels(with_arm(design, arm)).fund_tally
    n_sales = len(prices.adv) * len(design.log_return)
    assert np.all(np.asarray(tally.fire_sale_cost) >= np.asarray(tally.slippage) - n_sales)


@pytest.mark.parametrize("seed", WITH_FACILITIES)
def test_a_pool_of_zero_equals_no_facility_bit_for_bit_but_for_its_announcement(seed):
    design = random_design(seed, LANES)
    design = with_arm(design, without(design.arm, ["announcement"]))
    empty = run_kernels(with_arm(design, with_pool(design.arm, np.zeros(2))))
    none = run_kernels(with_arm(design, without_facilities(design.arm)))
    assert_same_bits(empty.fund_tally, none.fund_tally, none.fund_tally._fields)
    market = ("worst_dislocation", "forced_sales", "market_trough_by_asset", "sales_postponed")
    assert_same_bits(empty.path_tally, none.path_tally, market)


@pytest.mark.parametrize("seed", WITH_FACILITIES)
def test_peak_use_of_an_unlimited_pool_tells_which_paths_run_dry_at_any_size(seed):
    design = random_design(seed, LANES)
    unlimited = run_kernels(with_arm(design, with_pool(design.arm, np.array([10.0 * opening_value(design.arm)]))))
    assert not np.any(unlimited.path_tally.first_dry_day)
    peak_use = np.asarray(unlimited.path_tally.pool_peak_use)[0]
    assert np.count_nonzero(peak_use) >= 1
    for size in sorted({*peak_use, *np.maximum(peak_use - 1.0, 0.0), np.floor(peak_use.mean())}):
        limited = run_kernels(with_arm(design, with_pool(design.arm, np.array([size]))))
        is_dry = np.asarray(limited.path_tally.first_dry_day)[0] > 0.0
        np.testing.assert_array_equal(is_dry, peak_use > size)
        assert_same_bits(limited.fund_tally, unlimited.fund_tally, unlimited.fund_tally._fields, ~is_dry)


@pytest.mark.parametrize("seed", [36, 39, 161, 369])
def test_how_a_pool_is_layered_changes_who_bears_a_loss_and_nothing_else(seed):
    design = random_design(seed, LANES)
    size = np.floor(design.arm.pool.layer_size.sum() / 3.0)
    one = run_kernels(with_arm(design, with_pool(design.arm, np.array([3.0 * size]))))
    three = run_kernels(with_arm(design, with_pool(design.arm, np.array([size, size, size]))))
    assert_same_bits(one.fund_tally, three.fund_tally, one.fund_tally._fields)
    same = tuple(name for name in one.path_tally._fields if not name.endswith("_by_layer"))
    assert_same_bits(one.path_tally, three.path_tally, same)
    assert np.any(one.path_tally.loss)
    by_layer = np.asarray(three.path_tally.loss_by_layer)
    np.testing.assert_array_equal(by_layer.sum(axis=0), one.path_tally.loss_by_layer[0])


@pytest.mark.parametrize("seed", range(12))
def test_a_path_gives_the_same_bits_alone_and_in_any_run_of_days(seed):
    design = random_design(seed, LANES)
    together = run_kernels(design)
    days = len(design.log_return)
    for lane in range(LANES):
        log_return, volatility = (a[:, :, lane:lane + 1].copy() for a in (design.log_return, design.volatility))
        alone = opened(design, slice(lane, lane + 1))
        for first, last in ((0, days // 3), (days // 3, days)):
            run_arm(design.arm, alone, log_return, volatility, first, last, 1)
        close_arm(design.arm, alone, 1)
        for left, right in ((together.path_tally, alone.path_tally), (together.fund_tally, alone.fund_tally)):
            for name in left._fields:
                one, other = np.asarray(getattr(left, name))[:, lane], np.asarray(getattr(right, name))[:, 0]
                assert one.tobytes() == other.tobytes(), name
