"""Scores and pressure against hand numbers."""

import numpy as np
import pytest

from backstop.terms import SCORE_SAMPLE_DAYS
from small_arm import run_small, small_arm


def arm_with(**evaluation):
    return small_arm(evaluation={"is_on": 1} | evaluation)


def score(arm, returns=((0.0,),)):
    return float(run_small(arm, returns).evaluation.score[0, 0])


def ladder_history(annual):
    """Log NAV per share at samples -60 .. 0 with the given annual returns, latest first, as day 1 will read them.

    Sample ``-12 y`` lies ``1 + 252 y`` days back: the annualised return over them is the geometric mean of y years.
    """
    history = np.zeros(61)
    for years in (1, 3, 5):
        growth = np.mean(np.log1p(annual[:years]))
        history[60 - 12 * years] = -growth * (1 + 252 * years) / 252
    return history


@pytest.mark.parametrize(("weights", "expected"), [((0.3, 0.5, 0.2), -0.04673), ((0.5, 0.5, 0.0), -0.09498)])
def test_the_ladder_of_the_ministry_gives_the_published_scores(weights, expected):
    arm = arm_with(rung_weight=[list(weights)], rung_samples=[[12, 36, 60]],
                   log_nav_history=ladder_history([-0.20, 0.15, 0.12, 0.10, 0.08]))
    assert score(arm) == pytest.approx(expected, abs=6e-6)


def test_a_score_is_the_annualised_return_since_the_sample():
    # one sample back, 22 days before day 1
    assert score(arm_with(), ((0.01,),)) == pytest.approx(np.exp(252 / 22 * 0.01) - 1.0)
    # on day 22 the sample of day 1's opening is 22 days back again, on day 21 it is 42
    assert score(arm_with(), [[0.01]] + [[0.0]] * 21) == pytest.approx(np.exp(252 / 22 * 0.01) - 1.0)
    assert score(arm_with(), [[0.01]] + [[0.0]] * 20) == pytest.approx(np.exp(252 / 42 * 0.01) - 1.0)


def test_rungs_without_a_known_sample_leave_their_weight_to_the_others():
    arm = arm_with(rung_weight=[[0.2, 0.8]], rung_samples=[[1, 2]], log_nav_history=[0.0, -0.02, 0.0], n_history=1)
    assert score(arm) == pytest.approx(np.exp(252 / 22 * 0.02) - 1.0)


def test_without_a_known_sample_there_is_no_score_until_one_is_taken():
    arm = arm_with(n_history=0, threshold=1.0, floor=0.5)
    early = run_small(arm, [[0.0]] * SCORE_SAMPLE_DAYS)
    assert float(early.fund_tally.days_under_pressure[0, 0]) == 0.0
    later = run_small(arm, [[0.0]] * (SCORE_SAMPLE_DAYS + 1))
    assert float(later.fund_tally.days_under_pressure[0, 0]) == 1.0


def test_pressure_rises_from_the_threshold_to_the_floor():
    arm = arm_with(threshold=0.0, floor=-0.2)
    returns = np.log1p([0.05, -0.05, -0.1, -0.5]) * 22 / 252
    state = run_small(arm, [returns])
    np.testing.assert_allclose(np.asarray(state.evaluation.pressure)[0], [0.0, 0.25, 0.5, 1.0], rtol=1e-9)
    np.testing.assert_array_equal(np.asarray(state.fund_tally.days_under_pressure)[0], [0.0, 1.0, 1.0, 1.0])
    np.testing.assert_allclose(np.asarray(state.fund_tally.score_min)[0], [0.05, -0.05, -0.1, -0.5], rtol=1e-9)


def test_intended_de_risking_is_pressure_of_risky_holdings_within_the_cap():
    arm = small_arm(n_assets=2, prices={"is_risky": [1, 0]}, funds={"units_open": [[5e5, 5e5]]},
                    evaluation={"is_on": 1, "threshold": 0.0, "floor": -0.2, "derisk_per_day": 0.1, "derisk_cap": 3e4})
    both = np.log1p([-0.1, -0.5]) * 22 / 252
    intended = np.asarray(run_small(arm, [both]).evaluation.intended)[0]
    assert intended == pytest.approx([0.5 * 0.1 * 5e5 * np.exp(both[0]), 3e4])


def test_who_is_not_evaluated_feels_no_pressure():
    state = run_small(small_arm(), [[-0.5]])
    assert float(state.evaluation.pressure[0, 0]) == float(state.evaluation.intended[0, 0]) == 0.0
