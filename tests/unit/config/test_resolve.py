"""From a config to terms, against numbers worked out by hand."""

from typing import Any

import numpy as np
import pytest

from ashare import EXPLICIT_TEXT
from backstop.config.inputs import MarketInputs
from backstop.config.load import parse_config
from backstop.config.resolve import resolve
from backstop.config.schema import Config
from backstop.errors import ConfigError
from backstop.terms import (
    CONDITIONAL_VOLATILITY,
    FUND_DRAWDOWN,
    FUND_RETURN,
    MARKET_DRAWDOWN,
    MARKET_RETURN,
    MIXED,
    NEVER_REPLACED,
    NO_GATE,
    PRO_RATA,
    REALISED_VOLATILITY,
    REDEMPTION_COVERAGE,
    WATERFALL,
    ArmTerms,
    RunTerms,
)


def config_with(*settings: str, arms: str = "") -> Config:
    return parse_config(EXPLICIT_TEXT + arms, "c.toml", settings)


def resolved(*settings: str, arms: str = "", history: dict[str, Any] | None = None) -> RunTerms:
    closes = {name: np.array(series, dtype=np.float64) for name, series in (history or {}).items()}
    return resolve(config_with(*settings, arms=arms), MarketInputs(history=closes))


@pytest.fixture(scope="module")
def fund_arm() -> ArmTerms:
    return resolved().arms[1]


def test_names_and_sizes():
    terms = resolved("run.days=30", "money.quantum=100.0")
    assert terms.names.assets == ("csi300", "technology", "bond")
    assert terms.names.funds == ("insurers", "pensions", "technology-funds", "active-equity")
    assert terms.names.facilities == ("compensation-fund",)
    assert terms.names.layers == ("social", "local", "central")
    assert terms.names.arms == ("none", "fund")
    assert (terms.n_days, terms.quantum) == (30, 100.0)


def test_funds_open_in_whole_quanta():
    terms = resolved("money.quantum=1000.0", "funds.insurers.nav=10_001_999.0", "funds.insurers.count=3")
    funds = terms.arms[0].funds
    assert funds.count[0] == 3.0
    assert funds.nav_open[0] == 10_001.0
    assert funds.units_open[0].tolist() == [2500.0, 1000.0, 6000.0]  # 2500.25, 1000.1, 6000.6 rounded down
    assert funds.cash_open[0] == 501.0
    assert (funds.units_open.sum(axis=1) + funds.cash_open).tolist() == funds.nav_open.tolist()


def test_rates_are_simple_and_per_day(fund_arm):
    assert fund_arm.funds.cash_rate_per_day == 0.015 / 252
    assert fund_arm.facilities.rate_per_day.tolist() == [0.0225 / 252]


def test_selling_order_is_that_of_the_waterfall_then_what_is_not_held():
    funds = (
        resolved(
            "funds.insurers.holdings={ bond = 0.5, csi300 = 0.25 }",
            'funds.insurers.liquidation.order=["bond", "csi300"]',
        )
        .arms[0]
        .funds
    )
    assert funds.liquidation_rule.tolist() == [WATERFALL, WATERFALL, PRO_RATA, PRO_RATA]
    assert funds.liquidation_order[0].tolist() == [2, 0, 1]
    assert funds.liquidation_order[2].tolist() == [0, 1, 2]


def test_investors_are_padded_to_the_widest_fund():
    one = (
        'funds.pensions.investors=[{ name = "all", share_frac = 1.0, notice_days = 3, horizon_days = 90, '
        "base_per_day_frac = 0.001, tolerance_frac = 0.1, bear_slope_per_day = 0.5, daily_cap_frac = 0.2 }]"
    )
    arm = resolved(one, "funds.active-equity.investors=[]").arms[0]
    investors = arm.investors
    assert investors.n_classes.tolist() == [2, 1, 2, 0]
    assert investors.share_frac.tolist() == [[0.9, 0.1], [1.0, 0.0], [0.7, 0.3], [0.0, 0.0]]
    assert investors.horizon_days.tolist() == [[60, 20], [90, 1], [60, 20], [1, 1]]
    assert investors.notice_days.tolist() == [[20, 5], [3, 0], [2, 1], [0, 0]]
    assert (investors.base_rate[1, 0], investors.bear_slope[1, 0], investors.tolerance[1, 0]) == (
        0.001,
        0.5,
        0.1,
    )
    assert investors.daily_cap[1, 0] == 0.2
    assert arm.funds.nav_history.shape == (4, 91)


