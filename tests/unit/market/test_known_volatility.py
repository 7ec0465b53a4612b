"""Volatility as a model had it on each day: nothing of later days is in it."""

from dataclasses import replace

import numpy as np

from backstop.market.calibration import calibrate
from backstop.market.data import PriceSeries, load_prices, log_returns
from backstop.market.known_volatility import DAYS_BEFORE, REFIT_DAYS, known_volatility
from backstop.market.specification import CalibrationSpec

SPEC = CalibrationSpec("gjr", "student-t", "zero")
WHOLE = load_prices("builtin:csi300")
N = DAYS_BEFORE + 2 * REFIT_DAYS + 30


def first_days(n):
    return PriceSeries(WHOLE.name, WHOLE.dates[: n + 1], WHOLE.prices[: n + 1], WHOLE.source, "")


def test_no_day_knows_the_next():
    short, longer = known_volatility(SPEC, first_days(N - 60)), known_volatility(SPEC, first_days(N))
    assert np.isnan(longer[:DAYS_BEFORE]).all()
    assert not np.isnan(longer[DAYS_BEFORE:]).any()
    np.testing.assert_allclose(short[DAYS_BEFORE:], longer[DAYS_BEFORE : N - 60], rtol=1e-12)


def test_each_year_has_the_parameters_of_the_days_before_it():
    known, returns = known_volatility(SPEC, first_days(N)), log_returns(first_days(N))
    begin = DAYS_BEFORE + REFIT_DAYS
    fit = calibrate(replace(SPEC, last=str(returns.dates[begin - 1])), first_days(N))
    assert fit.n_sample == begin
    p = fit.parameters
    for t in range(begin, begin + REFIT_DAYS):
        before = returns.values[t - 1]
        variance = p.omega + (p.alpha[0] + p.gamma[0] * (before < 0.0)) * before**2 + p.beta[0] * known[t - 1] ** 2
        if t > begin:
            assert abs(np.sqrt(variance) / known[t] - 1.0) < 1e-9
    assert abs(known[begin] ** 2 / fit.variances[begin] - 1.0) < 1e-12


def test_days_before_the_sample_are_left_out():
    first = str(WHOLE.dates[201])
    known = known_volatility(replace(SPEC, first=first), first_days(DAYS_BEFORE + 250))
    assert np.isnan(known[: 200 + DAYS_BEFORE]).all()
    assert not np.isnan(known[200 + DAYS_BEFORE :]).any()
