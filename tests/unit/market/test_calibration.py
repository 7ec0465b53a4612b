"""Calibrations: what is refused, what is said about what is not, and the state a run goes on from."""

import json
import re

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from backstop.errors import CalibrationError
from backstop.market.arch_fit import ArchFit
from backstop.market.calibration import Candidate, best, calibrate, try_candidates
from backstop.market.data import load_prices, make_returns
from backstop.market.fit_checks import refuse_unusable
from backstop.market.specification import CalibrationSpec

GJR_T = CalibrationSpec("gjr", "student-t")


@pytest.fixture(scope="module")
def fit(gjr_returns):
    return calibrate(GJR_T, gjr_returns, use_cache=False)


@pytest.fixture(scope="module")
def csi300():
    return load_prices("builtin:csi300")


def test_a_fit_is_made_on_one_thread_of_linear_algebra_whoever_asks(monkeypatch, gjr_returns):
    seen = []

    def fit_and_look(*asked):
        seen.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
        raise ValueError("looked")

    monkeypatch.setattr("backstop.market.arch_fit.fit_with_arch", fit_and_look)
    with threadpool_limits(limits=2, user_api="blas"), pytest.raises(CalibrationError, match="looked"):
        calibrate(GJR_T, gjr_returns, use_cache=False)
    assert set(seen) == {1}


NOISE = np.random.default_rng(1).standard_normal(2000)


@pytest.mark.parametrize(("values", "says"), [
    (0.01 * NOISE[:200], r"200 returns, gjr\(1,1,1\) student-t needs at least 300; give a longer series"),
    (np.zeros(2000), "do not move"), (1e-10 * NOISE, "do not move"),
    (1.2 * NOISE, "looks like percent; give returns as decimals: 0.012, not 1.2"),
    (np.where(NOISE > 1.0, 0.01, np.nan), "not a finite number"),
    (np.where(NOISE > 1.0, 0.01 * NOISE, 0.0), "85% of the returns are exactly 0"),
    (0.01 * NOISE * np.exp(np.linspace(0, 3, 2000)), "did not converge|not stationary"),
])
def test_a_sample_that_must_not_be_fitted_is_refused_in_one_line(returns_of, values, says):
    with pytest.raises(CalibrationError, match=says) as caught:
        calibrate(GJR_T, returns_of(values), use_cache=False)
    assert "\n" not in str(caught.value)


GOOD = np.array([3e-4, 2e-6, 0.04, 0.06, 0.92, 6.0])


SAMPLE = np.sqrt(GOOD[1] / 0.01) * np.random.default_rng(1).standard_normal(900)
"""Returns of about the level that GOOD returns to: alpha + gamma / 2 + beta is .99."""


def fitted(estimates=GOOD, errors=(1e-4, 1e-6, 0.01, 0.02, 0.01, 0.5), flag=0, variance=1e-4):
    return ArchFit(np.array(estimates), np.diag(np.square(errors)), np.full(300, variance), 900.0, flag)


@pytest.mark.parametrize(("result", "says"), [
    (fitted(flag=4), r"did not converge \(flag 4\); try fewer lags"),
    (fitted(GOOD * [1, np.nan, 1, 1, 1, 1]), "did not converge"),
    (fitted(variance=np.inf), "did not converge"),
    (fitted(np.add(GOOD, [0, 0, 0.02, 0, 0.03, 0])), r"not stationary \(persistence 1.04000\); use ewma"),
    (fitted(np.add(GOOD, [0, 0, 0.00995, 0, 0, 0])), "not stationary"),
    (fitted(GOOD - [0, 0, 0, 0, 0, 3.95]), "nu 2.05 leaves no finite variance"),
    (fitted(errors=(1e-4, 1e-6, 6.0, 0.02, 0.01, 0.5)), r"the standard error of alpha\[1\] is 6"),
    (fitted(errors=(1e-4, 1e-6, 0.01, 0.02, 1e-12, 0.5)), r"the standard error of beta\[1\] is 1e-12"),
    (fitted(errors=(1e-4, 0.0, 0.01, 0.02, 0.01, 0.5)), "the standard error of omega is 0"),
    (fitted(errors=(np.nan, 1e-6, 0.01, 0.02, 0.01, 0.5)), "the standard error of mu is nan"),
])
def test_a_result_that_must_not_be_used_is_refused(result, says):
    with pytest.raises(CalibrationError, match=says):
        refuse_unusable(GJR_T, "series", result, SAMPLE)