def test_evaluation_in_samples_and_quanta(fund_arm):
    evaluation = fund_arm.evaluation
    assert evaluation.is_on.tolist() == [1, 1, 1, 1]
    assert evaluation.rung_samples.tolist() == [[12, 36, 60], [36, 0, 0], [12, 36, 0], [12, 0, 0]]
    assert evaluation.rung_weight.tolist() == [[0.3, 0.5, 0.2], [1, 0, 0], [0.5, 0.5, 0], [1, 0, 0]]
    assert evaluation.floor.tolist() == [-0.1, -0.1, -0.15, -0.15]
    # a tenth of what is risky: 35, 50, 90 and 85 % of NAV
    assert evaluation.derisk_cap.tolist() == [3.5e8, 5e8, 4.5e8, 4.25e8]
    assert evaluation.log_nav_history.shape == (4, 61)


def test_a_fund_without_evaluation_is_off():
    before, _, after = EXPLICIT_TEXT.partition("[funds.evaluation]")
    text = before + after[after.index("[funds.failure]") :]
    evaluation = resolve(parse_config(text, "c.toml"), MarketInputs()).arms[0].evaluation
    assert evaluation.is_on.tolist() == [0, 1, 1, 1]
    assert evaluation.derisk_cap[0] == 0.0
    assert evaluation.threshold[0] > evaluation.floor[0]


def test_evaluation_may_be_switched_off():
    assert resolved("funds.insurers.evaluation.is_on=false").arms[0].evaluation.is_on.tolist() == [0, 1, 1, 1]


def test_trees_stand_in_postorder_and_share_signals(fund_arm):
    triggers = fund_arm.triggers
    market = list(zip(triggers.market_kind.tolist(), triggers.market_window.tolist(), strict=True))
    assert market == [(MARKET_DRAWDOWN, 250), (MARKET_RETURN, 20), (REALISED_VOLATILITY, 20)]
    fund = list(zip(triggers.fund_kind.tolist(), triggers.fund_window.tolist(), strict=True))
    assert fund == [(FUND_RETURN, 60), (REDEMPTION_COVERAGE, 0), (FUND_DRAWDOWN, 0)]
    assert triggers.node_signal.tolist() == [0, 1, 2, -1, 0, 2, -1, 0, 1, -1, 2]
    assert triggers.node_sign.tolist() == [1, -1, 1, 0, -1, -1, 0, -1, -1, 0, -1]
    assert triggers.node_threshold.tolist() == [0.2, -0.1, 0.35, 0, 0.15, 0.25, 0, -0.15, 1, 0, 0.05]
    assert triggers.node_needed.tolist() == [0, 0, 0, 3, 0, 0, 1, 0, 0, 2, 0]
    assert triggers.children.tolist() == [0, 1, 2, 4, 5, 7, 8]
    assert (triggers.entry_first.tolist(), triggers.entry_root.tolist()) == ([0, 7], [3, 9])
    assert (triggers.exit_first.tolist(), triggers.exit_root.tolist()) == ([4, 10], [6, 10])
    assert triggers.entry_days.tolist() == [3, 1]
    assert triggers.exit_days.tolist() == [10, 10]
    assert triggers.decision_lag.tolist() == [2, 0]
    assert triggers.cooldown_days.tolist() == [20, 0]


def test_nested_expressions_keep_their_shape():
    nested = (
        "facilities.compensation-fund.system_key.entry={ k_of_n = 2, of = ["
        '{ signal = "conditional_volatility", at_least = 0.4 }, '
        '{ any = [{ signal = "market_return", window_days = 5, at_most = -0.05 }, '
        '{ signal = "market_drawdown", window_days = 250, at_least = 0.3 }] }, '
        '{ signal = "dislocation", at_least = 0.02 }] }'
    )
    triggers = resolved(nested).arms[1].triggers
    root = int(triggers.entry_root[0])
    assert root == 5
    assert triggers.node_signal.tolist()[:6] == [0, 1, 2, -1, 3, -1]
    assert triggers.node_needed.tolist()[:6] == [0, 0, 0, 1, 0, 2]
    first, n = int(triggers.node_first_child[root]), int(triggers.node_n_children[root])
    assert triggers.children[first : first + n].tolist() == [0, 3, 4]
    first, n = int(triggers.node_first_child[3]), int(triggers.node_n_children[3])
    assert triggers.children[first : first + n].tolist() == [1, 2]
    assert triggers.market_kind[0] == CONDITIONAL_VOLATILITY


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
entry = { signal = "fund_return", window_days = 120, at_most = -0.1 }
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
    _, fund, both = resolved(arms=arms).arms
    assert both.facilities.is_eligible.tolist() == [[0, 0, 0, 1], [1, 1, 1, 0]]
    assert both.facilities.coverage_frac.tolist() == [0.25, 0.5]
    assert both.pool.layer_size.tolist() == [0.0, 45e9, 90e9]
    assert fund.pool.layer_size.tolist() == [15e9, 45e9, 90e9]
    assert both.triggers.entry_days.tolist() == [1, 1, 3, 1]
    assert both.triggers.market_window.tolist() == [10, 250, 20, 20]
    assert both.triggers.index_history.shape == (251,)
    assert both.funds.nav_history.shape == (4, 121)
    assert fund.funds.nav_history.shape == (4, 61)


