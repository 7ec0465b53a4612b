"""Pasts of prices, funds and scores before the opening, against numbers worked out by hand."""

import numpy as np
import pytest

from ashare import resolved
from backstop.terms import NEVER_REPLACED


def test_without_history_everything_is_flat_and_no_score_is_known():
    arm = resolved().arms[1]
    assert arm.triggers.index_history.tolist() == [1.0] * 251
    assert arm.funds.nav_history.tolist() == [[1.0] * 251] * 4
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
