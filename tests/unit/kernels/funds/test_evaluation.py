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
    np.testing.assert_allclose(np.asarray(state.fund_tally.days_under_pressure)[0], [0.0, 0.25, 0.5, 1.0], rtol=1e-9)
    np.testing.assert_allclose(np.asarray(state.fund_tally.score_min)[0], [0.05, -0.05, -0.1, -0.5], rtol=1e-9)


def test_who_is_not_evaluated_feels_no_pressure():
    state = run_small(small_arm(), [[-0.5]])
    assert float(state.evaluation.pressure[0, 0]) == float(state.evaluation.intended[0, 0]) == 0.0


HALF_IN_INDEX = {"funds": {"units_open": [5e5]}}


def test_a_relative_score_is_net_of_the_index_over_the_same_days():
    for share in (1.0, 0.3):
        arm = small_arm(**HALF_IN_INDEX, evaluation={"is_on": 1, "benchmark_frac": share,
                                                     "log_index_history": [[-0.01, 0.0]]})
        # the index also rose by 1 % in the month before, the fund did not
        fund, index = np.log1p(0.5 * np.expm1(-0.02)), 0.01 - 0.02
        expected = np.expm1(252 / 22 * fund) - share * np.expm1(252 / 22 * index)
        assert score(arm, ((-0.02,),)) == pytest.approx(expected)


def test_a_benchmark_is_sampled_at_the_closes_as_the_fund_is():
    arm = small_arm(**HALF_IN_INDEX, evaluation={"is_on": 1, "benchmark_frac": 1.0})
    # on day 44 the sample of day 21 is 23 days back; the fall of day 10 lies before it, that of day 30 after
    returns = [[0.0]] * 44
    returns[9], returns[29] = [-0.1], [-0.05]
    shares = 0.5 * np.exp([-0.1, -0.15]) + 0.5
    expected = np.expm1(252 / 23 * np.log(shares[1] / shares[0])) - np.expm1(252 / 23 * -0.05)
    assert score(arm, returns) == pytest.approx(expected)


def test_a_fund_that_is_the_index_has_no_relative_score():
    arm = arm_with(benchmark_frac=1.0, rung_weight=[[0.4, 0.6]], rung_samples=[[1, 2]],
                   log_nav_history=[0.1, -0.05, 0.0], log_index_history=[[0.1, -0.05, 0.0]])
    state = run_small(arm, [[-0.01], [0.03]] * 35)
    assert float(state.evaluation.score[0, 0]) == pytest.approx(0.0, abs=1e-12)


REPLACED = {"is_on": 1, "threshold": 0.0, "floor": -0.2, "replace_below": -0.3}


def test_a_manager_below_the_floor_is_replaced_and_the_next_one_has_no_record():
    arm = small_arm(evaluation=REPLACED)
    # -2.9 % in 22 days is -28 % a year, -4 % is -37 %
    returns = [[-0.029, -0.04]]
    first_day = run_small(arm, returns)
    np.testing.assert_array_equal(np.asarray(first_day.fund_tally.managers_replaced)[0], [0.0, 1.0])
    np.testing.assert_array_equal(np.asarray(first_day.evaluation.pressure)[0], [1.0, 1.0])
    later = run_small(arm, returns + [[0.0, 0.0]] * 20)
    assert np.asarray(later.evaluation.pressure)[0, 1] == np.asarray(later.evaluation.score)[0, 1] == 0.0
    assert np.asarray(later.fund_tally.days_under_pressure)[0, 1] == 1.0


def test_the_next_manager_is_judged_once_the_shortest_rung_is_full():
    arm = small_arm(evaluation=REPLACED | {"replace_below": -0.3, "threshold": 0.1})
    returns = [[-0.04]] + [[0.0]] * 41
    # replaced on day 1, first own sample on day 21: one rung of one sample is full from day 43 on
    assert float(run_small(arm, returns).fund_tally.days_under_pressure[0, 0]) == 1.0
    judged = run_small(arm, [*returns, [0.0]])
    assert float(judged.fund_tally.days_under_pressure[0, 0]) == pytest.approx(1.0 + 0.1 / 0.3)
    assert float(judged.evaluation.pressure[0, 0]) == pytest.approx(0.1 / 0.3)


