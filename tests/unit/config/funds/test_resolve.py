"""Funds, their investors and their evaluation, from a config to terms, against numbers worked out by hand."""

import numpy as np
import pytest

from ashare import EXPLICIT_TEXT, resolved
from backstop.config.market.inputs import MarketInputs
from backstop.config.resolve import resolve
from backstop.config.text.load import parse_config
from backstop.errors import ConfigError
from backstop.terms import NO_GATE, LiquidationRule

FUNDS = ("insurers", "pensions", "technology-funds", "active-equity")


def test_funds_open_in_whole_quanta():
    terms = resolved("money.quantum=1000.0", "funds.insurers.nav=10_001_999.0", "funds.insurers.count=3")
    funds = terms.arms[0].funds
    assert funds.count[0] == 3.0
    assert funds.nav_open[0] == 10_001.0
    assert funds.units_open[0].tolist() == [2500.0, 1000.0, 6000.0]  # 2500.25, 1000.1, 6000.6 rounded down
    assert funds.cash_open[0] == 501.0
    assert (funds.units_open.sum(axis=1) + funds.cash_open).tolist() == funds.nav_open.tolist()


def test_selling_order_is_that_of_the_waterfall_then_what_is_not_held():
    funds = (
        resolved(
            "funds.insurers.holdings={ bond = 0.5, csi300 = 0.25 }",
            'funds.insurers.liquidation.order=["bond", "csi300"]',
        )
        .arms[0]
        .funds
    )
    rules = [LiquidationRule(code).key for code in funds.liquidation_rule]
    assert rules == ["waterfall", "waterfall", "pro-rata", "pro-rata"]
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


def test_what_comes_in_in_any_market_is_what_is_asked_back_unless_told_otherwise():
    retail = "funds.technology-funds.investors.retail"
    shipped, told = (resolved(*given).arms[0].investors for given in (
        (), (f"{retail}.base_inflow_per_day_frac=0.0", f"{retail}.gain_slope_per_day=0.02")))
    assert shipped.base_inflow.tolist() == shipped.base_rate.tolist()
    assert shipped.gain_slope.tolist() == [[0.0, 0.0], [0.0, 0.0], [0.0, 0.01], [0.0, 0.01]]
    assert (told.base_inflow[2, 0], told.base_rate[2, 0], told.gain_slope[2, 0]) == (0.0, 0.001, 0.02)


def test_the_queue_opens_in_its_steady_state_within_the_cap():
    retail = "funds.technology-funds.investors.retail"
    settings = f"{retail}.notice_days=10", f"{retail}.base_per_day_frac=0.001"
    assert resolved(*settings).arms[0].investors.queue_open[2, 0] == pytest.approx(0.000990099, abs=5e-10)
    capped = resolved(*settings, f"{retail}.daily_cap_frac=0.0005").arms[0].investors
    assert capped.queue_open[2, 0] == pytest.approx(0.0005 / 1.005)


def test_mixed_sales_and_swing_pricing_reach_the_terms():
    mixed = 'funds.pensions.liquidation={ rule = "mixed", pro_rata_frac = 0.25, participation_frac = 0.1, ' \
        'order = ["technology", "bond", "csi300"] }'
    swing = "funds.technology-funds.swing={ threshold_frac = 0.01, factor_frac = 0.02 }"
    arm = resolved(mixed, swing).arms[0]
    rules = [LiquidationRule(code).key for code in arm.funds.liquidation_rule]
    assert rules == ["waterfall", "mixed", "pro-rata", "pro-rata"]
    assert arm.funds.pro_rata_frac.tolist() == [0.0, 0.25, 0.0, 0.0]
    assert arm.funds.liquidation_order[1].tolist() == [1, 2, 0]
    assert arm.investors.swing_threshold.tolist() == [NO_GATE, NO_GATE, 0.01, NO_GATE]
    assert arm.investors.swing_frac.tolist() == [0.0, 0.0, 0.02, 0.0]


