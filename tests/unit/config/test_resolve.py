"""Names, arms, facilities and pool, from a config to terms, against numbers worked out by hand."""

import numpy as np

from ashare import resolved


def test_names_and_sizes():
    terms = resolved("run.days=30", "money.quantum=100.0")
    assert terms.names.assets == ("csi300", "technology", "bond")
    assert terms.names.funds == ("insurers", "pensions", "technology-funds", "active-equity")
    assert terms.names.facilities == ((), ("compensation-fund",))
    assert terms.names.layers == ("social", "local", "central")
    assert terms.names.arms == ("none", "fund")
    assert (terms.n_days, terms.quantum) == (30, 100.0)


def test_rates_are_simple_and_per_day(fund_arm):
    assert fund_arm.funds.cash_rate_per_day == 0.015 / 252
    assert fund_arm.facilities.rate_per_day.tolist() == [0.0225 / 252]


def test_facility_and_pool(fund_arm):
    facilities = fund_arm.facilities
    assert facilities.is_eligible.tolist() == [[1, 1, 1, 0]]
    assert facilities.advance_rate.tolist() == [[0.7, 0.7, 0.95]]
    assert facilities.coverage_frac.tolist() == [0.5]
    assert facilities.deductible_frac.tolist() == [0.1]
    assert facilities.fund_cap_frac.tolist() == [0.05]
    assert facilities.tenor_days.tolist() == [250]
    assert facilities.n_rollovers.tolist() == [1]
    assert facilities.cash_lag_days.tolist() == [1]
    assert facilities.sweep_frac.tolist() == [0.5]
    assert facilities.inventory_participation_frac.tolist() == [0.05]
    assert fund_arm.pool.layer_size.tolist() == [15e9, 45e9, 90e9]


def test_assets_without_haircut_are_no_collateral():
    facilities = resolved("facilities.compensation-fund.advance.haircut_frac={ bond = 0.1 }").arms[1].facilities
    assert facilities.advance_rate.tolist() == [[0.0, 0.0, 0.9]]


def test_arm_none_has_no_facility_and_the_same_pool():
    none, fund = resolved().arms
    assert none.facilities.is_eligible.shape == (0, 4)
    assert none.facilities.advance_rate.shape == (0, 3)
    assert len(none.triggers.market_kind) == len(none.triggers.entry_root) == 0
    assert none.pool.layer_size.tolist() == fund.pool.layer_size.tolist()
    assert none.funds.units_open.tolist() == fund.funds.units_open.tolist()
    for part in (none, fund):
        for section in part[1:]:
            arrays = [value for value in section if isinstance(value, np.ndarray)]
            assert all(array.flags.c_contiguous for array in arrays)
            assert {str(array.dtype) for array in arrays} <= {"float64", "int64"}


def test_an_arm_has_its_overrides_and_its_facilities_in_its_order():
    arms = """
[[facilities]]
name = "second"
instrument = "advance"
eligible = ["active-equity"]
[facilities.system_key]
entry = { signal = "market_drawdown", window_days = 10, at_least = 0.1 }
persistence_days = 1
decision_lag_days = 0
exit = { signal = "market_drawdown", window_days = 10, at_most = 0.1 }
exit_persistence_days = 1
cooldown_days = 0
[facilities.fund_key]
entry = { signal = "fund_return", window_days = 300, at_most = -0.1 }
persistence_days = 1
decision_lag_days = 0
exit = { signal = "fund_drawdown", at_most = 0.0 }
exit_persistence_days = 1
cooldown_days = 0
[facilities.advance]
coverage_frac = 1.0
deductible_frac = 0.0
fund_cap_frac = 1.0
haircut_frac = { csi300 = 0.5 }
rate_ann_frac = 0.0
tenor_days = 1000
at_horizon = "mark"
n_rollovers = 0
sweep_frac = 1.0
cash_lag_days = 0
inventory_participation_frac = 1.0
[[arms]]
name = "both"
facilities = ["second", "compensation-fund"]
[arms.overrides]
"pool.layers.social.size" = 0.0
"facilities.second.advance.coverage_frac" = 0.25
"""
    terms = resolved(arms=arms)
    _, fund, both = terms.arms
    assert terms.names.facilities == ((), ("compensation-fund",), ("second", "compensation-fund"))
    assert both.facilities.is_eligible.tolist() == [[0, 0, 0, 1], [1, 1, 1, 0]]
    assert both.facilities.coverage_frac.tolist() == [0.25, 0.5]
    assert both.pool.layer_size.tolist() == [0.0, 45e9, 90e9]
    assert fund.pool.layer_size.tolist() == [15e9, 45e9, 90e9]
    assert both.triggers.entry_days.tolist() == [1, 1, 3, 1]
    assert both.triggers.market_window.tolist() == [10, 250, 20, 20]
    assert both.triggers.index_history.shape == (251,)
    assert both.funds.nav_history.shape == (4, 301)
    assert fund.funds.nav_history.shape == (4, 251)


def test_an_arm_may_switch_a_channel_off():
    arms = '\n[[arms]]\nname = "calm"\nfacilities = []\noverrides = { "channels.redemption" = false }\n'
    none, fund, calm = resolved(arms=arms).arms
    assert none.investors.n_classes.tolist() == fund.investors.n_classes.tolist() == [2, 2, 2, 2]
    assert calm.investors.n_classes.tolist() == [0, 0, 0, 0]
    assert resolved("channels.impact=false").arms[0].prices.kappa.tolist() == [0.0, 0.0, 0.0]


def test_a_facility_says_what_a_draw_counts_for_in_the_score():
    facilities = resolved("facilities.compensation-fund.advance.score_relief_frac=0.5").arms[1].facilities
    assert facilities.score_relief_frac.tolist() == [0.5]


def test_an_arm_may_announce_its_facility():
    arms = '\n[[arms]]\nname = "announced"\nfacilities = ["compensation-fund"]\n' \
        '[arms.overrides."facilities.compensation-fund.announcement"]\nredemption_cut_frac = 0.6\nat_opening = true\n'
    none, *others, announced = resolved(arms=arms).arms
    assert announced.facilities.announcement_cut.tolist() == [0.6]
    assert announced.facilities.is_announced_at_opening.tolist() == [1]
    assert not any(np.any(arm.facilities.announcement_cut) for arm in (none, *others))