def test_what_is_drawn_counts_in_the_score_from_the_next_day_and_nowhere_else():
    # 100,000 are due on day 2 and lent at once; the fund itself neither gains nor loses
    rules = {"is_on": 1, "threshold": -1.0, "floor": -2.0}
    arm = small_arm(n_facilities=1, investors={"base_rate": 0.1}, evaluation=rules,
                    facilities={"score_relief_frac": 0.5})
    returns = [[0.0]] * 2
    state = run_small(arm, returns)
    drawn = float(state.loans.drawn[0, 0])
    assert drawn == 100_000.0
    assert float(state.evaluation.score[0, 0]) == 0.0
    state = run_small(arm, [*returns, [0.0]])
    assert float(state.funds.navps[0, 0]) == pytest.approx(1.0)
    cover = 0.5 * drawn / 900_000
    assert float(state.evaluation.score[0, 0]) == pytest.approx(np.expm1(252 / 24 * np.log1p(cover)))
    assert float(state.fund_tally.score_cover_peak[0, 0]) == pytest.approx(cover)


def dispersion_of(spread, per_year=252 / 22):
    """The dispersion of a year that spreads scores of day 1, annualised over 22 days, by so much."""
    return spread / np.sqrt(per_year)


@pytest.mark.parametrize(("floor", "spread", "score", "expected"), [
    (-0.15, 0.1, -0.05, 0.4096541), (-0.15, 0.1, 0.05, 0.1262039), (-0.1, 0.05, -0.2, 0.9957582)])
def test_pressure_on_a_cohort_is_the_mean_over_its_scores(floor, spread, score, expected):
    arm = arm_with(threshold=0.0, floor=floor, dispersion=dispersion_of(spread))
    state = run_small(arm, [[np.log1p(score) * 22 / 252]])
    assert float(state.evaluation.pressure[0, 0]) == pytest.approx(expected, abs=5e-8)
    assert float(state.fund_tally.days_under_pressure[0, 0]) == float(state.evaluation.pressure[0, 0])


def test_pressure_on_a_cohort_falls_with_its_mean_score_at_the_known_slope():
    arm = arm_with(threshold=0.0, floor=-0.15, dispersion=dispersion_of(0.1))
    scores = np.array([-0.05 - 1e-5, -0.05 + 1e-5])
    pressure = np.asarray(run_small(arm, [np.log1p(scores) * 22 / 252]).evaluation.pressure)[0]
    assert (pressure[1] - pressure[0]) / 2e-5 == pytest.approx(-3.55204805, rel=1e-7)


def test_scores_of_a_ladder_are_spread_as_its_rungs_overlap():
    # on day 21 rungs of 11, 35 and 59 samples look back on one, three and five years exactly; at a score of 0, and from
    # 0 down to far below, pressure is spread / sqrt(2 pi) over the range
    far = 1e6
    arm = arm_with(rung_weight=[[0.3, 0.5, 0.2]], rung_samples=[[11, 35, 59]], log_nav_history=np.zeros(61),
                   threshold=0.0, floor=-far, dispersion=0.1)
    pressure = float(run_small(arm, [[0.0]] * 21).evaluation.pressure[0, 0])
    assert pressure * far * np.sqrt(2.0 * np.pi) == pytest.approx(0.0587650690, abs=5e-10)


def test_a_manager_is_spread_as_his_own_rungs_are():
    # 300 samples are known; a new manager has those of his own alone: one rung of two from day 43 on
    rungs = {"rung_weight": [[0.4, 0.6]], "rung_samples": [[1, 2]], "log_nav_history": np.zeros(3)}
    arm = arm_with(**rungs, threshold=0.0, floor=-1e6, dispersion=0.1, replace_below=-0.3)
    state = run_small(arm, [[-0.1, 0.0]] + [[0.1, 0.0]] + [[0.0, 0.0]] * 41)
    new, old = np.asarray(state.evaluation.pressure)[0] * 1e6 * np.sqrt(2.0 * np.pi)
    assert new == pytest.approx(0.1 * np.sqrt(252 / 22))
    a, b = 252 / 22, 252 / 43
    assert old == pytest.approx(0.1 * np.sqrt(0.16 * a + 0.36 * b + 0.48 * b))


