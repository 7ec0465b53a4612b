"""Who gains: sums that close, whatever the design."""

import numpy as np
import pytest

from backstop.answers.accounts import SUMS_OF_FUNDS
from backstop.kernels.state import ArmState
from backstop.terms import Instrument, ProfitTo
from oracle.arms import without_facilities
from oracle.compare import run_kernels
from oracle.designs import Design, random_design

LANES = 6
GAINS = ("investors", "lenders", "banks", "owners", "taxpayer", "market")
CUTS = ("coverage", "collateral", "fund_cap", "covenant", "take_up", "solvency", "sponsor", "facility", "pool")
DESIGNS = [
    *((seed, "advances") for seed in (1, 6, 11, 13, 36, 39, 107, 209)),
    *((seed, "mixed") for seed in (42, 52, 74, 124, 180, 254)), *((seed, "guaranteed") for seed in (11, 107, 758))]


def row(state: ArmState, name: str) -> np.ndarray:
    return np.asarray(getattr(state.path_tally, name))[0]


def all_gains(state: ArmState) -> np.ndarray:
    return sum(row(state, f"gain_{who}") for who in GAINS) + np.asarray(state.path_tally.gain_pool_by_layer).sum(axis=0)


def gain_of_assets(design: Design, state: ArmState) -> np.ndarray:
    """``sum U_0 (C_T - 1)``."""
    units = design.arm.funds.count @ design.arm.funds.units_open
    return units @ (np.asarray(state.prices.close) - 1.0)


@pytest.mark.parametrize(("seed", "kind"), DESIGNS)
def test_all_together_gain_what_the_assets_of_the_opening_have_gained(seed, kind):
    design = random_design(seed, LANES, kind)
    state = run_kernels(design)
    # a quantum, and the last bits of amounts that large
    slack = 1.0 + 1e-13 * float(design.arm.funds.count @ design.arm.funds.nav_open)
    np.testing.assert_allclose(all_gains(state), gain_of_assets(design, state), rtol=0.0, atol=slack)


@pytest.mark.parametrize(("seed", "kind"), DESIGNS)
def test_need_is_what_was_approved_and_what_each_rule_cut(seed, kind):
    state = run_kernels(random_design(seed, LANES, kind))
    on_its_way = random_design(seed, LANES, kind).arm.funds.count @ np.asarray(state.funds.pending)
    approved = row(state, "injected") + row(state, "bank_lent") + on_its_way
    cuts = [row(state, f"cut_{rule}") for rule in CUTS]
    assert all(np.all(cut >= 0.0) for cut in cuts)
    np.testing.assert_array_equal(row(state, "need"), approved + sum(cuts))


def test_some_design_has_every_cut_and_every_gain():
    states = [run_kernels(random_design(seed, LANES, kind)) for seed, kind in DESIGNS]
    assert all(any(np.any(row(state, f"cut_{rule}")) for state in states) for rule in CUTS)
    # losses that reach the taxpayer are rare: `tests/unit/kernels/test_gains.py` has one by hand
    assert all(any(np.any(row(state, f"gain_{who}")) for state in states) for who in GAINS if who != "taxpayer")


def test_of_a_pool_that_only_lends_its_layers_and_owners_gain_what_they_are_owed_less_what_they_lost():
    design = random_design(6, LANES)
    assert np.all(design.arm.facilities.instrument == Instrument.ADVANCE)
    state = run_kernels(design)
    counts, shape = design.arm.funds.count, (-1, len(design.arm.funds.count), LANES)
    due = np.einsum("f,kfi->i", counts, np.asarray(state.loans.interest_due).reshape(shape))
    close, tally = np.asarray(state.prices.close), state.path_tally
    stock = np.asarray(state.pool.inventory).reshape(-1, len(close), LANES) * close
    beyond = due + stock.sum(axis=(0, 1)) - np.asarray(state.pool.inventory_cost).sum(axis=0)
    books = row(state, "surplus_end") - row(state, "loss_taxpayer") - np.asarray(tally.loss_by_layer).sum(axis=0)
    shared = row(state, "profit_shared") * (design.arm.pool.profit_to == ProfitTo.OWNERS)
    gains = row(state, "gain_owners") + row(state, "gain_taxpayer") + np.asarray(tally.gain_pool_by_layer).sum(axis=0)
    np.testing.assert_allclose(gains, books + shared + beyond, rtol=1e-12, atol=1.0)


@pytest.mark.parametrize("seed", [1, 6, 36, 107])
def test_stayers_and_leavers_share_what_all_investors_gain(seed):
    design = random_design(seed, LANES)
    arm, other = (run_kernels(design._replace(arm=one)).fund_tally._asdict()
                  for one in (design.arm, without_facilities(design.arm)))
    values = [{name: np.asarray(rows) for name, rows in one.items()} for one in (arm, other)]
    of_fund = {total.name: total.of_fund(*values) for total in SUMS_OF_FUNDS}
    gained = values[0]["gain_investors"] - values[1]["gain_investors"]
    # of a fund whose shares are gone NAV per share stands still
    has_shares = (values[0]["shares_end"] >= 1.0) & (values[1]["shares_end"] >= 1.0)
    shared = of_fund["stayers_gain"] + of_fund["leavers_gain"]
    assert np.any(gained[has_shares])
    np.testing.assert_allclose(shared[has_shares], gained[has_shares], rtol=1e-9, atol=1e-3)
