"""What an arm's state has rows for, and how it opens: all from the declarations."""

import numpy as np
import pytest

from backstop.kernels.state import FIELDS, ArmState, allocate_arm, foresights, open_arm, reset_arm
from backstop.kernels.tallies import OPENINGS
from backstop.outcomes import FUND_OUTCOMES, PATH_OUTCOMES
from backstop.terms import NEVER, MarketSignal
from small_arm import small_arm

LANES = 2
BY_PATH = {field.path: field for field in FIELDS}


def _rows(arm):
    state = allocate_arm(arm, LANES, 0)
    return {field.path: len(field.of(state)) for field in FIELDS}


def test_every_field_of_every_part_of_an_arm_is_declared():
    state = open_arm(small_arm(), LANES)
    own = [f"{part}.{name}" for part in ArmState._fields if part not in ("replay", "stress", "foresight", "daily")
           for name in getattr(state, part)._fields]
    assert [field.path for field in FIELDS] == own


def test_rows_stand_along_the_axes():
    rows = _rows(small_arm(n_funds=3, n_assets=2, n_facilities=2,
                           investors={"share_frac": [0.5, 0.5], "notice_days": 4}))
    assert rows["funds.cash"] == 3
    assert rows["funds.units"] == 6
    assert rows["investors.queue"] == 3 * 2 * 5
    assert rows["loans.drawn"] == rows["fund_keys.phase"] == 6
    assert rows["pool.inventory"] == 4
    assert rows["pool.cash"] == rows["path_tally.injected"] == 1
    assert rows["path_tally.worst_dislocation_by_asset"] == 2


@pytest.mark.parametrize(("path", "sections", "n_rows"), [
    ("lenders.debt", {"leverage": {"debt_open": 1.0}}, 1),
    ("funds.ripe", {"investors": {"gate_frac": 0.1}}, 1),
    ("funds.settling", {"prices": {"settlement_days": 2}}, 3),
    ("evaluation.first_sample", {"evaluation": {"replace_below": -0.5}}, 1),
    ("evaluation.index_samples", {"evaluation": {"benchmark_frac": 1.0}}, 2),
    ("loans.refused", {"n_facilities": 1, "admission": {"has_solvency_test": 1.0}}, 1),
    ("rounds.sales", {"prices": {"rounds": 3}}, 1),
    ("prices.others_left", {"prices": {"others_frac": 0.1}}, 1),
])
def test_rows_that_a_rule_needs_are_there_with_the_rule_alone(path, sections, n_rows):
    assert _rows(small_arm(n_facilities=1))[path] == 0
    assert _rows(small_arm(**sections))[path] == n_rows


def test_what_both_ends_of_a_day_need_takes_rounds_and_debt_too():
    seeking = {"rounds": 3, "seeks_both_ends": 1}
    assert _rows(small_arm(prices=seeking))["rounds.kept_nav"] == 0
    assert _rows(small_arm(prices=seeking, leverage={"debt_open": 1.0}))["rounds.kept_nav"] == 1


def test_an_arm_opens_with_what_its_terms_say():
    arm = small_arm(n_assets=2, funds={"units_open": [6e5, 1e5]}, leverage={"debt_open": 2e5})
    state = open_arm(arm, LANES)
    np.testing.assert_array_equal(state.funds.units, [[6e5] * LANES, [1e5] * LANES])
    for rows in (state.funds.nav, state.funds.shares, state.investors.shares):
        np.testing.assert_array_equal(rows, [[1e6] * LANES])
    for rows in (state.lenders.debt, state.funds.net_debt):
        np.testing.assert_array_equal(rows, [[2e5] * LANES])
    assert (state.prices.price == 1.0).all()
    assert (state.fund_tally.score_min == NEVER).all()


def test_histories_open_as_rings_in_which_day_0_stands_in_slot_0():
    closes = [0.8, 1.1, 0.9, 1.0]
    arm = small_arm(n_facilities=1, funds={"nav_history": closes},
                    triggers={"index_history": closes, "market": (MarketSignal.REALISED_VOLATILITY, 3)})
    state = open_arm(arm, 1)
    assert state.funds.nav_history[:, 0].tolist() == [1.0, 0.8, 1.1, 0.9]
    assert state.signals.closes[:, 0].tolist() == [1.0, 0.8, 1.1, 0.9]
    squares = np.diff(np.log(closes)) ** 2
    np.testing.assert_allclose(state.signals.square_sum[:, 0], [squares[-2:].sum()])


def test_a_reset_brings_the_opening_back_and_leaves_what_arms_share():
    arm = small_arm(n_facilities=1, prices={"settlement_days": 2}, leverage={"debt_open": 1.0})
    state = open_arm(arm, LANES)._replace(foresight=foresights(3, LANES)[0])
    for part in state[:-1]:
        for rows in part:
            rows[:] = 7.0
    reset_arm(arm, state)
    opened = open_arm(arm, LANES)
    for field in FIELDS:
        np.testing.assert_array_equal(field.of(state), field.of(opened), err_msg=field.path)
    assert (state.foresight.distress == 7.0).all()


def test_tallies_open_as_declared_and_the_rest_at_nothing():
    state = open_arm(small_arm(), LANES)
    for name, rows in zip(state.path_tally._fields, state.path_tally, strict=True):
        assert name in OPENINGS or not rows.any(), name


def test_units_of_tallies_are_those_of_rows():
    of_columns = {f"path_tally.{o.name}{'_by_' + o.axis if o.axis else ''}": o.unit for o in PATH_OUTCOMES}
    of_columns |= {f"fund_tally.{o.name}": o.unit for o in FUND_OUTCOMES}
    assert {BY_PATH[path].said.unit for path, unit in of_columns.items() if unit == "currency"} == {"quanta"}
    assert {BY_PATH[path].said.unit for path, unit in of_columns.items() if unit == "days"} == {"trading days"}
