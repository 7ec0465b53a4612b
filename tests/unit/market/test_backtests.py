"""Backtests against published and hand values, and their size where the model is right."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import xlogy

from backstop.config.market.innovations import Innovation
from backstop.market.backtests import (
    acerbi_szekely,
    backtests,
    christoffersen_coverage,
    christoffersen_independence,
    kupiec,
)
from backstop.market.calibration import calibrate
from backstop.market.specification import CalibrationSpec

T5 = Innovation("student-t", 5.0)


def hits_of(n, *at):
    hits = np.zeros(n, dtype=bool)
    hits[list(at)] = True
    return hits


def test_kupiec_of_jp_morgan_in_1998():
    """Twenty hits of 252 days at 95 %: 3.91 in Jorion (2007), Value at Risk, chapter 6."""
    found = kupiec(hits_of(252, *range(20)), 0.05)
    assert found.statistic == pytest.approx(3.91, abs=0.005)
    assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 1))


def test_kupiec_without_a_hit_by_hand():
    assert kupiec(hits_of(250), 0.01).statistic == pytest.approx(-2 * 250 * np.log(0.99))


def test_independence_is_the_ratio_of_the_two_likelihoods():
    hits = np.random.default_rng(3).random(400) < 0.1
    hits[100:104] = True
    n = np.array([[np.sum((hits[:-1] == i) & (hits[1:] == j)) for j in (0, 1)] for i in (0, 1)])
    chain = sum(xlogy(n[i, j], n[i, j] / n[i].sum()) for i in (0, 1) for j in (0, 1))
    independent = sum(xlogy(n[:, j].sum(), n[:, j].sum() / n.sum()) for j in (0, 1))
    found = christoffersen_independence(hits)
    assert found.statistic == pytest.approx(2 * (chain - independent), rel=1e-10)
    assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 1))
    both = christoffersen_coverage(hits, 0.1)
    assert both.statistic == pytest.approx(found.statistic + kupiec(hits[1:], 0.1).statistic)
    assert both.p_value == pytest.approx(stats.chi2.sf(both.statistic, 2))


@pytest.mark.parametrize("hits", [hits_of(100), hits_of(100, 99), hits_of(100, 0)])
def test_where_nothing_follows_a_hit_independence_is_not_rejected(hits):
    assert christoffersen_independence(hits).p_value == 1.0


def test_clusters_are_seen():
    assert christoffersen_independence(hits_of(500, *range(100, 110))).p_value < 1e-4


def test_z2_by_hand():
    z = np.array([0.5, -3.0, 1.0, -2.5] + [0.0] * 96)
    mean_below = T5.lower_mean(T5.ppf(np.array(0.025))) / 0.025
    assert acerbi_szekely(z, T5, 0.025).statistic == pytest.approx(1 - (-5.5) / (100 * 0.025 * mean_below))


@pytest.mark.parametrize("law", [T5, Innovation("normal"), Innovation("skew-t", 6.0, -0.2)])
def test_a_right_model_is_rejected_as_often_as_the_level_says(law):
    rng = np.random.default_rng(11)
    z = law.ppf(rng.random((150, 1000)))
    rejected = np.mean([[kupiec(row < law.ppf(0.05), 0.05).p_value < 0.1,
                         acerbi_szekely(row, law, 0.05).p_value < 0.1] for row in z], axis=0)
    assert np.abs(rejected - 0.1).max() < 4 * np.sqrt(0.1 * 0.9 / 150)


def test_tails_that_are_too_thin_are_seen():
    z = T5.ppf(np.random.default_rng(2).random(4000))
    found = acerbi_szekely(z, Innovation("normal"), 0.01)
    assert found.statistic < -0.2
    assert found.p_value < 0.01


def test_days_after_the_sample_make_it_out_of_sample(gjr_returns):
    inside = backtests(calibrate(CalibrationSpec("gjr", "student-t"), gjr_returns, use_cache=False))
    assert [(one.level, one.days, one.n_days) for one in inside] == [
        (level, "in the sample", 4000) for level in (0.01, 0.025, 0.05)]
    assert all(test.p_value > 1e-3 for one in inside for test in one.tests)
    later = backtests(calibrate(CalibrationSpec("gjr", "student-t", last="2007-12-31"), gjr_returns,
                                use_cache=False), (0.05,))[0]
    assert (later.days, later.n_days) == ("after the sample", 4000 - 2920)
    assert later.n_hits == pytest.approx(0.05 * 1080, abs=4 * np.sqrt(1080 * 0.05 * 0.95))