def test_without_history_everything_is_flat_and_no_score_is_known():
    arm = resolved().arms[1]
    assert arm.triggers.index_history.tolist() == [1.0] * 251
    assert arm.funds.nav_history.tolist() == [[1.0] * 61] * 4
    assert arm.evaluation.n_history.tolist() == [0, 0, 0, 0]
    assert not arm.evaluation.log_nav_history.any()


def test_a_flat_history_is_known_throughout():
    evaluation = (
        resolved("funds.pensions.history=flat", history={"csi300": np.linspace(0.5, 1, 100)}).arms[1].evaluation
    )
    assert evaluation.n_history.tolist() == [4, 60, 4, 4]  # 99 days hold four samples of 21
    assert not evaluation.log_nav_history[1].any()


def test_index_history_ends_at_the_opening_and_goes_on_with_its_oldest_close():
    history = resolved(history={"csi300": [0.8, 1.25, 1.0]}).arms[1].triggers.index_history
    assert history[-3:].tolist() == [0.8, 1.25, 1.0]
    assert set(history[:-3].tolist()) == {0.8}


def test_fund_history_by_hand():
    """Two past days: the index fell by a tenth, then rose by a fifth."""
    settings = [
        "funds.insurers.holdings={ csi300 = 0.5, technology = 0.2, bond = 0.2 }",
        "market.cash_rate_ann_frac=0.0252",
    ]
    arm = resolved(*settings, history={"csi300": [1 / 1.08, 0.9 / 1.08, 1.0]}).arms[1]
    bond, cash = np.exp(0.025 / 252), 0.0001
    returns = [0.5 * (x - 1) + 0.2 * (x**1.2 - 1) + 0.2 * (bond - 1) + 0.1 * cash for x in (0.9, 1.2)]
    before = 1 / (1 + returns[1])
    expected = [before / (1 + returns[0]), before, 1.0]
    np.testing.assert_allclose(arm.funds.nav_history[0, -3:], expected, rtol=1e-14)
    assert np.unique(arm.funds.nav_history[0, :-2]).size == 1


def test_an_assets_own_history_comes_before_its_factors():
    history = {"csi300": [2.0, 1.0], "technology": [0.5, 1.0]}
    only = "funds.insurers.holdings={ technology = 1.0 }", 'funds.insurers.liquidation.order=["technology"]'
    arm = resolved(*only, history=history).arms[1]
    assert arm.funds.nav_history[0, -2:].tolist() == pytest.approx([0.5, 1.0], rel=1e-15)


def test_score_samples_stand_21_days_apart_and_end_at_the_opening():
    growth = 0.001
    closes = np.exp(growth * np.arange(-100, 1))
    settings = ["funds.insurers.holdings={ csi300 = 1.0 }", 'funds.insurers.liquidation.order=["csi300"]']
    evaluation = resolved(*settings, history={"csi300": closes}).arms[1].evaluation
    samples = evaluation.log_nav_history[0]
    assert evaluation.n_history[0] == 4
    np.testing.assert_allclose(samples[-5:], growth * np.array([-84, -63, -42, -21, 0]), atol=1e-15)
    assert not samples[:-5].any()


def test_a_long_history_fills_the_whole_ladder():
    evaluation = resolved(history={"csi300": np.exp(0.01 * np.arange(-2000, 1) / 250)}).arms[1].evaluation
    assert evaluation.n_history.tolist() == [60, 60, 60, 60]


def test_an_arm_may_switch_a_channel_off():
    arms = '\n[[arms]]\nname = "calm"\nfacilities = []\noverrides = { "channels.redemption" = false }\n'
    none, fund, calm = resolved(arms=arms).arms
    assert none.investors.n_classes.tolist() == fund.investors.n_classes.tolist() == [2, 2, 2, 2]
    assert calm.investors.n_classes.tolist() == [0, 0, 0, 0]
    assert resolved("channels.impact=false").arms[0].prices.kappa.tolist() == [0.0, 0.0, 0.0]