TO_DATE = {"is_on": 1, "is_year_to_date": 1}


def test_a_year_to_date_is_not_annualised_and_begins_anew():
    arm = small_arm(evaluation=TO_DATE | {"year_starts": [-9.0, 4.0, 256.0], "log_year_end": 0.02})
    returns = [[-0.01]] * 3
    assert score(arm, returns) == pytest.approx(np.expm1(-0.05))
    assert score(arm, [*returns, [-0.02]]) == pytest.approx(np.expm1(-0.02))
    assert score(arm, [*returns, [-0.02], [-0.03]]) == pytest.approx(np.expm1(-0.05))


def test_a_year_whose_end_is_not_known_counts_from_the_next_on():
    arm = small_arm(evaluation=TO_DATE | {
        "year_starts": [-9.0, 3.0], "is_year_known": 0, "threshold": 1.0, "floor": 0.0})
    early, later = (run_small(arm, [[0.0]] * n).fund_tally.days_under_pressure for n in (2, 3))
    assert float(early[0, 0]) == 0.0
    assert float(later[0, 0]) == 1.0


def test_a_year_to_date_is_net_of_the_index_since_the_same_close():
    arm = small_arm(**HALF_IN_INDEX, evaluation=TO_DATE | {
        "benchmark_frac": 1.0, "year_starts": [-9.0, 2.0], "log_index_year_end": -0.03})
    assert score(arm, ((-0.02,),)) == pytest.approx(-0.5 * -np.expm1(-0.02) - np.expm1(0.01))
    value = 0.5 * np.exp([-0.02, -0.05]) + 0.5
    assert score(arm, ((-0.02,), (-0.03,))) == pytest.approx(value[1] / value[0] - 1.0 - np.expm1(-0.03))


def test_a_year_to_date_is_spread_by_the_days_that_have_passed():
    arm = small_arm(evaluation=TO_DATE | {"year_starts": -61.0, "threshold": 0.0, "floor": -1e6, "dispersion": 0.1})
    pressure = float(run_small(arm, [[0.0]]).evaluation.pressure[0, 0])
    assert pressure * 1e6 * np.sqrt(2.0 * np.pi) == pytest.approx(0.1 * np.sqrt(63 / 252))


def test_a_score_against_peers_is_net_of_the_mean_of_the_others_by_yesterdays_assets():
    # three funds hold a risky asset in shares of 1, 0.5 and 0; the second counts for three
    held = {"units_open": [[1e6], [5e5], [0.0]], "cash_open": [0.0, 5e5, 1e6], "count": [1, 3, 1]}
    arm = small_arm(n_funds=3, funds=held,
                    evaluation=TO_DATE | {"benchmark_frac": [1.0, 0.5, 0.0], "rung_comparison": [[0], [0], [-1]],
                                          "is_peer": [[1, 1, 1]], "is_comparison_to_date": 1})
    returns = np.array([-0.1, 0.04])
    state = run_small(arm, returns[:, None])
    close, today = np.exp(-0.1), np.exp(-0.06)
    value = np.array([[price * share + 1.0 - share for share in (1.0, 0.5, 0.0)] for price in (close, today)])
    assets, growth = value[0] * [1, 3, 1], value[1] - 1.0
    first = growth[0] - assets[1:] @ growth[1:] / assets[1:].sum()
    second = growth[1] - 0.5 * (assets[[0, 2]] @ growth[[0, 2]]) / assets[[0, 2]].sum()
    assert np.asarray(state.evaluation.score)[:, 0] == pytest.approx([first, second, 0.0], rel=1e-6)