def test_a_sound_result_passes():
    refuse_unusable(GJR_T, "series", fitted(), SAMPLE)


@pytest.mark.parametrize("times", [0.1, 10.0])
def test_a_level_that_is_not_the_datas_is_refused(times):
    with pytest.raises(CalibrationError, match=r"long-run volatility is .* times that of the sample"):
        refuse_unusable(GJR_T, "series", fitted(), times * SAMPLE)


def test_a_level_that_the_data_hardly_tell_is_no_reason_to_refuse():
    lasting = fitted(np.add(GOOD, [0, 0, 0.0085, 0, 0, 0]))
    refuse_unusable(GJR_T, "series", lasting, 0.1 * SAMPLE)


@pytest.mark.parametrize("skew", [-0.995, 0.995])
def test_a_law_with_an_empty_side_is_refused(skew):
    spec = CalibrationSpec("gjr", "skew-t")
    result = fitted((*GOOD, skew), (1e-4, 1e-6, 0.01, 0.02, 0.01, 0.5, 0.01))
    with pytest.raises(CalibrationError, match="leaves one side of the law empty"):
        refuse_unusable(spec, "series", result, SAMPLE)


@pytest.mark.parametrize("problem", [np.linalg.LinAlgError("Singular matrix"), ValueError("array has NaNs"),
                                     FloatingPointError("overflow"), ZeroDivisionError("division by zero")])
def test_whatever_fails_inside_a_fit_refuses_that_model_and_the_others_go_on(returns_of, monkeypatch, problem):
    from backstop.market import arch_fit

    whole = arch_fit.fit_with_arch
    monkeypatch.setattr(arch_fit, "fit_with_arch", lambda spec, *rest: (
        _raise(problem) if spec.model == "egarch" else whole(spec, *rest)))
    series = returns_of(0.01 * np.random.default_rng(3).standard_t(5, 900))
    specs = [CalibrationSpec("egarch", "student-t"), CalibrationSpec("constant", "normal")]
    refused, fits = try_candidates(specs, series, use_cache=False)
    assert re.fullmatch(rf".*egarch\(1,1,1\) student-t cannot be fitted \({problem}\): .*", refused.refusal)
    assert fits.calibration is not None


def _raise(problem):
    raise problem


def test_where_all_are_refused_each_has_its_line(returns_of):
    series = returns_of(np.zeros(900))
    tried = try_candidates([CalibrationSpec("garch", "normal"), CalibrationSpec("gjr", "normal")], series)
    with pytest.raises(CalibrationError) as caught:
        best(tried)
    assert str(caught.value).splitlines() == ["none of 2 models could be fitted:", tried[0].refusal, tried[1].refusal]


def test_egarch_with_errors_that_are_artefacts_is_refused(returns_of):
    # seven orders of magnitude too small, whatever the threads of BLAS make of the last bits
    noise = returns_of(0.01 * np.random.default_rng(5).standard_normal(1000))
    with pytest.raises(CalibrationError, match=r"the standard error of|did not converge"):
        calibrate(CalibrationSpec("egarch", "normal", p=2, q=2), noise, use_cache=False)


def test_estimates_have_names_errors_and_consequences(fit):
    assert fit.parameters.alpha == (fit.estimates[2],)
    assert fit.parameters.innovation.nu == fit.estimates[5]
    np.testing.assert_allclose(fit.standard_errors**2, np.diag(fit.covariance))
    persistence = fit.estimates[2] + fit.estimates[3] / 2 + fit.estimates[4]
    assert fit.persistence == pytest.approx(persistence)
    assert persistence**fit.half_life_days == pytest.approx(0.5)
    assert fit.long_run_variance == pytest.approx(fit.estimates[1] / (1 - persistence))
    assert fit.long_run_volatility_ann == pytest.approx(np.sqrt(252 * fit.long_run_variance))
    assert fit.bic == pytest.approx(6 * np.log(4000) - 2 * fit.log_likelihood)
    assert np.std(fit.standardised_residuals) == pytest.approx(1.0, abs=0.03)


def test_a_clean_long_sample_has_no_warnings(fit):
    assert fit.warnings == ()