def test_mixed_sales_and_swing_pricing_reach_the_terms():
    mixed = 'funds.pensions.liquidation={ rule = "mixed", pro_rata_frac = 0.25, participation_frac = 0.1, ' \
        'order = ["technology", "bond", "csi300"] }'
    swing = "funds.technology-funds.swing={ threshold_frac = 0.01, factor_frac = 0.02 }"
    arm = resolved(mixed, swing).arms[0]
    assert arm.funds.liquidation_rule.tolist() == [WATERFALL, MIXED, PRO_RATA, PRO_RATA]
    assert arm.funds.pro_rata_frac.tolist() == [0.0, 0.25, 0.0, 0.0]
    assert arm.funds.liquidation_order[1].tolist() == [1, 2, 0]
    assert arm.investors.swing_threshold.tolist() == [NO_GATE, NO_GATE, 0.01, NO_GATE]
    assert arm.investors.swing_frac.tolist() == [0.0, 0.0, 0.02, 0.0]


def test_a_benchmark_is_known_as_far_as_both_pasts_are():
    closes = np.exp(np.linspace(-0.3, 0.0, 21 * 14 + 1))
    arm = resolved("funds.active-equity.evaluation.benchmark_frac=1.0", "funds.insurers.evaluation.benchmark_frac=0.5",
                   "funds.insurers.history=flat", "funds.pensions.evaluation.replace_below_ann_frac=-0.2",
                   history={"csi300": closes}).arms[1]
    evaluation = arm.evaluation
    assert evaluation.benchmark_frac.tolist() == [0.5, 0.0, 0.0, 1.0]
    assert evaluation.replace_below.tolist() == [NEVER_REPLACED, -0.2, NEVER_REPLACED, NEVER_REPLACED]
    assert evaluation.n_history.tolist() == [60, 14, 14, 14]
    assert not np.any(evaluation.log_index_history[0])
    assert evaluation.log_index_history[3, -3:] == pytest.approx([-0.3 / 7, -0.3 / 14, 0.0])


def test_a_facility_says_what_a_draw_counts_for_in_the_score():
    facilities = resolved("facilities.compensation-fund.advance.score_relief_frac=0.5").arms[1].facilities
    assert facilities.score_relief_frac.tolist() == [0.5]


def test_a_fund_sells_as_long_ahead_as_the_slowest_of_what_it_holds_settles():
    terms = resolved("market.assets.technology.trading.settlement_days=1").arms[0]
    assert sorted(set(terms.prices.settlement_days.tolist())) == [0, 1]
    j = terms.prices.settlement_days.tolist().index(1)
    assert terms.funds.ahead_days.tolist() == [int(units > 0.0) for units in terms.funds.units_open[:, j]]


def test_prices_know_purchases_in_all_arms_once_a_fund_of_one_arm_buys():
    assert not np.any(resolved().arms[0].prices.buy_ratio)
    arms = '\n[[arms]]\nname = "buying"\nfacilities = []\noverrides = { "funds.technology-funds.invest_frac" = 0.8 }\n'
    terms = resolved("market.assets.technology.trading.impact.buy_ratio=2.0", arms=arms)
    assert terms.arms[0].prices.buy_ratio.tolist() == [1.0, 2.0, 1.0]
    assert not np.any(terms.arms[0].funds.invest_frac)
    assert terms.arms[-1].funds.invest_frac.tolist() == [0.0, 0.0, 0.8, 0.0]


def test_no_fund_buys_by_a_law_that_knows_no_purchases():
    floored = "law = 'cont_schaanning', c = 1.0, tau_days = 1.0, floor_frac = 0.5"
    law = f"{floored}, half_life_days = 5.0, permanent_frac = 0.0"
    settings = f"market.assets.technology.trading.impact={{{law}}}", "funds.technology-funds.invest_frac=0.5"
    with pytest.raises(ConfigError, match="invest_frac: 'technology' has the law cont_schaanning"):
        resolved(*settings)


def test_an_arm_may_announce_its_facility():
    arms = '\n[[arms]]\nname = "announced"\nfacilities = ["compensation-fund"]\n' \
        '[arms.overrides."facilities.compensation-fund.announcement"]\nredemption_cut_frac = 0.6\nat_opening = true\n'
    none, *others, announced = resolved(arms=arms).arms
    assert announced.facilities.announcement_cut.tolist() == [0.6]
    assert announced.facilities.is_announced_at_opening.tolist() == [1]
    assert not any(np.any(arm.facilities.announcement_cut) for arm in (none, *others))