def test_evaluation_in_samples_and_quanta(fund_arm):
    evaluation = fund_arm.evaluation
    assert evaluation.is_on.tolist() == [1, 1, 1, 1]
    assert evaluation.rung_samples.tolist() == [[12, 36, 60], [36, 0, 0], [12, 36, 0], [12, 0, 0]]
    assert evaluation.rung_weight.tolist() == [[0.3, 0.5, 0.2], [1, 0, 0], [0.5, 0.5, 0], [1, 0, 0]]
    assert evaluation.floor.tolist() == [-0.1, -0.1, -0.15, -0.15]
    assert evaluation.cut.tolist() == [0.2] * 4
    assert evaluation.speed.tolist() == [0.05] * 4
    assert evaluation.most_risk.tolist() == [1.0] * 4
    assert evaluation.dispersion.tolist() == [0.05, 0.04, 0.1, 0.08]
    assert evaluation.log_nav_history.shape == (4, 61)


def test_a_fund_without_evaluation_is_off():
    before, _, after = EXPLICIT_TEXT.partition("[funds.evaluation]")
    text = before + after[after.index("[funds.failure]") :]
    evaluation = resolve(parse_config(text, "c.toml"), MarketInputs()).arms[0].evaluation
    assert evaluation.is_on.tolist() == [0, 1, 1, 1]
    assert evaluation.cut[0] == 0.0
    assert evaluation.threshold[0] > evaluation.floor[0]


def test_evaluation_may_be_switched_off():
    assert resolved("funds.insurers.evaluation.is_on=false").arms[0].evaluation.is_on.tolist() == [0, 1, 1, 1]


def test_a_fund_sells_as_long_ahead_as_the_slowest_of_what_it_holds_settles():
    terms = resolved("market.assets.technology.trading.settlement_days=1").arms[0]
    assert sorted(set(terms.prices.settlement_days.tolist())) == [0, 1]
    j = terms.prices.settlement_days.tolist().index(1)
    assert terms.funds.ahead_days.tolist() == [int(units > 0.0) for units in terms.funds.units_open[:, j]]


def test_prices_know_purchases_in_all_arms_once_a_fund_of_one_arm_buys():
    without = [f"funds.{name}.evaluation.rebuys=false" for name in FUNDS]
    assert not np.any(resolved(*without).arms[0].prices.buy_ratio)
    assert np.all(resolved(*without[1:]).arms[0].prices.buy_ratio)
    assert resolved(*without[1:]).arms[0].evaluation.rebuys.tolist() == [1, 0, 0, 0]
    arms = '\n[[arms]]\nname = "buying"\nfacilities = []\noverrides = { "funds.technology-funds.invest_frac" = 0.8 }\n'
    terms = resolved("market.assets.technology.trading.impact.buy_ratio=2.0", *without, arms=arms)
    assert terms.arms[0].prices.buy_ratio.tolist() == [1.0, 2.0, 1.0]
    assert not np.any(terms.arms[0].funds.invest_frac)
    assert terms.arms[-1].funds.invest_frac.tolist() == [0.0, 0.0, 0.8, 0.0]


def test_no_fund_buys_by_a_law_that_knows_no_purchases():
    floored = "law = 'cont_schaanning', c = 1.0, tau_days = 1.0, floor_frac = 0.5"
    law = f"{floored}, half_life_days = 5.0, permanent_frac = 0.0"
    settings = f"market.assets.technology.trading.impact={{{law}}}", "funds.technology-funds.invest_frac=0.5"
    with pytest.raises(ConfigError, match="invest_frac: 'technology' has the law cont_schaanning"):
        resolved(*settings)
    with pytest.raises(ConfigError, match=r"evaluation\.rebuys: 'technology' has the law cont_schaanning.*write false"):
        resolved(settings[0])
    resolved(settings[0], *(f"funds.{name}.evaluation.rebuys=false" for name in FUNDS))