def test_what_is_doubtful_is_said(csi300, returns_of):
    said = " ".join(calibrate(GJR_T, csi300, use_cache=False).warnings)
    assert "persistence 0.997" in said
    assert "against 25.5% in the sample" in said
    few = calibrate(CalibrationSpec("constant", "student-t"), returns_of(0.01 * NOISE[:300]), use_cache=False)
    assert "300 returns: standard errors are wide" in " ".join(few.warnings)
    stale = returns_of(np.where(NOISE > 1.0, 0.0, 0.01 * NOISE))
    assert "15% of the returns are exactly 0" in calibrate(CalibrationSpec("constant", "normal"), stale,
                                                           use_cache=False).warnings[-1]
    border = calibrate(CalibrationSpec("constant", "ged"), csi300, use_cache=False)
    assert "nu estimated at the border" in border.warnings[-1]


def test_the_sample_ends_where_the_specification_says(gjr_returns, fit):
    part = calibrate(CalibrationSpec("gjr", "student-t", first="2001-01-01", last="2008-12-31"), gjr_returns,
                     use_cache=False)
    assert (str(part.first_day), str(part.last_day)) == ("2001-01-01", "2008-12-31")
    assert part.returns.dates[-1] == gjr_returns.dates[-1]
    assert len(part.variances) == len(part.returns.values) > part.n_sample
    assert part.bic == pytest.approx(6 * np.log(part.n_sample) - 2 * part.log_likelihood)


def test_the_state_is_that_of_the_days_before(fit):
    variance, residual = fit.state_before()
    assert (variance[0], residual[0]) == (fit.variances[-1], fit.residuals[-1])
    day = fit.returns.dates[1000]
    variance, residual = fit.state_before(str(day))
    assert (variance[0], residual[0]) == (fit.variances[999], fit.residuals[999])
    _, omega, alpha, gamma, beta, _ = fit.estimates
    push = alpha + gamma * (residual[0] < 0.0)
    assert fit.variances[1000] == pytest.approx(omega + push * residual[0]**2 + beta * variance[0])


def test_a_model_of_many_lags_keeps_them_all_oldest_first(gjr_returns):
    harch = calibrate(CalibrationSpec("harch", "normal"), gjr_returns, use_cache=False)
    variance, residual = harch.state_before()
    np.testing.assert_array_equal(residual, harch.residuals[-22:])
    assert variance.shape == (22,)
    with pytest.raises(CalibrationError, match="5 days before 2000-01-08, the model needs 22; start later"):
        harch.state_before("2000-01-08")


def test_the_summary_is_json_and_names_everything(csi300):
    fit = calibrate(CalibrationSpec("ewma", "student-t"), csi300, use_cache=False)
    summary = json.loads(json.dumps(fit.summary(), allow_nan=False))
    assert summary["estimates"] == {"mu": fit.estimates[0], "nu": fit.estimates[1]}
    assert summary["half_life_days"] is None
    assert summary["long_run_volatility_ann"] is None
    assert (summary["first_day"], summary["last_day"]) == ("2006-01-09", "2025-12-31")
    assert summary["n_returns"] == 4856
    assert "unofficial origin" in summary["source"]
    assert len(summary["data_hash"]) == 64


def test_candidates_are_compared_and_refusals_kept(gjr_returns):
    short = CalibrationSpec("gjr", "student-t", last="2000-03-01")
    candidates = try_candidates([GJR_T, CalibrationSpec("constant", "normal"), short], gjr_returns,
                                use_cache=False)
    assert [candidate.calibration is None for candidate in candidates] == [False, False, True]
    assert "needs at least 300" in candidates[2].refusal
    assert best(candidates).spec == GJR_T
    assert best(candidates, "log_likelihood").spec == GJR_T


def test_bic_prefers_the_smaller_model_where_the_larger_adds_nothing(gjr_returns):
    candidates = try_candidates([GJR_T, CalibrationSpec("gjr", "skew-t")], gjr_returns, use_cache=False)
    assert best(candidates, "bic").spec.distribution == "student-t"
    assert best(candidates, "log_likelihood").spec.distribution == "skew-t"


def test_nothing_that_fits_is_one_line():
    refused = Candidate(GJR_T, None, "too few")
    with pytest.raises(CalibrationError, match=r"^none of 1 models could be fitted:\ntoo few$"):
        best([refused])


def test_equal_returns_of_another_day_are_another_series(gjr_returns):
    moved = make_returns("moved", gjr_returns.dates + 1, gjr_returns.values)
    assert moved.content_hash != gjr_returns.content_hash
