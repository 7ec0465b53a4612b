"""Specifications: what is refused before arch is asked, and what counts as the same fit."""

import pytest

from backstop.errors import CalibrationError
from backstop.market.specification import CalibrationSpec


@pytest.mark.parametrize(("wrong", "says"), [
    ({"model": "figarch"}, "no volatility model 'figarch'; write one of constant"),
    ({"distribution": "cauchy"}, "no distribution 'cauchy'"),
    ({"mean": "ar"}, "no mean 'ar'"),
    ({"p": 0}, "p is 1 to 5"), ({"q": 6}, "p is 1 to 5"), ({"o": -1}, "p is 1 to 5"),
    ({"model": "garch", "o": 1}, "garch has no asymmetry"),
    ({"model": "aparch", "o": 2}, "aparch needs o <= p"),
    ({"model": "harch", "harch_lags": ()}, "write rising days"),
    ({"model": "harch", "harch_lags": (5, 1)}, "write rising days"),
    ({"model": "harch", "harch_lags": (1, 251)}, "write rising days"),
    ({"model": "ewma", "ewma_lambda": 1.0}, "not between 0 and 1"),
])
def test_a_specification_that_cannot_be_fitted_is_refused(wrong, says):
    with pytest.raises(CalibrationError, match=says):
        CalibrationSpec(**wrong)


@pytest.mark.parametrize(("spec", "names", "lags"), [
    (CalibrationSpec("constant", "normal"), ("mu", "omega"), 1),
    (CalibrationSpec("ewma", "student-t"), ("mu", "nu"), 1),
    (CalibrationSpec("ewma", "normal", "zero", ewma_lambda=None), ("lambda",), 1),
    (CalibrationSpec("gjr", "skew-t", p=2), ("mu", "omega", "alpha[1]", "alpha[2]", "gamma[1]", "beta[1]",
                                              "nu", "skew"), 2),
    (CalibrationSpec("aparch", "ged", "zero"),
     ("omega", "alpha[1]", "gamma[1]", "beta[1]", "delta", "nu"), 1),
    (CalibrationSpec("harch", "normal"), ("mu", "omega", "alpha[1]", "alpha[5]", "alpha[22]"), 22),
])
def test_parameters_stand_in_the_order_of_arch(spec, names, lags):
    assert spec.parameter_names == names
    assert spec.state_lags == lags


def test_what_is_not_in_force_does_not_make_another_fit():
    assert CalibrationSpec("gjr", harch_lags=(1, 2)).canonical() == CalibrationSpec("gjr", o=1).canonical()
    assert CalibrationSpec("ewma", p=3).canonical() == CalibrationSpec("ewma").canonical()
    assert CalibrationSpec("gjr").canonical() != CalibrationSpec("gjr", backcast="mean-square").canonical()


def test_more_parameters_need_more_returns():
    assert CalibrationSpec("constant").minimum_returns == 250
    assert CalibrationSpec("gjr", "skew-t", p=2).minimum_returns == 400
    assert CalibrationSpec("harch", "normal", harch_lags=(1, 250)).minimum_returns == 500
