"""Tests on residuals: by the formula, and of the right size and power on data whose truth is known."""

import numpy as np
import pytest
from statsmodels.stats import diagnostic

from backstop.market.calibration import calibrate
from backstop.market.data import load_prices
from backstop.market.diagnostics import arch_lm, ljung_box, ljung_box_of_squares, residual_tests
from backstop.market.specification import CalibrationSpec

NOISE = np.random.default_rng(5).standard_normal((200, 1000))


@pytest.mark.parametrize("z", NOISE[:3])
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_statistics_are_those_of_statsmodels(z):
    for values, found in ((z, ljung_box(z, 5)), (z**2, ljung_box_of_squares(z, 5))):
        row = diagnostic.acorr_ljungbox(values, lags=[5]).iloc[0]
        assert (found.statistic, found.p_value) == pytest.approx((row["lb_stat"], row["lb_pvalue"]), rel=1e-9)
    found = arch_lm(z, 3)
    assert (found.statistic, found.p_value) == pytest.approx(diagnostic.het_arch(z, nlags=3)[:2], rel=1e-9)


@pytest.mark.parametrize("test", [ljung_box, ljung_box_of_squares, arch_lm])
def test_noise_is_rejected_as_often_as_the_level_says(test):
    rejected = np.mean([test(z).p_value < 0.1 for z in NOISE])
    assert abs(rejected - 0.1) < 4 * np.sqrt(0.1 * 0.9 / 200)


def test_what_a_constant_variance_misses_a_garch_explains():
    csi300 = load_prices("builtin:csi300")
    flat = residual_tests(calibrate(CalibrationSpec("constant", "normal"), csi300, use_cache=False))
    fitted = residual_tests(calibrate(CalibrationSpec("garch", "student-t"), csi300, use_cache=False))
    assert [test.name for test in flat] == ["Ljung-Box(10)", "Ljung-Box(10) of squares", "ARCH-LM(10)"]
    assert max(flat[1].p_value, flat[2].p_value) < 1e-12
    assert min(fitted[1].p_value, fitted[2].p_value) > 0.01


def test_only_the_sample_is_tested(gjr_returns):
    whole = calibrate(CalibrationSpec("gjr", "normal", last="2005-12-31"), gjr_returns, use_cache=False)
    assert residual_tests(whole)[0] == ljung_box(whole.standardised_residuals[:whole.n_sample])
